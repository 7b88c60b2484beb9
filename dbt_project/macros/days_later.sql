{% macro days_later(day, days) -%}
    {#- The date so many days after another, or before it where they are negative. -#}
    cast({{ dbt.dateadd('day', days, day) }} as date)
{%- endmacro %}
