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
    select * from {{ ref('growth_rules') }} where event_type <> 'purchase'
),

ruled as (
    select
        concat(rules.rule_id, '-v', rules.rule_version, '-', activities.activity_id) as entry_id,
        identified.customer_id,
        activities.activity_id,
        activities.occurred_at,
        cast(activities.occurred_at as date) as counts_from,
        rules.rule_id,
        rules.rule_version,
        case rules.unit when 'quantity' then activities.quantity else 1 end as units,
        rules.growth_per_unit,
        rules.uses_coefficient,
        rules.validity_days,
        rules.cap_events,
        rules.cap_growth,
        case rules.cap_period
            when 'day' then cast(activities.occurred_at as date)
            when 'month' then cast(date_trunc('month', activities.occurred_at) as date)
            when 'year' then cast(date_trunc('year', activities.occurred_at) as date)
        end as capped_from
    from activities
    inner join identified on activities.member_id = identified.member_id
    inner join rules
        on
        activities.activity_type = rules.event_type
        and {{ is_in_force('cast(activities.occurred_at as date)', 'rules') }}
),

valued as (
    select
        *,
        cast(round(units * growth_per_unit, 2) as decimal(18, 2)) as uncapped_growth
    from ruled
    where units is not null
),

-- Only what has a cap is put in order: most activities have none, and ordering sorts them.
capped as (
    select
        entry_id,
        row_number() over so_far as event_number,
        cast(sum(uncapped_growth) over so_far as decimal(18, 2)) as growth_so_far
    from valued
    where capped_from is not null
    window
        so_far as (
            partition by customer_id, rule_id, capped_from order by occurred_at, activity_id
            rows between unbounded preceding and current row
        )
),

-- The event that crosses the cap earns what was left of it.
earned as (
    select
        valued.*,
        case
            when valued.capped_from is null or valued.cap_growth is null or capped.growth_so_far <= valued.cap_growth
                then valued.uncapped_growth
            else greatest(valued.uncapped_growth - (capped.growth_so_far - valued.cap_growth), 0)
        end as base_growth
    from valued
    left join capped on valued.entry_id = capped.entry_id
    where valued.cap_events is null or valued.capped_from is null or capped.event_number <= valued.cap_events
)

select * from earned where base_growth <> 0
