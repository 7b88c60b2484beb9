"""Which column of a labelled file is what: as its owner says, as it is called, and last as it is usually called.

A file names its columns in its own way. `--map` says which is which; a column with one of our names is taken as it is;
for the rest a few names that mean only one thing are understood, and said aloud: evidence that is left out in silence
misleads as much as evidence that is used in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from customer360.errors import SettingError

COLUMNS = (
    "full_name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "birth_date",
    "gender",
    "occupation",
    "address_line",
    "city",
    "region",
    "postcode",
    "country",
    "organisation_name",
    "account_type",
    "card_number",
    "source",
)

# the first that a file has is taken; names that may mean something else (name of what? whose code?) are left alone
USUAL_NAMES = {
    "full_name": ("fullname", "full name", "customer_name", "person_name"),
    "given_name": ("first_name", "firstname", "first name", "forename", "givenname", "given name", "vorname", "fname"),
    "family_name": ("surname", "last_name", "lastname", "last name", "familyname", "family name", "nachname", "lname"),
    "email": ("e_mail", "e-mail", "email_address", "mail", "emailaddress"),
    "phone": ("phone_number", "mobile", "mobile_number", "telephone", "phonenumber", "mobile_phone", "tel"),
    "birth_date": ("dob", "date_of_birth", "birthdate", "birthday", "born_on", "birth date", "date of birth"),
    "gender": ("sex",),
    "occupation": ("job", "profession", "job_title"),
    "address_line": (
        "street_number+address_1+address_2",
        "street_number+address_1",
        "house_number+street",
        "street_number+street",
        "address",
        "street_address",
        "address1",
        "address_1",
        "street",
    ),
    "city": ("town", "suburb", "locality"),
    "region": ("state", "province", "county"),
    "postcode": ("zip", "zip_code", "zipcode", "postal_code", "post_code", "plz"),
    "country": ("country_code",),
    "organisation_name": ("organization_name", "organisation", "organization", "company", "company_name"),
    "card_number": ("loyalty_number", "membership_number"),
}
MAPPING = re.compile(r"(?:^|[\s,;]+)(?=[A-Za-z_]+=)")


@dataclass(frozen=True)
class Choice:
    """sources: for each of our columns the columns of the file that make it; guessed: which of them nobody said."""

    sources: dict[str, tuple[str, ...]]
    guessed: tuple[str, ...] = ()
    unused: tuple[str, ...] = field(default=())

    def described(self) -> list[str]:
        """Sentences for the person who runs the command."""
        said = {name: " + ".join(parts) for name, parts in self.sources.items()}
        lines = ["columns: " + ", ".join(f"{name} = {of}" if name != of else name for name, of in said.items())]
        if self.guessed:
            taken = ", ".join(f"{said[name]} as {name}" for name in self.guessed)
            lines.append(f"guessed from their names: {taken}; say --map to change, --no-guess to leave out")
        if self.unused:
            lines.append("not used: " + ", ".join(self.unused))
        return lines


def choose(names: list[str], mappings: Iterable[str], *, truth: str, guess: bool) -> Choice:
    """Decide for a file with the columns `names`, of which `truth` is the label and therefore no evidence.

    mappings: as typed, such as "full_name=given_name+surname birth_date=dob".
    Raises SettingError for anything that does not fit, with the nearest names.
    """
    sources = {
        target: tuple(_column(part, names) for part in _parts(source, names))
        for target, source in _parsed(mappings).items()
    }
    for target, parts in sources.items():
        if truth in parts:
            raise SettingError(f"--map {target} uses {truth}, which is the truth: it cannot be evidence as well.")
    usable = {name.casefold(): name for name in names if name != truth}
    for target in COLUMNS:
        if target not in sources and target in usable:
            sources[target] = (usable[target],)
    guessed = []
    if guess:
        for target, usual in USUAL_NAMES.items():
            found = next((each for each in usual if set(each.split("+")) <= usable.keys()), None)
            if target not in sources and found:
                sources[target] = tuple(usable[part] for part in found.split("+"))
                guessed.append(target)
    if "full_name" not in sources and (parts := [*sources.get("given_name", ()), *sources.get("family_name", ())]):
        sources["full_name"] = tuple(parts)
    evidence = sources.keys() - {"source", "account_type", "country"}
    if not evidence:
        raise SettingError(
            f"No column of the file is known as one of ours. Say --map OURS=THEIRS. Ours: {', '.join(COLUMNS)}; "
            f"the file's: {', '.join(names)}."
        )
    used = {part for parts in sources.values() for part in parts} | {truth}
    ordered = {target: sources[target] for target in COLUMNS if target in sources}
    return Choice(ordered, tuple(guessed), tuple(name for name in names if name not in used))


def truth_column(name: str, names: list[str]) -> str:
    """The file's own spelling of the truth column. Raises SettingError when there is none."""
    return _column(name.strip(), names, said_by="--truth")


def _parsed(mappings: Iterable[str]) -> dict[str, str]:
    parsed: dict[str, str] = {}
    for each in (part for typed in mappings for part in MAPPING.split(typed) if part.strip()):
        target, equals, source = (part.strip() for part in each.partition("="))
        if not equals or not source:
            raise SettingError(f"--map {each!r} is not of the form OURS=THEIRS, such as full_name=given_name+surname.")
        if target not in COLUMNS:
            raise SettingError(f"--map {target}: no column of ours is called so. {_nearest(target, COLUMNS)}")
        if target in parsed:
            raise SettingError(f"--map {target} is said twice.")
        parsed[target] = source
    return parsed


def _parts(source: str, names: list[str]) -> list[str]:
    """The columns of `a+b`, unless the file has a column of that very name."""
    parts = [source] if source in names else [part.strip() for part in source.split("+")]
    if len(set(parts)) < len(parts):
        raise SettingError(f"--map …={source} names a column twice.")
    return parts


def _column(name: str, names: list[str], said_by: str = "--map") -> str:
    if name in names:
        return name
    for each in names:
        if each.casefold() == name.casefold():
            return each
    raise SettingError(f"{said_by}: the file has no column {name!r}. {_nearest(name, names)}")


def _nearest(name: str, names: Iterable[str]) -> str:
    folded = {each.casefold(): each for each in names}
    near = [folded[each] for each in get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(folded.values())}."
