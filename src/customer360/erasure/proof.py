"""Proof: whatever file under the home is opened, nothing of the person is in it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.erasure import files
from customer360.erasure.search import Search
from customer360.errors import ErasureError
from customer360.sources.casting import literal, quoted

TEXTS = ("VARCHAR", "JSON", "STRUCT", "MAP", "[]", "UNION", "BLOB", "ENUM")


def require_clean(settings: Settings, search: Search) -> dict[str, int]:
    """How many files and tables were looked through. Raises ErasureError that names the places, never a value."""
    found = files.remains(settings, search)
    looked = {"files": 0, "tables": 0}
    for path in files.all_files(settings):
        looked["files"] += 1
        kind = _kind(path)
        if kind == "duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                tables = connection.execute(
                    "select schema_name, table_name from duckdb_tables() where not internal and not temporary"
                ).fetchall()
                for schema, table in tables:
                    looked["tables"] += 1
                    if hits := _hits(connection, f"{quoted(schema)}.{quoted(table)}", search):
                        found.append(f"{path.relative_to(settings.home)}: {schema}.{table} ({hits} rows)")
        elif kind == "parquet":
            looked["tables"] += 1
            with duckdb.connect() as connection:
                if hits := _hits(connection, f"read_parquet({literal(str(path))})", search):
                    found.append(f"{path.relative_to(settings.home)} ({hits} rows)")
    if found:
        listed = "\n".join(f"  {place}" for place in sorted(set(found))[:20])
        raise ErasureError(
            f"Something of the person is still in {len(set(found))} places:\n{listed}\n"
            f"Nothing else is missing: mend these (a table of a model that is no more can be dropped, a file removed), "
            f"then run the same command again."
        )
    return looked


def _hits(connection: duckdb.DuckDBPyConnection, relation: str, search: Search) -> int:
    columns = [
        f"lower({quoted(name)}::varchar)"
        for name, type_, *_ in connection.execute(f"describe select * from {relation}").fetchall()
        if any(word in type_.upper() for word in TEXTS)
    ]
    if not columns or not search.strings:
        return 0
    words = f"concat_ws(chr(10), {', '.join(columns)})"
    return connection.execute(
        f"select count(*) from {relation} where regexp_matches({words}, {literal(search.pattern)})"
    ).fetchone()[0]


def _kind(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(16)
    return "duckdb" if head[8:12] == files.DUCKDB else "parquet" if head[:4] == files.PARQUET else None
