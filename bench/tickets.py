"""The history of tickets: everything, a day of 0.1 % on top, everything again, and a row per ticket and day beside it.

    python -m bench.tickets [--events 1000000] [--home data/bench/tickets]

Real dbt runs of the models from the staging of events to the marts `tickets` and `ticket_events`, each in a process of
its own; seconds are from the first model's begin to the last one's end, dbt's start-up left out. The day touches old
tickets and new ones. Beside it: the status of every ticket on every day of its life, which is how reports of waiting
are often made.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path

import duckdb

from bench import measure
from bench.report import machine
from bench.tickets_data import RULES, TICKET_MODELS, people, prepare
from customer360.build import build_models
from customer360.config import Settings
from customer360.warehouse import writing

DAY_SHARE = 0.001
EVENTS_PER_TICKET = 6
LAST_DAY = date(2026, 10, 31)
# Ticket n: opened, taken, answered, asked again, handed over (one in four), solved (nine in ten); tags and notes.
EVENT = """
    select
        (n * 16 + k)::varchar as id, moment as updated_at, n::varchar as ticket_id, moment as created_at,
        case when k in (0, 3) then 1000000 + n % {customers} else 1 + (n + (k > 3)::int) % 200 end::varchar
            as updater_id,
        'Audit' as event_type,
        case k
            when 0 then json_array(
                json_object('id', 1, 'event_type', 'Create', 'status', 'new'),
                json_object('id', 2, 'event_type', 'Create', 'priority', ['low', 'normal', 'high'][1 + n % 3]),
                json_object('id', 3, 'event_type', 'Create', 'group_id', 7000 + n % 9),
                json_object('id', 4, 'event_type', 'Comment', 'author_id', 1000000 + n % {customers}, 'public', true,
                    'body', repeat('Where is my parcel? ', 8)))
            when 1 then json_array(
                json_object('id', 1, 'event_type', 'Change', 'assignee_id', 1 + n % 200, 'previous_value', null),
                json_object('id', 2, 'event_type', 'Change', 'status', 'open', 'previous_value', 'new'))
            when 2 then json_array(
                json_object('id', 1, 'event_type', 'Comment', 'author_id', 1 + n % 200, 'public', true,
                    'body', repeat('I have looked into it and it is on its way. ', 5)),
                json_object('id', 2, 'event_type', 'Change', 'status', 'pending', 'previous_value', 'open'),
                json_object('id', 3, 'event_type', 'Change', 'added_tags', ['parcel'], 'removed_tags', [],
                    'tags', ['parcel']))
            when 3 then json_array(
                json_object('id', 1, 'event_type', 'Comment', 'author_id', 1000000 + n % {customers}, 'public', true,
                    'body', repeat('It has not come. ', 8)),
                json_object('id', 2, 'event_type', 'Change', 'status', 'open', 'previous_value', 'pending'))
            when 4 then json_array(
                json_object('id', 1, 'event_type', 'Change', 'assignee_id', 1 + (n + (n % 4 = 0)::int) % 200,
                    'previous_value', 1 + n % 200),
                json_object('id', 2, 'event_type', 'Comment', 'author_id', 1 + n % 200, 'public', false,
                    'body', 'Please look.'))
            else json_array(
                json_object('id', 1, 'event_type', 'Comment', 'author_id', 1 + n % 200, 'public', true,
                    'body', repeat('It was found and sent again. ', 5)),
                json_object('id', 2, 'event_type', 'Change', 'status', 'solved', 'previous_value', 'open'))
        end as child_events
    from (
        select n, k, timestamp '2024-11-01' + to_seconds(n * 62000000 // {tickets}) + k * interval 5 hour as moment
        from range({first}, {last}) t(n), range({events_per_ticket}) s(k)
        where {which}
    )
"""
TICKET = """
    select
        n::varchar as id, timestamp '{loaded_at}' as updated_at,
        timestamp '2024-11-01' + to_seconds(n * 62000000 // {tickets}) as created_at,
        'Where is my parcel' as subject, (1000000 + n % {customers})::varchar as requester_id,
        (1 + n % 200)::varchar as assignee_id, (7000 + n % 9)::varchar as group_id,
        case when n % 10 = 0 then 'open' else 'solved' end as status, ['low', 'normal', 'high'][1 + n % 3] as priority,
        'question' as type, '{{"channel": "email"}}' as via, '[]' as custom_fields
    from range({first}, {last}) t(n) where {which}
"""
TABLES = "select schema_name, table_name from duckdb_tables() where table_name in (select unnest(?))"
SPINE = """
    create or replace table intermediate.ticket_days as
    with days as (select calendar_on from intermediate.int_days_numbered)
    select stretches.ticket_id, days.calendar_on, max_by(stretches.status, stretches.began_at) as status
    from intermediate.int_ticket_stretches as stretches
    inner join days on days.calendar_on >= stretches.began_at::date
        and days.calendar_on <= coalesce(stretches.ended_at::date, date '2026-10-31')
    group by all
"""


def load(
    settings: Settings, *, first: int, last: int, tickets: int, which: str, of_tickets: str, loaded_at: str
) -> None:
    """Append events and tickets to raw, as one load."""
    values = {"first": first, "last": last, "tickets": tickets, "customers": 50000, "loaded_at": loaded_at}
    values |= {"events_per_ticket": EVENTS_PER_TICKET}
    stamp = f"'bench' as _load_id, timestamp '{loaded_at}' as _loaded_at, hash(id) as _row_hash"
    with writing(settings, "bench") as connection:
        for table, query, condition in (("ticket_events", EVENT, which), ("tickets", TICKET, of_tickets)):
            connection.execute(f"""
                insert into raw.helpdesk_{table} by name
                select *, {stamp} from ({query.format(which=condition, **values)})
            """)


def step(settings: Settings, name: str) -> dict:
    """What a process of its own measures: seconds in all and by model (two run at a time)."""
    if name == "spine":
        with duckdb.connect(str(settings.warehouse), config={"threads": 2, "memory_limit": "3GB"}) as connection:
            started = time.monotonic()
            rows = connection.execute(SPINE).fetchone()[0]
            return {"seconds": time.monotonic() - started, "rows": rows, "models": {}}
    if name == "whole":
        build_models(settings, select=RULES, as_of=LAST_DAY, with_tests=False)
    if name == "again":
        with duckdb.connect(str(settings.warehouse)) as connection:
            for schema, table in connection.execute(TABLES, [TICKET_MODELS.split()]).fetchall():
                connection.execute(f"drop table {schema}.{table}")
    results = build_models(settings, select=TICKET_MODELS, as_of=LAST_DAY, with_tests=False)
    models = {result.name: result.seconds for result in results if result.resource_type == "model"}
    told = json.loads((settings.home / "dbt" / "target" / "run_results.json").read_text(encoding="utf-8"))
    return {"seconds": told["elapsed_time"], "models": models}


def measure_all(home: Path, events: int) -> dict:
    """All measurements, as plain numbers."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home)
    settings.warehouse.unlink(missing_ok=True)
    tickets = events // EVENTS_PER_TICKET
    day = max(1, round(events * DAY_SHARE))
    prepare(settings)
    with writing(settings, "bench") as connection:
        people(connection, agents=200, customers=50000)
    # One in ten tickets is still open: its last event is what the day brings, for as many as it takes.
    load(
        settings, first=0, last=tickets, tickets=tickets, which="not (k = 5 and n % 10 = 0)", of_tickets="true",
        loaded_at="2026-11-01 00:00:00",
    )  # fmt: skip
    results: dict = {"events": events, "tickets": tickets, "day_events": day}
    for name in ("whole", "day", "again", "spine"):
        if name == "day":
            late = f"n % 10 = 0 and n % {tickets // day} < 10"
            load(
                settings, first=0, last=tickets, tickets=tickets, which=f"k = 5 and {late}", of_tickets=late,
                loaded_at="2026-11-02 00:00:00",
            )  # fmt: skip
        print(f"  {events:,} events: {name}", flush=True)
        command = [sys.executable, "-m", "bench.tickets", "--home", str(home), "--step", name]
        measured = measure.run(command, os.environ)
        results[name] = json.loads(measured.output.strip().splitlines()[-1]) | {"peak_gib": measured.peak_gib}
        (home / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    settings.warehouse.unlink()
    return results


def table_of(r: dict) -> str:
    """A Markdown table: each step's seconds and memory, and the day as a share of the whole."""
    rows = [
        [f"{r['tickets']:,} tickets, {r['events']:,} events", "seconds", "peak memory, GiB"],
        ["---", "---:", "---:"],
    ]
    for name, what in {
        "whole": "everything, from nothing",
        "day": f"a day of {r['day_events']:,} events on top",
        "again": "everything again",
        "spine": f"a row per ticket and day from the stretches: {r['spine']['rows']:,} rows",
    }.items():
        rows.append([what, f"**{r[name]['seconds']:.1f}**", f"{r[name]['peak_gib']:.2f}"])
    rows.append(["**day ÷ everything again**", f"**{r['day']['seconds'] / r['again']['seconds']:.0%}**", ""])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.tickets", description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=Path("data/bench/tickets"))
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(step(Settings(home=options.home.resolve()), options.step)))
        return
    results = measure_all(options.home.resolve(), options.events)
    print(f"\n{machine()}\n\n{table_of(results)}")


if __name__ == "__main__":
    main()
