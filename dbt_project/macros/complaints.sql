{% macro sign(signal, value, source_table, key, occurred_at, ticket) -%}
    {#- The columns of one kind of sign of a complaint; rows say customer_id and order_id themselves. -#}
    select
        '{{ signal }}' as signal,
        {{ value }} as value,
        '{{ source_table }}' as source_table,
        {{ key }} as source_record_id,
        customer_id,
        {{ occurred_at }} as occurred_at,
        {{ ticket or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as ticket_id,
        order_id
{%- endmacro %}

{% macro feedback(rows, key, kind, opinion_kind, ticket='ticket_id', order='order_id') -%}
    {#- One kind of feedback in the shape of all. -#}
    select
        {{ key }} as feedback_id,
        '{{ kind }}' as kind,
        customer_id,
        {{ ticket or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as ticket_id,
        {{ order or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as order_id,
        occurred_at,
        {{ opinion_kind }} as opinion_kind
    from {{ rows }}
{%- endmacro %}

{% macro turning_days(rows, turns_on, bought_on='cast(null as date)', complaints=0) -%}
    {#- Days on which something turns that is no order's worth. -#}
    select
        {{ rows }}.customer_id,
        {{ turns_on }} as turns_on,
        cast(null as date) as ordered_on,
        cast(0 as decimal(18, 4)) as amount,
        cast(null as date) as placed_on,
        {{ bought_on }} as bought_on,
        {{ complaints }} as complaints
    from {{ rows }}
{%- endmacro %}
