{#- Intervals of 95 %: how far a figure may be from what it would be with many more cases, by chance alone. -#}

{% macro z_95() -%}1.959964{%- endmacro %}

{% macro wilson_bound(successes, cases, side) -%}
    {#- Wilson's bound of a rate, `low` or `high`. Unlike rate ± error it stays within 0 and 1, and says something of a
        rate of 0 or 1 out of few cases. Null without a case. -#}
    {%- set z = z_95() -%}
    {%- set rate = '(1.0 * ' ~ successes ~ ' / ' ~ cases ~ ')' -%}
    case
        when {{ cases }} > 0 and {{ successes }} is not null then cast(least(1, greatest(0, (
            {{ rate }} + {{ z }} * {{ z }} / (2.0 * {{ cases }})
            {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt(
                {{ rate }} * (1 - {{ rate }}) / {{ cases }} + {{ z }} * {{ z }} / (4.0 * {{ cases }} * {{ cases }})
            )
        ) / (1 + {{ z }} * {{ z }} / {{ cases }}))) as decimal(5, 4))
    end
{%- endmacro %}

{% macro median_bound_rank(cases, side) -%}
    {#- Which of the values, in order, bounds the median: it holds whatever the values are spread like. Below 1 for
        fewer than six cases, whose extremes are no interval of 95 %; then there is none. -#}
    {%- set low = 'floor((' ~ cases ~ ' + 1) / 2.0 - ' ~ z_95() ~ ' * sqrt(' ~ cases ~ ') / 2.0)' -%}
    cast({{ low if side == 'low' else cases ~ ' + 1 - ' ~ low }} as integer)
{%- endmacro %}

{% macro mean_bound(mean, deviation, cases, side) -%}
    {#- The bound of a mean by Student's t (expanded around the normal distribution, within 0.3 %). Null for fewer than
        five cases. -#}
    {%- set df = '(' ~ cases ~ ' - 1.0)' -%}
    case
        when {{ cases }} >= 5 then {{ mean }} {{ '-' if side == 'low' else '+' }}
            ({{ z_95() }} + 2.3723 / {{ df }} + 2.8225 / ({{ df }} * {{ df }}) + 2.5558 / ({{ df }} * {{ df }} * {{ df }})) * {{ deviation }} / sqrt({{ cases }})
    end
{%- endmacro %}

{% macro against_expected(low, expected, high, is_more_better) -%}
    {#- In words: whether what was expected lies outside the interval. -#}
    case
        when {{ low }} is null or {{ expected }} is null then null
        when {{ expected }} < {{ low }} then case when {{ is_more_better }} then 'better' else 'worse' end
        when {{ expected }} > {{ high }} then case when {{ is_more_better }} then 'worse' else 'better' end
        else 'no clear difference'
    end
{%- endmacro %}

{% macro trend_against(rate, before, is_more_better) -%}
    {#- In words: whether 0 lies outside the interval of the difference of two rates (Newcombe's, out of Wilson's bounds of
        both, which stand beside them as `<rate>_low` and `<rate>_high`). -#}
    case
        when {{ rate }} - {{ before }}
            > sqrt(power({{ rate }} - {{ rate }}_low, 2) + power({{ before }}_high - {{ before }}, 2))
            then case when {{ is_more_better }} then 'better' else 'worse' end
        when {{ before }} - {{ rate }}
            > sqrt(power({{ rate }}_high - {{ rate }}, 2) + power({{ before }} - {{ before }}_low, 2))
            then case when {{ is_more_better }} then 'worse' else 'better' end
        else 'no clear difference'
    end
{%- endmacro %}

{% macro rate_with_bounds(successes, cases, name) -%}
    {#- A rate and the bounds of its interval, as three columns. -#}
    cast(1.0 * {{ successes }} / nullif({{ cases }}, 0) as decimal(5, 4)) as {{ name }},
    {{ wilson_bound(successes, cases, 'low') }} as {{ name }}_low,
    {{ wilson_bound(successes, cases, 'high') }} as {{ name }}_high
{%- endmacro %}
