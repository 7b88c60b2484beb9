"""When a customer id stays, and who was believed to be whom at what time; the rest is in tests/dbt/test_identity.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import duckdb
import numpy as np
import pytest

from customer360.identity.assignments import changed_assignments
from customer360.identity.closure import groups

DAY_ONE = datetime(2026, 1, 1)
RANKS = {"card": 1, "email": 2, "phone": 3}


class Memory:
    """The assignment history in a DuckDB of its own, run after run, as dbt keeps it; a run is a day."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.day = DAY_ONE
        self.has_history = False
        self.changed = 0

    def run(
        self,
        records: dict[str, int],
        links: Iterable[tuple] = (),
        *,
        decided_at: datetime | None = None,
        loaded_at: datetime | None = None,
        published_at: datetime | None = None,
    ) -> dict[str, str]:
        """Records as {key: day first seen}, links as (key, key[, rule[, probability]]). Returns {key: customer}."""
        loaded_at = loaded_at or self.day
        self._table(
            "records",
            "record_key varchar, source_system varchar, source_table varchar, source_record_id varchar,"
            " first_seen_at timestamp, _loaded_at timestamp",
            [(key, "shop", "customers", key, DAY_ONE + timedelta(days=day), loaded_at) for key, day in records.items()],
        )
        completed = [(*link, *("email", 1.0)[len(link) - 2 :]) for link in links]
        self._table(
            "links",
            "record_key_a varchar, record_key_b varchar, match_rule varchar, rule_rank int, match_probability double",
            [(a, b, rule, RANKS[rule], probability) for a, b, rule, probability in completed],
        )
        self._table("decisions", "decided_at timestamp", [(decided_at,)] if decided_at else [])
        self._table("published", "published_at timestamp", [(published_at,)])
        execute = self.connection.execute
        changed_assignments(
            self.connection,
            records="records",
            links="links",
            decisions="decisions",
            published="published",
            previous="memory.history_kept" if self.has_history else None,
        ).create("changed")
        if not self.has_history:
            execute("create table history_kept as select * from changed")
        else:
            execute(
                "delete from history_kept using changed where changed.record_key = history_kept.record_key"
                " and changed.valid_from = history_kept.valid_from"
            )
            execute("insert into history_kept select * from changed")
        self.changed = execute("select count(*) from changed").fetchone()[0]
        execute("drop table changed")
        self.has_history = True
        self.day += timedelta(days=1)
        return self.believed()

    def _table(self, name: str, columns: str, rows: list[tuple]) -> None:
        self.connection.execute(f"create or replace table {name} ({columns})")
        if rows:
            self.connection.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)

    def believed(self, at: datetime | None = None) -> dict[str, str]:
        """Who was whom at that instant; now without one."""
        instant = at or datetime(9999, 1, 1)
        rows = self.connection.execute(
            "select record_key, customer_id from history_kept"
            " where valid_from <= ? and coalesce(valid_to, timestamp '9999-12-31') > ?",
            [instant, instant],
        ).fetchall()
        assert len(rows) == len(dict(rows)), "a record has two customers at one instant"
        return dict(rows)

    def history(self, key: str) -> list[tuple]:
        return self.connection.execute(
            "select customer_id, valid_from, valid_to from history_kept where record_key = ? order by valid_from", [key]
        ).fetchall()


@pytest.fixture
def memory():
    return Memory()


def test_a_link_to_a_record_that_is_gone_is_passed_over(memory):
    customers = memory.run({"a": 1, "b": 2}, [("a", "gone"), ("b", "gone")])
    assert customers["a"] != customers["b"]


def test_an_id_stays_with_the_majority_of_its_records(memory):
    records = {key: at for at, key in enumerate("abcde")}
    together = memory.run(records, [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")])["a"]
    after = memory.run(records, [("a", "b"), ("c", "d"), ("d", "e")])
    assert after["c"] == after["d"] == after["e"] == together
    assert after["a"] == after["b"] != together


def test_of_two_halves_the_one_with_the_earliest_record_keeps_the_id(memory):
    records = {"a": 9, "b": 8, "c": 7, "d": 1}
    together = memory.run(records, [("a", "b"), ("b", "c"), ("c", "d")])["a"]
    after = memory.run(records, [("a", "b"), ("c", "d")])
    assert after["c"] == after["d"] == together != after["a"] == after["b"]


def test_the_oldest_id_is_kept_although_the_younger_customer_has_more_records(memory):
    old = memory.run({"a": 5})["a"]
    records = {"a": 5, "b": 1, "c": 1, "d": 1}
    memory.run(records, [("b", "c"), ("c", "d")])
    assert set(memory.run(records, [("a", "b"), ("b", "c"), ("c", "d")]).values()) == {old}


def test_a_record_that_vanished_is_closed_and_found_again_under_a_new_belief(memory):
    memory.run({"a": 1, "b": 2})
    closed_on = memory.day
    assert set(memory.run({"a": 1})) == {"a"}
    assert memory.history("b")[0][2] == closed_on
    returned_on = memory.day
    memory.run({"a": 1, "b": 2})
    assert memory.history("b")[-1][1:] == (returned_on, None)


def test_a_record_that_vanished_in_the_load_that_brought_it_was_no_ones_for_no_time(memory):
    memory.run({"a": 1})
    loaded = memory.day
    memory.run({"a": 1, "b": 2}, loaded_at=loaded)
    memory.run({"a": 1}, loaded_at=loaded)
    ((_, valid_from, valid_to),) = memory.history("b")
    assert valid_from == valid_to == loaded


def test_a_new_belief_starts_when_the_data_that_led_to_it_was_loaded(memory):
    loaded = datetime(2026, 1, 1, 6, 30)
    memory.run({"a": 1, "b": 2}, loaded_at=loaded)
    assert memory.history("a")[0][1] == loaded


def test_a_decision_starts_a_belief_at_its_own_time(memory):
    loaded, decided = datetime(2026, 1, 1, 6, 30), datetime(2026, 1, 3, 15, 45)
    memory.run({"a": 1, "b": 2}, loaded_at=loaded)
    memory.run({"a": 1, "b": 2}, [("a", "b")], loaded_at=loaded, decided_at=decided)
    assert [span[1:] for span in memory.history("b")] == [(loaded, decided), (decided, None)]


def test_no_belief_starts_before_the_publication_that_showed_another(memory):
    loaded, published = datetime(2026, 1, 1, 6, 30), datetime(2026, 1, 2, 9)
    memory.run({"a": 1, "b": 2}, loaded_at=loaded)
    memory.run({"a": 1, "b": 2}, [("a", "b")], loaded_at=loaded, published_at=published)
    assert [span[1:] for span in memory.history("b")] == [(loaded, published), (published, None)]


def test_a_belief_that_did_not_outlast_its_own_load_leaves_no_trace(memory):
    loaded = datetime(2026, 1, 1, 6, 30)
    memory.run({"a": 1, "b": 2}, loaded_at=loaded)
    memory.run({"a": 1, "b": 2}, [("a", "b")], loaded_at=loaded)
    assert len(memory.history("b")) == 1
    assert len(set(memory.believed().values())) == 1


def test_another_rule_for_the_same_customer_is_no_new_belief(memory):
    memory.run({"a": 1, "b": 2}, [("a", "b", "phone", 0.9)])
    memory.run({"a": 1, "b": 2}, [("a", "b", "card")])
    assert memory.changed == 2
    assert [span[1:] for span in memory.history("a")] == [(DAY_ONE, None)]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_merges_splits_comes_and_goes_every_record_has_one_customer_at_any_instant(seed):
    """Eight random days. At the end of each day the history says for all earlier days what it said on these days."""
    chance, memory = Random(seed), Memory()
    said: list[tuple[datetime, dict[str, str]]] = []
    for _ in range(8):
        records = {f"r{at:02}": at for at in range(30) if chance.random() < 0.9}
        links = [chance.sample(sorted(records), 2) for _ in range(chance.randrange(25))]
        day = memory.day
        now = memory.run(records, map(tuple, links))
        said.append((day, now))
        assert set(now) == set(records)
        nodes = {key: at for at, key in enumerate(sorted(records))}
        ends = np.array([[nodes[a], nodes[b]] for a, b in links] or np.empty((0, 2)), dtype=int)
        group_of = groups(ends[:, 0], ends[:, 1], len(nodes))
        of_group = {}
        for key, at in nodes.items():
            of_group.setdefault(group_of[at], set()).add(now[key])
        assert all(len(customers) == 1 for customers in of_group.values())
        assert len(set(now.values())) == len(of_group)
        for earlier, then in said:
            assert memory.believed(earlier) == then
        for key in {key for _, then in said for key in then}:
            spans = memory.history(key)
            assert all(end <= start for (_, _, end), (_, start, _) in pairwise(spans))
            assert all(end is None or start < end for _, start, end in spans)
