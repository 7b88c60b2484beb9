with

tickets as (
    select
        ticket_id,
        opened_at,
        {{ rows_of(json_texts('tags')) }} as tag
    from {{ ref('stg_helpdesk__tickets') }}
),

events as (
    select
        ticket_id,
        occurred_at,
        value as tag
    from {{ ref('int_ticket_events_unnested') }}
    where field = 'tags' and value is not null
),

-- a tag whose history is not known was there from the beginning
listed as (
    select
        ticket_id,
        {{ code('tag') }} as tag,
        opened_at as tagged_at,
        true as is_tagged_now
    from tickets
    union all
    select
        ticket_id,
        {{ code('tag') }} as tag,
        occurred_at as tagged_at,
        false as is_tagged_now
    from events
),

first_tagged as (
    select
        ticket_id,
        tag,
        coalesce(min(case when not is_tagged_now then tagged_at end), min(tagged_at)) as tagged_at
    from listed
    where tag is not null
    group by ticket_id, tag
)

select * from first_tagged
