{% set after = 90 -%}

with

complaints as (
    select
        *,
        {{ days_later('complained_on', after) }} as judged_on
    from {{ ref('int_complaints_gathered') }}
    where customer_id is not null
),

bought as (
    select
        complaints.complaint_id,
        min(days.ordered_on) as next_purchase_on
    from complaints
    inner join {{ ref('int_customer_sales_by_day') }} as days
        on complaints.customer_id = days.customer_id and complaints.complained_on < days.ordered_on
    group by complaints.complaint_id
),

standings as (
    select * from {{ ref('int_customer_standings_by_stretch') }}
),

levels as (
    select * from {{ ref('member_tier_history') }}
),

alike as (
    select * from {{ ref('int_similar_customers_counted') }}
),

followed as (
    select
        complaints.complaint_id,
        bought.next_purchase_on,
        {{ days_between('complaints.complained_on', 'bought.next_purchase_on') }} as days_to_next_purchase,
        complaints.judged_on <= {{ as_of_date() }} as is_judged,
        levels_before.level as level_before,
        standing_before.account_type,
        standing_before.value_tier as value_tier_before,
        standing_before.recency_band,
        levels_after.level as level_after,
        standing_after.value_tier as value_tier_after,
        alike.customer_count as similar_customer_count,
        alike.buyer_count as similar_buyer_count
    from complaints
    left join bought on complaints.complaint_id = bought.complaint_id
    left join standings as standing_before
        on complaints.customer_id = standing_before.customer_id
        and standing_before.from_on <= complaints.complained_on
        and (standing_before.to_on is null or complaints.complained_on < standing_before.to_on)
    left join standings as standing_after
        on complaints.customer_id = standing_after.customer_id
        and standing_after.from_on <= complaints.judged_on
        and (standing_after.to_on is null or complaints.judged_on < standing_after.to_on)
    left join levels as levels_before
        on complaints.customer_id = levels_before.customer_id
        and {{ is_in_force('complaints.complained_on', 'levels_before') }}
    left join levels as levels_after
        on complaints.customer_id = levels_after.customer_id
        and {{ is_in_force('complaints.judged_on', 'levels_after') }}
    left join alike
        on standing_before.account_type = alike.account_type
        and standing_before.value_tier = alike.value_tier
        and standing_before.recency_band = alike.recency_band
        and alike.from_on <= complaints.complained_on
        and (alike.to_on is null or complaints.complained_on < alike.to_on)
)

select * from followed
