"""Every column says how personal it is, in one vocabulary; what cannot be told is never taken for harmless."""

import pytest

from customer360 import personal_data
from customer360.sources.contract import TABLES


def test_who_somebody_is_is_personal_in_every_table_of_raw():
    names = {"email", "phone", "full_name", "birth_date", "card_number", "address_line", "contact_person"}
    for table in TABLES.values():
        words = personal_data.columns(table)
        assert list(words) == [column.name for column in table.columns]
        assert {words[name] for name in names & set(words)} <= {"personal"}
        assert set(words.values()) <= set(personal_data.CLASSES)
    assert personal_data.columns(TABLES["shop_orders"])["recipient_phone"] == "personal"
    assert personal_data.columns(TABLES["helpdesk_ticket_events"])["child_events"] == "free_text"


def test_numbers_times_and_flags_inherit_the_word_of_their_table():
    for data_type in ("bigint", "DECIMAL(18,4)", "timestamp", "boolean"):
        assert personal_data.word("t.c", None, "fact", data_type) == "fact"
    assert personal_data.word("t.c", "sensitive", "fact", "boolean") == "sensitive"


@pytest.mark.parametrize(
    "data_type", ["varchar", "date", "json", "blob", "struct(a bigint)", "bigint[]", "timestamp with time zone", "uuid"]
)
def test_what_can_hold_a_name_has_to_say_it_itself(data_type):
    with pytest.raises(ValueError, match=r"^t\.c .* does not say how personal it is"):
        personal_data.word("t.c", None, "none", data_type)
    assert personal_data.word("t.c", "personal", "none", data_type) == "personal"


def test_a_word_of_no_vocabulary_and_a_table_that_says_nothing_are_refused():
    with pytest.raises(ValueError, match=r"t\.c says that it is harmless"):
        personal_data.word("t.c", "harmless", "fact", "varchar")
    with pytest.raises(ValueError, match="does not say"):
        personal_data.word("t.c", None, None, "bigint")
