"""`customer360 explain` on the sample company: every printed line adds up, and every figure is that of the marts."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest
from click.testing import CliRunner

from customer360.cli import cli
from customer360.errors import IdentityError, LevelsError
from customer360.levels.explain import explain

# Members of every kind, and the one of each kind that has the most to tell.
KINDS = {
    "at the top": "level = 'diamond' and not is_in_grace",
    "in grace": "is_in_grace",
    "of whom goods came back": "level_rank > 2 and back_count > 1",
    "whose goods all came back": "gone_count > 0",
    "with an order entered late or an activity that came late": "late_count > 0",
    "at the lowest level": "level_rank = 1 and growth_value > 0",
    "with two cards": "card_count > 1 and level_rank > 1",
}
MEMBERS = """
    with members as (
        select
            tiers.*,
            count(ledger.entry_id) as entry_count,
            count(*) filter (where ledger.reverses_entry_id is not null) as back_count,
            count(*) filter (where ledger.growth_remaining = 0) as gone_count,
            count(*) filter (
                where list_contains(late.record_ids, ledger.source_record_id)
                or list_contains(late.record_ids, ledger.order_id)
            ) as late_count
        from marts.member_tiers as tiers
        inner join marts.growth_ledger as ledger on tiers.customer_id = ledger.customer_id
        cross join (
            select flatten(list(record_ids)) as record_ids from memory.truth.planted
            where fault in ('late file', 'backdated order')
        ) as late
        where
            tiers.level is not null and ledger.counts_from <= tiers.as_of_date
            and ledger.expires_on > tiers.as_of_date
        group by all
    )
    select max_by(customer_id, (entry_count, customer_id)) from members where {condition}
"""


@pytest.fixture(scope="module")
def warehouse(sample):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.warehouse}' as warehouse (read_only)")
        connection.execute("create schema truth")
        connection.execute(f"create view truth.planted as from '{sample.sample}/truth/planted.parquet'")
        connection.execute("use warehouse")
        yield connection


@pytest.fixture
def said(sample, monkeypatch):
    """A function that runs the command and gives what it prints."""
    monkeypatch.setenv("CUSTOMER360_HOME", str(sample.home))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["explain", *arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def amounts(text: str) -> tuple[list[Decimal], Decimal]:
    """The amounts of the ledger's lines, and the sum printed below them."""
    ledger = re.split(r"\n(?:The ledger|成长值明细).*\n", text)[1].split("\n\n")[0]
    *lines, total = [Decimal(each.replace(",", "")) for each in re.findall(r"^ +([+-][\d,]+\.\d\d) ", ledger, re.M)]
    return lines, total


def amount(pattern: str, text: str) -> Decimal | None:
    found = re.search(pattern, text)
    return found and Decimal(found[1].replace(",", ""))


def member(warehouse, kind: str) -> dict:
    (customer_id,) = warehouse.execute(MEMBERS.format(condition=KINDS[kind])).fetchone()
    found = warehouse.execute(f"select * from marts.member_tiers where customer_id = '{customer_id}'")
    return dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))


def english(day) -> str:
    return f"{day.day} {day:%B %Y}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_lines_add_up_and_the_figures_are_those_of_the_marts(said, warehouse, kind):
    tiers = member(warehouse, kind)
    text = said(tiers["customer_id"], "--limit", "1000")
    lines, total = amounts(text)
    assert sum(lines) == total == tiers["growth_value"]
    assert any(line < 0 for line in lines) or "came back" not in kind
    assert f"since {english(tiers['level_since'])}\nWhy: {total:,.2f} growth counts" in text
    assert amount(r"To reach \w+: ([\d,.]+) more growth", text) == tiers["growth_to_next"]
    assert amount(r"goods for about ([\d,]+\.\d\d)", text) == tiers["spend_to_next"]
    assert amount(r"beyond that day: ([\d,.]+) more growth", text) == tiers["growth_to_keep"]
    assert amount(r"Next to expire: ([\d,.]+) growth", text) == tiers["next_expiry_growth"]
    assert ("In grace: the review was on" in text) == tiers["is_in_grace"]
    assert ("review" in text.lower()) == (tiers["review_on"] is not None)
    assert tiers["review_on"] is None or english(tiers["review_on"]) in text
    periods = warehouse.execute(
        f"select count(*) from marts.member_tier_history where customer_id = '{tiers['customer_id']}'"
    ).fetchone()
    assert text.split("The levels so far\n")[1].count("\n  ") + 1 == periods[0]


@pytest.mark.parametrize("kind", ["in grace", "of whom goods came back"])
def test_in_chinese_it_is_the_same_account(said, warehouse, kind):
    customer_id = member(warehouse, kind)["customer_id"]
    chinese, text = (said(customer_id, "--limit", "1000", "--language", each) for each in ("zh", "en"))
    assert amounts(chinese) == amounts(text)
    assert len(chinese.splitlines()) == len(text.splitlines())
    figure = r"\d[\d,]*\.\d\d"
    assert sorted(re.findall(figure, chinese)) == sorted(re.findall(figure, text))


def test_as_of_any_past_day_the_lines_add_up_to_the_level_held_then(said, warehouse):
    rows = warehouse.execute(
        """
        select history.customer_id, history.level, names.name_en, day, (
            select coalesce(sum(ledger.growth_value), 0) from marts.growth_ledger as ledger
            where ledger.customer_id = history.customer_id and counts_from <= day and expires_on > day
        ) as growth_value
        from (
            select customer_id, level, valid_from, unnest([valid_from, valid_to - 1]) as day
            from marts.member_tier_history
            where valid_to is not null and change_reason in ('goods returned', 'growth expired', 'growth earned')
            order by hash(customer_id) limit 24
        ) as history
        inner join intermediate.member_levels as names on history.level = names.level
        """
    ).fetchall()
    assert len(rows) == 24
    for customer_id, _, name, day, growth_value in rows:
        text = said(customer_id, "--as-of", str(day), "--limit", "1000")
        assert f"On {english(day)}, as known now\n\nLevel: {name}, since" in text
        lines, total = amounts(text) if "The ledger" in text else ([], Decimal(0))
        assert sum(lines) == total == growth_value


def test_any_record_of_the_customer_names_them(said, warehouse):
    customer_id = member(warehouse, "with two cards")["customer_id"]
    keys = warehouse.execute(
        f"select record_key from identity.record_assignments where valid_to is null and customer_id = '{customer_id}'"
    ).fetchall()
    assert len(keys) > 1
    assert {said(key) for (key,) in keys} == {said(customer_id)}


def test_who_is_no_member_is_told_so_with_the_value_tier_and_its_reason(said, warehouse):
    for condition, sentence in (
        ("customer_id not in (select customer_id from marts.member_tiers)", "No member: none of"),
        ("customer_id in (select customer_id from marts.member_tiers where level is null)", "No member any more: the"),
    ):
        customer_id, reason = warehouse.execute(
            f"select customer_id, upgrade_reason from marts.customer_value_tiers where {condition} order by 1 limit 1"
        ).fetchone()
        text = said(customer_id)
        assert sentence in text
        assert reason in text
        assert "Level:" not in text


def test_before_the_first_card_and_before_the_warehouse_knew_there_is_no_level(said, warehouse):
    tiers = member(warehouse, "at the top")
    assert f"No member on this day: the first card began on {english(tiers['joined_on'])}." in said(
        tiers["customer_id"], "--as-of", "2020-01-01"
    )
    assert "On 1 October 2026, as it was known at the end of 1 October 2026\nNothing was known then" in said(
        tiers["customer_id"], "--known-on", "2026-10-01"
    )
    assert "Level: Diamond" in said(tiers["customer_id"], "--known-on", f"{datetime.max:%Y-%m-%d}")


def test_a_day_that_was_not_built_and_a_customer_nobody_knows_are_errors(said, warehouse):
    with pytest.raises(LevelsError, match="The last build describes 2026-10-31"):
        said(member(warehouse, "in grace")["customer_id"], "--as-of", "2026-11-01")
    with pytest.raises(IdentityError, match="'C9'"):
        said("C9")


def test_nobody_is_told_a_level_that_ledger_and_rules_do_not_bear_out(sample, warehouse, tmp_path):
    customer_id = member(warehouse, "at the top")["customer_id"]
    shutil.copy(sample.warehouse, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert explain(connection, customer_id).standing.level == "diamond"
        connection.execute(
            f"update intermediate.int_member_level_beliefs set level = 'gold' where customer_id = '{customer_id}'"
        )
        with pytest.raises(LevelsError, match=r"say \S+, gold since .* by the rules it is \S+, diamond since"):
            explain(connection, customer_id)


def test_nobody_s_name_or_address_is_printed(said, warehouse):
    for kind in KINDS:
        customer_id = member(warehouse, kind)["customer_id"]
        text = said(customer_id, "--limit", "1000")
        personal = warehouse.execute(
            f"""
            select unnest([full_name, email_normalised, phone_normalised, cast(born_on as varchar)])
            from identity.source_records
            inner join identity.record_assignments using (record_key)
            where valid_to is null and customer_id = '{customer_id}'
            """
        ).fetchall()
        assert not [value for (value,) in personal if value and value in text]
