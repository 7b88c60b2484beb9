"""The sample company, pulled and built once for all tests here; tests that change something work on a copy."""

from __future__ import annotations

import shutil
from dataclasses import replace

import duckdb
import pytest

from customer360.build import build
from customer360.config import Settings
from customer360.demo.company import generate
from customer360.demo.server import HelpdeskServer
from customer360.sources import members, orders, tickets


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> Settings:
    """Settings of a home in which the small sample company was pulled and built."""
    home = tmp_path_factory.mktemp("sample_company")
    company = generate(home / "sample", size="small", seed=1)
    with HelpdeskServer(company / "helpdesk", token="a-token-for-tests") as helpdesk:
        settings = Settings(
            home=home,
            shop_url=f"sqlite:///{company / 'shop.sqlite'}",
            helpdesk_url=helpdesk.url,
            helpdesk_token="a-token-for-tests",
            members_url=str(company / "members"),
        )
        for source in (orders, tickets, members):
            source.pull(settings, run_id="pulled", progress=lambda _: None)
    build(settings, run_id="built", progress=lambda _: None)
    return settings


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


@pytest.fixture
def copy_of_sample(sample, tmp_path):
    """A function that gives the settings of a fresh copy of the built home, to be changed at will."""

    def copy(name: str = "copy") -> Settings:
        home = tmp_path / name
        home.mkdir()
        shutil.copy(sample.warehouse, home / sample.warehouse.name)
        shutil.copytree(sample.home / "dbt", home / "dbt")
        return replace(sample, home=home)

    return copy
