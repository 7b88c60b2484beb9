"""Anyone can read why records are one customer, or are not, without reading anybody's name."""

from __future__ import annotations

import identity_warehouse as warehouse
import pytest
from click.testing import CliRunner

from customer360.cli import cli
from customer360.config import Settings
from customer360.errors import IdentityError

A, B, C, D = (f"shop.customers:{letter}" for letter in "ABCD")
M, U = "membership.members:M", "helpdesk.users:U"

LINKS = f"""
    insert into identity.record_links values
        ('{M}', '{A}', 'card', 1.0, 'same member card'),
        ('{M}', '{B}', 'email_and_name', 0.98, 'same e-mail; names alike'),
        ('{B}', '{C}', 'probabilistic', 0.93, 'names alike; birth dates one digit apart'),
        ('{A}', '{C}', 'probabilistic', 0.91, 'names alike; same postcode'),
        ('{U}', '{D}', 'phone', 0.97, 'same phone')
"""
PAIRS = f"""
    insert into identity.record_pairs values
        ('{A}', '{U}', 'probabilistic', 0.97, 5.0, 'would link, but birth dates contradict', 'held'),
        ('{D}', '{M}', 'probabilistic', 0.55, 0.3, 'names alike', 'review'),
        ('{A}', '{B}', 'probabilistic', 0.60, 0.6, 'same city', 'review'),
        ('{M}', '{A}', 'card', 1.0, 20.0, 'same member card', 'link')
"""


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path / "home"))
    settings = Settings(home=tmp_path / "home")
    warehouse.make(settings, {"C1": [A, B, C, M], "C2": [D, U]})
    warehouse.change(
        settings,
        LINKS,
        PAIRS,
        "insert into identity.customer_id_history values ('OLD', 'C1', '2026-02-01', '2026-03-01')",
        f"""insert into identity.record_assignments values
            ('{C}', 'shop', 'customers', 'C', 'OLD', 'only_record', 1.0, '2026-02-01', '2026-03-01')""",
        f"""insert into identity.match_decisions values
            ('d1', '2026-03-02', 'ann', 'unlink', '{A}', '{D}', 'canary.reason@example.org'),
            ('d2', '2026-03-03', 'ann', 'link', '{A}', '{B}', 'canary reason')""",
    )
    return settings


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["identity", "explain", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_records_links_decisions_and_what_was_held_back_are_shown(settings):
    said = run("C1")
    assert "customer C1: 4 records" in said
    assert f"{C}  first seen 2025-01-01, since 2026-03-01 08:00" in said
    assert "probabilistic 0.9300: names alike; birth dates one digit apart" in said
    assert f"{A} ≠ {D}\n    unlink by ann, 2026-03-02 00:00" in said
    assert f"{A} ? {U}  (customer C2)\n    held: probabilistic 0.9700: would link, but birth dates contradict" in said
    assert f"{A} ? {B}  (both are this customer's, by other links)" in said
    assert "same phone" not in said
    assert said.count("same member card") == 1


def test_a_retired_id_and_any_of_its_records_name_the_customer(settings):
    assert run("OLD") == run(M) == run("shop customers C") == run("C1")
    assert "retired ids OLD" in run("C1")


def test_the_shortest_chain_that_joins_two_records_is_shown(settings):
    said = run("C1", M, "shop customers C")
    path = said[said.index("what joins") :]
    assert [line.strip() for line in path.splitlines()] == [
        f"what joins {M} and {C}",
        f"= {A}",
        "card 1.0000: same member card",
        f"= {C}",
        "probabilistic 0.9100: names alike; same postcode",
    ]


def test_of_a_record_that_is_another_customer_s_it_is_said_whose(settings):
    with pytest.raises(IdentityError, match=f"{U} is a record of customer C2, not of C1"):
        run("C1", A, U)
    assert CliRunner().invoke(cli, ["identity", "explain", "C1", A]).exit_code == 2


def test_personal_data_is_shown_only_when_asked(settings):
    for arguments in (["C1"], ["C1", A, B], ["C1", "--as-of", "2026-03-05"]):
        said = run(*arguments).lower()
        assert "canary" not in said
        assert "+44700900123" not in said
        assert "1990-05-17" not in said
    said = run("C1", "--show-personal")
    for value in ("Canary A", "canary.A@example.org", "+44700900123", "1990-05-17", "canary reason"):
        assert value in said


def test_as_of_an_earlier_day_it_shows_what_was_believed_then(settings):
    said = run("OLD", "--as-of", "2026-02-10")
    assert "customer OLD: 1 record\n" in said
    assert C in said
    assert A not in said
    before = run("C1", "--as-of", "2026-03-01")
    assert "4 records" in before
    assert "same member card" in before
    assert "ann" not in before  # decided on the 2nd
    assert "link by ann" in run("C1", "--as-of", "2026-03-03")
    with pytest.raises(IdentityError, match="not in use at 2026-02-10"):
        run("C1", "--as-of", "2026-02-10")
    with pytest.raises(IdentityError, match="not in use at 2026-03-02"):
        run("OLD", "--as-of", "2026-03-02")
    with pytest.raises(IdentityError, match="was not known"):
        run(M, "--as-of", "2026-02-10")


def test_records_no_link_is_known_for_are_said_to_have_none(settings):
    warehouse.change(settings, "delete from identity.record_links")
    assert "No chain of the links known joins" in run("C1", A, B)


def test_long_lists_are_cut_and_say_so(settings):
    assert "… and 3 more (--limit)" in run("C1", "--limit", "1")


def test_nobody_of_that_name(settings):
    with pytest.raises(IdentityError, match="'C9'"):
        run("C9")
