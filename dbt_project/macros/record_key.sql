{% macro record_key(source_system, source_table, source_record_id) -%}
    {#- One text that names a source record, e.g. shop.customers:C0042. -#}
    concat({{ source_system }}, '.', {{ source_table }}, ':', {{ source_record_id }})
{%- endmacro %}
