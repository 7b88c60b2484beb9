with

thresholds as (
    select
        cast({{ dbt.dateadd('day', '1 - measured_days', as_of_date()) }} as date) as measured_from,
        cast({{ dbt.dateadd('day', 'falls_within_days', as_of_date()) }} as date) as falls_until
    from {{ ref('benefit_thresholds') }}
    where {{ is_in_force(as_of_date()) }}
),

members as (
    select * from {{ ref('member_tiers') }}
),

periods as (
    select * from {{ ref('int_member_level_periods') }}
),

matrix as (
    select * from {{ ref('int_level_benefits_in_force') }}
),

uses as (
    select * from {{ ref('benefit_uses') }} where was_entitled
),

lost as (
    select
        members.customer_id,
        members.level,
        after.level as falls_to,
        members.expires_on as falls_on,
        uses.benefit,
        count(*) as use_count
    from members
    inner join thresholds on members.expires_on <= thresholds.falls_until or members.is_in_grace
    inner join uses
        on
        members.customer_id = uses.customer_id
        and cast(uses.used_at as date) >= thresholds.measured_from
        and uses.used_at < {{ as_of_end() }}
    inner join matrix as before on members.level = before.level and uses.benefit = before.benefit
    inner join periods on members.customer_id = periods.customer_id and members.expires_on = periods.valid_from
    inner join matrix as after on periods.level_rank = after.level_rank and uses.benefit = after.benefit
    where before.is_entitled and not after.is_entitled
    group by members.customer_id, members.level, after.level, members.expires_on, uses.benefit
)

select * from lost
