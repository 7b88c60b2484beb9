"""The sample company's warehouse, to be read by all tests here."""

from __future__ import annotations

import duckdb
import pytest


@pytest.fixture(scope="session")
def warehouse(sample):
    """The built warehouse, read-only, with the truth of the sample company as views in the schema `truth`."""
    connection = duckdb.connect()
    connection.execute(f"attach '{sample.warehouse}' as warehouse (read_only)")
    connection.execute("create schema truth")
    for file in sample.sample.glob("truth/*.parquet"):
        connection.execute(f"create view truth.{file.stem} as select * from '{file}'")
    connection.execute("use warehouse")
    yield connection
    connection.close()
