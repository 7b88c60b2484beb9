{% macro reconciliation_in_words() -%}
    {#- Why a figure of ours is not the helpdesk's, the surest reason first; null where we do not know. -#}
    case
        when not tickets.has_events then 'no history of the ticket came with it'
        when compared.difference is null and compared.unit = 'time' then 'no event of the history says so'
        when compared.difference is null and tickets.is_open and compared.our_column like '%resolution%'
            then 'it is in work again: the helpdesk keeps the last resolution'
        when compared.difference is null and compared.our_column like '%business%'
            then 'no timetable covers some of the time'
        when compared.difference is null and compared.our_column = 'is_within_sla'
            then 'it never had a priority with a target of ours'
        when compared.difference is null then 'the history shows none'
        when counters.raised_without_step > 0 and counters.step_not_counted > 0
            then concat(
                'the helpdesk raised its count at events that did nothing of the kind: ', counters.raised_without_step,
                ', and did not at events that did: ', counters.step_not_counted
            )
        when counters.raised_without_step > 0
            then concat('the helpdesk raised its count at events that did nothing of the kind: ', counters.raised_without_step)
        when counters.step_not_counted > 0
            then concat('the helpdesk did not raise its count at events that did this: ', counters.step_not_counted)
        when compared.difference < 0 and event_times.ticket_id is not null
            then 'the helpdesk moved its time to a later event, which left the status as it was'
        when oddities.repeated_count > 0 and compared.difference < 0 and compared.unit <> 'flag'
            then concat('its history says things again that we count once: ', oddities.repeated_count)
        when oddities.early_count > 0 and compared.unit <> 'flag' then 'its history has events from before it was opened'
        when compared.unit = 'time' and compared.difference > 0 then 'the history shows it again after that time'
        when tickets.is_open and compared.unit = 'minutes' and compared.difference > 0
            then 'it is open: the helpdesk adds a wait when it ends, we count until the as-of day'
        else compared.known_difference
    end
{%- endmacro %}
