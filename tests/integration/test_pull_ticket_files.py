"""Pulling the helpdesk from a folder of a connector's tables, real seed tables of a Zendesk package among them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from customer360.errors import SourceError
from customer360.sources import tickets

BESIDE = Path(__file__).parents[3] / "shared" / "data"
QUIET = {"run_id": "run_test", "progress": lambda line: None}
TICKETS = """id,created_at,updated_at,status,priority,requester_id,assignee_id,via_channel,custom_order,_fivetran_synced
1,2026-01-01 08:00:00,2026-01-03 08:00:00,solved,high,501,901,email,SO1,2026-01-04 00:00:00
2,2026-01-02 08:00:00,,open,,502,,web,,2026-01-04 00:00:00
"""
COMMENTS = """id,ticket_id,user_id,created,public,body
11,1,501,2026-01-01 08:00:00,TRUE,"Where is
it?"
12,1,901,2026-01-01 09:00:00,TRUE,On its way
13,1,901,2026-01-01 09:30:00,FALSE,a note
"""
HISTORY = """field_name,ticket_id,updated,user_id,value
status,1,2026-01-01 09:00:00,901,open
assignee_id,1,2026-01-01 09:00:00,901,901
360002,1,2026-01-01 09:00:00,901,2026-01-02T08:00:00Z
tags,1,2026-01-01 10:00:00,,vip urgent
status,1,2026-01-03 08:00:00,901,solved
status,1,2026-01-03 08:00:00,901,solved
"""


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "zendesk"
    path.mkdir()
    (path / "ticket.csv").write_text(TICKETS)
    (path / "ticket_comment_data.csv").write_text(COMMENTS)
    (path / "ticket_field_history.csv").write_text(HISTORY)
    (path / "ticket_tag-2026.csv").write_text("ticket_id,tag\n1,vip\n1,vip\n1,late\n")
    return path


@pytest.fixture
def of(settings, folder):
    return replace(settings, helpdesk_url=str(folder))


def events(raw_rows):
    rows = raw_rows("select id, updater_id, child_events from raw.helpdesk_ticket_events order by created_at, id")
    return [(event_id, updater, json.loads(parts)) for event_id, updater, parts in rows]


def test_what_one_person_did_to_a_ticket_at_one_moment_is_one_event_changes_before_the_comment(of, raw_rows):
    tickets.pull(of, **QUIET)
    first, answered, noted, tagged, solved = events(raw_rows)
    assert first[2][0]["body"] == "Where is\nit?"
    assert (answered[0], answered[1]) == ("1-20260101090000-901", "901")
    assert [part.get("body") or part for part in answered[2]] == [
        {"event_type": "Change", "custom_ticket_fields": {"360002": "2026-01-02T08:00:00Z"}},
        {"event_type": "Change", "assignee_id": "901"},
        {"event_type": "Change", "status": "open"},
        "On its way",
    ]
    assert [part["public"] for part in (first[2][0], answered[2][-1], noted[2][0])] == [True, True, False]
    assert (tagged[1], tagged[2]) == (None, [{"event_type": "Change", "tags": ["vip", "urgent"]}])
    assert solved[2] == [{"event_type": "Change", "status": "solved"}]  # told twice, changed once


def test_tickets_carry_tags_channel_and_their_own_fields(of, raw_rows):
    tickets.pull(of, **QUIET)
    found = raw_rows("select id, updated_at, via, tags, custom_fields from raw.helpdesk_tickets order by id")
    assert found[0][1:] == (
        datetime(2026, 1, 3, 8),
        '{"channel":"email"}',
        '["late","vip"]',
        '[{"id":"custom_order","value":"SO1"}]',
    )
    assert found[1][:2] == ("2", datetime(2026, 1, 2, 8))


def test_pulling_again_loads_nothing_and_a_changed_file_only_what_changed(of, folder, raw_rows):
    tickets.pull(of, **QUIET)
    again = tickets.pull(of, **QUIET)
    assert [load.rows_read for load in again] == [0] * 5
    (folder / "ticket_comment_data.csv").write_text(COMMENTS + "14,1,501,2026-01-04 08:00:00,TRUE,Thanks\n")
    loads = {load.source_table: load for load in tickets.pull(of, **QUIET)}
    assert (loads["tickets"].rows_read, loads["ticket_events"].rows_loaded) == (0, 1)
    assert len(events(raw_rows)) == 6


def test_a_window_loads_what_changed_in_it(of, raw_rows):
    tickets.pull(of, since=datetime(2026, 1, 1, 8, 30), until=datetime(2026, 1, 1, 9, 30), **QUIET)
    assert [event[0] for event in events(raw_rows)] == ["1-20260101090000-901", "1-20260101093000-901"]
    assert raw_rows("select count(*) from raw.helpdesk_tickets") == [(0,)]


def test_a_broken_row_is_quarantined_and_the_rows_around_it_load(of, folder, raw_rows):
    (folder / "ticket.csv").write_text(TICKETS + "3,yesterday,,open,,503,,web,,\n4,too,few\n")
    tickets.pull(of, **QUIET)
    assert raw_rows("select id from raw.helpdesk_tickets order by id") == [("1",), ("2",)]
    kept = raw_rows("select source_record_id, source_file, column_name, reason from ops.quarantine order by 1, 3")
    assert {row[1] for row in kept} == {"ticket.csv"}
    assert [row[2] for row in kept if row[0] == "3"] == ["created_at", "updated_at"]
    assert any("has 3 values" in row[3] for row in kept)


def test_a_file_that_is_not_complete_stops_its_table_and_no_other(of, folder, raw_rows):
    pq.write_table(pa.table({"ticket_id": ["1"], "tag": ["late"]}), folder / "ticket_tag_2.parquet")
    cut = (folder / "ticket_tag_2.parquet").read_bytes()[:-6]
    (folder / "ticket_tag_2.parquet").write_bytes(cut)
    with pytest.raises(SourceError, match=r"helpdesk.tickets: ticket_tag_2.parquet is left for the next pull"):
        tickets.pull(of, **QUIET)
    assert raw_rows("select count(*) from raw.helpdesk_tickets") == [(0,)]
    assert len(events(raw_rows)) == 5
    (folder / "ticket_tag_2.parquet").unlink()
    tickets.pull(of, **QUIET)
    assert raw_rows("select count(*) from raw.helpdesk_tickets") == [(2,)]


def test_a_folder_without_tickets_is_refused_by_name(of, folder):
    (folder / "ticket.csv").unlink()
    with pytest.raises(SourceError, match=r"holds no file of the table ticket.*Check CUSTOMER360_HELPDESK_URL"):
        tickets.pull(of, **QUIET)
    with pytest.raises(SourceError, match=r"there is no folder .*nowhere"):
        tickets.pull(replace(of, helpdesk_url="/nowhere"), **QUIET)


@pytest.fixture
def seed_tables():
    folder = Path(os.environ.get("CUSTOMER360_REAL_DATA") or BESIDE) / "api_shapes" / "zendesk"
    if not folder.is_dir():
        pytest.skip("no seed tables: set CUSTOMER360_REAL_DATA to the folder with api_shapes/, or use ../shared/data")
    return folder


def test_the_seed_tables_of_a_zendesk_package_load_as_they_are(settings, seed_tables, raw_rows):
    said = []
    of = replace(settings, helpdesk_url=str(seed_tables))
    tickets.pull(of, run_id=None, progress=said.append)
    counted = {
        table: raw_rows(f"select count(*), count(distinct id) from raw.helpdesk_{table}")[0]
        for table in ("tickets", "users", "ticket_events", "satisfaction_ratings", "groups")
    }
    assert counted["tickets"] == (10, 10)
    assert counted["users"] == (10, 10)
    assert counted["satisfaction_ratings"] == (15, 14)  # one of them twice, with another score
    assert counted["groups"] == (8, 8)
    assert raw_rows("select count(*) from ops.quarantine") == [(0,)]
    parts = [part for _, _, children in events(raw_rows) for part in children]
    assert sum(part["event_type"] == "Comment" for part in parts) == 20
    assert sum("status" in part for part in parts) == 27  # ticket 102 is told four times that it was solved
    assert any("user_data_snowflake.csv" in line and "ignored" in line for line in said)
