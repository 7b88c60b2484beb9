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

{% macro forget_touched(events, staff=none) -%}
    {#- Before an incremental run: the rows of the tickets that are about to be worked out anew, for a model in which a ticket
        may have had rows and have none any more. dbt itself deletes only what it has something to put in the place of. -#}
    {%- if is_incremental() -%}
        delete from {{ this }} where
        {% if staff -%}
            {{ is_touched(events, staff) }}
        {%- else -%}
            ticket_id in (select ticket_id from {{ events }} where {{ is_new_to_this_model() }})
        {%- endif %}
    {%- endif -%}
{%- endmacro %}
