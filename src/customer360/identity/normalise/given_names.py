"""Which given names may stand for which: the names a short form is short for, from the data of package `nicknames`."""

from __future__ import annotations

from functools import lru_cache

from nicknames import name_triplets

from customer360.identity.normalise.text import romanise


def _long_forms() -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for name, relation, nickname in name_triplets():
        if relation == "has_nickname":
            forms.setdefault(nickname, set()).add(name)
            forms.setdefault(name, set())
    return {nickname: frozenset(names) for nickname, names in forms.items()}


LONG_FORMS = _long_forms()


@lru_cache(maxsize=65536)
def roots(given_name: str) -> tuple[str, ...]:
    """The names that a given name may stand for, itself among them: bob → bob, bobby, robert, …

    Of several given names the first counts, alone and with the others; a Chinese one in characters and in pinyin.
    """
    first = given_name.partition(" ")[0]
    return tuple(sorted({given_name, first, romanise(given_name), *LONG_FORMS.get(first, ())}))
