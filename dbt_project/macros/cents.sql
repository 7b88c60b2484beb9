{% macro cents(amount) -%}
    {#- Money as people write it, for a sentence. -#}
    cast(round({{ amount }}, 2) as decimal(18, 2))
{%- endmacro %}
