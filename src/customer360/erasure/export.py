"""Everything that is held on one person, in a folder: for whoever asks what a company knows of them.

By hand: `customer360 export-person CUSTOMER --out FOLDER`.

    index.md       what is in each file, how many rows, where they came from
    person.json    whom it is about, the records that are theirs, and the same list for programs
    raw.….csv/.json      every version of every record, as the sources said it
    identity.…, intermediate.…, marts.…    what was derived: who they are held to be, levels, growth, tiers, forecasts

The folder is the owner's alone (0700, files 0600). Erasing the person removes it, where it is under the home; of others
the erasure says where they were made.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.erasure.files import MARKER, exports_file
from customer360.erasure.person import records_of
from customer360.erasure.places import ORDERS, PLACES, TICKETS
from customer360.errors import ErasureError
from customer360.identity.lookup import find_customer
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import TABLES
from customer360.warehouse import reading, utc_now

RECORD_KEYS = {"record_key", "record_key_a", "record_key_b", "contact_record_key"}
ORIGINS = {
    "raw": "what the source {source} said, every version, with the load and file it came in",
    "ops": "records of {source} that did not fit and wait to be mended",
    "identity": "derived: which records are this customer, why, and what people decided about it",
    "intermediate": "derived: computed from the records above",
    "marts": "derived: what readers of the published marts see of this customer",
}


def export(settings: Settings, typed: str, out: Path) -> Path:
    """Write all that is held on the customer into `out`; returns the index. Raises IdentityError, ErasureError."""
    if out.exists() and any(out.iterdir()):
        raise ErasureError(f"{out} is not empty. An export of a person goes into a folder of its own.")
    with reading(settings, "export-person") as connection:
        customer_id = find_customer(connection, typed)
        records = records_of(connection, customer_id)
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        out.chmod(0o700)
        _note(settings, customer_id, out)
        _write(out / MARKER, json.dumps({"customer_id": customer_id}))  # from the start, so that an erasure finds it
        listed = []
        for name, query, origin in _queries(connection, customer_id, records):
            if rows := _write_rows(connection, out, name, query):
                listed.append({"file": f"{name}.csv", "rows": rows, "from": origin})
    about = {
        "customer_id": customer_id,
        "exported_at": utc_now().isoformat(timespec="seconds"),
        "records": {f"{TABLES[table].source}.{TABLES[table].name}": ids for table, ids in records.items()},
        "files": listed,
    }
    _write(out / MARKER, json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    return _write(out / "index.md", _index(about))


def _note(settings: Settings, customer_id: str, out: Path) -> None:
    file = exports_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as target:
        target.write(json.dumps({"customer_id": customer_id, "folder": str(out.absolute())}) + "\n")


def _queries(connection: duckdb.DuckDBPyConnection, customer_id: str, records: dict[str, list[str]]):
    """(name, query, where it comes from) of everything that may hold rows of the person."""
    ids = {table: ", ".join(map(literal, found)) for table, found in records.items() if found}
    for place in PLACES.values():
        table = TABLES[place.table]
        links = place.belongs | place.links
        found = " or ".join(f"{column} in ({ids[kind]})" for column, kind in links.items() if kind in ids)
        if found:
            origin = ORIGINS["raw"].format(source=f"{table.source}.{table.name}")
            yield f"raw.{place.table}", f"select * from raw.{place.table} where {found} order by all", origin
        if place.table in ids:
            source = f"source_system = '{table.source}' and source_table = '{table.name}'"
            refused = f"select * from ops.quarantine where {source} and source_record_id in ({ids[place.table]})"
            yield f"ops.quarantine.{place.table}", refused, ORIGINS["ops"].format(source=f"{table.source}.{table.name}")
    keys = ", ".join(
        literal(f"{TABLES[table].source}.{TABLES[table].name}:{record}")
        for table in records
        for record in records[table]
    )
    by = {"customer_id": literal(customer_id), "order_id": ids.get(ORDERS), "ticket_id": ids.get(TICKETS)}
    tables = connection.execute(
        """
        select table_schema, table_name, list(column_name order by ordinal_position) from information_schema.columns
        where table_catalog = current_database() and table_schema in ('identity', 'intermediate', 'marts')
        group by all order by all
        """
    ).fetchall()
    for schema, table, columns in tables:
        column = next((column for column, found in by.items() if column in columns and found), None)
        found = [f"{column} in ({by[column]})"] if column else []
        if schema == "identity":
            found += [f"{key} in ({keys})" for key in columns if key in RECORD_KEYS and keys]
        if found:
            yield (
                f"{schema}.{table}",
                f"select * from {schema}.{quoted(table)} where {' or '.join(found)}",
                ORIGINS[schema],
            )


def _write_rows(connection: duckdb.DuckDBPyConnection, out: Path, name: str, query: str) -> int:
    """The rows as CSV and as JSON, if there are any; how many."""
    (count,) = connection.execute(f"select count(*) from ({query})").fetchone()
    if count:
        for suffix, options in (("csv", "format csv, header"), ("json", "format json, array true")):
            file = _write(out / f"{name}.{suffix}", "")  # 0600 before anything is in it
            connection.execute(f"copy ({query}) to {literal(str(file))} ({options}, use_tmp_file false)")
            file.chmod(0o600)
    return count


def _write(file: Path, text: str) -> Path:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as target:
        target.write(text)
    return file


def _index(about: dict) -> str:
    rows = "\n".join(f"| {each['file']} | {each['rows']} | {each['from']} |" for each in about["files"])
    records = "\n".join(f"- {table}: {', '.join(ids)}" for table, ids in about["records"].items())
    return f"""# All data held on one person

Customer {about["customer_id"]}, as of {about["exported_at"]} UTC. Each file is there as CSV for people and
spreadsheets, and as JSON for programs. It is personal data: keep it safe, and hand it to nobody but the person.

## Records of the source systems

{records}

## Files

| file | rows | where it comes from |
| --- | ---: | --- |
{rows}
"""
