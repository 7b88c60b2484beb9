{% macro holds_level(growth_value, day, levels) -%}
    {#- Whether a growth value gives, on that day, the level of a row of int_member_levels_by_period. -#}
    {{ day }} >= {{ levels }}.from_on
    and ({{ levels }}.to_on is null or {{ day }} < {{ levels }}.to_on)
    and ({{ levels }}.is_lowest or {{ growth_value }} >= {{ levels }}.growth_from)
    and ({{ levels }}.next_growth_from is null or {{ growth_value }} < {{ levels }}.next_growth_from)
{%- endmacro %}
