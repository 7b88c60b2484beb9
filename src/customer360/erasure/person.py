"""Who is to be erased: the source records of a customer, and everything by which the person can be recognised.

What others have too (a family's e-mail, a namesake) is left out: it is theirs as well, and erasing it would take them
along. Such a value goes with the person's records, and is recognised only together with the name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from customer360.erasure.places import CUSTOMERS, MEMBERS, NAMED_BY_OTHERS, ORDERS, PLACES, TICKETS, USERS
from customer360.erasure.search import Search
from customer360.erasure.words import FORMS, strings_in
from customer360.errors import ErasureError
from customer360.identity.lookup import find_customer
from customer360.identity.normalise.emails import why_impersonal
from customer360.sources.casting import literal
from customer360.sources.contract import TABLES

# A name that stands in more texts of others than this is an everyday word as well, and is left there.
EVERYDAY_NAME = 25
SHORTEST_TEXT = 12  # characters of what a person wrote that is looked for in files
SHORTEST_ADDRESS = 6
KINDS = ("email", "phone", "card", "name")


@dataclass(frozen=True)
class Person:
    """A customer's records by table of raw, and what identifies them; only kept until the erasure is done.

    forms: (kind, form) as they are fingerprinted. strings: what is looked for in files. left: how many values of a kind
    are left alone because others have them too.
    """

    customer_id: str
    records: dict[str, list[str]]
    forms: list[tuple[str, str]]
    strings: list[str]
    left: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, said: dict) -> Person:
        return cls(**said | {"forms": [tuple(pair) for pair in said["forms"]]})

    def names(self) -> set[str]:
        """The customer's id and every record key, as somebody may type them."""
        return {self.customer_id} | {
            f"{TABLES[table].source}.{TABLES[table].name}:{record}"
            for table, records in self.records.items()
            for record in records
        }


def find_person(connection: duckdb.DuckDBPyConnection, typed: str) -> Person:
    """The person behind a customer id or a record key. Raises IdentityError, or ErasureError for one already erased."""
    customer_id = find_customer(connection, typed)
    if customer_id.startswith("erased-"):
        raise ErasureError(f"{customer_id} stands for somebody who was erased: there is nothing left to erase.")
    records = records_of(connection, customer_id)
    _list_theirs(connection, records)
    values = _values(connection)
    forms, left = [], {}
    for kind in KINDS:
        own = _own_forms(connection, kind)
        shared = _shared_forms(connection, kind)
        forms += [(kind, form) for form in sorted(own - shared)]
        left[kind] = len(own & shared)
    everyday = _everyday_names(connection, [form for kind, form in forms if kind == "name"])
    left["name"] += len(everyday)
    forms = [(kind, form) for kind, form in forms if form not in everyday]
    strings = {value for kind, value, form in values if kind not in KINDS or (kind, form) in set(forms)}
    strings |= {form for kind, form in forms if kind in ("email", "card")} | _texts(connection)
    strings |= {customer_id} | _ids_in_words(records)
    forms += [
        (f"{kind}_and_name", form) for kind in ("phone", "email") for form in sorted(_with_name(connection, kind))
    ]
    forms += [("text", text) for text in sorted(_texts_of_others(connection, strings))]
    return Person(customer_id, records, forms, sorted(strings), {kind: count for kind, count in left.items() if count})


def records_of(connection: duckdb.DuckDBPyConnection, customer_id: str) -> dict[str, list[str]]:
    """The ids of the records resolved to the customer, and of the orders and tickets of those."""
    rows = connection.execute(
        f"""
        select source_system || '_' || source_table, source_record_id from identity.record_assignments
        where valid_to is null and customer_id = {literal(customer_id)} order by all
        """
    ).fetchall()
    records: dict[str, list[str]] = {table: [] for table in NAMED_BY_OTHERS}
    for table, record in rows:
        records[table].append(record)
    for table, column, owner in ((ORDERS, "customer_id", CUSTOMERS), (TICKETS, "requester_id", USERS)):
        key = TABLES[table].key
        owners = ", ".join(map(literal, records[owner])) or "null"
        found = connection.execute(f"select distinct {key} from raw.{table} where {column} in ({owners})").fetchall()
        records[table] = sorted({*records[table], *(record for (record,) in found)})
    return {table: found for table, found in records.items() if found}


def _ids_in_words(records: dict[str, list[str]]) -> set[str]:
    """Record ids that can be told from other numbers, alone or as record keys."""
    found = set()
    for table in (CUSTOMERS, USERS, MEMBERS):
        for record in records.get(table, ()):
            found.add(f"{TABLES[table].source}.{TABLES[table].name}:{record}")
            if len(record) >= 5 and not record.isdigit():
                found.add(record)
    return found


def _list_theirs(connection: duckdb.DuckDBPyConnection, records: dict[str, list[str]]) -> None:
    """Temp tables `theirs` (raw_table, id), and `said`, of everybody: raw_table, id, is_theirs and the KINDS."""
    connection.execute("create or replace temp table theirs (raw_table varchar, id varchar)")
    listed = [(table, record) for table, found in records.items() for record in found]
    values = ", ".join(f"({literal(table)}, {literal(record)})" for table, record in listed)
    connection.execute(f"insert into theirs values {values}")
    said = []
    for place in PLACES.values():
        if place.account:
            key, account = TABLES[place.table].key, place.account
            columns = ", ".join(f"{getattr(account, kind) or 'null'}::varchar as {kind}" for kind in KINDS)
            # whoever receives a gift is not who bought it: a gift's recipient says nothing of whose a value is
            not_gifts = "where not coalesce(is_gift, false)" if place.table == ORDERS else ""
            said.append(
                f"select '{place.table}' as raw_table, {key} as id, {columns} from raw.{place.table} {not_gifts}"
            )
    said.append("select 'shop_salespeople', salesperson_id, null, null, null, full_name from raw.shop_salespeople")
    connection.execute(
        f"""
        create or replace temp table said as
        select said.*, theirs.id is not null as is_theirs
        from ({" union all ".join(said)}) as said left join theirs using (raw_table, id)
        """
    )


def _values(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str | None]]:
    """(kind, value as written, its form) of everything in the person's own records by which a file is searched."""
    found = set()
    for kind in KINDS:
        found.update(
            (kind, value.strip(), form)
            for value, form in connection.execute(
                f"select distinct {kind}, {FORMS[kind].format(kind)} from said where is_theirs and {kind} is not null"
            ).fetchall()
        )
    addresses = " union all ".join(
        f"select address_line as said, {TABLES[table].key} in ({_ids(table)}) as is_theirs from raw.{table}"
        for table in (CUSTOMERS, MEMBERS)
    )
    rows = connection.execute(  # a street and number may be in two towns, and a household has one address
        f"""
        select any_value(trim(said)) from ({addresses}) where length(said) >= {SHORTEST_ADDRESS}
        group by lower(trim(said)) having bool_and(is_theirs)
        """
    ).fetchall()
    found.update(("address", address, None) for (address,) in rows)
    return [each for each in found if len(each[1]) >= 4]


def _own_forms(connection: duckdb.DuckDBPyConnection, kind: str) -> set[str]:
    rows = connection.execute(
        f"select distinct {FORMS[kind].format(kind)} as form from said where is_theirs and form is not null"
    ).fetchall()
    forms = {form for (form,) in rows}
    described = (
        "select full_name, name_key, family_name_romanised, given_name_roots, email_normalised, email_mailbox "
        "from identity.source_records inner join theirs "
        "on raw_table = source_system || '_' || source_table and id = source_record_id"
    )
    for _, name_key, family, roots, email, mailbox in connection.execute(described).fetchall():
        if kind == "email":
            forms.update(filter(None, (email, mailbox)))
        elif kind == "name" and name_key and " " in name_key:
            forms.add(name_key)
            forms.update(" ".join(sorted((family, root))) for root in roots or () if family and root.isascii())
    if kind == "email":
        return {form for form in forms if not why_impersonal(form)}
    if kind == "name":  # one word alone is too little to say who is meant
        return {form for form in forms if " " in form or (not form.isascii() and len(form) > 1)}
    return forms


def _shared_forms(connection: duckdb.DuckDBPyConnection, kind: str) -> set[str]:
    rows = connection.execute(
        f"select distinct {FORMS[kind].format(kind)} as form from said where not is_theirs and form is not null"
    ).fetchall()
    shared = {form for (form,) in rows}
    if kind == "name":
        rows = connection.execute(
            "select distinct name_key from identity.source_records anti join theirs "
            "on raw_table = source_system || '_' || source_table and id = source_record_id where name_key is not null"
        ).fetchall()
        shared |= {name for (name,) in rows}
    return shared


def _with_name(connection: duckdb.DuckDBPyConnection, kind: str) -> set[str]:
    """A contact and a name together: nobody else's, even where the contact is a family's."""
    form = f"{FORMS[kind].format(kind)} || ' ' || {FORMS['name'].format('name')}"
    rows = connection.execute(
        f"select distinct {form} as form from said where is_theirs and form is not null"
    ).fetchall()
    return {form for (form,) in rows}


def _everyday_names(connection: duckdb.DuckDBPyConnection, names: list[str]) -> set[str]:
    """Names, of two or three Chinese characters mostly, that many texts of others hold."""
    found = set()
    for name in names:
        if " " not in name:
            (count,) = connection.execute(
                f"""
                select count(*) from raw.helpdesk_ticket_events
                where contains(child_events::varchar, {literal(name)})
                    and ticket_id not in (select id from theirs where raw_table = '{TICKETS}')
                """
            ).fetchone()
            if count > EVERYDAY_NAME:
                found.add(name)
    return found


def _texts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """What the person wrote that nobody else did."""
    rows = connection.execute(
        f"""
        select text from (
            select unnest([subject, description]) as text, id in ({_ids(TICKETS)}) as is_theirs from raw.{TICKETS}
            union all
            select comment, requester_id in ({_ids(USERS)}) from raw.helpdesk_satisfaction_ratings
            union all
            select comment, member_id in ({_ids(MEMBERS)}) from raw.membership_surveys
        )
        where length(text) >= {SHORTEST_TEXT}
        group by text having bool_and(coalesce(is_theirs, false))
        """
    ).fetchall()
    return {text for (text,) in rows}


def _texts_of_others(connection: duckdb.DuckDBPyConnection, strings: set[str]) -> set[str]:
    """Whole texts of others that hold what no form recognises: an address, or words of the person."""
    searched = Search(strings)
    found = set()
    for place in PLACES.values():
        for column in place.texts:
            rows = connection.execute(
                f"select distinct {column}::varchar as text from raw.{place.table} "
                f"where text is not null and regexp_matches(lower(text), {literal(searched.pattern)})"
            ).fetchall()
            found |= {text for (document,) in rows for text in strings_in(document) if searched.found(text)}
    return found


def _ids(table: str) -> str:
    return f"select id from theirs where raw_table = '{table}'"
