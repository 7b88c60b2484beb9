"""Whatever people type: excluded and listed, or taken for nothing; no crash, nobody fused."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from identity_town import Town, add_records, connect, learned, prefix_of, resolve_rows, with_model

from customer360.identity.resolver import resolve

TOWN = Town()


@pytest.fixture
def found(request):
    return TOWN.found(request.function.__name__)


COMPANY_PHONE, SHOP_MAIL, NOBODY = "+442079460101", "frontdesk.sale@example.org", "+442079460102"
GIVEN = ("Ada", "Brian", "Clara", "Dennis", "Esther", "Frank", "Gloria", "Hugo")


@TOWN.case(
    {f"{name}": {"full_name": f"{name} Lockwood", "phone": "+442079460103"} for name in GIVEN[:4]}
    | {"again": {"full_name": "Clara Lockwood", "phone": "+442079460103"}}
)
def test_a_familys_phone_is_still_evidence(found):
    assert "+442079460103" not in found.excluded
    assert found.together("Clara", "again")
    assert found.apart(*GIVEN[:4])


@TOWN.case(
    {name: {"full_name": f"{name} {name}son", "phone": COMPANY_PHONE, "email": SHOP_MAIL} for name in GIVEN}
    | {"nameless": {"phone": COMPANY_PHONE}, "again": {"full_name": "Ada Adason", "phone": COMPANY_PHONE}}
)
def test_a_phone_or_e_mail_of_many_people_is_evidence_for_nobody_and_listed(found):
    assert found.apart(*GIVEN, "nameless", "again")
    assert found.pairs == {} or {pair.outcome for pair in found.pairs.values()} == {"review"}
    assert found.excluded[COMPANY_PHONE] == ("used by about 8 people", 10, 8)
    assert found.excluded[SHOP_MAIL] == ("used by about 8 people", 8, 8)


@TOWN.case(
    {
        "one": {"full_name": "Lavinia Prescott", "phone": NOBODY},
        "two": {"full_name": "Lavinia Prescott", "phone": NOBODY},
    },
    listed=[("phone", NOBODY, "the shop's own number")],
)
def test_a_listed_value_is_excluded_however_few_use_it(found):
    assert found.excluded[NOBODY] == ("listed: the shop's own number", 2, 1)
    assert found.apart("one", "two")


@TOWN.case(
    {
        f"{address}{at}": {"full_name": name, "email": f"{address}@brambleford.example"}
        for address in ("info", "noreply", "no-reply", "sales", "admin", "postmaster")
        for at, name in enumerate(("Theodora Quill", "Theodora Quill"))
    }
)
def test_role_and_no_reply_addresses_join_nobody_even_of_one_name(found):
    """All twelve have one name and no other contact: nothing says that they are one."""
    assert {len(cluster) for cluster in found.clusters} == {1}


LONG = "Maximiliana " * 400
SQL = "Robert'); drop table features;--"
NAMES = {
    "empty": "",
    "blank": " \t\u3000\n",
    "letter": "X",
    "chinese letter": "李",
    "emoji": "😀👍🏽",
    "dots": "...",
    "zero": "0",
    "null": "NULL",
    "nul": "a\x00b",
    "long": LONG,
    "sql": SQL,
    "template": "{{ config }} %s {0} $1",
    "right to left": "\u202eevals\u202c",
    "combining": "Z̸̢̛a̷͓l̵̰g̶̝o̷͜",
    "number": "13800138000",
    "quote": 'O\'Brien "Bob" \\',
}


@TOWN.case({name: {"full_name": written} for name, written in NAMES.items()})
def test_names_that_are_none_are_records_of_their_own(found):
    assert len(found.clusters) == len(NAMES)
    assert found.apart(*NAMES)


@TOWN.case(
    {
        f"{name}{at}": {"full_name": written, "email": f"bad{number}@brambleford.example"}
        for number, (name, written) in enumerate(NAMES.items())
        for at in range(2)
    }
)
def test_an_e_mail_joins_two_records_whatever_their_name_is(found):
    assert found.clusters == {frozenset((f"{name}0", f"{name}1")) for name in NAMES}


@TOWN.case(
    {
        f"{at}{number}": {"full_name": name, "email": written}
        for at, name in enumerate(("Cuthbert Winslow", "Prunella Hathersage"))
        for number, written in enumerate(
            ("none", "-", "@", "n/a", "a@b", "cuthbert at mail", "x@", "@example.org", "www.example.org", "😀@😀", LONG)
        )
    }
)
def test_e_mails_that_are_none_join_nobody(found):
    assert {len(cluster) for cluster in found.clusters} == {1}


@TOWN.case(
    {
        f"{at}{number}": {"full_name": name, "birth_date": written}
        for at, name in enumerate(("Horatio Blenkinsop", "Horatio Blenkinsop"))
        for number, written in enumerate(("1900-01-01", "0000-00-00", "1980-00-00", "1980", "yesterday"))
    }
)
def test_birth_dates_that_are_none_join_nobody(found):
    assert {len(cluster) for cluster in found.clusters} == {1}


def test_a_birth_date_after_today_is_listed_with_its_reason_and_not_believed():
    with closing(connect()) as connection:
        add_records(connection, {"r.records:1": {"full_name": "Horatio Blenkinsop", "birth_date": "2099-01-01"}})
        assert connection.execute("select born_on, rejected_values from source_records").fetchone() == (
            None,
            [{"field": "birth_date", "reason": "after the day the record was loaded"}],
        )


@TOWN.case(
    {f"nothing{at}": {} for at in range(30)} | {f"blank{at}": {"full_name": " ", "email": ""} for at in range(9)}
)
def test_records_that_say_nothing_are_everyone_for_themselves(found):
    assert {len(cluster) for cluster in found.clusters} == {1}
    assert found.pairs == {}


@TOWN.case(
    {
        f"{field}{at}": {"full_name": "Septimus Harrowgate" if at else "Drusilla Penhaligon", field: LONG * 5}
        for field in (
            "address_line",
            "city",
            "postcode",
            "occupation",
            "gender",
            "country",
            "phone",
            "organisation_name",
        )
        for at in range(2)
    }
)
def test_very_long_values_in_any_field_are_taken(found):
    assert not any({name[-1] for name in cluster} == {"0", "1"} for cluster in found.clusters if len(cluster) > 1)


def test_ten_thousand_records_with_one_phone_are_ten_thousand_people():
    """Fast, for no pair comes from the phone; the phone is listed with its counts, and nobody is fused."""
    syllables = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we")
    words = [one + two + three for one in syllables for two in syllables for three in syllables]
    rows = {
        f"r.records:{at:05}": {
            "full_name": f"{words[at % 4_900]} {words[(at * 37 + at // 4_900) % 4_913]}",
            "phone": NOBODY,
        }
        for at in range(10_000)
    }
    assert len({row["full_name"] for row in rows.values()}) == 10_000
    with closing(connect()) as connection:
        add_records(connection, rows)
        started = time.monotonic()
        resolve(connection, records="source_records", previous=with_model(learned()))
        seconds = time.monotonic() - started
        assert connection.execute("select identifier_type, identifier, record_count from excluded").fetchall() == [
            ("phone", NOBODY, 10_000)
        ]
        assert connection.execute("select count(distinct cluster) from resolved").fetchone() == (10_000,)
        assert connection.execute("select count(*) from links").fetchone() == (0,)
    assert seconds < 30  # 50 million pairs would take minutes


def test_nothing_typed_reached_the_database_as_code():
    connection = TOWN.resolve()
    (strange,) = connection.execute(
        "select count(*) from features where starts_with(record_key, $1)",
        [prefix_of("test_names_that_are_none_are_records_of_their_own")],
    ).fetchone()
    assert strange == len(NAMES)


def test_one_record_alone_is_a_customer():
    assert resolve_rows({"a.records:1": {"full_name": "Ann"}}).clusters == {frozenset({"a.records:1"})}
