with

uses as (
    select * from {{ ref('stg_membership__benefit_uses') }}
),

members as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

history as (
    select * from {{ ref('member_tier_history') }}
),

entitlements as (
    select * from {{ ref('level_benefits') }}
),

benefits as (
    select * from {{ ref('benefits') }}
),

-- Uses by nobody known, or of nothing known, are in int_rejected_records.
known as (
    select
        uses.benefit_use_id,
        members.customer_id,
        uses.benefit,
        uses.used_at,
        cast(uses.used_at as date) as used_on
    from uses
    inner join members on uses.member_id = members.member_id
    where uses.benefit in (select benefit from benefits)
),

-- What a use gave somebody who had no right to it is not known: at least what the least favoured level gets.
least as (
    select known.benefit_use_id, min(entitlements.units) as units
    from known
    inner join entitlements
        on known.benefit = entitlements.benefit and {{ is_in_force('known.used_on', 'entitlements') }}
    group by known.benefit_use_id
),

matched as (
    select
        known.*,
        history.level,
        history.level_rank,
        entitlements.level is not null as was_entitled,
        entitlements.period,
        entitlements.allowed_uses,
        coalesce(entitlements.units, least.units) as units,
        benefits.unit_cost
    from known
    left join history
        on known.customer_id = history.customer_id and {{ is_in_force('known.used_on', 'history') }}
    left join entitlements
        on
        history.level = entitlements.level
        and known.benefit = entitlements.benefit
        and {{ is_in_force('known.used_on', 'entitlements') }}
    left join benefits
        on known.benefit = benefits.benefit and {{ is_in_force('known.used_on', 'benefits') }}
    left join least on known.benefit_use_id = least.benefit_use_id
)

select * from matched
