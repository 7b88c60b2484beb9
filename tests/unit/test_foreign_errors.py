"""What databases and libraries say is passed on without the values they quote, and with the names that help."""

import json
import os
import sqlite3

import duckdb
import pytest
from canaries import CHINESE, EVERYTHING, LATIN

from customer360.errors import SourceError, UnexpectedError
from customer360.foreign_errors import said_by, unexpected

EMAIL, NAME, PHONE = LATIN.email, CHINESE.full_name, LATIN.phone


def error_of(statement: str, *parameters) -> Exception:
    with duckdb.connect() as connection:
        connection.execute(
            "create table people (email varchar primary key, born_on date check (born_on > '1900-01-01'))"
        )
        connection.execute("insert into people values (?, '1990-01-01')", [EMAIL])
        connection.create_function("strict", lambda text: int(text), ["varchar"], "bigint")
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(statement, parameters or None).fetchall()
    return caught.value


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("select email::int from people where email <> 'x'", "when casting from source column email"),
        (f"select '{LATIN.full_name}'::int", "Could not convert string"),
        (f"select {{'{LATIN.full_name}': 1}}['x']::int", ""),
        ("select cast(email || '''s friend' as date) from people", "invalid date field format"),
        (f"select ('{PHONE}' || chr(10) || 'LINE 1: ''x')::double", "Could not convert string"),
        ("insert into people select email, born_on from people", "Duplicate key"),
        ("insert into people values ('x', date '1800-01-01')", "CHECK constraint failed"),
        ("select strptime(email, '%Y') from people", "Could not parse string"),
        ("select strict(email) from people", "Python exception"),
        (f"select ('{PHONE.replace('-', '')}'::bigint)::tinyint", "INT8"),
        (f'select cast(\'{{"a": "{NAME}"\' as json)', "Malformed JSON"),
        (f"select error('{NAME} called')", ""),
        (f"select error('{EMAIL} called')", ""),
    ],
)
def test_a_value_that_duckdb_quotes_is_left_out(statement, kept):
    error = error_of(statement)
    assert kept in said_by(error)
    assert_clean(said_by(error))


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("select emial from people", ('"emial"', "not found")),
        ("select * from peeple", ("peeple", "does not exist")),
        (f"selec '{EMAIL}'", ('"selec"', "syntax error")),
        (f"select foo('{NAME}') from people", ("foo", "does not exist")),
        (f'select "Remark of {NAME}" from people', ("not found",)),
    ],
)
def test_an_error_about_names_keeps_them(statement, kept):
    said = said_by(error_of(statement))
    assert all(word in said for word in kept), said
    assert_clean(said)


def test_errors_of_other_libraries_keep_their_kind():
    for make, kept in (
        (lambda: int(PHONE), "ValueError: invalid literal for int() with base 10"),
        (lambda: {}[EMAIL], "KeyError"),
        (lambda: json.loads(f'{{"a": {NAME}}}'), "JSONDecodeError: Expecting value"),
        (lambda: sqlite3.connect(":memory:").execute(f'select "{NAME}" from t'), "OperationalError: no such table"),
        (lambda: os.stat(f"/nowhere/{EMAIL}"), "FileNotFoundError: [Errno 2] No such file"),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011
            make()
        assert kept in said_by(caught.value)
        assert_clean(said_by(caught.value))
    assert_clean(said_by(f"ERROR: duplicate key value\nDETAIL:  Key (email)=({EMAIL}) already exists"))
    assert_clean(said_by(f"Key (full_name)=({LATIN.full_name}) already exists"))


def test_our_own_errors_are_told_as_they_are():
    assert said_by(SourceError("shop.orders: column 'total' is missing")) == "shop.orders: column 'total' is missing"


def test_what_nobody_foresaw_says_where_it_came_up():
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(f"{EMAIL} {NAME}")
    error = unexpected(caught.value)
    assert isinstance(error, UnexpectedError)
    assert "ValueError: invalid literal for int()" in str(error)
    assert "unit/test_foreign_errors.py:" in str(error)
    assert_clean(str(error))


def assert_clean(text: str) -> None:
    found = [value for value in EVERYTHING if value.lower() in text.lower()]
    assert not found, text
