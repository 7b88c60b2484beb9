-- Between joining and the as-of day (or the end of the last card) a member has a day without a level: the periods of the history leave a gap, or the
-- thresholds of seed member_levels do.
with

members as (
    select * from {{ ref('member_tiers') }} where joined_on <= as_of_date and (cancelled_on is null or joined_on < cancelled_on)
),

days as (
    select
        customer_id,
        min(valid_from) as first_on,
        max(coalesce(valid_to, as_of_date)) as last_on,
        sum({{ dbt.datediff('valid_from', 'coalesce(valid_to, as_of_date)', 'day') }}) as day_count
    from {{ ref('member_tier_history') }}
    cross join (select {{ as_of_date() }} as as_of_date) as clock
    group by customer_id
)

select members.customer_id
from members
left join days on members.customer_id = days.customer_id
where
    days.customer_id is null
    or days.first_on <> members.joined_on
    or days.last_on <> coalesce(members.cancelled_on, members.as_of_date)
    or days.day_count <> {{ dbt.datediff('members.joined_on', 'coalesce(members.cancelled_on, members.as_of_date)', 'day') }}
