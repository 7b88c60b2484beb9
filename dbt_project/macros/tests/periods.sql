{% test periods_do_not_overlap(model, columns, valid_from='valid_from', valid_to='valid_to') %}
    {#- Of the rows that agree on the columns (of all rows, where none is named), at most one is valid on any day, and
        each for at least one day.
        A valid_to is the first day a row no longer holds; null is for ever. -#}
    with
    periods as (
        select
            *,
            lead({{ valid_from }}) over ({% if columns %}partition by {{ columns | join(', ') }} {% endif %}order by {{ valid_from }}, {{ valid_to }} nulls last) as next_from
        from {{ model }}
    )

    select {{ (columns + [valid_from]) | join(', ') }}, {{ valid_to }}, next_from
    from periods
    where
        {{ valid_to }} <= {{ valid_from }}
        or next_from < coalesce({{ valid_to }}, cast('9999-12-31' as date))
{% endtest %}

{% test ascends(model, column_name, by, within) %}
    {#- Within rows that agree on the columns `within` and are valid on the same day, a higher `by` has a higher value. -#}
    select
        low.{{ by }} as low_{{ by }},
        high.{{ by }} as high_{{ by }}
    from {{ model }} as low
    inner join {{ model }} as high
        on
            low.{{ by }} < high.{{ by }}
            {%- for column in within %}
            and low.{{ column }} = high.{{ column }}
            {%- endfor %}
            and low.valid_from < coalesce(high.valid_to, cast('9999-12-31' as date))
            and high.valid_from < coalesce(low.valid_to, cast('9999-12-31' as date))
    where low.{{ column_name }} >= high.{{ column_name }}
{% endtest %}
