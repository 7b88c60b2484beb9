{% test conserved(model, totals, in_model, in_totals=none) %}
    {#- The totals of this model (SQL aggregates) are those of another: nothing lost on the way, nothing invented.
        `in_totals`, in the same order, where the other model words them differently. An empty sum is 0. -#}
    {%- set expected = in_totals or totals %}
    with
    here as (
        select {% for total in totals %}coalesce({{ total }}, 0) as total_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ model }}
    ),

    there as (
        select {% for total in expected %}coalesce({{ total }}, 0) as expected_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ in_model }}
    )

    select * from here
    cross join there
    where {% for total in totals %}total_{{ loop.index }} <> expected_{{ loop.index }}{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
