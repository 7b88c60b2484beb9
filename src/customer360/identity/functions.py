"""The normalisation as DuckDB functions, and the one select that makes source records of raw columns.

dbt has them through `customer360.identity.dbt_plugin`; `identity evaluate` and the tests register them on their own
connections. Tables hold the results, so nobody who reads a table needs them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import duckdb
import phonenumbers
import pyarrow as pa

from customer360.errors import SettingError
from customer360.identity import normalise
from customer360.identity.normalise.emails import mailbox, normalise_email
from customer360.identity.normalise.phones import normalise_phone
from customer360.identity.normalise.record import normalise_record

# What `normalise_record` takes, in order, all text but the last: the columns a source may have.
INPUTS = (
    "account_type", "full_name", "given_name", "family_name", "organisation_name", "email", "phone", "birth_date",
    "gender", "occupation", "address_line", "city", "region", "postcode", "country", "known_on",
)  # fmt: skip

REJECTED = pa.list_(pa.struct({"field": pa.string(), "reason": pa.string()}))
OUTPUTS = {
    "account_type": ("varchar", pa.string()),
    "name_normalised": ("varchar", pa.string()),
    "given_name": ("varchar", pa.string()),
    "family_name": ("varchar", pa.string()),
    "family_name_romanised": ("varchar", pa.string()),
    "given_name_roots": ("varchar[]", pa.list_(pa.string())),
    "name_key": ("varchar", pa.string()),
    "organisation_name": ("varchar", pa.string()),
    "email_normalised": ("varchar", pa.string()),
    "email_mailbox": ("varchar", pa.string()),
    "phone_normalised": ("varchar", pa.string()),
    "born_on": ("date", pa.date32()),
    "birth_digits": ("varchar", pa.string()),
    "gender": ("varchar", pa.string()),
    "occupation": ("varchar", pa.string()),
    "address_normalised": ("varchar", pa.string()),
    "city_normalised": ("varchar", pa.string()),
    "region_normalised": ("varchar", pa.string()),
    "postcode_normalised": ("varchar", pa.string()),
    "country": ("varchar", pa.string()),
    "rejected_values": ("struct(field varchar, reason varchar)[]", REJECTED),
}


# Whose data or code decides what a value becomes.
LIBRARIES = ("anyascii", "babel", "nicknames", "opencc", "phonenumbers", "pypinyin")


@cache
def rules_version() -> str:
    """Twelve letters that change whenever a rule, a list or a library of the normalisation does.

    What was normalised by other rules does not compare: dbt normalises anew what bears another version.
    """
    digest = hashlib.sha256()
    for file in sorted(files(normalise).iterdir(), key=lambda file: file.name):
        if file.name.endswith((".py", ".csv", ".txt")):
            digest.update(file.read_bytes())
    digest.update(" ".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    return digest.hexdigest()[:12]


def register(connection: duckdb.DuckDBPyConnection, default_country: str = "CN") -> None:
    """Make the functions known to every cursor of this connection's database.

    - `normalise_record(struct of INPUTS, default_country)`: a struct of OUTPUTS.
    - `normalise_phone(text, default_country)`: E.164 or null.
    - `normalised_with(default_country)`: the version of the rules, and the country.
    - `normalise_email(text)`, `email_mailbox(address)`: address and mailbox, or null.
    Where a call says null for the default country, it is the one given here. They work on Arrow batches of 2,048 rows.
    A second registration with the same database changes nothing.
    """

    _known(default_country)

    def defaults(countries: pa.Array) -> list[str]:
        for country in countries.unique().to_pylist():
            _known(country or default_country)
        return [country or default_country for country in countries.to_pylist()]

    def records(inputs: pa.StructArray, countries: pa.Array) -> pa.Array:
        columns = [column.to_pylist() for column in inputs.flatten()]
        rows = list(map(normalise_record, defaults(countries), *columns))
        arrays = [
            pa.array(values, type_)
            for values, (_, type_) in zip(zip(*rows, strict=True), OUTPUTS.values(), strict=True)
        ]
        return pa.StructArray.from_arrays(arrays, names=list(OUTPUTS))

    def phones(numbers: pa.Array, countries: pa.Array) -> pa.Array:
        return pa.array(map(normalise_phone, numbers.to_pylist(), defaults(countries)), pa.string())

    def emails(addresses: pa.Array) -> pa.Array:
        return pa.array([normalise_email(address) for address in addresses.to_pylist()], pa.string())

    def mailboxes(addresses: pa.Array) -> pa.Array:
        return pa.array([mailbox(address) for address in addresses.to_pylist()], pa.string())

    def versions(countries: pa.Array) -> pa.Array:
        return pa.array([f"{rules_version()} {country}" for country in defaults(countries)], pa.string())

    given = duckdb.struct_type({name: "DATE" if name == "known_on" else "VARCHAR" for name in INPUTS})
    result = duckdb.struct_type({name: sql for name, (sql, _) in OUTPUTS.items()})
    known = {name for (name,) in connection.execute("select function_name from duckdb_functions()").fetchall()}
    for name, function, parameters, returned in (
        ("normalise_record", records, [given, "VARCHAR"], result),
        ("normalise_phone", phones, ["VARCHAR", "VARCHAR"], "VARCHAR"),
        ("normalise_email", emails, ["VARCHAR"], "VARCHAR"),
        ("email_mailbox", mailboxes, ["VARCHAR"], "VARCHAR"),
        ("normalised_with", versions, ["VARCHAR"], "VARCHAR"),
    ):
        if name not in known:
            connection.create_function(name, function, parameters, returned, type="arrow", null_handling="special")


def _known(country: str) -> None:
    """Raise SettingError for a default country without a numbering plan: every number at home would become null."""
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise SettingError(
            f"default_country is {country!r}; it takes an ISO 3166 code of two letters, such as CN or GB."
        )


def source_records(relation: str, *, columns: Iterable[str], default_country: str = "CN") -> str:
    """SQL for the columns of identity.source_records, from a relation of raw ones.

    `relation` is a table expression with record_key, any of INPUTS but known_on, first_seen_at, _loaded_at and others,
    whose names are `columns`. What it lacks is null. source_system, source_table and source_record_id come out of
    record_key (`system.table:id`) where they are missing.
    """
    has = set(columns)

    def column(name: str, type_: str = "varchar") -> str:
        return f"cast({name} as {type_})" if name in has else f"cast(null as {type_})"

    default = default_country.replace("'", "''")
    inputs = ", ".join(f"{name} := {column(name)}" for name in INPUTS[:-1])
    normalised = ", ".join(f"normalised.{name}" for name in OUTPUTS)
    keyed = {
        "source_system": "split_part(record_key, '.', 1)",
        "source_table": "split_part(split_part(record_key, ':', 1), '.', 2)",
        "source_record_id": "substr(record_key, strpos(record_key, ':') + 1)",
    }
    identity = ", ".join(f"{column(name) if name in has else sql} as {name}" for name, sql in keyed.items())
    return f"""
        select
            record_key, {identity}, {column("full_name")} as full_name, {normalised},
            {column("card_number")} as card_number, {column("first_seen_at", "timestamp")} as first_seen_at,
            {column("_loaded_at", "timestamp")} as _loaded_at
        from (
            select
                *,
                normalise_record(
                    struct_pack({inputs}, known_on := cast({column("_loaded_at", "timestamp")} as date)), '{default}'
                ) as normalised
            from {relation}
        )
    """
