{% macro answer_score(answers) -%}
    {#- Where an answer lies on its scale: 0 for the lowest there is, 1 for the highest. Null off the scale. -#}
    cast(case
        when {{ answers }}.is_on_scale and {{ answers }}.highest > {{ answers }}.lowest
            then ({{ answers }}.answer - {{ answers }}.lowest) * 1.0 / ({{ answers }}.highest - {{ answers }}.lowest)
    end as decimal(5, 4))
{%- endmacro %}

{% macro answer_problem(answers) -%}
    {#- What is wrong with an answer, in words; null where nothing is. -#}
    nullif(concat_ws(
        ', ',
        {{ answers }}.reference_problem,
        case
            when {{ answers }}.answer is null and {{ answers }}.answer_code is null then 'no answer'
            when {{ answers }}.answer is null then 'unknown answer'
            when {{ answers }}.lowest is null then 'on no known scale'
            when not {{ answers }}.is_on_scale and {{ answers }}.answer < 0 then 'negative'
            when not {{ answers }}.is_on_scale then 'off the scale'
        end,
        case when {{ answers }}.is_expectation_off_scale then 'expectation off the scale' end
    ), '')
{%- endmacro %}
