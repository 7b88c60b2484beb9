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

matrix as (
    select * from {{ ref('int_level_benefits_compared') }}
),

uses as (
    select * from {{ ref('benefit_uses') }} where was_entitled
),

lost as (
    select
        members.customer_id,
        members.level,
        matrix.lower_level as falls_to,
        members.expires_on as falls_on,
        uses.benefit,
        count(*) as use_count
    from members
    inner join thresholds on members.expires_on <= thresholds.falls_until
    inner join uses
        on
        members.customer_id = uses.customer_id
        and cast(uses.used_at as date) >= thresholds.measured_from
        and uses.used_at < {{ as_of_end() }}
    inner join matrix on members.level = matrix.level and uses.benefit = matrix.benefit
    where matrix.is_entitled and not matrix.lower_is_entitled and matrix.lower_level is not null
    group by members.customer_id, members.level, matrix.lower_level, members.expires_on, uses.benefit
)

select * from lost
