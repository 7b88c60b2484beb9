"""The words that `expectations/` uses beyond Great Expectations' own: expectations that compare and show their figures.

A `ExpectTies` runs one query in DuckDB. Each row of its result is one comparison, with the columns

- `what`      what is compared, in words (never a value from a record),
- `observed`  the figure found,
- `expected`  the figure it should be,
- `missing`   how much is missing (negative: too much),
- `tolerated` how much may be missing, or be too much.

It succeeds when no row misses more than is tolerated. Passing rows are kept too: the report shows what was compared.
Queries may read what `customer360.quality` lays out for a check: schemas `raw` (the latest version of every record,
blank text as null), `marts`, `intermediate`, `ops`, and `facts`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import great_expectations.expectations as gxe
from great_expectations.compatibility import pydantic

# Customers of the publication whose records are still there, as other customers.
MERGED = """
    with now as (select record_key, customer_id from identity.record_assignments where valid_to is null)
    select customer_id from identity.published_assignments
    where record_key in (select record_key from now) and customer_id not in (select customer_id from now)
"""


class ExpectTies(gxe.UnexpectedRowsExpectation):
    """One query of comparisons; `check` names it in the results."""

    check: str = ""
    unexpected_rows_query: str = ""
    is_limit: ClassVar[bool] = False  # whether `expected` is the most there may be, rather than what there should be
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)

    @pydantic.root_validator(pre=True)
    def _write_query(cls, values: dict) -> dict:  # noqa: N805
        if not values.get("unexpected_rows_query"):
            filled = {name: field.default for name, field in cls.__fields__.items()} | values
            values = values | {"unexpected_rows_query": cls.query(**filled)}
        return values

    @classmethod
    def query(cls, **arguments: Any) -> str:
        """The query for these arguments; an expectation with a query of its own needs none."""
        raise NotImplementedError

    def _validate(self, metrics: dict, runtime_configuration: dict | None = None, execution_engine: Any = None) -> dict:
        rows = [dict(row) for row in metrics["unexpected_rows_query.table"]]
        short = [row for row in rows if falls_short(row)]
        return {"success": not short, "result": {"observed_value": len(short), "details": {"comparisons": rows}}}


def falls_short(comparison: dict) -> bool:
    return abs(comparison["missing"] or 0) > (comparison["tolerated"] or 0)


class ExpectEverySourceDelivered(ExpectTies):
    """Each of the three source systems has a load that succeeded and brought rows."""

    check: str = "source_delivered"

    @classmethod
    def query(cls, **_: Any) -> str:
        return """
            select source_system as what, source_system, tables_with_rows as observed, 1 as expected,
                case when tables_with_rows = 0 then 1 else 0 end as missing, 0 as tolerated
            from {batch}
        """


class ExpectLastLoadSucceeded(ExpectTies):
    """The last pull of every table went through."""

    check: str = "last_load"

    @classmethod
    def query(cls, **_: Any) -> str:
        return """
            select source_system || ': tables whose last pull went through' as what, source_system,
                count(*) filter (last_status = 'succeeded') as observed, count(*) as expected,
                count(*) filter (last_status <> 'succeeded') as missing, 0 as tolerated
            from facts.deliveries where source_system in (select source_system from {batch}) and last_status is not null
            group by source_system
        """


class ExpectEveryRowOfTheSource(ExpectTies):
    """As many records as the source counted when it was last pulled; quarantined ones are accounted for elsewhere.

    Of people who were erased here the source may still have records, or have erased them too: both are complete.
    """

    check: str = "source_count"
    table: str
    tolerated_share: float = 0.0

    @classmethod
    def query(cls, *, table: str, tolerated_share: float, **_: Any) -> str:
        return f"""
            select 'records of the source' as what, observed, source_count as expected,
                greatest(source_count - observed - quarantined - erased, 0) as missing,
                floor(source_count * {float(tolerated_share)}) as tolerated
            from (select count(*) as observed from {{batch}}) as present, facts.deliveries as delivery
            where delivery.table_name = '{table}' and source_count is not null
        """


class ExpectFewQuarantined(ExpectTies):
    """Of all records that arrived, at most `max_share` did not fit."""

    check: str = "quarantine"
    is_limit: ClassVar[bool] = True
    table: str
    max_share: float = 0.01

    @classmethod
    def query(cls, *, table: str, max_share: float, **_: Any) -> str:
        return f"""
            select 'records in quarantine' as what, quarantined as observed,
                floor((observed + quarantined) * {float(max_share)}) as expected,
                greatest(quarantined - floor((observed + quarantined) * {float(max_share)}), 0) as missing, 0 as
                tolerated
            from (select count(*) as observed from {{batch}}) as present, facts.deliveries as delivery
            where delivery.table_name = '{table}'
        """


class ExpectNoMissingDays(ExpectTies):
    """No gap between the first and the last day in which rows were to be expected.

    What is usual for a day is the median of the same weekday in the eight weeks before, or in the eight after where
    that is lower (weeks without any rows left out): a shop closed on Sundays expects none, one that grows is not held
    to what it sells later. Days with at most `share_of_usual` of that, in a row, are one gap; it counts when
    `least_expected` rows or more should have come in it. So one empty day of a busy shop is found, and ten of a quiet
    one; chance alone leaves 15 expected rows out once in three million gaps. Days in closed_days.csv may be empty.
    Not judged are the first two weeks, for want of a habit, and the last day, which is rarely whole.
    """

    check: str = "no_missing_days"
    table: str
    column: str
    share_of_usual: float = 0.1
    least_expected: float = 15

    @classmethod
    def query(cls, *, table: str, column: str, share_of_usual: float, least_expected: float, **_: Any) -> str:
        return f"""
            with counted as (
                select "{column}"::date as day, count(*) as row_count from {{batch}}
                where "{column}" is not null group by 1
            ),
            days as (
                select day, coalesce(row_count, 0) as row_count, isodow(day) as weekday,
                    sum(row_count) over (partition by date_trunc('week', day)) as week_rows
                from (
                    select unnest(generate_series(min(day)::timestamp, max(day)::timestamp, interval 1 day))::date
                        as day from counted
                ) as calendar left join counted using (day)
            ),
            habits as (
                select day, case when count(*) over before >= 2 then
                        least(median(row_count) over before, median(row_count) over after) end as usual
                from days where week_rows > 0
                window before as (partition by weekday order by day rows between 8 preceding and 1 preceding),
                    after as (partition by weekday order by day rows between 1 following and 8 following)
            ),
            judged as (
                select day, row_count,
                    coalesce(usual, last_value(usual ignore nulls) over (
                        partition by weekday order by day rows between unbounded preceding and current row
                    )) as usual
                from days left join habits using (day)
                where day > (select min(day) from days) and day < (select max(day) from days)
                    and day not in (select closed_on from facts.closed_days where table_name in ('*', '{table}'))
            ),
            islands as (
                select *, sum((row_count > usual * {float(share_of_usual)})::int) over (order by day) as island
                from judged where usual > 0
            ),
            gaps as (
                select min(day) as first_day, max(day) as last_day, count(*) as gap_days,
                    sum(row_count) as observed, sum(usual) as expected
                from islands where row_count <= usual * {float(share_of_usual)}
                group by island having sum(usual) - sum(row_count) >= {float(least_expected)}
            )
            select case when gap_days = 1 then first_day::varchar else first_day || ' to ' || last_day end as what,
                observed, expected, expected - observed as missing, 0 as tolerated
            from gaps
            union all
            select 'days with rows from ' || min(day) || ' to ' || max(day), count(*) filter (row_count > 0),
                count(*) filter (row_count > 0), 0, 0
            from days having count(*) > 0 and (select count(*) from gaps) = 0
            order by missing desc limit 50
        """


class ExpectOneRowForEach(ExpectTies):
    """One row for each key that `keys` (a query of one column named like `key`) selects, and no other row."""

    what: str
    key: str
    keys: str

    @classmethod
    def query(cls, *, what: str, key: str, keys: str, **_: Any) -> str:
        return f"""
            with sent as (select distinct "{key}" from ({keys}) as given),
            found as (select "{key}", count(*) as row_count from {{batch}} group by 1),
            compared as (
                select sent."{key}" is not null as is_sent, coalesce(row_count, 0) as row_count
                from sent full join found on sent."{key}" = found."{key}"
            ),
            totals as (
                select count(*) filter (is_sent and row_count > 0) as present, count(*) filter (is_sent) as wanted,
                    coalesce(sum(row_count), 0) - count(*) filter (is_sent and row_count > 0) as surplus
                from compared
            )
            select '{what}' as what, present as observed, wanted as expected, wanted - present as missing,
                0 as tolerated
            from totals
            union all
            select 'rows doubled, or of no {key} that was sent', surplus, 0, - surplus, 0 from totals
        """


class ExpectNotShrunk(ExpectTies):
    """At most `max_share` fewer rows than the publication that is current.

    With `per_customer`, customers that were merged into others are not missing: ExpectFewMoved judges those.
    """

    check: str = "not_shrunk"
    table: str
    max_share: float = 0.05
    per_customer: bool = False

    @classmethod
    def query(cls, *, table: str, max_share: float, per_customer: bool, **_: Any) -> str:
        merged = f"(select count(distinct customer_id) from ({MERGED}))" if per_customer else "0"
        return f"""
            select 'rows, against the current publication' as what, observed, row_count as expected,
                greatest(row_count - {merged} - observed, 0) as missing,
                floor(row_count * {float(max_share)}) as tolerated
            from (select count(*) as observed from {{batch}}) as present, facts.last_publication as last
            where last.table_name = '{table}'
        """


class ExpectFewMoved(ExpectTies):
    """Of what is published now, at most `max_share` moves to other customers: of the records, and of the customers.

    Moves that a person accepted are not counted.
    """

    check: str = "few_moved"
    is_limit: ClassVar[bool] = True
    max_share: float = 0.05

    @classmethod
    def query(cls, *, max_share: float, **_: Any) -> str:
        return f"""
            with before as (
                select * from identity.published_assignments
                where record_key in (select record_key from identity.record_assignments where valid_to is null)
            ),
            moved as (
                select * from {{batch}} as moves
                anti join identity.accepted_moves using (record_key, from_customer_id, to_customer_id)
            ),
            compared as (
                select 'records of other customers than in the publication' as what,
                    (select count(*) from moved) as observed, (select count(*) from before) as published
                union all
                select 'customers of the publication that lost records to others',
                    (select count(distinct from_customer_id) from moved),
                    (select count(distinct customer_id) from before)
            )
            select what, observed, floor(published * {float(max_share)}) as expected,
                greatest(observed - expected, 0) as missing, 0 as tolerated
            from compared
        """
