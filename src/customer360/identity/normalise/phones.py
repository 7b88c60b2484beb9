"""Telephone numbers as join keys, in E.164, read by Google's libphonenumber.

A number without a country is read as one of the country given. Mainland Chinese mobiles, and numbers with their country
code and nothing to strip, are taken without the library, which takes ten times as long; tests hold the ways to agree.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

MAINLAND_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
INTERNATIONAL = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
NEVER = re.compile(r"(?!)")
PUNCTUATION = str.maketrans("", "", " -.()/\t\u00a0")
EXTENSION = re.compile(r"(?:[\s,;]*(?:ext\.?|extn\.?|extension|x|#|转接|转|轉|分机|分機)[\s.:]*[0-9]*.*)$", re.I)
KEYS_IN_ORDER = ("01234567890", "09876543210")
SHORTEST_UNLISTED = 9  # national digits; shorter ones are taken only if the numbering plan lists them


def normalise_phone(text: str | None, country: str | None = "CN") -> str | None:
    """A number in E.164 ("+8613912345678"), without its extension; None for what cannot be dialled or is filled in.

    `country` (ISO 3166, two letters) is that of a number written without one. Elsewhere than in China, eleven digits
    of a Chinese mobile are one unless they are a number of that country (in Germany 151… lost its zero).
    """
    if not text:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    compact = text.translate(PUNCTUATION)
    mobile = MAINLAND_MOBILE.fullmatch(compact)
    if mobile and (country == "CN" or compact.startswith(("+", "00")) or not _is_of(country, compact)):
        return None if is_filled_in(mobile[1]) else "+86" + mobile[1]
    international = INTERNATIONAL.fullmatch(compact)
    return (international and _with_country_code(international[1])) or _by_library(text, country)


def _with_country_code(digits: str) -> str | None:
    """The number of its digits, country code first, where reading it changes nothing; None where the library must."""
    for length in (1, 2, 3):
        lengths, prefix = _plan(phonenumbers.region_code_for_country_code(int(digits[:length])))
        national = digits[length:]
        if lengths:
            plain = len(national) in lengths and len(national) >= SHORTEST_UNLISTED
            return f"+{digits}" if plain and not prefix.match(national) and not is_filled_in(national) else None
    return None


@cache
def _plan(region: str | None) -> tuple[frozenset[int], re.Pattern]:
    """Lengths that a national number of the country may have, and what before it is no part of it; no lengths: none."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None:
        return frozenset(), NEVER
    prefix = metadata.national_prefix_for_parsing
    return frozenset(metadata.general_desc.possible_length), re.compile(prefix) if prefix else NEVER


def _is_of(country: str | None, digits: str) -> bool:
    """Whether digits that may be a Chinese mobile are a number of the country."""
    lengths, prefix = _plan(country)
    if len(digits) not in lengths and not prefix.match(digits):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, country))
    except phonenumbers.NumberParseException:
        return False


def _by_library(text: str, country: str | None) -> str | None:
    plain = EXTENSION.sub("", text).strip()
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    if is_filled_in(national):
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    # the library's plans lag behind new prefixes, so a number of full length needs not be in them; a short one could be
    # a local number without its area
    if len(national) < SHORTEST_UNLISTED and not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_filled_in(national: str) -> bool:
    """Whether digits were typed only to fill the field: one digit over and over, or a run of the keys."""
    in_order = len(national) > 8 and any(national in keys for keys in KEYS_IN_ORDER)
    return in_order or len(set(national)) == 1
