"""What cannot stand together in one row, as data: where it holds, the row is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from customer360.rules.reading import Row


@dataclass(frozen=True)
class Contradiction:
    """Cells of one row that cannot stand together: `column` is the one to change where `holds`."""

    table: str
    column: str
    reads: tuple[str, ...]
    holds: Callable[[Row], bool]
    wrong: str
    do: str


def _is_purchase(row: Row) -> bool:
    return row["event_type"] == "purchase"


CAPS = ("cap_events", "cap_growth")

CONTRADICTIONS = (
    *(
        Contradiction(
            "growth_rules",
            column,
            ("event_type", column),
            lambda row, column=column: _is_purchase(row) and row[column] is not None,
            "a rule for purchases takes no cap: with one, returning an order would cost more growth than it had earned",
            "Leave cap_period, cap_events and cap_growth empty",
        )
        for column in ("cap_period", *CAPS)
    ),
    Contradiction(
        "growth_rules",
        "cap_period",
        ("event_type", "cap_period", *CAPS),
        lambda row: not _is_purchase(row) and row["cap_period"] is None and any(row[cap] is not None for cap in CAPS),
        "is empty, but there is a cap",
        "Write the period the cap is for: day, month or year",
    ),
    Contradiction(
        "growth_rules",
        "cap_period",
        ("event_type", "cap_period", *CAPS),
        lambda row: not _is_purchase(row) and row["cap_period"] is not None and all(row[cap] is None for cap in CAPS),
        "names a period, but there is no cap",
        "Fill in cap_events or cap_growth, or leave it empty",
    ),
    Contradiction(
        "growth_rules",
        "unit",
        ("event_type", "unit"),
        lambda row: not _is_purchase(row) and row["unit"] == "currency",
        "only a purchase is paid for; this event has no amount of money",
        "Write event or quantity",
    ),
    *(
        Contradiction(
            "growth_rules",
            column,
            ("event_type", column),
            lambda row, column=column: not _is_purchase(row) and row[column] is not None,
            "only a purchase has it, so it would not limit this rule",
            "Leave it empty",
        )
        for column in ("channels", "categories")
    ),
    Contradiction(
        "sla_policies",
        "priority",
        ("priority",),
        lambda row: row["priority"] != row["priority"].lower(),
        "the helpdesk's codes are compared in small letters, so it would hold for no ticket",
        "Write it in small letters",
    ),
    Contradiction(
        "business_hours",
        "closes_at_minute",
        ("opens_at_minute", "closes_at_minute"),
        lambda row: row["closes_at_minute"] <= row["opens_at_minute"],
        "is not after opens_at_minute",
        "Write a later minute; hours that go on after midnight are two rows, the first until 1440",
    ),
)
