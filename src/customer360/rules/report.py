"""A simulation in plain words, for a manager to read."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from customer360.rules.comparison import Comparison, Move, Pair, Person, Rung
from customer360.rules.differences import Difference
from customer360.rules.simulate import Simulation

Cells = tuple[str, str, str, str]
PEOPLE = [field.name for field in fields(Person)]


@dataclass(frozen=True)
class Section:
    """A table of figures by today's rules and by the proposed ones, and the lines below it."""

    title: str
    rows: list[Cells]
    below: tuple[str, ...] = ()


def in_words(simulation: Simulation, *, limit: int = 0) -> Iterator[str]:
    """The lines to print; `limit`: how many of the customers who move to name, those who fall first."""
    if not simulation.differences:
        yield "Nothing changes: on every day the proposed rules say what today's say."
        return
    day, comparison = simulation.as_of, simulation.comparison
    yield f"Proposed rules against today's, as of {day}"
    if day > simulation.built_as_of:
        yield (
            f"The last build describes {simulation.built_as_of}. Both sides are taken on to {day} with what is known"
            " now: nothing is bought, earned or returned in between."
        )
    else:
        yield "Both sides are worked out from the data of the last build."
    yield ""
    yield from _what_differs(simulation.differences, day)
    if comparison == _unchanged(comparison):
        yield ""
        yield f"Nothing changes on {day}: no level, no growth value, no benefit, no value tier."
        return
    yield from _tables(_sections(comparison))
    yield from _people(comparison.people, limit)


def write_people(people: Iterable[Person], path: Path) -> int:
    """Write everybody who moves as CSV, readable by its owner only; how many."""
    rows = [astuple(person) for person in people]
    with open(path, "w", encoding="utf-8", newline="", opener=_private) as file:
        csv.writer(file, lineterminator="\n").writerows([PEOPLE, *rows])
    return len(rows)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _what_differs(differences: list[Difference], day: date) -> Iterator[str]:
    for difference in differences:
        rows = ", ".join(
            f"{count} row{'s' * (count > 1)} {what}"
            for count, what in ((difference.rows_removed, "taken out"), (difference.rows_added, "put in"))
            if count
        )
        yield f"{difference.table}.csv: {rows}; it says something else from {difference.first_day} on."
    first_days = [difference.first_day for difference in differences]
    if min(first_days) < day:
        yield "What is changed for days past judges anew what customers did since then. To leave the past as it was,"
        yield "end the version in force and begin the next one on a day to come."
    if later := [first_day for first_day in first_days if first_day > day]:
        yield f"What begins later is not in these figures: see it with --as-of {max(later)} or a later day."


def _unchanged(comparison: Comparison) -> Comparison:
    """What the comparison would be if the proposed rules did nothing."""

    def same(pairs: list[Pair]) -> list[Pair]:
        return [Pair(pair.name, pair.before, pair.before) for pair in pairs]

    return Comparison(
        levels=[Rung(rung.name, rung.before, rung.before) for rung in comparison.levels],
        level_moves=[],
        growth=same(comparison.growth),
        growth_value=same([comparison.growth_value])[0],
        members_valued_otherwise=0,
        longer=0,
        shorter=0,
        benefits=same(comparison.benefits),
        has_unlimited=comparison.has_unlimited,
        tiers=[Rung(rung.name, rung.before, rung.before) for rung in comparison.tiers],
        tier_moves=[],
        people=[],
    )


def _sections(comparison: Comparison) -> Iterator[Section]:
    kept = (
        f"Of those who stay, {comparison.longer:,} keep their level longer than by today's rules,",
        f"{comparison.shorter:,} less long, if they earn nothing more.",
    )
    moves = list(_moves(comparison.level_moves, comparison.levels, "level"))
    has_other_ends = comparison.longer or comparison.shorter
    yield Section("Members by level", _rungs(comparison.levels), (*moves, *(kept if has_other_ends else ())))
    total, *by_rule = comparison.growth
    issued = [Pair("issued in the year to the day", total.before, total.after)]
    issued += [Pair(f"  by the rule {pair.name}", pair.before, pair.after) for pair in by_rule]
    counting = Pair("counting for members on the day", comparison.growth_value.before, comparison.growth_value.after)
    yield Section("Growth", _pairs([*issued, counting]))
    unlimited = ("What may be used without limit is in the second line only.",) if comparison.has_unlimited else ()
    yield Section("Cost of benefits a year, members as above", _pairs(comparison.benefits), unlimited)
    if comparison.tier_moves:
        moves = list(_moves(comparison.tier_moves, comparison.tiers, "value tier"))
        yield Section("Customers by value tier", _rungs(comparison.tiers), tuple(moves))


def _tables(sections: Iterable[Section]) -> Iterator[str]:
    """All sections in columns of one width."""
    tables = [([(each.title, "today", "proposed", "change"), *each.rows], each.below) for each in sections]
    first, *others = (max(len(row[i]) for rows, _ in tables for row in rows) for i in range(4))
    for rows, below in tables:
        yield ""
        for name, *cells in rows:
            yield "  ".join(
                [name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, others, strict=True))]
            )
        yield from below


def _rungs(rungs: list[Rung]) -> list[Cells]:
    return _pairs([Pair(rung.name, rung.before, rung.after) for rung in rungs])


def _pairs(pairs: list[Pair]) -> list[Cells]:
    return [(f"  {pair.name}", _figure(pair.before), _figure(pair.after), _change(pair)) for pair in pairs]


def _figure(value) -> str:
    return "-" if value is None else f"{value:,}"


def _change(pair: Pair) -> str:
    if pair.before is None or pair.after is None:
        return "-"
    change = pair.after - pair.before
    return f"{change:+,}" if change else "="


def _moves(moves: list[Move], rungs: list[Rung], what: str) -> Iterator[str]:
    total = sum(rung.before for rung in rungs)
    rising, falling = (sum(move.count for move in moves if move.direction == way) for way in (1, -1))
    staying = total - sum(move.count for move in moves)
    yield f"{rising:,} rise, {falling:,} fall, {staying:,} stay at their {what}."
    for move in moves:
        verb = {1: "rise", -1: "fall", 0: "go"}[move.direction]
        yield f"  {verb}  {move.before} → {move.after}  {move.count:,}"


def _people(people: list[Person], limit: int) -> Iterator[str]:
    if not people or not limit:
        return
    yield ""
    yield "Who moves: growth value (of a value tier: net sales) by today's rules and by the proposed ones"
    for person in people[:limit]:
        yield (
            f"  {person.customer_id}  {person.before} → {person.after}"
            f"  {_figure(person.amount_before)} → {_figure(person.amount_after)}"
        )
    if len(people) > limit:
        yield f"  … and {len(people) - limit:,} more (--limit, or --out FILE for all)"
