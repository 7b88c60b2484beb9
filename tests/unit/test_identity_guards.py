"""What must never be fused silently, whatever record stands between; and what is told about it."""

from __future__ import annotations

import pytest
from identity_town import LOADED, Town

from customer360.identity.clusters import MOST_PROFILES

TOWN = Town()


@pytest.fixture
def found(request):
    return TOWN.found(request.function.__name__)


HOME = {"address_line": "7 Quarry Lane", "city": "Ludlow", "postcode": "SY8 1AA"}
FAMILY = {
    "mother": {"full_name": "Harriet Canaryfield", "phone": "+447700900201", "email": "canaryfield@example.org"},
    "father": {"full_name": "Oswald Canaryfield", "phone": "+447700900201", "email": "canaryfield@example.org"},
    "child": {"full_name": "Tabitha Canaryfield", "phone": "+447700900201", "email": "canaryfield@example.org"},
}


@TOWN.case({name: row | HOME for name, row in FAMILY.items()})
def test_a_family_that_shares_phone_mail_and_home_is_not_one_person(found):
    assert found.apart("mother", "father", "child")
    assert found.pair("mother", "father").objection == "their names differ, and no birth date says that they are one"
    assert {pair.outcome for pair in found.pairs.values()} <= {"held", "apart"}


@TOWN.case(
    {
        "mother": {"full_name": "Harriet Ravensworth", "phone": "+447700900202"},
        "father": {"full_name": "Oswald Ravensworth", "phone": "+447700900202"},
        "ticket": {"phone": "+447700900202"},
        "order": {"full_name": "Ravensworth", "phone": "+447700900202"},
    }
)
def test_neither_a_nameless_record_nor_a_family_name_fuses_a_family(found):
    assert found.apart("mother", "father")
    assert not found.together("mother", "ticket")
    assert not found.together("father", "ticket")


@TOWN.case(
    {
        "mother": {"full_name": "Harriet Stanhope", "phone": "+447700900203", "email": "harriet.s@example.org"},
        "hers": {"full_name": "H. Stanhope", "email": "harriet.s@example.org", "phone": "+447700900204"},
        "his": {"full_name": "H. Stanhope", "email": "horace.s@example.org", "phone": "+447700900204"},
        "father": {"full_name": "Horace Stanhope", "phone": "+447700900203", "email": "horace.s@example.org"},
    }
)
def test_no_chain_of_links_fuses_two_who_are_known_to_be_apart(found):
    """Each neighbour in the chain is alike; its ends are on one phone under two given names."""
    assert found.apart("mother", "father")
    assert found.pair("mother", "father").outcome in ("apart", "held")
    held = [pair for pair in found.pairs.values() if pair.is_guarded]
    assert held
    assert {pair.objection for pair in held} == {"it would bring together records that are known to be apart"}


@TOWN.case(
    {
        "elder": {"full_name": "Jasper Thornbury", "email": "thornbury@example.org", "birth_date": "1948-02-11"},
        "younger": {"full_name": "Jasper Thornbury", "email": "thornbury@example.org", "birth_date": "1976-09-23"},
        "ticket": {"full_name": "Jasper Thornbury", "email": "thornbury@example.org"},
    }
)
def test_two_birth_dates_are_two_people_even_of_one_name_at_one_e_mail(found):
    assert found.apart("elder", "younger")
    assert found.pair("elder", "younger").objection == "their birth dates differ"
    assert found.pair("elder", "younger").outcome == "held"


@TOWN.case(
    {
        "his": {"full_name": "Basil Merriweather", "phone": "+447700900205", "card_number": "C-9201"},
        "hers": {"full_name": "Daphne Merriweather", "phone": "+447700900205", "card_number": "C-9202"},
    }
)
def test_two_cards_of_two_people_are_two_customers(found):
    assert found.apart("his", "hers")
    assert found.pair("his", "hers").objection == "they hold two member cards"


@TOWN.case(
    {
        "old": {"full_name": "Cecily Drummond", "email": "cecily.drummond@example.org", "card_number": "C-9203"},
        "new": {"full_name": "Cecily Drummond", "email": "cecily.drummond@example.org", "card_number": "C-9204"},
    }
)
def test_one_person_may_have_lost_a_card_and_got_another(found):
    assert found.together("old", "new")


@TOWN.case(
    {
        "firm": {
            "full_name": "Oakhurst Timber Ltd",
            "account_type": "organisation",
            "email": "nigel.frobisher@example.org",
            "phone": "+447700900206",
        },
        "person": {
            "full_name": "Oakhurst Timber",
            "account_type": "individual",
            "email": "nigel.frobisher@example.org",
            "phone": "+447700900206",
        },
    }
)
def test_a_contact_person_does_not_become_the_organisation(found):
    """Not even one who signs with its name."""
    assert found.apart("firm", "person")
    assert found.pair("firm", "person").objection == "an organisation and a person"


@TOWN.case(
    {
        "firm": {"full_name": "Wexcombe Printing Ltd", "account_type": "organisation", "phone": "+447700900207"},
        "again": {"full_name": "Wexcombe Printing Limited", "account_type": "organisation", "phone": "+447700900207"},
        "other": {"full_name": "Sandiford Dairy Ltd", "account_type": "organisation", "phone": "+447700900207"},
    }
)
def test_an_organisation_is_one_under_any_legal_form_and_another_name_is_another(found):
    assert found.together("firm", "again")
    assert found.apart("firm", "other")


@TOWN.case(
    {
        "one": {"address_line": "12 Gallows Hill", "city": "Warwick", "postcode": "CV34 6SA"},
        "other": {"address_line": "12 Gallows Hill", "city": "Warwick", "postcode": "CV34 6SA"},
        "named": {
            "full_name": "Percival Stroud",
            "address_line": "12 Gallows Hill",
            "city": "Warwick",
            "postcode": "CV34 6SA",
        },
    }
)
def test_an_address_alone_joins_nobody(found):
    assert found.apart("one", "other", "named")
    assert {pair.objection for pair in found.pairs.values()} <= {"only an address joins them"}


@TOWN.case(
    {
        "one": {"full_name": "Rupert Ellingham", "phone": "+447700900208", "city": "Whitby", "postcode": "YO21 1AA"},
        "other": {"full_name": "Rupert Ellingham", "phone": "+447700900271", "city": "Whitby", "postcode": "YO21 1AA"},
    }
)
def test_a_name_and_a_town_with_two_phones_join_nobody(found):
    assert found.apart("one", "other")
    assert found.pair("one", "other").objection == "only a name and a place join them, and their phones differ"
    assert found.pair("one", "other").outcome == "review"


PLACE = {"city": "Whitby", "postcode": "YO21 1AB"}
STAITHES = {"city": "Staithes", "postcode": "TS13 5AA", "gender": "male", "occupation": "cooper"}


@TOWN.case(
    {
        "one": {"full_name": "Leocadia Whitefell", "email": "leocadia.whitefell@example.org"} | PLACE,
        "other": {"full_name": "Leocadia Whitebell", "email": "lw1970@example.net"} | PLACE,
    }
)
def test_similar_names_of_one_place_with_two_mails_are_a_question(found):
    assert found.apart("one", "other")
    assert found.pair("one", "other").objection == "only a similar name and a place join them, and their e-mails differ"
    assert found.pair("one", "other").outcome == "review"


@TOWN.case(
    {
        "one": {"full_name": "K. Applethwaite", "phone": "+447700900281"} | PLACE,
        "other": {"full_name": "Kunigunde Applethwaite"} | PLACE,
    }
)
def test_an_initial_and_a_place_are_a_question(found):
    assert found.apart("one", "other")
    assert found.pair("one", "other").objection == "only a short name and a place join them"
    assert found.pair("one", "other").outcome == "review"


@TOWN.case(
    {
        "one": {"full_name": "Cornelius Hathersedge", "phone": "+447700900282", "email": "cornelius.h@example.org"}
        | STAITHES,
        "other": {"full_name": "Cornelius Hathersedge", "phone": "+447700900283"} | STAITHES,
        "both": {"full_name": "C. Hathersedge", "phone": "+447700900283", "email": "cornelius.h@example.org"},
    }
)
def test_another_phone_does_not_part_whom_a_third_record_joins(found):
    """Too little in common is no contradiction."""
    assert found.pair("one", "other").outcome == "review"
    assert found.together("one", "other", "both")


def chain(length: int) -> dict[str, dict[str, str]]:
    """Each shares an e-mail with the one before and a phone with the one after, and nothing with the others."""
    return {
        f"r{at:02}": {
            "full_name": "Araminta Featherstone",
            "email": f"araminta{(at + 1) // 2}@example.org",
            "phone": f"+447700900{300 + at // 2}",
        }
        for at in range(length)
    }


@TOWN.case(chain(12))
def test_a_chain_of_exact_rules_holds_together(found):
    """A person who changed phone, then e-mail, then phone: no contradiction, and nothing is held for being sparse."""
    assert len(found.clusters) == 1


def drifting(length: int) -> dict[str, dict[str, str]]:
    """One name; each shares a birth date, an address or a town with the next, and nothing else with any."""

    def given(link: int) -> dict[str, str]:
        return (
            {"birth_date": f"19{50 + link * 3}-0{1 + link % 9}-1{link % 7}"},
            {"address_line": f"{17 + link} {chr(65 + link) * 3}ford Crescent"},
            {"city": f"{chr(65 + link) * 2}mouth", "postcode": f"Y{chr(65 + link)}{link + 3} {link % 9}QZ"},
        )[link % 3]

    return {f"r{at}": {"full_name": "Theophilus Wainwright"} | given(at) | given(at + 1) for at in range(length)}


@TOWN.case(drifting(10))
def test_a_chain_of_weak_links_is_held(found):
    """Any two neighbours are one person by what they say, but the ends have a name in common and nothing else."""
    assert found.apart("r0", "r9")
    assert found.together("r1", "r2", "r3")
    held = [pair for pair in found.pairs.values() if pair.is_guarded]
    assert {pair.objection for pair in held} == {"most records on its two sides do not look alike"}


@TOWN.case(
    {
        f"r{at:03}": {"full_name": "Euphemia Blackwood", "email": f"b{at}@example.org", "card_number": "C-9205"}
        for at in range(MOST_PROFILES + 20)
    }
)
def test_a_customer_of_more_different_records_than_plausible_is_held(found):
    assert max(len(cluster) for cluster in found.clusters) == MOST_PROFILES
    held = [pair for pair in found.pairs.values() if pair.outcome == "held"]
    assert held
    assert {pair.objection for pair in held} == {f"the customer would have more than {MOST_PROFILES} different records"}


@TOWN.case(
    {
        name: {"full_name": f"{given} Stillwater", "phone": "+447700900290", "email": "stillwater@example.org"}
        for name, given in (("mother", "Marjorie"), ("father", "Reginald"), ("child", "Phoebe"))
    },
    decisions=[("mother", "father", "link")],
)
def test_people_may_link_against_every_guard(found):
    assert found.together("mother", "father")
    assert found.apart("mother", "child")
    assert found.pair("mother", "father").rule == "decision"


@TOWN.case(
    {
        "a": {"full_name": "Clementine Yardley", "email": "c.yardley@example.org", "card_number": "C-9206"},
        "b": {"full_name": "Clementine Yardley", "email": "c.yardley@example.org", "card_number": "C-9206"},
        "c": {"full_name": "Clementine Yardley", "email": "c.yardley@example.org", "card_number": "C-9206"},
    },
    decisions=[("c", "a", "unlink"), ("a", "nobody", "link"), ("nobody", "nobody else", "unlink")],
)
def test_people_may_part_what_a_card_and_the_same_details_join(found):
    assert found.apart("a", "c")
    assert found.pair("a", "c").outcome == "apart"
    assert len(found.clusters) == 2


@TOWN.case(
    {
        name: {"full_name": f"Zebedee {surname}", "email": f"z.{surname}@example.org"}
        for name, surname in (("a", "Applegarth"), ("b", "Brocklehurst"), ("c", "Crackenthorpe"))
    },
    decisions=[("a", "b", "link"), ("b", "c", "link"), ("c", "a", "link")],
)
def test_a_cycle_of_links_is_one_customer(found):
    assert found.together("a", "b", "c")


def test_no_reason_tells_a_personal_value():
    """Every word of a name, every e-mail, phone, card and address of the town: none of them in what is written."""
    connection = TOWN.resolve()
    told = connection.execute(
        "select distinct unnest([evidence, objection, reason]) from pairs union select reason from links"
        " union select reason from excluded"
    ).fetchall()
    sentences = " ".join(sentence.lower() for (sentence,) in told if sentence)
    assert len(sentences) > 1_000
    canaries = {
        word
        for row in TOWN.records.values()
        for field, value in row.items()
        if field in ("full_name", "email", "phone", "card_number", "postcode", "city", "address_line")
        for word in value.lower().split()
        if len(word) > 4
    }
    assert len(canaries) > 100
    assert {canary for canary in canaries if canary in sentences} == set()
    assert str(LOADED.year) not in sentences
