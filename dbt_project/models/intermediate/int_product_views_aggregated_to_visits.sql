with

views as (
    select * from {{ ref('stg_membership__product_views') }}
),

visits as (
    select
        member_id,
        min(viewed_at) as viewed_at,
        min_by(view_id, (viewed_at, view_id)) as view_id,
        count(distinct product_id) as product_count
    from views
    group by member_id, cast(viewed_at as date)
)

select * from visits
