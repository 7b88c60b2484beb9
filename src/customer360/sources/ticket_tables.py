"""What a Zendesk connector's tables look like, and the helpdesk's records they are put together to.

COLUMNS: the tables and columns that are used; one that is missing is null. MADE_OF: which of them each table of the
contract is made of. RECORDS: how, in DuckDB's SQL over views of these names whose columns are all text, with
`custom` (ticket's own columns custom_… as a list of id and value) and `_source_file` beside them.
"""

from __future__ import annotations

_COLUMNS = {
    "ticket": """
        id created_at updated_at subject description status priority type requester_id submitter_id assignee_id
        group_id organization_id external_id due_at via_channel
    """,
    "ticket_tag": "ticket_id tag",
    "ticket_comment": "id ticket_id user_id created public body",
    "ticket_field_history": "ticket_id field_name updated user_id value",
    "user": """
        id created_at updated_at name email phone role organization_id external_id time_zone locale verified suspended
        active default_group_id
    """,
    "group": "id created_at updated_at name description deleted",
    "satisfaction_rating": "id created_at updated_at ticket_id requester_id assignee_id group_id score comment reason",
}
COLUMNS = {name: tuple(columns.split()) for name, columns in _COLUMNS.items()}

MADE_OF = {
    "tickets": ("ticket", "ticket_tag"),
    "users": ("user",),
    "ticket_events": ("ticket_comment", "ticket_field_history"),
    "satisfaction_ratings": ("satisfaction_rating",),
    "groups": ("group",),
}

# A field the API knows by number stands among the custom ones there. Nobody's change and nobody's comment at the same
# moment are one event, as they are in the API.
_TICKET_EVENTS = """
    with comments as (
        select any_value(columns(*)) from ticket_comment group by id
    ),
    changes as (
        select distinct ticket_id, field_name, updated, user_id, value from ticket_field_history
    ),
    parts as (
        select
            ticket_id, created as moment, user_id, 2 as place, id as part_id,
            json_object(
                'event_type', 'Comment', 'type', 'Comment', 'id', id, 'author_id', user_id, 'body', body,
                'public', coalesce(lower(public), 'true') not in ('false', 'f', '0', 'no')
            ) as part
        from comments
        union all
        select
            ticket_id, updated as moment, user_id, 1 as place, field_name as part_id,
            case
                when regexp_full_match(field_name, '[0-9]+')
                    then json_object('event_type', 'Change', 'custom_ticket_fields', json_object(field_name, value))
                when field_name = 'tags'
                    then json_object('event_type', 'Change', 'tags', string_split_regex(coalesce(value, ''), '[ ,]+'))
                else json_object('event_type', 'Change', field_name, value)
            end as part
        from changes
    )
    select
        concat_ws('-', ticket_id, regexp_replace(moment, '[^0-9]', '', 'g'), user_id) as id,
        ticket_id, moment as created_at, moment as updated_at, user_id as updater_id, 'Audit' as event_type,
        to_json(list(part order by place, part_id)) as child_events
    from parts
    group by ticket_id, moment, user_id
"""

RECORDS = {
    "tickets": """
        select
            ticket.* exclude (created_at, updated_at, via_channel, custom, _source_file),
            created_at, coalesce(updated_at, created_at) as updated_at,
            json_object('channel', via_channel) as via, tags.tags, custom as custom_fields, _source_file
        from ticket
        left join (
            select ticket_id, to_json(list_sort(list(distinct tag))) as tags from ticket_tag group by ticket_id
        ) as tags on ticket.id = tags.ticket_id
    """,
    "users": """
        select "user".* exclude (updated_at, custom), coalesce(updated_at, created_at) as updated_at from "user"
    """,
    "ticket_events": _TICKET_EVENTS,
    "satisfaction_ratings": """
        select * exclude (updated_at, custom), coalesce(updated_at, created_at) as updated_at from satisfaction_rating
    """,
    "groups": 'select * exclude (updated_at, custom), coalesce(updated_at, created_at) as updated_at from "group"',
}
