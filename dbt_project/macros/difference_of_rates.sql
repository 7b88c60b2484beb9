{% macro difference_of_rates(handling) -%}
    {#- How much more often customers bought than similar ones who did not complain, with its interval of 95 % (Newcombe's,
        from the bounds of the two rates), and what that says. Null for those who did not complain themselves. -#}
    {%- set error = {
        'low': 'power(purchase_rate - purchase_rate_low, 2) + power(similar_purchase_rate_high - similar_purchase_rate, 2)',
        'high': 'power(purchase_rate_high - purchase_rate, 2) + power(similar_purchase_rate - similar_purchase_rate_low, 2)',
    } -%}
    {%- set difference = 'purchase_rate - similar_purchase_rate' -%}
    {%- set low = 'cast(' ~ difference ~ ' - sqrt(' ~ error['low'] ~ ') as decimal(5, 4))' -%}
    {%- set high = 'cast(' ~ difference ~ ' + sqrt(' ~ error['high'] ~ ') as decimal(5, 4))' -%}
    case when {{ handling }} <> 'none' then cast({{ difference }} as decimal(5, 4)) end as difference,
    case when {{ handling }} <> 'none' then {{ low }} end as difference_low,
    case when {{ handling }} <> 'none' then {{ high }} end as difference_high,
    case
        when {{ handling }} = 'none' then null
        when {{ low }} > 0 then 'buys more'
        when {{ high }} < 0 then 'buys less'
        else 'no clear difference'
    end as finding
{%- endmacro %}
