"""What people decide is recorded once, obeys what was decided before, and says plainly why it cannot be taken."""

from __future__ import annotations

import os
import pwd

import identity_warehouse as warehouse
import pytest
from click.testing import CliRunner

from customer360.cli import cli
from customer360.config import Settings
from customer360.errors import IdentityError

A, B, C, D, E = (f"shop.customers:{letter}" for letter in "ABCDE")
M = "membership.members:A"


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "home"))
    settings = Settings(home=tmp_path / "home")
    warehouse.make(settings, {"C1": [A, M], "C2": [B], "C3": [C], "C4": [D], "C5": [E]})
    return settings


def run(*arguments: str) -> str:
    """What the command prints; a refusal is raised."""
    result = CliRunner().invoke(cli, ["identity", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    with pytest.raises(IdentityError) as raised:
        run(*arguments)
    return str(raised.value)


def recorded(settings: Settings) -> list[tuple]:
    return warehouse.query(
        settings,
        "select decision, record_key_a, record_key_b, decided_by, reason from identity.match_decisions "
        "order by decision_id",
    )


def test_a_decision_is_kept_with_who_when_and_why_the_smaller_key_first(settings):
    said = run("link", C, B, "--why", "same passport", "--who", "ann")
    assert recorded(settings) == [("link", B, C, "ann", "same passport")]
    assert "next `customer360 build`" in said
    run("unlink", D, E, "--why", "twins")
    assert recorded(settings)[1][3] == pwd.getpwuid(os.getuid()).pw_name


def test_a_decision_repeated_changes_nothing(settings):
    run("link", B, C, "--why", "same passport", "--who", "ann")
    assert "Nothing changed" in run("link", C, B, "--why", "again", "--who", "bob")
    assert len(recorded(settings)) == 1


def test_the_opposite_decision_replaces_the_earlier_one_and_both_stay_on_record(settings):
    run("link", B, C, "--why", "one", "--who", "ann")
    assert "It replaces: link by ann" in run("unlink", B, C, "--why", "two", "--who", "bob")
    listed = run("decisions")
    assert "2 decisions, 1 in force" in listed
    assert listed.index("link  (replaced)") < listed.index("unlink\n")
    assert "It replaces: unlink by bob" in run("link", B, C, "--why", "one after all")
    assert [row[0] for row in recorded(settings)] == ["link", "unlink", "link"]


def test_the_latest_decision_is_in_force_even_when_the_clock_goes_back(settings):
    warehouse.change(
        settings,
        f"insert into identity.match_decisions values ('z', '2999-01-01', 'ann', 'link', '{B}', '{C}', 'future')",
    )
    run("unlink", B, C, "--why", "two")
    assert "2 decisions, 1 in force" in run("decisions")
    assert "Nothing changed" in run("unlink", B, C, "--why", "two")


@pytest.mark.parametrize(
    "typed", ["shop.customers:B", "shop customers B", "shop/customers/B", "shop.customers.B", " B ", "C2"]
)
def test_a_record_may_be_named_by_key_parts_own_id_or_a_customer_of_one_record(settings, typed):
    run("link", typed, C, "--why", "w")
    assert recorded(settings)[0][1:3] == (B, C)


def test_what_stands_for_several_records_is_refused_and_they_are_listed(settings):
    for typed in ("A", "C1"):
        said = refused("link", typed, B, "--why", "w")
        assert "2 records" in said
        assert A in said
        assert M in said
    assert recorded(settings) == []


def test_a_retired_customer_id_stands_for_the_customer_it_leads_to(settings):
    warehouse.change(
        settings, "insert into identity.customer_id_history values ('OLD', 'C2', '2025-01-01', '2026-01-01')"
    )
    run("link", "OLD", C, "--why", "w")
    assert recorded(settings)[0][1:3] == (B, C)


def test_what_is_not_known_is_refused(settings):
    assert "'shop.customers:X'" in refused("link", "shop.customers:X", B, "--why", "w")
    assert "names no account" in refused("unlink", B, "shop.orders:O1", "--why", "w")
    assert recorded(settings) == []


def test_a_record_that_no_longer_exists_is_refused_with_when_it_was_last_seen(settings):
    warehouse.change(
        settings, f"update identity.record_assignments set valid_to = '2026-03-05 06:00' where record_key = '{B}'"
    )
    assert "no longer in its source: it was last seen in the load of 2026-03-05 06:00" in refused(
        "link", B, C, "--why", "w"
    )


def test_a_record_is_not_linked_with_itself(settings):
    for kind in ("link", "unlink"):
        assert "itself" in refused(kind, B, "shop customers B", "--why", "w")


def test_a_decision_needs_a_reason(settings):
    assert "reason" in refused("link", B, C, "--why", "  ")
    assert CliRunner().invoke(cli, ["identity", "link", B, C]).exit_code == 2
    assert recorded(settings) == []


def test_a_link_that_would_join_what_is_kept_apart_is_refused_with_the_chain(settings):
    run("link", A, B, "--why", "w", "--who", "ann")
    run("link", C, D, "--why", "w", "--who", "ann")
    run("unlink", A, D, "--why", "w", "--who", "bob")
    said = refused("link", C, B, "--why", "w")
    assert f"{A} and {D} are to stay apart (unlink by bob" in said or f"{D} and {A} are to stay apart" in said
    for step in (f"{A} = {B}  (link by ann", f"{B} = {C}  (this link)", f"{C} = {D}  (link by ann"):
        assert step in said
    assert len(recorded(settings)) == 3


def test_an_unlink_of_records_that_links_join_by_a_chain_is_refused_with_the_chain(settings):
    for left, right in ((A, B), (B, C), (C, D), (A, E), (E, D)):
        run("link", left, right, "--why", "w", "--who", "ann")
    said = refused("unlink", D, A, "--why", "w")
    assert [line.split("  (")[0].strip() for line in said.splitlines()[1:3]] == [f"{A} = {E}", f"{E} = {D}"]


def test_links_in_a_circle_are_no_contradiction_but_one_of_them_cannot_be_undone_alone(settings):
    for left, right in ((A, B), (B, C), (C, A)):
        run("link", left, right, "--why", "w")
    assert f"{A} = {B}" in refused("unlink", A, C, "--why", "w")


@pytest.mark.parametrize(("linked", "apart"), [(A, B), (B, A)])
def test_a_decision_that_was_replaced_joins_and_parts_nobody_any_more(settings, linked, apart):
    run("link", A, B, "--why", "w")
    run("unlink", A, B, "--why", "w")
    run("link", linked, C, "--why", "w")
    run("unlink", apart, C, "--why", "w")  # would contradict, were A and B still linked
    assert len(recorded(settings)) == 4


def test_a_pair_s_own_decision_never_stands_in_its_own_way(settings):
    run("unlink", B, C, "--why", "w")
    run("link", B, C, "--why", "w")
    run("unlink", B, C, "--why", "w")
    assert len(recorded(settings)) == 3


def test_records_that_are_two_customers_already_may_be_kept_apart_for_ever(settings):
    assert "two customers already" in run("unlink", B, C, "--why", "twins")
    assert "one customer already" in run("link", A, M, "--why", "w")
    assert "next `customer360 build`" in run("unlink", A, M, "--why", "w")


def test_before_the_first_build_a_decision_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "new"))
    assert "customer360 build" in refused("link", A, B, "--why", "w")
    assert "0 decisions" in run("decisions")


def test_a_reason_is_kept_as_typed(settings):
    why = 'she\'s "one" person; drop table x -- 李伟\nsecond line'
    run("link", B, C, "--why", why, "--who", "O'Neil")
    assert recorded(settings)[0][3:] == ("O'Neil", why)
