"""Numbers as people write them: digits, English words, Chinese numerals."""

from __future__ import annotations

import re

FEW = 3  # what "a few" and "几" are taken for, with little certainty
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS = {word: number for number, word in enumerate(_ONES.split())} | _TENS
_WORDS |= {"a": 1, "an": 1, "couple": 2, "few": FEW, "several": FEW, "half": 0.5}
_TEEN = "|".join(
    sorted(
        (word for word in _WORDS if word not in ("a", "an", "couple", "few", "several", "half")), key=len, reverse=True
    )
)

ENGLISH = (
    rf"(?:\d{{1,4}}(?:[.,]5)?|(?:a )?(?:couple(?: of)?|few)|several|half an?"
    rf"|(?:{'|'.join(_TENS)})[- ](?:one|two|three|four|five|six|seven|eight|nine)|{_TEEN}|an?)"
)
CHINESE = r"(?:\d{1,4}(?:\.5)?|[零一二两三四五六七八九十百几数]{1,6}|半)"
_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "几": FEW, "数": FEW}


def english(text: str) -> float:
    """The number that text matching ENGLISH stands for."""
    text = text.replace(",", ".")
    if text[0].isdigit():
        return float(text)
    if text.startswith("half"):
        return 0.5
    words = re.findall(r"[a-z]+", text)
    found = [_WORDS[word] for word in words if word in _WORDS and word not in ("a", "an")]
    return float(sum(found)) if found else 1.0


def chinese(text: str) -> float:
    """The number that text matching CHINESE stands for; of two in a row (两三) the greater."""
    if text[0].isdigit():
        return float(text)
    if text == "半":
        return 0.5
    total, digit = 0, None
    for letter in text:
        if letter == "百":
            total, digit = total + (1 if digit is None else digit) * 100, None
        elif letter == "十":
            total, digit = total + (1 if digit is None else digit) * 10, None
        else:
            digit = _DIGITS[letter]
    return float(total + (digit or 0))


def is_about(text: str) -> bool:
    """Whether the number is only roughly said."""
    return bool(re.search(r"few|several|几|数", text))
