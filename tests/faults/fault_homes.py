"""What a home holds, to be compared with an undisturbed one; and what must hold of it at any moment."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

import duckdb
import fault_company

sys.path.append(str(Path(__file__).parents[1]))

# When something was loaded, built or came to be known is a run's own affair.
OWN_AFFAIR = ("known_at", "checked_at", "_load_id", "_loaded_at", "load_id", "loaded_at", "quarantined_at", "erased_at")
# A belief begins when the record it is about was loaded.
OWN_AFFAIR_OF = {"customer_identities": ("valid_from", "valid_to")}
PSEUDONYM = "erased-[0-9a-f]{16}"  # made from the erasure's id, which is made from the time
NAMED_BY_TIME = re.compile(r"(publication|backup|run|load|erasure)_\d{8}T\d{6}_\w+")
# Written by dbt and by the lock for themselves; what a wholly finished run leaves there may differ.
NOT_COMPARED = ("dbt/", "warehouse.duckdb.wal")

QUERIES = {
    "quarantine": "select source_system, source_table, source_file, source_row, source_record_id, column_name, reason, "
    "record from ops.quarantine",
    "source_files": "select path, version, sha256, rows from ops.source_files",
    "watermarks": "select source_system, source_table, max(watermark) from ops.loads where status = 'succeeded' "
    "group by all",
    "cursors": "select source_system, source_table, max_by(cursor, ended_at) from ops.loads "
    "where status = 'succeeded' group by all",
    "loaded": "select source_system, source_table, sum(rows_loaded) from ops.loads group by all",
    "failed loads": "select source_table from ops.loads where status <> 'succeeded'",
    # Killed after its one step and repeated, a publish publishes the same once more.
    "publications": "select distinct status, is_current, customer_count, order_count, net_sales from ops.publications "
    "where status not in ('abandoned', 'prepared') and (is_current or status <> 'published')",
    "last build": "select max_by(status, finished_at) from ops.model_runs where resource_type = 'build'",
    # What a source counts is compared with the pulls of the last check: a repeated run had one more.
    "last check": "select stage, check_name, table_name, column_name, status, observed, "
    "case when check_name <> 'source_not_shrunk' then message end "
    "from ops.completeness_results qualify checked_at = max(checked_at) over (partition by stage)",
    "tombstones": "select kind, fingerprint from ops.erasures",
    "records of the erased": "select raw_table, fingerprint, is_kept from ops.erased_records",
    "beliefs": "select record_key, count(*), count(valid_to) from identity.record_assignments group by all",
    "customers": f"select record_key, regexp_replace(customer_id, '{PSEUDONYM}', 'erased') "
    "from identity.record_assignments where valid_to is null",
}


def contents(home: str) -> dict[str, object]:
    """Everything that has to be the same however often a run was killed on its way."""
    found: dict[str, object] = {"files": files(Path(home))}
    has_erased = (Path(home) / "erasures").exists()
    own_affair = (*OWN_AFFAIR, "_row_hash") if has_erased else OWN_AFFAIR  # the hash covers the pseudonym
    with duckdb.connect(str(Path(home) / "warehouse.duckdb"), read_only=True) as connection:
        for schema in ("raw", "marts"):
            found |= _tables(connection, schema, own_affair)
        for name, query in QUERIES.items():
            if name not in ("beliefs", "customers") or "marts.customer_360" in found:
                rows = sorted(str(row) for row in connection.execute(query).fetchall())
                found[name] = rows if len(rows) < 30 else [len(rows), _digest(rows)]
    published = Path(home) / "published" / "customer_360.duckdb"
    if published.exists():
        with duckdb.connect(str(published), read_only=True) as connection:
            found |= {f"published {name}": rows for name, rows in _tables(connection, "marts", own_affair).items()}
        contacts = Path(home) / "published" / "restricted" / "customer_contacts.duckdb"
        with duckdb.connect(str(contacts), read_only=True) as connection:
            found |= {f"restricted {name}": rows for name, rows in _tables(connection, "main", own_affair).items()}
    if has_erased:
        from canaries import scan

        person = dict.fromkeys((fault_company.NAME, fault_company.EMAIL, fault_company.PHONE), "the erased person")
        found["places of the erased"] = [str(leak) for leak in scan(Path(home), person)]
    return json.loads(json.dumps(found, default=str))


def is_erased(home: Path) -> bool:
    """Whether the certificate is written, and nothing of the plan is left."""
    return any(home.glob("erasures/*.json")) and not any(home.glob("secrets/*erasing-*"))


def _tables(connection: duckdb.DuckDBPyConnection, schema: str, own_affair: tuple[str, ...]) -> dict[str, list]:
    names = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = ? order by 1",
        [schema],
    ).fetchall()
    return {
        f"{schema}.{name}": list(
            connection.execute(
                f"select count(*), sum(hash(t)::hugeint) from "
                f"(select regexp_replace(columns(c -> not list_contains($own, c))::varchar, '{PSEUDONYM}', 'erased') "
                f'from {schema}."{name}") t',
                {"own": [*own_affair, *OWN_AFFAIR_OF.get(name, ())]},
            ).fetchone()
        )
        for (name,) in names
        if not name.endswith("_restatements")
    }


def files(home: Path) -> list[str]:
    """The paths under a home, publications without their time: what a killed run left behind shows here."""
    listed = {NAMED_BY_TIME.sub(r"\1", str(path.relative_to(home))) for path in home.rglob("*")}
    return sorted(path for path in listed if not path.startswith(NOT_COMPARED))


def _digest(rows: list[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def differences(found: dict, wanted: dict) -> list[str]:
    """What differs, one line each."""
    lines = []
    for name in sorted(found.keys() | wanted.keys()):
        mine, right = found.get(name), wanted.get(name)
        if mine == right:
            continue
        if isinstance(mine, list) and isinstance(right, list) and name[0].islower() and "." not in name:
            only_mine = [row for row in mine if row not in right]
            only_right = [row for row in right if row not in mine]
            lines.append(f"{name}: found {only_mine[:5]}, wanted {only_right[:5]}")
        else:
            lines.append(f"{name}: found {mine}, wanted {right}")
    return lines


def broken(home: str) -> list[str]:
    """What must never be, not even for the moment after a kill: a publication that is not whole."""
    published = Path(home) / "published"
    if not (published / "current").is_symlink():
        return []
    version = published / os.readlink(published / "current")
    manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
    wrong = []
    if manifest["publication_id"] != version.name:
        wrong.append(f"{version.name} has the manifest of {manifest['publication_id']}")
    for name, expected in manifest["files"].items():
        content = (version / name).read_bytes()
        if len(content) != expected["bytes"] or hashlib.sha256(content).hexdigest() != expected["sha256"]:
            wrong.append(f"{name} is not what its manifest says")
    with duckdb.connect(str(published / "customer_360.duckdb"), read_only=True) as connection:
        current = connection.execute("select publication_id from ops.publications where is_current").fetchall()
        if current != [(version.name,)]:
            wrong.append(f"the file says that it is {current}")
        for mart, count in manifest["row_counts"].items():
            rows = connection.execute(f"select count(*) from marts.{mart}").fetchone()[0]
            if rows != count:
                wrong.append(f"marts.{mart} has {rows} rows of {count}")
    return wrong


def read_on(home: str, stop: str) -> dict[str, object]:
    """What a BI tool sees that opens the published file again and again until `stop` is there."""
    published, errors, opened, versions = Path(home) / "published", [], 0, set()
    while not Path(stop).exists():
        time.sleep(0.15)
        if not (published / "current").is_symlink():
            continue
        try:
            with duckdb.connect(str(published / "customer_360.duckdb"), read_only=True) as connection:
                before = connection.execute(
                    "select publication_id, customer_count from ops.publications where is_current"
                ).fetchall()
                customers = connection.execute("select count(*) from marts.customer_360").fetchone()[0]
                time.sleep(0.02)
                after = connection.execute("select publication_id from ops.publications where is_current").fetchall()
                if len(before) != 1 or before[0][1] != customers or after != [before[0][:1]]:
                    errors.append(f"a mix: {before}, {customers} customers, {after}")
                versions.add(before[0][0])
                opened += 1
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
    return {"opened": opened, "versions": len(versions), "errors": errors[:5]}
