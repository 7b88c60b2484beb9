"""Small adversarial worlds for tests of levels: rules, a few members, what they did, all on a few days; and the two who
say what comes of it, the engine and the sample company's truth.

Growth before the coefficient is the truth's here; the SQL that finds it has a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pyarrow as pa
from hypothesis import strategies as st

from customer360.demo.truth_levels import Entry, Fact, Member, Refund, Rules, Story
from customer360.levels.entries import restated_entries
from customer360.levels.periods import level_periods
from customer360.levels.rules import load_rules

START = date(2024, 1, 20)
FAR = START + timedelta(days=2000)  # when every level has ended that ends
DAYS = st.integers(0, 60)
SPANS = st.sampled_from((1, 2, 5, 13, 30))
LADDER = ("basic", "low", "mid", "high")
EVER = {"valid_from": "2000-01-01", "valid_to": ""}


def on(day: int) -> date:
    return START + timedelta(days=day)


def at(day: int, hour: int = 0) -> datetime:
    return datetime.combine(on(day), datetime.min.time()) + timedelta(hours=hour)


@dataclass(frozen=True)
class World:
    """What there is to know of one member."""

    rules: Rules
    member: Member
    facts: tuple[Fact, ...] = ()
    refunds: tuple[Refund, ...] = ()

    @property
    def story(self) -> Story:
        return Story(self.rules, self.member, self.facts, self.refunds, FAR)

    def twin(self) -> World:
        """Another member of whom the same is known."""
        return replace(
            self,
            member=replace(self.member, person_id=f"{self.member.person_id}-twin"),
            facts=tuple(replace(fact, fact_id=f"{fact.fact_id}-twin") for fact in self.facts),
            refunds=tuple(replace(refund, fact_id=f"{refund.fact_id}-twin") for refund in self.refunds),
        )

    def without(self, *fact_ids: str) -> World:
        """As if these had never been."""
        return replace(
            self,
            facts=tuple(fact for fact in self.facts if fact.fact_id not in fact_ids),
            refunds=tuple(refund for refund in self.refunds if refund.fact_id not in fact_ids),
        )


# What hypothesis draws


@st.composite
def versions(draw, is_dated: bool) -> list[dict]:
    """When the one version of something holds, or each of two."""
    change = draw(st.integers(-30, 60)) if is_dated else -30
    if change <= 0:
        return [EVER]
    return [EVER | {"valid_to": on(change).isoformat()}, EVER | {"valid_from": on(change).isoformat()}]


@st.composite
def growth_rules(draw) -> list[dict]:
    rows = []
    events = [("purchase", "purchase", "currency"), ("review", "review", "event"), ("gift", "manual_grant", "quantity")]
    if draw(st.booleans()):
        events.append(("more", "purchase", "event"))
    for rule_id, event_type, unit in events:
        for version, valid in enumerate(draw(versions(rule_id == "purchase")), start=1):
            rows.append(
                dict.fromkeys(("cap_period", "cap_events", "cap_growth", "channels", "categories"), "")
                | {"rule_id": rule_id, "rule_version": str(version), "event_type": event_type, "unit": unit}
                | {"growth_per_unit": draw(st.sampled_from(("1", "0.3333", "2.5")))}
                | {"uses_coefficient": "true" if event_type == "purchase" else draw(st.sampled_from(("false", "true")))}
                | {"validity_days": str(draw(st.sampled_from(("", 2, 5, 13, 30))))}
                | valid
            )
    return rows


@st.composite
def member_levels(draw) -> list[dict]:
    rows, count = [], draw(st.integers(2, 4))
    for valid in draw(versions(True)):
        thresholds = sorted(draw(st.sets(st.integers(1, 40), min_size=count - 1, max_size=count - 1)))
        coefficients = st.lists(st.sampled_from(("0.5", "1", "1.1", "3")), min_size=count, max_size=count)
        rows += [
            {"level_rank": str(rank), "level": LADDER[rank - 1], "growth_from": str(needed), "coefficient": times}
            | valid
            for rank, (needed, times) in enumerate(
                zip([0, *thresholds], sorted(draw(coefficients), key=Decimal), strict=True), start=1
            )
        ]
    return rows


@st.composite
def level_rules(draw) -> list[dict]:
    return [
        {"validity_days": str(draw(SPANS)), "grace_days": str(draw(st.sampled_from((0, 1, 4, 40))))}
        | {"rule_version": str(version), "downgrade": draw(st.sampled_from(("one_level", "straight")))}
        | valid
        for version, valid in enumerate(draw(versions(True)), start=1)
    ]


@st.composite
def purchases(draw, name: str) -> tuple[list[Fact], list[Refund]]:
    """Order lines and what came back of them: never, or in up to three parts that may be more than the whole."""
    facts, refunds = [], []
    for number in range(draw(st.integers(1, 6))):
        day, pieces = draw(DAYS), draw(st.integers(1, 3))
        money = Decimal(draw(st.sampled_from(("0.01", "3.33", "7", "10", "20", "33.35", "40"))))
        line = Fact(f"{name}L{number}", "purchase", at(day, draw(st.sampled_from((0, 23)))), money, Decimal(pieces))
        facts.append(line)
        for nth, after in enumerate(draw(st.lists(st.integers(-1, 60), max_size=3))):
            returned = Decimal(draw(st.integers(1, pieces)))
            refunds.append(
                Refund(f"{name}R{number}{nth}", line.fact_id, at(day + after, 12), returned, Decimal(pieces))
            )
    return facts, refunds


@st.composite
def activities(draw, name: str) -> list[Fact]:
    facts = []
    for number, day in enumerate(draw(st.lists(DAYS, max_size=5))):
        quantity = draw(st.sampled_from((None, 1, 12, 40, -12)))
        kind = "review" if quantity is None else "manual_grant"
        facts.append(Fact(f"{name}A{number}", kind, at(day, 12), quantity=quantity and Decimal(quantity)))
    return facts


@st.composite
def worlds(draw, *, only_purchases: bool = False) -> list[World]:
    """Up to four members under the same rules; `only_purchases`: no activities, and no levels by hand."""
    rules = Rules(draw(growth_rules()), draw(member_levels()), draw(level_rules()))
    found = []
    for number in range(draw(st.integers(1, 4))):
        name = f"P{number}"
        facts, refunds = draw(purchases(name))
        if not only_purchases:
            facts += draw(activities(name))
        if not only_purchases and draw(st.booleans()):
            level, day = draw(st.sampled_from(rules.member_levels))["level"], draw(DAYS)
            given = {"valid_from": on(day).isoformat(), "valid_to": on(day + draw(SPANS)).isoformat()}
            rules.level_grants.append({"grant_id": f"G{number}", "member_id": name, "level": level} | given)
        joined = draw(st.integers(0, 5))
        cancelled_on = on(joined + draw(st.integers(1, 60))) if draw(st.integers(0, 4)) == 4 else None
        member = Member(name, on(joined), cancelled_on, frozenset({name}))
        found.append(World(rules, member, tuple(facts), tuple(refunds)))
    return found


# What the engine says


CONNECTION = duckdb.connect(config={"threads": 1})
FACTS = pa.schema(
    {
        **dict.fromkeys(("customer_id", "entry_id", "rule_id", "source_record_id", "reverses_entry_id"), pa.string()),
        **dict.fromkeys(("source_system", "source_table", "order_id"), pa.string()),
        **dict.fromkeys(("counts_from", "expires_on"), pa.date32()),
        **dict.fromkeys(("part", "whole", "rule_version"), pa.int64()),
        **dict.fromkeys(("units", "growth_per_unit"), pa.decimal128(18, 4)),
        "occurred_at": pa.timestamp("us"),
        "base_growth": pa.decimal128(18, 2),
        "uses_coefficient": pa.bool_(),
    }
)
MEMBERS = pa.schema({"customer_id": pa.string(), "joined_on": pa.date32(), "cancelled_on": pa.date32()})
GRANTS = pa.schema(
    {
        **dict.fromkeys(("grant_id", "customer_id"), pa.string()),
        **dict.fromkeys(("valid_from", "valid_to"), pa.date32()),
        "level_rank": pa.int32(),
    }
)


def _tables(world: World) -> tuple[list[dict], list[dict], list[dict], list[dict]]:
    """Facts, reversals, the member, grants: as the models before the engine give them."""
    who = {"customer_id": world.member.person_id}
    multiplies = {row["rule_id"]: row["uses_coefficient"] == "true" for row in world.rules.growth_rules}
    facts, refunds = [], []
    earned = world.story.earned
    for entry in earned:
        facts.append(
            {"entry_id": entry.entry_id, "occurred_at": entry.occurred_at, "counts_from": entry.earned_on}
            | {"expires_on": entry.expires_on, "base_growth": entry.base_growth, "units": ONE, "growth_per_unit": ONE}
            | {"uses_coefficient": multiplies[entry.rule_id], "rule_id": entry.rule_id, "rule_version": 1}
            | {"source_system": "shop", "source_table": "t", "source_record_id": entry.source_record_id}
            | who
        )
    for refund in world.refunds:
        for entry in earned:
            when = max(refund.refunded_at, entry.occurred_at)
            if entry.source_record_id == refund.fact_id:
                refunds.append(
                    {"entry_id": f"return-{refund.return_id}-of-{entry.entry_id}", "reverses_entry_id": entry.entry_id}
                    | {"occurred_at": when, "counts_from": when.date(), "source_record_id": refund.return_id}
                    | {"source_system": "shop", "source_table": "returns"}
                    | {"part": int(refund.returned * 10_000), "whole": int(refund.of * 10_000)}
                    | who
                )
    rank = {row["level"]: int(row["level_rank"]) for row in world.rules.member_levels}
    grants = [
        {name: date.fromisoformat(row[name]) for name in ("valid_from", "valid_to")}
        | {"grant_id": row["grant_id"], "level_rank": rank[row["level"]]}
        | who
        for row in world.rules.level_grants
        if row["member_id"] in world.member.cards
    ]
    member = {"joined_on": world.member.joined_on, "cancelled_on": world.member.cancelled_on} | who
    return facts, refunds, [member], grants


ONE = Decimal(1)
Step = tuple[date, int]  # from this day on the level of this rank; rank 0: none


class Engine:
    """The engine with its memory, in tables of its own."""

    def __init__(self, rules: Rules) -> None:
        CONNECTION.execute("drop table if exists beliefs")
        CONNECTION.execute("drop table if exists periods_before")
        CONNECTION.register("member_levels", pa.Table.from_pylist(rules.member_levels))
        CONNECTION.register("level_rules", pa.Table.from_pylist(rules.level_rules))
        self.rules = load_rules(
            CONNECTION,
            levels="(select * replace (cast(valid_from as date) as valid_from, try_cast(valid_to as date) as valid_to, "
            "cast(level_rank as integer) as level_rank, cast(growth_from as decimal(18, 2)) as growth_from, "
            "cast(coefficient as decimal(9, 4)) as coefficient) from member_levels)",
            level_rules="(select * replace (cast(valid_from as date) as valid_from, "
            "try_cast(valid_to as date) as valid_to, cast(validity_days as integer) as validity_days, "
            "cast(grace_days as integer) as grace_days) from level_rules)",
        )
        self.runs = 0

    def believe(self, worlds: Iterable[World]) -> Engine:
        """One run: these are the members now."""
        tables = zip(*map(_tables, worlds), strict=True)
        for name, schema, rows in zip(
            ("facts", "reversals", "members", "grants"), (FACTS, FACTS, MEMBERS, GRANTS), tables, strict=True
        ):
            CONNECTION.register(name, pa.Table.from_pylist([row for part in rows for row in part], schema=schema))
        self.runs += 1
        is_first = self.runs == 1
        entries = restated_entries(
            CONNECTION,
            facts="facts",
            reversals="reversals",
            members="members",
            grants="grants",
            rules=self.rules,
            previous=None if is_first else "beliefs",
            known_at=datetime(2030, 1, self.runs),
        )
        CONNECTION.execute(f"create or replace temp table restated_now as {entries.sql_query()}")
        if is_first:
            CONNECTION.execute("create or replace temp table beliefs as select * from restated_now")
        else:  # as the incremental model does
            CONNECTION.execute("delete from beliefs where customer_id in (select customer_id from restated_now)")
            CONNECTION.execute("insert into beliefs select * from restated_now")
        return self

    def entries(self, known_at: datetime | None = None) -> set[tuple]:
        """What is believed, or was."""
        known = f"timestamp '{known_at}'" if known_at else "timestamp '2100-01-01'"
        return set(
            CONNECTION.execute(
                f"""
                select customer_id, entry_id, occurred_at, expires_on, growth_value, coefficient, level_rank
                from beliefs where known_at <= {known} and (known_until is null or known_until > {known})
                """
            ).fetchall()
        )

    def paths(self, as_of: date = FAR, *, carry_on: bool = False) -> dict[str, list[Step]]:
        """`carry_on`: work out again only whom something changed for since the last call with it, as the model does."""
        is_there = CONNECTION.execute("from duckdb_tables() where table_name = 'periods_before'").fetchone()
        periods = level_periods(
            CONNECTION,
            entries="(select * from beliefs where known_until is null)",
            members="members",
            grants="grants",
            rules=self.rules,
            as_of=as_of,
            previous="periods_before" if carry_on and is_there else None,
        )
        CONNECTION.execute(f"create or replace temp table periods_now as {periods.sql_query()}")
        if carry_on and is_there:  # as the incremental model does
            gone = "customer_id not in (select customer_id from members)"
            anew = "customer_id in (select customer_id from periods_now)"
            CONNECTION.execute(f"delete from periods_before where {anew} or {gone}")
            CONNECTION.execute("insert into periods_before from periods_now")
        elif carry_on:
            CONNECTION.execute("create temp table periods_before as from periods_now")
        table = "periods_before" if carry_on else "periods_now"
        paths: dict[str, list[Step]] = {}
        for person_id, valid_from, valid_to, rank in CONNECTION.execute(
            f"select customer_id, valid_from, valid_to, level_rank from {table} order by 1, 2"
        ).fetchall():
            steps = paths.setdefault(person_id, [])
            if steps and steps[-1] == (valid_from, 0):
                steps.pop()
            steps.append((valid_from, rank))
            if valid_to:
                steps.append((valid_to, 0))
        return paths


def path_of(story: Story) -> list[Step]:
    """The truth's path, as Engine.paths gives it."""
    rank = {row["level"]: int(row["level_rank"]) for row in story.rules.member_levels}
    steps = [(period.valid_from, rank[period.level]) for period in story.periods]
    return steps + [(period.valid_to, 0) for period in story.periods[-1:] if period.valid_to]


def entries_of(story: Story) -> set[tuple]:
    """The truth's entries, as Engine.entries gives them."""
    rank = {row["level"]: int(row["level_rank"]) for row in story.rules.member_levels}

    def row(entry: Entry) -> tuple:
        said = (entry.occurred_at, entry.expires_on, entry.growth_value, entry.coefficient, rank.get(entry.level))
        return entry.person_id, entry.entry_id, *said

    return {row(entry) for entry in story.entries}


def lower_days(path: Iterable[Step], than: Iterable[Step]) -> list[tuple[date, int, int]]:
    """The days on which a path turns lower than another, with both ranks."""
    path, than = list(path), list(than)

    def rank_on(steps: list[Step], day: date) -> int:
        return next((rank for valid_from, rank in reversed(steps) if valid_from <= day), 0)

    days = sorted({day for day, _ in path + than})
    ranks = ((day, rank_on(path, day), rank_on(than, day)) for day in days)
    return [(day, ours, theirs) for day, ours, theirs in ranks if ours < theirs]
