"""The records of a labelled file in the shape the resolver takes: our columns, then normalised as staging does it."""

from __future__ import annotations

from datetime import datetime

import duckdb

from customer360.identity import functions
from customer360.identity.column_choice import COLUMNS, Choice
from customer360.sources.casting import constant, quoted


def take(connection: duckdb.DuckDBPyConnection, choice: Choice) -> None:
    """Make the temp table `labelled` (record_number, COLUMNS as varchar) from `file_records`.

    Columns joined by + have a space between them and leave out what is empty; a birth date needs all its parts.
    """
    columns = [f"{_joined(name, choice.sources.get(name, ()))} as {name}" for name in COLUMNS]
    connection.execute(
        f"create or replace temp table labelled as select record_number, {', '.join(columns)} from file_records"
    )


def _joined(target: str, parts: tuple[str, ...]) -> str:
    columns = [quoted(part) for part in parts]
    if not columns:
        return "cast(null as varchar)"
    if len(columns) == 1:
        return columns[0]
    if target == "birth_date":  # year+month+day, in the file's order: 1949-7-22
        return " || '-' || ".join(columns)
    return f"nullif(concat_ws(' ', {', '.join(columns)}), '')"


def normalise(connection: duckdb.DuckDBPyConnection, *, known_at: datetime, default_country: str) -> None:
    """Make the temp table `source_records` from `labelled`, as the pipeline makes identity.source_records.

    known_at: when the records are taken to have been loaded; a birth date after it is not believed.
    A record's key is the system it comes from (the column source, or `file`) and its number in the file.
    """
    functions.register(connection, default_country)
    keyed = f"""
        (
            select
                * exclude (record_number, source),
                concat(
                    coalesce(nullif(regexp_replace(lower(source), '[^a-z0-9_]+', '_', 'g'), ''), 'file'),
                    '.records:', lpad(cast(record_number as varchar), 9, '0')
                ) as record_key,
                {constant(known_at)} as first_seen_at,
                {constant(known_at)} as _loaded_at
            from labelled
        )
    """
    columns = ("record_key", "first_seen_at", "_loaded_at", *(name for name in COLUMNS if name != "source"))
    connection.execute(
        "create or replace temp table source_records as "
        + functions.source_records(keyed, columns=columns, default_country=default_country)
    )
