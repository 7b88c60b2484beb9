"""A link and its undoing carried through to every mart of the sample company, and a wrong merge of the resolver undone.

Money, orders, tickets and growth tie out at every step.
"""

from __future__ import annotations

import duckdb
import pytest
from click.testing import CliRunner
from mart_contents import contents

from customer360.cli import cli
from customer360.warehouse import writing

# What follows from all that a customer did does not add up over the parts of a customer.
HAPPENED = (
    "count(*) filter (event_type not in ('level_changed', 'value_tier_changed', 'complaint_made', 'complaint_settled'))"
)
MONEY = "sum(gross_sales), sum(discount), sum(refunds), sum(net_sales), sum(margin)"
TOTALS = {
    "money of customers": f"select {MONEY} from marts.customer_360",
    "money of orders": f"select {MONEY} from marts.orders",
    "orders of customers": "select sum(order_count), sum(unsold_order_count) from marts.customer_360",
    "orders": "select count(*), count(customer_id) from marts.orders",
    "tickets": "select sum(ticket_count), (select count(customer_id) from marts.tickets) from marts.customer_360",
    "growth": "select count(*), sum(growth_value) from marts.growth_ledger",
    "growth of members": "select sum(growth_value) from marts.member_tiers",
    "timeline": f"select {HAPPENED} from marts.customer_timeline",
    "value tiers": "select sum(net_sales) from marts.customer_value_tiers",
    "source records": "select sum(identity_count) from marts.customer_360",
}

# Every mart that says something of a customer, and what of it can be added up.
SUMS = {
    "customer_360": "sum(order_count), sum(unsold_order_count), sum(gross_sales), sum(net_sales), sum(margin),"
    " sum(ticket_count), sum(broken_promise_count), sum(growth_value), sum(identity_count), min(first_seen_at)",
    "customer_timeline": HAPPENED,
    "orders": "count(*), sum(net_sales), sum(refunds)",
    "tickets": "count(*), sum(promise_count)",
    "growth_ledger": "count(*), sum(growth_value)",
    "member_tiers": "sum(growth_value)",
    "customer_value_tiers": "sum(net_sales)",
    "satisfaction": "count(*)",
}

# Two members with orders and tickets whose growth adds up: neither bought between the other's joining and their own,
# and they never signed in on the same day (a person with two cards earns that once).
A_PAIR = """
with
members as (
    select customer_id, min(joined_on) as joined_on
    from staging.stg_membership__members as members
    inner join intermediate.int_source_records_identified as records
        on records.source_system = 'membership' and records.source_record_id = members.member_id
    group by customer_id
    having count(*) = 1 and count(cancelled_on) = 0
),
candidates as (
    select customer_id, joined_on, (
        select min(paid_at) from marts.orders where orders.customer_id = members.customer_id and is_sale
    ) as first_paid_at
    from members
    inner join marts.customer_360 using (customer_id)
    where order_count >= 2 and ticket_count >= 1 and account_type = 'individual' and growth_value > 100
        and identity_count <= 4
        -- Together below the levels that multiply what is bought.
        and (select sum(growth_value) from marts.growth_ledger where customer_id = members.customer_id) < 390
),
days as (
    select customer_id, rule_id, occurred_at::date as day from marts.growth_ledger where rule_id <> 'purchase'
)
select a.customer_id, b.customer_id
from candidates as a
inner join candidates as b on a.customer_id < b.customer_id
where least(a.first_paid_at, b.first_paid_at) >= greatest(a.joined_on, b.joined_on)
    and not exists (
        from days as x inner join days as y using (rule_id, day)
        where x.customer_id = a.customer_id and y.customer_id = b.customer_id
    )
order by all limit 1
"""


class Warehouse:
    """A built copy of the sample company, moved on by the commands a person types."""

    def __init__(self, settings) -> None:
        self.settings = settings

    def run(self, *arguments: str) -> str:
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def build(self) -> None:
        self.run("build", "--without-tests")

    def ask(self, query: str, *parameters) -> list[tuple]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(query, list(parameters)).fetchall()

    def totals(self) -> dict[str, tuple]:
        return {name: self.ask(query)[0] for name, query in TOTALS.items()}

    def sums(self, *customers: str) -> dict[str, tuple]:
        """What the marts say of these customers, added up."""
        return {
            mart: self.ask(f"select {sums} from marts.{mart} where customer_id in (select unnest(?))", list(customers))[
                0
            ]
            for mart, sums in SUMS.items()
        }

    def records(self, customer: str) -> list[str]:
        return [
            key
            for (key,) in self.ask(
                "select record_key from identity.record_assignments"
                " where valid_to is null and customer_id = ? order by 1",
                customer,
            )
        ]

    def customer(self, record_key: str) -> str:
        return self.ask(
            "select customer_id from identity.record_assignments where valid_to is null and record_key = ?", record_key
        )[0][0]

    def current(self, customer: str) -> str:
        """Where an id that was once given leads."""
        return self.ask("select current_customer_id from identity.customer_id_history where customer_id = ?", customer)[
            0
        ][0]

    def beliefs(self, record_key: str) -> list[tuple]:
        """Customer and period of each belief, as the mart shows them, oldest first."""
        return self.ask(
            "select customer_id, valid_from, valid_to from marts.customer_identities"
            " where concat(source_system, '.', source_table, ':', source_record_id) = ? order by valid_from",
            record_key,
        )

    def marts(self) -> dict[str, tuple]:
        """Rows and fingerprint of every mart but the history of beliefs, which only ever grows."""
        return {
            name: found for name, found in contents(self.settings.warehouse).items() if name != "customer_identities"
        }


@pytest.fixture
def company(copy_of_sample, monkeypatch) -> Warehouse:
    settings = copy_of_sample()
    monkeypatch.setenv("CUSTOMER360_HOME", str(settings.home))
    return Warehouse(settings)


def one_belief_at_a_time(beliefs: list[tuple]) -> bool:
    """Each period begins where the one before ends, and the last is open."""
    ends = [valid_to for _, _, valid_to in beliefs]
    return ends[-1] is None and ends[:-1] == [valid_from for _, valid_from, _ in beliefs[1:]]


def test_a_link_and_its_undoing_restate_every_mart(company):
    [(first, second)] = company.ask(A_PAIR)
    records = {customer: company.records(customer) for customer in (first, second)}
    before, totals = company.marts(), company.totals()
    parts = {customer: company.sums(customer) for customer in (first, second)}
    together = company.sums(first, second)
    pair = (records[first][0], records[second][0])

    company.run("identity", "link", *pair, "--why", "the same person, says the branch", "--who", "ann")
    company.build()

    merged = company.customer(pair[0])
    assert merged in (first, second)
    assert {company.customer(key) for keys in records.values() for key in keys} == {merged}
    retired = second if merged == first else first
    assert company.current(retired) == merged
    assert company.sums(retired)["orders"][0] == 0
    assert company.sums(merged) == together
    assert company.totals() == totals
    assert company.ask("select count(*) from marts.customer_360 where customer_id = ?", retired) == [(0,)]
    # level, reasons and tier are of the sum, not of a part
    ((level, growth, expected_level),) = company.ask(
        """
        select level, growth_value, (
            select level from intermediate.member_levels as levels
            where levels.growth_from <= members.growth_value and valid_to is null order by level_rank desc limit 1
        ) from marts.member_tiers as members where customer_id = ?
        """,
        merged,
    )
    assert (level, growth) == (expected_level, parts[first]["member_tiers"][0] + parts[second]["member_tiers"][0])
    assert company.ask("select count(*) from marts.member_tiers where customer_id = ?", retired) == [(0,)]
    for key in records[retired]:
        beliefs = company.beliefs(key)
        assert [customer for customer, _, _ in beliefs] == [retired, merged]
        assert one_belief_at_a_time(beliefs)

    company.run("identity", "unlink", *pair, "--why", "two people after all", "--who", "ann")
    company.build()

    assert {customer: company.records(customer) for customer in (first, second)} == records
    assert {customer: company.sums(customer) for customer in (first, second)} == parts
    assert company.totals() == totals
    assert company.marts() == before  # to the last value of every mart
    assert company.current(retired) == retired
    for key in records[retired]:
        beliefs = company.beliefs(key)
        assert [customer for customer, _, _ in beliefs] == [retired, merged, retired]
        assert one_belief_at_a_time(beliefs)
    for key in records[merged]:
        assert [customer for customer, _, _ in company.beliefs(key)] == [merged]


# An account without a birth date and a card of somebody else, and a person whom the helpdesk knows besides.
A_WRONG_CARD = """
with
dated as (
    select distinct customer_id from intermediate.int_customer_records_profiled where born_on is not null
),
holders as (
    select customer_id, min(card_number) as card_number
    from staging.stg_membership__members as members
    inner join intermediate.int_source_records_identified as records
        on records.source_system = 'membership' and records.source_record_id = members.member_id
    inner join marts.customer_360 using (customer_id)
    where order_count >= 2 and customer_id not in (from dated)
    group by customer_id
    having count(*) = 1
),
askers as (
    select customer_id, min(source_record_id) as user_id
    from intermediate.int_source_records_identified
    inner join marts.customer_360 using (customer_id)
    where source_system = 'helpdesk' and order_count >= 2 and member_level is null and customer_id not in (from dated)
    group by customer_id
    having count(*) = 1
)
select holders.customer_id, askers.customer_id, card_number, user_id
from holders cross join askers
order by all limit 1
"""


def test_a_wrong_merge_of_the_resolver_is_undone(company):
    """A clerk typed another person's card number into a helpdesk user: a certain rule joins two strangers."""
    [(holder, asker, card, user)] = company.ask(A_WRONG_CARD)
    records = {customer: company.records(customer) for customer in (holder, asker)}
    totals, before = company.totals(), {customer: company.sums(customer) for customer in (holder, asker)}
    with writing(company.settings, "a wrong card") as connection:
        connection.execute(
            """
            insert into raw.helpdesk_users by name
            select * replace (
                ? as external_id,
                (select max(updated_at) from raw.helpdesk_users) as updated_at,
                (select max(valid_from) + interval 1 second from identity.record_assignments) as _loaded_at
            )
            from raw.helpdesk_users where id = ?
            """,
            [card, user],
        )
    company.build()
    merged = company.customer(f"helpdesk.users:{user}")
    assert merged == company.customer(records[holder][0]), "the resolver did not fall for it: plant something worse"
    assert company.totals() | {"growth": 0, "growth of members": 0} == totals | {"growth": 0, "growth of members": 0}

    card_record = next(key for key in records[holder] if key.startswith("membership."))
    company.run("identity", "unlink", f"helpdesk.users:{user}", card_record, "--why", "the card is another person's")
    company.build()

    assert {customer: company.records(customer) for customer in (holder, asker)} == records
    assert {customer: company.sums(customer) for customer in (holder, asker)} == before
    assert company.totals() == totals
    retired = asker if merged == holder else holder
    for key in records[retired]:
        beliefs = company.beliefs(key)
        assert [customer for customer, _, _ in beliefs] == [retired, merged, retired]
        assert one_belief_at_a_time(beliefs)
