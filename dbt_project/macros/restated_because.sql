{% macro restated_because(language) -%}
    {#- Why the ledger no longer says what it said, in words, from the column restated_because. -#}
    {%- set reasons = {
        'record corrected': ['its source corrected the record', '来源更正了该记录'],
        'withdrawn': ['its source withdrew the record: cancelled, unpaid or deleted', '来源撤回了该记录：已取消、未支付或已删除'],
        'rules changed': ['the rules were changed', '规则已变更'],
        'level restated': ['the level it was earned at was restated', '获得该成长值时的等级已更正'],
        'customers joined or parted': ['records were found to be of one customer, or of two', '客户记录被合并或拆分'],
        'late order': ['an order became known late', '订单晚到'],
        'late refund': ['a refund became known late', '退款晚到'],
        'late activity': ['an activity became known late', '活动记录晚到'],
        'member changed': ['the membership, a grant or the rules changed', '会员资料、授予等级或规则已变更'],
    } -%}
    case restated_because
        {%- for reason, words in reasons.items() %}
        when '{{ reason }}' then '{{ words[0] if language == 'en' else words[1] }}'
        {%- endfor %}
    end
{%- endmacro %}
