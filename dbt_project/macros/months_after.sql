{% macro months_after(months) -%}
    {#- A relation of the numbers from 0 to so many: what joins with it counts in its own month, and before each that follows. -#}
    (
        {%- for number in range(months + 1) %}
        select {{ number }} as months_after{{ ' union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
