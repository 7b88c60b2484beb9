"""What people decide is carried through the real build, and what it changes waits at the gate until accepted."""

from __future__ import annotations

import csv
import re

import pytest
from click.testing import CliRunner

from customer360 import quality
from customer360.build import build
from customer360.cli import cli
from customer360.config import Settings
from customer360.errors import IncompleteError, PublicationError
from customer360.identity.review_file import pair_id, write
from customer360.publish import current_id, publish
from customer360.warehouse import reading

COLUMNS = ("decision", "why", "record_a", "record_b", "pair_id")


@pytest.fixture
def settings(copy_of_sample, monkeypatch) -> Settings:
    settings = copy_of_sample()
    monkeypatch.setenv("CUSTOMER360_HOME", str(settings.home))
    return settings


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["identity", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def ask(settings: Settings, query: str) -> list[tuple]:
    with reading(settings, "test") as connection:
        return connection.execute(query).fetchall()


def decide(settings: Settings, decisions: list[tuple[str, str, str]]) -> None:
    """Give decisions (kind, record, record) as an edited file."""
    lines = [(kind, "w", a, b, pair_id(a, b)) for kind, a, b in decisions]
    write(settings.home / "edited.csv", COLUMNS, [dict(zip(COLUMNS, line, strict=True)) for line in lines])
    run("review", "--apply", str(settings.home / "edited.csv"))


def test_decisions_change_customers_stop_at_the_gate_and_go_through_when_accepted(settings):
    for stage in ("raw", "publication"):
        quality.check(settings, run_id="first", stage=stage)
    first = publish(settings, run_id="first")

    # the first question of the real queue, decided in the file
    run("review", "--limit", "1")
    file = settings.home / "identity" / "review.csv"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        (question,) = csv.DictReader(opened)
    assert question["name_a"]
    assert question["name_b"]
    write(file, tuple(question), [question | {"decision": "link", "why": "they say so"}])
    assert "1 decisions recorded" in run("review", "--apply", str(file))
    # and more customers linked with strangers than may change unseen
    alone = ask(
        settings,
        """
        select min(record_key) from identity.record_assignments
        where valid_to is null group by customer_id having count(*) = 1 order by 1
        """,
    )
    strangers = [key for (key,) in alone if key not in (question["record_a"], question["record_b"])]
    pairs = list(zip(strangers[::2], strangers[1::2], strict=False))[: first.customer_count // 15]
    decide(settings, [("link", a, b) for a, b in pairs])

    said = []
    build(settings, run_id="second", progress=said.append)
    assert said[-1].startswith("identities: 0 new, ")
    with pytest.raises(IncompleteError) as stopped:
        quality.check(settings, run_id="second", stage="publication")
    failed = re.findall(r"^  - (\S+) \((\w+)\)", str(stopped.value), flags=re.MULTILINE)
    assert set(failed) == {("identity.record_moves", "few_moved")}
    with pytest.raises(PublicationError):
        publish(settings, run_id="second")
    assert current_id(settings) == first.publication_id
    run("accept-changes", "--why", "they were decided one by one")
    quality.check(settings, run_id="second", stage="publication")
    second = publish(settings, run_id="second")
    assert second.customer_count <= first.customer_count - len(pairs)  # a guard may part what does not fit any more
    assert (second.order_count, second.net_sales) == (first.order_count, first.net_sales)

    a, b = question["record_a"], question["record_b"]
    told = run("explain", a, a, b)
    assert f"what joins {a} and {b}" in told
    assert run("explain", a) == run("explain", b)
    assert question["name_a"] not in told
    assert ask(settings, f"select 1 from identity.review_queue where {(a, b)} = (record_key_a, record_key_b)") == []

    # undone by one command: two customers again, and what was believed when is on record
    a, b = pairs[0]
    run("unlink", a, b, "--why", "it was a mistake")
    build(settings, run_id="third", progress=lambda _: None)
    quality.check(settings, run_id="third", stage="publication")  # one customer is few
    third = publish(settings, run_id="third")
    assert third.customer_count == second.customer_count + 1
    assert (third.order_count, third.net_sales) == (first.order_count, first.net_sales)
    assert ask(settings, "select kind, record_count from identity.customer_changes") == [("split", 1)]
    beliefs = ask(
        settings,
        f"""
        select customer_id, valid_to is null from identity.record_assignments
        where record_key in ('{a}', '{b}') order by valid_from, record_key
        """,
    )
    assert len(beliefs) == 4  # apart; one of them moved over; and moved away again
    assert len({customer for customer, is_now in beliefs if is_now}) == 2
    # every id that was ever published is somebody's still, or was
    assert ask(
        settings,
        "select count(*) from identity.published_assignments "
        "where customer_id not in (select customer_id from identity.customer_id_history)",
    ) == [(0,)]
