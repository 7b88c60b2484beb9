{% macro plausible_birth_date(column) -%}
    {#- A birth date as evidence of who someone is: not a default such as 1900-01-01, not a day to come. -#}
    case when {{ column }} > cast('1900-01-01' as date) and {{ column }} <= {{ as_of_date() }} then {{ column }} end
{%- endmacro %}
