"""What the resolver is measured against: plain Splink, and exact rules, on the same records and columns.

    python -m bench.identity_alternatives RECORDS --truth person [--map …] [--rules] [--threshold 0.95]

Plain Splink is the way its own tutorial goes: its standard comparisons on the columns there are, u from random pairs, m
by expectation maximisation over two blocking rules. Without --threshold it is given the one that suits the truth best,
which nobody knows beforehand.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
import warnings
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from customer360.identity import labelled_file, labelled_records, metrics
from customer360.identity.closure import groups
from customer360.identity.column_choice import choose
from customer360.sources.casting import quoted

THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)
ALL_PAIRS_BELOW = 200_000  # records; a larger set trains on a sample, as Splink does by default
COMPARISONS = {
    "name": lambda: compare.NameComparison("name").configure(term_frequency_adjustments=True),
    "birth_date": lambda: compare.DateOfBirthComparison("birth_date", input_is_string=True),
    "email": lambda: compare.EmailComparison("email"),
    "phone": lambda: compare.LevenshteinAtThresholds("phone", [1]),
    "address": lambda: compare.JaroWinklerAtThresholds("address", [0.9, 0.8]),
    "city": lambda: compare.LevenshteinAtThresholds("city", [2]).configure(term_frequency_adjustments=True),
    "postcode": lambda: compare.LevenshteinAtThresholds("postcode", [1]),
    "gender": lambda: compare.ExactMatch("gender"),
    "occupation": lambda: compare.ExactMatch("occupation"),
}
BLOCKING = {
    "name": block_on("name"),
    "birth_date": block_on("birth_date"),
    "email": block_on("email"),
    "phone": block_on("phone"),
    "postcode": block_on("postcode", "substr(name, 1, 3)"),
    "city": block_on("city", "substr(name, 1, 4)"),
    "address": block_on("address"),
}
EXACT_RULES = ("email", "card", "name || birth_date", "name || phone", "name || address || postcode")


@dataclass(frozen=True)
class Result:
    """threshold: the best one, None for exact rules. seconds: of the clock, without reading the file."""

    pairs: metrics.Score
    threshold: float | None
    seconds: float


def read(connection: duckdb.DuckDBPyConnection, path: Path, truth: str, mappings: Sequence[str]) -> np.ndarray:
    """Make the table `people` (unique_id from 0 and the columns of COMPARISONS); returns each record's label."""
    names, _ = labelled_file.read(connection, path)
    labelled_records.take(connection, choose(names, mappings, truth=truth, guess=True))
    connection.execute(
        """
        create or replace table people as
        select
            record_number - 1 as unique_id,
            lower(coalesce(full_name, organisation_name)) as name,
            cast(coalesce(
                try_strptime(birth_date, '%Y-%m-%d'), try_strptime(birth_date, '%Y%m%d')
            )::date as varchar) as birth_date,
            lower(email) as email,
            nullif(regexp_replace(phone, '[^0-9]', '', 'g'), '') as phone,
            lower(address_line) as address,
            lower(city) as city,
            lower(postcode) as postcode,
            lower(gender) as gender,
            lower(occupation) as occupation,
            card_number as card
        from labelled
        """
    )
    column = quoted(truth)
    return connection.execute(
        f"select dense_rank() over (order by {column}) as person from file_records order by record_number"
    ).fetchnumpy()["person"]


def exact_rules(connection: duckdb.DuckDBPyConnection, persons: np.ndarray) -> Result:
    """Records that agree exactly on one of EXACT_RULES are one person, and so are chains of them."""
    started = time.monotonic()
    selects = [
        f"select unique_id, min(unique_id) over (partition by {rule}) as first_id from people where {rule} is not null"
        for rule in EXACT_RULES
    ]
    edges = connection.execute(" union all ".join(selects)).fetchnumpy()
    clusters = groups(edges["unique_id"], edges["first_id"], len(persons))
    seconds = time.monotonic() - started
    return Result(metrics.pair_score(metrics.contingency(persons, clusters)), None, seconds)


def plain_splink(
    connection: duckdb.DuckDBPyConnection, persons: np.ndarray, threshold: float | None = None
) -> Result | None:
    """Splink with standard comparisons; None when its training fails. threshold None: the best of THRESHOLDS."""
    started = time.monotonic()
    (counts,) = connection.execute(f"select [{', '.join(f'count({c})' for c in COMPARISONS)}] from people").fetchone()
    present = [name for name, count in zip(COMPARISONS, counts, strict=True) if count]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[COMPARISONS[name]() for name in present],
        blocking_rules_to_generate_predictions=[rule for name, rule in BLOCKING.items() if name in present],
    )
    api = DuckDBAPI(connection)
    linker = Linker(api.register("people"), settings, log_level=logging.ERROR)
    share = 1.0 if len(persons) < ALL_PAIRS_BELOW else 0.01
    try:
        linker.training.estimate_probability_two_random_records_match(
            [block_on(name) for name in ("email", "phone") if name in present] or [block_on("name", "birth_date")],
            recall=0.7,
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for column in ("name", "birth_date"):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(column), record_sample_proportion=share
            )
        predictions = linker.inference.predict(threshold_match_probability=threshold or min(THRESHOLDS))
    except Exception as error:  # whatever it is, plain Splink gave no answer
        print(f"  plain Splink gave no answer: {type(error).__name__}: {str(error).strip().splitlines()[0][:150]}")
        return None
    edges = connection.execute(
        f"select unique_id_l, unique_id_r, match_probability from {predictions.physical_name}"
    ).fetchnumpy()
    scores = {}
    for each in [threshold] if threshold else THRESHOLDS:
        kept = edges["match_probability"] >= each
        clusters = groups(edges["unique_id_l"][kept], edges["unique_id_r"][kept], len(persons))
        seconds = time.monotonic() - started
        scores[each] = metrics.pair_score(metrics.contingency(persons, clusters))
    best = max(scores, key=lambda each: scores[each].f1 or 0)
    return Result(scores[best], best, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.identity_alternatives", description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("--truth", default="person")
    parser.add_argument("--map", nargs="+", default=[])
    parser.add_argument("--rules", action="store_true", help="exact rules instead of Splink")
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--memory-limit", default="3GB", help="of DuckDB, as the product's")
    options = parser.parse_args()
    with closing(duckdb.connect(config={"memory_limit": options.memory_limit})) as connection:
        persons = read(connection, options.records, options.truth, options.map)
        quiet()
        result = (
            exact_rules(connection, persons) if options.rules else plain_splink(connection, persons, options.threshold)
        )
    if result is not None:
        score = result.pairs
        print(
            json.dumps(
                {
                    "precision": score.precision,
                    "recall": score.recall,
                    "f1": score.f1,
                    "threshold": result.threshold,
                    "seconds": result.seconds,
                }
            )
        )


def quiet() -> None:
    """Splink says much; here only its results count."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    main()
