"""What a change of rules would do: the marts by today's rules and by the proposed ones, on a copy of the warehouse.

By hand: `customer360 tiers simulate --rules DIR`. Both times the models are those of the dbt project and the data those
of the last build, so that nothing but the rules differs; the warehouse and the publication are not touched.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from customer360 import rules
from customer360.build import build_models, project_folder
from customer360.config import Settings
from customer360.errors import BuildError, RulesError, SettingError
from customer360.rules.comparison import COMPARED, Comparison, compare, remember
from customer360.rules.differences import Difference, differences
from customer360.rules.scratch import copied, scratch_folder
from customer360.rules.tables import TABLES

SIMULATED = tuple(table for table in TABLES if not table.dates_only)


@dataclass(frozen=True)
class Simulation:
    """In what the rules differ, and what follows on the day looked at; no comparison where they do not differ."""

    differences: list[Difference]
    as_of: date | None = None
    built_as_of: date | None = None
    comparison: Comparison | None = None


def simulate(
    settings: Settings, proposed: Path, *, as_of: date | None = None, progress: Callable[[str], None] = print
) -> Simulation:
    """Compare the rules in `proposed`, CSV files named as the seeds they replace, with the project's.

    `as_of`: the day to look at, not before the day the last build describes, which is the default.
    Raises RulesError for rules that cannot be used, SettingError for a day that is past, BuildError where there is no
    finished build or the proposed rules break a model or a test of it.
    """
    project = project_folder(settings.dbt_project)
    with scratch_folder(settings) as folder:
        merged = _merged(project / "seeds", proposed, folder / "rules")
        rules.check(merged)
        found = differences(project / "seeds", merged)
        if not found:
            return Simulation([])
        copy = copied(settings, project, folder)
        day = as_of or copy.built_as_of
        if day < copy.built_as_of:
            raise SettingError(f"--as-of {day} is before {copy.built_as_of}, the day the last build describes.")
        changed = [difference.table for difference in found]
        _build(copy.settings, changed, day, "today's", progress, and_upstream=day > copy.built_as_of)
        with contextlib.closing(duckdb.connect(str(copy.settings.warehouse))) as connection:
            remember(connection, "today", day)
        for table in changed:
            shutil.copy(merged / f"{table}.csv", copy.settings.dbt_project / "seeds")
        _build(copy.settings, changed, day, "the proposed", progress)
        with contextlib.closing(duckdb.connect(str(copy.settings.warehouse))) as connection:
            remember(connection, "proposed", day)
            return Simulation(found, day, copy.built_as_of, compare(connection))


def _merged(seeds: Path, proposed: Path, folder: Path) -> Path:
    """All rules in one folder: the proposed files, and the project's where there is none."""
    files = sorted(proposed.glob("*.csv"))
    known = [table.file for table in SIMULATED]
    if not files:
        raise RulesError(f"{proposed} holds no CSV file. Put changed copies of rules there: {', '.join(known)}.")
    if others := [file.name for file in files if file.name not in known]:
        raise RulesError(f"{', '.join(others)} cannot be simulated. The rules that can: {', '.join(known)}.")
    folder.mkdir()
    for table in TABLES:
        for source in (seeds / table.file, proposed / table.file):
            with contextlib.suppress(FileNotFoundError):  # of a missing seed the check tells
                shutil.copyfile(source, folder / table.file)
    return folder


def _build(
    copy: Settings,
    changed: list[str],
    day: date,
    whose: str,
    progress: Callable[[str], None],
    *,
    and_upstream: bool = False,
) -> None:
    """Build what lies between the changed seeds and the marts compared, and test it.

    `and_upstream`: all that the marts need from staging on, since it depends on the day.
    """
    select = [f"{seed}+,+{mart}" for seed in changed for mart in COMPARED]
    if and_upstream:
        select += [f"+{mart},path:models/{layer}" for mart in COMPARED for layer in ("intermediate", "marts")]
    progress(f"Building the marts by {whose} rules as of {day}, on a copy of the warehouse")
    try:
        build_models(copy, select=" ".join(select), as_of=day)
    except BuildError as error:
        raise BuildError(f"By {whose} rules the models cannot be built; the warehouse is as it was. {error}") from None
