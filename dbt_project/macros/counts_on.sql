{% macro counts_on(day) -%}
    {#- Whether a ledger entry counts towards the growth value of a day. -#}
    counts_from <= {{ day }} and (expires_on is null or expires_on > {{ day }})
{%- endmacro %}
