-- A row here is a day on which a member's ledger added up to a level above the one that their history says they held,
-- or to another growth value than the history has for the day a level began.
-- Likely cause: the engine in src/customer360/levels walked through other entries than growth_ledger shows.
with

changes as (
    select customer_id, counts_from as changed_on, growth_value
    from {{ ref('growth_ledger') }}
    -- What was returned after it had expired takes nothing more away.
    where expires_on is null or expires_on > counts_from
    union all
    select customer_id, expires_on as changed_on, -growth_value as growth_value
    from {{ ref('growth_ledger') }}
    where expires_on > counts_from
    union all
    select customer_id, valid_from as changed_on, 0 as growth_value from {{ ref('member_tier_history') }}
),

daily as (
    select customer_id, changed_on, sum(growth_value) as change
    from changes
    where changed_on <= {{ as_of_date() }}
    group by customer_id, changed_on
),

standing as (
    select
        customer_id,
        changed_on,
        sum(change) over (partition by customer_id order by changed_on rows unbounded preceding) as growth_value
    from daily
),

held as (
    select
        standing.customer_id,
        standing.changed_on,
        standing.growth_value,
        history.level_rank,
        case when history.valid_from = standing.changed_on then history.growth_value end as growth_told
    from standing
    inner join {{ ref('member_tier_history') }} as history
        on
        standing.customer_id = history.customer_id
        and standing.changed_on >= history.valid_from
        and (history.valid_to is null or standing.changed_on < history.valid_to)
),

levels as (
    select * from {{ ref('int_member_levels_by_period') }}
),

reached as (
    select
        held.customer_id,
        held.changed_on,
        held.growth_value,
        held.growth_told,
        held.level_rank,
        max(levels.level_rank) as reached_rank
    from held
    inner join levels
        on
        held.growth_value >= levels.growth_from
        and held.changed_on >= levels.from_on
        and (levels.to_on is null or held.changed_on < levels.to_on)
    group by all
)

select * from reached where reached_rank > level_rank or growth_told <> growth_value
