with

listed as (
    select * from {{ ref('int_deliveries_listed') }}
),

expected as (
    select * from {{ ref('int_deliveries_expected') }}
),

delayed as (
    select * from {{ ref('int_deliveries_delayed') }}
),

told as (
    select * from {{ ref('int_deliveries_told') }}
),

steps as (
    select
        order_id,
        nullif(concat_ws(
            ', ',
            {%- for step in ['promised', 'paid', 'shipped', 'delivered', 'cancelled'] %}
                max(case when step = '{{ step }}' and is_missing then step end){{ ',' if not loop.last }}
            {%- endfor %}
        ), '') as missing_milestones,
        max(case when is_out_of_order then 1 else 0 end) = 1 as is_out_of_order
    from {{ ref('order_milestones') }}
    group by order_id
),

deliveries as (
    select
        listed.order_id,
        listed.customer_id,
        listed.carrier_id,
        listed.distributor_id,
        listed.channel,
        listed.status,
        listed.ordered_on,
        listed.shipped_on,
        listed.promised_on,
        listed.delivered_on,

        listed.outcome,
        listed.is_late,
        listed.is_late_by_the_clock,
        listed.days_late,
        listed.days_to_deliver,

        expected.usual_days,
        expected.usual_days_basis,
        expected.expected_on,
        expected.is_at_risk,
        expected.at_risk_on,
        case when listed.is_late or expected.is_at_risk then delayed.delayed_step end as delayed_step,
        case when listed.is_late or expected.is_at_risk then delayed.delayed_by end as delayed_by,
        case when listed.is_late or expected.is_at_risk then delayed.delayed_by_id end as delayed_by_id,
        told.told_at,
        told.asked_at,
        told.notice,

        steps.missing_milestones,
        coalesce(steps.is_out_of_order, false) as is_out_of_order
    from listed
    left join expected on listed.order_id = expected.order_id
    left join delayed on listed.order_id = delayed.order_id
    left join told on listed.order_id = told.order_id
    left join steps on listed.order_id = steps.order_id
)

select * from deliveries
