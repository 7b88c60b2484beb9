"""Comparing what two warehouses say."""

from pathlib import Path

import duckdb


def contents(warehouse: Path, schema: str = "marts") -> dict[str, tuple[int, int]]:
    """Of each table of a schema: its rows, and a fingerprint of them that does not depend on their order.

    When a warehouse came to know something is its own affair: two that say the same may have learnt it at other times.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = ? order by 1", [schema]
        ).fetchall()
        return {
            name: connection.execute(
                f"""
                select count(*), sum(hash(t)::hugeint)
                from (select columns(c -> c not in ('known_at', 'checked_at')) from {schema}.{name}) t
                """
            ).fetchone()
            for (name,) in tables
            if not name.endswith("_restatements")
        }
