"""The rules of levels as arrays: dated thresholds, coefficients, validity, grace, and how levels go down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import duckdb
import numpy as np

from customer360.levels.kernel import NO_LEVEL, WHOLE


@dataclass(frozen=True)
class LevelRules:
    """Rule periods, in order of time; arrays by period, or by period and rank (1 is the lowest, 0 is unused).

    starts: days since 1970; needed: hundredths of growth; coefficients: ten-thousandths; validity and grace: days.
    """

    starts: np.ndarray
    needed: np.ndarray
    coefficients: np.ndarray
    validity: np.ndarray
    grace: np.ndarray
    one_level: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.starts, self.needed, self.coefficients, self.validity, self.grace, self.one_level

    @property
    def digest(self) -> str:
        """The same for the same rules, whatever the order of their rows."""
        return hashlib.sha256(b"".join(array.tobytes() for array in self.arrays)).hexdigest()


def load_rules(connection: duckdb.DuckDBPyConnection, *, levels: str, level_rules: str) -> LevelRules:
    """The rules from the relations of the seeds member_levels and level_rules."""
    level_rows = connection.execute(
        f"""
        select {_day("valid_from")}, {_day("valid_to")}, level_rank,
            cast(growth_from * 100 as bigint), cast(coefficient * {WHOLE} as bigint)
        from {levels}
        """
    ).fetchall()
    kept_rows = connection.execute(
        f"""
        select {_day("valid_from")}, {_day("valid_to")}, validity_days, grace_days, downgrade = 'one_level'
        from {level_rules}
        """
    ).fetchall()
    starts = sorted({day for row in level_rows + kept_rows for day in row[:2] if day is not None})
    shape = (len(starts), max(row[2] for row in level_rows) + 1)
    needed, coefficients = np.full(shape, NO_LEVEL, dtype=np.int64), np.full(shape, WHOLE, dtype=np.int64)
    validity, grace = np.ones(len(starts), dtype=np.int64), np.zeros(len(starts), dtype=np.int64)
    one_level = np.zeros(len(starts), dtype=np.bool_)
    for period, start in enumerate(starts):
        for _, _, rank, growth_from, coefficient in _in_force(level_rows, start):
            needed[period, rank], coefficients[period, rank] = growth_from, coefficient
        for rank in range(2, shape[1]):
            if needed[period, rank] == NO_LEVEL:  # a level that was dropped earns like the one below, not less
                coefficients[period, rank] = coefficients[period, rank - 1]
        for _, _, validity_days, grace_days, is_one_level in _in_force(kept_rows, start):
            validity[period], grace[period], one_level[period] = validity_days, grace_days, is_one_level
    return LevelRules(np.array(starts, dtype=np.int64), needed, coefficients, validity, grace, one_level)


def _in_force(rows: list[tuple], day: int) -> list[tuple]:
    return [row for row in rows if row[0] <= day and (row[1] is None or day < row[1])]


def _day(column: str) -> str:
    return f"{column} - date '1970-01-01'"
