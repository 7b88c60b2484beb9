with

standings as (
    select * from {{ ref('int_member_standings') }}
),

reasons as (
    select * from {{ ref('int_growth_entries_aggregated_to_members') }}
),

tiers as (
    select
        standings.customer_id,
        standings.card_count,
        standings.joined_on,
        standings.cancelled_on,
        standings.level,
        standings.level_rank,
        standings.level_since,
        standings.coefficient,
        case when standings.level is not null then standings.growth_value end as growth_value,
        case
            when standings.cancelled_on is not null then concat('membership ended on ', standings.cancelled_on)
            when standings.level is null then null
            else concat({{ level_in_words('en') }}, ': ', coalesce(reasons.largest_entries, 'no growth in force'))
        end as level_reason,
        case
            when standings.cancelled_on is not null then concat('会员资格已于', standings.cancelled_on, '终止')
            when standings.level is null then null
            else concat({{ level_in_words('zh') }}, '：', coalesce(reasons.largest_entries_zh, '目前没有有效成长值'))
        end as level_reason_zh,
        standings.next_level,
        case when standings.level is not null then standings.growth_to_next end as growth_to_next,
        case
            when standings.level is not null
                then cast({{ divided_up('standings.growth_to_next', 'standings.growth_per_unit') }} as decimal(18, 2))
        end as spend_to_next,
        case when standings.level is not null then standings.next_expiry_on end as next_expiry_on,
        case when standings.level is not null then standings.next_expiry_growth end as next_expiry_growth,
        standings.review_on,
        standings.expires_on,
        standings.growth_to_keep,
        coalesce(standings.review_on <= {{ as_of_date() }}, false) as is_in_grace,
        standings.granted_level,
        standings.grant_ends_on,
        {{ as_of_date() }} as as_of_date
    from standings
    left join reasons on standings.customer_id = reasons.customer_id
)

select * from tiers
