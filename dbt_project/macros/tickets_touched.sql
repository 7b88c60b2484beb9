{% macro built_from_loads_until() -%}
    {#- In an incremental run: the newest load that this model knows, as a literal, so that what came later is found without
        reading the rest. Loads follow each other under one lock, so what is not newer was seen. -#}
    {%- set newest = run_query('select max(_loaded_at) from ' ~ this).rows[0][0] if execute else none -%}
    timestamp '{{ newest or '1900-01-01' }}'
{%- endmacro %}

{% macro tickets_touched(with_staff=false) -%}
    {#- A query: the tickets of which anything was loaded that this incremental model does not know yet. They are worked
        out anew, all others stay; with_staff: who is staff also matters, and somebody may only now turn out to be. -#}
    {%- set since = built_from_loads_until() -%}
    select ticket_id from {{ ref('stg_helpdesk__ticket_events') }} where _loaded_at > {{ since }}
    union
    select ticket_id from {{ ref('stg_helpdesk__tickets') }} where _loaded_at > {{ since }}
    {%- if with_staff %}
    union
    select ticket_id from {{ ref('int_ticket_events_unnested') }}
    where coalesce(author_id, updater_id) in (
        select agent_id from {{ ref('int_service_staff_listed') }} where staff_since > {{ since }}
    )
    {%- endif %}
{%- endmacro %}
