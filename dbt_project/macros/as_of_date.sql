{% macro as_of_date() -%}
    {#- The day the marts describe. It is handed in (CUSTOMER360_AS_OF, or the newest event loaded): no model asks the clock. -#}
    {%- if execute and not var('as_of_date') -%}
        {{ exceptions.raise_compiler_error("The variable as_of_date is not set. Run `customer360 build`, which sets it, rather than dbt alone.") }}
    {%- endif -%}
    cast('{{ var('as_of_date') or '1970-01-01' }}' as date)
{%- endmacro %}

{% macro as_of_end() -%}
    {#- The last moment of the as-of day, as the first of the next: things before it have happened. -#}
    cast({{ dbt.dateadd('day', 1, as_of_date()) }} as timestamp)
{%- endmacro %}
