"""Who is one customer: closure over chains, guards, and ids that do not change under the reports built on them."""

from datetime import datetime, timedelta

import duckdb
import numpy as np
import pytest

from customer360.identity.assignments import changed_assignments
from customer360.identity.closure import groups

DAY_ONE = datetime(2026, 1, 1)


class Memory:
    """The assignment history in a DuckDB of its own, run after run, as dbt keeps it."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.day = DAY_ONE
        self.runs = 0

    def run(self, records: dict[str, int], links: list[tuple[str, str, str]]) -> dict[str, str]:
        """One run: records as {key: day first seen}, links as (record, kind, value). Gives {key: customer}."""
        execute = self.connection.execute
        execute(
            "create or replace table records (record_key varchar, source_system varchar, source_table varchar,"
            " source_record_id varchar, first_seen_at timestamp, _loaded_at timestamp)"
        )
        execute(
            "create or replace table links (record_key_a varchar, record_key_b varchar, match_rule varchar,"
            " rule_rank int, match_probability double)"
        )
        execute("create or replace table decisions (decided_at timestamp)")
        for key, first_seen in records.items():
            execute(
                "insert into records values (?, 'shop', 'customers', ?, ?, ?)",
                [key, key, DAY_ONE + timedelta(days=first_seen), self.day],
            )
        rank = {"card": 1, "email": 2, "phone": 3}
        first: dict[tuple[str, str], str] = {}
        for key, kind, value in links:  # records that share a value, each with the first of them
            if (other := first.setdefault((kind, value), key)) != key:
                execute("insert into links values (?, ?, ?, ?, 1.0)", [*sorted((key, other)), kind, rank[kind]])
        previous = "memory.history_kept" if self.runs else None
        changed_assignments(
            self.connection, records="records", links="links", decisions="decisions", previous=previous
        ).create("changed")
        if not self.runs:
            execute("create table history_kept as select * from changed")
        else:
            execute(
                "delete from history_kept using changed where changed.record_key = history_kept.record_key"
                " and changed.valid_from = history_kept.valid_from"
            )
            execute("insert into history_kept select * from changed")
        self.changed = execute("select count(*) from changed").fetchone()[0]
        execute("drop table changed")
        self.runs += 1
        self.day += timedelta(days=1)
        return self.current()

    def current(self) -> dict[str, str]:
        rows = self.connection.execute("select record_key, customer_id from history_kept where valid_to is null")
        return dict(rows.fetchall())

    def history(self, key: str) -> list[tuple]:
        return self.connection.execute(
            "select customer_id, valid_from, valid_to from history_kept where record_key = ? order by valid_from", [key]
        ).fetchall()


@pytest.fixture
def memory():
    return Memory()


def chain(length: int) -> list[tuple[str, str, str]]:
    """Record i shares an e-mail with i+1 and nothing with anyone else."""
    return [(f"r{i}", "email", f"e{j}") for i in range(length) for j in (i, i + 1)]


def test_a_chain_of_ten_records_is_one_customer(memory):
    customers = memory.run({f"r{i}": i for i in range(10)}, chain(10))
    assert len(customers) == 10
    assert len(set(customers.values())) == 1


def test_records_without_a_link_stay_apart(memory):
    customers = memory.run({"a": 1, "b": 2, "c": 3}, [("a", "email", "x"), ("b", "email", "x")])
    assert customers["a"] == customers["b"] != customers["c"]


def test_the_same_value_of_two_kinds_links_nobody(memory):
    customers = memory.run({"a": 1, "b": 2}, [("a", "card", "1"), ("b", "phone", "1")])
    assert customers["a"] != customers["b"]


def test_running_again_on_the_same_data_changes_nothing(memory):
    records = {f"r{i}": i for i in range(10)}
    first = memory.run(records, chain(10))
    second = memory.run(records, chain(10))
    assert memory.changed == 0
    assert first == second


def test_a_stronger_identifier_does_not_rekey_the_customer(memory):
    before = memory.run({"shop": 5}, [])
    after = memory.run({"shop": 5, "card": 1}, [("shop", "card", "1"), ("card", "card", "1")])
    assert after["shop"] == before["shop"] == after["card"]
    assert len(memory.history("shop")) == 1


def test_a_merge_keeps_the_oldest_id_and_closes_the_other(memory):
    old = memory.run({"a": 5}, [])["a"]
    young = memory.run({"a": 5, "b": 1}, [])["b"]
    merged_on = memory.day
    after = memory.run({"a": 5, "b": 1}, [("a", "email", "x"), ("b", "email", "x")])
    assert after == {"a": old, "b": old}
    assert memory.history("b") == [(young, merged_on - timedelta(days=1), merged_on), (old, merged_on, None)]


def test_a_split_keeps_the_id_on_the_larger_part(memory):
    records = {"a": 1, "b": 2, "c": 3}
    together = memory.run(records, [(key, "email", "x") for key in records])["a"]
    after = memory.run(records, [("b", "email", "x"), ("c", "email", "x")])
    assert after["b"] == after["c"] == together
    # a founded the customer, so hashing it again would give the id that is taken
    assert after["a"] != together


def test_the_id_that_a_merge_retired_comes_back_when_the_merge_is_undone(memory):
    records = {"a": 1, "b": 2, "c": 3, "d": 4}
    own = [("b", "phone", "y"), ("c", "phone", "y"), ("d", "phone", "y")]
    alone = memory.run(records, own)
    merged = memory.run(records, [*own, ("a", "email", "x"), ("b", "email", "x")])
    assert set(merged.values()) == {alone["a"]}
    assert memory.run(records, [*own, ("a", "email", "x"), ("b", "email", "x")]) == merged
    # although the larger part is the one that was merged into the other
    assert memory.run(records, own) == alone


def test_a_record_that_leaves_does_not_take_the_retired_id_of_many_along(memory):
    records = {"a": 1, "b": 2, "c": 3, "d": 4}
    own = [("b", "phone", "y"), ("c", "phone", "y"), ("d", "phone", "y")]
    alone = memory.run(records, own)
    memory.run(records, [*own, ("a", "email", "x"), ("b", "email", "x")])
    apart = memory.run(records, [*own[:2], ("a", "email", "x"), ("b", "email", "x")])
    assert apart["a"] == apart["b"] == apart["c"] == alone["a"]
    assert apart["d"] not in alone.values()


def test_a_record_that_vanished_is_closed(memory):
    memory.run({"a": 1, "b": 2}, [])
    closed_on = memory.day
    assert set(memory.run({"a": 1}, [])) == {"a"}
    assert memory.history("b")[0][2] == closed_on


def test_the_rule_is_the_strongest_link_the_record_itself_has(memory):
    memory.run(
        {"a": 1, "b": 2, "c": 3}, [("a", "email", "x"), ("b", "email", "x"), ("b", "card", "1"), ("c", "card", "1")]
    )
    rules = dict(memory.connection.execute("select record_key, match_rule from history_kept").fetchall())
    assert rules == {"a": "email", "b": "card", "c": "card"}


def test_ids_do_not_depend_on_the_order_of_rows():
    records = {f"r{i}": i % 7 for i in range(50)}
    links = [(f"r{i}", "email", str(i // 3)) for i in range(50)]
    forwards, backwards = Memory(), Memory()
    assert forwards.run(records, links) == backwards.run(dict(reversed(records.items())), links[::-1])


def test_groups_are_named_by_their_smallest_node():
    labels = groups(np.array([4, 3, 1]), np.array([3, 1, 0]), 6)
    assert labels.tolist() == [0, 0, 2, 0, 0, 5]


def test_no_records_is_no_groups():
    assert groups(np.empty(0, int), np.empty(0, int), 0).tolist() == []


def test_an_id_comes_from_the_founder_alone_however_many_customers_are_new_at_once(memory):
    alone = memory.run({"customers:7": 0}, [])["customers:7"]
    among_many = Memory().run({f"customers:{n}": 0 for n in range(20)}, [])
    assert among_many["customers:7"] == alone
