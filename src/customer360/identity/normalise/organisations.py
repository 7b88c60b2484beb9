"""Names of organisations: telling one from a person's, and the name without its legal form."""

from __future__ import annotations

import re
from functools import lru_cache

from customer360.identity.normalise.text import is_han, listed, words

WORDS = listed("organisation_words.csv")
LEGAL_FORMS, PROOF = WORDS["legal_form"], WORDS["proof"]
CHINESE_LEGAL_FORMS = tuple(sorted((form for form in LEGAL_FORMS if is_han(form)), key=len, reverse=True))
CHINESE_ENDINGS = tuple(WORDS["chinese_ending"])
BRANCH = re.compile(r"[(（][^()（）]*[)）]\s*$")  # of the company: (Shanghai), （2）
SHORTEST_CHINESE = 4  # characters; 张小学 may well be a person


@lru_cache(maxsize=65536)
def looks_like_organisation(name: str | None) -> bool:
    """Whether a name is an organisation's by its own words: a legal form that no surname is, School, 有限公司 …"""
    if not name:
        return False
    parts = words(BRANCH.sub("", name) or name)
    if len(parts) > 1 and (not PROOF.isdisjoint(parts) or (parts[-1] == "sons" and "&" in name)):
        return True
    together = "".join(parts).rstrip("0123456789")
    return len(together) >= SHORTEST_CHINESE and together.endswith(CHINESE_ENDINGS)


@lru_cache(maxsize=65536)
def normalise_organisation(name: str | None) -> str | None:
    """The folded name without its legal form, a leading "the", and spaces between Chinese characters."""
    if not name:
        return None
    parts = words(name.replace("&", " and "))
    if len(parts) > 1 and parts[0] == "the":
        parts = parts[1:]
    while len(parts) > 1 and (parts[-1] in LEGAL_FORMS or parts[-1] == "and"):  # GmbH & Co. KG
        parts = parts[:-1]
    together = "".join(parts) if any(map(is_han, parts)) else " ".join(parts)
    for form in CHINESE_LEGAL_FORMS:
        if together.endswith(form) and together != form:
            together = together.removesuffix(form)
            break
    return together or None
