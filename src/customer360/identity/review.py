"""The doubtful pairs, given to a person as a file and taken back as decisions.

By hand: `customer360 identity review`, edit the file it names, `customer360 identity review --apply FILE`.

The file, `$CUSTOMER360_HOME/identity/review.csv`, holds personal data, since nobody can decide without it; only its
owner can read it. Applying records every line that can stand and lists the others with line and column; the file
itself is left as it is, so that nothing typed is lost, and applying it again records nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.errors import IdentityError
from customer360.identity.decisions import KINDS, Standing, decide, pair_of, standing
from customer360.identity.lookup import require_built
from customer360.identity.review_file import Line, pair_id, read, write
from customer360.sources.casting import literal

# The column of the file, and what it holds: of identity.review_queue, or to be filled in.
COLUMNS = {
    "decision": "''",
    "why": "''",
    "probability": "round(match_probability, 4)",
    "outcome": "outcome",
    "reason": "reason",
    "record_a": "record_key_a",
    "record_b": "record_key_b",
    **{
        f"{name}_{side}": f"{column}_{side}"
        for name, column in {
            "name": "full_name",
            "email": "email",
            "phone": "phone",
            "born": "born_on",
            "address": "address",
            "city": "city",
            "postcode": "postcode",
            "type": "account_type",
            "first_seen": "first_seen_at",
            "customer": "customer_id",
        }.items()
        for side in "ab"
    },
    "orders_at_stake": "orders_at_stake",
    "pairs_of_these_customers": "pair_count",
    "rule": "match_rule",
}


@dataclass
class Applied:
    """What became of the lines of a file; a problem is one line of text naming line and column."""

    recorded: int = 0
    unchanged: int = 0  # decided so already
    left_open: int = 0  # empty, or skip
    problems: list[str] = field(default_factory=list)


def review_path(settings: Settings) -> Path:
    return settings.home / "identity" / "review.csv"


def write_queue(connection: duckdb.DuckDBPyConnection, settings: Settings, *, limit: int) -> tuple[int, int]:
    """Write the open questions to the review file, best asked first; how many are in it, and how many there are.

    Raises IdentityError before the first build, and when the file that is there holds decisions not yet applied.
    """
    require_built(connection, "review_queue")
    path, known = review_path(settings), standing(connection)
    if path.exists() and (waiting := _not_applied(read(path), known)):
        raise IdentityError(
            f"{path} holds {waiting} decisions that are not recorded, and would be overwritten. Apply it "
            f"(`customer360 identity review --apply {path}`), or move it away."
        )
    selected = ", ".join(f"{value} as {name}" for name, value in COLUMNS.items())
    rows = connection.execute(f"select {selected} from identity.review_queue order by review_rank").fetchall()
    questions = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    open_questions = [each for each in questions if not known.answers(each["record_a"], each["record_b"])]
    chosen = [each | {"pair_id": pair_id(each["record_a"], each["record_b"])} for each in open_questions[:limit]]
    write(path, (*COLUMNS, "pair_id"), chosen)
    return len(chosen), len(open_questions)


def apply(connection: duckdb.DuckDBPyConnection, path: Path, *, who: str, why: str | None = None) -> Applied:
    """Record the decisions of an edited file; `why` stands for the reason on lines that give none of their own.

    A decision of another kind that stands already is not replaced: who edits a file has not seen it.
    Raises IdentityError when the file cannot be read at all.
    """
    require_built(connection)
    lines, known, done = read(path), standing(connection), Applied()
    decided = [line for line in lines if line.decision.lower() not in ("", "skip")]
    done.left_open = len(lines) - len(decided)
    faults = _faults(connection, decided)
    connection.execute("begin")
    for line in decided:
        column, fault = faults.get(line.number) or _refused(line, known, why)
        if not fault:
            try:
                _, is_new = decide(
                    connection,
                    known,
                    line.decision.lower(),
                    line.record_a,
                    line.record_b,
                    who=who,
                    why=line.why or why or "",
                )
                done.recorded, done.unchanged = done.recorded + is_new, done.unchanged + (not is_new)
            except IdentityError as error:
                column, fault = "decision", str(error)
        if fault:
            done.problems.append(f"{path.name}, line {line.number}, column {column}: {fault}")
    connection.execute("commit")
    return done


def _not_applied(lines: list[Line], known: Standing) -> int:
    waiting = 0
    for line in lines:
        stands = known.of_pair.get(pair_of(line.record_a, line.record_b))
        word = line.decision.lower()
        waiting += word not in ("", "skip") and (stands is None or stands.decision != word)
    return waiting


def _faults(connection: duckdb.DuckDBPyConnection, lines: list[Line]) -> dict[int, tuple[str, str]]:
    """By line number, the column at fault and what is wrong, of what can be seen without other decisions."""
    lasts = _records(connection, {key for line in lines for key in (line.record_a, line.record_b)})
    by_pair = defaultdict(list)
    for line in lines:
        by_pair[pair_of(line.record_a, line.record_b)].append(line)
    faults = {}
    for line in lines:
        same = by_pair[pair_of(line.record_a, line.record_b)]
        where = ", ".join(str(other.number) for other in same if other is not line)
        unknown = [name for name in ("record_a", "record_b") if getattr(line, name) not in lasts]
        gone = [name for name in ("record_a", "record_b") if lasts.get(getattr(line, name)) is False]
        if line.decision.lower() not in KINDS:
            faults[line.number] = "decision", "must be link, unlink, skip or empty"
        elif unknown:
            faults[line.number] = unknown[0], "no such record is known"
        elif not line.is_unchanged:
            faults[line.number] = "pair_id", "does not belong to these two records: a key was changed"
        elif gone:
            faults[line.number] = gone[0], "the record is no longer in its source"
        elif len({other.decision.lower() for other in same}) > 1:
            faults[line.number] = "decision", f"the same pair is decided otherwise on line {where}"
        elif line is not same[0]:
            faults[line.number] = "pair_id", f"the same pair stands on line {same[0].number} already"
    return faults


def _refused(line: Line, known: Standing, why: str | None) -> tuple[str, str]:
    """The column at fault and what is wrong, given what was decided before; empty when nothing is."""
    earlier = known.of_pair.get(pair_of(line.record_a, line.record_b))
    if earlier and earlier.decision != line.decision.lower():
        return "decision", (
            f"{earlier.source} stands already; to replace it, use "
            f"`customer360 identity {line.decision.lower()} {line.record_a} {line.record_b} --why TEXT`"
        )
    return ("", "") if earlier or line.why or why else ("why", "a decision needs a reason, here or with --why")


def _records(connection: duckdb.DuckDBPyConnection, keys: set[str]) -> dict[str, bool]:
    """The keys that were ever known, and whether they still are."""
    listed = ", ".join(map(literal, sorted(keys))) or "null"
    rows = connection.execute(
        "select record_key, bool_or(valid_to is null) from identity.record_assignments "
        f"where record_key in ({listed}) group by record_key"
    )
    return dict(rows.fetchall())
