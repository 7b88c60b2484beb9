"""When the clocks of a time zone change, as the seed `time_zone_offsets`, from Python's own time zone data.

By hand, to add a zone or to carry on after LAST_YEAR, from the project:
`python -m customer360.rules.time_zones > dbt_project/seeds/time_zone_offsets.csv`
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

OLDEST_YEAR, FIRST_YEAR, LAST_YEAR = 2000, 2015, 2035
ZONES = (
    "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto", "America/Vancouver",
    "Asia/Bangkok", "Asia/Dubai", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Kolkata",
    "Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tokyo",
    "Asia/Urumqi", "Australia/Melbourne", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Berlin",
    "Europe/Istanbul", "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Paris", "Europe/Rome",
    "Europe/Warsaw", "Pacific/Auckland", "UTC",
)  # fmt: skip
COLUMNS = ("time_zone", "utc_offset_minutes", "valid_from_utc", "valid_to_utc")


def offsets(zone: str) -> Iterator[tuple[str, int, datetime, datetime | None]]:
    """The rows of one zone that hold in FIRST_YEAR or later, in UTC without a zone, of offsets in minutes.

    Where the clocks stood still in the last two years, the last row holds for ever. Elsewhere it ends with LAST_YEAR:
    nobody knows better, and a schedule without an offset is told as missing.
    """
    oldest, first, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (OLDEST_YEAR, FIRST_YEAR, LAST_YEAR + 1))
    begun = [oldest, *_changes(ZoneInfo(zone), oldest, end)]
    ended = [*begun[1:], end if begun[-1].year >= LAST_YEAR - 1 else None]
    for begins, ends in zip(begun, ended, strict=True):
        if ends is None or ends > first:
            yield zone, _offset(ZoneInfo(zone), begins), begins.replace(tzinfo=None), ends and ends.replace(tzinfo=None)


def _changes(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """The moments at which the offset changes: days are compared, and within a day that differs, halves."""
    while begins < ends:
        later = begins + timedelta(days=1)
        if _offset(zone, later) != _offset(zone, begins):
            low, high = begins, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, begins) else (low, middle)
            yield (high + timedelta(seconds=30)).replace(second=0, microsecond=0)
        begins = later


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    return round(moment.astimezone(zone).utcoffset() / timedelta(minutes=1))


def main() -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for zone in ZONES:
        writer.writerows(offsets(zone))


if __name__ == "__main__":
    main()
