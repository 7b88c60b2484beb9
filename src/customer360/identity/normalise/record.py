"""One source record, every field of it normalised: what the pipeline and `evaluate` both compare."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from customer360.identity.normalise.addresses import (
    normalise_address,
    normalise_city,
    normalise_country,
    normalise_postcode,
    normalise_region,
)
from customer360.identity.normalise.birth_dates import normalise_birth_date
from customer360.identity.normalise.emails import mailbox, normalise_email, why_impersonal
from customer360.identity.normalise.names import NONE, normalise_name
from customer360.identity.normalise.organisations import looks_like_organisation, normalise_organisation
from customer360.identity.normalise.phones import normalise_phone
from customer360.identity.normalise.text import words

GENDERS = {
    "male": "male", "m": "male", "man": "male", "男": "male", "男性": "male", "masculine": "male",
    "female": "female", "f": "female", "w": "female", "woman": "female", "女": "female", "女性": "female",
}  # fmt: skip


class Record(NamedTuple):
    """The comparable values of a source record; names and order are those of the DuckDB struct."""

    account_type: str  # individual, organisation or unknown
    name_normalised: str | None
    given_name: str | None
    family_name: str | None
    family_name_romanised: str | None
    given_name_roots: tuple[str, ...] | None
    name_key: str | None
    organisation_name: str | None
    email_normalised: str | None
    email_mailbox: str | None
    phone_normalised: str | None
    born_on: date | None
    birth_digits: str | None  # yyyymmdd as written, also of a day that does not exist
    gender: str | None
    occupation: str | None
    address_normalised: str | None
    city_normalised: str | None
    region_normalised: str | None
    postcode_normalised: str | None
    country: str | None
    rejected_values: tuple[dict[str, str], ...] | None  # field and reason of what was given and is not believed


def normalise_record(
    default_country: str,
    account_type: str | None = None,
    full_name: str | None = None,
    given_name: str | None = None,
    family_name: str | None = None,
    organisation_name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    birth_date: str | None = None,
    gender: str | None = None,
    occupation: str | None = None,
    address_line: str | None = None,
    city: str | None = None,
    region: str | None = None,
    postcode: str | None = None,
    country: str | None = None,
    known_on: date | None = None,
) -> Record:
    """Normalise one record. `known_on` is the day it was loaded; a number without a country is of `default_country`."""
    rejected = []
    is_organisation = account_type == "organisation"
    if not is_organisation and account_type != "individual" and looks_like_organisation(full_name):
        is_organisation = True
    named_as_organisation = is_organisation and looks_like_organisation(full_name)
    name = NONE if named_as_organisation else normalise_name(full_name, given_name, family_name)

    email_normalised = normalise_email(email)
    email_mailbox = mailbox(email_normalised)
    if email_normalised and not email_mailbox:
        rejected.append({"field": "email", "reason": why_impersonal(email_normalised)})
    elif not email_normalised and email and email.strip():
        rejected.append({"field": "email", "reason": "not an address"})

    country = normalise_country(country)
    phone_normalised = normalise_phone(phone, country or default_country)
    if not phone_normalised and phone and phone.strip():
        rejected.append({"field": "phone", "reason": "not a number that can be dialled"})

    born_on, birth_digits, reason = normalise_birth_date(birth_date, known_on)
    if reason:
        rejected.append({"field": "birth_date", "reason": reason})

    return Record(
        "organisation" if is_organisation else account_type or "unknown",
        name.normalised,
        name.given,
        name.family,
        name.family_romanised,
        name.roots,
        name.key,
        normalise_organisation(organisation_name or (full_name if named_as_organisation else None)),
        email_normalised,
        email_mailbox,
        phone_normalised,
        born_on,
        birth_digits,
        GENDERS.get(gender.strip().lower()) if gender else None,
        _occupation(occupation),
        normalise_address(address_line),
        normalise_city(city),
        normalise_region(region),
        normalise_postcode(postcode, country),
        country,
        tuple(rejected) or None,
    )


@lru_cache(maxsize=16384)
def _occupation(text: str | None) -> str | None:
    return " ".join(words(text)) or None if text else None
