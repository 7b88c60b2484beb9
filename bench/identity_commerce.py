"""The customers of an e-commerce company as four systems know them, and organisations with their contact persons.

Half of the people are Chinese, half Western. Families share a phone, numbers change hands, a shop types its own phone,
friends write nicknames, cards are printed in pinyin. What one system knows, another has never asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bench.identity_names import (
    CITIES,
    FAMILY,
    REGIONS,
    STREETS,
    TRADITIONAL,
    birth_date,
    given_name,
    pinyin,
    short_form,
    slip,
    wrong_date,
)

COLUMNS = (
    "source",
    "account_type",
    "full_name",
    "email",
    "phone",
    "birth_date",
    "gender",
    "address_line",
    "city",
    "region",
    "postcode",
    "country",
    "card_number",
)
ORGANISATION_COLUMNS = (
    "source",
    "account_type",
    "full_name",
    "organisation_name",
    "email",
    "phone",
    "address_line",
    "city",
    "postcode",
    "country",
)
MAIL = ("qq.com", "163.com", "gmail.com", "outlook.com", "yahoo.com", "gmx.de", "icloud.com")
SHOP_PHONE = "13800000000"
NO_REPLY = "noreply@example.com"
LEGAL_FORMS = {
    "en": (("Ltd", "Limited", "Ltd."), ("Inc", "Inc.", "Incorporated"), ("LLC", "L.L.C.", "LLC")),
    "de": (("GmbH", "G.m.b.H.", "GmbH"), ("AG", "Aktiengesellschaft", "AG"), ("e.K.", "e. K.", "eK")),
    "zh": (("有限公司", "有限责任公司", ""), ("股份有限公司", "股份公司", "")),
}
TRADES = {
    "en": ("Books", "Training", "Logistics", "Design", "Foods", "Consulting", "Academy", "Tools"),
    "de": ("Buchhandel", "Schulung", "Logistik", "Technik", "Bau", "Verlag", "Handel", "Druck"),
    "zh": ("教育科技", "文化传播", "图书", "贸易", "信息技术", "培训", "物流", "印刷"),
}


def commerce(random: Random, records: int) -> Iterator[dict]:
    """Households of one to five, each person in one to six records of shop, guest orders, helpdesk and membership."""
    made = person = 0
    given_up: list[str] = []  # phones that are given out again
    while made < records:
        language = random.choice(["zh", "zh", "en", "de"])
        family_name = FAMILY[language].draw(random)
        home = _home(random, language)
        shared_phone = _phone(random, language) if random.random() < 0.25 else None
        for _ in range(random.choice([1, 1, 1, 2, 2, 3, 4, 5])):
            one = _person(random, language, family_name, home, given_up)
            for number in range(random.choices(range(1, 7), weights=[38, 30, 16, 9, 5, 2])[0]):
                yield {"person": str(person)} | _record(random, one, first=number == 0, shared_phone=shared_phone)
                made += 1
            person += 1
            if made >= records:
                return


def _home(random: Random, language: str) -> dict:
    number = int(random.expovariate(0.02)) + 1
    street = STREETS[language].draw(random)
    return {
        "address_line": {"zh": f"{street}{number}号", "de": f"{street} {number}", "en": f"{number} {street}"}[language],
        "city": CITIES[language].draw(random),
        "region": REGIONS[language].draw(random),
        "postcode": f"{random.randrange(10000, 99999)}" + ("0" if language == "zh" else ""),
        "country": {"zh": "CN", "de": "DE", "en": "GB"}[language],
    }


def _phone(random: Random, language: str) -> str:
    match language:
        case "zh":
            return f"1{random.choice(['39', '38', '58', '86', '77'])}{random.randrange(10**8):08}"
        case "de":
            return f"+49 15{random.randrange(1, 8)} {random.randrange(10**7, 10**8)}"
    return f"+44 7{random.randrange(400, 900)} {random.randrange(10**6):06}"


def _person(random: Random, language: str, family_name: str, home: dict, given_up: list[str]) -> dict:
    gender = random.choice("fm")
    given = given_name(random, language, gender)
    family = family_name if random.random() < 0.8 else FAMILY[language].draw(random)
    latin_given, latin_family = (pinyin(given), pinyin(family)) if language == "zh" else (given, family)
    born = birth_date(random, 1945, 2010).isoformat()
    handle = random.choice(
        [
            f"{latin_given}.{latin_family}{random.randrange(100)}",
            f"{latin_given[0]}{latin_family}{born[:4]}",
            f"{random.randrange(10**8, 10**10)}",
            f"{latin_family}{random.randrange(1000)}",
        ]
    )
    handle = "".join(letter for letter in handle.lower() if letter.isascii() and (letter.isalnum() or letter == "."))
    phones = [_phone(random, language)]
    if random.random() < 0.15:
        phones.append(_phone(random, language))
        given_up.append(phones[0])
    elif given_up and random.random() < 0.02:  # a stranger's old number
        phones = [given_up.pop(random.randrange(len(given_up)))]
    emails = [f"{handle or 'user'}@{random.choice(MAIL)}"]
    if random.random() < 0.25:
        emails.append(f"{handle or 'me'}{random.choice(['_', '1', 'x'])}@{random.choice(MAIL)}")
    return {
        "language": language,
        "given": given,
        "family": family,
        "latin": f"{latin_given} {latin_family}",
        "phones": phones,
        "emails": emails,
        "born": born,
        "gender": {"f": "female", "m": "male"}[gender],
        "home": home,
        "moved": _home(random, language) if random.random() < 0.12 else home,
        "card": f"M{random.randrange(10**8):08}",
    }


def _name(random: Random, one: dict) -> str:
    given, family, chance = one["given"], one["family"], random.random()
    if one["language"] == "zh":
        if chance < 0.10:
            return one["latin"]
        if chance < 0.13:
            return " ".join(reversed(one["latin"].split(" ")))
        return f"{family}{given}".translate(TRADITIONAL) if chance < 0.16 else f"{family}{given}"
    if chance < 0.10:
        given = short_form(random, given)
    elif chance < 0.13:
        given = f"{given[0]}."
    elif chance < 0.16:
        return f"{family}, {given}"
    elif chance < 0.21:
        family = slip(random, family)
    elif chance < 0.24:
        given = slip(random, given)
    return f"{given} {family}"


def _record(random: Random, one: dict, *, first: bool, shared_phone: str | None) -> dict:
    source = "shop" if first and random.random() < 0.6 else random.choice(["shop", "guest", "helpdesk", "membership"])
    knows_home = source in ("shop", "guest", "membership")
    home = one["moved" if random.random() < 0.5 else "home"] if knows_home and random.random() < 0.85 else {}
    phone = random.choice(one["phones"])
    if shared_phone and random.random() < 0.5:
        phone = shared_phone
    elif random.random() < 0.002:
        phone = SHOP_PHONE
    has_phone = random.random() < 0.75
    has_email = not has_phone or random.random() < (0.55 if source == "guest" else 0.8)
    email = NO_REPLY if random.random() < 0.002 else random.choice(one["emails"])
    born = one["born"] if source in ("shop", "membership") and random.random() < 0.6 else None
    if born and random.random() < 0.04:
        born = random.choice(["1900-01-01", wrong_date(random, born)])
    has_card = source == "membership" or (source == "helpdesk" and random.random() < 0.3)
    return {
        "source": source,
        "account_type": "individual" if source in ("shop", "membership") else None,
        "full_name": _name(random, one) if random.random() < 0.96 else None,
        "email": _typed(random, email) if has_email else None,
        "phone": phone.replace(" ", random.choice(["", "-", " "])) if has_phone else None,
        "birth_date": born,
        "gender": one["gender"] if born and random.random() < 0.8 else None,
        "card_number": one["card"] if has_card else None,
        **home,
    }


def _typed(random: Random, email: str) -> str:
    chance = random.random()
    return email.upper() if chance < 0.05 else slip(random, email) if chance < 0.07 else email


def organisations(random: Random, records: int) -> Iterator[dict]:
    """Organisations under several spellings, and the persons who write from their offices; each is one of its own."""
    made = number = 0
    while made < records:
        language = random.choice(["en", "de", "zh"])
        office = {name: value for name, value in _home(random, language).items() if name != "region"}
        stem = f"{FAMILY[language].draw(random)}{random.choice(['', FAMILY[language].draw(random)])}"
        stem += ("" if language == "zh" else " ") + random.choice(TRADES[language])
        spellings = [
            f"{stem}{'' if language == 'zh' else ' '}{form}".strip() for form in random.choice(LEGAL_FORMS[language])
        ]
        domain = f"{pinyin(stem).lower().replace(' ', '')}.example"
        domain = "".join(letter for letter in domain if letter.isascii())
        phone = _phone(random, language)
        for _ in range(random.choice([1, 1, 2, 3, 4])):
            made += 1
            yield {
                "person": f"o{number}",
                "source": random.choice(["shop", "helpdesk"]),
                "account_type": "organisation" if random.random() < 0.85 else None,
                "organisation_name": slip(random, stem) if random.random() < 0.05 else random.choice(spellings),
                "email": random.choice([f"info@{domain}", f"office@{domain}", None]),
                "phone": phone if random.random() < 0.7 else None,
                **(office if random.random() < 0.8 else {}),
            }
        for contact in range(random.choice([0, 1, 1, 2, 3])):
            given, family = given_name(random, language, random.choice("fm")), FAMILY[language].draw(random)
            own_phone = _phone(random, language)
            name = f"{family}{given}" if language == "zh" else f"{given} {family}"
            handle = "".join(letter for letter in pinyin(given + family).lower() if letter.isascii())
            for _ in range(random.choice([1, 1, 2, 3])):
                made += 1
                yield {
                    "person": f"o{number}c{contact}",
                    "source": random.choice(["shop", "helpdesk", "guest"]),
                    "account_type": "individual" if random.random() < 0.8 else None,
                    "full_name": slip(random, name) if language != "zh" and random.random() < 0.1 else name,
                    "organisation_name": random.choice(spellings) if random.random() < 0.6 else None,
                    "email": random.choice([f"{handle}@{domain}", f"{handle}@{domain}", f"info@{domain}", None]),
                    "phone": random.choice([phone, own_phone, None]),
                    **(office if random.random() < 0.4 else {}),
                }
        number += 1
