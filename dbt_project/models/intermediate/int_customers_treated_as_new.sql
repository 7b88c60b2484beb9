{% set already_served_days = -1 * var('owner_current_days') %}

with

served as (
    select * from {{ ref('int_customers_served') }}
    where owner_type in ('salesperson', 'branch') and served_at < {{ as_of_end() }}
),

records as (
    select * from {{ ref('source_records') }}
),

first_times as (
    select * from served
    qualify row_number() over (
        partition by customer_id, owner_type, owner_id
        order by served_at, record_key
    ) = 1
),

-- the first sale went through an account or a guest order that nobody had bought through before
begun_anew as (
    select
        first_times.*,
        records.first_seen_at as opened_at
    from first_times
    inner join records on first_times.record_key = records.record_key
    where first_times.is_first_use
),

-- and that came into being after another one had begun to serve the customer, and was still at it
treated_as_new as (
    select
        begun_anew.customer_id,
        begun_anew.owner_type,
        begun_anew.owner_id,
        begun_anew.record_key,
        begun_anew.served_at as treated_as_new_at,
        max_by(others.owner_id, (others.served_at, others.owner_id)) as already_served_by
    from begun_anew
    inner join served as others
        on begun_anew.customer_id = others.customer_id
        and begun_anew.owner_type = others.owner_type
        and begun_anew.owner_id <> others.owner_id
        and begun_anew.served_at > others.served_at
        and begun_anew.opened_at > others.served_at
        and {{ dbt.dateadd('day', already_served_days, 'begun_anew.served_at') }} <= others.served_at
    group by
        begun_anew.customer_id, begun_anew.owner_type, begun_anew.owner_id, begun_anew.record_key, begun_anew.served_at
)

select * from treated_as_new
