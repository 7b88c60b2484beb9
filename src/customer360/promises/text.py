"""A comment made ready for reading, every character in its place, so that what is found can be pointed at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

LONGEST = 100_000  # characters; more than anybody types: what follows is a paste, and is not read

_HAN = re.compile(r"[\u3400-\u9fff]")
_FULL_WIDTH = {ord("　"): " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_ALIKE = {
    ord(sign): plain
    for signs, plain in (("‘’´`", "'"), ("“”", '"'), ("–—−‐‑", "-"), ("\u00a0\u202f\t", " "), ("～", "~"))
    for sign in signs
}
_LOWER = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_SAME_PLACE = {
    **_FULL_WIDTH,
    **_ALIKE,
    **_LOWER,
    ord("。"): "。",
    ord("，"): ",",
    ord("？"): "?",
    ord("！"): "!",
    ord("；"): ";",
}

# What is not text, and what stands for it.
_ENTITIES = {"amp": "&", "#39": "'", "#x27": "'", "rsquo": "'", "apos": "'", "quot": '"', "lt": "<", "gt": ">"}
_SPACE = r"[ \t\u00a0\u3000\u202f]"
_TAG = r"(?:</?[a-z][^<>]{0,2000}>|<!--.{0,5000}?-->|&nbsp;|&#160;|&#xa0;|[\u200b\ufeff])"
_SQUEEZED = re.compile(
    rf"(?P<gone>{_SPACE}?<(?P<name>blockquote|style|script|head)\b.*?(?:</(?P=name)\s*>|\Z))"
    rf"|(?P<line>{_SPACE}?<(?:br|/?p|/?div|/?li|/?tr|/?h\d|hr)\b[^<>]{{0,2000}}>)"
    rf"|{_SPACE}?{_TAG}{_SPACE}?|{_SPACE}{{2,}}"
    rf"|&(?P<entity>{'|'.join(_ENTITIES)});",
    re.I | re.S,
)

_QUOTED_LINE = re.compile(r"^[ ]*(?:>|\|).*$", re.M)
# From here on it is an earlier mail or a signature: nothing of it is said now.
_REST = re.compile(
    r"^ {0,20}(?:"
    r"on\b[^\n]{5,200}\bwrote:"
    r"|[^\n]{0,120}(?:写道|寫道)[ ]{0,20}[:：]?[ ]{0,20}$"
    r"|-{2,80}[ ]{0,20}(?:original message|forwarded message|原始邮件|原始郵件|转发邮件|轉寄郵件)"
    r"|(?:from|发件人|寄件者|寄件人)[ ]{0,20}[:：][^\n]*\n"
    r"[ ]{0,20}(?:sent|date|to|发送时间|日期|时间|收件人|收件者|傳送時間)[ ]{0,20}[:：]"
    r"|(?:--|_{2,200}|-{3,200}|={3,200}|—{2,200}|–{2,200})[ ]{0,20}$"
    r")",
    re.I | re.M,
)  # fmt: skip
_GREETING = re.compile(
    r"^[ ]{0,20}(?:(?:(?:kind|best|warm|with kind|many) {1,5})?(?:regards|wishes)|sincerely|yours \w+|cheers"
    r"|此致|敬礼|敬禮|顺祝商祺)"
    r" {0,5}[,，.!！]? {0,5}$",
    re.I | re.M,
)  # fmt: skip


@dataclass(frozen=True)
class ReadableText:
    """`plain`: for the grammar: lower case, half width, simplified. `shown`, as long: as written. Both without markup
    and what is not to be read. `places`: where each letter stands in the comment; None: where it stands here."""

    plain: str
    shown: str
    places: list[int] | None

    def in_comment(self, start: int, end: int) -> tuple[int, int]:
        """Where the letters start:end stand in the comment."""
        return (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)


def readable(body: str | None) -> ReadableText:
    """The comment without markup; quoted mail and signature are replaced by spaces."""
    shown, places = _without_markup((body or "")[:LONGEST])
    shown = _QUOTED_LINE.sub(_blank, shown)
    for ending in (_REST, _GREETING):
        found = ending.search(shown)
        if found:
            shown = shown[: found.start()] + _spaces(shown[found.start() :])
    return ReadableText(_plain(shown), shown, places)


def _without_markup(text: str) -> tuple[str, list[int] | None]:
    """The text, and where each of its letters was; of spaces one is left."""
    kept, places, end, last = [], [], 0, ""
    for found in _SQUEEZED.finditer(text):
        kept.append(text[end : found.start()])
        places.extend(range(end, found.start()))
        last = last if found.start() == end else text[found.start() - 1]
        name = found["entity"]
        stands_for = "\n" if found["line"] or found["gone"] else _ENTITIES[name.lower()] if name else " "
        if stands_for != " " or last != " ":
            kept.append(stands_for)
            places.append(found.start())
        end, last = found.end(), stands_for
    if not kept:
        return text, None
    kept.append(text[end:])
    places.extend(range(end, len(text)))
    return "".join(kept), places


def _plain(shown: str) -> str:
    text = shown.translate(_SAME_PLACE)
    if not _HAN.search(text):
        return text
    simplified = _to_simplified().convert(text)
    if len(simplified) == len(text):
        return simplified
    return "".join(_letter(letter) for letter in text)


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _letter(letter: str) -> str:
    simplified = _to_simplified().convert(letter)
    return simplified if len(simplified) == 1 else letter


def _spaces(text: str) -> str:
    return "".join(letter if letter == "\n" else " " for letter in text)


def _blank(found: re.Match) -> str:
    return _spaces(found[0])
