"""Addresses: street line, postcode, city, region and country, each in one spelling."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from customer360.identity.normalise.chinese_names import syllables
from customer360.identity.normalise.text import fold, is_han, romanise, table, words

SHORT = {row["word"]: row["short"] for row in table("address_words.csv")}
PLACES = {row["name"]: row["known_as"] for row in table("place_names.csv")}
LANGUAGES = ("en", "zh", "zh_Hant", "de", "fr", "es", "it", "pt", "nl", "ja", "ko", "ru")

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# 3号楼2单元501室, 3栋2单元501 and 3-2-501 are one flat
PARTS_OF_A_BUILDING = re.compile(r"(?<=[0-9a-z])(?:号楼|号院|栋|幢|座|单元|楼|层|-|－|—|、)(?=[0-9a-z])")
DOOR = re.compile(r"(?<=[0-9a-z])(?:室|房|号房)$")
CITY_ENDINGS = ("特别行政区", "自治州", "地区", "市", "区", "县")
REGION_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")


def normalise_address(line: str | None) -> str | None:
    """A street line: folded, abbreviated alike (Street, str., St → st), without spaces between Chinese characters."""
    if not line:
        return None
    if not line.isascii():
        folded = fold(line)
        if HAN.search(folded):
            together = "".join(folded.split()).replace("弄", "弄").replace("号楼", "栋")
            together = DOOR.sub("", PARTS_OF_A_BUILDING.sub("-", together))
            return re.sub(r"[^\w-]", "", together).strip("-") or None
    return " ".join(SHORT.get(word, word) for word in words(line)) or None


@lru_cache(maxsize=65536)
def normalise_postcode(text: str | None, country: str | None = None) -> str | None:
    """A postcode in capitals without spaces or signs; leading zeros kept, in the US the first five digits."""
    if not text:
        return None
    code = text if text.isascii() else fold(text)
    code = re.sub(r"\.0$", "", code.strip()).upper()
    if country == "US" or re.fullmatch(r"[0-9]{5}-[0-9]{4}", code):
        code = code.partition("-")[0]
        code = code.zfill(5) if country == "US" and code.isdigit() and len(code) >= 3 else code
    code = re.sub(r"[^0-9A-Z]", "", code)
    return code if code and set(code) != {"0"} else None


@lru_cache(maxsize=16384)
def normalise_city(name: str | None) -> str | None:
    """A city in Latin letters, without 市 or City behind it: 上海市 and Shanghai are one."""
    return _place(name, CITY_ENDINGS)


@lru_cache(maxsize=16384)
def normalise_region(name: str | None) -> str | None:
    """A province, state or county in Latin letters, without 省, Province or the like."""
    return _place(name, REGION_ENDINGS)


def _place(name: str | None, endings: tuple[str, ...]) -> str | None:
    if not name:
        return None
    parts = words(name)
    if len(parts) > 1 and parts[-1] in ("city", "shi", "province", "sheng", "county", "state"):
        parts = parts[:-1]
    if not parts:
        return None
    in_one = all(map(is_han, parts)) or all(map(syllables, parts))  # Xi'an, Shang-hai
    together = ("" if in_one else " ").join(parts)
    if is_han(together):
        for ending in endings:
            if together.endswith(ending) and len(together) - len(ending) >= 2:
                together = together.removesuffix(ending)
                break
    return PLACES.get(together) or romanise(together)


@lru_cache(maxsize=4096)
def normalise_country(name: str | None) -> str | None:
    """The ISO 3166 code of two letters of a country's name in the languages above, or of its code; None if unknown."""
    if not name:
        return None
    parts = words(name)
    code = "".join(parts).upper()  # U.S. is US
    if len(code) == 2 and code in _CODES:
        return code
    return _ALIASES.get(" ".join(parts)) or _ALIASES.get(code.lower())


def _aliases() -> dict[str, str]:
    aliases: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                aliases.setdefault(" ".join(words(name)), code)
    for code, now in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and len(now) == 1:
            aliases[code.lower()] = now[0]
    aliases |= {row["name"]: row["country"] for row in table("country_aliases.csv")}
    return aliases


_ALIASES = _aliases()
_CODES = frozenset(Locale.parse("en").territories) - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
