"""The marts' own SQL as one plain DuckDB script: what the build is compared with.

    python -m bench.plain_script --home HOME --database FILE

Takes the SQL that dbt compiled in `HOME/dbt/target`, in the order of its graph, and runs it in one DuckDB connection on
FILE, a copy of the warehouse that holds raw only: same engine, same memory limit, same threads. No dbt, no tests, no
contracts, no records of the run. FILE must be called `warehouse.duckdb`, because compiled SQL names its database.
"""

from __future__ import annotations

import argparse
import graphlib
import importlib.util
import json
import time
from pathlib import Path

import duckdb

from customer360.build import project_folder


def in_order(manifest: dict) -> list[dict]:
    """The seeds and models of a manifest, each behind everything it reads."""
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] in ("seed", "model")}
    needs = {name: set(node["depends_on"].get("nodes", [])) & set(nodes) for name, node in nodes.items()}
    return [nodes[name] for name in graphlib.TopologicalSorter(needs).static_order()]


def execute(connection: duckdb.DuckDBPyConnection, node: dict) -> None:
    """Make one node: a seed from its file, a view or table from its SQL or Python."""
    name = f'"{node["schema"]}"."{node["alias"]}"'
    if node["resource_type"] == "seed":
        types = ", ".join(f"'{column}': '{type_}'" for column, type_ in node["config"].get("column_types", {}).items())
        file = project_folder() / node["original_file_path"]
        csv = f"read_csv('{file}', header = true, types = {{{types}}})"
        connection.execute(f"create or replace table {name} as from {csv}")
    elif node["language"] == "python":
        _Dbt(connection, node).run(name)
    else:
        kind = "view" if node["config"]["materialized"] == "view" else "table"
        connection.execute(f"create or replace {kind} {name} as {node['compiled_code']}")


class _Dbt:
    """As much of dbt as a Python model of this project asks for, on a first run."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, node: dict) -> None:
        self.connection, self.node, self.this = connection, node, None
        self.config = lambda **_: None
        self.is_incremental = False

    def __call__(self) -> bool:
        return False

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        schema = self.connection.execute(
            "select schema_name from duckdb_tables() where table_name = $1 union all "
            "select schema_name from duckdb_views() where view_name = $1", [name]
        ).fetchone()[0]  # fmt: skip
        return self.connection.table(f"{schema}.{name}") if schema else None

    def run(self, name: str) -> None:
        path = project_folder() / self.node["original_file_path"]
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = module.model(self, self.connection)  # a relation, an Arrow table or a data frame
        if isinstance(made, duckdb.DuckDBPyRelation):
            made.create(name.replace('"', ""))
        else:
            self.connection.execute(f"create or replace table {name} as from made")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.plain_script", description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="a home in which `customer360 build` has run")
    parser.add_argument("--database", type=Path, required=True, help="a warehouse.duckdb that holds raw only")
    parser.add_argument("--memory-limit", default="3GB")
    options = parser.parse_args()
    manifest = json.loads((options.home / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(options.database)) as connection:
        connection.execute(f"set memory_limit = '{options.memory_limit}'; set threads = 2")
        connection.execute("set preserve_insertion_order = false; set timezone = 'UTC'")
        for node in in_order(manifest):
            started = time.monotonic()
            execute(connection, node)
            print(f"{time.monotonic() - started:7.2f}s {node['schema']}.{node['alias']}", flush=True)


if __name__ == "__main__":
    main()
