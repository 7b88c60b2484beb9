{#- Working time between two moments, by int_business_time_accumulated: two look-ups and a difference, however far apart the
    moments are. Join the model once for each moment `on {{ is_at(…) }}`, from the left: a moment no timetable knows has
    no row. -#}

{% macro is_at(time, schedule_id, moment) -%}
    {{ time }}.schedule_id = {{ schedule_id }}
    and {{ time }}.calendar_on = cast({{ moment }} as date)
    and {{ time }}.begins_at <= {{ moment }}
    and {{ moment }} < {{ time }}.ends_at
{%- endmacro %}

{% macro working_seconds_at(time, moment) -%}
    {#- How much working time there was before a moment. -#}
    ({{ time }}.working_seconds_before
        + case when {{ time }}.is_working then {{ seconds_between(time ~ '.begins_at', moment) }} else 0 end)
{%- endmacro %}

{% macro is_schedule_missing_between(from_time, from_moment, to_time, to_moment) -%}
    {#- Whether some of the time between is covered by no version of the timetable, or the moments are out of its reach. -#}
    coalesce(
        {{ to_time }}.missing_seconds_before
        + case when {{ to_time }}.is_missing then {{ seconds_between(to_time ~ '.begins_at', to_moment) }} else 0 end
        > {{ from_time }}.missing_seconds_before
        + case when {{ from_time }}.is_missing then {{ seconds_between(from_time ~ '.begins_at', from_moment) }} else 0 end,
        true
    )
{%- endmacro %}

{% macro working_seconds_between(from_time, from_moment, to_time, to_moment) -%}
    {#- Null where the timetable is missing for some of the time between. -#}
    case
        when not {{ is_schedule_missing_between(from_time, from_moment, to_time, to_moment) }}
            then {{ working_seconds_at(to_time, to_moment) }} - {{ working_seconds_at(from_time, from_moment) }}
    end
{%- endmacro %}

{% macro utc_of(local_moment, zone) -%}
    {#- A local time as UTC, by the row of int_time_zones_dated that holds at that local time. -#}
    {{ dbt.dateadd('minute', '-' ~ zone ~ '.utc_offset_minutes', local_moment) }}
{%- endmacro %}

{% macro holds_locally(zone, time_zone, local_moment) -%}
    {{ zone }}.time_zone = {{ time_zone }}
    and {{ zone }}.local_from <= {{ local_moment }}
    and ({{ zone }}.local_to is null or {{ local_moment }} < {{ zone }}.local_to)
{%- endmacro %}
