"""Read a file of JSON lines: one object a line."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.sources.casting import literal, quoted
from customer360.sources.contract import Table
from customer360.sources.landed import (
    MOST_COLUMNS,
    MOST_UNREADABLE,
    TOO_LONG,
    HalfWrittenError,
    Landed,
    batches,
    check_names,
    check_unreadable,
    fields,
    lines_of,
    without_payment_data,
)

_SCHEMA = pa.schema([("line", pa.string()), ("_source_row", pa.int64())])


def land_json_lines(connection, table: Table, source: Path, name: str, target: Path) -> Landed:
    """Read a file of JSON lines in UTF-8 into `target`."""
    staged = target.with_suffix(".lines")
    unreadable, last = [], ""

    def numbered(file):
        nonlocal last
        for number, (line, is_long) in enumerate(lines_of(file), start=1):
            if is_long:
                unreadable.append((name, number, TOO_LONG, line))
            elif line.strip():
                last = line
                yield line, number

    with open(source, encoding="utf-8", newline="\n") as file, pq.ParquetWriter(staged, _SCHEMA) as writer:
        for batch in batches(numbered(file), lambda item: len(item[0])):
            arrays = [
                pa.array([line for line, _ in batch], pa.string()),
                pa.array([number for _, number in batch], pa.int64()),
            ]
            writer.write_batch(pa.record_batch(arrays, schema=_SCHEMA))
    lines = f"read_parquet({literal(str(staged))})"
    is_object = "case when json_valid(line) then json_type(line) = 'OBJECT' else false end"
    broken = connection.execute(
        f"select _source_row, line from {lines} where not ({is_object}) order by 1 limit {MOST_UNREADABLE + 1}"
    ).fetchall()
    if broken and not last.endswith("\n") and broken[-1][1] == last:
        raise HalfWrittenError("its last line is not complete")
    unreadable += [(name, row, "is not a JSON object", line.rstrip("\r\n")) for row, line in broken]
    check_unreadable(unreadable)
    good = f"(select line::json as line, _source_row from {lines} where {is_object})"
    named = f"select distinct unnest(json_keys(line)) as name from {good}"
    keys = [row[0] for row in connection.execute(f"{named} order by 1 limit {MOST_COLUMNS + 1}").fetchall()]
    keys = [key for key in keys if not key.startswith("_")]
    if not keys:
        note = "holds no row that can be read" if unreadable else "holds no rows"
        return Landed(None, unreadable=unreadable, notes=[note])
    check_names(keys)
    reader = f"(select {objects_as_columns('line', keys)}, _source_row from {good})"
    kept, notes = without_payment_data(connection, table, keys, reader)
    rows = connection.execute(
        f"copy (select {fields(kept)} {literal(name)} as _source_file, _source_row from {reader}) "
        f"to {literal(str(target))} (format parquet)"
    ).fetchone()[0]
    landed = Landed(target, rows=rows, unreadable=unreadable, notes=notes)
    if notes:
        landed.withhold_text()
    return landed


def objects_as_columns(line: str, keys: list[str]) -> str:
    """SQL that makes a text column of each key of the JSON objects in column `line`."""
    return ", ".join(f"json_extract_string({line}, {literal(_path(key))}) as {quoted(key)}" for key in keys)


def _path(key: str) -> str:
    return '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
