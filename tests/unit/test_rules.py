"""Rules are checked before any run: each problem is named with its file, line, column and what to do."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from customer360 import rules
from customer360.build import build, project_folder
from customer360.config import Settings
from customer360.errors import RulesError
from customer360.rules.tables import TABLES

SEEDS = project_folder() / "seeds"
KINDS = {"varchar": "text", "integer": "whole", "boolean": "flag", "date": "day", "timestamp": "moment"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """The rules as shipped, to be spoilt."""
    for table in TABLES:
        shutil.copy(SEEDS / table.file, tmp_path)
    return tmp_path


def row(folder: Path, file: str, line: int = 2, **cells: str) -> None:
    """Change cells of one line; a line after the last is added, like the one before it."""
    with open(folder / file, encoding="utf-8", newline="") as source:
        header, *rows = list(csv.reader(source))
    while len(rows) < line - 1:
        rows.append(list(rows[-1]) if rows else [""] * len(header))
    for column, text in cells.items():
        rows[line - 2][header.index(column)] = text
    with open(folder / file, "w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([header, *rows])


def problems(folder: Path) -> list[str]:
    try:
        rules.check(folder)
    except RulesError as error:
        first, *lines = str(error).splitlines()
        assert first.startswith("The rules cannot be used, nothing was run (")
        return lines
    return []


def only_problem(folder: Path) -> str:
    found = problems(folder)
    assert len(found) == 1, found
    return found[0]


GRANT = {"grant_id": "g1", "member_id": "m1", "level": "gold", "reason": "an apology"}
GRANT |= {"valid_from": "2026-01-01", "valid_to": "2026-07-01"}
PURCHASE, SIGN_IN = 2, 3  # lines of growth_rules.csv
REGISTERED, BRONZE, SILVER, GOLD, DIAMOND = range(2, 7)  # lines of member_levels.csv


def test_the_rules_as_shipped_are_good(folder):
    rules.check(SEEDS)
    rules.check(folder)


def test_the_tables_are_those_of_the_dbt_project():
    for table in TABLES:
        declared = yaml.safe_load((SEEDS / f"{table.name}.yml").read_text(encoding="utf-8"))["seeds"][0]
        types = declared["config"]["column_types"]
        header = (SEEDS / table.file).read_text(encoding="utf-8").splitlines()[0].split(",")
        names = [column.name for column in table.columns]
        assert set(names) <= set(header) if table.dates_only else set(names) == set(header), table.name
        for column in table.columns:
            type_ = types.get(column.name, "varchar").replace(" ", "")
            if column.kind == "decimal":
                assert type_ == "decimal({},{})".format(*column.digits), (table.name, column.name)
            elif not (table.dates_only and column.kind == "text"):
                assert KINDS[type_] == column.kind.replace("list", "text"), (table.name, column.name)


def test_words_that_are_known_are_those_the_dbt_project_accepts():
    compared = 0
    for table in TABLES:
        declared = yaml.safe_load((SEEDS / f"{table.name}.yml").read_text(encoding="utf-8"))["seeds"][0]
        tests = {column["name"]: column.get("data_tests", []) for column in declared["columns"]}
        for column in table.columns:
            accepted = [test["accepted_values"] for test in tests.get(column.name, []) if "accepted_values" in test]
            if accepted and not table.dates_only:
                assert set(column.one_of) == set(accepted[0]["arguments"]["values"]), (table.name, column.name)
                compared += 1
    assert compared >= 5


def test_a_build_refuses_rules_before_it_touches_anything(folder, tmp_path_factory):
    project, home = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("home") / "home"
    (project / "dbt_project.yml").touch()
    row(folder, "member_levels.csv", SILVER, growth_from="100")
    shutil.copytree(folder, project / "seeds")
    with pytest.raises(RulesError, match=r"member_levels\.csv, line 4, growth_from"):
        build(Settings(home=home, dbt_project=project), run_id="refused", progress=lambda _: None)
    assert not home.exists()


@pytest.mark.parametrize(
    ("file", "line", "column", "text", "wrong"),
    [
        ("growth_rules.csv", PURCHASE, "growth_per_unit", "one", "is not a number"),
        ("growth_rules.csv", PURCHASE, "growth_per_unit", "1,5", "is not a number"),
        ("growth_rules.csv", PURCHASE, "growth_per_unit", "1.00005", "has too many digits"),
        ("growth_rules.csv", PURCHASE, "growth_per_unit", "-1", "-1 is less than 0"),
        ("growth_rules.csv", PURCHASE, "rule_version", "", "is empty. Every rule has a version"),
        ("growth_rules.csv", PURCHASE, "rule_version", "1.0", "is not a whole number"),
        ("growth_rules.csv", PURCHASE, "rule_version", "0", "0 is less than 1"),
        ("growth_rules.csv", PURCHASE, "rule_id", "", "is empty"),
        ("growth_rules.csv", PURCHASE, "rule_id", "purchase ", "begins or ends with a space"),
        ("growth_rules.csv", PURCHASE, "uses_coefficient", "maybe", "is neither true nor false"),
        ("growth_rules.csv", PURCHASE, "validity_days", "0", "0 is less than 1"),
        ("growth_rules.csv", PURCHASE, "validity_days", "-365", "-365 is less than 1"),
        ("growth_rules.csv", PURCHASE, "validity_days", "999999", "999999 is more than 36500"),
        ("growth_rules.csv", PURCHASE, "event_type", "redeem", "redeem is not known. Write one of purchase, sign_in"),
        ("growth_rules.csv", PURCHASE, "unit", "yuan", "yuan is not known. Write one of currency, event, quantity"),
        ("growth_rules.csv", PURCHASE, "channels", "web||app", "is no list of words"),
        ("growth_rules.csv", PURCHASE, "channels", "web | app", "is no list of words"),
        ("growth_rules.csv", PURCHASE, "categories", "Toys|Toys", "is no list of words"),
        ("growth_rules.csv", PURCHASE, "valid_from", "1/1/2000", "is not a date"),
        ("growth_rules.csv", PURCHASE, "valid_from", "2026-02-30", "is not a date"),
        ("growth_rules.csv", PURCHASE, "valid_from", "20260101", "is not a date"),
        ("growth_rules.csv", PURCHASE, "valid_from", "", "is empty. Write the first day"),
        ("growth_rules.csv", PURCHASE, "valid_to", "9999-12-31", "9999-12-31 is out of range"),
        ("growth_rules.csv", PURCHASE, "valid_to", "2000-01-01", "2000-01-01 is not after valid_from"),
        ("growth_rules.csv", PURCHASE, "valid_to", "1999-01-01", "1999-01-01 is not after valid_from"),
        ("growth_rules.csv", PURCHASE, "sentence_zh", "", "is empty"),
        ("growth_rules.csv", PURCHASE, "cap_events", "3", "returning an order would cost more growth"),
        ("growth_rules.csv", PURCHASE, "cap_growth", "500", "returning an order would cost more growth"),
        ("growth_rules.csv", PURCHASE, "cap_period", "month", "returning an order would cost more growth"),
        ("growth_rules.csv", SIGN_IN, "cap_period", "week", "week is not known. Write one of day, month, year"),
        ("growth_rules.csv", SIGN_IN, "cap_period", "", "is empty, but there is a cap"),
        ("growth_rules.csv", SIGN_IN, "cap_events", "0", "0 is less than 1"),
        ("growth_rules.csv", SIGN_IN, "cap_growth", "-1", "-1 is less than 0"),
        ("growth_rules.csv", SIGN_IN, "unit", "currency", "only a purchase is paid for"),
        ("growth_rules.csv", SIGN_IN, "channels", "web", "only a purchase has it"),
        ("growth_rules.csv", SIGN_IN, "categories", "Toys", "only a purchase has it"),
        ("member_levels.csv", REGISTERED, "growth_from", "1", "on 2000-01-01 this is the lowest row"),
        ("member_levels.csv", SILVER, "growth_from", "200", "200 is not more than 200"),
        ("member_levels.csv", SILVER, "growth_from", "100", "100 is not more than 200"),
        ("member_levels.csv", SILVER, "level_rank", "2", "line 3 has the rank 2 too"),
        ("member_levels.csv", SILVER, "coefficient", "-0.1", "-0.1 is less than 0"),
        ("member_levels.csv", DIAMOND, "coefficient", "1.10", "1.10 is less than 1.20 of the lower rank in line 5"),
        ("member_levels.csv", GOLD, "coefficient", "100000", "has too many digits"),
        ("level_rules.csv", 2, "validity_days", "0", "0 is less than 1"),
        ("level_rules.csv", 2, "validity_days", "", "is empty"),
        ("level_rules.csv", 2, "grace_days", "-1", "-1 is less than 0"),
        ("level_rules.csv", 2, "downgrade", "two_levels", "two_levels is not known. Write one of one_level, straight"),
        ("level_rules.csv", 2, "valid_from", "2020-01-01", "2020-01-01 is after 2000-01-01"),
        ("level_rules.csv", 2, "valid_to", "2030-01-01", "from 2030-01-01 on no row of this file holds"),
        ("value_tier_thresholds.csv", 2, "net_sales_from", "300", "300 is not more than 300"),
        ("value_tier_thresholds.csv", 2, "net_sales_from", "", "is empty"),
        ("value_tier_thresholds.csv", 4, "net_sales_from", "10", "this is the lowest row, and it asks for 10"),
        ("value_tier_thresholds.csv", 3, "tier_rank", "3", "line 2 has the rank 3 too"),
        ("value_tier_thresholds.csv", 2, "account_type", "person", "person is not known"),
        ("value_tier_thresholds.csv", 2, "period_days", "90", "90 is not 365"),
        ("return_rules.csv", 2, "valid_to", "2000-01-01", "2000-01-01 is not after valid_from"),
    ],
)
def test_a_cell_that_cannot_stand_is_named_with_file_line_and_column(folder, file, line, column, text, wrong):
    row(folder, file, line, **{column: text})
    named = [problem for problem in problems(folder) if problem.startswith(f"{file}, line {line}, {column}: ")]
    assert len(named) == 1, problems(folder)
    assert wrong in named[0]
    assert named[0].endswith(".")


def test_a_cap_needs_more_than_a_period(folder):
    row(folder, "growth_rules.csv", SIGN_IN, cap_events="")
    assert only_problem(folder).startswith("growth_rules.csv, line 3, cap_period: names a period, but there is no cap")


@pytest.mark.parametrize(
    ("column", "text", "wrong"),
    [
        ("valid_to", "", "is empty. A level given by hand always ends"),
        ("level", "platinum", "platinum is not in member_levels.csv. Write one of registered, bronze"),
        ("member_id", "", "is empty"),
        ("valid_to", "2026-01-01", "2026-01-01 is not after valid_from"),
    ],
)
def test_a_level_given_by_hand_ends_and_is_one_of_the_levels(folder, column, text, wrong):
    row(folder, "level_grants.csv", 2, **GRANT)
    assert problems(folder) == []
    row(folder, "level_grants.csv", 2, **{column: text})
    assert only_problem(folder).startswith(f"level_grants.csv, line 2, {column}: {wrong}")


def test_a_level_given_by_hand_exists_from_its_first_day(folder):
    row(folder, "member_levels.csv", DIAMOND, valid_from="2026-02-01")
    row(folder, "level_grants.csv", 2, **GRANT | {"level": "diamond"})
    assert only_problem(folder).startswith(
        "level_grants.csv, line 2, level: diamond is not in member_levels.csv on 2026-01-01. Write one of registered"
    )


def test_a_level_given_by_hand_exists_to_its_last_day(folder):
    row(folder, "member_levels.csv", DIAMOND, valid_to="2026-06-30")
    row(folder, "level_grants.csv", 2, **GRANT | {"level": "diamond"})
    assert "diamond is not in member_levels.csv on 2026-06-30" in only_problem(folder)
    row(folder, "level_grants.csv", 2, valid_to="2026-06-30")
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("column", "text", "wrong"),
    [
        ("level", "platinum", "platinum is not in member_levels.csv. Write one of registered, bronze"),
        ("benefit", "champagne", "champagne is not in benefits.csv. Write one of birthday_voucher"),
        ("period", "week", "week is not known. Write one of month, quarter, year, once"),
        ("allowed_uses", "0", "0 is less than 1"),
        ("units", "-1", "-1 is less than 0"),
    ],
)
def test_a_benefit_of_a_level_is_one_of_the_benefits(folder, column, text, wrong):
    row(folder, "level_benefits.csv", 2, **{column: text})
    assert only_problem(folder).startswith(f"level_benefits.csv, line 2, {column}: {wrong}")


def test_a_benefit_of_a_level_has_a_cost_on_all_its_days(folder):
    row(folder, "benefits.csv", 6, valid_to="2026-01-01")  # the reading room, which diamond members may use
    assert only_problem(folder).startswith(
        "level_benefits.csv, line 16, benefit: reading_room is not in benefits.csv on 2026-01-01"
    )


def test_a_grant_is_there_once(folder):
    row(folder, "level_grants.csv", 2, **GRANT)
    row(folder, "level_grants.csv", 3)
    assert only_problem(folder) == "level_grants.csv, line 3, grant_id: grant_id as in line 2. Give each row its own."


# file, the line of the first version, what its end and the next one's version need
SERIES = [
    ("growth_rules.csv", PURCHASE, 9, {"rule_version": "2"}),
    ("member_levels.csv", SILVER, 7, {}),
    ("level_rules.csv", 2, 3, {"rule_version": "2"}),
    ("value_tier_thresholds.csv", 3, 8, {}),
    ("sla_policies.csv", 2, 18, {"policy_id": "a second version"}),
    ("return_rules.csv", 2, 7, {"policy_id": "a second version"}),
]


@pytest.fixture(params=SERIES, ids=[case[0] for case in SERIES])
def two_versions(request, folder):
    """A function that ends a rule on one day and begins its next version on another; the file and the new line."""
    file, line, new, cells = request.param

    def make(ends: str, begins: str) -> tuple[str, int]:
        with open(folder / file, encoding="utf-8", newline="") as source:
            first = list(csv.DictReader(source))[line - 2]
        row(folder, file, new, **first | cells | {"valid_from": begins})
        row(folder, file, line, valid_to=ends)
        return f"{file}, line {new}, valid_from: {begins}", line

    return make


def test_a_version_that_begins_on_the_day_the_last_one_ends_is_good(folder, two_versions):
    two_versions("2026-01-01", "2026-01-01")
    assert problems(folder) == []


def test_versions_that_overlap_are_refused(folder, two_versions):
    where, line = two_versions("", "2026-01-01")
    assert only_problem(folder) == (
        f"{where} overlaps line {line}, which holds from 2000-01-01 without an end. "
        f"End line {line} (its valid_to) on 2026-01-01."
    )


def test_versions_that_overlap_for_a_day_are_refused(folder, two_versions):
    where, line = two_versions("2026-01-02", "2026-01-01")
    assert only_problem(folder).startswith(f"{where} overlaps line {line}, which holds from 2000-01-01 to 2026-01-02")


def test_versions_that_begin_on_the_same_day_are_refused(folder, two_versions):
    where, line = two_versions("", "2000-01-01")
    assert only_problem(folder).startswith(f"{where} overlaps line {line}")


def test_versions_with_a_day_between_them_are_refused(folder, two_versions):
    where, line = two_versions("2026-01-01", "2026-01-02")
    assert only_problem(folder).startswith(f"{where} leaves 1 day without a rule after line {line}")


def test_a_category_without_a_policy_of_its_own_falls_back_on_the_one_for_all(folder):
    row(folder, "return_rules.csv", 3, valid_to="2020-01-01")
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"category": "maps"}, "return_rules.csv, category: no row is for *, all that has none of its own."),
        ({"valid_from": "2001-01-01"}, "return_rules.csv, line 2, valid_from: 2001-01-01 is after 2000-01-01"),
        ({"valid_to": "2030-01-01"}, "return_rules.csv, line 2, valid_to: from 2030-01-01 on no row for * holds."),
    ],
)
def test_every_order_falls_under_some_return_policy(folder, cells, found):
    row(folder, "return_rules.csv", 2, **cells)
    assert only_problem(folder).startswith(found)


def test_a_version_is_there_once(folder):
    row(folder, "growth_rules.csv", PURCHASE, valid_to="2026-01-01")
    row(folder, "growth_rules.csv", 9, rule_id="purchase", rule_version="1", valid_from="2026-01-01")
    row(folder, "level_rules.csv", 3, valid_from="2026-01-01")
    row(folder, "level_rules.csv", 2, valid_to="2026-01-01")
    assert problems(folder) == [
        "growth_rules.csv, line 9, rule_version: rule_id and rule_version as in line 2. Give each row its own.",
        "level_rules.csv, line 3, rule_version: rule_version as in line 2. Give each row its own.",
    ]


def test_a_rule_may_end_and_another_begin_later(folder):
    row(folder, "growth_rules.csv", SIGN_IN, valid_to="2025-01-01")
    assert problems(folder) == []


@pytest.mark.parametrize("file", [table.file for table in TABLES if table.dates_only])
def test_other_dated_rules_do_not_overlap(folder, file):
    rows = (folder / file).read_text(encoding="utf-8").splitlines()
    row(folder, file, len(rows) + 1)
    assert f"{file}, line {len(rows) + 1}, valid_from: 2000-01-01 overlaps line {len(rows)}" in only_problem(folder)


@pytest.mark.parametrize(
    ("column", "text", "wrong"),
    [
        ("policy_id", "first_reply_urgent", "policy_id as in line 2"),
        ("metric", "reply", "reply is not known"),
        ("priority", "High", "the helpdesk's codes are compared in small letters, so it would hold for no ticket"),
        ("target_minutes", "0", "0 is less than 1"),
        ("target_minutes", "an hour", "is not a whole number"),
        ("clock", "office", "office is not known"),
    ],
)
def test_a_service_level_policy_is_one_that_can_be_kept(folder, column, text, wrong):
    row(folder, "sla_policies.csv", 3, **{column: text})
    assert only_problem(folder).startswith(f"sla_policies.csv, line 3, {column}: {wrong}")


@pytest.mark.parametrize(
    ("file", "column", "text", "wrong"),
    [
        ("business_schedules.csv", "time_zone", "Peking", "Peking is not in time_zone_offsets.csv"),
        ("business_hours.csv", "schedule_id", "night", "night is not in business_schedules.csv"),
        ("business_hours.csv", "iso_weekday", "0", "0 is less than 1"),
        ("business_hours.csv", "closes_at_minute", "540", "is not after opens_at_minute"),
        ("business_hours.csv", "closes_at_minute", "1500", "1500 is more than 1440"),
        ("business_days.csv", "schedule_id", "night", "night is not in business_schedules.csv"),
        ("business_days.csv", "calendar_on", "2025-01-01", "schedule_id and calendar_on as in line 2"),
        ("group_schedules.csv", "schedule_id", "night", "night is not in business_schedules.csv"),
        ("time_zone_offsets.csv", "valid_from_utc", "2015-01-01", "is not a time"),
    ],
)
def test_working_time_is_of_timetables_and_time_zones_that_are_there(folder, file, column, text, wrong):
    row(folder, file, 3 if file == "business_days.csv" else 2, **{column: text})
    assert wrong in only_problem(folder)


def test_a_timetable_leaves_no_gap_between_two_versions(folder):
    row(folder, "business_schedules.csv", 2, valid_to="2026-01-01")
    row(folder, "business_schedules.csv", 3, valid_from="2026-01-03", valid_to="")
    gap, unknown = problems(folder)
    assert gap == (
        "business_schedules.csv, line 3, valid_from: 2026-01-03 leaves 2 days without a rule after line 2. Begin on "
        "2026-01-01, the day line 2 ends, or, if the pause is meant, write a version without business_hours for it."
    )
    assert unknown.startswith(
        "group_schedules.csv, line 2, schedule_id: default is not in business_schedules.csv on 2026-01-01. "
    )


def test_a_ladder_is_judged_on_every_day(folder):
    """Gold asks for less than silver only from 2027 on."""
    row(folder, "member_levels.csv", GOLD, valid_to="2027-01-01")
    row(folder, "member_levels.csv", 7, level="gold", level_rank="4", growth_from="700", coefficient="1.2")
    row(folder, "member_levels.csv", 7, valid_from="2027-01-01", valid_to="")
    assert only_problem(folder).startswith(
        "member_levels.csv, line 7, growth_from: 700 is not more than 800 on 2027-01-01, although line 4 has a lower"
    )


def test_levels_may_be_dropped_but_not_all(folder):
    row(folder, "member_levels.csv", DIAMOND, valid_to="2026-01-01")
    assert problems(folder) == []
    for line in (REGISTERED, BRONZE, SILVER, GOLD):
        row(folder, "member_levels.csv", line, valid_to="2026-01-01")
    assert "from 2026-01-01 on no row of this file holds" in only_problem(folder)


def test_the_lowest_level_may_not_be_dropped(folder):
    row(folder, "member_levels.csv", REGISTERED, valid_to="2026-01-01")
    growth, rank = problems(folder)
    assert rank.startswith("member_levels.csv, line 3, level_rank: on 2026-01-01 this is the lowest row, and its rank")
    assert growth.startswith(
        "member_levels.csv, line 3, growth_from: on 2026-01-01 this is the lowest row, and it asks"
    )


def test_every_problem_is_told_at_once(folder):
    row(folder, "growth_rules.csv", PURCHASE, unit="yuan", validity_days="0")
    row(folder, "member_levels.csv", SILVER, growth_from="100")
    row(folder, "growth_rules.csv", SIGN_IN, valid_to="1999-01-01")
    (folder / "level_rules.csv").unlink()
    found = problems(folder)
    assert [line.split(": ")[0] for line in found] == [
        "growth_rules.csv, line 2, unit",
        "growth_rules.csv, line 2, validity_days",
        "growth_rules.csv, line 3, valid_to",
        "level_rules.csv",
        "member_levels.csv, line 4, growth_from",
    ]


def spoil(folder: Path, old: bytes, new: bytes, file: str = "level_rules.csv") -> None:
    path = folder / file
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def test_what_spreadsheets_do_without_harm_is_accepted(folder):
    path = folder / "growth_rules.csv"
    text = path.read_text(encoding="utf-8").replace("true", "TRUE").replace("false", "FALSE")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (b"grace_days,", b"", "line 1, grace_days: the column is missing"),
        (
            b"grace_days",
            b"grace",
            "line 1, grace: the column is not known. Delete or rename it; the columns are rule_v",
        ),
        (b"grace_days", b"validity_days", "line 1, validity_days: the column is there twice"),
        (b"1,365,30", b"1,365", "line 2: has 5 cells, the header has 6 columns"),
        (b"1,365,30", b"1,3,65,30", "line 2: has 7 cells, the header has 6 columns"),
        (b"2000-01-01,", b"2000-01-01,\n,,,,,", "line 3: is a row of empty cells"),
        (b"one_level", "一级".encode("gbk"), "line 2: is not in UTF-8. Save it as CSV"),
        (b"one_level", b'"one_level', "line 2: is no row of a CSV file"),
        (b",", b";", "line 1: has one column only"),
    ],
)
def test_a_file_that_cannot_be_read_says_how_to_save_it(folder, old, new, wrong):
    spoil(folder, old, new)
    assert any(problem.startswith(f"level_rules.csv, {wrong}") for problem in problems(folder)), problems(folder)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_missing_file_is_named(folder, table):
    (folder / table.file).unlink()
    assert any(problem.startswith(f"{table.file}: the file is missing") for problem in problems(folder))


def test_a_file_without_rows_is_refused_but_nobody_need_be_given_a_level(folder):
    path = folder / "growth_rules.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert only_problem(folder).startswith("growth_rules.csv: has no rows")


def test_lines_are_those_of_the_file_where_a_cell_has_line_breaks(folder):
    row(folder, "growth_rules.csv", PURCHASE, sentence_en="1 growth per unit\nof money")
    row(folder, "growth_rules.csv", SIGN_IN, unit="time")
    assert only_problem(folder).startswith("growth_rules.csv, line 4, unit: time is not known")


def test_messages_hold_no_card_and_no_reason(folder):
    row(folder, "level_grants.csv", 2, **GRANT | {"level": "platinum", "valid_to": ""})
    row(folder, "level_grants.csv", 3, member_id=" m1", grant_id="")
    assert len(problems(folder)) == 6
    assert not any(word in problem for problem in problems(folder) for word in ("m1", "apology"))
