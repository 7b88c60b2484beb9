"""Comparing what two warehouses say."""

from pathlib import Path

import duckdb


def contents(warehouse: Path, schema: str = "marts") -> dict[str, tuple[int, int]]:
    """Of each table of a schema: its rows, and a fingerprint of them that does not depend on their order."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = ? order by 1", [schema]
        ).fetchall()
        return {
            name: connection.execute(f"select count(*), sum(hash(t)::hugeint) from {schema}.{name} t").fetchone()
            for (name,) in tables
        }
