"""Reconciling the helpdesk over its API: archived, changed by automations, deleted, and what no time tells of."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from customer360.demo.server import HelpdeskServer
from customer360.errors import SourceError
from customer360.reconcile import reconcile
from customer360.sources import tickets
from customer360.sources.contract import TABLES
from customer360.sources.versions import deletions, superseded
from customer360.warehouse import writing

QUIET = {"run_id": "run_test", "progress": lambda line: None}
START = datetime(2026, 1, 1, tzinfo=UTC)
TICKETS = 40


def moment(hours: float) -> str:
    return (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def counts(name: str) -> str:
    return f"rowid not in ({superseded(TABLES[f'helpdesk_{name}'], f'raw.helpdesk_{name}')})"


@pytest.fixture
def helpdesk(tmp_path, settings):
    """A pulled helpdesk: (settings, the running server)."""
    folder = tmp_path / "helpdesk"
    folder.mkdir()
    rows = range(1, TICKETS + 1)
    second = int(START.timestamp())
    records = {
        "tickets": [
            {"id": i, "created_at": moment(0), "updated_at": moment(i), "generated_timestamp": second + 3600 * i,
             "status": "open", "requester_id": 7, "subject": f"ticket {i}", "priority": "high"} for i in rows
        ],
        "ticket_events": [
            {"id": i, "ticket_id": i, "timestamp": second + 3600 * i, "created_at": moment(i), "event_type": "Audit",
             "child_events": [{"id": i, "event_type": "Comment", "body": "hello", "public": True}]} for i in rows
        ],
        "users": [{"id": i, "updated_at": moment(i), "name": f"User {i}", "role": "end-user"} for i in rows],
        "satisfaction_ratings": [
            {"id": i, "ticket_id": i, "created_at": moment(i), "updated_at": moment(i), "score": "good"} for i in rows
        ],
        "groups": [{"id": i, "updated_at": moment(0), "name": f"Group {i}", "deleted": False} for i in (1, 2)],
    }  # fmt: skip
    for name, lines in records.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n")
    with HelpdeskServer(folder, token="secret-token", repeat_records=True) as server:
        settings = replace(settings, helpdesk_url=server.url, helpdesk_token="secret-token")
        tickets.pull(settings, **QUIET)
        yield settings, server


def found(settings, **options) -> dict[str, dict[str, tuple[int, int]]]:
    outcomes = reconcile(settings, ["tickets"], **options, **QUIET)
    return {
        each.table.name: {difference.kind: (difference.found, difference.repaired) for difference in each.differences}
        for each in outcomes
        if each.differences
    }


def test_archived_is_not_deleted_though_no_list_and_no_count_shows_it(helpdesk):
    settings, server = helpdesk
    server.changes.archive("4", "5", "6")
    assert found(settings) == {}
    # Even where an export would leave archived tickets out, they are asked for by id.
    exported = server.resources["tickets"].lines[4]
    shown, server.changes.shown = server.changes.shown, lambda resource, ids: [exported] if "5" in ids else []
    server.changes.purge("tickets", "5")
    assert found(settings) == {}
    server.changes.shown = shown
    assert found(settings) == {"tickets": {"deleted": (1, 1)}, "ticket_events": {"deleted": (1, 1)}}


def test_every_planted_difference_is_found_and_repaired_once(helpdesk, raw_rows):
    settings, server = helpdesk
    numbers = [str(number) for number in random.Random(6).sample(range(1, TICKETS), 7)]
    dropped, automated, silent, deleted, purged, user, rating = numbers
    with writing(settings, "test") as connection:
        for name in ("tickets", "users", "ticket_events", "satisfaction_ratings"):
            connection.execute(f"delete from raw.helpdesk_{name} where id = '{dropped}'")
    server.changes.automate(automated, priority="low")
    server.changes.automate(silent, in_silence=True, priority="urgent")
    server.changes.delete("tickets", deleted)
    server.changes.purge("tickets", purged)
    server.changes.purge("users", user)
    server.changes.purge("satisfaction_ratings", rating)
    server.changes.purge("groups", "2")
    server.changes.alter("users", automated, name="Altered in silence")

    assert found(settings) == {
        "tickets": {"missing": (1, 1), "altered": (2, 2), "deleted": (2, 2)},
        "users": {"missing": (1, 1), "altered": (1, 1), "deleted": (1, 1)},
        "ticket_events": {"missing": (1, 1), "deleted": (1, 1)},
        "satisfaction_ratings": {"missing": (1, 1), "deleted": (1, 1)},
        "groups": {"deleted": (1, 1)},
    }
    read_again = "select source_table, sum(rows_read) from ops.loads where message = 'reconciliation' group by 1"
    assert dict(raw_rows(read_again)) == {
        "groups": 0, "satisfaction_ratings": 1, "ticket_events": 1, "tickets": 3, "users": 2,
    }  # fmt: skip
    changed = f"select id, priority from raw.helpdesk_tickets where {counts('tickets')} and priority <> 'high'"
    assert dict(raw_rows(changed)) == {automated: "low", silent: "urgent"}
    gone = raw_rows(f"select source_table, source_record_id from ({deletions()})")
    assert sorted(gone) == sorted(
        [("tickets", deleted), ("tickets", purged), ("ticket_events", purged), ("users", user),
         ("satisfaction_ratings", rating), ("groups", "2")]
    )  # fmt: skip
    assert found(settings) == {}


def test_a_restored_ticket_counts_again(helpdesk, raw_rows):
    settings, server = helpdesk
    line = server.resources["tickets"].lines[9]
    server.changes.delete("tickets", "10")
    assert found(settings) == {"tickets": {"deleted": (1, 1)}}
    server.changes.purge("tickets", "10")
    assert found(settings)["ticket_events"] == {"deleted": (1, 1)}
    server.changes.restore("tickets", line)
    assert found(settings) == {"tickets": {"returned": (1, 1)}}
    assert raw_rows(f"select status from raw.helpdesk_tickets where {counts('tickets')} and id = '10'") == [("open",)]


def test_what_came_after_the_last_pull_is_new_and_a_window_leaves_the_rest_alone(helpdesk):
    settings, server = helpdesk
    server.changes.automate("3", updated_at=moment(TICKETS + 9), priority="low")
    server.changes.alter("tickets", "30", priority="low")
    server.changes.alter("tickets", "8", priority="low")
    assert found(settings, since=datetime(2026, 1, 2)) == {"tickets": {"altered": (1, 1)}}
    assert found(settings) == {"tickets": {"altered": (1, 1)}}


def test_a_helpdesk_that_shows_nothing_any_more_deletes_nothing(helpdesk, raw_rows):
    settings, server = helpdesk
    for name in ("tickets", "users"):
        for id_ in map(str, list(server.resources[name].ids)):
            server.changes.purge(name, id_)
    with pytest.raises(SourceError, match="gives no tickets at all"):
        reconcile(settings, ["tickets"], **QUIET)
    assert raw_rows(f"select count(*) from ({deletions()})") == [(0,)]
