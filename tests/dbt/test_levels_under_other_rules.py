"""The sample company under rules that nobody would choose, which use what the shipped ones leave unused: the SQL that
finds what earns, and the engine after it, against the truth under the same rules."""

from datetime import datetime
from random import Random

import pyarrow as pa
import pytest
from test_service_truth import RESOLVED, differences, rows

from customer360.demo import company, truth, truth_files
from customer360.demo.membership import join_members
from customer360.demo.people import population
from customer360.demo.shop import open_shop
from customer360.demo.truth_levels import Rules
from customer360.levels.entries import restated_entries
from customer360.levels.periods import level_periods
from customer360.levels.rules import load_rules

MODELS = (
    "int_growth_earned_by_activities",
    "int_growth_earned_by_purchases",
    "int_growth_facts",
    "int_growth_reversal_facts",
)
SEEDS = {
    "growth_rules": """
rule_id,rule_version,event_type,unit,growth_per_unit,uses_coefficient,validity_days,cap_period,cap_events,cap_growth,channels,categories,valid_from,valid_to
purchase,1,purchase,currency,1,true,365,,,,,,2000-01-01,2025-09-01
purchase,2,purchase,currency,0.777,true,150,,,,,,2025-09-01,
stories,1,purchase,quantity,3.5,true,,,,,online|phone,fiction|children,2025-01-01,
sign_in,1,sign_in,event,2,false,90,month,2,,,,2000-01-01,
review,1,review,event,10,false,365,year,,25,,,2000-01-01,
survey,1,survey,event,7,true,,day,3,5,,,2000-01-01,
manual_grant,1,manual_grant,quantity,0.5,false,365,,,,,,2000-01-01,
""",
    "member_levels": """
level_rank,level,growth_from,coefficient,valid_from,valid_to
1,registered,0,0.9,2000-01-01,2025-12-15
2,bronze,150,1.05,2000-01-01,2025-12-15
3,silver,600,1.25,2000-01-01,2025-12-15
4,gold,1500,1.25,2000-01-01,2025-12-15
1,registered,0,1,2025-12-15,
2,bronze,250,1.1,2025-12-15,
3,silver,500,1.3,2025-12-15,
4,gold,1800,1.5,2025-12-15,
5,diamond,3000,2,2025-12-15,
""",
    "level_rules": """
rule_version,validity_days,grace_days,downgrade,valid_from,valid_to
1,180,30,one_level,2000-01-01,2025-10-01
2,60,0,straight,2025-10-01,2026-05-01
3,240,45,one_level,2026-05-01,
""",
    "level_grants": """
grant_id,member_id,level,valid_from,valid_to,reason
""",
}
LEVELS_GIVEN = 60


@pytest.fixture(scope="module")
def rules(tmp_path_factory) -> Rules:
    folder = tmp_path_factory.mktemp("other_rules")
    given = [
        f"G{n},M{n * 20 + 1:06d},{('silver', 'gold')[n % 2]},2025-{1 + n % 12:02d}-10,2026-02-20,why\n"
        for n in range(LEVELS_GIVEN)
    ]
    for name, text in SEEDS.items():
        (folder / f"{name}.csv").write_text(text.lstrip() + "".join(given if name == "level_grants" else []))
    return Rules.read(folder)


@pytest.fixture(scope="module")
def engine(warehouse, sample, rules):
    """The warehouse with what the models and the engine say under the other rules: views and tables of their own."""
    warehouse.execute(f"create or replace table memory.truth.resolved as {RESOLVED}")
    compiled = sample.home / "dbt" / "target" / "compiled" / "customer360" / "models" / "intermediate"
    for name in SEEDS:
        warehouse.execute(f"create or replace temp table other_{name} as from intermediate.{name} limit 0")
        rows_given = getattr(rules, name)
        warehouse.execute(
            f"insert into other_{name} ({', '.join(rows_given[0])}) values {', '.join(map(_values, rows_given))}"
        )
    for model in MODELS:
        sql = (compiled / f"{model}.sql").read_text()
        for name in (*SEEDS, *MODELS):
            sql = sql.replace(f'"warehouse"."intermediate"."{name}"', f"other_{name}")
        warehouse.execute(f"create or replace temp view other_{model} as {sql}")
    warehouse.execute(
        """
        create or replace temp table other_grants as
        select grant_id, customer_id, valid_from, valid_to, if(level = 'gold', 4, 3) as level_rank
        from other_level_grants inner join intermediate.int_source_records_identified on source_record_id = member_id
        where source_table = 'members'
        """
    )
    given = {
        "members": "intermediate.int_members_aggregated_to_customers",
        "grants": "other_grants",
        "rules": load_rules(warehouse, levels="other_member_levels", level_rules="other_level_rules"),
    }
    entries = restated_entries(
        warehouse,
        facts="other_int_growth_facts",
        reversals="other_int_growth_reversal_facts",
        previous=None,
        known_at=datetime(2026, 11, 1),
        **given,
    )
    warehouse.execute(f"create or replace temp table other_entries as {entries.sql_query()}")
    periods = level_periods(warehouse, entries="other_entries", as_of=company.UNTIL, **given)
    warehouse.execute(f"create or replace temp table other_periods as {periods.sql_query()}")
    return warehouse


def _values(row: dict) -> str:
    return f"({', '.join(repr(value) if value else 'null' for value in row.values())})"


@pytest.fixture(scope="module")
def told(engine, rules):
    """The truth under the other rules, in `memory.truth.other_entries` and `other_periods`."""

    def chance(system):
        return Random(f"1 {system}")

    span = {"start": company.START, "until": company.UNTIL}
    size = company.SIZES["small"]
    people, _ = population(chance("people"), persons=size.persons, organisations=size.organisations, **span)
    shop = open_shop(chance("shop"), people, orders=size.orders, **span)
    stories = truth.stories(shop, join_members(chance("members"), people, shop, **span), company.UNTIL, rules)
    for name, schema, found in (
        ("entries", truth_files.SCHEMAS["growth_ledger"], truth.entry_rows(stories)),
        ("periods", truth_files.SCHEMAS["level_periods"], truth.period_rows(stories)),
    ):
        engine.register("found", pa.Table.from_pylist(found, schema=pa.schema(list(schema.items()))))
        engine.execute(f"create or replace table memory.truth.other_{name} as from found")
        engine.unregister("found")
    return engine


def test_every_growth_entry_is_the_true_one_under_other_rules(told):
    said = "entry_id, occurred_at, rule_id, growth_value, expires_on, coefficient, level_rank"
    true = f"""
        select customer_id, {said}
        from memory.truth.other_entries as entries
        inner join memory.truth.resolved using (person_id)
        left join (select distinct level, level_rank from other_member_levels) using (level)
    """
    ours = f"""
        select customer_id, {said} from other_entries
        where customer_id in (select customer_id from memory.truth.resolved)
    """
    used = dict(rows(told, f"select rule_id, count(*) from ({true}) where growth_value > 0 group by 1"))
    assert min(used.values()) > 50, used
    assert len(used) == 6
    assert differences(told, ours, true) == []


def test_every_member_has_the_true_level_on_every_day_under_other_rules(told):
    true = """
        select customer_id, level_rank, periods.valid_from, periods.valid_to
        from memory.truth.other_periods as periods
        inner join memory.truth.resolved using (person_id)
        inner join (select distinct level, level_rank from other_member_levels) using (level)
    """
    ours = """
        select customer_id, level_rank, valid_from, valid_to from other_periods
        where customer_id in (select customer_id from memory.truth.resolved)
    """
    reasons = dict(rows(told, "select change_reason, count(*) from other_periods group by 1"))
    assert set(reasons) == {
        "joined",
        "growth earned",
        "growth expired",
        "goods returned",
        "levels changed",
        "level granted",
        "grant ended",
    }
    assert min(reasons.values()) > 5, reasons
    assert differences(told, ours, true) == []
