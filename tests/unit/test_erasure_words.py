"""How an erased person is recognised: fingerprints, words in texts, bytes in files, and what documents keep."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from customer360.erasure import words
from customer360.erasure.documents import Redactor
from customer360.erasure.places import PLACES
from customer360.erasure.search import Search
from customer360.erasure.tombstones import create_functions, fingerprint
from customer360.sources.contract import TABLES

KEY = b"a key that is a secret of this test"
ERASED_AT = datetime(2026, 3, 1)


def recogniser(*known: tuple[str, str]) -> words.Recogniser:
    return words.Recogniser(KEY, {(kind, fingerprint(KEY, kind, form)): ERASED_AT for kind, form in known})


@pytest.mark.parametrize("key", [KEY, b"k" * 200])
@pytest.mark.parametrize("said", ["ann@mail.example", "欧阳翠羽", "", "1' or '1'='1"])
def test_sql_and_python_make_the_same_fingerprints(key, said):
    with duckdb.connect() as connection:
        create_functions(connection, key)
        made = connection.execute("select erased_fingerprint('email', $said)", {"said": said}).fetchone()[0]
    assert made == fingerprint(key, "email", said)
    assert made != fingerprint(key, "name", said)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("email", "  Ann.Li@Mail.Example "),
        ("phone", "+44 (0)20 7946-0958"),
        ("phone", "12 34"),
        ("card", "KAN7-7731 0059"),
        ("name", "Zoë  van DYKE"),
        ("name", "欧阳翠羽"),
    ],
)
def test_sql_and_python_make_the_same_forms(kind, said):
    form = words.FORMS[kind].format("$said")
    made = duckdb.execute(f"select {form.replace('$said', 'said')} from (select $said as said)", {"said": said})
    assert made.fetchone()[0] == getattr(words, kind)(said)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("ask Ann Li, not Anna Li", "ask [erased], not Anna Li"),
        ("LI ANN; ann-li", "[erased]; ann-li"),
        ("mailto:ann.li@mail.example.", "mailto:[erased]."),
        ("joann.li@mail.example", "joann.li@mail.example"),
        ("0086 138-0013-8001!", "[erased]!"),
        ("138 0013 8002", "138 0013 8002"),
        ("我是欧阳翠羽，请回电", "我是[erased]，请回电"),
        ("", ""),
    ],
)
def test_a_mention_is_taken_out_and_nothing_else(text, clean):
    known = recogniser(
        ("email", "ann.li@mail.example"), ("phone", "800138001"), ("name", "ann li"), ("name", "欧阳翠羽")
    )
    assert known.redacted(text) == clean
    assert known.redacted(text) == clean


def test_a_text_that_was_written_after_the_erasure_is_about_somebody_who_came_later():
    known = recogniser(("name", "ann li"))
    known.written_at = datetime(2026, 3, 2)
    assert known.redacted("Ann Li") == "Ann Li"
    known.written_at = datetime(2026, 2, 2)
    assert known.redacted("Ann Li") == "[erased]"


def test_documents_are_redacted_within_and_stay_documents():
    known = recogniser(("name", "ann li"), ("phone", "800138001"))
    assert known.redacted_document('{"a": ["x Ann Li"], "n": 13800138001, "id": 5}') == (
        '{"a": ["x [erased]"], "n": null, "id": 5}'
    )
    assert known.redacted_document('{"a":"\\u6b27"}') == '{"a":"\\u6b27"}'
    assert known.redacted_document("not JSON, Ann Li") == "not JSON, [erased]"


SEARCH = Search(["Ann Li", "ann.li@mail.example", "欧阳翠羽", "+86 (138)"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gb18030"])
def test_bytes_are_searched_in_every_encoding_and_overwritten_at_their_length(encoding):
    raw = "from ANN LI <Ann.Li@mail.example>, 欧阳翠羽.".encode(encoding)
    assert SEARCH.count(raw) == 3
    clean = SEARCH.blotted(raw)
    assert (len(clean), SEARCH.count(clean)) == (len(raw), 0)
    assert "from".encode(encoding) in clean


def test_a_longer_name_is_another_name():
    assert SEARCH.count(b"Ann Lively, 1+86 (138)0") == 0


def test_bytes_are_searched_as_other_formats_write_them():
    for raw in (
        b'{"name": "\\u6b27\\u9633\\u7fe0\\u7fbd"}',
        b"?q=ann.li%40mail.example",
        b"%E6%AC%A7%E9%98%B3%E7%BF%A0%E7%BE%BD",
    ):
        assert SEARCH.count(raw) == 1


def test_duckdb_finds_what_python_finds():
    for text in ("x Ann Li.", "Ann Lively", "我是欧阳翠羽", "+86 (138)", "joann li"):
        (found,) = duckdb.execute("select regexp_matches(lower($1), $2)", [text, SEARCH.pattern]).fetchone()
        assert found == SEARCH.found(text), text


def test_of_an_event_stays_what_happened():
    redactor = Redactor(
        lambda user: {"77": "erased-1"}.get(user), lambda text: text == "so1", lambda tag: tag == "late"
    )
    kept = {"id": 1, "event_type": "Change", "status": "open", "previous_value": "new"}
    assert redactor.child_events([kept | {"subject": "I am Ann", "meta": {"ip": "1.2.3.4"}}]) == [kept]
    assert redactor.child_events([{"id": 2, "360001": "so1", "360002": "call Ann", "previous_value": "Ann"}]) == [
        {"id": 2, "360001": "so1", "360002": None, "previous_value": None}
    ]
    assert redactor.child_events([{"id": 3, "tags": ["late", "ann_li"], "previous_value": ["ann_li"]}]) == [
        {"id": 3, "tags": ["late"], "previous_value": []}
    ]
    assert redactor.child_events([{"id": 4, "requester_id": 77, "previous_value": 77}])[0] == {
        "id": 4, "requester_id": "erased-1", "previous_value": "erased-1",
    }  # fmt: skip


def test_every_place_names_columns_of_the_contract():
    for place in PLACES.values():
        known = {column.name for column in TABLES[place.table].columns}
        named = {*place.belongs, *place.links, *place.personal, *place.coded, *place.documents, *place.texts}
        assert named <= known
