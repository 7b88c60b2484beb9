"""Does a source still deliver what the contract asks for? What changed there is a clear stop, with what mends it.

A new column is loaded and reported; these stop their table, and no other: a required column that is missing, one that
came before and is missing, one that was renamed, one whose type changed or whose values all stopped fitting.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

import duckdb

from customer360.errors import SourceError
from customer360.sources import casting
from customer360.sources.casting import quoted
from customer360.sources.contract import Column, Table
from customer360.sources.quarantining import Present

FEWEST_VALUES = 20  # fewer may all be wrong by chance
SAMPLE_ROWS = 1000


def filled_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    """The columns of the contract that the source has delivered with a value at some time."""
    checks = ", ".join(
        f"exists(select 1 from raw.{table.raw_name} where {quoted(column.name)} is not null)"
        for column in table.columns
    )
    found = connection.execute(f"select {checks}").fetchone()
    return {column.name for column, is_filled in zip(table.columns, found, strict=True) if is_filled}


def check_columns(
    table: Table, types: dict[str, str], *, came_before: Collection[str] = (), may_lack: bool = False
) -> list[str]:
    """Raise SourceError for columns that are missing, were renamed, or have a type that cannot hold the contract's.

    types: the source's column names in lower case, and their DuckDB types. came_before: columns that it delivered at
    some time. may_lack: one of those may be missing, as in a file among many, unless a new one looks like it; returns
    which are.
    """
    own = sorted(name for name in types if name.startswith("_c_"))
    problems = [f"column {name}: names that begin with _c_ are the warehouse's own, rename it" for name in own]
    lacking = []
    for column in table.columns:
        name = column.name
        if name not in types:
            renamed = _renamed(column, table, types)
            back = f"; was it renamed to {renamed}? Rename it back, or give the warehouse a view with the old name"
            if column.required:
                added = "; add it, or give the warehouse a view that has it"
                problems.append(f"required column {name} is missing{back if renamed else added}")
            elif name in came_before and (renamed or not may_lack):
                empty = f"; if it is gone for good, give the warehouse a view with `null as {name}`"
                problems.append(f"column {name}, which came before, is missing{back if renamed else empty}")
            elif name in came_before:
                lacking.append(name)
        elif not casting.can_hold(column, types[name]):
            problems.append(
                f"column {name} has type {types[name].lower()}, which cannot hold a {column.type}: "
                f"change it back, or give the warehouse a view with a {column.type}"
            )
    if problems:
        raise SourceError(f"{table.source}.{table.name}: " + "; ".join(problems) + ". See docs/source_contract.md.")
    return lacking


def _renamed(column: Column, table: Table, types: dict[str, str]) -> str | None:
    """The delivered column that the contract does not know and whose name is closest to a missing one."""
    known = {each.name for each in table.columns}
    unknown = [name for name in types if name not in known and not name.startswith("_")]
    starting = [name for name in unknown if name.startswith(column.name)]  # total_amount (EUR)
    close = starting or difflib.get_close_matches(column.name, unknown, n=1, cutoff=0.5)
    return close[0] if close else None


def check_values(connection: duckdb.DuckDBPyConnection, table: Table, present: list[Present], landed: str) -> None:
    """Raise SourceError for a column none of whose values fits: it was changed, and that is no matter of single rows.

    landed: the rows as SQL. A few values are looked at first, and all of them only if none of those fits.
    """
    able = [(column, name, native) for column, name, native in present if casting.can_fail(column, native)]
    for rows in (f"(from {landed} limit {SAMPLE_ROWS})", landed):
        checks = []
        for column, name, native in able:
            given = casting.given_expression(column, native, name)
            cast = casting.cast_expression(column, native, name, is_key=column.name == table.key)
            checks.append(f"count(*) filter ({given}), count(*) filter (({given}) and ({cast}) is null)")
        if not checks:
            return
        counts = iter(connection.execute(f"select {', '.join(checks)} from {rows}").fetchone())
        able = [each for each in able if (given := next(counts)) == next(counts) and given >= FEWEST_VALUES]
    problems = []
    for column, name, native in able:
        reason = connection.execute(
            f"select {casting.reason_expression(column, native, name)} from {landed} "
            f"where {casting.given_expression(column, native, name)} limit 1"
        ).fetchone()[0]
        problems.append(f"column {column.name} was changed: none of its values fits any more, the first one {reason}")
    if problems:
        raise SourceError(
            f"{table.source}.{table.name}: " + "; ".join(problems) + ". Change it back, or give the warehouse a view "
            "with the old values. See docs/source_contract.md."
        )
