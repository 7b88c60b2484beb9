"""What each seed of rules must look like, as data: its columns, and how its rows follow each other in time and rank.

A test compares the columns and their types with those the dbt project gives its seeds.
"""

from __future__ import annotations

from dataclasses import dataclass

EVENT_TYPES = ("purchase", "sign_in", "review", "survey", "referral", "birthday", "manual_grant")
RESPONSIBLE = ("customer", "shop", "distributor", "carrier")
FOR_EVER = 36500  # days; more than anybody means, and what an empty cell says better
LONGEST_TARGET = 60 * 24 * 366  # minutes; a promise to be quick that takes longer is a slip of the hand


@dataclass(frozen=True)
class Column:
    """One column. `kind` is text, list (of words, separated by `|`), whole, decimal, flag, day or moment."""

    name: str
    kind: str = "text"
    required: bool = True
    one_of: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    digits: tuple[int, int] = (18, 4)  # of a decimal: all of them, and those after the point
    if_empty: str = "Fill it in"  # what to do about an empty cell that is required


@dataclass(frozen=True)
class Ladder:
    """On any day the rows in force, in order of `rank`, rise in `value`; those in `never_falling` may also stay."""

    rank: str
    value: str
    lowest: int | None  # what the lowest row's value must be; None: empty
    within: tuple[str, ...] = ()  # one ladder for each
    lowest_rank: int | None = None  # what the lowest row's rank must be, where it matters
    never_falling: tuple[tuple[str, str], ...] = ()  # column, and why
    the_same: tuple[str, ...] = ()  # columns in which all rungs of a day agree


@dataclass(frozen=True)
class Table:
    """One seed. Rows that agree on `series` are versions of one thing: of them one holds on a day, without a pause."""

    name: str
    columns: tuple[Column, ...]
    series: tuple[str, ...] | None  # None: rows have nothing to do with each other
    unique: tuple[str, ...] = ()
    ladder: Ladder | None = None
    may_be_empty: bool = False
    may_pause: bool = False
    if_a_pause_is_meant: str = ""
    never_ends: bool = False  # from the first row on, some row holds on every day
    for_the_rest: tuple[str, str] | None = None  # column, value: of these rows, for what has none, one always holds
    dates_only: bool = False  # other columns are not looked at

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


@dataclass(frozen=True)
class Reference:
    """A cell that names something of another table: there on every day of the row, or at least at some time."""

    table: str
    column: str
    to_table: str
    to_column: str
    every_day: bool = True


VERSION = Column(
    "rule_version",
    "whole",
    at_least=1,
    if_empty="Every rule has a version: 1 for its first, the next number for each change",
)
VALID_FROM = Column("valid_from", "day", if_empty="Write the first day on which the row holds")
VALID_TO = Column("valid_to", "day", required=False)


def _dates(name: str, *series: str) -> Table:
    """A seed of another area, of which only the dates are looked at."""
    columns = (*map(Column, series), VALID_FROM, VALID_TO)
    return Table(name, columns, series, may_pause=True, dates_only=True)


TABLES = (
    Table(
        "growth_rules",
        (
            Column("rule_id"),
            VERSION,
            Column("event_type", one_of=EVENT_TYPES),
            Column("unit", one_of=("currency", "event", "quantity")),
            Column("growth_per_unit", "decimal", at_least=0),
            Column("uses_coefficient", "flag"),
            Column("validity_days", "whole", required=False, at_least=1, at_most=FOR_EVER),
            Column("cap_period", required=False, one_of=("day", "month", "year")),
            Column("cap_events", "whole", required=False, at_least=1),
            Column("cap_growth", "decimal", required=False, at_least=0, digits=(18, 2)),
            Column("channels", "list", required=False),
            Column("categories", "list", required=False),
            VALID_FROM,
            VALID_TO,
            Column("sentence_en"),
            Column("sentence_zh"),
        ),
        series=("rule_id",),
        unique=("rule_id", "rule_version"),
        if_a_pause_is_meant="give the later row a rule_id of its own",
    ),
    Table(
        "member_levels",
        (
            Column("level_rank", "whole", at_least=1),
            Column("level"),
            Column("name_en"),
            Column("name_zh"),
            Column("growth_from", "decimal", at_least=0, digits=(18, 2)),
            Column("coefficient", "decimal", at_least=0, digits=(9, 4)),
            VALID_FROM,
            VALID_TO,
        ),
        series=("level",),
        ladder=Ladder(
            rank="level_rank",
            value="growth_from",
            lowest=0,
            lowest_rank=1,
            never_falling=(("coefficient", "a purchase that lifts a member would make the next one worth less"),),
        ),
        never_ends=True,
    ),
    Table(
        "level_rules",
        (
            VERSION,
            Column("validity_days", "whole", at_least=1, at_most=FOR_EVER),
            Column("grace_days", "whole", at_least=0, at_most=FOR_EVER),
            Column("downgrade", one_of=("one_level", "straight")),
            VALID_FROM,
            VALID_TO,
        ),
        series=(),
        unique=("rule_version",),
        never_ends=True,
    ),
    Table(
        "level_grants",
        (
            Column("grant_id"),
            Column("member_id"),
            Column("level"),
            VALID_FROM,
            Column(
                "valid_to", "day", if_empty="A level given by hand always ends: write the first day it no longer holds"
            ),
            Column("reason"),
        ),
        series=None,
        unique=("grant_id",),
        may_be_empty=True,
    ),
    Table(
        "value_tier_thresholds",
        (
            Column("value_tier"),
            Column("name_en"),
            Column("name_zh"),
            Column("tier_rank", "whole", at_least=1),
            Column("account_type", one_of=("individual", "organisation")),
            Column("period_days", "whole", at_least=1, at_most=FOR_EVER),
            Column("net_sales_from", "decimal", required=False, at_least=0),
            VALID_FROM,
            VALID_TO,
        ),
        series=("account_type", "value_tier"),
        ladder=Ladder(
            rank="tier_rank",
            value="net_sales_from",
            lowest=None,
            within=("account_type",),
            the_same=("period_days",),
        ),
        never_ends=True,
    ),
    Table(
        "benefits",
        (
            Column("benefit"),
            Column("name_en"),
            Column("name_zh"),
            Column("unit"),
            Column("unit_cost", "decimal", at_least=0),
            VALID_FROM,
            VALID_TO,
        ),
        series=("benefit",),
    ),
    Table(
        "level_benefits",
        (
            Column("level"),
            Column("benefit"),
            Column("allowed_uses", "whole", required=False, at_least=1),
            Column("period", one_of=("month", "quarter", "year", "once")),
            Column("units", "decimal", at_least=0),
            VALID_FROM,
            VALID_TO,
        ),
        series=("level", "benefit"),
        may_be_empty=True,
        may_pause=True,
    ),
    Table(
        "sla_policies",
        (
            Column("policy_id"),
            Column("metric", one_of=("first_reply", "next_reply", "customer_waiting", "resolution")),
            Column("priority"),
            Column("target_minutes", "whole", at_least=1, at_most=LONGEST_TARGET),
            Column("clock", one_of=("business", "calendar")),
            VALID_FROM,
            VALID_TO,
        ),
        series=("metric", "priority"),
        unique=("policy_id",),
        may_be_empty=True,
    ),
    Table(
        "promise_tags",
        (
            Column("tag"),
            Column("due_in_minutes", "whole", at_least=1, at_most=LONGEST_TARGET),
            Column("clock", one_of=("business", "calendar")),
            VALID_FROM,
            VALID_TO,
        ),
        series=("tag",),
        may_be_empty=True,
        may_pause=True,
    ),
    _dates("benefit_thresholds"),
    _dates("value_rules", "rule"),
    _dates("upgrade_components", "component"),
    _dates("rfm_segments", "rfm_segment"),
    Table(
        "return_rules",
        (
            Column("policy_id"),
            Column("category"),
            Column("window_days", "whole", at_least=0, at_most=FOR_EVER),
            Column("condition_required", required=False),
            Column("shipping_paid_by_seller_fault", one_of=("seller", "customer")),
            Column("shipping_paid_by_customer_choice", one_of=("seller", "customer")),
            Column("refund_days", "whole", at_least=0, at_most=FOR_EVER),
            VALID_FROM,
            VALID_TO,
        ),
        series=("category",),
        unique=("policy_id",),
        may_pause=True,  # then the row for all goods holds
        for_the_rest=("category", "*"),
    ),
    Table(
        "order_steps",
        (
            Column("step", one_of=("ordered", "promised", "paid", "shipped", "delivered", "cancelled")),
            Column("step_rank", "whole", at_least=1),
            Column("is_deadline", "flag"),
            Column("comes_after", "list", required=False),
            Column("responsible", required=False, one_of=RESPONSIBLE),
            Column("responsible_if_distributed", required=False, one_of=RESPONSIBLE),
            Column("responsible_if_collected", required=False, one_of=RESPONSIBLE),
            VALID_FROM,
            VALID_TO,
        ),
        series=("step",),
        never_ends=True,
    ),
    _dates("satisfaction_thresholds", "outcome"),
    Table(
        "answer_scales",
        (
            Column("source_table", one_of=("surveys", "satisfaction_ratings")),
            Column("topic"),
            Column("lowest", "whole"),
            Column("highest", "whole"),
            Column("dissatisfied_to", "whole"),
            Column("satisfied_from", "whole"),
            VALID_FROM,
            VALID_TO,
        ),
        series=("source_table", "topic"),
        may_pause=True,
    ),
    Table(
        "complaint_signals",
        (
            Column(
                "signal",
                one_of=("bad_rating", "dissatisfied_answer", "seller_fault_return", "ticket_tag", "ticket_type"),
            ),
            Column("value"),
            Column("cause"),
            VALID_FROM,
            VALID_TO,
        ),
        series=("signal", "value"),
        may_pause=True,
    ),
    Table(
        "feedback_rules",
        (
            Column("rule", one_of=("one_complaint", "handled_well", "answered")),
            Column("days", "whole", at_least=0, at_most=FOR_EVER),
            Column("sentence_en"),
            Column("sentence_zh"),
            VALID_FROM,
            VALID_TO,
        ),
        series=("rule",),
        never_ends=True,
    ),
    Table(
        "courtesy_words",
        (
            Column("kind", one_of=("apology", "thanks", "not_thanks", "campaign", "growth_rule")),
            Column("language"),
            Column("words"),
            VALID_FROM,
            VALID_TO,
        ),
        series=("kind", "words"),
        may_pause=True,
    ),
    Table(
        "recency_bands",
        (Column("recency_band"), Column("days_from", "whole", at_least=0), VALID_FROM, VALID_TO),
        series=("recency_band",),
        never_ends=True,
    ),
    Table(
        "answer_words",
        (
            Column("source_table", one_of=("surveys", "satisfaction_ratings")),
            Column("answer_code"),
            Column("answer", "whole", required=False),
            VALID_FROM,
            VALID_TO,
        ),
        series=("source_table", "answer_code"),
        may_pause=True,
    ),
    _dates("lifecycle_stages", "lifecycle_stage"),
    _dates("comparison_rules", "rule"),
    _dates("responsible_roles", "said", "value", "role_rank"),
    _dates("survivorship_rules", "field", "account_type", "rule_rank"),
    _dates("verifying_sources", "field", "source_system", "source_table"),
    Table(
        "business_schedules",
        (Column("schedule_id"), Column("time_zone"), VALID_FROM, VALID_TO),
        series=("schedule_id",),
        if_a_pause_is_meant="write a version without business_hours for it",
    ),
    Table(
        "business_hours",
        (
            Column("schedule_id"),
            Column("iso_weekday", "whole", at_least=1, at_most=7),
            Column("opens_at_minute", "whole", at_least=0, at_most=1439),
            Column("closes_at_minute", "whole", at_least=1, at_most=1440),
            VALID_FROM,
            VALID_TO,
        ),
        series=("schedule_id", "iso_weekday", "opens_at_minute"),
        may_pause=True,
    ),
    Table(
        "business_days",
        (
            Column("schedule_id"),
            Column("calendar_on", "day"),
            Column("is_working_day", "flag"),
            Column("name", required=False),
        ),
        series=None,
        unique=("schedule_id", "calendar_on"),
        may_be_empty=True,
    ),
    Table(
        "group_schedules",
        (Column("group_id"), Column("schedule_id"), VALID_FROM, VALID_TO),
        series=("group_id",),
        if_a_pause_is_meant="write a row with the timetable that holds meanwhile",
    ),
    Table(
        "time_zone_offsets",
        (
            Column("time_zone"),
            Column("utc_offset_minutes", "whole", at_least=-1440, at_most=1440),
            Column("valid_from_utc", "moment"),
            Column("valid_to_utc", "moment", required=False),
        ),
        series=None,
        unique=("time_zone", "valid_from_utc"),
    ),
)

REFERENCES = (
    Reference("level_grants", "level", "member_levels", "level"),
    Reference("level_benefits", "level", "member_levels", "level", every_day=False),
    Reference("level_benefits", "benefit", "benefits", "benefit"),
    Reference("business_schedules", "time_zone", "time_zone_offsets", "time_zone", every_day=False),
    Reference("business_hours", "schedule_id", "business_schedules", "schedule_id", every_day=False),
    Reference("business_days", "schedule_id", "business_schedules", "schedule_id", every_day=False),
    Reference("group_schedules", "schedule_id", "business_schedules", "schedule_id"),
)
