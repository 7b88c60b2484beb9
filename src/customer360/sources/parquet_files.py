"""Read a Parquet file."""

from __future__ import annotations

from pathlib import Path

import duckdb

from customer360.errors import SourceError
from customer360.sources.casting import literal
from customer360.sources.contract import Table
from customer360.sources.landed import HalfWrittenError, Landed, check_names, fields, without_payment_data
from customer360.sources.landing import is_disk_full


def land_parquet(connection, table: Table, source: Path, name: str, target: Path, *, limit: int) -> Landed:
    """Read a Parquet file into `target`, unless it would unpack to more than `limit` bytes."""
    with open(source, "rb") as file:
        head = file.read(4)
        file.seek(max(source.stat().st_size - 4, 0))
        if head != b"PAR1":
            raise SourceError("is not a Parquet file")
        if source.stat().st_size < 12 or file.read(4) != b"PAR1":
            raise HalfWrittenError("the Parquet file has no end")
    reader = f"read_parquet({literal(str(source))}, file_row_number = true)"
    try:
        names = [
            row[0]
            for row in connection.execute(f"describe select * exclude (file_row_number) from {reader}").fetchall()
        ]
        check_names(names)
        _check_size(connection, source, limit)
        kept, notes = without_payment_data(connection, table, names, reader)
        rows = connection.execute(
            f"copy (select {fields(kept)} {literal(name)} as _source_file, file_row_number + 1 as _source_row "
            f"from {reader}) to {literal(str(target))} (format parquet)"
        ).fetchone()[0]
    except duckdb.Error as error:
        if is_disk_full(error):
            raise
        raise SourceError("is a damaged Parquet file; deliver it again") from None
    return Landed(target if rows else None, rows=rows, notes=notes if rows else [*notes, "holds no rows"])


def _check_size(connection, source: Path, limit: int) -> None:
    """A value that repeats a billion times packs into nothing, so each counts as a byte at least."""
    declared, values = connection.execute(
        f"select sum(total_uncompressed_size), sum(num_values) from parquet_metadata({literal(str(source))})"
    ).fetchone()
    if max(declared or 0, values or 0) > limit:
        raise SourceError(f"is larger than {limit:,} bytes when unpacked (CUSTOMER360_MAX_FILE_BYTES)")
