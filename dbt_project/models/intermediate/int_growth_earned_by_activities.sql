with

activities as (
    select * from {{ ref('stg_membership__activities') }}
    -- A purchase earns by its order; points that are redeemed are not growth that is lost.
    where activity_type not in ('purchase', 'redeem')
),

identified as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

rules as (
    select * from {{ ref('growth_rules') }}
),

ruled as (
    select
        concat(rules.rule_id, '-v', rules.rule_version, '-', activities.activity_id) as entry_id,
        identified.customer_id,
        activities.activity_id,
        activities.occurred_at,
        rules.rule_id,
        rules.rule_version,
        case rules.unit when 'quantity' then activities.quantity else 1 end as units,
        rules.growth_per_unit,
        rules.validity_days,
        rules.cap_events,
        rules.sentence_en,
        rules.sentence_zh,
        activities._loaded_at as known_at
    from activities
    inner join identified on activities.member_id = identified.member_id
    inner join rules
        on
        activities.activity_type = rules.event_type
        and cast(activities.occurred_at as date) >= rules.valid_from
        and (rules.valid_to is null or cast(activities.occurred_at as date) < rules.valid_to)
),

-- Only what has a cap is counted: most activities have none, and counting sorts them.
over_cap as (
    select entry_id
    from ruled
    where cap_events is not null
    qualify
        row_number() over (
            partition by customer_id, rule_id, cast(occurred_at as date) order by occurred_at, activity_id
        ) > cap_events
),

earned as (
    select
        *,
        cast(round(units * growth_per_unit, 2) as decimal(18, 2)) as growth_value
    from ruled
    where units is not null and entry_id not in (select entry_id from over_cap)
)

select * from earned
