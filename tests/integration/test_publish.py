"""A publication is whole or not there: built aside, swapped in at once, kept for rollback; it survives kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
import small_warehouse

from customer360 import personal_data
from customer360.build import project_folder
from customer360.config import Settings
from customer360.errors import BuildError, PublicationError
from customer360.publish import current_id, kept_ids, prune, publish, rollback
from customer360.salvage import from_sources


@pytest.fixture(scope="module")
def passed(tmp_path_factory) -> Path:
    """The home of a warehouse that was built and passed its checks, copied by each test."""
    settings = Settings(home=tmp_path_factory.mktemp("passed"))
    small_warehouse.ready(settings)
    return settings.home


@pytest.fixture
def settings(passed, tmp_path) -> Settings:
    shutil.copytree(passed, tmp_path / "home")
    return Settings(home=tmp_path / "home")


def read(settings: Settings, statement: str) -> list[tuple]:
    with duckdb.connect(str(settings.published / "customer_360.duckdb"), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def publications(settings: Settings) -> list[tuple]:
    return small_warehouse.query(
        settings, "select publication_id, status, is_current from ops.publications order by publication_id"
    )


def test_a_publication_holds_the_marts_the_record_of_the_run_and_its_manifest(settings):
    made = publish(settings, run_id="run")
    marts = {name.removeprefix("marts.") for name in small_warehouse.BUILT if name.startswith("marts.")}
    assert {
        name for (name,) in read(settings, "select table_name from duckdb_tables() where schema_name = 'marts'")
    } == marts
    assert {path.stem for path in (settings.published / "parquet").glob("*.parquet")} == marts
    assert read(settings, "select table_name from duckdb_tables() where schema_name = 'ops' order by 1") == [
        ("column_classification",),
        ("completeness_results",),
        ("loads",),
        ("model_runs",),
        ("pipeline_runs",),
        ("publications",),
        ("quarantine_counts",),
        ("reconciliations",),
        ("rejected_records",),
        ("source_delays",),
        ("source_deletions",),
    ]
    assert read(settings, "select distinct schema_name from duckdb_schemas() where not internal order by 1") == [
        ("marts",),
        ("ops",),
    ]
    assert read(settings, "select publication_id, status, is_current from ops.publications") == [
        (made.publication_id, "published", True)
    ]
    manifest = small_warehouse.manifest(settings)
    assert manifest["publication_id"] == made.publication_id
    assert manifest["as_of_date"] == "2026-03-31"
    assert set(manifest["row_counts"]) == marts
    assert manifest["row_counts"]["orders"] == made.order_count == 1540
    assert set(manifest["files"]) == {
        "customer_360.duckdb",
        "restricted/customer_contacts.duckdb",
        *(f"parquet/{mart}.parquet" for mart in marts),
    }
    for name, file in manifest["files"].items():
        assert (settings.published / "current" / name).stat().st_size == file["bytes"]
    assert publications(settings) == [(made.publication_id, "published", True)]
    assert made.publication_id in settings.quality_report.read_text(encoding="utf-8")


def test_parquet_and_file_hold_the_same_rows_and_the_descriptions_come_along(settings):
    publish(settings, run_id="run")
    for mart in ("orders", "customer_360", "customer_timeline"):
        parquet = settings.published / "parquet" / f"{mart}.parquet"
        assert read(settings, f"(from marts.{mart} except all from '{parquet}')") == []
        assert read(settings, f"select count(*) from marts.{mart}") == read(
            settings, f"select count(*) from '{parquet}'"
        )
    assert read(settings, "select comment from duckdb_tables() where table_name = 'orders'") == [
        ("One row per order; it's the shop's.",)
    ]
    assert read(
        settings, "select comment from duckdb_columns() where table_name = 'orders' and column_name = 'net_sales'"
    ) == [("What the order brought in.",)]


def test_personal_data_is_in_the_restricted_file_alone(settings):
    small_warehouse.change(
        settings,
        "insert into ops.quarantine values ('l', now(), 'shop', 'orders', 'canary.csv', 1, 'o1', 'total_amount', "
        '\'not money\', \'{"recipient_name": "Canary Person 5", "email": "canary5@example.org"}\', null, null)',
        "insert into ops.pipeline_runs values ('r1', 'pull orders', now(), now(), 'failed', 'canary5@example.org')",
        "update ops.loads set message = 'canary5@example.org', cursor = 'canary5@example.org'",
        "insert into ops.model_runs values ('r0', '2020-01-01', 'm', 'model', 'error', 1, 1, 'canary5@example.org')",
    )
    made = publish(settings, run_id="run")
    restricted = made.folder / "restricted" / "customer_contacts.duckdb"
    assert canaries(restricted) == dict.fromkeys(
        ("customer_contacts", "customer_field_values", "organisation_contacts"), 100
    )
    assert canaries(made.folder / "customer_360.duckdb") == {}
    for parquet in made.folder.glob("parquet/*.parquet"):
        rows = duckdb.execute(f"select count(*) from '{parquet}' as t where t::varchar ilike '%canary%'").fetchone()
        assert rows == (0,), parquet
    for path in (made.folder / "manifest.json", settings.quality_report):
        assert "canary" not in path.read_text(encoding="utf-8").lower()
    columns = read(settings, "select distinct column_name from duckdb_columns() where schema_name in ('marts', 'ops')")
    assert not {name for (name,) in columns} & {"email", "phone", "full_name", "record", "cursor", "source_file"}
    assert read(settings, "select reason, row_count from ops.quarantine_counts") == [("not money", 1)]


def test_the_contacts_file_is_for_its_owner_only_and_published_files_cannot_be_written(settings):
    made = publish(settings, run_id="run")
    mode = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.folder.rglob("*")}
    assert mode["restricted"] == 0o700
    assert mode["customer_contacts.duckdb"] == 0o600
    assert mode["customer_360.duckdb"] == mode["orders.parquet"] == mode["manifest.json"] == 0o444
    with duckdb.connect(
        str(settings.published / "restricted" / "customer_contacts.duckdb"), read_only=True
    ) as connection:
        assert connection.execute("select count(*) from customer_contacts").fetchone() == (100,)


def canaries(file: Path) -> dict[str, int]:
    """Rows that hold a planted person's name or e-mail, by table. (The bytes say nothing: DuckDB compresses text.)"""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name, table_name from duckdb_tables()"
        ).fetchall()
        found = {}
        for table, name in tables:
            row_query = f"select count(*) from {table} as t where t::varchar ilike '%canary%'"
            (found[name],) = connection.execute(row_query).fetchone()
    return {name: rows for name, rows in found.items() if rows}


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("alter table marts.orders add column remark varchar", r"marts\.orders\.remark \(VARCHAR\) does not say"),
        ("alter table marts.orders add column born date", r"marts\.orders\.born \(DATE\) does not say"),
        ("alter table marts.orders add column who struct(a int)", r"marts\.orders\.who .* does not say"),
        ("alter table marts.orders add column phone bigint", r"marts\.orders\.phone is called like a contact"),
        ("create table marts.letters as select 1 as number", r"marts\.letters\.number \(INTEGER\) does not say"),
        ("update marts.orders set status = '138_4471_9053' where order_id = 'o1-1'", r"marts\.orders\.status \(1 rows"),
        ("update marts.orders set status = 'ask li@example.org'", r"marts\.orders\.status \(1,540 rows\)"),
        (
            "update marts.orders set order_id = '+8613844719053' where order_id = 'o1-1'",
            r"marts\.orders\.order_id \(1 rows",
        ),
        ("update ops.loads set status = 'paid with 4929 1163 0772 5518'", r"ops\.loads\.status"),
    ],
)
def test_what_is_not_classified_or_looks_like_a_contact_is_not_published(settings, statement, words):
    small_warehouse.change(settings, statement)
    with pytest.raises(PublicationError, match=words):
        publish(settings, run_id="run")
    assert kept_ids(settings) == []


@pytest.mark.parametrize("word", ["personal", "sensitive", "free_text", "harmless", None])
def test_a_column_whose_word_forbids_it_is_not_published(settings, tmp_path, word):
    shutil.copytree(project_folder(), tmp_path / "project", ignore=shutil.ignore_patterns("target", "logs"))
    file = tmp_path / "project" / "models" / "marts" / "orders.yml"
    status = "- name: status\n        data_type: varchar\n        config: { meta: { personal: fact } }\n"
    assert status in file.read_text(encoding="utf-8")
    said = (
        status.replace("fact", word) if word else status.replace("        config: { meta: { personal: fact } }\n", "")
    )
    file.write_text(file.read_text(encoding="utf-8").replace(status, said), encoding="utf-8")
    with pytest.raises(PublicationError, match=r"marts\.orders\.status"):
        publish(replace(settings, dbt_project=tmp_path / "project"), run_id="run")


def test_readers_find_how_personal_each_column_is(settings):
    small_warehouse.change(
        settings,
        "update ops.loads set new_columns = 'gift_wrap, remark of li na, 备注, li@x.org'",
        "update marts.order_items set order_id = '13844719053' where order_id = 'o1-1'",  # an id
    )
    publish(settings, run_id="run")
    listed = "select schema_name, table_name, column_name from ops.column_classification"
    every = "select schema_name, table_name, column_name from duckdb_columns() where not internal"
    assert read(settings, f"({every}) except ({listed}) union all ({listed}) except ({every})") == []
    told = "select distinct classification, means from ops.column_classification where classification "
    assert read(settings, f"{told} not in ('none', 'fact', 'pseudonym')") == []
    assert read(settings, f"{told} = 'pseudonym' and column_name = 'customer_id'") == [
        ("pseudonym", personal_data.CLASSES["pseudonym"])
    ]
    assert read(settings, "select distinct new_columns from ops.loads") == [
        ("gift_wrap, (a name), (a name), (a name)",)
    ]
    assert "li na" not in settings.quality_report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("statements", "error", "words"),
    [
        (["delete from ops.model_runs"], BuildError, "never been built"),
        (["update ops.model_runs set status = 'running'"], BuildError, "did not end"),
        (["update ops.model_runs set status = 'error'"], BuildError, "not whole"),
        (["delete from ops.completeness_results where stage = 'raw'"], PublicationError, "raw data was never checked"),
        (["delete from ops.completeness_results where stage = 'publication'"], PublicationError, "publication .*never"),
        (["update ops.completeness_results set status = 'failed'"], PublicationError, "did not pass"),
        (["update ops.completeness_results set status = 'crashed'"], PublicationError, "did not pass"),
        (
            ["update ops.model_runs set finished_at = now()::timestamp + interval 1 day"],
            PublicationError,
            "built again after",
        ),
        (["drop table intermediate.int_customer_contacts"], PublicationError, "int_customer_contacts"),
        (["delete from marts.customer_360"], PublicationError, "nothing to publish"),
    ],
)
def test_what_was_not_built_and_checked_is_not_published(settings, statements, error, words):
    first = publish(settings, run_id="run")
    small_warehouse.change(settings, *statements)
    with pytest.raises(error, match=words):
        publish(settings, run_id="run")
    assert current_id(settings) == first.publication_id
    assert kept_ids(settings) == [first.publication_id]
    assert list((settings.published / "versions").glob(".*")) == []


def test_an_accepted_exception_and_a_warning_do_not_stop_publication(settings):
    small_warehouse.change(
        settings,
        "insert into ops.completeness_results select * replace ('accepted' as status) from ops.completeness_results",
        "insert into ops.completeness_results select * replace ('warning' as status) from ops.completeness_results",
    )
    publish(settings, run_id="run")


def test_a_failure_of_an_earlier_check_does_not_stop_publication_once_a_later_one_passed(settings):
    small_warehouse.change(settings, "update ops.completeness_results set status = 'failed'")
    small_warehouse.passed(settings)
    publish(settings, run_id="run")


def test_the_last_five_are_kept_and_rollback_goes_back_one_at_a_time(settings):
    made = [publish(settings, run_id=f"run{n}").publication_id for n in range(7)]
    assert kept_ids(settings) == made[2:]
    assert current_id(settings) == made[6]
    assert [row[0] for row in read(settings, "select publication_id from ops.publications where is_current")] == [
        made[6]
    ]

    assert rollback(settings, run_id="back").publication_id == made[5]
    assert rollback(settings, run_id="back").publication_id == made[4]
    assert read(settings, "select publication_id from ops.publications where is_current") == [(made[4],)]
    assert small_warehouse.manifest(settings)["publication_id"] == made[4]
    assert publications(settings)[4:] == [
        (made[4], "published", True),
        (made[5], "rolled back", False),
        (made[6], "rolled back", False),
    ]
    assert "rolled back" in settings.quality_report.read_text(encoding="utf-8")

    assert rollback(settings, run_id="to", to=made[6]).publication_id == made[6]
    assert publications(settings)[6] == (made[6], "published", True)
    assert rollback(settings, run_id="back").publication_id == made[4]  # the fifth was rolled back and stays so

    newest = publish(settings, run_id="again").publication_id
    assert current_id(settings) == newest
    assert rollback(settings, run_id="back").publication_id == made[4]
    with pytest.raises(PublicationError, match="not kept"):
        rollback(settings, run_id="to", to=made[0])


def test_the_current_publication_is_never_removed_however_old(settings):
    first, second = (publish(settings, run_id="run").publication_id for _ in range(2))
    rollback(settings, run_id="back")
    prune(replace(settings, keep_publications=1))
    assert kept_ids(settings) == [first, second]
    assert current_id(settings) == first


def test_a_clock_that_went_back_does_not_change_the_order_of_publications(settings, monkeypatch):
    first = publish(settings, run_id="run").publication_id
    monkeypatch.setattr("customer360.publish.utc_now", lambda: datetime(2020, 1, 1))
    second = publish(settings, run_id="run").publication_id
    assert second > first
    assert rollback(settings, run_id="back").publication_id == first


def test_there_is_nothing_to_roll_back_to_before_the_second_publication(settings):
    with pytest.raises(PublicationError, match="no publication before"):
        rollback(settings, run_id="back")
    publish(settings, run_id="run")
    with pytest.raises(PublicationError, match="no publication before"):
        rollback(settings, run_id="back")


def test_a_damaged_publication_does_not_become_current(settings):
    first, second = (publish(settings, run_id="run") for _ in range(2))
    file = first.folder / "parquet" / "orders.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(PublicationError, match=r"orders\.parquet is not what its manifest says"):
        rollback(settings, run_id="back")
    assert current_id(settings) == second.publication_id


def test_publications_are_known_again_after_the_warehouse_was_made_anew(settings):
    made = [publish(settings, run_id="run").publication_id for _ in range(2)]
    settings.warehouse.unlink()
    from_sources(settings, progress=lambda _: None)
    small_warehouse.ready(settings)
    third = publish(settings, run_id="run").publication_id
    assert publications(settings) == [
        (made[0], "published", False),
        (made[1], "published", False),
        (third, "published", True),
    ]
    assert rollback(settings, run_id="back").publication_id == made[1]


def test_the_published_folder_can_be_moved(settings, tmp_path):
    publish(settings, run_id="run")
    os.rename(settings.published, tmp_path / "elsewhere")
    with duckdb.connect(str(tmp_path / "elsewhere" / "customer_360.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.orders").fetchone() == (1540,)


def test_a_full_disk_leaves_the_last_publication_and_is_one_sentence(settings):
    first = publish(settings, run_id="run")
    code = (
        "import resource, signal, sys; from pathlib import Path; from customer360 import publish; "
        "from customer360.config import Settings; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000)); "
        "publish.publish(Settings(home=Path(sys.argv[1])), run_id='full')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(settings.home)], capture_output=True, text=True, timeout=60
    )
    assert result.returncode != 0
    assert "PublicationError: The publication could not be written" in result.stderr.splitlines()[-1]
    assert kept_ids(settings) == [first.publication_id]
    assert list((settings.published / "versions").glob(".*")) == []
    assert publish(settings, run_id="run").publication_id == current_id(settings)


# Each step, before or after which the process is killed, and whether readers then see the new version.
KILLS = {
    ("_build_version", "before"): False,
    ("_write_marts", "after"): False,
    ("_write_parquet", "after"): False,
    ("_write_contacts", "before"): False,
    ("_build_version", "after"): False,
    ("flush_all", "after"): False,
    ("_record_prepared", "after"): False,
    ("_make_current", "before"): False,
    ("_replace_link", "after"): True,
    ("_make_current", "after"): True,
    ("prune", "before"): True,
    ("_remove_version", "before"): True,
}
KILLED = """
import os, signal, sys
from pathlib import Path
from customer360 import publish
from customer360.config import Settings

step, when = sys.argv[2:]
original = getattr(publish, step)

def deadly(*arguments, **named):
    if when == "after":
        original(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(publish, step, deadly)
publish.publish(Settings(home=Path(sys.argv[1]), keep_publications=2), run_id="killed")
"""


def test_killed_at_any_step_leaves_a_whole_publication_and_the_next_run_cleans_up(settings):
    settings = replace(settings, keep_publications=2)
    for _ in range(2):
        publish(settings, run_id="run")
    for (step, when), swapped in KILLS.items():
        before = current_id(settings)
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(settings.home), step, when], capture_output=True, timeout=60
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert_whole(settings)
        assert (current_id(settings) != before) == swapped, (step, when)
        made = publish(settings, run_id="run")
        assert current_id(settings) == made.publication_id
        assert {path.name for path in (settings.published / "versions").iterdir()} == set(kept_ids(settings))
        assert len(kept_ids(settings)) == 2
        rows = publications(settings)
        assert [row[0] for row in rows if row[2]] == [made.publication_id]
        assert {row[1] for row in rows} <= {"published", "abandoned"}
        assert {row[0] for row in rows if row[1] == "published"} >= set(kept_ids(settings))


def assert_whole(settings: Settings) -> None:
    """What a reader opens is one publication, complete and unchanged."""
    manifest = small_warehouse.manifest(settings)
    assert manifest["publication_id"] == current_id(settings)
    with duckdb.connect(str(settings.published / "customer_360.duckdb"), read_only=True) as connection:
        current = connection.execute("select publication_id from ops.publications where is_current").fetchall()
        assert current == [(manifest["publication_id"],)]
        for mart, row_count in manifest["row_counts"].items():
            parquet = settings.published / "parquet" / f"{mart}.parquet"
            counts = f"select (select count(*) from marts.{mart}), (select count(*) from '{parquet}')"
            assert connection.execute(counts).fetchone() == (row_count, row_count)


READER = """
import json, sys, time
from pathlib import Path
import duckdb

published, stop = Path(sys.argv[1]), Path(sys.argv[2])
opened, versions, mixed, last = 0, set(), 0, None
print("ready", flush=True)
while not stop.exists():
    with duckdb.connect(str(published / "customer_360.duckdb"), read_only=True) as connection:
        first = connection.execute("select publication_id from ops.publications where is_current").fetchone()[0]
        for _ in range(3):
            seen = connection.execute(
                "select (select max(run_id) from ops.publications where is_current), "
                "(select max(partner_id) from marts.partners), (select max(agent_id) from marts.service_agents), "
                "(select count(*) from marts.orders)"
            ).fetchone()
            mixed += len(set(seen[:3])) > 1 or seen[3] != 1540
            time.sleep(0.01)
        again = connection.execute("select publication_id from ops.publications where is_current").fetchone()[0]
        mixed += first != again
    mixed += last is not None and first < last  # never back in time without a rollback
    duckdb.execute(f"select count(*) from '{published}/parquet/orders.parquet'").fetchone()
    opened, last = opened + 1, first
    versions.add(first)
print(json.dumps({"opened": opened, "versions": len(versions), "mixed": mixed}))
"""


def test_readers_query_through_twelve_publications_without_an_error_or_a_mix(settings, tmp_path):
    def version(number: int) -> str:
        name = f"v{number:02}"
        small_warehouse.change(
            settings,
            f"update marts.partners set partner_id = '{name}'",
            f"update marts.service_agents set agent_id = '{name}'",
        )
        return publish(settings, run_id=name).publication_id

    settings = replace(settings, keep_publications=2)
    version(0)
    held = duckdb.connect(
        str(settings.published / "customer_360.duckdb"), read_only=True
    )  # a tool that never closes its file
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(settings.published), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for reader in readers:
        assert reader.stdout.readline() == b"ready\n"
    for number in range(1, 13):
        version(number)
    stop.touch()
    for reader in readers:
        out, error = reader.communicate(timeout=60)
        assert reader.returncode == 0, error.decode()
        seen = json.loads(out.splitlines()[-1])
        assert seen["mixed"] == 0
        assert seen["versions"] >= 3
    assert held.execute("select partner_id from marts.partners").fetchone() == ("v00",)
    held.close()


def test_one_customer_is_found_quickly_in_the_published_file(settings):
    """The file is sorted by customer, so a look-up reads one row group. The time is measured in bench/, not here."""
    publish(settings, run_id="run")
    for mart in ("customer_360", "orders", "customer_timeline", "customer_identities"):
        column = [customer for (customer,) in read(settings, f"select customer_id from marts.{mart}")]
        assert column == sorted(column)
