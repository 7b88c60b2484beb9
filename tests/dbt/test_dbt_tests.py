"""The tests that dbt runs: each rule on rows made for it, and each test of the data on data that was damaged."""

from customer360.build import run_tests
from customer360.warehouse import writing

DAMAGE = {
    "assert_order_lines_are_listed_or_rejected": """
        delete from marts.order_items where order_item_id = (select min(order_item_id) from marts.order_items)
    """,
    "assert_net_sales_are_gross_less_discount_and_refunds": """
        update marts.order_items set net_sales = net_sales + 0.01
        where order_item_id = (select max(order_item_id) from marts.order_items)
    """,
    "sales_of_orders_are_those_of_their_lines": "select 1",  # the two above
    "orders_are_conserved": "delete from marts.orders where order_id = (select min(order_id) from marts.orders)",
    "unique_orders_order_id": "insert into marts.orders from marts.orders order by order_id limit 2",
    "every_customer_is_there_once": """
        delete from marts.customer_360 where customer_id = (select min(customer_id) from marts.customer_360)
    """,
    "money_and_orders_of_customers_are_those_of_orders": """
        update marts.customer_360 set refunds = refunds + 1
        where customer_id = (select max(customer_id) from marts.customer_360)
    """,
    "every_customer_has_one_value_tier": """
        delete from marts.customer_value_tiers
        where customer_id = (select min(customer_id) from marts.customer_value_tiers)
    """,
    "customers_of_tiers_are_conserved": "select 1",  # the one above
    "assert_the_newest_rolling_period_is_today": """
        update marts.value_tier_periods set customer_count = customer_count + 1
        where period_kind = 'rolling' and account_type = 'individual' and value_tier = 'main'
    """,
    "assert_value_tiers_conserve_the_sales_of_every_period": """
        update marts.value_tier_periods set net_sales = net_sales + 0.01
        where period_kind = 'quarter' and account_type = 'all' and value_tier = 'main'
    """,
    "assert_every_benefit_use_is_listed_or_rejected": """
        delete from marts.benefit_uses where benefit_use_id = (
            select max_by(benefit_use_id, used_at) from marts.benefit_uses where level is not null
        )
    """,
    "assert_uses_of_tier_benefits_are_those_of_benefit_uses": "select 1",  # the one above
    "assert_members_of_tier_benefits_are_all_who_have_a_level": """
        update marts.tier_benefits set member_count = member_count + 1 where level = 'diamond'
    """,
    "assert_held_back_purchases_are_all_counted": """
        delete from marts.purchase_forecast_accuracy
        where (customer_kind, measure, method) = ('individual', 'orders', 'same for all')
    """,
    "assert_every_forecast_is_measured_or_left_out": """
        update marts.purchase_forecast_accuracy set left_out_reason = 'too few customers'
        where (customer_kind, measure, method) = ('individual', 'orders', 'model')
    """,
    "assert_waiting_adds_up_to_a_ticket_s_life": """
        update marts.tickets set customer_waiting_minutes = customer_waiting_minutes + 1
        where ticket_id = (select min(ticket_id) from marts.tickets where customer_waiting_minutes > 0)
    """,
    "assert_stretches_of_tickets_have_no_gaps_or_overlaps": """
        delete from intermediate.int_ticket_stretches
        where stretch_number = 2 and ticket_id = (
            select min(ticket_id) from intermediate.int_ticket_stretches where stretch_number = 3
        )
    """,
    "ticket_events_are_conserved": """
        delete from marts.ticket_events where event_id = (select min(event_id) from marts.ticket_events)
    """,
    "handoffs_of_ticket_events_are_those_of_tickets": """
        update marts.ticket_events set is_handoff = false
        where event_id = (select min(event_id) from marts.ticket_events where event_type = 'handed off')
    """,
    "unique_combination_ticket_events_event_id__part_number": """
        insert into marts.ticket_events from marts.ticket_events order by event_id limit 2
    """,
    "every_customer_is_foretold_once": """
        insert into intermediate.int_purchases_foretold
        from intermediate.int_purchases_foretold where forecast = 'next year' order by customer_id limit 1
    """,
    "nothing_below_nothing_is_expected": """
        update intermediate.int_purchases_foretold set expected_orders = -1
        where status = 'estimated'
    """,
    "assert_every_shipped_or_due_order_is_one_delivery": """
        delete from marts.deliveries where order_id = (select min(order_id) from marts.deliveries)
    """,
    "assert_milestones_are_in_order_or_flagged": """
        update marts.order_milestones set is_out_of_order = false
        where order_id = (select min(order_id) from marts.order_milestones where is_out_of_order)
    """,
    "unique_combination_order_milestones_order_id__step": """
        insert into marts.order_milestones from marts.order_milestones limit 1
    """,
    "assert_refunds_of_returns_tie_to_orders": """
        update marts.returns set refund_amount = refund_amount + 0.01
        where return_id = (select min(return_id) from marts.returns where refunded_on is not null)
    """,
    "assert_what_no_policy_covers_is_named": """
        update marts.returns set policy_id = null, is_within_policy = null
        where return_id = (select max(return_id) from marts.returns where is_within_policy)
    """,
    "unique_combination_return_reasons_month__grouped_by__group_id__reason": """
        insert into marts.return_reasons from marts.return_reasons limit 1
    """,
    "every_ticket_has_one_row_for_each_metric_that_has_a_policy": """
        delete from marts.ticket_sla
        where metric = 'resolution' and ticket_id = (select min(ticket_id) from marts.tickets)
    """,
    "assert_a_service_level_is_broken_while_it_is_measured": """
        update marts.ticket_sla set breached_at = began_at - interval 1 second
        where ticket_id = (select min(ticket_id) from marts.ticket_sla where outcome = 'breached')
    """,
    "unique_combination_ticket_sla_ticket_id__metric__wait_number": """
        insert into marts.ticket_sla from marts.ticket_sla where metric = 'first_reply' limit 1
    """,
    "relationships_ticket_sla_ticket_id__ticket_id__ref_tickets_": """
        update marts.ticket_sla set ticket_id = 'nobody''s'
        where ticket_id = (select max(ticket_id) from marts.ticket_sla)
    """,
    "assert_a_promise_without_an_outcome_has_a_reason": """
        update marts.followup_promises set problem = 'none at all'
        where promise_id = (select min(promise_id) from marts.followup_promises where outcome = 'kept')
    """,
    "assert_no_comment_of_staff_is_left_unread": """
        delete from intermediate.int_promises_read
        where event_id = (select min(event_id) from intermediate.int_comments_of_staff_listed)
    """,
    "vague_answers_of_tickets_are_those_listed": "select 1",  # the one below
    "unique_vague_answers_answer_id": "insert into marts.vague_answers from marts.vague_answers limit 1",
    "relationships_vague_answers_ticket_id__ticket_id__ref_tickets_": """
        update marts.vague_answers set ticket_id = 'nobody''s'
        where answer_id = (select max(answer_id) from marts.vague_answers)
    """,
    "every_reconciled_figure_is_in_the_summary": """
        insert into marts.ticket_reconciliation by name
        select ticket_id, 'reopens' as measure, 'reopen_count' as our_column, 'count' as unit, true as is_equal
        from marts.tickets limit 1
    """,
    "every_ticket_was_opened_on_one_day_of_the_backlog": """
        update marts.ticket_backlog set opened_count = opened_count + 1
        where backlog_on = (select max(backlog_on) from marts.ticket_backlog)
    """,
    "assert_a_backlog_is_yesterdays_with_what_came_and_went": "select 1",  # the one above
    "unique_combination_ticket_backlog_backlog_on__group_id__priority": """
        insert into marts.ticket_backlog from marts.ticket_backlog limit 1
    """,
    "assert_every_answer_is_listed_once": """
        delete from marts.satisfaction where answer_id = (select max(answer_id) from marts.satisfaction)
    """,
    "opinions_are_conserved": "select 1",  # the one above
    "signs_of_complaints_are_conserved": """
        delete from marts.complaints where complaint_id = (select max(complaint_id) from marts.complaints)
    """,
    "assert_standings_of_today_are_the_value_tiers": """
        update intermediate.int_customer_standings_by_stretch set value_tier = 'main'
        where to_on is null and value_tier = 'small'
    """,
    "assert_all_that_happened_is_on_the_timeline": """
        delete from marts.customer_timeline where source_record_id = (
            select max(source_record_id) from marts.customer_timeline where event_type = 'agent_replied'
        )
    """,
    "nothing_is_told_twice": """
        insert into marts.customer_timeline by name
        select * replace (event_number + 1000000 as event_number) from marts.customer_timeline
        where event_type = 'order_placed' order by source_record_id limit 1
    """,
    "handoffs_of_agents_are_those_of_tickets": """
        delete from marts.service_agents
        where (agent_id, month) = (
            select (agent_id, month) from marts.service_agents where handoff_out_count > 0 limit 1
        )
    """,
    "handoffs_of_teams_are_those_of_tickets": """
        update marts.service_teams set ticket_count = ticket_count + 1
        where (group_id, month) = (select (group_id, month) from marts.service_teams limit 1)
    """,
    "unique_combination_service_agents_agent_id__month": """
        insert into marts.service_agents from marts.service_agents limit 1
    """,
    "sales_of_branches_are_those_of_orders": """
        update marts.service_branches set net_sales = net_sales + 0.01
        where (branch, month) = (select (branch, month) from marts.service_branches limit 1)
    """,
    "tickets_of_branches_are_those_about_orders": """
        update marts.service_branches set ticket_count = ticket_count + 1, complaint_count = complaint_count + 1
        where (branch, month) = (select (branch, month) from marts.service_branches limit 1)
    """,
    "complaints_of_branches_are_those_about_orders": "select 1",  # the one above
    "sales_of_carriers_are_those_of_orders": """
        delete from marts.partners where role = 'carrier' and partner_id = 'none'
    """,
    "sales_of_distributors_are_those_of_orders": """
        update marts.partners set net_sales = net_sales + 0.01
        where (role, partner_id, month) = (
            select (role, partner_id, month) from marts.partners where role = 'distributor' limit 1
        )
    """,
    "sales_of_suppliers_are_those_of_order_lines": """
        update marts.partners set margin = margin + 0.01
        where (role, partner_id, month) = (
            select (role, partner_id, month) from marts.partners where role = 'supplier' and margin > 0 limit 1
        )
    """,
    "what_traces_to_partners_is_what_was_traced": """
        update marts.partners set traced_return_count = traced_return_count + 1 where role = 'supplier'
    """,
    "sales_of_partners_customers_are_those_of_partners": """
        delete from marts.partner_customers
        where customer_id = (select max_by(customer_id, net_sales) from marts.partner_customers)
    """,
    "assert_source_records_have_one_customer": """
        delete from identity.record_assignments
        where record_key = (select min(record_key) from identity.record_assignments)
    """,
    "assert_linked_records_are_one_customer": """
        update identity.record_assignments set customer_id = 'C0'
        where record_key = (select max(record_key_b) from identity.record_links)
    """,
    "assert_decisions_are_obeyed": """
        create or replace table identity.decisions_in_force as
        select min(record_key) as record_key_a, max(record_key) as record_key_b, 'link' as decision
        from identity.record_assignments where valid_to is null
    """,
    "assert_identity_history_has_no_gaps": """
        insert into identity.record_assignments by name
        select * replace (
            valid_from - interval 2 day as valid_from, valid_from - interval 1 day as valid_to
        )
        from identity.record_assignments
        where record_key = (select record_key from identity.record_assignments order by record_key limit 1 offset 11)
    """,
    "assert_identity_history_has_no_overlaps": """
        insert into identity.record_assignments by name
        select * replace (valid_from - interval 1 day as valid_from) from identity.record_assignments
        where record_key = (select record_key from identity.record_assignments order by record_key limit 1 offset 9)
    """,
}


def test_every_rule_does_what_its_unit_test_says(copy_of_sample):
    results = run_tests(copy_of_sample(), select="test_type:unit")
    assert len(results) > 20
    failed = {result.name: result.message for result in results if result.status != "pass"}
    assert not failed


def test_every_test_of_the_data_sees_its_fault(copy_of_sample):
    settings = copy_of_sample()
    with writing(settings, "damage") as connection:
        for damage in DAMAGE.values():
            connection.execute(damage)
    results = run_tests(settings, select=" ".join(DAMAGE))
    assert {result.name for result in results if result.status in ("fail", "warn")} == set(DAMAGE)
