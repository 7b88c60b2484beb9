"""How personal a column is: one closed vocabulary, and what every column of raw and of the marts says of itself.

The columns of raw say it in the source contract (`sources/contract.py`), the columns of models beside their
description, as `config: { meta: { personal: WORD } }`. One rule holds for both: a column that can hold a name, a
contact or a birth date (text, a date, anything nested) has to say its word itself; numbers, times and flags have the
word of their table unless they say another. So nobody adds a column of text without deciding what may be in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customer360.sources.contract import Table

CLASSES = {
    "none": "About nobody in particular: products, rules, the pipeline, totals of many people.",
    "fact": "What is known of somebody who stays behind a pseudonym: days, amounts, categories.",
    "pseudonym": "An id of a person, or of their order, ticket or card; only the private warehouse tells whose.",
    "personal": "Says who somebody is or how to reach them: names, contacts, addresses, birth dates, card numbers.",
    "sensitive": "Traits that may be held against somebody: gender, marital status, occupation, interests.",
    "free_text": "Words that people typed, or columns nobody has looked at: anything may be in them.",
}
PUBLISHED = ("none", "fact", "pseudonym")  # the others have one home, the restricted file; free text has none
UNKNOWN = "free_text"  # of a column that no contract knows

NUMBERS_TIMES_AND_FLAGS = (
    *(
        "tinyint",
        "smallint",
        "integer",
        "bigint",
        "hugeint",
        "utinyint",
        "usmallint",
        "uinteger",
        "ubigint",
        "uhugeint",
    ),
    *("decimal", "float", "double", "real", "timestamp", "time", "interval", "boolean"),
)


def columns(table: Table) -> dict[str, str]:
    """{column: word} of a table of raw, as the contract says; a column it does not name is UNKNOWN."""
    return {column.name: column.personal for column in table.columns}


def word(column: str, said: str | None, of_its_table: str | None, data_type: str) -> str:
    """The word of a column of a DuckDB type: what it says itself, or what its table says of numbers, times and flags.

    Raises ValueError where the column has to say it and does not, or the word is none of CLASSES.
    """
    may_inherit = data_type.lower().split("(")[0].strip() in NUMBERS_TIMES_AND_FLAGS
    found = said or (of_its_table if may_inherit else None)
    if found is None:
        raise ValueError(f"{column} ({data_type}) does not say how personal it is: one of {', '.join(CLASSES)}")
    if found not in CLASSES:
        raise ValueError(f"{column} says that it is {found}; it must be one of {', '.join(CLASSES)}")
    return found


def plain_names(column: str) -> str:
    """SQL: a list of column names as text, without those that are no plain words and may be somebody's."""
    return (
        f"array_to_string(list_transform(string_split({column}, ', '), name -> "
        f"case when regexp_full_match(name, '[a-z][a-z_]{{0,40}}[0-9]{{0,3}}') then name else '(a name)' end), ', ')"
    )
