"""One writer at a time, and every run on record."""

import subprocess
import sys
import textwrap
from dataclasses import replace

import duckdb
import pytest

from customer360.config import load_settings
from customer360.errors import UnexpectedError, WarehouseBusyError
from customer360.sources.contract import TABLES
from customer360.warehouse import IDENTITY_TABLES, OPS_TABLES, columns_of, reading, recorded_run, writing


@pytest.fixture
def settings(tmp_path):
    return load_settings({"CUSTOMER360_HOME": str(tmp_path)})


def hold_in_another_process(code: str) -> subprocess.Popen:
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_raw_has_every_table_of_the_contract(settings):
    with writing(settings, "test") as connection:
        names = {
            row[0]
            for row in connection.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
        }
    assert names == set(TABLES)


def test_a_warehouse_of_a_shorter_contract_gets_the_new_columns(settings):
    with writing(settings, "test") as connection:
        connection.execute("alter table raw.helpdesk_tickets drop column metric_set")
        connection.execute("insert into raw.helpdesk_tickets (id) values ('1')")
    with writing(settings, "test") as connection:
        rows = connection.execute("select id, metric_set, typeof(metric_set) from raw.helpdesk_tickets").fetchall()
    assert rows == [("1", None, "JSON")]


KILLED_WHILE_MAKING_THE_TABLES = """
    import os, sys
    from customer360 import warehouse
    from customer360.config import load_settings

    definitions = warehouse._definitions()
    class Dying(dict):
        def items(self):
            yield from list(definitions.items())[:-3]
            yield "ops.dies", "(not sql"
    warehouse._definitions = Dying
    try:
        with warehouse.writing(load_settings({"CUSTOMER360_HOME": sys.argv[1]}), "test"):
            pass
    except Exception:
        os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("opener", [reading, writing])
@pytest.mark.parametrize("left", ["an empty file", "half of the tables"])
def test_a_warehouse_whose_maker_was_killed_gets_its_tables(settings, opener, left):
    if left == "an empty file":
        duckdb.connect(settings.warehouse).close()
    else:
        code = textwrap.dedent(KILLED_WHILE_MAKING_THE_TABLES)
        assert subprocess.run([sys.executable, "-c", code, settings.home], check=False).returncode == -9
        with duckdb.connect(settings.warehouse) as connection:
            assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (0,), "all or none"
    with opener(settings, "test") as connection:
        assert connection.execute("select count(*) from ops.loads").fetchone() == (0,)


def test_an_older_home_gets_the_columns_that_ops_tables_gained(settings):
    with writing(settings, "test") as connection:
        for column in ("rows_withheld", "message"):
            connection.execute(f"alter table ops.loads drop column {column}")
        connection.execute(
            "insert into ops.loads select 'load_1', null, 'shop', 'orders', now(), now(), 1, 'succeeded', 9, 9, 0, 0, "
            "null, null, null, null, null"
        )
        connection.execute("alter table identity.accepted_moves drop column to_customer_id")
    with writing(settings, "test") as connection:
        assert connection.execute("select rows_read, rows_withheld, message from ops.loads").fetchall() == [
            (9, 0, None)
        ]
        connection.execute("select to_customer_id from identity.accepted_moves")


def test_a_definition_is_read_column_by_column():
    assert columns_of("""
        a varchar primary key, "b" decimal(38, 4) not null check (b in ('x', 'y')), c bigint default 0,
        check (a < c), primary key (a, b)
    """) == {"a": "varchar primary key", "b": "decimal(38, 4) check (b in ('x', 'y'))", "c": "bigint default 0"}
    for definition in (OPS_TABLES | IDENTITY_TABLES).values():
        with duckdb.connect() as connection:
            connection.execute(f"create table t ({definition})")
            names = [row[0] for row in connection.execute("describe t").fetchall()]
        assert list(columns_of(definition)) == names


@pytest.mark.parametrize("opener", [reading, writing])
def test_whoever_opens_the_warehouse_keeps_to_the_memory_that_is_allowed(settings, opener):
    with opener(replace(settings, memory_limit="1GiB"), "test") as connection:
        assert connection.execute("select current_setting('memory_limit')").fetchone() == ("1.0 GiB",)


def test_a_second_writer_is_told_who_holds_the_warehouse(settings):
    holder = hold_in_another_process(f"""
        from customer360.config import load_settings
        from customer360.warehouse import writer_lock
        with writer_lock(load_settings({{"CUSTOMER360_HOME": {str(settings.home)!r}}}), "a long pull"):
            print("held", flush=True)
            import time; time.sleep(60)
    """)
    try:
        with (
            pytest.raises(WarehouseBusyError, match=rf"process {holder.pid} \(a long pull"),
            writing(settings, "test", wait_seconds=0.3),
        ):
            pass
    finally:
        holder.kill()
        holder.wait()
    with writing(settings, "test", wait_seconds=5):  # the lock of a dead process blocks no one
        pass


def test_a_bi_tool_on_the_private_file_is_named_as_the_cause(settings):
    with writing(settings, "test"):
        pass
    holder = hold_in_another_process(f"""
        import duckdb, time
        connection = duckdb.connect({str(settings.warehouse)!r}, read_only=True)
        print("held", flush=True)
        time.sleep(60)
    """)
    try:
        with (
            pytest.raises(WarehouseBusyError, match=r"held open by another program.*published/customer_360.duckdb"),
            writing(settings, "test"),
        ):
            pass
    finally:
        holder.kill()
        holder.wait()


def test_a_failed_run_is_recorded_with_its_error(settings):
    with pytest.raises(UnexpectedError, match="ZeroDivisionError: on purpose"), recorded_run(settings, "test"):
        raise ZeroDivisionError("on purpose")
    with recorded_run(settings, "again"):
        pass
    with reading(settings, "test") as connection:
        runs = connection.execute("select command, status, message from ops.pipeline_runs order by command").fetchall()
    assert [run[:2] for run in runs] == [("again", "succeeded"), ("test", "failed")]
    assert runs[1][2].startswith("UnexpectedError: ZeroDivisionError: on purpose. It was not foreseen")


def test_a_reader_cannot_write(settings):
    with reading(settings, "test") as connection, pytest.raises(duckdb.InvalidInputException):
        connection.execute("create table ops.x (i int)")
