"""Labelled records of made-up people, family by family: what a resolver must be good at all at once.

    python -m bench.identity_families FOLDER [--family commerce] [--records 1000000] [--seed 1]

Each family is a generator of rows: `person` is the truth, the other names are those `customer360 identity evaluate`
takes as they are. The same seed gives the same rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench import identity_commerce
from bench.identity_names import (
    CITIES,
    FAMILY,
    GIVEN,
    JOBS,
    PLAIN_LETTERS,
    REGIONS,
    STREETS,
    birth_date,
    given_name,
    short_form,
    slip,
    wrong_date,
)

Row = dict[str, str | None]
BATCH = 50_000


@dataclass(frozen=True)
class Family:
    """columns: of the file, after `person`; rows(random, records): at least that many rows, persons whole."""

    name: str
    records: int
    columns: tuple[str, ...]
    rows: Callable[[Random, int], Iterator[Row]]


def register(random: Random, records: int) -> Iterator[Row]:
    """As thin, from a population register in capital letters, whose few names are shared by many."""
    given_names = {gender: GIVEN["de"][gender].narrowed(90) for gender in "fm"}
    family_names = FAMILY["de"].narrowed(110)
    for person in range(records * 9 // 10):
        names = (given_names[random.choice("fm")].draw(random), family_names.draw(random))
        given, family = (name.lower().translate(PLAIN_LETTERS).upper() for name in names)
        yield from _once_or_twice(random, person, given, family, birth_date(random, 1925, 2008).isoformat())


def thin(random: Random, records: int) -> Iterator[Row]:
    """A full name and a birth date, no more; one person in nine is there twice, with one small error."""
    for person in range(records * 9 // 10):
        language = random.choice(["en", "de"])
        given, family = given_name(random, language, random.choice("fm")), FAMILY[language].draw(random)
        born = birth_date(random, 1925, 2008).isoformat()
        if person % 90 == 1:  # a parent and a child of the same name are two
            yield {
                "person": f"{person}p",
                "full_name": f"{given} {family}",
                "birth_date": f"{int(born[:4]) - 28}-05-17",
            }
        yield from _once_or_twice(random, person, given, family, born)


def _once_or_twice(random: Random, person: int, given: str, family: str, born: str) -> Iterator[Row]:
    yield {"person": str(person), "full_name": f"{given} {family}", "birth_date": born}
    if person % 9:
        return
    match random.random():
        case chance if chance < 0.30:
            given = slip(random, given)
        case chance if chance < 0.55:
            family = slip(random, family)
        case chance if chance < 0.62:
            given = short_form(random, given)
        case _:
            born = wrong_date(random, born)
    yield {"person": str(person), "full_name": f"{given} {family}", "birth_date": born}


def deep(random: Random, records: int) -> Iterator[Row]:
    """Two in five records are originals, with address and all; a person has up to three more with several errors."""
    for person in range(records * 2 // 5):
        original = _resident(random, str(person))
        yield original
        for _ in range(random.choice([0, 1, 1, 2, 2, 3])):
            yield _damaged(random, original, errors=random.choice([1, 2, 2, 3, 4]))


def two_lists(random: Random, records: int) -> Iterator[Row]:
    """Two lists of one population: most of the first are in the second once, with an error or two."""
    for person in range(records // 2):
        original = _resident(random, str(person))
        yield original | {"source": "first"}
        other = original if person % 20 else _resident(random, f"{person}o")
        yield _damaged(random, other, errors=random.choice([0, 1, 1, 2])) | {"source": "second"}


def _resident(random: Random, person: str) -> Row:
    language = random.choice(["en", "en", "de"])
    return {
        "person": person,
        "given_name": given_name(random, language, random.choice("fm")),
        "family_name": FAMILY[language].draw(random),
        "address_line": f"{int(random.expovariate(0.03)) + 1} {STREETS[language].draw(random)}",
        "city": CITIES[language].draw(random),
        "region": REGIONS[language].draw(random),
        "postcode": f"{random.randrange(1000, 99999):05}",
        "birth_date": birth_date(random, 1925, 2008).isoformat(),
    }


def _damaged(random: Random, original: Row, *, errors: int) -> Row:
    row = dict(original)
    for _ in range(errors):
        field = random.choice([name for name in original if name not in ("person", "source")])
        value = row[field]
        match random.random():
            case chance if chance < 0.12:
                row[field] = None
            case chance if chance < 0.18:
                row["given_name"], row["family_name"] = row["family_name"], row["given_name"]
            case chance if chance < 0.22:
                row["address_line"], row["city"] = row["city"], row["address_line"]
            case chance if chance < 0.30 and row["given_name"]:
                row["given_name"] = short_form(random, row["given_name"])
            case _ if not value:
                continue
            case _:
                row[field] = wrong_date(random, value) if field == "birth_date" else slip(random, value)
                if field == "birth_date" and random.random() < 0.15:
                    row[field] = None
    return row


def figures(random: Random, records: int) -> Iterator[Row]:
    """Historical figures as many hands describe them: 1 to 20 records each, titles, spellings, half-known dates."""
    made = person = 0
    while made < records:
        language = random.choice(["en", "en", "en", "de"])
        gender = random.choice("fmm")
        names = [given_name(random, language, gender) for _ in range(random.choice([1, 1, 2, 3]))]
        figure = {
            "names": names,
            "family": FAMILY[language].draw(random),
            "title": random.choice(["Sir", "Lord", "Lady", "Dr", "Baron", "Count", "General", "Bishop"]),
            "seat": CITIES[language].draw(random),
            "born": birth_date(random, 1600, 1920).isoformat(),
            "postcode": f"{random.choice('ABCDEFGHLMNPRSTW')}{random.choice('ABCELNRT')}{random.randrange(1, 60)} "
            f"{random.randrange(1, 9)}{random.choice('ABDEFGHJLN')}{random.choice('ABDEFGHJLN')}",
            "job": JOBS.draw(random).split(",")[0].lower(),
            "gender": {"f": "female", "m": "male"}[gender],
        }
        for _ in range(min(random.randrange(1, 21), records - made)):
            made += 1
            yield {"person": str(person)} | _described(random, figure)
        person += 1


def _described(random: Random, figure: dict) -> Row:
    names, family = list(figure["names"]), figure["family"]
    if len(names) > 1 and random.random() < 0.4:
        names = names[:1] if random.random() < 0.7 else names[1:2]
    if random.random() < 0.2:
        names[0] = short_form(random, names[0])
    elif random.random() < 0.08:
        names = [f"{each[0]}." for each in names]
    if random.random() < 0.2:
        names[0] = slip(random, names[0])
    if random.random() < 0.2:
        family = slip(random, family)
    full = " ".join([*names, family])
    match random.random():
        case chance if chance < 0.10:
            full = f"{figure['title']} {full}"
        case chance if chance < 0.16:
            full = f"{full}, {random.choice(['1st', '2nd', '3rd'])} {figure['title']} of {figure['seat']}"
        case chance if chance < 0.20:
            full = f"{family}, {' '.join(names)}"
        case chance if chance < 0.22:
            full = f"{figure['title']} {family}"
    born: str | None = figure["born"]
    match random.random():
        case chance if chance < 0.25:
            born = f"{born[:4]}-01-01"
        case chance if chance < 0.37:
            born = wrong_date(random, born)
        case chance if chance < 0.47:
            born = None
    return {
        "full_name": full,
        "birth_date": born,
        "city": _partly(random, figure["seat"], known=0.6, wrong=0.15),
        "postcode": _partly(random, figure["postcode"], known=0.6, wrong=0.2),
        "gender": figure["gender"] if random.random() < 0.7 else None,
        "occupation": (figure["job"] if random.random() < 0.85 else JOBS.draw(random).split(",")[0].lower())
        if random.random() < 0.5
        else None,
    }


def _partly(random: Random, value: str, *, known: float, wrong: float) -> str | None:
    if random.random() >= known:
        return None
    return slip(random, value) if random.random() < wrong else value


RESIDENT = ("given_name", "family_name", "address_line", "city", "region", "postcode", "birth_date")
FAMILIES = {
    family.name: family
    for family in (
        Family("register", 10_000, ("full_name", "birth_date"), register),
        Family("thin", 10_000, ("full_name", "birth_date"), thin),
        Family("deep", 5_000, RESIDENT, deep),
        Family("two_lists", 10_000, (*RESIDENT, "source"), two_lists),
        Family("figures", 50_000, ("full_name", "birth_date", "city", "postcode", "gender", "occupation"), figures),
        Family("commerce", 50_000, identity_commerce.COLUMNS, identity_commerce.commerce),
        Family("organisations", 5_000, identity_commerce.ORGANISATION_COLUMNS, identity_commerce.organisations),
    )
}


def write(family: Family, file: Path, *, records: int | None = None, seed: int = 1) -> int:
    """Write a family's records as Parquet, in an order that says nothing. Returns how many there are."""
    columns = ("person", *family.columns)
    schema = pa.schema([(name, pa.string()) for name in columns])
    rows = family.rows(Random(f"{family.name} {seed}"), records or family.records)
    unordered = file.with_suffix(".unordered")
    written = 0
    with pq.ParquetWriter(unordered, schema) as writer:
        while batch := list(islice(rows, BATCH)):
            writer.write_table(pa.table({name: [row.get(name) for row in batch] for name in columns}, schema=schema))
            written += len(batch)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * exclude file_row_number from read_parquet('{unordered}', file_row_number = true) "
            f"order by hash(file_row_number, {seed})) to '{file}' (format parquet)"
        )
    unordered.unlink()
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.identity_families", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--family", choices=[*FAMILIES], nargs="+", default=[*FAMILIES])
    parser.add_argument("--records", type=int, help="about how many; default: the family's own number")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.family:
        written = write(FAMILIES[name], options.folder / f"{name}.parquet", records=options.records, seed=options.seed)
        print(f"{name}: {written:,} records")


if __name__ == "__main__":
    main()
