{% macro use_number(within) -%}
    {#- Which use of a benefit it is, 1 being the first, of a member and of what `within` (columns) names besides. -#}
    row_number() over (
        partition by {{ (['customer_id', 'benefit'] + within) | join(', ') }} order by used_at, benefit_use_id
    )
{%- endmacro %}
