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
                'the helpdesk raised its count in ', counters.raised_without_step, ' events that did nothing of the kind, and not in ',
                counters.step_not_counted, ' that did'
            )
        when counters.raised_without_step > 0
            then concat('the helpdesk raised its count in ', counters.raised_without_step, ' events that did nothing of the kind')
        when counters.step_not_counted > 0
            then concat('the helpdesk did not raise its count in ', counters.step_not_counted, ' events that did this')
        when compared.difference < 0 and event_times.ticket_id is not null
            then 'the helpdesk moved its time to a later event, which left the status as it was'
        when oddities.repeated_count > 0 and compared.difference < 0 and compared.unit <> 'flag'
            then concat('its history repeats ', oddities.repeated_count, ' things that we count once')
        when oddities.early_count > 0 and compared.unit <> 'flag' then 'its history has events from before it was opened'
        when compared.unit = 'time' and compared.difference > 0 then 'the history shows it again after that time'
        when tickets.is_open and compared.unit = 'minutes' and compared.difference > 0
            then 'it is open: the helpdesk adds a wait when it ends, we count until the as-of day'
        else compared.known_difference
    end
{%- endmacro %}
