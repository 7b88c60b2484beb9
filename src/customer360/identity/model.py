"""The matching model: Splink compares the candidate pairs and weighs what it finds.

Trained without labels: how often two strangers agree (u) is counted on random pairs, how often two records of one
person do (m) by expectation maximisation over the candidate pairs, starting from the priors in `comparisons`. The
priors count as much as PRIOR_PAIRS true pairs: with little data they decide, with much they vanish.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import duckdb
import numpy as np
from splink import Linker, SettingsCreator
from splink.internals.duckdb.database_api import DuckDBAPI

from customer360.identity.comparisons import ALIKE_DATES, ALIKE_NAMES, COMPARISONS, DIFFERENT_DATES, DIFFERENT_NAMES

PRIOR_PAIRS = 20
RANDOM_RECORDS = 700  # all pairs of these: 244,650
TRAINING_PAIRS = 200_000
PAIRS_AT_ONCE = 2_000_000
LEAST_PROBABILITY = 1e-7


@dataclass(frozen=True)
class Model:
    """What was learned: m and u of each level of each comparison, and the share of all pairs that are one person."""

    m: dict[str, list[float]]
    u: dict[str, list[float]]
    share: float
    record_count: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Model:
        return cls(**json.loads(text))


def untrained(record_count: int) -> Model:
    """The priors alone: for data so small that nothing can be learned from it."""
    return Model(
        m={c.name: [level.m for level in c.levels] for c in COMPARISONS},
        u={c.name: [0.1] * len(c.levels) for c in COMPARISONS},
        share=1 / max(record_count, 2),
        record_count=record_count,
    )


def train(connection: duckdb.DuckDBPyConnection) -> Model:
    """Learn from the tables `features` and `candidates`."""
    (record_count,) = connection.execute("select count(*) from features where record_key = profile_key").fetchone()
    all_pairs = record_count * (record_count - 1) / 2
    start = untrained(record_count)
    if not all_pairs:
        return start
    connection.execute(
        f"""
        create or replace temp table random_pairs as
        with drawn as (
            select node from features where record_key = profile_key order by md5(record_key) limit {RANDOM_RECORDS}
        )
        select lefts.node as left_node, rights.node as right_node
        from drawn as lefts inner join drawn as rights on lefts.node < rights.node
        """
    )
    (candidate_count,) = connection.execute("select count(*) from candidates").fetchone()
    connection.execute(
        f"""
        create or replace temp table training_pairs as
        select * from candidates order by md5(concat(left_node, '-', right_node)) limit {TRAINING_PAIRS}
        """
        if candidate_count > TRAINING_PAIRS
        else "create or replace temp table training_pairs as select * from candidates"
    )
    scale = max(1.0, candidate_count / TRAINING_PAIRS)
    random = _patterns(connection, "random_pairs", start)
    candidates = _patterns(connection, "training_pairs", start)
    return _maximise(start, random, candidates, scale, all_pairs)


def _patterns(connection: duckdb.DuckDBPyConnection, pairs: str, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """How often each combination of levels occurs: levels (patterns x comparisons; -1 = missing), counts."""
    levels = ", ".join(f"level_{comparison.name}" for comparison in COMPARISONS)
    scored = score(connection, pairs, model)
    rows = connection.execute(
        f"select {levels}, count(*) as pairs from {scored} group by all order by all"
    ).fetchnumpy()
    counts = np.asarray(rows["pairs"], dtype=float)
    patterns = np.stack([np.asarray(rows[f"level_{c.name}"], dtype=int) for c in COMPARISONS], axis=1)
    return patterns, counts


def _maximise(start: Model, random, candidates, scale: float, all_pairs: float) -> Model:
    """Expectation maximisation over two samples: u from the random pairs, m and the share from the candidates.

    Pairs that are no candidates are taken as strangers. u counts a random pair by how unlikely it is a match, so that
    true pairs among few records do not make strangers look alike.
    """
    (random_levels, random_counts), (candidate_levels, candidate_counts) = random, candidates
    candidate_counts = candidate_counts * scale
    least_u = 0.5 / max(random_counts.sum(), 1)
    prior = [np.asarray(start.m[c.name]) / sum(start.m[c.name]) for c in COMPARISONS]
    m = [share.copy() for share in prior]
    u = [_shares(random_levels[:, at], random_counts, len(c.levels), least_u) for at, c in enumerate(COMPARISONS)]
    share = max(1 / all_pairs, 1e-4 * min(1.0, 1e4 / all_pairs))
    candidate_counts = np.where(_may_teach(candidate_levels), candidate_counts, 0)
    are_strangers = np.isin(random_levels[:, _at("name")], DIFFERENT_NAMES)
    for _ in range(200):
        weights = [
            np.append(np.log(m[at] / u[at]), 0.0) for at in range(len(COMPARISONS))
        ]  # [-1]: missing, no evidence
        # Random pairs of other names that share a birth date are chance: were they taken as true pairs, the fewer dates
        # strangers would share, the more true pairs there would be, and so on until every birthday is one person.
        of_random = np.where(are_strangers, 0, _posterior(random_levels, weights, share))
        of_candidates = _posterior(candidate_levels, weights, share) * candidate_counts
        for at, comparison in enumerate(COMPARISONS):
            size = len(comparison.levels)
            seen = _count(candidate_levels[:, at], of_candidates, size) + PRIOR_PAIRS * prior[at]
            m[at] = np.maximum(seen / seen.sum(), LEAST_PROBABILITY)
            u[at] = _shares(random_levels[:, at], (1 - of_random) * random_counts, size, least_u)
        found = (of_candidates.sum() + 0.5) / all_pairs
        if abs(found - share) < 1e-9 * share:
            break
        share = min(found, 0.5)
    names = [comparison.name for comparison in COMPARISONS]
    return Model(
        m={name: m[at].tolist() for at, name in enumerate(names)},
        u={name: u[at].tolist() for at, name in enumerate(names)},
        share=float(share),
        record_count=start.record_count,
    )


def _may_teach(levels: np.ndarray) -> np.ndarray:
    """Which patterns may count as true pairs while learning: those of other names only with much beside the name.

    A shared contact without a birth date in common is a household, a birth date alone is chance. To learn from these
    would teach the model that people often change their names, and so fuse families and strangers. Nor may those of
    other birth dates whose names are not alike: brothers would teach that birth dates mean little.
    """
    column = {comparison.name: levels[:, at] for at, comparison in enumerate(COMPARISONS)}
    names_differ = np.isin(column["name"], DIFFERENT_NAMES)
    dates_alike = np.isin(column["birth_date"], ALIKE_DATES)
    share_more = np.any([column[name] == 0 for name in ("email", "phone", "address", "postcode")], axis=0)
    brothers = np.isin(column["birth_date"], DIFFERENT_DATES) & ~np.isin(column["name"], ALIKE_NAMES)
    return ~names_differ & ~brothers | (dates_alike & share_more)


def _at(name: str) -> int:
    return [comparison.name for comparison in COMPARISONS].index(name)


def _posterior(levels: np.ndarray, weights: list[np.ndarray], share: float) -> np.ndarray:
    log_odds = np.full(len(levels), np.log(share / (1 - share)))
    for at, weight in enumerate(weights):
        log_odds += weight[levels[:, at]]
    return 1 / (1 + np.exp(-log_odds))


def _count(levels: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    known = levels >= 0
    return np.bincount(levels[known], weights=counts[known], minlength=size)


def _shares(levels: np.ndarray, counts: np.ndarray, size: int, least: float) -> np.ndarray:
    """The share of each level; what was never seen gets the least share there could be."""
    seen = _count(levels, counts, size)
    if not seen.sum():
        return np.full(size, 1 / size)
    return np.maximum(seen / seen.sum(), least)


def score(connection: duckdb.DuckDBPyConnection, pairs: str, model: Model) -> str:
    """Compare `pairs` (left_node, right_node) and weigh them; the name of the temp table that holds the result:

    left_node, right_node, match_weight (log2 of the odds), match_probability, and for each comparison level_<name>
    (0 = most alike; -1 = missing). The pairs go through in parts, for Splink's own table is wide.
    """
    api = TemporaryTables(connection)
    compared = sorted({column for comparison in COMPARISONS for column in comparison.columns})
    connection.execute(f"create or replace temp view compared as select node, {', '.join(compared)} from features")
    linker = Linker(api.register("compared"), _settings(model), log_level=None)
    levels = ", ".join(
        f"cast(if(gamma_{c.name} < 0, -1, {len(c.levels) - 1} - gamma_{c.name}) as tinyint) as level_{c.name}"
        for c in COMPARISONS
    )
    table = f"scored_{pairs}"
    (count,) = connection.execute(f"select count(*) from {pairs}").fetchone()
    parts = max(1, -(-count // PAIRS_AT_ONCE))
    for part in range(parts):
        connection.execute(
            f"""
            create or replace temp table pairs_to_score as
            select left_node as join_key_l, right_node as join_key_r, '0' as match_key
            from {pairs} where (left_node + right_node) % {parts} = {part}
            """
        )
        linker.table_management.register_blocked_pairs_for_predict(api.register("pairs_to_score"))
        predicted = linker.inference.predict(warning_mode="never")
        connection.execute(
            f"""
            {f"insert into {table}" if part else f"create or replace temp table {table} as"}
            select least(node_l, node_r) as left_node, greatest(node_l, node_r) as right_node,
                match_weight, match_probability, {levels}
            from {predicted.physical_name}
            """
        )
        predicted.drop_table_from_database_and_remove_from_cache()
    api.delete_tables_created_by_splink_from_db()
    return table


class TemporaryTables(DuckDBAPI):
    """Splink's own tables as temporary ones: the warehouse's file holds only what the pipeline means to keep."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(getattr(connection, "_cursor", connection))  # dbt hands its models a wrapped connection

    def _setup_for_execute_sql(self, sql: str, physical_name: str) -> str:
        self.delete_table_from_database(physical_name)
        return f"create temp table {physical_name} as\n{sql}"


def _settings(model: Model) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(comparison, model) for comparison in COMPARISONS],
        blocking_rules_to_generate_predictions=["l.node = r.node"],  # never used: the candidates are registered
        probability_two_random_records_match=model.share,
        unique_id_column_name="node",
        retain_matching_columns=True,  # or Splink drops the levels
    )


def _comparison(comparison, model: Model) -> dict:
    levels = [{"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}]
    for at, level in enumerate(comparison.levels):
        described = {
            "sql_condition": "ELSE" if level.condition == "else" else level.condition,
            "label_for_charts": level.sentence,
            "m_probability": model.m[comparison.name][at],
            "u_probability": model.u[comparison.name][at],
        }
        if level.frequency_of:
            described |= {"tf_adjustment_column": level.frequency_of, "tf_adjustment_weight": 1.0}
        levels.append(described)
    return {"output_column_name": comparison.name, "comparison_levels": levels}
