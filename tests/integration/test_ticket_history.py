"""Random small histories of tickets: as the models tell them, as plain Python replays them, and however they arrive."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

import duckdb
import pytest

from bench.tickets_data import RULES, TICKET_MODELS, prepare
from customer360.build import build_models
from customer360.config import Settings
from customer360.warehouse import writing

AS_OF, END = date(2026, 3, 31), datetime(2026, 4, 1)
AGENTS, GROUPS, STATUSES = ("a1", "a2", "a3"), ("g1", "g2"), ("open", "pending", "hold", "solved", "closed")
TICKETS, LOADS = 120, 3
COUNTED = (
    "handoff_count",
    "group_change_count",
    "group_move_count",
    "agent_station_count",
    "group_station_count",
    "repeat_count",
    "reopen_count",
    "reply_count",
    "first_reply_at",
    "next_reply_count",
    "longest_next_reply_minutes",
    "resolved_at",
    "first_resolution_minutes",
    "customer_waiting_minutes",
    "waiting_on_customer_minutes",
    "on_hold_minutes",
    "solved_minutes",
)
OVER = ("solved", "closed")


def history(ticket: int, chance: random.Random) -> tuple[dict, list[dict]]:
    """A ticket and its events, in the helpdesk's own shapes; some events come at one moment, some twice."""
    opened = datetime(2026, 1, 5, 9) + timedelta(minutes=chance.randrange(80_000))
    requester, now = f"u{ticket % 7}", dict.fromkeys(("status", "assignee_id", "group_id"))
    number, moment, events = ticket * 100, opened, []
    for step in range(chance.randrange(1, 12)):
        parts = []
        if step == 0:
            now |= {"status": "new", "group_id": chance.choice((*GROUPS, None))}
            parts = [{"event_type": "Create", name: now[name]} for name in ("status", "group_id")]
        for name, values in (("status", STATUSES), ("assignee_id", (*AGENTS, None)), ("group_id", (*GROUPS, None))):
            value = chance.choice(values)
            if step and chance.random() < 0.4 and value != now[name]:
                parts.append({"event_type": "Change", name: value, "previous_value": now[name]})
                now[name] = value
        who = chance.choice((*AGENTS, requester, requester, "-1"))
        if step == 0 or chance.random() < 0.6:
            words = f"{number} {step}"
            comment = {"event_type": "Comment", "author_id": who, "public": chance.random() < 0.8, "body": words}
            parts.insert(chance.randrange(len(parts) + 1), comment)
        about = {"ticket_id": str(ticket), "created_at": moment, "updated_at": moment, "updater_id": who}
        events.append(about | {"id": str(number), "child_events": json.dumps(parts)})
        number += chance.choice((1, 1, 8))
        if chance.random() < 0.1:
            events.append(events[-1] | {"id": str(number)})
            number += 1
        moment += timedelta(minutes=chance.choice((0, 7, 300, 4000)))
    about = {"id": str(ticket), "created_at": opened, "updated_at": moment, "requester_id": requester}
    return about | {"status": now["status"], "assignee_id": now["assignee_id"], "group_id": now["group_id"]}, events


def minutes(seconds: float) -> float:
    return round(seconds / 60 + 1e-9, 2)


def said(part: dict) -> tuple:
    """What makes a part the same as another: when, who, which field or text, and to what."""
    what = {key: value for key, value in part.items() if key in ("status", "assignee_id", "group_id", "body")}
    return part["at"], part.get("author_id", part["by"]), json.dumps(what)


def replay(ticket: dict, events: list[dict]) -> dict:
    """What the customer lived through, event by event."""
    told, latest, parts = set(), {}, []
    for place, event in enumerate(sorted(events, key=lambda e: (e["created_at"], int(e["id"])))):
        about = {"place": place, "at": event["created_at"], "by": event["updater_id"]}
        fresh = [part | about for part in json.loads(event["child_events"])]
        for part in fresh:
            # of a field that was something else in between, the same value is no repetition
            (name,) = {"status", "assignee_id", "group_id", "body"} & set(part)
            is_still = name == "body" or latest.get((part["at"], name), ...) == part[name]
            if not (is_still and said(part) in told):
                parts.append(part)
            latest[part["at"], name] = part[name]
        told |= {said(part) for part in fresh}

    def of(name):
        return [part for part in parts if name in part]

    comments = [part for part in parts if part["event_type"] == "Comment"]
    public = [part for part in comments if part["public"] and part["author_id"] != "-1"]
    replies = [part for part in public if part["author_id"] in AGENTS and part["at"] > ticket["created_at"]]
    agents = [part["assignee_id"] for part in of("assignee_id") if part["assignee_id"]]
    groups = [part["group_id"] for part in of("group_id") if part["group_id"]]
    waits, since, answered = [], None, False
    for part in public:
        if any(part is reply for reply in replies):
            waits += [(part["at"] - since).total_seconds()] if since else []
            since, answered = None, True
        elif part["author_id"] not in AGENTS and answered:
            since = since or part["at"]
    statuses = [(part["at"], part["status"]) for part in of("status")]
    solved = [at for (_, before), (at, after) in pairwise(statuses) if after in OVER and before not in OVER]
    until = END if statuses[-1][1] not in OVER else solved[-1]
    spent = dict.fromkeys(("customer_waiting", "waiting_on_customer", "on_hold", "solved"), 0.0)
    for (start, status), (stop, _) in pairwise([*statuses, (END, "")]):
        seconds = max(0, (min(stop, until) - min(start, until)).total_seconds())
        kind = "solved" if status in OVER else "waiting_on_customer" if status == "pending" else "customer_waiting"
        spent[kind] += seconds
        spent["on_hold"] += seconds if status == "hold" else 0
    opened = ticket["created_at"]
    return {
        "handoff_count": sum(one != other for one, other in pairwise(agents)),
        "group_change_count": sum(one != other for one, other in pairwise(groups)),
        "group_move_count": sum(part["event_type"] == "Change" for part in of("group_id")),
        "agent_station_count": len(set(agents)),
        "group_station_count": len(set(groups)),
        "repeat_count": repeats(parts),
        "reopen_count": sum(b in OVER and a not in OVER for (_, b), (_, a) in pairwise(statuses)),
        "reply_count": len(replies),
        "first_reply_at": replies[0]["at"] if replies else None,
        "next_reply_count": len(waits),
        "longest_next_reply_minutes": minutes(max(waits)) if waits else None,
        "resolved_at": None if until == END else until,
        "first_resolution_minutes": minutes((solved[0] - opened).total_seconds()) if solved else None,
        **{f"{kind}_minutes": minutes(seconds) for kind, seconds in spent.items()},
    }


def repeats(parts: list[dict]) -> int:
    """How often the customer wrote first after a hand-over, before whoever had the ticket then did anything."""
    events = [list(group) for _, group in groupby(parts, key=lambda part: part["place"])]
    holder = known = group = None
    handovers = []  # (index of the event, holder after it, whether the holder changed)
    for index, event in enumerate(events):
        before, handed = holder, False
        for part in event:
            if "assignee_id" in part:
                holder = part["assignee_id"]
                handed |= bool(holder and known and holder != known)
                known = holder or known
            if part.get("group_id"):
                handed |= bool(group and part["group_id"] != group)
                group = part["group_id"]
        if handed:
            handovers.append((index, holder, holder != before))
    found = 0
    for (index, holder, is_new), (following, _, _) in pairwise([*handovers, (len(events), None, None)]):
        who = (holder,) if holder else AGENTS
        for event in events[index + 1 : following + 1]:
            asks = any(
                part["event_type"] == "Comment" and part["public"] and part["author_id"] not in (*AGENTS, "-1")
                for part in event
            )
            if asks:
                said = any(p["event_type"] == "Comment" and p["author_id"] in who for p in events[index])
                acted = any(p["by"] in who for e in events[index + 1 : events.index(event)] for p in e)
                found += is_new and not said and not acted
                break
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """{way of arriving: the marts' rows}, and the histories."""
    chance = random.Random(7)
    histories = [history(number, chance) for number in range(1, TICKETS + 1)]
    arriving = [event for _, events in histories for event in events]
    chance.shuffle(arriving)
    loads = [arriving[n::LOADS] for n in range(LOADS)]
    marts = {}
    for way in ("in loads", "at once"):
        settings = Settings(home=tmp_path_factory.mktemp("home"))
        prepare(settings)
        deliveries = loads if way == "in loads" else [arriving]
        for number, events in enumerate(deliveries):
            # a record comes with the first load, and again with the last; every other event is delivered twice
            records = [ticket for ticket, _ in histories] if number in (0, len(deliveries) - 1) else []
            load(settings, records, events + events[::2], datetime(2026, 4, 2 + number))
            models = f"{RULES} {TICKET_MODELS}" if number == 0 else TICKET_MODELS
            build_models(settings, select=models, as_of=AS_OF, with_tests=False)
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            marts[way] = {
                table: connection.execute(f"select * from {table} order by all").fetchall()
                for table in (
                    "(select * exclude (updated_at) from marts.tickets)",
                    "(select * exclude (loaded_at) from marts.ticket_events)",
                    "(select * exclude (_loaded_at) from intermediate.int_ticket_stretches)",
                )
            }
            columns = ", ".join(COUNTED)
            marts[way]["counted"] = {
                row[0]: dict(zip(COUNTED, row[1:], strict=True))
                for row in connection.execute(f"select ticket_id, {columns} from marts.tickets").fetchall()
            }
    return marts, histories


def load(settings: Settings, tickets: list[dict], events: list[dict], loaded_at: datetime) -> None:
    with writing(settings, "test") as connection:
        for agent in AGENTS:
            connection.execute("insert into staging.stg_helpdesk__users values (?, true, ?)", [agent, loaded_at])
        for table, rows in (("tickets", tickets), ("ticket_events", events)):
            for row in rows:
                names = ", ".join(row)
                marks = ", ".join("?" * len(row))
                connection.execute(
                    f"insert into raw.helpdesk_{table} ({names}, _load_id, _loaded_at, _row_hash) "
                    f"values ({marks}, 'test', ?, 1)",
                    [*row.values(), loaded_at],
                )


@pytest.mark.parametrize("column", COUNTED)
def test_a_ticket_s_figures_are_those_of_its_history_replayed(told, column):
    marts, histories = told
    wrong = []
    for ticket, events in histories:
        ours, true = marts["at once"]["counted"][ticket["id"]][column], replay(ticket, events)[column]
        if (float(ours) if column.endswith("minutes") and ours is not None else ours) != true:
            wrong.append((ticket["id"], ours, true))
    assert wrong == []


def test_the_histories_are_worth_replaying(told):
    _, histories = told
    replayed = [replay(*each) for each in histories]
    for column in COUNTED:
        assert sum(bool(each[column]) for each in replayed) > 3, column


def test_events_that_come_late_and_twice_give_what_they_give_all_at_once(told):
    marts, _ = told
    for table, rows in marts["at once"].items():
        assert marts["in loads"][table] == rows, table
