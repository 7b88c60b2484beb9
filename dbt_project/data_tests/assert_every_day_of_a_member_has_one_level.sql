-- A row here is a member who has no level on some day between joining and the as-of day (or the end of the last card).
-- Likely cause: the periods of member_tier_history leave a gap, or the thresholds of seed member_levels do.
with

members as (
    select
        customer_id,
        joined_on,
        coalesce(cancelled_on, as_of_date) as until_on
    from {{ ref('member_tiers') }}
    where joined_on <= as_of_date and (cancelled_on is null or joined_on < cancelled_on)
),

periods as (
    select
        customer_id,
        valid_from,
        coalesce(valid_to, {{ as_of_date() }}) as valid_to
    from {{ ref('member_tier_history') }}
),

covered as (
    select
        customer_id,
        min(valid_from) as first_on,
        max(valid_to) as until_on,
        sum({{ days_between('valid_from', 'valid_to') }}) as day_count
    from periods
    group by customer_id
)

select members.customer_id
from members
left join covered on members.customer_id = covered.customer_id
where
    covered.customer_id is null
    or covered.first_on <> members.joined_on
    or covered.until_on <> members.until_on
    or covered.day_count <> {{ days_between('members.joined_on', 'members.until_on') }}
