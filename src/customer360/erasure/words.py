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

# Is this form of this kind an erased person's?
Known = Callable[[str, str], bool]


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


def redacted(text: str, is_known: Known, *, with_names: bool = True) -> str:
    """The text with every mention of an erased person replaced."""
    spans = {span for span, kind, form in _candidates(text, with_names) if form and is_known(kind, form)}
    kept, end = [], 0
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            kept += [text[end:start], REPLACEMENT]
        end = max(end, stop)
    return "".join([*kept, text[end:]])


def redacted_document(document: str, is_known: Known, *, with_names: bool = True) -> str:
    """The same for every text within a JSON document; one that is none is taken as text."""
    try:
        value = json.loads(document)
    except ValueError:
        return redacted(document, is_known, with_names=with_names)
    clean = _walk(value, lambda text: redacted(text, is_known, with_names=with_names))
    return document if clean == value else json.dumps(clean, ensure_ascii=False)


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


def _candidates(text: str, with_names: bool) -> Iterator[tuple[tuple[int, int], str, str | None]]:
    if "@" in text:
        for found in EMAIL.finditer(text):
            yield found.span(), "email", email(found[0].strip(".'-"))
    for found in DIGITS.finditer(text):
        yield found.span(), "phone", phone(found[0])
        yield found.span(), "card", card(found[0])
    if with_names:
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
