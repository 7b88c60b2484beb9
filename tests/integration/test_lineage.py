"""OpenLineage events as a catalogue would get them, of real pulls and publications: in a file and on a server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import small_warehouse

from customer360 import lineage, pipeline
from customer360.build import NodeResult
from customer360.config import Settings
from customer360.errors import IncompleteError, SourceError
from customer360.lineage.names import source_table
from tests.receiver import receiver

FACET = {"type": "object", "required": ["_producer", "_schemaURL"], "properties": {"_schemaURL": {"format": "uri"}}}
FACETS = {"type": "object", "additionalProperties": FACET}
NAMED = {"type": "object", "required": ["namespace", "name"], "properties": {"facets": FACETS}}
DATASETS = {
    "type": "array",
    "items": {**NAMED, "properties": dict.fromkeys(["facets", "inputFacets", "outputFacets"], FACETS)},
}
# What OpenLineage's specification asks of an event, in our words.
EVENT = {
    "type": "object",
    "required": ["eventTime", "eventType", "run", "job", "producer", "schemaURL"],
    "properties": {
        "eventTime": {"type": "string", "format": "date-time", "pattern": r"\+00:00$"},
        "eventType": {"enum": ["START", "COMPLETE", "FAIL"]},
        "run": {"required": ["runId"], "properties": {"runId": {"format": "uuid"}, "facets": FACETS}},
        "job": NAMED,
        "inputs": DATASETS,
        "outputs": DATASETS,
        "producer": {"type": "string", "format": "uri", "minLength": 1},
    },
}


@pytest.fixture
def events(tmp_path) -> Callable[[], list[dict]]:
    """A function that reads what was written; every event is held against the specification."""

    def read() -> list[dict]:
        found = [json.loads(line) for line in (tmp_path / "lineage" / "events.jsonl").read_text().splitlines()]
        for event in found:
            jsonschema.validate(event, EVENT, format_checker=jsonschema.FormatChecker())
            uuid.UUID(event["run"]["runId"])
        return found

    return read


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home", lineage_url=f"file://{tmp_path}/lineage/events.jsonl")


def of(events: list[dict], job: str, state: str) -> dict:
    (found,) = [event for event in events if (event["job"]["name"], event["eventType"]) == (job, state)]
    return found


def names(datasets: list[dict]) -> list[str]:
    return [dataset["name"] for dataset in datasets]


def pull(settings: Settings) -> None:
    pipeline.pull(settings, "orders", run_id="ingest_orders.manual__1", progress=lambda _: None)


def test_a_pull_tells_which_table_came_from_which_with_rows(settings, sqlite_shop, events):
    pull(replace(settings, shop_url=sqlite_shop[0]))
    told = events()
    start, end = of(told, "pull.orders", "START"), of(told, "pull.orders", "COMPLETE")
    assert told[0] is start
    assert told[-1] is end
    assert start["run"]["runId"] == end["run"]["runId"]
    parent = end["run"]["facets"]["parent"]
    assert (parent["job"]["name"], parent["run"]["runId"]) == (
        "ingest_orders",
        lineage.parent_uuid("ingest_orders.manual__1"),
    )
    assert end["run"]["facets"]["tags"]["tags"][0]["value"] == "ingest_orders.manual__1"
    orders = of(told, "pull.orders.orders", "COMPLETE")
    assert (names(orders["inputs"]), names(orders["outputs"])) == (["orders"], ["raw.shop_orders"])
    assert orders["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"] == 30
    assert orders["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 30
    assert orders["run"]["facets"]["parent"]["run"]["runId"] == end["run"]["runId"]
    assert len({event["run"]["runId"] for event in told}) == len(told) / 2, "one START and one end for each run"


def test_a_step_that_fails_says_so_without_secrets(settings, events):
    url = "postgresql://reader:password-canary@127.0.0.1:9/shop?connect_timeout=1&sslpassword=query-canary"
    with pytest.raises(SourceError):
        pull(replace(settings, shop_url=url))
    start, failed = events()
    assert (start["eventType"], failed["eventType"]) == ("START", "FAIL")
    assert failed["run"]["facets"]["errorMessage"]["message"].startswith("SourceUnreachableError: shop:")
    assert "canary" not in json.dumps([start, failed])


def test_a_check_tells_what_was_expected_of_each_table_also_when_it_fails(settings, events, monkeypatch):
    small_warehouse.fill(settings)
    insert = """
        insert into ops.completeness_results
            (run_id, checked_at, stage, check_name, table_name, column_name, status, expected, observed, message)
        values ('r', now()::timestamp, 'raw', 'filled', 'raw.shop_orders', 'paid_at', 'failed', 1, 0.5, 'canary'),
            ('r', now()::timestamp, 'raw', 'delivered', 'raw.shop_orders', null, 'passed', 10, 12, 'canary')
    """

    def check(*_args, **_more) -> None:  # the check itself is tested elsewhere: here it is what it leaves
        small_warehouse.change(settings, insert)
        raise IncompleteError("paid_at is half empty")

    monkeypatch.setattr("customer360.quality.check", check)
    with pytest.raises(IncompleteError):
        pipeline.check(settings, run_id="r", stage="raw")
    told = events()
    assert of(told, "check.raw", "FAIL")
    table = of(told, "check.raw.raw_shop_orders", "FAIL")
    assertions = table["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert sorted((each["assertion"], each["success"], each["actual"]) for each in assertions) == [
        ("delivered", True, "12"),
        ("filled", False, "0.5"),
    ]
    assert "canary" not in json.dumps(told)


def test_a_publication_and_a_rollback_tell_the_version(settings, events):
    small_warehouse.fill(settings)
    for run_id in ("first", "second"):
        small_warehouse.build(settings)
        small_warehouse.passed(settings)
        pipeline.publish(settings, run_id=run_id, progress=lambda _: None)
    pipeline.publish(settings, run_id="back", rollback=True, progress=lambda _: None)
    told = events()
    first, second = [
        event for event in told if (event["job"]["name"], event["eventType"]) == ("publish.orders", "COMPLETE")
    ]
    assert names(first["inputs"]) == ["marts.orders"]
    assert names(first["outputs"]) == ["marts.orders", str(settings.published / "parquet" / "orders.parquet")]
    back = of(told, "publish.--rollback.orders", "COMPLETE")
    versions = [event["outputs"][0]["facets"]["version"]["datasetVersion"] for event in (first, second, back)]
    assert versions[0] == versions[2] != versions[1]


def test_a_mart_names_the_tables_of_raw_it_is_made_of_and_its_columns(settings, events):
    """By way of every model between them, and of no other; a model that was not built is not told."""

    def node(name: str, schema: str, *above: str) -> dict:
        columns = {"a": {"name": "a", "data_type": "bigint", "description": "What it\n is."}}
        depends_on = {"nodes": list(above)}
        return {
            "name": name,
            "schema": schema,
            "depends_on": depends_on,
            "columns": columns,
            "description": "One row per a.",
        }

    manifest = {
        "sources": {
            f"source.{name}": {"schema": "raw", "name": f"{name} in dbt", "identifier": name}
            for name in ("x", "y", "z")
        },
        "nodes": {
            "model.p.stg_x": node("stg_x", "staging", "source.x"),
            "model.p.stg_y": node("stg_y", "staging", "source.y", "seed.rules"),
            "model.p.one": node("one", "marts", "model.p.stg_x", "model.p.stg_y"),
            "model.p.two": node("two", "marts", "model.p.one", "source.z"),
            "model.p.three": node("three", "marts", "source.z"),
        },
    }
    target = settings.home / "dbt" / "target"
    target.mkdir(parents=True)
    (target / "manifest.json").write_text(json.dumps(manifest))
    states = {"stg_x": "success", "one": "success", "two": "error", "three": "skipped"}
    with lineage.step(settings, "build", run_id="r") as step:
        step.built(tuple(NodeResult(f"model.p.{n}", "model", state, 1.5, None, None) for n, state in states.items()))
    told = events()
    one = of(told, "build.one", "COMPLETE")
    assert (names(one["inputs"]), names(one["outputs"])) == (["raw.x", "raw.y"], ["marts.one"])
    assert one["outputs"][0]["facets"]["schema"]["fields"] == [
        {"name": "a", "type": "bigint", "description": "What it is.", "fields": []}
    ]
    assert names(of(told, "build.two", "FAIL")["inputs"]) == ["raw.x", "raw.y", "raw.z"]
    assert {event["job"]["name"] for event in told} == {"build", "build.one", "build.two"}


def test_events_go_to_a_server_with_its_key_and_the_key_nowhere_else(settings, sqlite_shop, caplog):
    with receiver() as server:
        url = server.url.replace("http://", "http://:key-canary@").replace("/hooks/a-secret-path", "")
        pull(replace(settings, shop_url=sqlite_shop[0], lineage_url=url))
    assert len(server.bodies) == 18
    assert set(server.paths) == {"/api/v1/lineage"}
    assert set(server.authorizations) == {"Bearer key-canary"}
    assert "key-canary" not in json.dumps(server.bodies) + caplog.text


@pytest.mark.parametrize("how", [{"answers": (500,)}, {"delay": 5}, None])
def test_no_server_can_fail_or_hold_up_the_job(settings, sqlite_shop, caplog, monkeypatch, how):
    monkeypatch.setattr(lineage, "SENDING_SECONDS", 1.5 if how and "delay" in how else 60)
    with receiver(**(how or {})) as server:
        url = server.url if how else "http://127.0.0.1:9"
        pull(replace(settings, shop_url=sqlite_shop[0], lineage_url=url))
    expected = "took longer than" if how and "delay" in how else "could not be sent"
    assert expected in caplog.text
    assert "a-secret-path" not in caplog.text


@pytest.mark.parametrize("url", ["/proc/no/such/place.jsonl", "http://", "ftp://x/y"])
def test_a_setting_that_cannot_be_used_is_logged(settings, caplog, tmp_path, monkeypatch, url):
    monkeypatch.chdir(tmp_path)
    with lineage.step(replace(settings, lineage_url=url), "build", run_id="r"):
        pass
    assert "lineage" in caplog.text


def test_without_the_setting_nothing_is_told(settings, tmp_path):
    with lineage.step(replace(settings, lineage_url=None), "build", run_id="r") as step:
        step.built(())
    assert not (tmp_path / "lineage").exists()


@pytest.mark.parametrize(
    ("source", "setting", "url", "expected"),
    [
        ("shop", "shop_url", "postgresql://u:p@db:5433/shop?password=p", ("postgres://db:5433", "shop.public.t")),
        ("shop", "shop_url", "sqlite:////data/shop.sqlite", ("sqlite:///data/shop.sqlite", "t")),
        ("helpdesk", "helpdesk_url", "https://u:p@desk.example.com/x?token=p", ("https://desk.example.com", "x/t")),
        ("membership", "members_url", "s3://key:p@bucket/folder/", ("s3://bucket", "folder/t")),
        ("membership", "members_url", "/data/members", ("file", "/data/members/t")),
        ("shop", "shop_url", "not an address", ("shop", "t")),
    ],
)
def test_datasets_are_named_as_openlineage_names_them(tmp_path: Path, source, setting, url, expected):
    assert source_table(Settings(home=tmp_path, **{setting: url}), source, "t") == expected
