"""The kernel over tables of a DuckDB connection: numbers in, numbers out."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from customer360.errors import LevelsError
from customer360.levels.kernel import FAR, REASONS, walk
from customer360.levels.rules import LevelRules

EPOCH = "date '1970-01-01'"


@dataclass(frozen=True)
class Walk:
    """What the walk gave, as Arrow tables.

    entries: fact_no, cents, level_rank (held when earned), is_first (of its member).
    reversals: reversal_no, cents (taken back, not below 0).
    periods: member_no, valid_from (days since 1970), level_rank, change_reason, cents, cents_before, review_on.
    """

    entries: pa.Table
    reversals: pa.Table
    periods: pa.Table


def walk_members(
    connection: duckdb.DuckDBPyConnection, *, members: str, facts: str, reversals: str, grants: str, rules: LevelRules
) -> Walk:
    """Carry out the rules of levels.

    Relations: members (member_no 0…, joined_on, ended_on); facts (fact_no 0…, member_no, counts_from, expires_on,
    cents, uses_coefficient); reversals (reversal_no 0…, member_no, fact_no, counts_from, part, whole); grants
    (member_no, valid_from, valid_to, level_rank). Days are dates; part / whole of the fact's growth is taken back, or
    `part` hundredths where whole is 0.
    """
    joined, ended = _columns(
        connection,
        f"select joined_on - {EPOCH} as a, coalesce(ended_on - {EPOCH}, {FAR}) as b from {members} order by member_no",
    )
    fact_no, member, day, end, cents, multiplies = _columns(
        connection,
        f"""
        select fact_no, member_no, counts_from - {EPOCH} as a, coalesce(expires_on - {EPOCH}, {FAR}) as b,
            cast(cents as bigint) as c, uses_coefficient
        from {facts} order by member_no, a, fact_no
        """,
    )
    place = np.empty(fact_no.size, dtype=np.int64)
    place[fact_no] = np.arange(fact_no.size)
    reversal_no, of_member, on_day, of_fact, part, whole = _columns(
        connection,
        f"""
        select reversal_no, member_no, counts_from - {EPOCH} as a, fact_no, cast(part as bigint) as c,
            cast(whole as bigint) as d
        from {reversals} order by member_no, a, reversal_no
        """,
    )
    granted, granted_from, granted_to, granted_rank = _columns(
        connection,
        f"""
        select member_no, valid_from - {EPOCH} as a, valid_to - {EPOCH} as b, level_rank
        from {grants} order by member_no, a, b, level_rank
        """,
    )
    _require_room(cents, part, whole)
    bounds = np.arange(joined.size + 1)
    entry_of = np.searchsorted(member, bounds)
    values, held, taken, periods = walk(
        joined,
        ended,
        entry_of,
        day,
        end,
        cents,
        multiplies.astype(np.bool_),
        np.lexsort((end, member)),
        np.searchsorted(of_member, bounds),
        on_day,
        place[of_fact],
        part,
        whole,
        np.searchsorted(granted, bounds),
        granted_from,
        granted_to,
        granted_rank,
        *rules.arrays,
    )
    reasons = pa.DictionaryArray.from_arrays(pa.array(periods[:, 3].astype(np.int8)), pa.array(REASONS))
    names = ("member_no", "valid_from", "level_rank", "change_reason", "cents", "cents_before", "review_on")
    is_first = np.zeros(fact_no.size, dtype=np.bool_)
    is_first[entry_of[:-1][np.diff(entry_of) > 0]] = True
    return Walk(
        pa.table({"fact_no": fact_no, "cents": values, "level_rank": held, "is_first": is_first}),
        pa.table({"reversal_no": reversal_no, "cents": taken}),
        pa.table({name: reasons if i == 3 else periods[:, i] for i, name in enumerate(names)}),
    )


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> list[np.ndarray]:
    columns = connection.execute(query).fetchnumpy().values()
    return [np.ascontiguousarray(np.ma.getdata(column), dtype=np.int64) for column in columns]


def _require_room(cents: np.ndarray, part: np.ndarray, whole: np.ndarray) -> None:
    """Products are computed in 64 bits; growth of a hundred million and quantities of ten thousand leave room."""
    if cents.size and float(np.abs(cents).max()) * 2 * max(1e5, float(np.abs(part[whole > 0]).max(initial=0))) >= 2**62:
        raise LevelsError(
            "A growth entry or a returned quantity is too large to be computed exactly: "
            f"growth {np.abs(cents).max() / 100:,.2f}. Look for a wrong amount in orders or growth_rules."
        )
