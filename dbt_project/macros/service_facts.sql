{% macro facts_done(facts) -%}
    {#- One select per measure of int_service_facts_done, all of the same columns. -#}
    {%- for measure, relation, occurred_at, amount, group_at, condition in facts %}
    select
        '{{ measure }}' as measure,
        ticket_id,
        agent_id,
        {{ occurred_at }} as occurred_at,
        cast({{ amount }} as decimal(18, 2)) as amount,
        cast({{ group_at }} as timestamp) as group_at
    from {{ relation }}
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro facts_held(done, handoffs) -%}
    {#- What was done, once for its agent and once for its group; a hand-over for who had the ticket and for who got it. -#}
    {%- for holder_type in ['agent', 'group'] %}
    select
        '{{ holder_type }}' as holder_type,
        {{ holder_type }}_id as holder_id,
        measure, ticket_id, group_id, occurred_at, amount
    from {{ done }}
    union all
    {%- endfor %}
    {%- for measure, holder_id in [('handoff_out', 'previous_holder_id'), ('handoff_in', 'holder_id')] %}
    select
        holder_type,
        {{ holder_id }} as holder_id,
        '{{ measure }}' as measure,
        ticket_id,
        null as group_id,
        occurred_at,
        null as amount
    from {{ handoffs }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
