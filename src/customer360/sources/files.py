"""Read one delivered file, CSV, JSON lines or Parquet, into a Parquet file of the landing folder.

Each row carries `_source_file` and `_source_row`, the line of the file it begins on (the row number in a Parquet
file). A row that cannot be read is returned, not guessed at; a file that ends in the middle is left for the next pull
(HalfWrittenError); a file that makes no sense, or is larger than it may be, is refused (SourceError).
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

import duckdb

from customer360.errors import SourceError
from customer360.sources.contract import Table
from customer360.sources.csv_files import land_csv
from customer360.sources.encodings import as_utf8
from customer360.sources.json_lines import land_json_lines
from customer360.sources.landed import HalfWrittenError, Landed
from customer360.sources.landing import is_disk_full
from customer360.sources.parquet_files import land_parquet

__all__ = ["FORMATS", "HalfWrittenError", "Landed", "kind_of", "land"]

FORMATS = ("csv", "jsonl", "parquet")


def kind_of(name: str) -> tuple[str, bool] | None:
    """("csv", True) for members_2026.csv.gz; None for a name that is not one of ours."""
    match = re.fullmatch(rf".*\.({'|'.join(FORMATS)})(\.gz)?", name.lower(), re.DOTALL)
    return (match[1], bool(match[2])) if match else None


def land(
    connection: duckdb.DuckDBPyConnection, table: Table, source: Path, name: str, target: Path, *, limit: int
) -> Landed:
    """Read `source`, delivered under `name`, into `target`; unpacked it may have `limit` bytes."""
    kind, is_gzip = kind_of(name)
    plain = source
    try:
        if is_gzip:
            plain = target.with_suffix(".plain")
            _gunzip(source, plain, limit)
        if plain.stat().st_size == 0:
            return Landed(None, notes=["is empty"])
        if kind == "parquet":
            return land_parquet(connection, table, plain, name, target, limit=limit)
        text, encoding = as_utf8(plain, target.with_suffix(".utf8"), limit=limit)
        landed = (land_csv if kind == "csv" else land_json_lines)(connection, table, text, name, target)
        if encoding != "utf-8":
            landed.notes.append(f"is in {encoding}")
        return landed
    except duckdb.Error as error:
        if is_disk_full(error):
            raise
        raise SourceError("holds something that cannot be read; deliver it again") from None  # DuckDB shows the data
    finally:
        for suffix in (".plain", ".utf8", ".lines"):
            target.with_suffix(suffix).unlink(missing_ok=True)


def _gunzip(source: Path, target: Path, limit: int) -> None:
    size = 0
    try:
        with gzip.open(source, "rb") as compressed, open(target, "wb") as file:
            while block := compressed.read(1 << 20):
                size += len(block)
                if size > limit:
                    raise SourceError(f"is larger than {limit:,} bytes when unpacked (CUSTOMER360_MAX_FILE_BYTES)")
                file.write(block)
    except EOFError:
        raise HalfWrittenError("the gzip file ends in the middle") from None
    except (gzip.BadGzipFile, zlib.error):
        if source.stat().st_size == 0:
            raise HalfWrittenError("the gzip file is empty") from None
        raise SourceError("is not a gzip file, or a damaged one; deliver it again") from None
