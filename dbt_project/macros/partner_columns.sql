{% macro partner_type(partners, served) -%}
    {#- What the shop says a partner is; where it says nothing, what the partner did. -#}
    case
        when {{ served }}.partner_id = 'none' then 'none'
        else coalesce({{ partners }}.partner_type, {{ served }}.role)
    end
{%- endmacro %}

{% macro partner_problem(partners, served) -%}
    {#- What is odd about a partner in a role; null where nothing is. -#}
    case
        when {{ served }}.partner_id = 'none' then null
        when {{ partners }}.partner_id is null then 'not listed by the shop'
        when {{ partners }}.partner_type is null then 'without a type'
        when {{ partners }}.partner_type not in ('supplier', 'distributor', 'wholesaler', 'carrier') then 'unknown type'
        when {{ partners }}.partner_type <> {{ served }}.role
            and not ({{ partners }}.partner_type = 'wholesaler' and {{ served }}.role = 'distributor')
            then 'another type than its role'
    end
{%- endmacro %}

{% macro partner_rate_columns(measure, rate, count_name=none) -%}
    {#- The rows of int_partner_rates_compared of one measure, as columns. -#}
    {%- if count_name -%}
    {{ of_measure(measure, 'case_count', 'integer', 0) }} as {{ count_name }},
    {% endif -%}
    {{ of_measure(measure, 'rate', 'decimal(5, 4)') }} as {{ rate }},
    {{ of_measure(measure, 'rate_low', 'decimal(5, 4)') }} as {{ rate }}_low,
    {{ of_measure(measure, 'rate_high', 'decimal(5, 4)') }} as {{ rate }}_high,
    {{ of_measure(measure, 'rate_before', 'decimal(5, 4)') }} as {{ rate }}_before,
    {{ of_measure(measure, 'trend', dbt.type_string()) }} as {{ rate }}_trend
{%- endmacro %}

{% macro partner_rate_names(rate) -%}
    {%- for part in ['', '_low', '_high', '_before', '_trend'] -%}
    rates.{{ rate }}{{ part }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
