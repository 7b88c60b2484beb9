"""From what a source delivered to the type the contract asks for, as DuckDB SQL: exact, or not at all.

`cast_expression` gives null for a value that does not fit; `reason_expression` says in words why. Nothing is guessed:
a date whose day and month could be swapped, an amount with more than four decimals or a thousands separator is
refused.
"""

from __future__ import annotations

from datetime import datetime

from customer360.sources.contract import Column

FIRST_YEAR, LAST_YEAR = 1900, 2100

# Types of a source that can hold a contract type at all; anything else is a changed type, which stops the table.
_TEXT = {"VARCHAR", "JSON"}
_TIMES = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE", "DATE"}
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
_FLOATS = {"FLOAT", "DOUBLE"}
_NUMBERS = _INTEGERS | _FLOATS | {"DECIMAL"}
_HOLDS = {
    "timestamp": _TEXT | _TIMES,
    "date": _TEXT | _TIMES,
    "money": _TEXT | _NUMBERS,
    "quantity": _TEXT | _NUMBERS,
    "integer": _TEXT | _NUMBERS,
    "boolean": _TEXT | _INTEGERS | {"BOOLEAN"},
}
_NULL_TYPE = {'"NULL"', "NULL"}


def quoted(name: str) -> str:
    """A column or table name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def constant(value: str | int | float | datetime | None) -> str:
    """A value as SQL. At the first parameter instead, DuckDB imports pandas: most of a second of every command."""
    match value:
        case None:
            return "null"
        case str():
            return literal(value)
        case datetime():
            return f"timestamp '{value}'"
    return str(value)


def base_type(native: str) -> str:
    """DECIMAL(12,2) → DECIMAL."""
    return native.split("(")[0].upper()


def can_hold(column: Column, native: str) -> bool:
    """Whether a source column of DuckDB type `native` can deliver the contract column at all."""
    return column.type not in _HOLDS or base_type(native) in _HOLDS[column.type] | _NULL_TYPE


def given_expression(column: Column, native: str, name: str) -> str:
    """True where the source says something; blank text says nothing, except in a text column."""
    field = quoted(name)
    if base_type(native) in _TEXT and column.type != "text":
        return f"coalesce(trim({field}), '') <> ''"
    return f"{field} is not null"


def can_fail(column: Column, native: str) -> bool:
    """False where every given value of this type fits, so that no check is spent on it."""
    base = base_type(native)
    if column.type in ("text",):
        return False
    if column.type == "json":
        return base in _TEXT
    return not (column.type == "boolean" and base == "BOOLEAN") and base not in _NULL_TYPE


def cast_expression(column: Column, native: str, name: str, *, is_key: bool = False) -> str:
    """The contract's type of source column `name`, null where it does not fit or is outside 1900–2100."""
    field, base = quoted(name), base_type(native)
    text = f"trim({field})"
    match column.type:
        case "text":
            value = field if base == "VARCHAR" else f"cast({field} as varchar)"
            return f"nullif(trim({value}), '')" if is_key else value
        case "timestamp":
            return _within_years(_timestamp(field, base), "timestamp")
        case "date":
            return _within_years(field if base == "DATE" else f"cast({_timestamp(field, base)} as date)", "date")
        case "money" | "quantity":
            return _decimal(field, native)
        case "integer":
            if base in _TEXT:
                return f"case when regexp_full_match({text}, '[+-]?\\d+(\\.0*)?') then try_cast({text} as bigint) end"
            if base in _INTEGERS:
                return f"try_cast({field} as bigint)"
            return f"case when {field} = trunc({field}) then try_cast({field} as bigint) end"
        case "boolean":
            if base in _TEXT:
                return (
                    f"case when lower({text}) in ('true', 't', 'yes', 'y', '1') then true "
                    f"when lower({text}) in ('false', 'f', 'no', 'n', '0') then false end"
                )
            return field if base == "BOOLEAN" else f"case {field} when 1 then true when 0 then false end"
        case "json":
            return f"case when json_valid({field}) then {field}::json end" if base in _TEXT else f"to_json({field})"
    raise ValueError(f"no such contract type: {column.type}")


def reason_expression(column: Column, native: str, name: str) -> str:
    """Why the value did not fit, for rows where the cast gave null."""
    field, base = quoted(name), base_type(native)
    missing = f"when not ({given_expression(column, native, name)}) then 'is missing' "
    if column.type in ("timestamp", "date"):
        text = f"trim(cast({field} as varchar))"
        swapped = (
            f"when regexp_full_match({text}, '\\d{{1,2}}[/-]\\d{{1,2}}[/-]\\d{{2,4}}.*') "
            f"then 'has a day and month that could be swapped: use YYYY-MM-DD' "
            if base in _TEXT
            else ""
        )
        return (
            f"case {missing}{swapped}when ({_timestamp(field, base)}) is not null "
            f"then 'is outside the years {FIRST_YEAR} to {LAST_YEAR}' else 'is not a {column.type}' end"
        )
    wanted = {
        "money": "an exact amount with at most four decimals",
        "quantity": "an exact quantity with at most four decimals",
        "integer": "a whole number",
        "boolean": "true or false",
        "json": "valid JSON",
    }.get(column.type, "text")
    return f"case {missing}else 'is not {wanted}' end"


def _within_years(value: str, type_: str) -> str:
    return (
        f"case when ({value}) between {type_} '{FIRST_YEAR}-01-01' and "
        f"{type_} '{LAST_YEAR}-12-31{'' if type_ == 'date' else ' 23:59:59.999999'}' then {value} end"
    )


def _timestamp(field: str, base: str) -> str:
    """Naive UTC. Zones are converted; text without one is UTC already, as the contract says."""
    if base == "TIMESTAMP WITH TIME ZONE":
        return f"{field} at time zone 'UTC'"
    if base not in _TEXT:
        return f"cast({field} as timestamp)"
    text = f"trim({field})"
    # DuckDB's own cast to timestamp drops an offset without applying it, so text that has one takes the slower way
    # round.
    return (
        f"case when regexp_matches({text}, '^\\d{{4}}-\\d{{2}}-\\d{{2}}') then "
        f"case when length({text}) > 10 and regexp_matches({text}, '[+-]\\d{{2}}(:?\\d{{2}})?$') "
        f"then try_cast({text} as timestamptz) at time zone 'UTC' else try_cast({text} as timestamp) end "
        f"when regexp_matches({text}, '^\\d{{4}}/\\d') "
        f"then try_strptime({text}, ['%Y/%m/%d', '%Y/%m/%d %H:%M', '%Y/%m/%d %H:%M:%S']) "
        f"when regexp_matches({text}, '^\\d{{1,2}}\\.\\d') "
        f"then try_strptime({text}, ['%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S']) "
        f"when regexp_full_match({text}, '\\d{{8}}') then try_strptime({text}, '%Y%m%d') "
        f"when regexp_full_match({text}, '\\d{{14}}') then try_strptime({text}, '%Y%m%d%H%M%S') "
        f"when {text} like '%年%月%日' then try_strptime({text}, '%Y年%m月%d日') end"
    )


def _decimal(field: str, native: str) -> str:
    base, text = base_type(native), f"trim({field})"
    target = "decimal(18, 4)"
    if base in _TEXT:
        return (
            f"case when regexp_full_match({text}, '[+-]?(\\d+(\\.\\d{{0,4}}0*)?|\\.\\d{{1,4}}0*)') "
            f"then try_cast({text} as {target}) end"
        )
    if base in _FLOATS:
        # A binary float is never exact; what four decimals cannot tell from it is taken, anything else is refused.
        is_near = f"abs({field} - round({field}, 4)) < 1e-7 * greatest(1, abs({field}))"
        return f"case when {is_near} then try_cast({field} as {target}) end"
    if base == "DECIMAL" and int(native.split(",")[1].rstrip(") ")) > 4:
        return f"case when {field} = round({field}, 4) then try_cast({field} as {target}) end"
    return f"try_cast({field} as {target})"
