"""Too many customers that change under the reports stop publication, until a person accepts exactly these changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import small_warehouse
from click.testing import CliRunner

from customer360 import quality
from customer360.cli import cli
from customer360.config import Settings
from customer360.errors import IdentityError, IncompleteError, PublicationError
from customer360.identity.changes import remember_published
from customer360.publish import current_id, publish, rollback
from customer360.warehouse import writing

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "identity"
RECORDS = 264  # of the small warehouse: 100 accounts, 77 guest orders, 37 requesters, 50 members, each a customer


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    """A small company, built and published once."""
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "home"))
    settings = Settings(home=tmp_path / "home")
    small_warehouse.fill(settings)
    build(settings)
    small_warehouse.passed(settings)
    publish(settings, run_id="first")
    return settings


def build(settings: Settings, *moves: str) -> None:
    """Build, with these changes to who is which customer, and what the models make of them."""
    with writing(settings, "test") as connection:
        remember_published(connection, settings)
    small_warehouse.build(settings)
    small_warehouse.change(settings, *moves)
    for name in ("customer_id_history", "record_moves", "customer_changes"):
        query = re.sub(
            r"{{ (?:ref|source)\((?:'identity', )?'(\w+)'\) }}", r"identity.\1", (MODELS / f"{name}.sql").read_text()
        )
        small_warehouse.change(settings, f"create or replace table identity.{name} as {query}")


def fuse(system: str, table: str, count: int) -> str:
    """The first so many records of a table become the customer of the last one."""
    return f"""
        update identity.record_assignments set valid_from = '2026-03-30', customer_id = (
            select max(customer_id) from marts.customer_identities
            where (source_system, source_table) = ('{system}', '{table}')
        )
        where record_key in (
            select record_key from identity.record_assignments
            where (source_system, source_table) = ('{system}', '{table}') order by record_key limit {count}
        )
    """


def gate(settings: Settings, *, whole: bool = False) -> str:
    """The screen of a check that failed, of the moves alone or of all a publication must be; empty when it passed."""
    with pytest.MonkeyPatch.context() as patch:
        if not whole:
            moves = [suite for suite in quality.load_suites(settings) if suite.table == "identity.record_moves"]
            patch.setattr(quality, "load_suites", lambda _: moves)
        return _screen(settings)


def _screen(settings: Settings) -> str:
    try:
        quality.check(settings, run_id="run", stage="publication")
    except IncompleteError as error:
        return str(error)
    return ""


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["identity", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_too_many_moves_stop_publication_until_accepted(settings):
    first = current_id(settings)
    build(settings, fuse("shop", "customers", 40))
    said = gate(settings, whole=True)
    assert "identity.record_moves (few_moved)" in said
    assert "records of other customers than in the publication: 40, at most 13 wanted" in said
    assert "customers of the publication that lost records to others: 40, at most 13 wanted" in said
    assert "customer360 identity changes" in said
    assert "customer360 identity accept-changes" in said
    assert "loses or doubles" not in said
    with pytest.raises(PublicationError, match="did not pass"):
        publish(settings, run_id="second")
    assert current_id(settings) == first

    assert "40 moves accepted" in run("accept-changes", "--why", "the shop merged its accounts", "--who", "ann")
    with pytest.raises(PublicationError, match="did not pass"):
        publish(settings, run_id="second")  # the check itself must pass
    assert gate(settings, whole=True) == ""
    assert publish(settings, run_id="second").publication_id == current_id(settings) > first
    assert small_warehouse.query(
        settings, "select accepted_by, reason, count(*) from identity.accepted_moves group by all"
    ) == [("ann", "the shop merged its accounts", 40)]


def test_accepting_covers_these_moves_and_no_others(settings):
    build(settings, fuse("shop", "customers", 40))
    run("accept-changes", "--why", "right")
    assert "Nothing changed" in run("accept-changes", "--why", "right")
    build(settings, fuse("shop", "customers", 40))
    assert gate(settings) == ""  # built again, the same moves
    build(settings, fuse("shop", "customers", 50))
    assert gate(settings) == ""  # ten more are few
    build(settings, fuse("shop", "customers", 40), fuse("membership", "members", 30))
    assert ": 30, at most 13 wanted" in gate(settings)
    build(settings, fuse("shop", "customers", 40).replace("select max(", "select min("))
    assert ": 39, at most 13 wanted" in gate(settings)  # the same records, to another customer


def test_moves_that_were_stopped_do_not_pass_with_the_next_build(settings):
    build(settings, fuse("shop", "customers", 40))
    gate(settings)
    build(settings, fuse("shop", "customers", 40))
    assert "few_moved" in gate(settings)


def test_a_build_is_compared_with_what_readers_see_now(settings):
    build(settings, fuse("shop", "customers", 10))
    assert gate(settings) == ""
    # the small warehouse publishes its own marts, so the moves go into the mart that readers see
    small_warehouse.change(
        settings,
        "update marts.customer_identities i set customer_id = a.customer_id from identity.record_assignments a "
        "where a.source_record_id = i.source_record_id",
    )
    publish(settings, run_id="second")
    build(settings, fuse("shop", "customers", 10))
    assert "; 0 of 264 records moved" in run("changes")
    rollback(settings, run_id="back")
    build(settings, fuse("shop", "customers", 10))
    assert "; 10 of 264 records moved" in run("changes")


def test_the_first_build_and_an_unchanged_one_pass(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "home"))
    settings = Settings(home=tmp_path / "home")
    small_warehouse.fill(settings)
    build(settings)
    assert gate(settings) == ""
    assert f"{RECORDS} customers, none published before" in run("changes")
    small_warehouse.passed(settings)
    publish(settings, run_id="first")
    build(settings)
    assert gate(settings) == ""
    assert "0 new, 0 merged, 0 split, 0 retired; 0 of 264 records moved" in run("changes")


def test_few_moves_pass_and_are_listed_by_kind(settings):
    build(
        settings,
        fuse("shop", "customers", 3),
        "update identity.record_assignments set customer_id = 'CNEW' where record_key = 'membership.members:m1'",
        "update identity.record_assignments set valid_to = '2026-03-30' where record_key = 'membership.members:m2'",
        "insert into identity.record_assignments by name select * replace ('x' as record_key, 'CX' as customer_id) "
        "from identity.record_assignments limit 1",
    )
    assert gate(settings) == ""
    said = run("changes")
    assert "1 new, 3 merged, 1 split, 1 retired; 4 of 263 records moved (1.52%)" in said
    assert re.search(r"merged +Cshopc0 +-> Cshopc99 +1 records  since 2026-03-30", said)
    assert re.search(r"split +Cmembershipm1 +-> CNEW", said)
    assert re.search(r"retired +Cmembershipm2 +-> -", said)
    assert "CX" not in said
    assert re.search(r"new +- +-> CX", run("changes", "--kind", "new"))
    assert "… and 4 more (--limit)" in run("changes", "--limit", "1")
    assert "4 of 264 published customers lost records to others; 0 of 4 moves are accepted" in said


def test_the_share_is_a_company_s_own_to_set(settings, tmp_path):
    own = tmp_path / "expectations"
    own.mkdir()
    (own / "thresholds.csv").write_text(
        "table,check,column,setting,value,reason\n"
        "identity.record_moves,few_moved,,max_share,0.5,accounts are being merged\n"
    )
    build(settings, fuse("shop", "customers", 40))
    assert gate(Settings(home=settings.home, expectations=own)) == ""
    (own / "thresholds.csv").unlink()
    (own / "exceptions.csv").write_text(
        "name,stage,check,table,column,reason,until\n"
        "merger,publication,few_moved,identity.record_moves,,two shops become one,2026-03-31\n"
    )
    assert gate(Settings(home=settings.home, expectations=own)) == ""


def test_accepting_needs_a_reason_and_a_build(settings, tmp_path, monkeypatch):
    with pytest.raises(IdentityError, match="reason"):
        run("accept-changes", "--why", " ")
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "new"))
    for command in (["accept-changes", "--why", "w"], ["changes"]):
        with pytest.raises(IdentityError, match="customer360 build"):
            run(*command)


def test_the_reason_is_published_nowhere(settings):
    build(settings, fuse("shop", "customers", 40))
    run("accept-changes", "--why", "canary reason", "--who", "canary name")
    assert gate(settings) == ""
    made = publish(settings, run_id="second")
    for path in (settings.quality_report, *made.folder.rglob("*.json")):
        assert "canary" not in path.read_text(encoding="utf-8")
    assert "canary reason" not in str(small_warehouse.query(settings, "select message from ops.completeness_results"))
