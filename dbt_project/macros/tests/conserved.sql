{% test conserved(model, total, in_model, in_total=none) %}
    {#- The total of this model is that of another: nothing lost on the way, nothing invented.
        `total` and `in_total` are SQL aggregates; in_total is by default the same one. -#}
    with
    here as (select {{ total }} as amount from {{ model }}),
    there as (select {{ in_total or total }} as amount from {{ in_model }})

    select
        here.amount,
        there.amount as expected_amount
    from here
    cross join there
    where here.amount is distinct from there.amount
{% endtest %}
