"""Which records are one customer: the exact rules, the names that must meet and those that must not."""

from __future__ import annotations

import pytest
from identity_town import Town

TOWN = Town()


@pytest.fixture
def found(request):
    return TOWN.found(request.function.__name__)


@TOWN.case(
    {
        "shop": {"full_name": "Agnes Whitlock", "email": "agnes.whitlock@example.org", "card_number": "C-9001"},
        "till": {"full_name": "Mrs Pemberton", "phone": "+447700900101", "card_number": "C-9001"},
    }
)
def test_the_same_member_card_is_one_customer_whatever_else_differs(found):
    assert found.together("shop", "till")
    assert found.pair("shop", "till").rule == "member_card"
    assert found.said("shop", "till").startswith("the same member card")


@TOWN.case(
    {
        "account": {"full_name": "Tobias Ferrant", "email": "tobias.ferrant@example.org"},
        "member": {"full_name": "T F", "phone": "+447700900102", "card_number": "C-9002"},
    },
    identifiers=[("account", "member_id", "C-9002"), ("member", "card", "C-9002")],
)
def test_an_account_that_gives_a_member_id_is_the_holder_of_that_card(found):
    assert found.together("account", "member")
    assert found.pair("account", "member").rule == "member_card"


@TOWN.case(
    {
        "account": {"full_name": "Odette Vance", "email": "odette.vance@example.org"},
        "order": {"full_name": "O. V.", "email": "other.mail@example.net"},
    },
    identifiers=[("account", "shop_customer_id", "88101"), ("order", "shop_customer_id", "88101")],
)
def test_an_order_that_names_an_account_is_of_that_account(found):
    assert found.together("account", "order")
    assert found.pair("account", "order").rule == "shop_customer_id"


@TOWN.case(
    {
        "member": {"full_name": "Ingrid Solberg", "phone": "+447700900103", "card_number": "C-9004"},
        "order": {"full_name": "Solberg, Ingrid", "email": "isolberg@example.org"},
    },
    identifiers=[("member", "purchase", "P-1"), ("order", "purchase", "P-1")],
)
def test_a_purchase_with_a_card_is_the_members_if_the_name_is_theirs(found):
    assert found.together("member", "order")
    assert found.pair("member", "order").rule == "member_purchase"


@TOWN.case(
    {
        "husband": {"full_name": "Gustav Lindqvist", "phone": "+447700900104", "card_number": "C-9005"},
        "wife": {"full_name": "Petra Lindqvist", "email": "petra.lindqvist@example.org"},
    },
    identifiers=[("husband", "purchase", "P-2"), ("wife", "purchase", "P-2")],
)
def test_the_husbands_card_at_a_wifes_purchase_makes_them_no_one_person(found):
    assert found.apart("husband", "wife")
    assert "link" not in {pair.outcome for pair in found.pairs.values()}


@TOWN.case(
    {
        "card": {"full_name": "Shen Wei", "phone": "+447700900111", "card_number": "C-9006"},
        "order": {"full_name": "Shen Wen", "email": "shen.wen@example.org"},
    },
    identifiers=[("card", "purchase", "P-3"), ("order", "purchase", "P-3")],
)
def test_nor_does_a_card_make_one_of_two_short_names_a_letter_apart(found):
    assert found.apart("card", "order")
    assert found.pair("card", "order").rule == "probabilistic"


@TOWN.case(
    {
        "old": {"full_name": "Marguerite Dubois", "email": "m.dubois@example.org", "phone": "+447700900105"},
        "new": {"full_name": "Marguerite Duboys", "email": "M.Dubois@Example.org", "phone": "+447700900106"},
    }
)
def test_an_e_mail_and_an_alike_name_are_one_customer(found):
    assert found.together("old", "new")
    assert found.pair("old", "new").rule == "email"


@TOWN.case(
    {
        "old": {"full_name": "Leopold Harcourt", "email": "leo@example.org", "phone": "07700 900107"},
        "new": {"full_name": "Leopold Harcort", "email": "harcourt@example.net", "phone": "+44 7700 900107"},
    }
)
def test_a_phone_and_an_alike_name_are_one_customer(found):
    assert found.together("old", "new")
    assert found.pair("old", "new").rule == "phone"


@TOWN.case(
    {
        "mail": {"full_name": "Zhao Wei", "email": "zhao.home@example.org"},
        "mail too": {"full_name": "Zhao Wen", "email": "zhao.home@example.org"},
        "phone": {"full_name": "Qian Wei", "phone": "+447700900112"},
        "phone too": {"full_name": "Qian Wen", "phone": "+447700900112"},
    }
)
def test_two_short_names_a_letter_apart_are_not_alike_enough_for_an_exact_rule(found):
    assert {pair.rule for pair in found.pairs.values()} == {"probabilistic"}


@TOWN.case(
    {
        "account": {"full_name": "Beatrix Holloway", "email": "beatrix.h@example.org"},
        "ticket": {"email": "beatrix.h@example.org"},
    }
)
def test_a_record_without_a_name_is_of_the_one_customer_its_contact_leads_to(found):
    assert found.together("account", "ticket")


@TOWN.case(
    {
        "mother": {"full_name": "Cordelia Marsh", "phone": "+447700900108"},
        "son": {"full_name": "Felix Marsh", "phone": "+447700900108"},
        "ticket": {"phone": "+447700900108"},
    }
)
def test_a_record_without_a_name_whose_contact_leads_to_two_customers_is_held_for_a_person(found):
    assert found.apart("mother", "son", "ticket")
    assert {found.pair(name, "ticket").outcome for name in ("mother", "son")} == {"held"}
    assert "several customers" in found.said("mother", "ticket")


GUEST = {"full_name": "Wilhelmina Oakes", "email": "w.oakes@example.org", "phone": "+447700900109"}


@TOWN.case({f"order{number:03}": GUEST for number in range(200)} | {"account": GUEST | {"phone": None}})
def test_two_hundred_orders_with_the_same_details_cost_a_star_not_all_their_pairs(found):
    assert len(found.clusters) == 1
    assert len(found.pairs) == 200
    assert [pair.rule for pair in found.pairs.values()].count("same_details") == 199


@TOWN.case(
    {
        "one": {"full_name": "Ambrose Kettering"},
        "other": {"full_name": "Ambrose Kettering"},
    }
)
def test_two_records_with_nothing_but_a_name_are_no_same_person(found):
    assert found.apart("one", "other")


# Each of these is the same person as the first of its line: they share an e-mail, and the name does not forbid it.
SAME_PERSON = {
    "chinese": ("李伟", "Li Wei", "Wei Li", "LI WEI", "ＬＩ ＷＥＩ", "Mr. Li Wei"),
    "traditional": ("陳麗華", "陈丽华", "Chen Lihua", "Lihua CHEN"),
    "initial": ("Rosalind Ashdown", "R. Ashdown", "Ashdown, R."),
    "short": ("Robert Ashdown", "Bob Ashdown", "Rob Ashdown", "Ashdown, Robert", "ROBERT ASHDOWN"),
    "slips": ("Katherine Pembroke", "Katherine Pembrok", "Kathrine Pembroke", "Katherien Pembroke"),
    "diacritics": ("François Müller", "Francois Muller", "FRANÇOIS MÜLLER"),
}
# Each of these is another person than every other of its line, at one e-mail without a birth date.
OTHER_PERSON = {
    "chinese": ("Li Wei", "Li Na", "Li Qiang"),
    "english": ("Robert Thackeray", "William Thackeray", "Eleanor Thackeray"),
    "families": ("Henrietta Cole", "Henrietta Babbington"),
}


@TOWN.case(
    {
        f"{line}{at}": {"full_name": name, "email": f"{line}.same@example.org"}
        for line, names in SAME_PERSON.items()
        for at, name in enumerate(names)
    }
)
def test_every_way_to_write_a_name_meets_the_others(found):
    assert found.clusters == {
        frozenset(f"{line}{at}" for at in range(len(names))) for line, names in SAME_PERSON.items()
    }


@TOWN.case(
    {
        f"{line}{at}": {"full_name": name, "email": f"{line}.other@example.org"}
        for line, names in OTHER_PERSON.items()
        for at, name in enumerate(names)
    }
)
def test_other_names_at_one_e_mail_are_other_people(found):
    assert {len(cluster) for cluster in found.clusters} == {1}


@TOWN.case(
    {
        "bob": {"full_name": "Bob Fairweather", "birth_date": "1971-04-03", "postcode": "BA1 1AA"},
        "robert": {"full_name": "Robert Fairweather", "birth_date": "1971-04-03", "postcode": "BA1 1AA"},
        "swapped": {"full_name": "Robert Fairweather", "birth_date": "1971-03-04", "postcode": "BA1 1AA"},
    }
)
def test_evidence_without_any_contact_joins_them_when_there_is_enough_of_it(found):
    assert found.together("bob", "robert", "swapped")
    assert {pair.rule for pair in found.pairs.values()} == {"probabilistic"}
    assert "birth dates with day and month changed over" in found.said("robert", "swapped")
