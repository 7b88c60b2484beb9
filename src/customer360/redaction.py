"""What may leave this machine of an error: its words without secrets, and without what could be a person's.

Messages of this package name tables, rows and columns, never values; those of databases and libraries may hold
anything. So what is sent to others (alerts, lineage) goes through here: known secrets of the settings, passwords in
addresses, e-mail addresses, long numbers and values that a database quotes are replaced, and of an error that is not
ours only its kind is told.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from customer360.config import Settings
from customer360.errors import BuildError, CheckCrashedError, Customer360Error, UnexpectedError

LONGEST = 1000
SHORTEST_SECRET = 6
_URLS = ("shop_url", "helpdesk_url", "members_url", "lineage_url")
_SECRET_PARAMETER = re.compile(r"passw|secret|token|key|credential|signature", re.IGNORECASE)
_PATTERNS = (
    (re.compile(r"://[^/\s@]*@"), "://***@"),
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "(an e-mail address)"),
    (re.compile(r"(?<![\w.:-])(\+\d[\d ().-]{6,}\d|\d{9,})(?![\w.:-])"), "(a number)"),
    (re.compile(r"\b(string|value|input|Value|String) (['\"]).*?\2"), r"\1 (a value)"),
)
# They quote what the database said: only their first line, which counts and names, is ours.
_FIRST_LINE_ONLY = (BuildError, CheckCrashedError, UnexpectedError)


def secrets_of(settings: Settings) -> list[str]:
    """Every text in the settings that nobody else may read, longest first."""
    found = {settings.helpdesk_token, settings.hash_key, settings.alert_url, settings.shop_url}
    for url in (getattr(settings, name) for name in _URLS):
        if not url or "://" not in url:
            continue
        try:
            parts = urlsplit(url)
            password = parts.password
        except ValueError:  # not an address at all: all of it is kept back
            found.add(url)
            continue
        given = [value for name, value in parse_qsl(parts.query) if _SECRET_PARAMETER.search(name)]
        for secret in filter(None, [password, *given]):
            found |= {secret, unquote(secret)}
    if settings.alert_url:  # the path alone opens the door
        found.add(urlsplit(settings.alert_url).path.strip("/"))
    return sorted((text for text in found if text and len(text) >= SHORTEST_SECRET), key=len, reverse=True)


def redacted(text: str, settings: Settings) -> str:
    """`text` without secrets, and without what looks like a person's, cut to a length that can be read."""
    for secret in secrets_of(settings):
        text = text.replace(secret, "***")
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def told(error: BaseException | str | None, settings: Settings) -> str:
    """What may be told of an error to somebody outside."""
    if isinstance(error, str):
        return redacted(error, settings)
    if not isinstance(error, Customer360Error):
        return f"{type(error).__name__}: its text is in the log of the task, it may hold anything."
    lines = str(error).splitlines() or [type(error).__name__]
    return redacted(lines[0] if isinstance(error, _FIRST_LINE_ONLY) else "\n".join(lines), settings)
