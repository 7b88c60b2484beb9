{#- Like tickets first by one thing at a time, then by who had them, so that a good agent's tickets do not look easy; all
    of it twice, since the first round does not know of the later things; at last by everything together. -#}
{%- set steps = ['priority', 'ticket_type', 'channel', 'group_id', 'holder_id'] * 2 + ['priority, ticket_type, channel, group_id'] -%}
{%- set kept = 'holder_type, holder_id, month, measure, amount, priority, ticket_type, channel, group_id, score' -%}
{{ config(materialized='table') }}

with

facts as (
    select * from {{ ref('int_service_facts_listed') }}
),

rules as (
    select * from {{ ref('int_comparison_rules_in_force') }}
),

-- Decimals, so that sums do not depend on the order of rows. Of minutes the logarithm: four days instead of two is as much as four hours instead of two.
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

after_0 as (
    select
        {{ kept }},
        mean as expected_score,
        score - mean as rest
    from (
        select *, cast(avg(score) over (partition by holder_type, measure) as decimal(18, 6)) as mean from scored
    ) as averaged
),

{% for factors in steps %}
after_{{ loop.index }} as (
    select
        {{ kept }},
        cast(expected_score{% if factors != 'holder_id' %} + effect{% endif %} as decimal(18, 6)) as expected_score,
        cast(rest - effect as decimal(18, 6)) as rest
    from (
        select
            after_{{ loop.index0 }}.*,
            cast(coalesce(
                sum(rest) over alike / nullif(count(rest) over alike + rules.alike_tickets, 0), 0
            ) as decimal(18, 6)) as effect
        from after_{{ loop.index0 }}
        cross join rules
        window alike as (partition by holder_type, measure, {{ factors }})
    ) as compared
),

{% endfor %}
expected as (
    select
        holder_type,
        holder_id,
        month,
        measure,
        amount,
        score,
        expected_score
    from after_{{ steps | length }}
)

select * from expected
