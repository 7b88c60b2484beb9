"""Service and membership marts of the sample company against the truth its generator kept, record by record."""

import pytest

# Persons whose source records are all in one customer, and nobody else's in it: who is who is not in question here.
RESOLVED = """
    with records as (
        select identities.person_id, identified.customer_id
        from memory.truth.identities
        left join intermediate.int_source_records_identified as identified
            using (source_system, source_table, source_record_id)
    ),
    fused as (select customer_id from records group by customer_id having count(distinct person_id) > 1)
    select person_id, min(customer_id) as customer_id
    from records
    group by person_id
    having count(distinct customer_id) = 1
        and count(customer_id) = count(*)
        and not bool_or(customer_id in (from fused))
"""


@pytest.fixture(scope="module")
def truth(warehouse):
    """The warehouse, with the persons that are resolved right in `memory.truth.resolved`."""
    warehouse.execute(f"create or replace table memory.truth.resolved as {RESOLVED}")
    return warehouse


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def differences(connection, ours, true):
    """What is in one and not in the other."""
    return rows(connection, f"(({ours}) except all ({true})) union all (({true}) except all ({ours}))")


def planted(connection, fault):
    """The ids of the records with a fault that was put in on purpose."""
    (ids,) = connection.execute("select record_ids from memory.truth.planted where fault = ?", [fault]).fetchone()
    return set(ids)


def ids(connection, sql):
    return {row[0] for row in rows(connection, sql)}


# Columns of the mart tickets, and what they must be by the truth's seconds and counts.
LIVED_THROUGH = {
    "first_reply_at": "first_reply_at",
    "first_reply_minutes": "minutes(datediff('second', opened_at, first_reply_at))",
    "reply_count": "reply_count",
    "next_reply_count": "len(next_reply_seconds)",
    "average_next_reply_minutes": "minutes(list_avg(next_reply_seconds))",
    "longest_next_reply_minutes": "minutes(list_max(next_reply_seconds))",
    "handoff_count": "handoff_count",
    "group_change_count": "group_change_count",
    "group_move_count": "group_move_count",
    "agent_station_count": "agent_station_count",
    "group_station_count": "group_station_count",
    "repeat_count": "repeat_count",
    "reopen_count": "reopen_count",
    "is_one_touch": "is_one_touch",
    "resolved_at": "solved_at",
    "first_resolution_minutes": "minutes(first_resolution_seconds)",
    "first_resolution_business_minutes": "minutes(first_resolution_business_seconds)",
    "resolution_minutes": "minutes(resolution_seconds)",
    "resolution_business_minutes": "minutes(resolution_business_seconds)",
    "customer_waiting_minutes": "minutes(customer_waiting_seconds)",
    "customer_waiting_business_minutes": "minutes(customer_waiting_business_seconds)",
    "waiting_on_customer_minutes": "minutes(waiting_on_customer_seconds)",
    "waiting_on_customer_business_minutes": "minutes(waiting_on_customer_business_seconds)",
    "on_hold_minutes": "minutes(on_hold_seconds)",
    "on_hold_business_minutes": "minutes(on_hold_business_seconds)",
    "solved_minutes": "minutes(solved_seconds)",
    "solved_business_minutes": "minutes(solved_business_seconds)",
    "promise_count": "(select count(*) from memory.truth.promises as made where made.ticket_id = tickets.ticket_id)",
    "vague_answer_count": (
        "(select count(*) from memory.truth.vague_answers as given where given.ticket_id = tickets.ticket_id)"
    ),
}


@pytest.mark.parametrize("column", LIVED_THROUGH)
def test_every_ticket_s_figures_are_the_true_ones(truth, column):
    """The whole log replayed in Python; minutes have two places."""
    true = LIVED_THROUGH[column]
    truth.execute("create or replace temp macro minutes(seconds) as cast(seconds / 60.0 as decimal(18, 2))")
    wrong = rows(
        truth,
        f"""
        with expected as (
            select ticket_id, {true} as true_value
            from memory.truth.tickets as tickets
            inner join (select ticket_id, opened_at from marts.tickets) using (ticket_id)
        )
        select ticket_id, {column}, true_value from marts.tickets full join expected using (ticket_id)
        where {column} is distinct from true_value
        """,
    )
    assert wrong == []


def test_what_the_tickets_hold_is_worth_comparing(truth):
    """A truth in which nothing happens proves nothing."""
    (found,) = rows(
        truth,
        """
        select
            sum(handoff_count), sum(repeat_count), sum(reopen_count), count(*) filter (is_one_touch),
            count(*) filter (on_hold_seconds > 0), sum(len(next_reply_seconds)),
            count(*) filter (group_move_count > 0), count(*) filter (agent_station_count > 2)
        from memory.truth.tickets
        """,
    )
    assert all(count > 50 for count in found), found


def test_repeats_are_put_down_to_the_agent_who_handed_on(truth):
    true = "select unnest(repeats_caused_by) as agent_id, ticket_id from memory.truth.tickets"
    true = f"select agent_id, count(*) from ({true}) group by 1"
    ours = "select agent_id, sum(repeat_count) from marts.service_agents group by 1 having sum(repeat_count) > 0"
    assert len(rows(truth, true)) > 10
    assert differences(truth, ours, true) == []


def test_every_promise_and_its_outcome_are_the_true_ones(truth):
    columns = "ticket_id, agent_id, promised_at, due_at, outcome, problem, source"
    promises = f"select {columns} from memory.truth.promises"
    for source in ("field", "tag", "comment"):
        assert len(rows(truth, f"{promises} where source = '{source}'")) > 20
    assert differences(truth, f"select {columns} from marts.followup_promises", promises) == []


def test_a_promise_quotes_its_words_and_is_surer_of_hours_than_of_a_few(truth):
    ((unsure, sure, quoted, promised),) = rows(
        truth,
        """
        select
            max(confidence) filter (not is_sure), min(confidence) filter (is_sure),
            count(*) filter (contains(words, rtrim(quoted_text, '.。'))), count(*)
        from memory.truth.promises as told
        inner join marts.followup_promises using (ticket_id, agent_id, promised_at, source)
        where told.source = 'comment'
        """,
    )
    assert unsure < 0.5 < sure
    assert quoted == promised > 300


def test_every_vague_answer_is_found_and_nothing_else(truth):
    columns = "ticket_id, agent_id, occurred_at"
    answers = "select ticket_id, agent_id, answered_at from memory.truth.vague_answers"
    assert len(rows(truth, answers)) > 300
    assert differences(truth, f"select {columns} from marts.vague_answers", answers) == []


def test_every_service_level_is_judged_as_it_was(truth):
    columns = "ticket_id, metric, wait_number, began_at, ended_at, outcome"
    levels = f"select {columns} from memory.truth.ticket_sla"
    assert set(rows(truth, f"select distinct outcome from ({levels})")) == {
        ("met",),
        ("breached",),
        ("running",),
        ("no_target",),
    }
    assert differences(truth, f"select {columns} from marts.ticket_sla", levels) == []


def test_every_growth_entry_is_the_true_one(truth):
    entries = (
        "source_record_id, occurred_at, rule_id, growth_value, expires_on, coefficient, level, "
        "reverses_entry_id is not null"
    )
    true = f"""
        select customer_id, {entries} from memory.truth.growth_ledger inner join memory.truth.resolved using (person_id)
    """
    ours = f"""
        select customer_id, {entries} from marts.growth_ledger
        where customer_id in (select customer_id from memory.truth.resolved)
    """
    assert len(rows(truth, true)) > 20_000
    assert differences(truth, ours, true) == []


def test_every_member_has_the_true_level_on_every_day_and_the_one_to_come(truth):
    """The periods, to the day; after the last day as if nothing more were earned."""
    last_day = "(select max(as_of_date) from memory.truth.levels)"
    resolved = "customer_id in (select customer_id from memory.truth.resolved)"
    true = "from memory.truth.level_periods inner join memory.truth.resolved using (person_id)"
    until_today = f"""
        select customer_id, level, valid_from, case when valid_to <= {last_day} then valid_to end, change_reason
        {true} where valid_from <= {last_day}
    """
    history = f"""
        select customer_id, level, valid_from, valid_to, change_reason from marts.member_tier_history where {resolved}
    """
    reasons = dict(rows(truth, f"select change_reason, count(*) from ({until_today}) group by 1"))
    assert reasons["joined"] > 1_000
    assert reasons["growth earned"] > 500
    assert reasons["growth expired"] > 50
    assert reasons["goods returned"] >= 10
    assert differences(truth, history, until_today) == []
    projected = f"""
        select customer_id, level, periods.valid_from, periods.valid_to
        from intermediate.int_member_level_periods as periods
        inner join intermediate.member_levels using (level_rank)
        where {resolved}
    """
    assert differences(truth, projected, f"select customer_id, level, valid_from, valid_to {true}") == []


def test_every_member_has_the_true_growth_value_today_and_on_every_day_that_was_noted(truth):
    true = """
        select customer_id, as_of_date, cast(growth_value as decimal(18, 2)) as growth_value
        from memory.truth.levels inner join memory.truth.resolved using (person_id)
        where level is not null
    """
    from_ledger = f"""
        select noted.customer_id, noted.as_of_date, cast(coalesce(sum(ledger.growth_value), 0) as decimal(18, 2))
        from ({true}) as noted
        left join marts.growth_ledger as ledger
            on noted.customer_id = ledger.customer_id
            and ledger.counts_from <= noted.as_of_date
            and (ledger.expires_on is null or ledger.expires_on > noted.as_of_date)
        group by 1, 2
    """
    assert differences(truth, from_ledger, true) == []
    today = """
        select customer_id, as_of_date, growth_value from marts.member_tiers
        where level is not null and customer_id in (select customer_id from memory.truth.resolved)
    """
    last = f"select * from ({true}) where as_of_date = (select max(as_of_date) from memory.truth.levels)"
    assert differences(truth, today, last) == []


def test_a_level_is_lost_on_the_day_and_by_the_growth_that_is_foretold(truth):
    """The day is the truth's; what is missing is counted from what is left of the ledger on the day before."""
    true = """
        select customer_id, periods.valid_to
        from memory.truth.level_periods as periods inner join memory.truth.resolved using (person_id)
        where valid_from <= date '2026-10-31' and valid_to > date '2026-10-31'
    """
    ours = """
        select customer_id, expires_on from marts.member_tiers
        where expires_on is not null and customer_id in (select customer_id from memory.truth.resolved)
    """
    assert len(rows(truth, true)) > 400
    assert differences(truth, ours, true) == []
    wrong = rows(
        truth,
        """
        select tiers.customer_id, tiers.expires_on, growth_from, growth_to_keep, sum(ledger.growth_value)
        from (select * exclude (growth_value) from marts.member_tiers) as tiers
        inner join intermediate.member_levels using (level)
        left join marts.growth_ledger as ledger
            on tiers.customer_id = ledger.customer_id
            and (ledger.expires_on is null or ledger.expires_on >= tiers.expires_on)
        where tiers.expires_on is not null
        group by all
        having growth_to_keep <> growth_from - coalesce(sum(ledger.growth_value), 0)
        """,
    )
    assert wrong == []


def test_deliveries_find_what_was_planted(truth):
    late = ids(truth, "select order_id from marts.deliveries where outcome = 'late'")
    undated = ids(truth, "select order_id from marts.deliveries where outcome = 'delivered_undated'")
    unshipped = ids(truth, "select order_id from marts.deliveries where missing_milestones = 'shipped'")
    backwards = ids(truth, "select order_id from marts.deliveries where is_out_of_order")
    # A parcel can be late and then lose its time: then nothing is claimed.
    assert late == planted(truth, "delivered late") - planted(truth, "delivered without a time")
    assert undated == planted(truth, "delivered without a time")
    assert unshipped == planted(truth, "delivered but never shipped")
    assert backwards == planted(truth, "shipped after delivery")


def test_returns_find_what_was_planted(truth):
    outside = ids(truth, "select return_id from marts.returns where not is_within_policy")
    overdue = ids(truth, "select return_id from marts.returns where is_refund_overdue")
    wrong = ids(truth, "select return_id from marts.returns where abs(refund_difference) > 0.01")
    assert outside == planted(truth, "return out of policy")
    assert overdue == planted(truth, "refund overdue") - outside
    assert wrong == planted(truth, "wrong refund") - outside
    assert rows(truth, "select count(*) from marts.returns where is_within_policy is null")[0][0] == 0


def test_every_parcel_is_late_at_risk_and_announced_as_it_was(truth):
    columns = "order_id, outcome, days_late, is_at_risk, at_risk_on, notice"
    parcels = f"select {columns} from memory.truth.deliveries"
    notices = dict(rows(truth, f"select notice, count(*) from ({parcels}) group by 1"))
    assert notices["told first"] >= 5
    assert notices["asked first"] >= 20
    assert notices["asked, not told"] >= 1
    assert notices["not told"] >= 100
    assert differences(truth, f"select {columns} from marts.deliveries", parcels) == []


def test_every_return_is_judged_by_the_policy_of_its_day(truth):
    ours = """
        select return_id, policy_id, is_within_policy, is_refund_overdue,
            round(amount_paid, 2), round(refund_expected, 2), round(refund_difference, 2)
        from marts.returns
    """
    true = """
        select return_id, policy_id, is_within_policy, is_refund_overdue,
            round(cast(paid_cents / 100 as decimal(18, 4)), 2), round(cast(expected_cents / 100 as decimal(18, 4)), 2),
            round(cast(difference_cents / 100 as decimal(18, 4)), 2)
        from memory.truth.returns
    """
    assert differences(truth, ours, true) == []


def test_every_complaint_of_who_is_known_is_the_true_one(truth):
    """Whose it is, when it began, its signs, and what it is about."""
    columns = "occurred_at, signals, signal_count, ticket_id, order_id, return_id"
    true = (
        f"select customer_id, {columns} from memory.truth.complaints inner join memory.truth.resolved using (person_id)"
    )
    ours = f"""
        select customer_id, {columns} from marts.complaints
        where customer_id in (select customer_id from memory.truth.resolved)
    """
    assert len(rows(truth, f"{true} where signal_count > 1")) > 50
    assert differences(truth, ours, true) == []


def test_answers_that_no_scale_has_are_kept_with_their_problem_and_no_outcome(truth):
    odd = planted(truth, "survey answer out of scale") | planted(truth, "survey answer without a number")
    ours = "select source_record_id from marts.satisfaction where {} and source_table = 'surveys'"
    assert ids(truth, ours.format("problem is not null")) == odd
    assert ids(truth, ours.format("outcome is null")) == odd
    ratings = "select ticket_id from marts.satisfaction where problem is not null and source_table <> 'surveys'"
    assert ids(truth, ratings) == planted(truth, "rating that is none")


def test_tickets_that_cannot_be_linked_are_kept_and_say_so(truth):
    unknown = ids(truth, "select ticket_id from marts.tickets where is_order_number_unknown")
    assert planted(truth, "order number of no order") <= unknown
    assert unknown <= planted(truth, "order number of no order") | planted(truth, "order number written another way")
    nobodys = ids(truth, "select ticket_id from marts.tickets where customer_id is null")
    assert nobodys == planted(truth, "ticket without a requester")


def test_events_told_twice_or_out_of_place_are_counted_by_their_problem(truth):
    """By ticket: each is kept, with what is odd about it."""
    for fault, problem in (
        ("event told twice", "repeated"),
        ("event before its ticket", "before opening"),
        ("event after closing", "after closing"),
    ):
        found = ids(truth, f"select ticket_id from intermediate.int_ticket_events_unnested where problem = '{problem}'")
        assert found == planted(truth, fault), problem


def test_refunds_add_up_to_the_true_total(truth):
    ((ours, true),) = rows(
        truth,
        """
        select
            (select sum(refund_amount) from marts.returns),
            (select value from memory.truth.totals where metric = 'refunds')
        """,
    )
    assert ours == true


def test_what_agents_did_adds_up_to_what_tickets_lived_through(truth):
    ((kept, due, handoffs, rated),) = rows(
        truth,
        """
        select
            round(sum(promise_kept_rate * due_promise_count)), sum(due_promise_count),
            sum(handoff_out_count), sum(rating_count)
        from marts.service_agents
        """,
    )
    ((true_kept, true_due, true_handoffs, true_rated),) = rows(
        truth,
        """
        select
            (select count(*) from memory.truth.promises where outcome = 'kept'),
            (select count(*) from memory.truth.promises where outcome in ('kept', 'missed')),
            (select sum(handoff_count) from memory.truth.tickets),
            (select count(csat_score) from marts.tickets)
        """,
    )
    assert (kept, due, handoffs, rated) == (true_kept, true_due, true_handoffs, true_rated)
