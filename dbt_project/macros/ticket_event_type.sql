{% macro ticket_event_type() -%}
    {#- What was done to a ticket, in words, from the CTEs of mart ticket_events. -#}
    case
        when sided.kind = 'comment' and not sided.is_public then 'note'
        when sided.kind = 'comment' and sided.side = 'customer' then 'customer wrote'
        when sided.kind = 'comment' and sided.side = 'system' then 'automatic message'
        -- what an agent writes at the moment of opening is the question itself, taken down for the customer
        when sided.kind = 'comment' and sided.is_opening then 'question taken down'
        when sided.kind = 'comment' then 'replied'
        when sided.field = 'assignee_id' and sided.value is null then 'unassigned'
        when sided.field = 'assignee_id' and assignments.is_handoff then 'handed off'
        when sided.field = 'assignee_id' then 'assigned'
        when sided.field = 'group_id' and sided.value is null then 'taken from group'
        when sided.field = 'group_id' then 'moved to group'
        when sided.field = 'status' and statuses.is_reopening then 'reopened'
        when sided.field = 'status' and statuses.is_resolution then 'solved'
        when sided.field = 'status' then 'status changed'
        when sided.field = 'priority' then 'priority changed'
        when sided.field = 'tags' and sided.value is null then 'tag removed'
        when sided.field = 'tags' then 'tagged'
        when sided.meaning = 'promised_follow_up_at' then 'promise set'
        else 'field changed'
    end
{%- endmacro %}
