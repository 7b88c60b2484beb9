"""E-mail addresses: as a join key, and as the mailbox they are delivered to.

One mailbox has many addresses where its provider ignores dots or what follows a plus; `mailbox_providers.csv` says
which do. An address of a role (info@, noreply@) is of no person and has no mailbox; `role_addresses.csv` lists them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from customer360.identity.normalise.text import listed, table

ADDRESS = re.compile(r"[^@,;<>()\"\s]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z]{2,}|xn--[a-z0-9-]+)")
PROVIDERS = {row["domain"]: row for row in table("mailbox_providers.csv")}
LISTED = listed("role_addresses.csv")
NO_REPLY = re.compile(r"(?:.*[-_.])?(?:no|not|do-?not|dont)[-_.]?reply(?:[-_.].*)?")


def normalise_email(text: str | None) -> str | None:
    """The address in lower case and half-width, without spaces, `mailto:` or the name around it; None if it is none."""
    if not text:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("。", ".").replace("\u200b", "")
    tidy = "".join(text.lower().split())
    if "<" in tidy:
        tidy = tidy[tidy.index("<") + 1 :].partition(">")[0]
    tidy = tidy.removeprefix("mailto:").rstrip(".,;")
    return tidy if ADDRESS.fullmatch(tidy) else None


def mailbox(email: str | None) -> str | None:
    """The mailbox of a normalised address, by its provider's rule; None for a role, a no-reply or a placeholder."""
    if not email or why_impersonal(email):
        return None
    name, _, domain = email.rpartition("@")
    rule = _rule(domain)
    if rule is None:  # most providers deliver a plus tag to the address before it, and none but a few ignore dots
        return f"{name.partition('+')[0] or name}@{domain}"
    for separator in rule["tag"]:
        name = name.partition(separator)[0] or name
    for ignored in rule["ignored"]:
        name = name.replace(ignored, "") or name
    return f"{name}@{rule['same_as']}"


def why_impersonal(email: str) -> str | None:
    """Why an address says nothing about a person; None for one that may be somebody's."""
    name, _, domain = email.rpartition("@")
    name = name.partition("+")[0]
    if NO_REPLY.fullmatch(name):
        return "an address nobody reads"
    if name in LISTED["role"]:
        return "the address of a role, not of a person"
    if name in LISTED["placeholder"] or domain in LISTED["placeholder_domain"]:
        return "a placeholder"
    return None


@lru_cache(maxsize=4096)
def _rule(domain: str) -> dict[str, str] | None:
    return PROVIDERS.get(domain)
