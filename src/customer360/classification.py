"""What may be published: every column of every published table says how personal it is, or nothing is published.

The marts' columns say it in the dbt project, as `config: { meta: { personal: WORD } }` of a column or, for numbers,
times and flags, of its mart (see `customer360.personal_data`); those of the published ops tables say it here. Readers
find the words, with what they mean, in `ops.column_classification` of the published file.

Two nets hang below, for a word that is wrong: a column whose name is a contact's, and a value that looks like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb
import yaml

from customer360 import personal_data
from customer360.errors import PublicationError

# The columns of text and dates of the published ops tables, by their word.
OPS_COLUMNS = {
    name: word
    for word, names in {
        "none": """
            run_id command status load_id source_system source_table new_columns stage check_name table_name column_name
            message node_id resource_type reason publication_id as_of_date schema_name classification means
            kind first_on last_on
        """,
        "pseudonym": "source_record_id",
    }.items()
    for name in names.split()
}

NAME_OF_A_CONTACT = re.compile(
    r"(^|_)(e?mail|e?mail_address|phone|mobile|full_name|first_name|last_name|contact_person|recipient_name"
    r"|address_line|birth_date|born_on|card_number|iban)(_normalised|_normalized)?$"
)
# An e-mail address, a telephone number in full, a bank card's number as it is written; ids and amounts are none.
VALUE_OF_A_CONTACT = (
    r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
    r"|(^|[^\w.:-])\+[1-9]\d{0,2}[ -]?\(?\d[\d ()-]{6,12}\d($|[^\w.:-])"
    r"|(^|[^\w.:-])\+[1-9]\d{0,2}(\.\d{2,}){2,}($|[^\w.:-])"  # one dot alone is an amount's
    r"|(^|[^\w.:-])\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}($|[^\w.:-])"
)
# A Chinese mobile number as people write it; an id may look the same, so it is looked for where no id should stand.
MOBILE_NUMBER = r"|(^|[^\w.:-])1[3-9]\d[ _-]?\d{4}[ _-]?\d{4}($|[^\w.:-])"

Column = tuple[str, str, str, str]  # schema, table, column, DuckDB type
DDL = "(schema_name varchar, table_name varchar, column_name varchar, classification varchar, means varchar)"


def columns_of(connection: duckdb.DuckDBPyConnection, database: str, *schemas: str) -> list[Column]:
    """Every column of every table of these schemas."""
    return connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and list_contains(?, schema_name) and not internal "
        "order by schema_name, table_name, column_index",
        [database, list(schemas)],
    ).fetchall()


def require_publishable(columns: Iterable[Column], project: Path) -> list[tuple[str, str, str, str]]:
    """(schema, table, column, word) of columns that may be published.

    Raises PublicationError naming each that says nothing, says a word of no vocabulary, holds what may not be
    published, or is called like a contact.
    """
    said, words, problems = said_in(project), [], []
    for schema, table, column, data_type in columns:
        full_name = f"{schema}.{table}.{column}"
        of_table, of_columns = said.get(table, (None, {})) if schema == "marts" else ("none", OPS_COLUMNS)
        try:
            word = personal_data.word(full_name, of_columns.get(column), of_table, data_type)
        except ValueError as error:
            problems.append(str(error))
            continue
        if word not in personal_data.PUBLISHED:
            problems.append(f"{full_name} is {word}")
        elif NAME_OF_A_CONTACT.search(column) and data_type != "BOOLEAN":
            problems.append(f"{full_name} is called like a contact")
        words.append((schema, table, column, word))
    if problems:
        raise PublicationError(
            "Personal data is published in restricted/ alone, and every other column says that it holds none "
            f"(config.meta.personal in the model's yml): {'; '.join(problems)}."
        )
    return words


def require_no_contacts(
    connection: duckdb.DuckDBPyConnection, database: str, columns: Iterable[Column], pseudonyms: set[tuple[str, ...]]
) -> None:
    """Raise PublicationError naming the columns of text in which a value looks like a contact or a bank card."""
    texts: dict[str, dict[str, str]] = {}
    for schema, table, column, data_type in columns:
        if data_type == "VARCHAR":
            pattern = VALUE_OF_A_CONTACT + ("" if (schema, table, column) in pseudonyms else MOBILE_NUMBER)
            texts.setdefault(f'"{schema}"."{table}"', {})[column] = pattern
    found = []
    for table, patterns in texts.items():
        hits = ", ".join(
            f"count(*) filter (regexp_matches(\"{name}\", '{pattern}'))" for name, pattern in patterns.items()
        )
        counts = connection.execute(f"select {hits} from {database}.{table}").fetchone()
        found += [f"{table}.{name} ({rows:,} rows)" for name, rows in zip(patterns, counts, strict=True) if rows]
    if found:
        raise PublicationError(
            "Values that look like e-mail addresses, telephone or bank card numbers stand in what is to be published: "
            f"{', '.join(found).replace(chr(34), '')}. Mend the source, or the model that lets them through."
        )


def write(connection: duckdb.DuckDBPyConnection, database: str, project: Path) -> None:
    """Check every column of `database` and write ops.column_classification into it. Raises PublicationError."""
    connection.execute(f"create table {database}.ops.column_classification {DDL}")
    columns = columns_of(connection, database, "marts", "ops")
    words = require_publishable(columns, project)
    pseudonyms = {(schema, table, column) for schema, table, column, word in words if word == "pseudonym"}
    require_no_contacts(connection, database, columns, pseudonyms)
    connection.executemany(
        f"insert into {database}.ops.column_classification values (?, ?, ?, ?, ?)",
        [(*row, personal_data.CLASSES[row[3]]) for row in words],
    )


@cache
def said_in(project: Path) -> dict[str, tuple[str | None, dict[str, str]]]:
    """{model: (its own word, {column: word})} of every model whose yml says any."""
    loader, said = getattr(yaml, "CSafeLoader", yaml.SafeLoader), {}
    for file in sorted(project.glob("models/**/*.yml")):
        for model in (yaml.load(file.read_text(encoding="utf-8"), loader) or {}).get("models", []):  # noqa: S506
            columns = {column["name"]: _word_of(column) for column in model.get("columns", [])}
            said[model["name"]] = (_word_of(model), {name: word for name, word in columns.items() if word})
    return said


def _word_of(described: dict) -> str | None:
    return ((described.get("config") or {}).get("meta") or {}).get("personal")
