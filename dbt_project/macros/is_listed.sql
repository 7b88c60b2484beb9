{% macro is_listed(value, list) -%}
    {#- Whether a value is in a list written `a|b|c`; an empty list is for everything. -#}
    ({{ list }} is null or position(concat('|', {{ value }}, '|') in concat('|', {{ list }}, '|')) > 0)
{%- endmacro %}
