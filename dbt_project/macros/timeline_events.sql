{% macro timeline_events(source_system, events, whose='customer_id') -%}
    {#- One select per kind of event, all of the same columns. `events` lists: the CTE, named as the source's table;
        its key; the event type; when it happened; and the sentence. `whose` names the column that says whose it is. -#}
    {%- for source_table, key, event_type, occurred_at, summary in events %}
    select
        {{ whose }},
        {{ occurred_at }} as occurred_at,
        '{{ event_type }}' as event_type,
        '{{ source_system }}' as source_system,
        '{{ source_table }}' as source_table,
        {{ key }} as source_record_id,
        {{ summary }} as summary
    from {{ source_table }}
    where {{ occurred_at }} is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}
