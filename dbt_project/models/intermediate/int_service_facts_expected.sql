{#- Like tickets by one thing at a time, then by who had them, so that a good agent's tickets do not look easy; all of
    it again, since the first rounds do not know of what comes after them; at last by everything together. -#}
{%- set things = ['priority', 'ticket_type', 'channel', 'group_id'] -%}
{%- set steps = (things + ['holder_id']) * 4 + [things | join(', ')] -%}
{%- set kept = ['holder_type', 'holder_id', 'measure'] + things -%}
{{ config(materialized='table') }}

with

facts as (
    select * from {{ ref('int_service_facts_listed') }}
),

rules as (
    select alike_tickets from {{ ref('int_comparison_rules_in_force') }}
),

-- Of minutes the logarithm: four days instead of two is as much as four hours instead of two.
scored as (
    select
        *,
        case
            when measure in ('first_reply', 'resolution', 'business_resolution')
                then cast(ln(greatest(amount, 1)) as decimal(18, 6))
            else cast(amount as decimal(18, 6))
        end as score
    from facts
),

cells as (
    select
        {{ kept | join(', ') }},
        alike_tickets,
        count(score) as cases,
        sum(score) as total
    from scored
    cross join rules
    group by {{ kept | join(', ') }}, alike_tickets
),

{{ averages_of_alike(
    'cells', steps, kept, within='holder_type, measure', nobodys=['holder_id'], pull='alike_tickets'
) }},

expected as (
    select
        scored.holder_type,
        scored.holder_id,
        scored.month,
        scored.measure,
        scored.amount,
        scored.score,
        averages.expected as expected_score
    from scored
    inner join after_{{ steps | length }} as averages
        on
        scored.holder_type = averages.holder_type
        and scored.holder_id = averages.holder_id
        and scored.measure = averages.measure
        and scored.priority = averages.priority
        and scored.ticket_type = averages.ticket_type
        and scored.channel = averages.channel
        and scored.group_id = averages.group_id
)

select * from expected
