"""Incremental models whose definition changed are built anew, and no others.

An incremental model keeps the rows it made before. When its SQL changes, or a model, rule or macro it is made from, as
with a new version of this project, those rows say what the old definition said. So the build remembers a digest of
each definition, and forgets the rows of a model whose digest is another. Python models that remember on purpose (who
is who, what was believed) see to it themselves.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import duckdb

_REFERENCE = re.compile(r"""\bref\(\s*['"](\w+)['"]\s*\)""")
_INCREMENTAL = re.compile(r"materialized\s*=\s*['\"]incremental['\"]")


def digests(project: Path) -> dict[str, str]:
    """{model: digest} of each incremental SQL model of the dbt project, over everything it is made from."""
    files = {path.stem: path for path in project.glob("models/**/*") if path.suffix in (".sql", ".py")}
    files |= {path.stem: path for path in project.glob("seeds/**/*.csv")}
    macros = b"".join(path.read_bytes() for path in sorted(project.glob("macros/**/*.sql")))
    texts = {name: path.read_bytes() for name, path in files.items()}
    found = {}
    for name, path in files.items():
        if path.suffix == ".sql" and _INCREMENTAL.search(texts[name].decode()):
            digest = hashlib.sha256(macros)
            for ancestor in sorted(_ancestors(name, texts)):
                digest.update(texts[ancestor])
            found[name] = digest.hexdigest()
    return found


def _ancestors(name: str, texts: dict[str, bytes]) -> set[str]:
    """The model itself and whatever it is made from, at any distance."""
    met, waiting = set(), [name]
    while waiting:
        model = waiting.pop()
        if model in texts and model not in met:
            met.add(model)
            waiting += _REFERENCE.findall(texts[model].decode())
    return met


def forget_changed(connection: duckdb.DuckDBPyConnection, project: Path) -> list[str]:
    """Drop the tables of the models whose definition is another than the one they were built by; returns their names.

    A table that was built before definitions were remembered counts as changed.
    """
    known = dict(connection.execute("select model, digest from ops.model_versions").fetchall())
    schemas = dict(
        connection.execute(
            "select table_name, table_schema from information_schema.tables where table_type = 'BASE TABLE' "
            "and table_schema not in ('raw', 'ops')"
        ).fetchall()
    )
    changed = [name for name, digest in digests(project).items() if name in schemas and known.get(name) != digest]
    for name in changed:
        connection.execute(f'drop table "{schemas[name]}"."{name}"')
    return sorted(changed)


def remember(connection: duckdb.DuckDBPyConnection, project: Path) -> None:
    """Every model was built whole by the definitions as they are now."""
    connection.execute("begin")
    connection.execute("delete from ops.model_versions")
    connection.executemany("insert into ops.model_versions values (?, ?)", list(digests(project).items()))
    connection.execute("commit")
