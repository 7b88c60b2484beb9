"""Levels and tiers are ladders: on every day, a higher rank needs more and is worth no less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from customer360.rules.periods import dated, in_force, turning_days
from customer360.rules.problems import Problem
from customer360.rules.reading import Row
from customer360.rules.tables import Table


def problems(table: Table, rows: list[Row]) -> Iterator[Problem]:
    """What is out of order on the first day it is; each pair of rows is told of once a column."""
    if table.ladder is None:
        return
    ladder, told = table.ladder, set()
    rungs = dated(rows, ladder.rank, *ladder.within, *table.series)
    for within in sorted({row.key(ladder.within) for row in rungs}):
        own = [row for row in rungs if row.key(ladder.within) == within]
        for day in turning_days(own):
            standing = sorted((row for row in own if in_force(row, day)), key=lambda row: row[ladder.rank])
            for line, column, lower, wrong, do in _out_of_order(table, standing, day):
                if (line, column, lower) not in told:
                    told.add((line, column, lower))
                    yield Problem(table.file, line, column, wrong, do)


def _out_of_order(table: Table, standing: list[Row], day: date) -> Iterator[tuple[int, str, int, str, str]]:
    """(line, column, the other line, what is wrong, what to do) for one ladder on one day."""
    ladder = table.ladder
    if standing and standing[0].has(ladder.value) and standing[0][ladder.value] != ladder.lowest:
        wrong = f"on {day} this is the lowest row, and it asks for {standing[0][ladder.value]}"
        do = "The lowest takes everybody: " + ("leave it empty" if ladder.lowest is None else f"write {ladder.lowest}")
        yield standing[0].line, ladder.value, 0, wrong, do
    if standing and ladder.lowest_rank is not None and standing[0][ladder.rank] != ladder.lowest_rank:
        wrong = f"on {day} this is the lowest row, and its rank is {standing[0][ladder.rank]}"
        yield standing[0].line, ladder.rank, 0, wrong, f"The lowest has the rank {ladder.lowest_rank}"
    for low, high in pairwise(standing):
        if low.key(table.series) == high.key(table.series):
            continue  # two versions of one row, which overlap: told with the dates
        if low[ladder.rank] == high[ladder.rank]:
            wrong = f"on {day} line {low.line} has the rank {low[ladder.rank]} too"
            yield high.line, ladder.rank, low.line, wrong, "Give each its own rank, the lowest 1"
            continue
        if _both(low, high, ladder.value) and not _rises(low[ladder.value], high[ladder.value]):
            asked = "is empty" if high[ladder.value] is None else f"{high[ladder.value]} is not more"
            than = "" if high[ladder.value] is None else f" than {low[ladder.value]}"
            wrong = f"{asked}{than} on {day}, although line {low.line} has a lower rank"
            yield high.line, ladder.value, low.line, wrong, "A higher rank asks for more: raise it or change the ranks"
        for column, why in ladder.never_falling:
            if _both(low, high, column) and high[column] < low[column]:
                wrong = f"{high[column]} is less than {low[column]} of the lower rank in line {low.line}, on {day}"
                yield high.line, column, low.line, wrong, f"Write {low[column]} or more: otherwise {why}"
        for column in ladder.the_same:
            if _both(low, high, column) and high[column] != low[column]:
                wrong = f"{high[column]} is not {low[column]}, as line {low.line} says for {day}"
                yield high.line, column, low.line, wrong, "Tiers are compared over one period: write the same in all"


def _both(low: Row, high: Row, column: str) -> bool:
    return low.has(column) and high.has(column)


def _rises(low, high) -> bool:
    """An empty threshold is below every other."""
    return high is not None and (low is None or high > low)
