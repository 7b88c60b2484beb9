"""The ServiceNow incident log as a helpdesk: 24,918 incidents, 141,712 events (UCI 498, CC BY 4.0).

- A ticket is the incident's last row (by `sys_mod_count`, then `sys_updated_at`); its events are the rows in order of
  time, each with what it changed: status, priority, agent, group, caller, and the counters as custom fields. Times
  are taken as UTC.
- Callers, agents and the people who saved a row are three separate lists of numbers in this log, so they are three
  ranges of user ids: end-users, agents (who tickets are assigned to), and admins (who saved). Nobody has a name or
  address.
- New, Active, Awaiting User Info, Awaiting Vendor/Problem/Evidence, Resolved, Closed become new, open, pending, hold,
  solved, closed. The state -100 of five rows means nothing: the status before it stays.
- There are no ratings and no comments.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from real_data.people import EMAIL

FILE = "tickets_servicenow/incident_event_log.parquet"

# The log's own counters and times, under the ids that the seed `ticket_fields` maps, and two it does not.
CUSTOM_FIELDS = {
    360003: "made_sla", 360004: "reassignment_count", 360005: "reopen_count",
    360006: "resolved_at", 360007: "closed_at", 360101: "category", 360102: "incident_state",
}  # fmt: skip
CALLERS, AGENTS, ADMINS = 1_000_000, 2_000_000, 3_000_000
ZULU = "%Y-%m-%dT%H:%M:%SZ"

ROWS = f"""
    select
        number::bigint as ticket_id, sys_mod_count, sys_updated_at as saved_at, opened_at, resolved_at, closed_at,
        1000000 + row_number() over (order by sys_updated_at, number, sys_mod_count) as event_id,
        coalesce(last_value(
            case incident_state
                when 'New' then 'new' when 'Active' then 'open' when 'Awaiting User Info' then 'pending'
                when 'Resolved' then 'solved' when 'Closed' then 'closed'
                when '-100' then null else 'hold'
            end ignore nulls
        ) over history, 'new') as status,
        case priority when '1' then 'urgent' when '2' then 'high' when '3' then 'normal' else 'low' end as priority,
        {CALLERS} + caller_id::bigint as requester_id,
        {AGENTS} + assigned_to::bigint as assignee_id,
        assignment_group::bigint as group_id,
        {ADMINS} + sys_updated_by::bigint as updater_id,
        made_sla, reassignment_count, reopen_count, category, incident_state,
        lower(replace(contact_type, ' ', '_')) as channel
    from read_parquet('{{file}}')
    window history as (partition by number order by sys_updated_at, sys_mod_count)
"""

CHANGING = ("status", "priority", "requester_id", "assignee_id", "group_id")
CHANGING_CUSTOM = ("made_sla", "reassignment_count", "reopen_count")


def _events() -> str:
    field_id = {name: number for number, name in CUSTOM_FIELDS.items()}
    previous = ", ".join(f"lag({name}) over saved as old_{name}" for name in CHANGING + CHANGING_CUSTOM)
    created = ", ".join(f"'{name}', {name}" for name in CHANGING)
    created_custom = ", ".join(f"'{field_id[name]}', {name}::varchar" for name in CHANGING_CUSTOM)
    changes = [
        f"""case when {name} is distinct from old_{name} then json_object(
            'id', event_id * 10 + {n}, 'event_type', 'Change', '{name}', {name}, 'previous_value', old_{name}) end"""
        for n, name in enumerate(CHANGING)
    ] + [
        f"""case when {name} is distinct from old_{name} then json_object(
            'id', event_id * 10 + {n}, 'event_type', 'Change',
            'custom_ticket_fields', json_object('{field_id[name]}', {name}::varchar),
            'previous_value', old_{name}::varchar) end"""
        for n, name in enumerate(CHANGING_CUSTOM, start=len(CHANGING))
    ]
    return f"""
        select
            event_id as id, ticket_id, strftime(saved_at, '{ZULU}') as created_at, epoch(saved_at)::bigint as timestamp,
            updater_id, 'Audit' as event_type, json_object('channel', 'web') as via, json_object() as system,
            case when is_first then [json_object('id', event_id * 10, 'event_type', 'Create', {created},
                                                 'custom_ticket_fields', json_object({created_custom}))]
                 else list_filter([{", ".join(changes)}], lambda change: change is not null) end as child_events
        from (
            select *, {previous}, row_number() over saved = 1 as is_first
            from log window saved as (partition by ticket_id order by event_id)
        )
        order by event_id
    """


def _custom_fields() -> str:
    values = {name: name for name in CUSTOM_FIELDS.values()}
    for name in ("resolved_at", "closed_at"):
        values[name] = f"strftime({name}, '{ZULU}')"
    return ", ".join(
        f"json_object('id', {number}, 'value', {values[name]}::varchar)" for number, name in CUSTOM_FIELDS.items()
    )


TICKETS = f"""
    select
        ticket_id as id, strftime(opened_at, '{ZULU}') as created_at, strftime(saved_at, '{ZULU}') as updated_at,
        'Incident ' || ticket_id as subject, 'incident' as type, status, priority, requester_id,
        requester_id as submitter_id, assignee_id, group_id, 'incident-' || ticket_id as external_id,
        json_object('channel', channel) as via, json_array() as tags, json_array({_custom_fields()}) as custom_fields,
        json_object('score', 'unoffered') as satisfaction_rating, epoch(saved_at)::bigint as generated_timestamp
    from log
    qualify row_number() over (partition by ticket_id order by sys_mod_count desc, saved_at desc) = 1
    order by saved_at, ticket_id
"""

POSITION = "row_number() over (partition by role order by id)"

USERS = f"""
    with people as (
        select requester_id as id, 'end-user' as role, 'Caller ' || (requester_id - {CALLERS}) as name, saved_at
        from log
        union all
        select assignee_id, 'agent', 'Agent ' || (assignee_id - {AGENTS}), saved_at from log
        union all
        select updater_id, 'admin', 'Updater ' || (updater_id - {ADMINS}), saved_at from log
    ),
    first_seen as (
        select id, role, name, min(saved_at) as seen_at from people where id is not null group by all
    )
    select
        id, strftime(seen_at, '{ZULU}') as created_at, strftime(seen_at, '{ZULU}') as updated_at, role, name,
        case when role = 'end-user' then {EMAIL.format(n=POSITION)} end as email,
        true as active
    from first_seen order by seen_at, id
"""

GROUPS = f"""
    select
        group_id as id, strftime(min(saved_at), '{ZULU}') as created_at,
        strftime(min(saved_at), '{ZULU}') as updated_at, 'Group ' || group_id as name, false as deleted
    from log where group_id is not null group by group_id order by group_id
"""


def write(duck: duckdb.DuckDBPyConnection, data: Path, folder: Path) -> None:
    """Write tickets, users, ticket_events, groups and (empty) satisfaction_ratings as JSON lines into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    duck.execute(f"create or replace temp table log as {ROWS.format(file=data / FILE)}")
    for name, query in {"tickets": TICKETS, "users": USERS, "ticket_events": _events(), "groups": GROUPS}.items():
        duck.execute(f"copy ({query}) to '{folder / f'{name}.jsonl'}' (format json)")
    (folder / "satisfaction_ratings.jsonl").touch()
