"""What an error of a database or a library may say in our messages and logs: what went wrong, and none of the data.

Our own errors name tables, rows and columns. Others quote what they choked on ("Could not convert string 'li@…'"), and
their text goes into logs, the screen, Airflow's tracebacks and ops. So whoever passes such a text on asks `said_by`.
Errors about names (no such column) keep the names, for without them nobody can mend anything; of all others everything
between the first quote and the last is left out, and so are long numbers and e-mail addresses.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import duckdb

from customer360.errors import Customer360Error, UnexpectedError

ABOUT_NAMES = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
FRAMES_SHOWN, LONGEST = 6, 300

_SQL = re.compile(r"\n\s*LINE \d+:.*", re.DOTALL)  # the statement, which may hold constants
_NAME = re.compile(r"""(["'])([A-Za-z_][\w.]{0,80})\1""", re.ASCII)
_QUOTED = re.compile(r"""["'].*["']|["'].*""", re.DOTALL)  # a value may hold quotes: to the last one, or to the end
_WRITTEN_OUT = {"ca": "cannot", "do": "do not", "does": "does not", "is": "is not"}
_VALUES = (
    (re.compile(r"(occurred while executing the UDF: \w+).*"), r"\1"),
    (re.compile(r"[^\x00-\x7f][^\x00-\x40]*"), "(a value)"),  # they say what is wrong in plain English letters
    (re.compile(r"\S+@\S+"), "(an e-mail address)"),
    (re.compile(r"[+(]?\d[\d ().-]{5,}\d"), "(a number)"),
    (re.compile(r"\bKey \(.*", re.DOTALL), "(a key)"),  # PostgreSQL: Key (email)=(…) already exists
)


def said_by(error: BaseException | str) -> str:
    """One line that says what went wrong; of an error that is ours, what it says itself."""
    if isinstance(error, Customer360Error):
        return str(error)
    text = str(error)
    if isinstance(error, ABOUT_NAMES):
        text = _NAME.sub("\0\\2\0", " ".join(_SQL.sub("", text).split()))  # its hints as well
        text = _without_values(text).replace("\0", '"')
    else:
        text = _without_values(_SQL.sub("", text) if isinstance(error, duckdb.Error) else text)
    if not isinstance(error, str | duckdb.Error):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text[:LONGEST]


def _without_values(text: str) -> str:
    text = re.sub(r"\b(ca|do|does|is)n't\b", lambda word: _WRITTEN_OUT[word[1]], text)  # no quote begins there
    text = _QUOTED.sub("(a value)", text)
    text = (text.strip().splitlines() or [""])[0]  # what follows is a file's line, a statement or a hint
    for pattern, instead in _VALUES:
        text = pattern.sub(instead, text)
    return text


def unexpected(error: Exception) -> UnexpectedError:
    """An error nobody foresaw as one of ours: what it may say, and where in the code it came up, in place of values."""
    places = [
        f"  {'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-FRAMES_SHOWN:]
    ]
    return UnexpectedError("\n".join([f"{said_by(error)}. It was not foreseen; it came up in", *places]))
