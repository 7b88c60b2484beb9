with

listed as (
    select
        event_id,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        {{ json_maps('child_events') }} as parts
    from {{ ref('stg_helpdesk__ticket_events') }}
),

parts as (
    select
        event_id,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        {{ numbered_rows_of('parts', 'part', 'part_position') }}
    from listed
),

comments as (
    select
        event_id,
        part_position,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        'comment' as kind,
        cast(null as {{ dbt.type_string() }}) as field,
        cast(null as {{ dbt.type_string() }}) as value,
        cast(null as {{ dbt.type_string() }}) as previous_value,
        coalesce(part['author_id'], updater_id) as author_id,
        coalesce(part['public'], 'true') = 'true' as is_public,
        {{ cleaned_text("part['body']") }} as body
    from parts
    where lower(coalesce(part['event_type'], part['type'])) = 'comment'
),

changes as (
    select * from parts
    where lower(coalesce(part['event_type'], part['type'])) in ('create', 'change')
),

-- The field stands beside the part's own keys ({"status": "open", …}); a custom one may stand there by its id, or
-- one level down.
entries as (
    select *, {{ rows_of("map_entries(part)") }} as entry from changes
    union all
    select *, {{ rows_of("map_entries(" ~ json_map("part['custom_ticket_fields']") ~ ")") }} as entry
    from changes
    where part['custom_ticket_fields'] is not null
),

-- Tags are said as what was added and what was removed, or as all there are now and all there were before.
tag_lists as (
    select
        *,
        {{ json_texts("part['tags']") }} as tags_after,
        {{ json_texts("part['previous_value']") }} as tags_before,
        {{ json_texts("part['added_tags']") }} as added_tags,
        {{ json_texts("part['removed_tags']") }} as removed_tags
    from changes
    where coalesce(part['tags'], part['added_tags'], part['removed_tags']) is not null
),

tags as (
    select *, {{ rows_of("coalesce(added_tags, case when removed_tags is null then " ~ array_less("tags_after", "tags_before") ~ " end)") }} as tag, true as is_added
    from tag_lists
    union all
    select *, {{ rows_of("coalesce(removed_tags, case when added_tags is null then " ~ array_less("tags_before", "tags_after") ~ " end)") }} as tag, false as is_added
    from tag_lists
),

standard as (
    select
        entries.*,
        {{ cleaned_text('entries.entry.value') }} as value,
        {{ cleaned_text("entries.part['previous_value']") }} as previous_value
    from entries
    where
        entries.entry.key in ('status', 'priority', 'assignee_id', 'group_id')
        or {{ matches('entries.entry.key', '^[0-9]+$') }}
),

codes as (
    select * from {{ ref('ticket_codes') }}
),

fields as (
    select
        standard.event_id,
        standard.part_position,
        standard.ticket_id,
        standard.updater_id,
        standard.occurred_at,
        standard._loaded_at,
        standard.entry.key as field,
        case
            when standard.entry.key in ('status', 'priority') then coalesce(codes.code, {{ code('standard.value') }})
            else standard.value
        end as value,
        case
            when standard.entry.key in ('status', 'priority')
                then coalesce(codes_before.code, {{ code('standard.previous_value') }})
            else standard.previous_value
        end as previous_value
    from standard
    left join codes on standard.entry.key = codes.field and {{ code('standard.value') }} = codes.source_code
    left join codes as codes_before
        on standard.entry.key = codes_before.field and {{ code('standard.previous_value') }} = codes_before.source_code
    union all
    select
        event_id,
        part_position,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        'tags' as field,
        case when is_added then {{ cleaned_text('tag') }} end as value,
        case when not is_added then {{ cleaned_text('tag') }} end as previous_value
    from tags
),

things_done as (
    select * from comments
    union all
    select
        event_id,
        part_position,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        'field' as kind,
        field,
        value,
        previous_value,
        cast(null as {{ dbt.type_string() }}) as author_id,
        cast(null as boolean) as is_public,
        cast(null as {{ dbt.type_string() }}) as body
    from fields
)

select * from things_done
