"""Which incremental models are built anew, on a small project of files."""

from __future__ import annotations

import duckdb
import pytest

from customer360 import model_versions

INCREMENTAL = "{{ config(materialized='incremental') }}"
FILES = {
    "models/staging/stg_events.sql": INCREMENTAL + " select * from {{ source('desk', 'events') }}",
    "models/intermediate/int_things.sql": "select * from {{ ref('stg_events') }} join {{ ref('codes') }} using (code)",
    "models/intermediate/int_ordered.sql": INCREMENTAL + " select * from {{ ref('int_things') }}",
    "models/intermediate/int_beliefs.py": 'dbt.config(materialized="incremental")\ndbt.ref("int_ordered")',
    "models/marts/tickets.sql": "select * from {{ ref('int_ordered') }}",
    "seeds/codes.csv": "code,meaning\n1,one\n",
    "macros/words.sql": "{% macro word() %}word{% endmacro %}",
}


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def warehouse(project):
    connection = duckdb.connect()
    connection.execute("create schema ops; create schema staging; create schema intermediate; create schema raw")
    connection.execute("create table ops.model_versions (model varchar primary key, digest varchar not null)")
    for table in ("staging.stg_events", "intermediate.int_ordered", "intermediate.int_beliefs", "raw.stg_events"):
        connection.execute(f"create table {table} (event_id integer)")
    model_versions.remember(connection, project)
    yield connection
    connection.close()


def change(project, name: str, text: str = "\n-- another") -> None:
    path = project / name
    path.write_text(path.read_text() + text)


def test_nothing_is_forgotten_while_nothing_changes(project, warehouse):
    change(project, "models/marts/tickets.sql")  # no incremental model, and none is made from it
    assert model_versions.forget_changed(warehouse, project) == []


@pytest.mark.parametrize(
    ("changed", "forgotten"),
    [
        ("models/intermediate/int_ordered.sql", ["int_ordered"]),
        ("models/intermediate/int_things.sql", ["int_ordered"]),
        ("seeds/codes.csv", ["int_ordered"]),
        ("models/staging/stg_events.sql", ["int_ordered", "stg_events"]),
        ("macros/words.sql", ["int_ordered", "stg_events"]),
        ("models/intermediate/int_beliefs.py", []),
    ],
)
def test_what_is_made_from_something_else_now_is_forgotten_and_nothing_more(project, warehouse, changed, forgotten):
    change(project, changed)
    assert model_versions.forget_changed(warehouse, project) == forgotten
    left = {
        row[0]
        for row in warehouse.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    }
    assert {"intermediate.int_beliefs", "raw.stg_events"} <= left
    assert not {f"intermediate.{name}" for name in forgotten} & left


def test_a_build_that_fails_forgets_again_and_one_that_succeeds_does_not(project, warehouse):
    change(project, "seeds/codes.csv", "2,two\n")
    assert model_versions.forget_changed(warehouse, project) == ["int_ordered"]
    warehouse.execute("create table intermediate.int_ordered (event_id integer)")
    assert model_versions.forget_changed(warehouse, project) == ["int_ordered"]
    warehouse.execute("create table intermediate.int_ordered (event_id integer)")
    model_versions.remember(warehouse, project)
    assert model_versions.forget_changed(warehouse, project) == []


def test_a_warehouse_of_before_is_built_anew_once(project, warehouse):
    warehouse.execute("delete from ops.model_versions")
    assert model_versions.forget_changed(warehouse, project) == ["int_ordered", "stg_events"]
