{% macro timeline_events(source_system, events, whose='customer_id') -%}
    {#- One select per kind of event, all of the same columns. Each of `events` says: rows (the CTE), key, type, at, and the
        sentence (en, zh); table, where the CTE is not named as the source's; order and ticket, where they are known;
        and `if`, where not every row is one. `whose` names the column that says whose it is. -#}
    {%- for event in events %}
    select
        {{ whose }},
        {{ event['at'] }} as occurred_at,
        '{{ event['type'] }}' as event_type,
        '{{ source_system }}' as source_system,
        '{{ event['table'] or event['rows'] }}' as source_table,
        {{ event['key'] }} as source_record_id,
        {{ event['order'] or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as order_id,
        {{ event['ticket'] or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as ticket_id,
        {{ event['en'] }} as summary,
        {{ event['zh'] }} as summary_zh
    from {{ event['rows'] }}
    where {{ event['at'] }} is not null{{ ' and ' ~ event['if'] if event['if'] }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
{%- endmacro %}

{% macro with_words(rows, kind, code) -%}
    {#- The rows with the words (seed timeline_words) for a code: in words_en and words_zh, named after the kind. A code
        without words is shown as it is. -#}
    select
        {{ rows }}.*,
        coalesce(words.words_en, replace({{ rows }}.{{ code }}, '_', ' ')) as {{ kind }}_en,
        coalesce(words.words_zh, replace({{ rows }}.{{ code }}, '_', ' ')) as {{ kind }}_zh
    from {{ rows }}
    left join {{ ref('timeline_words') }} as words on words.kind = '{{ kind }}' and {{ rows }}.{{ code }} = words.code
{%- endmacro %}

{% macro time_span_in_words(seconds, language) -%}
    {#- About how long, in the unit people would use: minutes up to two hours, hours up to two days, days above. -#}
    {%- set units = {'en': [' minutes', ' hours', ' days'], 'zh': ['分钟', '小时', '天']}[language] -%}
    case
        when {{ seconds }} < 7200 then concat(cast(floor({{ seconds }} / 60) as integer), '{{ units[0] }}')
        when {{ seconds }} < 172800 then concat(cast(floor({{ seconds }} / 3600) as integer), '{{ units[1] }}')
        else concat(cast(floor({{ seconds }} / 86400) as integer), '{{ units[2] }}')
    end
{%- endmacro %}

{% macro days_in_words(days, language) -%}
    {%- if language == 'en' -%}
    concat({{ days }}, case when {{ days }} = 1 then ' day' else ' days' end)
    {%- else -%}
    concat({{ days }}, '天')
    {%- endif -%}
{%- endmacro %}

{% macro told_of_members(events) -%}
    {#- Events of members as events of customers. A member nobody knows has no timeline. -#}
    select
        records.customer_id,
        {{ events }}.occurred_at,
        {{ events }}.event_type,
        {{ events }}.source_system,
        {{ events }}.source_table,
        {{ events }}.source_record_id,
        {{ events }}.order_id,
        {{ events }}.ticket_id,
        {{ events }}.summary,
        {{ events }}.summary_zh
    from {{ events }}
    inner join {{ ref('int_source_records_identified') }} as records
        on
            records.source_system = 'membership'
            and records.source_table = 'members'
            and {{ events }}.member_id = records.source_record_id
{%- endmacro %}
