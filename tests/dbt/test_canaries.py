"""Personal data planted in all three sources stands in the private warehouse and the restricted file, nowhere else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from canaries import CHINESE, EVERYTHING, GUEST, LATIN, WRITER, canaries, columns_with, in_duckdb, scan
from dbt.adapters.duckdb.environments import Environment
from dbt_common.exceptions import DbtRuntimeError

from customer360 import classification, personal_data
from customer360.build import build, project_folder
from customer360.config import Settings
from customer360.dbt_errors import keep_values_out
from customer360.errors import BuildError
from customer360.publish import publish
from customer360.sources.contract import SYSTEM_COLUMNS, TABLES
from customer360.warehouse import utc_now

PRIVATE = ("warehouse.duckdb", "landing", "sample", "published/restricted")


def private_places(settings: Settings) -> list[Path]:
    return [settings.home / place for place in PRIVATE]


def quiet(_line):
    pass


@pytest.fixture
def published(copy_of_sample) -> Settings:
    """A copy of the sample company, published as if its checks had passed: they have tests of their own."""
    settings = copy_of_sample()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.executemany(
            "insert into ops.completeness_results by name select 'r' as run_id, ? as checked_at, ? as stage, "
            "'delivered' as check_name, 'passed' as status, 'fine' as message",
            [(utc_now(), stage) for stage in ("raw", "publication")],
        )
    publish(settings, run_id="published")
    return settings


def test_no_canary_is_in_any_published_file_report_log_or_artifact(published):
    seen = {path.relative_to(published.home).parts[0] for path in published.home.rglob("*") if path.is_file()}
    assert {"published", "docs", "dbt"} <= seen
    assert [str(leak) for leak in scan(published.home, skip=private_places(published))] == []


def test_the_restricted_file_holds_who_the_customers_are_and_nothing_they_wrote(published):
    file = published.published / "restricted" / "customer_contacts.duckdb"
    assert {kind for _, kind, _ in in_duckdb(file, canaries([LATIN]))} >= {"name", "email", "phone", "address"}
    for person in (CHINESE, GUEST, WRITER):
        assert "name" in {kind for _, kind, _ in in_duckdb(file, canaries([person]))}
    assert "bank card" not in {kind for _, kind, _ in in_duckdb(file, EVERYTHING)}


def test_every_column_in_which_a_canary_stands_says_that_it_is_personal(sample):
    """In every stored table of the warehouse: the words in the contract and the models' ymls are those of the data."""
    said, wrong = classification.said_in(project_folder()), []
    harmless = {column for column in SYSTEM_COLUMNS if column != "_source_file"}
    with duckdb.connect(str(sample.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not internal and schema_name <> 'ops'"
        ).fetchall()
        for schema, name in tables:
            of_model, of_columns = said.get(name, (None, {}))
            if schema == "raw":
                of_model, of_columns = personal_data.UNKNOWN, personal_data.columns(TABLES[name])
                of_columns |= dict.fromkeys(harmless, "none")
            for column in columns_with(connection, f'{schema}."{name}"', EVERYTHING):
                word = of_columns.get(column) or of_model
                if word in (None, *personal_data.PUBLISHED):
                    wrong.append(f"{schema}.{name}.{column} says {word}")
    assert wrong == []


def test_what_the_database_quotes_of_a_failing_model_is_written_nowhere(copy_of_sample):
    settings = copy_of_sample()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(
            "update intermediate.int_field_values_counted set value = ? where field = 'birth_date'",
            [f"{LATIN.full_name} {LATIN.phone}"],
        )
    told = []
    with pytest.raises(BuildError, match="invalid date field format") as caught:
        build(settings, run_id="failing", select="int_customer_contacts", progress=told.append)
    assert "int_customer_contacts" in str(caught.value)
    (settings.home / "screen.txt").write_text("\n".join([*told, str(caught.value)]), encoding="utf-8")
    assert [str(leak) for leak in scan(settings.home, skip=private_places(settings))] == []
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert columns_with(connection, "ops.model_runs", EVERYTHING) == {}


def test_what_a_failing_python_model_says_is_written_without_values():
    code = f"""
class dbtObj:
    def __init__(self, load): ...
def model(dbt, session):
    return int("{LATIN.email}")
"""
    keep_values_out()
    with pytest.raises(DbtRuntimeError, match="Python model failed: ValueError: invalid literal") as caught:
        Environment.run_python_job(None, None, "a_model", code, None)
    assert LATIN.email not in str(caught.value)
