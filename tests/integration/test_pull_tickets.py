"""Pulling the helpdesk into raw, over real HTTP from the sample company's server."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from customer360.demo.server import Faults, HelpdeskServer
from customer360.errors import SettingError, SourceError
from customer360.sources import tickets

QUIET = {"run_id": "run_test", "progress": lambda line: None}
START = datetime(2026, 1, 1, tzinfo=UTC)


def moment(hours: float) -> str:
    return (START + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(hours: float) -> int:
    return int((START + timedelta(hours=hours)).timestamp())


@pytest.fixture
def data(tmp_path):
    """2,500 tickets, 1,500 events, a few users, ratings and groups: (folder, a function that writes one resource)."""
    folder = tmp_path / "helpdesk"
    folder.mkdir()

    def write(name: str, records: list[dict]) -> None:
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(record) for record in records) + "\n")

    write("tickets", [
        {"id": i, "created_at": moment(0), "updated_at": moment(i), "generated_timestamp": seconds(i), "status": "open",
         "requester_id": 7, "subject": f"ticket {i}", "tags": ["a", "b"],
         "custom_fields": [{"id": 360001, "value": "O1"}], "url": "https://ignored", "via": {"channel": "web"}}
        for i in range(1, 2501)
    ])  # fmt: skip
    write("ticket_events", [
        {"id": i, "ticket_id": 1 + i % 9, "timestamp": seconds(i // 3), "created_at": moment(i // 3),
         "event_type": "Audit", "updater_id": 3,
         "child_events": [{"id": i, "event_type": "Comment", "body": "hello", "public": True}]}
        for i in range(1, 1501)
    ])  # fmt: skip
    users = [{"id": i, "created_at": moment(0), "updated_at": moment(i), "name": f"User {i}", "role": "end-user",
              "email": f"u{i}@example.com", "active": True} for i in range(1, 21)]  # fmt: skip
    write("users", users)
    write("satisfaction_ratings", [
        {"id": i, "ticket_id": i, "created_at": moment(i), "updated_at": moment(i), "score": "good"}
        for i in range(1, 251)
    ])  # fmt: skip
    write("groups", [{"id": 1, "created_at": moment(0), "updated_at": moment(0), "name": "Support", "deleted": False}])
    return folder, write


@pytest.fixture
def of(settings):
    return lambda server: replace(settings, helpdesk_url=server.url, helpdesk_token="secret-token")


def test_everything_arrives_once_though_pages_repeat_records_and_requests_are_refused(data, of, raw_rows):
    with HelpdeskServer(data[0], token="secret-token", repeat_records=True, refuse_every=9, retry_after=0) as server:
        loads = {load.source_table: load for load in tickets.pull(of(server), **QUIET)}
    assert {name: load.rows_loaded for name, load in loads.items()} == {
        "tickets": 2500, "users": 20, "ticket_events": 1500, "satisfaction_ratings": 250, "groups": 1,
    }  # fmt: skip
    assert loads["tickets"].rows_read > 2500  # the repeated ones
    assert {name: load.source_count for name, load in loads.items()} == {
        "tickets": 2500, "users": 20, "ticket_events": None, "satisfaction_ratings": 250, "groups": 1,
    }  # fmt: skip
    assert raw_rows(
        "select id, requester_id, tags::varchar, custom_fields ->> '$[0].value', updated_at, typeof(custom_fields) "
        "from raw.helpdesk_tickets where id = '12'"
    ) == [("12", "7", '["a", "b"]', "O1", datetime(2026, 1, 1, 12), "JSON")]
    assert raw_rows(
        "select updated_at = created_at, child_events ->> '$[0].body' from raw.helpdesk_ticket_events limit 1"
    ) == [(True, "hello")]
    assert raw_rows("select active, typeof(active) from raw.helpdesk_users limit 1") == [(True, "BOOLEAN")]


def test_the_helpdesks_own_figures_are_asked_for_and_a_wrong_one_costs_no_ticket(data, of, raw_rows):
    folder, write = data
    given = [{"reopens": 2, "reply_time_in_minutes": {"calendar": 5, "business": 0}}, None, "soon", [1, 2], 7]
    write("tickets", [
        {"id": i, "created_at": moment(0), "updated_at": moment(i), "generated_timestamp": seconds(i), "status": "open",
         "requester_id": 7, "metric_set": figures}
        for i, figures in enumerate(given, start=1)
    ])  # fmt: skip
    with HelpdeskServer(folder, token="secret-token") as server:
        tickets.pull(of(server), **QUIET)
        assert (
            "metric_set"
            not in requests.get(
                f"{server.url}/api/v2/incremental/tickets/cursor.json?start_time=0",
                headers={"Authorization": "Bearer secret-token"},
                timeout=10,
            ).text
        )
    assert raw_rows("select id, metric_set ->> '$.reopens' from raw.helpdesk_tickets order by id") == [
        ("1", "2"), ("2", None), ("3", None), ("4", None), ("5", None),
    ]  # fmt: skip
    assert raw_rows("select source_record_id, column_name, reason from ops.quarantine") == [
        ("3", "metric_set", "is not valid JSON")
    ]


def test_the_next_pull_goes_on_at_the_cursor(data, of, raw_rows):
    folder, write = data
    with HelpdeskServer(folder, token="secret-token") as server:
        tickets.pull(of(server), **QUIET)
        loads = {load.source_table: load for load in tickets.pull(of(server), **QUIET)}
    assert loads["tickets"].rows_read == 0
    assert sum(load.rows_loaded for load in loads.values()) == 0
    lines = (folder / "tickets.jsonl").read_text().splitlines()
    changed = {
        **json.loads(lines[0]),
        "status": "solved",
        "updated_at": moment(3000),
        "generated_timestamp": seconds(3000),
    }
    write("tickets", [*map(json.loads, lines[1:]), changed])
    with HelpdeskServer(folder, token="secret-token") as server:
        loads = {load.source_table: load for load in tickets.pull(of(server), **QUIET)}
    assert (loads["tickets"].rows_read, loads["tickets"].rows_loaded) == (1, 1)
    assert raw_rows("select status from raw.helpdesk_tickets where id = '1' order by updated_at") == [
        ("open",),
        ("solved",),
    ]


def test_errors_in_the_middle_keep_what_came_before_and_the_next_pull_goes_on_there(data, of, raw_rows):
    with HelpdeskServer(data[0], token="secret-token", faults=Faults(fail_after=3, fail_times=6)) as server:
        with pytest.raises(SourceError, match=r"HTTP 500.*next pull goes on from there"):
            tickets.pull(of(server), **QUIET)
        # the count and two pages were answered
        assert raw_rows("select count(*) from raw.helpdesk_tickets") == [(2000,)]
        assert raw_rows("select count(*) from raw.helpdesk_users") == [(20,)]  # other tables go on
        loads = [load for load in tickets.pull(of(server), **QUIET) if load.source_table == "tickets"]
    assert [load.rows_loaded for load in loads] == [500]
    assert raw_rows("select count(*), count(distinct id) from raw.helpdesk_tickets") == [(2500, 2500)]


def test_an_answer_that_breaks_off_is_asked_for_again(data, of, raw_rows):
    faults = Faults(dropped=frozenset({2, 5}), fail_after=7, fail_times=2)
    with HelpdeskServer(data[0], token="secret-token", faults=faults) as server:
        tickets.pull(of(server), **QUIET)
    assert raw_rows("select count(*) from raw.helpdesk_tickets") == [(2500,)]


def test_every_few_pages_are_committed_with_their_cursor(data, of, raw_rows, monkeypatch):
    monkeypatch.setattr(tickets, "PAGES_PER_STEP", 1)
    with HelpdeskServer(data[0], token="secret-token") as server:
        loads = [load for load in tickets.pull(of(server), **QUIET) if load.source_table == "tickets"]
    assert [load.rows_loaded for load in loads] == [1000, 1000, 500]
    assert len({load.cursor for load in loads}) == 3


PULL_AND_WAIT = """
import sys, time
from pathlib import Path
from customer360.config import Settings
from customer360.sources import raw, tickets
tickets.PAGES_PER_STEP = 1
write = raw.write
def waiting_write(*args, **kwargs):
    loads = write(*args, **kwargs)
    print("committed", flush=True)
    time.sleep(60)
    return loads
raw.write = waiting_write
settings = Settings(home=Path(sys.argv[1]), helpdesk_url=sys.argv[2], helpdesk_token="secret-token")
tickets.pull(settings, run_id="run_child", progress=lambda line: None)
"""


def test_a_pull_that_is_killed_is_taken_up_at_its_last_committed_page(data, of, settings, raw_rows):
    with HelpdeskServer(data[0], token="secret-token") as server:
        child = subprocess.Popen(
            [sys.executable, "-c", PULL_AND_WAIT, str(settings.home), server.url], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "committed\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert raw_rows("select count(*) from raw.helpdesk_tickets") == [(1000,)]
        loads = [load for load in tickets.pull(of(server), **QUIET) if load.source_table == "tickets"]
    assert sum(load.rows_read for load in loads) == 1500
    assert raw_rows("select count(*), count(distinct id) from raw.helpdesk_tickets") == [(2500, 2500)]


def test_a_window_reads_what_changed_in_it_and_leaves_the_cursor_alone(data, of, raw_rows):
    with HelpdeskServer(data[0], token="secret-token") as server:
        window = {"since": datetime(2026, 1, 3), "until": datetime(2026, 1, 4)}
        load = tickets.pull(of(server), **QUIET, **window)[0]
        assert (load.rows_loaded, load.cursor, load.watermark) == (24, None, None)
        assert raw_rows("select min(updated_at), max(updated_at) from raw.helpdesk_tickets") == [
            (datetime(2026, 1, 3, 1), datetime(2026, 1, 4))
        ]
        tickets.pull(of(server), **QUIET)
        cursor = "select max_by(cursor, ended_at) from ops.loads where source_table = 'tickets'"
        before = raw_rows(cursor)
        tickets.pull(of(server), **QUIET, **window)
        assert raw_rows(cursor) == before
    assert raw_rows("select count(*), count(distinct id) from raw.helpdesk_tickets") == [(2500, 2500)]


@pytest.mark.parametrize(
    ("faults", "token", "message"),
    [
        (Faults(not_json=frozenset(range(2, 99))), "secret-token", "a page that is not JSON"),
        (Faults(wrong_content=frozenset(range(2, 99))), "secret-token", "this is not the helpdesk's API"),
        (Faults(), "another-token", "does not accept CUSTOMER360_HELPDESK_TOKEN .HTTP 401."),
    ],
    ids=["not JSON", "JSON of something else", "wrong token"],
)
def test_a_helpdesk_that_does_not_answer_as_it_should_is_one_clear_sentence(data, of, raw_rows, faults, token, message):
    with (
        HelpdeskServer(data[0], token=token, faults=faults) as server,
        pytest.raises(SourceError, match=message) as caught,
    ):
        tickets.pull(of(server), **QUIET)
    assert "secret-token" not in str(caught.value)
    assert raw_rows("select count(*) from ops.loads where status = 'failed' and source_system = 'helpdesk'") == [(5,)]


def test_a_helpdesk_that_is_not_there_is_one_clear_sentence(settings, raw_rows):
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match=r"^helpdesk: 127.0.0.1 cannot be reached. Check CUSTOMER360_HELPDESK_URL"):
        tickets.pull(replace(settings, helpdesk_url=f"http://127.0.0.1:{port}", helpdesk_token="t"), **QUIET)
    assert raw_rows("select distinct status, source_system from ops.loads") == [("failed", "helpdesk")]


def test_a_certificate_that_is_not_accepted_is_one_clear_sentence(data, settings):
    with HelpdeskServer(data[0], token="t") as server:
        settings = replace(settings, helpdesk_url=server.url.replace("http://", "https://"), helpdesk_token="t")
        with pytest.raises(SourceError, match="no secure connection"):
            tickets.pull(settings, **QUIET)


def test_an_address_that_is_none_is_a_wrong_setting(settings):
    with pytest.raises(SettingError, match=r"such as https://company.zendesk.com, nor a folder"):
        tickets.pull(replace(settings, helpdesk_url="company.zendesk.com", helpdesk_token="t"), **QUIET)


def test_pages_that_never_move_on_end(data, of, monkeypatch):
    import customer360.demo.server as server_module

    page = server_module._Handler._cursor_page

    def stuck(self, resource, path, query):
        return page(self, resource, path, {"start_time": "0", **{k: v for k, v in query.items() if k == "per_page"}})

    monkeypatch.setattr(server_module._Handler, "_cursor_page", stuck)
    with HelpdeskServer(data[0], token="secret-token") as server, pytest.raises(SourceError, match="do not move on"):
        tickets.pull(of(server), **QUIET)
