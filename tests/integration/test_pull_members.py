"""Pulling member files into raw, from a local folder and from a real S3 server."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace
from datetime import datetime

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from customer360.errors import SourceError
from customer360.sources import csv_files, folders, members

QUIET = {"run_id": "run_test", "progress": lambda line: None}
HEADER = "activity_id,updated_at,member_id,type,occurred_at,quantity,reference\n"


def line(number: int, type_: str = "sign_in", updated_at: str = "2026-01-01 10:00:00") -> str:
    return f"A{number},{updated_at},M1,{type_},2026-01-01 09:00:00,1,\n"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "members"
    path.mkdir()
    return path


@pytest.fixture
def of(settings, folder):
    return replace(settings, members_url=str(folder))


def loaded(raw_rows, columns: str = "activity_id", table: str = "activities") -> list[tuple]:
    return raw_rows(f"select {columns} from raw.membership_{table} order by all")


def test_every_format_is_read_with_where_each_row_came_from(folder, of, raw_rows):
    (folder / "activities_1.csv").write_text(HEADER + line(1) + line(2))
    (folder / "activities_2.csv.gz").write_bytes(gzip.compress((HEADER + line(3)).encode()))
    (folder / "activities_3.jsonl").write_text(
        '{"activity_id": 4, "updated_at": "2026-01-01T10:00:00Z", "member_id": "M1", "type": "review", '
        '"occurred_at": "2026-01-01T09:00:00+02:00", "quantity": 2.5}\n\n'
        '{"activity_id": "A5", "updated_at": "2026-01-01", "member_id": "M1", "type": "x", "occurred_at": "2026-01-01"}'
    )
    rows = {
        "activity_id": ["A6"], "updated_at": [datetime(2026, 1, 1)], "member_id": ["M1"], "type": ["purchase"],
        "occurred_at": [datetime(2026, 1, 1)], "reference": [None],
    }  # fmt: skip
    pq.write_table(pa.table(rows), folder / "activities_4.parquet")
    loads = [load for load in members.pull(of, **QUIET) if load.source_table == "activities"]
    assert [(load.rows_loaded, load.source_count) for load in loads] == [(3, 3), (2, 5), (1, 6)]
    assert loaded(raw_rows, "activity_id, _source_file, quantity::varchar") == [
        ("4", "activities_3.jsonl", "2.5000"),
        ("A1", "activities_1.csv", "1.0000"),
        ("A2", "activities_1.csv", "1.0000"),
        ("A3", "activities_2.csv.gz", "1.0000"),
        ("A5", "activities_3.jsonl", None),
        ("A6", "activities_4.parquet", None),
    ]
    assert raw_rows("select occurred_at from raw.membership_activities where activity_id = '4'") == [
        (datetime(2026, 1, 1, 7),)
    ]


def test_each_content_is_loaded_once_whatever_its_name(folder, of, raw_rows):
    said = []
    (folder / "activities_1.csv").write_text(HEADER + line(1))
    members.pull(of, **QUIET)
    (folder / "activities_again.csv").write_text(HEADER + line(1))
    loads = members.pull(of, run_id=None, progress=said.append)
    assert sum(load.rows_read for load in loads) == 0
    assert "membership.activities: activities_again.csv is the same as activities_1.csv, which is loaded" in said
    assert next(load for load in loads if load.source_table == "activities").message.startswith(
        "activities_again.csv is"
    )
    assert members.pull(of, **QUIET)[1].message is None  # said once
    assert raw_rows("select count(*) from ops.source_files") == [(2,)]


def test_a_file_that_changed_is_read_again_and_only_what_is_new_is_appended(folder, of, raw_rows):
    file = folder / "activities_1.csv"
    file.write_text(HEADER + line(1) + line(2))
    members.pull(of, **QUIET)
    file.write_text(HEADER + line(1) + line(2, "review") + line(3))
    load = members.pull(of, **QUIET)[1]
    assert (load.rows_read, load.rows_loaded, load.rows_unchanged, load.source_count) == (3, 2, 1, 3)
    assert loaded(raw_rows, "activity_id, type") == [
        ("A1", "sign_in"),
        ("A2", "review"),
        ("A2", "sign_in"),
        ("A3", "sign_in"),
    ]


def test_of_several_versions_in_one_delivery_the_last_counts(folder, of, raw_rows):
    (folder / "activities_1.csv").write_text(HEADER + line(1, "a") + line(1, "b"))
    load = members.pull(of, **QUIET)[1]
    assert (load.rows_read, load.rows_loaded, load.rows_unchanged) == (2, 1, 1)
    assert loaded(raw_rows, "type") == [("b",)]


def test_a_late_file_is_loaded_whatever_the_window(folder, of, raw_rows):
    (folder / "activities_1.csv").write_text(HEADER + line(1))
    members.pull(of, **QUIET, since=datetime(2020, 1, 1), until=datetime(2020, 1, 2))
    assert loaded(raw_rows) == [("A1",)]
    load = members.pull(of, **QUIET, since=datetime(2020, 1, 1))[1]
    assert (load.rows_read, load.rows_unchanged) == (1, 1)  # delivered in the window: read again


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("activities_1.csv.gz", gzip.compress((HEADER + line(1) * 999).encode())[:-20]),
        ("activities_1.csv", (HEADER + line(1) + "A2,2026-01-01 10:0").encode()),
        ("activities_1.jsonl", b'{"activity_id": "A1", "updated_at": "2026-01-01"}\n{"activity_id": "A2", "upda'),
        ("activities_1.parquet", b"PAR1" + bytes(200)),
        ("activities_1.csv.part", (HEADER + line(1)).encode()),
        (".activities_1.csv.swp", b"x"),
    ],
)
def test_a_half_written_file_is_left_for_the_next_pull(folder, of, raw_rows, name, content):
    said = []
    (folder / name).write_bytes(content)
    (folder / "activities_0.csv").write_text(HEADER + line(7))
    members.pull(of, run_id=None, progress=said.append)
    assert loaded(raw_rows) == [("A7",)]
    assert any(f"{name} is left for the next pull: " in text for text in said)
    (folder / name).unlink()
    (folder / "activities_1.csv").write_text(HEADER + line(1))
    members.pull(of, **QUIET)
    assert loaded(raw_rows) == [("A1",), ("A7",)]


def test_a_file_that_is_still_growing_is_left_for_the_next_pull(folder, of, raw_rows, monkeypatch):
    monkeypatch.setattr(folders, "SETTLE_SECONDS", 0.3)
    file = folder / "activities_1.csv"
    file.write_text(HEADER + line(1))
    grow = threading.Timer(0.1, lambda: file.write_text(HEADER + line(1) + line(2)))
    grow.start()
    members.pull(of, **QUIET)
    grow.join()
    assert loaded(raw_rows) == []
    members.pull(of, **QUIET)
    assert loaded(raw_rows) == [("A1",), ("A2",)]


def test_files_that_are_not_ours_are_named_and_ignored(folder, of):
    said = []
    for name in ("notes.txt", "membership.csv", "members.xlsx"):
        (folder / name).write_text("x")
    members.pull(of, run_id=None, progress=said.append)
    assert [text for text in said if "ignored" in text] == [
        f"membership: {name} is not a file of the source contract, ignored"
        for name in ("members.xlsx", "membership.csv", "notes.txt")
    ]


def test_many_small_files_share_a_load(folder, of, raw_rows, monkeypatch):
    monkeypatch.setattr(members, "FILES_PER_STEP", 4)
    for number in range(9):
        (folder / f"activities_{number}.csv").write_text(HEADER + line(number))
    loads = [load for load in members.pull(of, **QUIET) if load.source_table == "activities"]
    assert [load.rows_loaded for load in loads] == [4, 4, 1]


def test_two_pulls_at_once_load_a_file_once(folder, of, raw_rows):
    (folder / "activities_1.csv").write_text(HEADER + "".join(line(number) for number in range(200)) + "broken\n")
    threads = [threading.Thread(target=members.pull, args=(of,), kwargs=QUIET) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raw_rows(
        "select sum(rows_read), sum(rows_quarantined) from ops.loads where source_table = 'activities'"
    ) == [(201, 1)]


def test_a_rebuilt_reader_gives_the_same_rows_fast_and_careful(folder, of, raw_rows, monkeypatch):
    text = HEADER + "".join(line(number) for number in range(50)) + 'A99,2026-01-01,M1,"a, ""b""",2026-01-01,1,\n'
    (folder / "activities_1.csv").write_text(text)
    members.pull(of, **QUIET)
    fast = loaded(raw_rows, "* exclude (_load_id, _loaded_at)")
    monkeypatch.setattr(csv_files, "_land_clean", lambda *args, **kwargs: None)
    members.pull(replace(of, home=of.home / "2"), **QUIET)
    import duckdb

    with duckdb.connect(str(of.home / "2" / "warehouse.duckdb"), read_only=True) as connection:
        careful = connection.execute(
            "select * exclude (_load_id, _loaded_at) from raw.membership_activities order by all"
        ).fetchall()
    assert careful == fast
    assert ('a, "b"',) in loaded(raw_rows, "type")


@pytest.fixture
def s3(monkeypatch):
    """A real S3 server on loopback with one bucket, found through the usual variables."""
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    url = f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    for name, value in {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=url)
    client.create_bucket(Bucket="company", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield client
    server.stop()


def test_files_in_s3_are_read_once_and_again_when_they_change(s3, settings, raw_rows):
    settings = replace(settings, members_url="s3://company/members/")
    s3.put_object(Bucket="company", Key="members/2026/activities_1.csv", Body=(HEADER + line(1)).encode())
    s3.put_object(Bucket="company", Key="elsewhere/activities_2.csv", Body=(HEADER + line(9)).encode())
    members.pull(settings, **QUIET)
    assert loaded(raw_rows, "activity_id, _source_file") == [("A1", "2026/activities_1.csv")]
    assert sum(load.rows_read for load in members.pull(settings, **QUIET)) == 0
    s3.put_object(Bucket="company", Key="members/2026/activities_1.csv", Body=(HEADER + line(1) + line(2)).encode())
    assert sum(load.rows_loaded for load in members.pull(settings, **QUIET)) == 1
    with pytest.raises(SourceError, match="there is no folder s3://company/nothing"):
        members.pull(replace(settings, members_url="s3://company/nothing"), **QUIET)
    with pytest.raises(SourceError, match="s3://no-such-bucket/x"):
        members.pull(replace(settings, members_url="s3://no-such-bucket/x"), **QUIET)
