{% macro same_parcels(left, right) -%}
    {#- Whether two rows speak of the same group of parcels (int_delivery_times_usual), counted from the same step. -#}
    {{ left }}.since_step = {{ right }}.since_step
    and {{ left }}.like_carrier_id = {{ right }}.like_carrier_id
    and {{ left }}.like_region = {{ right }}.like_region
{%- endmacro %}
