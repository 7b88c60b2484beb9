"""The seed of time zones says what Python's own time zone data say."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from customer360.build import project_folder
from customer360.rules.time_zones import COLUMNS, ZONES, offsets

SEED = project_folder() / "seeds" / "time_zone_offsets.csv"


@pytest.fixture(scope="module")
def seed() -> dict[str, list[tuple[int, datetime, datetime | None]]]:
    with SEED.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert tuple(header) == COLUMNS
    zones = {}
    for zone, minutes, begins, ends in rows:
        zones.setdefault(zone, []).append(
            (int(minutes), datetime.fromisoformat(begins), datetime.fromisoformat(ends) if ends else None)
        )
    return zones


def test_the_offset_of_every_third_day_is_that_of_the_time_zone(seed):
    assert sorted(seed) == sorted(ZONES)
    # Only the past: countries go on changing their minds, and libraries learn of it at different times.
    days = [datetime(2015, 1, 1) + timedelta(days=3 * n, hours=5) for n in range(1300)]
    for zone, rows in seed.items():
        for day in days:
            (minutes,) = {row[0] for row in rows if row[1] <= day and (row[2] is None or day < row[2])}
            expected = day.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
            assert timedelta(minutes=minutes) == expected, (zone, day)


def test_the_rows_of_a_zone_follow_each_other_without_a_gap_and_begin_when_clocks_change(seed):
    for rows in seed.values():
        assert rows[0][1] <= datetime(2015, 1, 1)
        assert rows[-1][2] in (None, datetime(2036, 1, 1))
        assert all(one[2] == other[1] and one[0] != other[0] for one, other in pairwise(rows))


def test_a_zone_whose_clocks_stand_still_holds_for_ever_and_one_whose_clocks_change_does_not():
    assert list(offsets("Asia/Shanghai")) == [("Asia/Shanghai", 480, datetime(2000, 1, 1), None)]
    new_york = list(offsets("America/New_York"))
    assert ("America/New_York", -240, datetime(2026, 3, 8, 7), datetime(2026, 11, 1, 6)) in new_york
    assert new_york[-1][3] == datetime(2036, 1, 1)
