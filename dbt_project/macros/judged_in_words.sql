{#- The sentences of what the warehouse itself finds out about a customer, in English ('en') and Chinese ('zh'). -#}

{% macro complaint_in_words(language) -%}
    {%- if language == 'en' -%}
    concat('Complained: ', cause_en, '.')
    {%- else -%}
    concat('投诉：', cause_zh, '。')
    {%- endif -%}
{%- endmacro %}

{% macro settlement_in_words(language) -%}
    {%- set span = time_span_in_words('60 * minutes_to_resolve', language) -%}
    {%- if language == 'en' -%}
    concat('The complaint was settled after ', {{ span }}, ': ', outcome_en, '.')
    {%- else -%}
    concat('投诉在', {{ span }}, '后了结：', outcome_zh, '。')
    {%- endif -%}
{%- endmacro %}

{% macro level_change_in_words(language) -%}
    {%- if language == 'en' -%}
    concat(
        case when level_rank > previous_rank then 'Rose to ' else 'Fell to ' end, name_en, ' from ', previous_name_en,
        ': ', change_en, '.'
    )
    {%- else -%}
    concat(
        '会员等级由', previous_name_zh, case when level_rank > previous_rank then '升为' else '降为' end, name_zh, '：',
        change_zh, '。'
    )
    {%- endif -%}
{%- endmacro %}

{% macro value_tier_change_in_words(language) -%}
    {%- if language == 'en' -%}
    concat(
        'By what they bought, ', case when tier_rank > previous_rank then 'rose to ' else 'fell to ' end,
        lower(name_en), ' customer from ', lower(previous_name_en), '.'
    )
    {%- else -%}
    concat(
        '按购买额由', previous_name_zh, case when tier_rank > previous_rank then '升为' else '降为' end, name_zh, '。'
    )
    {%- endif -%}
{%- endmacro %}

{% macro promise_in_words(language) -%}
    {%- set due = "substr(cast(due_at as " ~ dbt.type_string() ~ "), 1, 16)" -%}
    {%- if language == 'en' -%}
    case
        when due_at is null then 'Was promised to hear; by when nobody can tell.'
        else concat('Was promised to hear by ', {{ due }}, ' (UTC).')
    end
    {%- else -%}
    case when due_at is null then '客服承诺答复，期限无法确定。' else concat('客服承诺在', {{ due }}, '（UTC）前答复。') end
    {%- endif -%}
{%- endmacro %}
