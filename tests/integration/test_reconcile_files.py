"""Reconciling folders of files: what the files that are there say now against what raw took in."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from customer360.reconcile import reconcile
from customer360.sources import members, tickets
from customer360.sources.versions import deletions
from customer360.warehouse import utc_now, writing

SAID: list[str] = []
QUIET = {"run_id": "run_test", "progress": SAID.append}
HEADER = "activity_id,updated_at,member_id,type,occurred_at\n"


def line(number: int, type_: str = "sign_in", day: int = 1) -> str:
    return f"A{number:02d},2026-01-{day:02d} 10:00:00,M1,{type_},2026-01-01 09:00:00\n"


def change_in_silence(path, old: str, new: str) -> None:
    """Another content of the same length under the same name and time: no listing shows it."""
    assert len(old) == len(new)
    assert old in path.read_text()
    before = path.stat()
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def found(settings, source: str = "members", **options) -> dict[str, dict[str, tuple[int, int]]]:
    SAID.clear()
    return {
        each.table.name: {difference.kind: (difference.found, difference.repaired) for difference in each.differences}
        for each in reconcile(settings, [source], **options, **QUIET)
        if each.differences
    }


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "members"
    path.mkdir()
    for file in range(3):
        (path / f"activities_{file}.csv").write_text(HEADER + "".join(line(10 * file + row) for row in range(10)))
    (path / "activities_3.csv").write_text(HEADER + line(5, "corrected", day=4) + "A40,soon,M1,sign_in,2026-01-01\n")
    return path


@pytest.fixture
def loaded(settings, folder):
    settings = replace(settings, members_url=str(folder))
    members.pull(settings, **QUIET)
    return settings


def test_files_that_are_as_they_were_loaded_have_no_difference(loaded, raw_rows):
    assert found(loaded) == {"activities": {"quarantined": (1, 0)}}
    assert raw_rows("select count(*) from raw.membership_activities") == [(31,)]
    assert raw_rows("select count(*) from ops.quarantine") == [(1,)]


def test_rows_that_were_lost_or_changed_in_silence_are_found_and_loaded_again(loaded, folder, raw_rows):
    dropped, altered = random.Random(6).sample(range(10, 30), 2)
    with writing(loaded, "test") as connection:
        connection.execute(f"delete from raw.membership_activities where activity_id = 'A{dropped:02d}'")
    file = folder / f"activities_{altered // 10}.csv"
    change_in_silence(file, line(altered), line(altered, "sign_on"))
    members.pull(loaded, **QUIET)
    assert raw_rows("select count(*) from raw.membership_activities where type = 'sign_on'") == [(0,)]
    counted = raw_rows("select max(source_count) from ops.loads where source_table = 'activities'")

    assert found(loaded) == {"activities": {"missing": (1, 1), "altered": (1, 1), "quarantined": (1, 0)}}
    assert raw_rows("select rows_read, rows_loaded from ops.loads where message = 'reconciliation'") == [(2, 2)]
    newest = "select type from raw.membership_activities where activity_id = ? order by _loaded_at desc limit 1"
    assert raw_rows(newest, f"A{altered:02d}") == [("sign_on",)]
    assert raw_rows(newest, f"A{dropped:02d}") == [("sign_in",)]
    assert raw_rows("select _source_file from raw.membership_activities where activity_id = ?", f"A{dropped:02d}") == [
        (f"activities_{dropped // 10}.csv",)
    ]
    assert raw_rows("select max(source_count) from ops.loads where source_table = 'activities'") >= counted
    assert found(loaded) == {"activities": {"quarantined": (1, 0)}}


def test_a_file_that_vanished_deletes_nothing_and_a_new_one_is_left_to_the_pull(loaded, folder, raw_rows):
    (folder / "activities_2.csv").unlink()
    (folder / "activities_9.csv").write_text(HEADER + line(90))
    assert found(loaded) == {"activities": {"quarantined": (1, 0)}}
    assert any("activities: 1 files that were loaded are no longer in the folder" in said for said in SAID)
    assert "membership.activities: activities_9.csv is new or changed; the next pull loads it" in SAID
    assert raw_rows(f"select count(*) from ({deletions()})") == [(0,)]


def test_versions_that_raw_no_longer_keeps_are_not_missed(loaded, raw_rows):
    """The first version of A05 is older than the correction of it: once it may be forgotten, nobody asks for it."""
    with writing(loaded, "test") as connection:
        connection.execute("delete from raw.membership_activities where activity_id = 'A05' and type = 'sign_in'")
    days = (utc_now() - datetime(2026, 1, 3)) // timedelta(days=1)
    assert found(replace(loaded, keep_raw_days=days)) == {"activities": {"quarantined": (1, 0)}}
    assert found(loaded) == {"activities": {"missing": (1, 1), "quarantined": (1, 0)}}


def test_a_helpdesk_of_files_is_compared_by_the_records_they_make(settings, tmp_path, raw_rows):
    folder = tmp_path / "zendesk"
    folder.mkdir()
    (folder / "ticket.csv").write_text(
        "id,created_at,updated_at,status,subject\n"
        + "".join(f"{i},2026-01-01 08:00:00,2026-01-0{1 + i % 9} 08:00:00,open,ticket {i}\n" for i in range(10, 30))
    )
    (folder / "ticket_comment.csv").write_text(
        "id,ticket_id,user_id,created,public,body\n"
        + "".join(f"{i},{i},901,2026-01-02 09:00:00,TRUE,hello {i}\n" for i in range(10, 30))
    )
    settings = replace(settings, helpdesk_url=str(folder))
    tickets.pull(settings, **QUIET)
    assert found(settings, "tickets") == {}
    with writing(settings, "test") as connection:
        connection.execute("delete from raw.helpdesk_tickets where id = '12'")
        connection.execute("delete from raw.helpdesk_ticket_events where ticket_id = '13'")
    change_in_silence(folder / "ticket.csv", "open,ticket 14\n", "held,ticket 14\n")
    change_in_silence(folder / "ticket_comment.csv", "hello 15", "HELLO 15")
    assert found(settings, "tickets") == {
        "tickets": {"missing": (1, 1), "altered": (1, 1)},
        "ticket_events": {"missing": (1, 1), "altered": (1, 1)},
    }
    assert sorted(raw_rows("select source_table, rows_read from ops.loads where message = 'reconciliation'")) == [
        ("ticket_events", 2),
        ("tickets", 2),
    ]
    assert found(settings, "tickets") == {}
