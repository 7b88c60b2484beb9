"""The normalisation in DuckDB: what the functions return, and that dbt and `evaluate` ask for the same things."""

from __future__ import annotations

import re
from datetime import date, datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.build import project_folder
from customer360.errors import SettingError
from customer360.identity.functions import INPUTS, OUTPUTS, register, source_records
from customer360.identity.normalise.record import Record, normalise_record

SAID = {
    "record_key": "shop.customers:C:1",
    "full_name": "Dr. Bob O'Brien",
    "email": "B.OBrien+shop@gmail.com",
    "phone": "139 1234 5678",
    "birth_date": "1949 7 22",
    "gender": "M",
    "address_line": "12 High Street",
    "city": "上海市",
    "postcode": "200 001",
    "country": "中国",
    "_loaded_at": datetime(2026, 1, 31, 8),
}


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        register(connection)
        yield connection


def normalised(connection, **said):
    said = {"record_key": "a.b:1", **said}
    connection.execute(f"create or replace temp table said as select {', '.join(f'${n} as {n}' for n in said)}", said)
    relation = connection.sql(source_records("said", columns=said))
    return dict(zip(relation.columns, relation.fetchone(), strict=True))


def test_a_raw_record_becomes_a_source_record(connection):
    record = normalised(connection, **SAID)
    assert record | {"given_name_roots": set(record["given_name_roots"])} == {
        "record_key": "shop.customers:C:1",
        "source_system": "shop",
        "source_table": "customers",
        "source_record_id": "C:1",
        "account_type": "unknown",
        "full_name": "Dr. Bob O'Brien",
        "name_normalised": "bob obrien",
        "given_name": "bob",
        "family_name": "obrien",
        "family_name_romanised": "obrien",
        "given_name_roots": {"bob", "robert", "bobby", "bert"},
        "name_key": "bob obrien",
        "organisation_name": None,
        "email_normalised": "b.obrien+shop@gmail.com",
        "email_mailbox": "bobrien@gmail.com",
        "phone_normalised": "+8613912345678",
        "born_on": date(1949, 7, 22),
        "birth_digits": "19490722",
        "gender": "male",
        "occupation": None,
        "address_normalised": "12 high st",
        "city_normalised": "shanghai",
        "region_normalised": None,
        "postcode_normalised": "200001",
        "country": "CN",
        "rejected_values": None,
        "card_number": None,
        "first_seen_at": None,
        "_loaded_at": datetime(2026, 1, 31, 8),
    }


def test_a_record_that_says_nothing_is_all_null(connection):
    record = normalised(connection)
    assert {name for name, value in record.items() if value is not None} == {
        "record_key", "source_system", "source_table", "source_record_id", "account_type",
    }  # fmt: skip


def test_what_is_not_believed_is_listed_with_its_reason_and_without_its_value(connection):
    record = normalised(
        connection,
        email="info@example.com",
        phone="00000000",
        birth_date="2031-01-01",
        _loaded_at=datetime(2026, 1, 31),
    )
    assert record["rejected_values"] == [
        {"field": "email", "reason": "the address of a role, not of a person"},
        {"field": "phone", "reason": "not a number that can be dialled"},
        {"field": "birth_date", "reason": "after the day the record was loaded"},
    ]
    assert (record["email_normalised"], record["email_mailbox"]) == ("info@example.com", None)
    assert record["born_on"] is None


def test_an_organisations_name_is_no_persons(connection):
    record = normalised(connection, full_name="Northgate Training Ltd")
    assert (record["account_type"], record["organisation_name"], record["name_key"]) == (
        "organisation", "northgate training", None,
    )  # fmt: skip
    contact = normalised(connection, account_type="organisation", full_name="Bob Li", organisation_name="Acme Ltd")
    assert (contact["organisation_name"], contact["name_normalised"]) == ("acme", "bob li")
    person = normalised(connection, account_type="individual", full_name="College Smith")
    assert (person["account_type"], person["family_name"]) == ("individual", "smith")


def test_a_phone_is_read_in_the_records_own_country_before_the_default(connection):
    assert normalised(connection, phone="07700 900123", country="UK")["phone_normalised"] == "+447700900123"
    connection.execute("create temp table numbers as select '07700 900123' as phone")
    (found,) = connection.execute("select normalise_phone(phone, 'GB') from numbers").fetchone()
    assert found == "+447700900123"


def test_a_default_country_that_is_none_is_an_error_not_a_table_of_nulls(connection):
    with pytest.raises(SettingError, match="'China'"):
        register(connection, "China")
    connection.execute("create temp table numbers as select '13912345678' as phone")
    with pytest.raises(duckdb.Error, match="default_country is 'cn'"):
        connection.execute("select normalise_phone(phone, 'cn') from numbers").fetchall()


def test_functions_work_in_every_cursor_and_can_be_registered_again(connection):
    register(connection)
    cursor = connection.cursor()
    found = cursor.execute("select normalise_email(' A@B.com '), email_mailbox('a.b+c@gmail.com'), email_mailbox(null)")
    assert found.fetchone() == ("a@b.com", "ab@gmail.com", None)


def test_many_rows_of_every_kind_come_back_in_their_places(connection):
    connection.execute(
        """
        create temp table said as
        select
            concat('a.b:', i) as record_key, concat('Bob Smith', chr(cast(97 + i % 26 as int))) as full_name,
            case when i % 3 = 0 then concat('user', i, '@example.com') end as email
        from range(5000) as numbers(i)
        """
    )
    wrong = connection.execute(
        f"""
        select count(*) from ({source_records("said", columns=["full_name", "email"])}) as records
        inner join said using (record_key)
        where records.email_normalised is distinct from said.email
            or records.name_normalised is distinct from lower(said.full_name)
        """
    ).fetchone()
    assert wrong == (0,)
    assert connection.execute(source_records("(select * from said where false)", columns=["email"])).fetchall() == []


def test_outputs_are_those_of_a_record_and_dbt_lists_the_same():
    assert tuple(OUTPUTS) == Record._fields
    macro = (project_folder() / "macros" / "normalise_record.sql").read_text(encoding="utf-8")
    inputs, fields = (
        re.findall(r"'(\w+)'", re.search(rf"macro {name}\(\).*?return\(\[(.*?)\]\)", macro, re.S)[1])
        for name in ("record_inputs", "normalised_fields")
    )
    assert tuple(inputs) == INPUTS
    assert fields == list(OUTPUTS)


anything = st.none() | st.text(max_size=30) | st.text(alphabet="0123456789-/.+ ()@x转年月日号市", max_size=20)


@given(st.lists(anything, min_size=15, max_size=15))
@settings(max_examples=1000, deadline=None)
def test_no_text_in_any_field_breaks_a_build(said):
    record = normalise_record("CN", *said, date(2026, 1, 31))
    for value, (_, arrow_type) in zip(record, OUTPUTS.values(), strict=True):
        pa.array([value], arrow_type)
    assert all(value != "" for value in record)
