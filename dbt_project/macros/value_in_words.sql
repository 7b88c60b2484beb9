{#- The sentences of customer_value_tiers, in English and Chinese. Each names its numbers, so that it can be checked
    against the columns beside it. -#}

{% macro percent(share) -%}cast(cast(round(100 * {{ share }}) as integer) as varchar){%- endmacro %}

{% macro counted(count, one, many) -%}
    {#- "1 order", "2 orders". -#}
    concat({{ count }}, case when {{ count }} = 1 then ' {{ one }}' else ' {{ many }}' end)
{%- endmacro %}

{% macro segment_in_words(language) -%}
    {%- set says = {
        'en': ['No purchases in the period', 'Too few buyers to compare with'],
        'zh': ['期内没有购买', '购买者太少，无法比较'],
    }[language] -%}
    case
        when order_count = 0 then '{{ says[0] }}'
        when rfm_score is null then '{{ says[1] }}'
        else rfm_segment_{{ language }}
    end
{%- endmacro %}
