"""The marts' names and columns are an interface that reports depend on: none may vanish or be renamed."""

import pytest
import yaml

from customer360.build import project_folder

MUST_HAVE = {
    "customer_360": """customer_id account_type first_seen_at last_order_at source_systems identity_count
        profile_completeness missing_fields order_count net_sales margin return_rate preferred_channel ticket_count
        open_ticket_count broken_promise_count csat_score member_level growth_value value_tier lifecycle_stage
        owner_count agrees_to_profiling as_of_date""",
    "customer_identities": """source_system source_table source_record_id customer_id match_rule match_probability
        valid_from valid_to""",
    "customer_timeline": """customer_id event_number occurred_at event_type theme source_system source_record_id
        order_id ticket_id summary summary_zh""",
    "orders": """order_id customer_id status ordered_at gross_sales discount refunds net_sales is_late days_late""",
    "order_items": "order_item_id order_id product_id quantity net_sales margin",
    "tickets": """ticket_id customer_id order_id status opened_at first_reply_minutes resolution_minutes
        resolution_business_minutes handoff_count reopen_count promise_count broken_promise_count csat_score
        next_reply_count average_next_reply_minutes longest_next_reply_minutes first_resolution_minutes
        customer_waiting_minutes customer_waiting_business_minutes waiting_on_customer_minutes on_hold_minutes
        solved_minutes group_move_count agent_station_count group_station_count repeat_count is_one_touch
        is_schedule_missing""",
    "ticket_events": """event_id part_number ticket_id customer_id occurred_at event_type side agent_id from_value
        to_value is_handoff is_repeat problem""",
    "ticket_sla": """ticket_id metric wait_number agent_id group_id priority policy_id target_minutes elapsed_minutes
        began_at ended_at outcome breached_at breach_cause minutes_over problem""",
    "ticket_reconciliation": "ticket_id measure our_column unit ours helpdesks difference is_equal reason",
    "ticket_reconciliation_summary": "measure our_column ticket_count compared_count equal_count unexplained_count",
    "ticket_backlog": """backlog_on group_id priority opened_count solved_count reopened_count open_count
        customer_waiting_count waiting_on_customer_count""",
    "member_tiers": """customer_id level growth_value level_reason next_level growth_to_next spend_to_next expires_on
        growth_to_keep""",
    "member_tier_history": "customer_id level valid_from valid_to change_reason known_at",
    "member_tier_restatements": """customer_id level valid_from valid_to change_reason known_at known_until
        restated_because""",
    "tier_benefits": """level benefit is_entitled allowed_uses period member_count using_member_count use_count
        allowed_use_count allowance_used_share allowance_cost use_cost""",
    "benefit_uses": """customer_id benefit used_at level was_entitled use_number allowed_uses is_over_entitlement
        unit_cost""",
    "tier_benefit_gaps": "kind level next_level benefit found_count finding_en finding_zh",
    "growth_ledger": "customer_id occurred_at rule_id growth_value source_record_id reverses_entry_id",
    "growth_ledger_restatements": """customer_id occurred_at rule_id growth_value source_record_id known_at known_until
        restated_because""",
    "customer_value_tiers": """customer_id value_tier previous_value_tier tier_change net_sales recency_days order_count
        rfm_score rfm_segment upgrade_potential upgrade_reason upgrade_reason_zh is_sliding falls_to falls_on
        sliding_reason sliding_reason_zh""",
    "value_tier_summary": "value_tier customer_count customer_share net_sales net_sales_share",
    "value_tier_periods": """period_kind period_start period_end is_complete account_type value_tier customer_count
        customer_share buyer_count net_sales net_sales_share""",
    "purchase_forecast_accuracy": """customer_kind measure method expected actual total_error_percent
        mean_absolute_error best_tenth_share is_better_than_naive sentence_en sentence_zh""",
    "followup_promises": """ticket_id agent_id source promised_at due_at outcome minutes_late quoted_text span_start
        span_end confidence problem""",
    "vague_answers": """ticket_id event_id customer_id agent_id occurred_at quoted_text language next_reply_at
        minutes_to_next_reply""",
    "service_agents": """agent_id month ticket_count promise_kept_rate csat_score handoff_out_count
        median_resolution_minutes""",
    "service_teams": """group_id month ticket_count promise_kept_rate csat_score handoff_out_count
        median_resolution_minutes""",
    "service_branches": "branch department month order_count net_sales customer_count return_rate satisfied_rate",
    "customer_owners": "customer_id owner_id owner_type first_at last_at is_current is_conflict",
    "deliveries": """order_id promised_on delivered_on outcome is_late is_late_by_the_clock days_late usual_days
        usual_days_basis expected_on is_at_risk delayed_by told_at asked_at notice missing_milestones""",
    "order_milestones": """order_id step occurred_at responsible since_step minutes business_minutes usual_minutes
        is_missing is_out_of_order problem""",
    "returns": """return_id order_id is_within_policy policy_id policy_finding policy_reason refund_amount
        refund_expected shipping_paid_by shipping_to_pay_back refund_due refund_due_difference days_to_refund
        refund_due_on is_refund_overdue days_overdue problem""",
    "return_policies": """policy_id category window_days condition_required shipping_paid_by_seller_fault
        shipping_paid_by_customer_choice refund_days valid_from valid_to""",
    "return_reasons": """month grouped_by group_id reason return_count returned_quantity sold_quantity returned_share
        returned_share_before share_change is_small_sample trend""",
    "satisfaction": "customer_id occurred_at expectation performance score outcome problem",
    "complaints": """complaint_id customer_id occurred_at signals cause ticket_id order_id return_id resolved_at
        minutes_to_resolve outcome handling was_apologised was_refunded next_purchase_within_90_days
        days_to_next_purchase level_before level_after value_tier_before value_tier_after similar_customer_count
        similar_purchase_rate""",
    "complaint_recovery": """breakdown month value_tier handling sample_size purchase_rate purchase_rate_low
        purchase_rate_high similar_sample_size similar_purchase_rate difference difference_low difference_high
        finding""",
    "opinions": """opinion_id kind customer_id ticket_id order_id occurred_at score has_comment was_answered answered_at
        answered_by minutes_to_answer was_thanked thanked_at minutes_to_thank""",
    "partners": "partner_id partner_type month net_sales on_time_rate return_rate complaint_rate",
    "partner_customers": "partner_id partner_type customer_id order_count net_sales late_delivery_count",
}


def declared(mart: str) -> dict:
    file = project_folder() / "models" / "marts" / f"{mart}.yml"
    return next(m for m in yaml.safe_load(file.read_text(encoding="utf-8"))["models"] if m["name"] == mart)


@pytest.mark.parametrize("mart", MUST_HAVE)
def test_mart_promises_its_columns_under_an_enforced_contract(mart):
    columns = {column["name"]: column for column in declared(mart)["columns"]}
    assert set(MUST_HAVE[mart].split()) - set(columns) == set()
    assert all(column.get("data_type") for column in columns.values())


@pytest.mark.parametrize("mart", MUST_HAVE)
def test_description_begins_with_the_grain(mart):
    assert declared(mart)["description"].lstrip().startswith("One row per ")


def test_no_mart_is_without_this_protection():
    assert {file.stem for file in (project_folder() / "models" / "marts").glob("*.sql")} == set(MUST_HAVE)


def test_contracts_are_enforced_for_the_whole_folder():
    project = yaml.safe_load((project_folder() / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["models"]["customer360"]["marts"]["+contract"] == {"enforced": True}
