{% macro level_beliefs_so_far() -%}
    {#- What int_member_level_beliefs held before this build; nothing, with its columns, before the first. -#}
    {%- if execute and load_relation(this) -%}
    select * from {{ this }}
    {%- else -%}
    select
        now.customer_id, now.level, now.level_rank, now.valid_from, now.valid_to, now.previous_level, now.growth_value,
        now.change_reason, build.known_at, build.known_at as known_until,
        cast(null as {{ dbt.type_string() }}) as restated_because, cast(null as {{ dbt.type_string() }}) as restated_by,
        cast(null as date) as restated_from, {{ as_of_date() }} as as_of_date, build.known_at as checked_at
    from now
    cross join build
    where false
    {%- endif -%}
{%- endmacro %}
