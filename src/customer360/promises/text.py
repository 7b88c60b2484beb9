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
    ord("，"): "，",
    ord("？"): "?",
    ord("！"): "!",
    ord("；"): ";",
}

_QUOTE_OR_STYLE = re.compile(r"<(blockquote|style|script|head)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?h\d|hr)\b[^<>]{0,2000}>", re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.{0,5000}?-->", re.S)
_SPACE_ENTITY = re.compile(r"&nbsp;|&#160;|&#xa0;", re.I)
_ENTITIES = {"&amp;": "&", "&#39;": "'", "&rsquo;": "'", "&apos;": "'", "&quot;": '"', "&lt;": "<", "&gt;": ">"}
_ENTITY = re.compile("|".join(_ENTITIES), re.I)

_QUOTED_LINE = re.compile(r"^[ ]*(?:>|\|).*$", re.M)
# From here on it is an earlier mail or a signature: nothing of it is said now.
_REST = re.compile(
    r"^[ ]*(?:"
    r"on\b[^\n]{5,200}\bwrote:"
    r"|[^\n]{0,120}(?:写道|寫道)[ ]*[:：]?[ ]*$"
    r"|-{2,}[ ]*(?:original message|forwarded message|原始邮件|原始郵件|转发邮件|轉寄郵件)"
    r"|(?:from|发件人|寄件者|寄件人)[ ]*[:：][^\n]*\n"
    r"[ ]*(?:sent|date|to|发送时间|日期|时间|收件人|收件者|傳送時間)[ ]*[:：]"
    r"|(?:--|__+|-{3,}|={3,}|—{2,}|–{2,})[ ]*$"
    r")",
    re.I | re.M,
)  # fmt: skip
_GREETING = re.compile(
    r"^[ ]*(?:(?:kind|best|warm|with kind|many)?[ ]*(?:regards|wishes)|sincerely|yours \w+|cheers"
    r"|此致|敬礼|敬禮|顺祝商祺)"
    r"[ ]*[,，.!！]?[ ]*$",
    re.I | re.M,
)  # fmt: skip


@dataclass(frozen=True)
class ReadableText:
    """`plain`: for the grammar: lower case, half width, simplified. `shown`: as written, without what is not to be
    read. Both have the length of the comment, or LONGEST."""

    plain: str
    shown: str


def readable(body: str | None) -> ReadableText:
    """The comment without markup, quoted mail and signature, each of their characters replaced by a space."""
    shown = (body or "")[:LONGEST]
    if "<" in shown or "&" in shown:
        shown = _without_markup(shown)
    shown = _QUOTED_LINE.sub(_blank, shown)
    for ending in (_REST, _GREETING):
        found = ending.search(shown)
        if found:
            shown = shown[: found.start()] + _spaces(shown[found.start() :])
    return ReadableText(_plain(shown), shown)


def _without_markup(text: str) -> str:
    text = _QUOTE_OR_STYLE.sub(_blank, text)
    text = _BREAK.sub(lambda found: "\n" + " " * (len(found[0]) - 1), text)
    text = _TAG.sub(_blank, text)
    text = _SPACE_ENTITY.sub(_blank, text)
    return _ENTITY.sub(lambda found: _ENTITIES[found[0].lower()].ljust(len(found[0]), "\u200b"), text)


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
