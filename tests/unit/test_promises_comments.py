"""Which comments of the warehouse are read, and when they are read again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from customer360.promises import comments
from customer360.promises.comments import COLUMNS, digest_of, read_comments
from customer360.promises.timetable import calendar_of_seeds

CALENDAR = calendar_of_seeds(Path(__file__).parents[2] / "dbt_project" / "seeds")


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute(
            "create table comments (event_id varchar, part_number integer, occurred_at timestamp, body varchar)"
        )
        yield connection


def write(connection, event_id, body, *, part_number=1, at="2026-09-08 02:00:00"):
    connection.execute("insert into comments values (?, ?, ?, ?)", [event_id, part_number, at, body])


def build(connection, timetable_digest="1"):
    """What one build reads, added to the table `read` as dbt does it: events that came again are replaced."""
    exists = connection.execute("select count(*) from duckdb_tables() where table_name = 'before'").fetchone()[0]
    found = read_comments(
        connection,
        comments="comments",
        calendar=CALENDAR,
        timetable_digest=timetable_digest,
        previous="before" if exists else None,
    )
    assert found.schema == COLUMNS
    connection.register("found", found)
    connection.execute("create table if not exists before as select * from found limit 0")
    connection.execute("delete from before where event_id in (select event_id from found)")
    connection.execute("insert into before from found")
    connection.unregister("found")
    return found.column("event_id").to_pylist()


def test_a_comment_is_read_once(connection):
    write(connection, "e1", "We will reply tomorrow.")
    write(connection, "e2", "Thank you!")
    assert build(connection) == ["e1", "e2"]
    assert build(connection) == []
    write(connection, "e3", "我们会尽快回复您。")
    assert build(connection) == ["e3"]
    rows = connection.execute(
        "select event_id, statement_number, kind, quoted_text, due_at from before order by all"
    ).fetchall()
    assert rows == [
        ("e1", 1, "promise", "tomorrow", datetime(2026, 9, 9, 15, 59, 59)),
        ("e2", 0, None, None, None),
        ("e3", 1, "vague", "尽快", None),
    ]


def test_a_comment_that_was_edited_or_dated_anew_is_read_again_with_its_event(connection):
    write(connection, "e1", "We will reply tomorrow.")
    write(connection, "e1", "Thank you!", part_number=2)
    write(connection, "e2", "Thank you!")
    build(connection)
    connection.execute("update comments set body = 'Done.' where event_id = 'e1' and part_number = 2")
    assert build(connection) == ["e1", "e1"]
    connection.execute("update comments set occurred_at = timestamp '2026-09-09' where event_id = 'e2'")
    assert build(connection) == ["e2"]


def test_a_changed_rule_or_timetable_has_every_comment_read_again(connection, monkeypatch):
    write(connection, "e1", "We will reply tomorrow.")
    write(connection, "e2", "Thank you!")
    build(connection)
    monkeypatch.setattr(comments, "rules_digest", lambda: "another rule")
    assert build(connection) == ["e1", "e2"]
    assert build(connection) == []
    assert build(connection, timetable_digest="2") == ["e1", "e2"]


def test_the_digest_of_the_rules_follows_the_modules(monkeypatch, tmp_path):
    before = comments.rules_digest.__wrapped__()
    package = Path(comments.__file__).parent
    for module in package.glob("*.py"):
        (tmp_path / module.name).write_bytes(module.read_bytes())
    monkeypatch.setattr(comments, "__file__", str(tmp_path / "comments.py"))
    assert comments.rules_digest.__wrapped__() == before
    (tmp_path / "chinese_words.py").write_text("# another rule")
    assert comments.rules_digest.__wrapped__() != before


def test_the_digest_of_a_timetable_follows_its_rows(connection):
    before = digest_of(connection, "(select 1 as day, true as works)", "comments")
    assert digest_of(connection, "(select 1 as day, true as works)", "comments") == before
    assert digest_of(connection, "(select 1 as day, false as works)", "comments") != before


def test_the_same_words_are_read_once(connection, monkeypatch):
    read = []
    monkeypatch.setattr(comments, "read", lambda body: read.append(body) or [])
    for number in range(50):
        write(connection, f"e{number}", "We will reply tomorrow.")
    assert len(build(connection)) == 50
    assert read == ["We will reply tomorrow."]


def test_a_comment_without_text_and_an_absurd_time_are_kept_with_their_reason(connection):
    write(connection, "e1", None)
    write(connection, "e2", "We will reply by 31 February.")
    build(connection)
    assert connection.execute("select event_id, kind, due_at, problem from before order by 1").fetchall() == [
        ("e1", None, None, None),
        ("e2", "promise", None, "no such day or time"),
    ]


def test_the_timetable_of_the_seeds_closes_when_the_days_say():
    closing = CALENDAR.closing(datetime(2026, 9, 20).date())  # a Sunday made up for a holiday
    assert closing == datetime(2026, 9, 20, 10)
    assert CALENDAR.zone(datetime.now(UTC).replace(tzinfo=None)).utcoffset(datetime(2026, 1, 1)) == timedelta(hours=8)
