{% macro is_open_status(status) -%}
    {#- Whether a ticket of this status is still to be dealt with; a word that nobody mapped (seed ticket_codes) counts as open. -#}
    {{ status }} not in ('solved', 'closed', 'deleted')
{%- endmacro %}

{% macro side_of(person_id, requester_id, agent_id) -%}
    {#- Who a person is to a ticket. `agent_id`: theirs in int_service_staff_listed, null for all others. -#}
    case
        when {{ person_id }} is null or {{ person_id }} = '-1' then 'system'
        when {{ agent_id }} is null or {{ person_id }} = coalesce({{ requester_id }}, '') then 'customer'
        else 'staff'
    end
{%- endmacro %}

{% macro kinds_of_waiting(status) -%}
    {#- {kind: condition}: whom a ticket waits for while it has a status. What is on hold waits for us too, so it counts twice. -#}
    {{ return({
        'customer_waiting': is_open_status(status) ~ " and " ~ status ~ " <> 'pending'",
        'waiting_on_customer': status ~ " = 'pending'",
        'on_hold': status ~ " = 'hold'",
        'solved': "not (" ~ is_open_status(status) ~ ")",
    }) }}
{%- endmacro %}

{% macro minutes(seconds) -%}
    cast(({{ seconds }}) / 60.0 as decimal(18, 2))
{%- endmacro %}
