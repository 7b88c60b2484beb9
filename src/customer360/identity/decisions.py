"""What people decided about pairs of records: link (one customer) or unlink (two), with who, when and why.

By hand: `customer360 identity link A B --why TEXT`, `unlink`, `decisions`. Every later build obeys.

identity.match_decisions is only ever added to; the latest decision on a pair is in force and replaces the one before.
Decisions may not contradict each other. Links chain: A = B and B = C make A = C, so A and C cannot be kept apart
meanwhile, nor two records that are kept apart be joined by a chain. What would contradict is refused, with the chain.
"""

from __future__ import annotations

import os
import pwd
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import duckdb

from customer360.errors import IdentityError
from customer360.identity.paths import reachable, shortest_path
from customer360.sources.casting import constant
from customer360.warehouse import utc_now

KINDS = ("link", "unlink")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Decision:
    """One row of identity.match_decisions; record_key_a sorts before record_key_b."""

    decision_id: str
    decided_at: datetime
    decided_by: str
    decision: str  # link or unlink
    record_key_a: str
    record_key_b: str
    reason: str

    @property
    def pair(self) -> Pair:
        return self.record_key_a, self.record_key_b

    @property
    def source(self) -> str:
        """What may be shown to anyone: not the reason, which somebody typed."""
        return f"{self.decision} by {self.decided_by}, {self.decided_at:%Y-%m-%d %H:%M}"


class Standing:
    """The decisions in force, and what follows from them."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self.of_pair: dict[Pair, Decision] = {}
        self._partners: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in KINDS}
        for decision in decisions:
            self.add(decision)

    def add(self, decision: Decision) -> None:
        """Put a decision in force, in place of the one on the same pair."""
        a, b = decision.pair
        if earlier := self.of_pair.get((a, b)):
            self._partners[earlier.decision][a].discard(b)
            self._partners[earlier.decision][b].discard(a)
        self.of_pair[a, b] = decision
        self._partners[decision.decision][a].add(b)
        self._partners[decision.decision][b].add(a)

    def answers(self, a: str, b: str) -> bool:
        """Whether it is decided, directly or by what follows, that the two are one customer or are not."""
        return (
            pair_of(a, b) in self.of_pair
            or self.contradiction("unlink", a, b) is not None
            or self.contradiction("link", a, b) is not None
        )

    def contradiction(self, kind: str, a: str, b: str) -> str | None:
        """Why this decision cannot stand beside the others, with the chain of links that shows it; None if it can.

        The decision on the same pair does not count: this one would replace it.
        """

        def linked(record: str) -> set[str]:
            partners = self._partners["link"].get(record, set())
            return partners - {b} if record == a else partners - {a} if record == b else partners

        if kind == "unlink":
            if path := shortest_path(a, b, linked):
                return f"{a} and {b} are one customer by other decisions:" + self._chain(path)
            return None
        with_a, with_b = reachable(a, linked), reachable(b, linked)
        for left in sorted(with_a):
            for right in sorted(self._partners["unlink"].get(left, set()) & with_b):
                if pair_of(left, right) == pair_of(a, b):
                    continue
                path = shortest_path(a, left, linked)[::-1] + shortest_path(b, right, linked)
                return (
                    f"{left} and {right} are to stay apart ({self.of_pair[pair_of(left, right)].source}), "
                    "and this link would join them:" + self._chain(path, asked=(a, b))
                )
        return None

    def _chain(self, path: list[str], asked: Pair | None = None) -> str:
        steps = pairwise(path)
        return "".join(
            f"\n  {left} = {right}  "
            + ("(this link)" if (left, right) == asked else f"({self.of_pair[pair_of(left, right)].source})")
            for left, right in steps
        )


def pair_of(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def operator() -> str:
    """The operating system's user, who decides unless another name is given."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number that has no name
        return f"user {os.getuid()}"


def standing(connection: duckdb.DuckDBPyConnection, *, at: datetime | None = None) -> Standing:
    """The decisions in force: now, or at `at` (naive UTC)."""
    until = f"where decided_at <= {constant(at)}" if at else ""
    rows = connection.execute(f"select * from identity.match_decisions {until} order by decided_at, decision_id")
    return Standing(Decision(*row) for row in rows.fetchall())


def all_decisions(connection: duckdb.DuckDBPyConnection) -> list[tuple[Decision, bool]]:
    """Every decision ever, oldest first, with whether it is in force."""
    now = {decision.decision_id for decision in standing(connection).of_pair.values()}
    rows = connection.execute("select * from identity.match_decisions order by decided_at, decision_id").fetchall()
    return [(decision, decision.decision_id in now) for decision in (Decision(*row) for row in rows)]


def decide(
    connection: duckdb.DuckDBPyConnection,
    known: Standing,
    kind: str,
    a: str,
    b: str,
    *,
    who: str,
    why: str,
) -> tuple[Decision, bool]:
    """Record one decision on two known record keys; the decision now in force, and whether it is new.

    Raises IdentityError, and records nothing, for a record with itself, a reason left out, or a contradiction.
    """
    if a == b:
        raise IdentityError(f"{a} is one record: it cannot be {kind}ed with itself.")
    if not why.strip() or not who.strip():
        raise IdentityError("A decision needs a reason and a name, so that it can be judged later.")
    pair = pair_of(a, b)
    earlier = known.of_pair.get(pair)
    if earlier and earlier.decision == kind:
        return earlier, False
    if contradiction := known.contradiction(kind, *pair):
        raise IdentityError(f"{kind} {a} {b} contradicts what was decided before: {contradiction}\nReplace one first.")
    moment = _next_moment(connection)
    decision = Decision(f"decision_{moment:%Y%m%dT%H%M%S_%f}", moment, who.strip(), kind, *pair, why.strip())
    connection.execute(
        f"insert into identity.match_decisions values ({', '.join(map(constant, vars(decision).values()))})"
    )
    known.add(decision)
    return decision, True


def _next_moment(connection: duckdb.DuckDBPyConnection) -> datetime:
    """Now, but later than every decision so far even when the clock went back: the latest one is in force."""
    (newest,) = connection.execute("select max(decided_at) from identity.match_decisions").fetchone()
    return max(utc_now(), newest + timedelta(microseconds=1)) if newest else utc_now()


def are_one_customer(connection: duckdb.DuckDBPyConnection, a: str, b: str) -> bool:
    """Whether the last build holds the two records to be one customer."""
    (customers,) = connection.execute(
        "select count(distinct customer_id) from identity.record_assignments "
        f"where valid_to is null and record_key in ({constant(a)}, {constant(b)})"
    ).fetchone()
    return customers == 1
