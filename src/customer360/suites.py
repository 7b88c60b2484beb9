"""What `expectations/` asks for, read from its folder: suites of expectations, thresholds, exceptions, closed days.

The project's own folder comes first; the folder that CUSTOMER360_EXPECTATIONS names is laid over it. A company puts
there only what differs:

- `thresholds.csv`  another value for one argument of one expectation, with the reason,
- `exceptions.csv`  failures that are accepted until a date, with the reason,
- `closed_days.csv` days on which no rows need arrive,
- `holidays.csv`    days on which fewer rows are usual, by country, and the share that must come all the same,
- `holiday_countries.csv`  the countries whose holidays count (a company's file replaces the project's),
- `<table>.py`      in place of the module of the same name.
"""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from customer360.config import Settings
from customer360.errors import SettingError

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

STAGES = ("raw", "publication")

# What Great Expectations' own expectations are called in ops.completeness_results; the others carry their name.
CHECK_NAMES = {
    "expect_table_row_count_to_be_between": "delivered",
    "expect_column_values_to_not_be_null": "filled",
    "expect_column_values_to_be_unique": "unique",
}


@dataclass(frozen=True)
class Suite:
    """What one module of `expectations/` asks of one table, e.g. `raw.shop_orders`."""

    name: str
    table: str
    expectations: tuple[Expectation, ...]

    @property
    def stage(self) -> str:
        return "raw" if self.table.startswith(("raw.", "facts.")) else "publication"


@dataclass(frozen=True)
class AcceptedException:
    """A named exception that the company stated: which failure it accepts, why, and until which as-of date."""

    name: str
    stage: str
    check: str
    table: str
    column: str
    reason: str
    until: date

    def covers(self, *, stage: str, check: str, table: str | None, column: str | None) -> bool:
        """Whether the exception names this check; `table` is as in ops (raw.shop_orders), or a source system."""
        same_place = self.table in ("*", table) and self.column in ("", "*", column)
        return (self.stage, self.check) == (stage, check) and same_place


def expectation_folders(settings: Settings) -> list[Path]:
    """Where expectations are read from, the later folder winning: the project's own, then CUSTOMER360_EXPECTATIONS."""
    places = [Path(__file__).resolve().parents[2] / "expectations", Path.cwd() / "expectations"]
    folders = [next((place for place in places if place.is_dir()), None), settings.expectations]
    if settings.expectations and not settings.expectations.is_dir():
        raise SettingError(f"CUSTOMER360_EXPECTATIONS is {settings.expectations}, which is not a folder.")
    found = [folder for folder in folders if folder]
    if not any(path.suffix == ".py" for folder in found for path in folder.iterdir()):
        raise SettingError(
            f"No expectations found in {', '.join(map(str, places))}. Set CUSTOMER360_EXPECTATIONS to their folder."
        )
    return found


def load_suites(settings: Settings) -> list[Suite]:
    """Every module of `expectations/`, a company's own module in place of one of the same name, with its thresholds."""
    modules = {path.stem: path for folder in expectation_folders(settings) for path in sorted(folder.glob("[a-z]*.py"))}
    suites = []
    for name, path in sorted(modules.items()):
        module = _load_module(name, path)
        suites.append(Suite(name, module.TABLE, tuple(module.EXPECTATIONS)))
    return _with_thresholds(suites, settings)


def _load_module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"customer360_expectations_{name}", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        if not isinstance(module.TABLE, str) or not isinstance(module.EXPECTATIONS, list):
            raise TypeError("TABLE must be a text and EXPECTATIONS a list")
    except Exception as error:
        raise SettingError(f"{path} cannot be used: {type(error).__name__}: {error}") from error
    return module


def _with_thresholds(suites: list[Suite], settings: Settings) -> list[Suite]:
    """Apply a company's thresholds.csv: each row replaces one argument of one expectation."""
    for where, row in _rows(settings, "thresholds.csv", ("table", "check", "column", "setting", "value", "reason")):
        matched = False
        for number, suite in enumerate(suites):
            if suite.table != row["table"]:
                continue
            changed = []
            for expectation in suite.expectations:
                fits = check_name(expectation) == row["check"] and row["column"] in (
                    "",
                    getattr(expectation, "column", ""),
                )
                matched = matched or fits
                changed.append(_changed(expectation, row, where) if fits else expectation)
            suites[number] = replace(suite, expectations=tuple(changed))
        if not matched:
            raise SettingError(
                f"{where}: there is no check {row['check']} of {row['table']} {row['column']}".rstrip() + "."
            )
    return suites


def _changed(expectation: Expectation, row: dict[str, str], where: str) -> Expectation:
    if row["setting"] not in type(expectation).__fields__ or row["setting"] in ("table", "column", "check"):
        raise SettingError(f"{where}: {row['check']} has no setting {row['setting']}.")
    arguments = {
        name: getattr(expectation, name) for name in expectation.__fields_set__ if name != "unexpected_rows_query"
    }
    notes = f"{row['setting']} set to {row['value']}: {row['reason']}"
    try:
        return type(expectation)(**arguments | {row["setting"]: json.loads(row["value"]), "notes": notes})
    except ValueError as error:
        raise SettingError(f"{where}: {row['setting']} cannot be {row['value']!r}: {error}") from error


def read_exceptions(settings: Settings) -> list[AcceptedException]:
    """The failures that the company accepts for now, from every exceptions.csv."""
    exceptions = []
    for where, row in _rows(
        settings, "exceptions.csv", ("name", "stage", "check", "table", "column", "reason", "until")
    ):
        if row["stage"] not in STAGES or not row["name"] or not row["reason"]:
            raise SettingError(f"{where}: an exception needs a name, a reason and the stage raw or publication.")
        try:
            until = date.fromisoformat(row["until"])
        except ValueError:
            raise SettingError(f"{where}: until is {row['until']!r}; it must be a date such as 2026-12-31.") from None
        exceptions.append(AcceptedException(**row | {"until": until}))
    return exceptions


def read_closed_days(settings: Settings) -> list[tuple[str, date, date]]:
    days = []
    for where, row in _rows(settings, "closed_days.csv", ("table", "first_day", "last_day", "reason")):
        try:
            days.append((row["table"], date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])))
        except ValueError:
            raise SettingError(f"{where}: first_day and last_day must be dates such as 2026-12-25.") from None
    return days


def read_holidays(settings: Settings) -> list[tuple[str, date, date, float]]:
    """(name, first day, last day, least share of the usual rows) of the countries that the company works in.

    A company's own holiday_countries.csv stands in place of the project's; rows of its holidays.csv are added.
    """
    countries: set[str] = set()
    for folder in expectation_folders(settings):
        if (folder / "holiday_countries.csv").exists():
            rows = _rows(settings, "holiday_countries.csv", ("country", "reason"), only=folder)
            countries = {row["country"] for _, row in rows}
    days = []
    for where, row in _rows(settings, "holidays.csv", ("country", "name", "first_day", "last_day", "least_share")):
        if row["country"] not in countries:
            continue
        try:
            share = float(row["least_share"])
            days.append((row["name"], date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]), share))
        except ValueError:
            raise SettingError(
                f"{where}: first_day and last_day must be dates such as 2026-12-25, least_share a number from 0 to 1."
            ) from None
        if not 0 <= share <= 1:
            raise SettingError(f"{where}: least_share is {share:g}; it must be from 0 to 1.")
    return days


def _rows(
    settings: Settings, name: str, columns: tuple[str, ...], *, only: Path | None = None
) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of one CSV of every expectations folder (or of `only` one), each with where it stands."""
    for folder in [only] if only else expectation_folders(settings):
        path = folder / name
        if not path.exists():
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if tuple(reader.fieldnames or ()) != columns:
                raise SettingError(f"{path}: the columns must be {','.join(columns)}.")
            for row in reader:
                yield f"{path}, line {reader.line_num}", {column: (row[column] or "").strip() for column in columns}


def check_name(expectation: Expectation) -> str:
    """What an expectation is called in ops.completeness_results, exceptions.csv and thresholds.csv."""
    return getattr(expectation, "check", None) or CHECK_NAMES.get(
        expectation.expectation_type, expectation.expectation_type.removeprefix("expect_")
    )
