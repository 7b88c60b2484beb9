{#- The sentences of a ticket's history on the timeline, in English ('en') and Chinese ('zh'). They name no agent. -#}

{% macro asking_in_words(language) -%}
    {%- if language == 'en' -%}
    concat(
        'Asked for help', coalesce(' ' || channel_en, ''),
        case when order_id is not null then ' about an order.' else '.' end
    )
    {%- else -%}
    concat(coalesce('通过' || channel_zh, ''), '求助', case when order_id is not null then '，涉及订单。' else '。' end)
    {%- endif -%}
{%- endmacro %}

{% macro writing_in_words(language) -%}
    {%- set says = {
        'en': ['Said what it was about.', 'Wrote (the helpdesk opened the ticket later).', 'Wrote again.', 'Somebody else wrote on the ticket.'],
        'zh': ['说明了问题。', '来信（系统之后才开启工单）。', '再次来信。', '他人在工单上留言。'],
    }[language] -%}
    case
        when is_first then '{{ says[0] }}'
        when occurred_at < opened_at then '{{ says[1] }}'
        when is_by_requester then '{{ says[2] }}'
        else '{{ says[3] }}'
    end
{%- endmacro %}

{% macro reply_in_words(language) -%}
    {%- set says = {
        'en': ['Got a first reply after ', '.', 'Was written to.', 'Got a reply.'],
        'zh': ['等待', '后收到首次回复。', '收到客服主动来信。', '收到回复。'],
    }[language] -%}
    case
        when is_first_reply and occurred_at > opened_at
            then concat('{{ says[0] }}', {{ time_span_in_words(seconds_between('opened_at', 'occurred_at'), language) }}, '{{ says[1] }}')
        when is_first then '{{ says[2] }}'
        else '{{ says[3] }}'
    end
{%- endmacro %}

{% macro solving_in_words(language) -%}
    {%- set says = {
        'en': ['Ticket was solved, ', ' after it was opened.', 'Ticket was solved.'],
        'zh': ['工单在开启', '后解决。', '工单已解决。'],
    }[language] -%}
    case
        when occurred_at > opened_at
            then concat('{{ says[0] }}', {{ time_span_in_words(seconds_between('opened_at', 'occurred_at'), language) }}, '{{ says[1] }}')
        else '{{ says[2] }}'
    end
{%- endmacro %}

{% macro handover_in_words(language) -%}
    {%- if language == 'en' -%}
    concat(
        'Was passed from one agent to another',
        case when handoff_number > 1 then concat(' (', handoff_number, ' times by now).') else '.' end
    )
    {%- else -%}
    concat('被转给另一位客服', case when handoff_number > 1 then concat('（已是第', handoff_number, '次）。') else '。' end)
    {%- endif -%}
{%- endmacro %}
