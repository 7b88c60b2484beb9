{% macro ticket_things_done(child_events) -%}
    {#- What an event did, as an array of structs in the order of its parts: a comment written (no field), or a field set.

        A field stands beside the part's own keys ({"status": "open", …}); a custom one may stand there by its id, or one
        level down. Tags are said as what was added and what was removed, or as all there are now and all there were
        before; each is one thing, an added tag a value, a removed one a previous value. -#}
    {%- set text = dbt.type_string() -%}
    {%- set nothing = 'cast(null as ' ~ text ~ ')' -%}
    {%- set part_type = "lower(coalesce(part['event_type'], part['type']))" -%}
    {%- set is_code = "entry.key in ('status', 'priority')" -%}
    {%- set before = "part['previous_value']" -%}
    {%- set comment = struct_of({
        'field': nothing,
        'value': nothing,
        'previous_value': nothing,
        'author_id': "part['author_id']",
        'is_public': "coalesce(part['public'], 'true') = 'true'",
        'body': cleaned_text("part['body']"),
    }) -%}
    {%- set field = struct_of({
        'field': 'entry.key',
        'value': 'case when ' ~ is_code ~ ' then ' ~ code('entry.value') ~ ' else ' ~ cleaned_text('entry.value') ~ ' end',
        'previous_value': 'case when ' ~ is_code ~ ' then ' ~ code(before) ~ ' else ' ~ cleaned_text(before) ~ ' end',
        'author_id': nothing,
        'is_public': 'cast(null as boolean)',
        'body': nothing,
    }) -%}
    {%- set entries -%}
        case
            when part['custom_ticket_fields'] is null then map_entries(part)
            else map_entries(part) || coalesce(map_entries({{ json_map("part['custom_ticket_fields']") }}), {{ array_of([]) }})
        end
    {%- endset -%}
    {%- set fields = transformed(
        filtered(
            entries, 'entry',
            "entry.key in ('status', 'priority', 'assignee_id', 'group_id') or " ~ matches('entry.key', '^[0-9]+$')
        ),
        'entry', field
    ) -%}
    {%- set after, earlier = json_texts("part['tags']"), json_texts(before) -%}
    {%- set said = "coalesce(part['added_tags'], part['removed_tags']) is not null" -%}
    {%- set added = 'case when ' ~ said ~ ' then ' ~ json_texts("part['added_tags']") ~ ' else ' ~ array_less(after, earlier) ~ ' end' -%}
    {%- set removed = 'case when ' ~ said ~ ' then ' ~ json_texts("part['removed_tags']") ~ ' else ' ~ array_less(earlier, after) ~ ' end' -%}
    {%- set tag = {'field': "'tags'", 'value': nothing, 'previous_value': nothing, 'author_id': nothing} -%}
    {%- do tag.update({'is_public': 'cast(null as boolean)', 'body': nothing}) -%}
    {%- set tags -%}
        coalesce({{ transformed(added, 'tag', struct_of(dict(tag, value=cleaned_text('tag')))) }}, {{ array_of([]) }})
        || coalesce({{ transformed(removed, 'tag', struct_of(dict(tag, previous_value=cleaned_text('tag')))) }}, {{ array_of([]) }})
    {%- endset -%}
    {%- set things -%}
        case
            when {{ part_type }} = 'comment' then {{ array_of([comment]) }}
            when {{ part_type }} not in ('create', 'change') then {{ array_of([]) }}
            when coalesce(part['tags'], part['added_tags'], part['removed_tags']) is null then {{ fields }}
            else {{ fields }} || {{ tags }}
        end
    {%- endset -%}
    flatten({{ transformed(json_maps(child_events), 'part', things) }})
{%- endmacro %}
