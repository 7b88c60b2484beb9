"""Birth dates: the ways people write them, and the reasons not to believe one."""

from __future__ import annotations

from datetime import date

import pytest

from customer360.identity.normalise.birth_dates import normalise_birth_date


@pytest.mark.parametrize(
    "written",
    [
        "1949-07-22", "19490722", "1949 7 22", "1949-7-22", "1949/7/22", "1949.07.22", "22/07/1949", "07/22/1949",
        "22.7.1949",
        "1949年7月22日", "1949-07-22 00:00:00", "1949-07-22T00:00:00Z", "19490722.0", " 1949-07-22 ",
    ],
)  # fmt: skip
def test_one_day_however_it_is_written(written):
    assert normalise_birth_date(written) == (date(1949, 7, 22), "19490722", None)


def test_a_day_and_month_that_are_the_same_need_no_order():
    assert normalise_birth_date("05/05/1980").born_on == date(1980, 5, 5)


@pytest.mark.parametrize(
    ("written", "digits", "reason"),
    [
        ("19451332", "19451332", "no such day"),
        ("1949-02-30", "19490230", "no such day"),
        ("1991-00-17", "19910017", "no such day"),
        ("1900-01-01", None, "a default date"),
        ("1970-01-01", None, "a default date"),
        ("9999-12-31", None, "a default date"),
        ("0000-00-00", None, "a default date"),
        ("1980-00-00", None, "a default date"),
        ("03/04/1980", None, "day and month cannot be told apart"),
        ("2026-02-01", "20260201", "after the day the record was loaded"),
        ("1980", None, "not a date"),
        ("unknown", None, "not a date"),
    ],
)
def test_a_date_that_is_not_believed_has_its_reason(written, digits, reason):
    assert normalise_birth_date(written, date(2026, 1, 31)) == (None, digits, reason)


def test_nobody_is_born_after_the_year_2100_where_no_day_is_known():
    assert normalise_birth_date("2099-01-01").born_on
    assert normalise_birth_date("2101-01-01").reason


def test_nothing_is_nothing():
    assert normalise_birth_date(None) == normalise_birth_date(" ") == (None, None, None)
