"""What a company puts into its own expectations folder: read, laid over the project's own, or refused by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from customer360.config import Settings
from customer360.errors import SettingError
from customer360.suites import check_name, load_suites, read_closed_days, read_exceptions

HEADERS = {
    "exceptions.csv": "name,stage,check,table,column,reason,until\n",
    "thresholds.csv": "table,check,column,setting,value,reason\n",
    "closed_days.csv": "table,first_day,last_day,reason\n",
}


@pytest.fixture
def own(tmp_path) -> Path:
    return tmp_path


@pytest.fixture
def settings(own) -> Settings:
    return Settings(home=own / "home", expectations=own)


def read_all(settings: Settings) -> None:
    read_exceptions(settings)
    read_closed_days(settings)
    load_suites(settings)


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        ("thresholds.csv", "raw.shop_orders,freshness,,max_dayz,3,typo\n", "line 2: freshness has no setting max_dayz"),
        ("thresholds.csv", "raw.shop_order,freshness,,max_days,3,typo\n", "no check freshness of raw.shop_order"),
        ("thresholds.csv", "raw.shop_orders,freshness,,max_days,many,typo\n", "max_days cannot be 'many'"),
        ("thresholds.csv", "raw.shop_orders,freshness,,table,3,typo\n", "has no setting table"),
        ("exceptions.csv", "x,raw,freshness,raw.shop_orders,,why,someday\n", "until is 'someday'"),
        ("exceptions.csv", "x,raw,freshness,raw.shop_orders,,,2026-01-01\n", "needs a name, a reason"),
        ("exceptions.csv", "x,later,freshness,raw.shop_orders,,why,2026-01-01\n", "the stage raw or publication"),
        ("closed_days.csv", "*,2026-01-01,soon,why\n", "must be dates"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_naming_file_and_line(own, settings, file, row, words):
    (own / file).write_text(HEADERS[file] + row, encoding="utf-8")
    with pytest.raises(SettingError) as raised:
        read_all(settings)
    assert words in str(raised.value)
    assert f"{file}, line 2" in str(raised.value)


def test_a_file_with_other_columns_is_refused(own, settings):
    (own / "exceptions.csv").write_text("name,reason\nx,y\n", encoding="utf-8")
    with pytest.raises(SettingError, match="the columns must be name,stage,check"):
        read_all(settings)


def test_a_module_that_cannot_be_used_is_named(own, settings):
    (own / "shop_orders.py").write_text("EXPECTATIONS = []\n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"shop_orders\.py cannot be used"):
        load_suites(settings)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SettingError, match="CUSTOMER360_EXPECTATIONS"):
        load_suites(Settings(home=tmp_path, expectations=tmp_path / "nowhere"))


def test_a_threshold_replaces_one_argument_of_one_expectation(own, settings):
    def max_days(name: str) -> int:
        (suite,) = [suite for suite in load_suites(settings) if suite.table == name]
        return next(e.max_days for e in suite.expectations if check_name(e) == "freshness")

    before = max_days("raw.helpdesk_tickets")
    (own / "thresholds.csv").write_text(
        HEADERS["thresholds.csv"] + "raw.shop_orders,freshness,,max_days,30,Orders come once a month\n",
        encoding="utf-8",
    )
    assert max_days("raw.shop_orders") == 30
    assert max_days("raw.helpdesk_tickets") == before
    (suite,) = [suite for suite in load_suites(settings) if suite.table == "raw.shop_orders"]
    (freshness,) = [e for e in suite.expectations if check_name(e) == "freshness"]
    assert freshness.max_days == 30
    assert freshness.notes == "max_days set to 30: Orders come once a month"


def test_a_company_module_stands_in_for_the_one_of_the_same_name(own, settings):
    (own / "shop_orders.py").write_text('TABLE = "raw.shop_orders"\nEXPECTATIONS = []\n', encoding="utf-8")
    suites = {suite.table: suite for suite in load_suites(settings)}
    assert suites["raw.shop_orders"].expectations == ()
    assert suites["raw.shop_order_items"].expectations


def test_exceptions_and_closed_days_of_both_folders_count(own, settings):
    (own / "exceptions.csv").write_text(
        HEADERS["exceptions.csv"] + "no surveys,raw,delivered,raw.membership_surveys,,Not asked yet,2026-12-31\n",
        encoding="utf-8",
    )
    (own / "closed_days.csv").write_text(
        "\ufeff" + HEADERS["closed_days.csv"] + "raw.shop_orders,2026-02-16,2026-02-20,Spring Festival\n",
        encoding="utf-8",
    )
    (exception,) = [e for e in read_exceptions(settings) if e.name == "no surveys"]
    assert exception.until == date(2026, 12, 31)
    assert exception.covers(stage="raw", check="delivered", table="raw.membership_surveys", column=None)
    assert not exception.covers(stage="raw", check="delivered", table="raw.membership_members", column=None)
    assert ("raw.shop_orders", date(2026, 2, 16), date(2026, 2, 20)) in read_closed_days(settings)
