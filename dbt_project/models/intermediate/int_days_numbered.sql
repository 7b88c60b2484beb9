-- From Monday 2000-01-03 for 101 years: a fixed calendar, so that nothing depends on the day of the run.
with

numbers as (
    {{ dbt.generate_series(36890) | indent(4) }}
),

days as (
    select
        cast({{ dbt.dateadd('day', 'cast(generated_number - 1 as integer)', "cast('2000-01-03' as date)") }} as date) as calendar_on,
        cast((generated_number - 1) % 7 + 1 as integer) as iso_weekday
    from numbers
)

select * from days
