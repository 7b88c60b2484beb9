{% macro is_in_force(day, rule=none) -%}
    {#- Whether a dated rule (valid_from <= day < valid_to, open where valid_to is null) holds on a day. -#}
    {%- set prefix = rule ~ '.' if rule else '' -%}
    {{ prefix }}valid_from <= {{ day }} and ({{ prefix }}valid_to is null or {{ day }} < {{ prefix }}valid_to)
{%- endmacro %}
