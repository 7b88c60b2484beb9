"""Card and bank numbers are never read. This says what looks like one.

A column is judged by its name and, when the contract does not know it, by its values: card numbers pass the Luhn
check, IBANs their remainder of 97. Columns of the contract are not judged (a member card's number is one of them).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from customer360.sources.contract import Table

_NAME = re.compile(
    r"(^|_)(card_?(number|no|num|pan)|credit_?card|debit_?card|cc_?(number|num|no)|cardnumber|pan|primary_account_number"
    r"|iban|bic|swift|cvv2?|cvc2?|card_?(cvv|cvc|expiry|expiration)|bank_?account(_?(number|no))?|account_?number|routing_?number|sort_?code)($|_)",
    re.IGNORECASE,
)
_SAMPLE_ROWS = 1000


def name_looks_like_payment_data(name: str) -> bool:
    """card_number, iban, cvv, pan, bankAccountNumber …"""
    return bool(_NAME.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)))


def values_look_like_payment_data(values: list[str]) -> bool:
    """True when most values that could be a card number or an IBAN carry its check digits (one in ten by chance)."""
    compact = [re.sub(r"[\s-]", "", str(value)) for value in values]
    cards = [value for value in compact if re.fullmatch(r"\d{13,19}", value)]
    ibans = [value.upper() for value in compact if re.fullmatch(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}", value)]
    return _mostly(cards, _passes_luhn) or _mostly(ibans, _passes_97)


def looks_like_payment_data(table: Table, name: str, sample: Callable[[str, int], list[str]]) -> bool:
    """Judge one column of a source; `sample(name, rows)` gives some of its values as text."""
    if name.lower() in {column.name for column in table.columns}:
        return False
    return name_looks_like_payment_data(name) or values_look_like_payment_data(sample(name, _SAMPLE_ROWS))


def _mostly(values: list[str], passes) -> bool:
    return bool(values) and sum(map(passes, values)) > 0.5 * len(values)


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _passes_97(iban: str) -> bool:
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1
