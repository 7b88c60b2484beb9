"""How accurate the resolver is on a labelled file: the production code and settings, on records whose truth is known.

A file maps its columns and nothing more. The label is never evidence: it is read, put aside, and compared at the end.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.errors import SettingError
from customer360.identity import labelled_file, labelled_records, metrics
from customer360.identity.column_choice import Choice, choose, truth_column
from customer360.identity.resolver import resolve
from customer360.sources.casting import constant, quoted
from customer360.warehouse import utc_now


@dataclass(frozen=True)
class Fused:
    """A cluster that holds several persons, and the weakest links that join records of different ones.

    record_numbers: all of them, from 1; links: (record, record, rule, probability, reason).
    """

    record_numbers: list[int]
    persons: int
    wrong_pairs: int
    links: list[tuple]


@dataclass(frozen=True)
class Split:
    """A person found in several clusters, and the likeliest pairs of records that were not joined.

    As in Fused; a person none of whose separated records were compared has no pairs.
    """

    record_numbers: list[int]
    clusters: int
    missing_pairs: int
    pairs: list[tuple]


@dataclass(frozen=True)
class Evaluation:
    """What came out. `records` were resolved, `scored` of them have a label; seconds are of the clock."""

    choice: Choice
    notes: list[str]
    records: int
    scored: int
    pairs: metrics.Score
    clusters: metrics.Score
    b_cubed: metrics.BCubed
    normalise_seconds: float
    resolve_seconds: float
    fused: list[Fused]
    split: list[Split]
    values: dict[int, dict[str, str]]  # of the records named in fused and split, as in the file


def evaluate(
    settings: Settings,
    path: Path,
    *,
    truth: str,
    mappings: Iterable[str] = (),
    truth_match: str | None = None,
    default_country: str | None = None,
    guess: bool = True,
    worst: int = 5,
) -> Evaluation:
    """Resolve the records of a labelled file and compare the clusters with its column `truth`.

    truth_match: a regular expression; its first group, or without one all it matches, is the label. worst: how many of
    the worst fused and split clusters to describe. Raises SourceError for an unreadable file, SettingError for a
    column, mapping or expression that does not fit it.
    """
    with (
        tempfile.TemporaryDirectory() as spill,
        closing(duckdb.connect(config={"memory_limit": settings.memory_limit, "temp_directory": spill})) as connection,
    ):
        names, notes = labelled_file.read(connection, path)
        truth = truth_column(truth, names)
        choice = choose(names, mappings, truth=truth, guess=guess)
        labelled_records.take(connection, choice)
        records, scored = _label(connection, truth, truth_match)
        if scored < records:
            notes.append(f"{records - scored:,} records have no truth: resolved with the rest, not scored.")
        started = time.monotonic()
        labelled_records.normalise(connection, known_at=_known_at(settings), default_country=default_country or "CN")
        normalised = time.monotonic()
        resolve(connection, records="source_records", identifiers=None, decisions=None)
        resolved = time.monotonic()
        table = _compare(connection)
        fused = [_fused(connection, *each) for each in metrics.most_fused(table, worst)]
        split = [_split(connection, *each) for each in metrics.most_split(table, worst)]
        return Evaluation(
            choice=choice,
            notes=notes,
            records=records,
            scored=scored,
            pairs=metrics.pair_score(table),
            clusters=metrics.cluster_score(table),
            b_cubed=metrics.b_cubed(table),
            normalise_seconds=normalised - started,
            resolve_seconds=resolved - normalised,
            fused=fused,
            split=split,
            values=_values(connection, fused, split),
        )


def _known_at(settings: Settings) -> datetime:
    return datetime.combine(settings.as_of, datetime.min.time()) if settings.as_of else utc_now()


def _label(connection: duckdb.DuckDBPyConnection, truth: str, pattern: str | None) -> tuple[int, int]:
    """Put the labels aside as the temp table `truth`: (record_number, person), person 0 … n-1, only labelled ones."""
    column = quoted(truth)
    label = column
    if pattern:
        group = 1 if _has_group(connection, pattern) else 0
        label = f"nullif(regexp_extract({column}, {constant(pattern)}, {group}), '')"
    connection.execute(
        f"""
        create or replace temp table truth as
        select record_number, dense_rank() over (order by label) - 1 as person
        from (select record_number, {label} as label from file_records)
        where label is not null
        """
    )
    records, filled, scored = connection.execute(
        f"select count(*), count({column}), (select count(*) from truth) from file_records"
    ).fetchone()
    if not filled:
        raise SettingError(f"--truth {truth}: the column is empty in all {records:,} records; there is no truth.")
    if not scored:
        raise SettingError(f"--truth-match matches none of the {filled:,} values of {truth}.")
    return records, scored


def _has_group(connection: duckdb.DuckDBPyConnection, pattern: str) -> bool:
    """Whether the expression has a group. Raises SettingError for one that is no expression."""
    try:
        connection.execute(f"select regexp_extract('', {constant(pattern)})")
        return re.compile(pattern).groups > 0
    except (duckdb.Error, re.error) as error:
        raise SettingError(f"--truth-match is not a regular expression: {str(error).splitlines()[0]}") from None


def _compare(connection: duckdb.DuckDBPyConnection) -> metrics.Contingency:
    """Put truth and clusters side by side as the temp table `judged`; clusters are numbered 0 … n-1."""
    connection.execute(
        """
        create or replace temp table judged as
        select record_number, record_key, person, dense_rank() over (order by cluster) - 1 as cluster
        from truth
        inner join source_records on truth.record_number = cast(source_records.source_record_id as bigint)
        inner join resolved using (record_key)
        """
    )
    judged = connection.execute("select person, cluster from judged").fetchnumpy()
    (expected,) = connection.execute("select count(*) from truth").fetchone()
    if len(judged["person"]) != expected:
        raise AssertionError(f"{expected} records went into the resolver, {len(judged['person'])} came out")
    return metrics.contingency(judged["person"], judged["cluster"])


def _fused(connection: duckdb.DuckDBPyConnection, cluster: int, wrong_pairs: int) -> Fused:
    numbers, persons = _members(connection, "cluster", cluster, "person")
    return Fused(
        numbers, persons, wrong_pairs, _worst(connection, "outcome = 'link'", "cluster", cluster, "person", "asc")
    )


def _split(connection: duckdb.DuckDBPyConnection, person: int, missing_pairs: int) -> Split:
    numbers, clusters = _members(connection, "person", person, "cluster")
    return Split(numbers, clusters, missing_pairs, _worst(connection, "true", "person", person, "cluster", "desc"))


def _members(connection: duckdb.DuckDBPyConnection, group: str, value: int, other: str) -> tuple[list[int], int]:
    return connection.execute(
        f"""
        select list(record_number order by record_number), count(distinct {other}) from judged
        where {group} = {value}
        """
    ).fetchone()


def _worst(
    connection: duckdb.DuckDBPyConnection, condition: str, group: str, value: int, other: str, order: str
) -> list[tuple]:
    """Three pairs within a group whose two records differ in `other`, those with the least or most probability."""
    return connection.execute(
        f"""
        select
            a.record_number, b.record_number, match_rule, cast(match_probability as double),
            concat_ws('; but ', evidence, objection) as reason
        from pairs
        inner join judged as a on record_key_a = a.record_key
        inner join judged as b on record_key_b = b.record_key
        where a.{group} = {value} and b.{group} = {value} and a.{other} <> b.{other} and {condition}
        order by match_probability {order}, a.record_number, b.record_number
        limit 3
        """
    ).fetchall()


def _values(connection: duckdb.DuckDBPyConnection, fused: list[Fused], split: list[Split]) -> dict[int, dict[str, str]]:
    named = {number for each in fused for link in each.links for number in link[:2]}
    named |= {number for each in split for pair in each.pairs for number in pair[:2]}
    named |= {number for each in split if not each.pairs for number in each.record_numbers[:3]}
    if not named:
        return {}
    found = connection.execute(f"select * from labelled where record_number in ({', '.join(map(str, sorted(named)))})")
    columns = [each[0] for each in found.description]
    return {
        row[0]: {name: value for name, value in zip(columns[1:], row[1:], strict=True) if value is not None}
        for row in found.fetchall()
    }
