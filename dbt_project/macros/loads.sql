{% macro is_new_to_this_model(stamp='_loaded_at') -%}
    {#- In an incremental run: whether a row came with a load that the model does not know yet. Loads follow each other
        under one lock, so whatever is not newer than the newest known was seen. A literal, so that the rest is not read.
        `stamp`: the name of the model's own column of loads. -#}
    {%- set newest = run_query('select max(' ~ stamp ~ ') from ' ~ this).rows[0][0] if execute else none -%}
    _loaded_at > timestamp '{{ newest or '1900-01-01' }}'
{%- endmacro %}

{% macro is_touched(events, staff, stamp='_loaded_at') -%}
    {#- In an incremental run of a model in which it matters who is staff: whether anything about a ticket, or about who
        wrote in it, is new to the model. `events` and `staff`: the CTEs. -#}
    ticket_id in (
        select ticket_id from {{ events }} where {{ is_new_to_this_model(stamp) }}
        union
        select ticket_id from {{ events }}
        where coalesce(author_id, updater_id) in (select agent_id from {{ staff }} where {{ is_new_to_this_model(stamp) }})
    )
{%- endmacro %}
