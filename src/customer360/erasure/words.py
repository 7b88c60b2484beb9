"""What of a person can stand in free text, found and taken out: e-mails, phones, card numbers and names.

A text is searched for whatever looks like one of these; each is fingerprinted and taken out when it is an erased
person's. So a text that comes again from its source is recognised without the words being kept anywhere.

`FORMS` are the forms in which values are fingerprinted, as SQL; `email`, `phone`, `card` and `name` make the same in
Python.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime

from customer360.erasure.tombstones import fingerprint

FORMS = {
    "email": "nullif(lower(trim({0})), '')",
    # Country codes and leading zeros come and go; the last nine digits stay.
    "phone": "case when length(regexp_replace({0}, '[^0-9]', '', 'g')) >= 7 "
    "then right(regexp_replace({0}, '[^0-9]', '', 'g'), 9) end",
    "card": "nullif(lower(regexp_replace({0}, '[^0-9A-Za-z]', '', 'g')), '')",
    "name": "nullif(array_to_string(list_sort(string_split_regex(lower(strip_accents(trim({0}))), '\\s+')), ' '), '')",
}

REPLACEMENT = "[erased]"
EMAIL = re.compile(r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+")
DIGITS = re.compile(r"\+?\d(?:[\s().-]{0,3}\d){5,}")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,}")
LONGEST_NAME = 4  # words, or Chinese characters
MOST_REMEMBERED = 500_000


def email(text: str) -> str:
    return text.strip().lower()


def phone(text: str) -> str | None:
    digits = re.sub(r"[^0-9]", "", text)
    return digits[-9:] if len(digits) >= 7 else None


def card(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).lower()


def name(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(sorted(unicodedata.normalize("NFC", plain).lower().split()))


class Recogniser:
    """Knows erased people by their fingerprints: {(kind, fingerprint): when they were erased}.

    A text that was written after the erasure (`written_at`, where it is set) is about whoever came later.
    """

    def __init__(self, key: bytes, marks: dict[tuple[str, str], datetime]):
        self.key, self.marks = key, marks
        self.kinds = {kind for kind, _ in marks}
        self.written_at: datetime | None = None
        self._seen: dict[tuple[str, str], datetime | None] = {}
        self._harmless: set[str] = set()

    def knows(self, kind: str, form: str | None) -> bool:
        erased_at = self._erased_at(kind, form) if form else None
        return erased_at is not None and (self.written_at is None or self.written_at < erased_at)

    def redacted(self, text: str) -> str:
        """The text with every mention of an erased person replaced."""
        if text in self._harmless:
            return text
        marked = {
            (span, erased_at)
            for span, kind, form in _candidates(text)
            if form and (erased_at := self._erased_at(kind, form)) is not None
        }
        if not marked and len(self._harmless) < MOST_REMEMBERED:
            self._harmless.add(text)
        kept, end = [], 0
        spans = {span for span, erased_at in marked if self.written_at is None or self.written_at < erased_at}
        for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= end:
                kept += [text[end:start], REPLACEMENT]
            end = max(end, stop)
        return "".join([*kept, text[end:]])

    def redacted_document(self, document: str) -> str:
        """The same for every text within a JSON document; one that is none is taken as text."""
        try:
            value = json.loads(document)
        except ValueError:
            return self.redacted(document)
        clean = _walk(value, self.redacted)
        return document if clean == value else json.dumps(clean, ensure_ascii=False)

    def _erased_at(self, kind: str, form: str) -> datetime | None:
        if kind not in self.kinds:
            return None
        if (kind, form) not in self._seen:
            if len(self._seen) >= MOST_REMEMBERED:
                self._seen.clear()
            self._seen[kind, form] = self.marks.get((kind, fingerprint(self.key, kind, form)))
        return self._seen[kind, form]


def _walk(value, change: Callable[[str], str]):
    match value:
        case str():
            return change(value)
        case list():
            return [_walk(each, change) for each in value]
        case dict():
            return {key: _walk(each, change) for key, each in value.items()}
        case int() if value > 999_999:  # a phone or card number that a source wrote as a number
            return value if change(str(value)) == str(value) else None
    return value


def strings_in(document: str) -> Iterator[str]:
    """Every text within a JSON document; the text itself where it is none."""
    try:
        value = json.loads(document)
    except ValueError:
        value = document
    found: list[str] = []
    _walk(value if isinstance(value, dict | list) else document, lambda text: found.append(text) or text)
    yield from found


def _candidates(text: str) -> Iterator[tuple[tuple[int, int], str, str | None]]:
    yield (0, len(text)), "text", text  # known as a whole, because it holds what no form recognises
    if "@" in text:
        for found in EMAIL.finditer(text):
            yield found.span(), "email", email(found[0].strip(".'-"))
    for found in DIGITS.finditer(text):
        yield found.span(), "phone", phone(found[0])
        yield found.span(), "card", card(found[0])
    yield from _names(text)


def _names(text: str) -> Iterator[tuple[tuple[int, int], str, str]]:
    words = list(WORD.finditer(text))
    for size in range(LONGEST_NAME, 1, -1):
        for first, last in zip(words, words[size - 1 :], strict=False):
            if last.end() - first.start() <= 80:
                yield (first.start(), last.end()), "name", name(text[first.start() : last.end()])
    for run in HAN.finditer(text):
        for size in range(LONGEST_NAME, 1, -1):
            for start in range(run.start(), run.end() - size + 1):
                yield (start, start + size), "name", text[start : start + size]
