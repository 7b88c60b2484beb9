{#- A finding of tier_benefit_gaps as a sentence that stands alone. Verbs agree with one and with many. -#}

{% macro benefit_gap_in_english() -%}
    {%- set one = 'found_count = 1' -%}
    {%- set or_none = "case when found_count = 0 then 'none' else cast(found_count as " ~ dbt.type_string() ~ ") end" -%}
    case kind
        when 'levels_hardly_differ' then concat(
            level_en, ' and ', next_level_en, ' hardly differ: ', {{ or_none }}, ' of ', out_of_count, ' benefits ',
            case when {{ one }} then 'is' else 'are' end, ' better at ', next_level_en,
            case when found_count > 0 then concat(' (', better_names_en, ')') else '' end, '.'
        )
        when 'level_without_own_benefit' then concat(
            level_en, ' has no benefit',
            case when lower_level_en is null then '' else concat(' that ', lower_level_en, ' lacks') end, '.'
        )
        when 'benefit_unused' then concat(
            benefit_en, ': ', {{ or_none }}, ' of the ', out_of_count, ' members who have it used it in ', measured_days, ' days.'
        )
        when 'members_would_lose' then concat(
            found_count, ' ', level_en, case when {{ one }} then ' member who uses ' else ' members who use ' end, benefit_en,
            ' will lose it on falling to ', next_level_en,
            case when {{ one }} then ', on ' else ', the first on ' end, first_falls_on, ', if nothing more is earned.'
        )
        when 'used_without_entitlement' then concat(
            benefit_en, ': used ', case when {{ one }} then 'once' else concat(found_count, ' times') end, ' in ', measured_days,
            ' days by ', level_en, ' members, whose level does not have it.'
        )
    end
{%- endmacro %}

{% macro benefit_gap_in_chinese() -%}
    case kind
        when 'levels_hardly_differ' then concat(
            level_zh, '与', next_level_zh, '差别不大：', out_of_count, '项权益中，', next_level_zh, '更优的',
            case when found_count > 0 then concat('只有', found_count, '项（', better_names_zh, '）') else '一项也没有' end, '。'
        )
        when 'level_without_own_benefit' then case
            when lower_level_zh is null then concat(level_zh, '没有任何权益。')
            else concat(level_zh, '没有独有的权益：其权益', lower_level_zh, '也都享有。')
        end
        when 'benefit_unused' then concat(
            benefit_zh, '：享有该权益的', out_of_count, '位会员中，近', measured_days, '天',
            case when found_count > 0 then concat('只有', found_count, '位') else '无人' end, '使用过。'
        )
        when 'members_would_lose' then concat(
            '若不再获得成长值，', found_count, '位正在使用“', benefit_zh, '”的', level_zh, '将降为', next_level_zh, '并失去该权益，',
            case when found_count = 1 then '时间为' else '最早为' end,
            year(first_falls_on), '年', month(first_falls_on), '月', day(first_falls_on), '日。'
        )
        when 'used_without_entitlement' then concat(
            benefit_zh, '：近', measured_days, '天被', level_zh, '使用', found_count, '次，而该等级并不享有此权益。'
        )
    end
{%- endmacro %}
