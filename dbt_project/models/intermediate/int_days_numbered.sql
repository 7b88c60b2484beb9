-- From Monday 2000-01-03 for 101 years: a fixed calendar, so that nothing depends on the day of the run.
with

numbers as (
    {{ dbt.generate_series(36890) | indent(4) }}
),

day_numbers as (
    select cast(generated_number - 1 as integer) as day_number from numbers
),

days as (
    select
        cast({{ dbt.dateadd('day', 'day_number', "cast('2000-01-03' as date)") }} as date) as calendar_on,
        day_number % 7 + 1 as iso_weekday
    from day_numbers
)

select * from days
