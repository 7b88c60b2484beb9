{#- The sentences of purchase_forecast_accuracy, in English and Chinese, from the columns beside them. -#}

{% macro words_for(column, words) -%}
    case {{ column }}{% for value, word in words.items() %} when '{{ value }}' then '{{ word }}'{% endfor %} else {{ column }} end
{%- endmacro %}

{% macro one_place(number) -%}cast(round({{ number }}, 1) as decimal(18, 1)){%- endmacro %}

{% macro forecast_in_english() -%}
    {%- set methods = {'last period repeated': 'repeating the last period', 'same for all': 'the same for all'} -%}
    concat(
        customer_count, ' ',
        {{ words_for('customer_kind', {'individual': 'individuals', 'organisation': 'organisations', 'guest': 'guests'}) }},
        ', ', {{ words_for('measure', {'orders': 'days with a purchase', 'net sales': 'net sales'}) }},
        ' in the ', forecast_days, ' days after ', learns_through, ': ',
        case
            when left_out_reason is not null then concat('no forecast, ', left_out_reason, '.')
            else concat(
                {{ words_for('method', dict(methods, model='the model')) }},
                ' gives ', {{ cents('expected') }}, ', there were ', {{ cents('actual') }},
                case
                    when total_error_percent is null then ''
                    when total_error_percent < 0 then concat(' (', {{ one_place('-total_error_percent') }}, ' % too low)')
                    else concat(' (', {{ one_place('total_error_percent') }}, ' % too high)')
                end,
                '. Per customer ', {{ cents('mean_absolute_error') }}, ' off on average',
                case
                    when method <> 'model' then '.'
                    else concat(
                        ', ', {{ words_for('best_naive_method', methods) }}, ' ', {{ cents('best_naive_error') }}, ': ',
                        case when is_better_than_naive then 'the model is nearer.' else 'the model is no nearer.' end
                    )
                end
            )
        end
    )
{%- endmacro %}

{% macro forecast_in_chinese() -%}
    {%- set methods = {'last period repeated': '“重复上一期”', 'same for all': '“人人相同”'} -%}
    concat(
        customer_count,
        {{ words_for('customer_kind', {'individual': '位个人客户', 'organisation': '位机构客户', 'guest': '位游客'}) }},
        '，', learns_through, '之后', forecast_days, '天的',
        {{ words_for('measure', {'orders': '购买天数', 'net sales': '净销售额'}) }}, '：',
        case
            when left_out_reason is not null then concat(
                '未作预测，',
                {{ words_for('left_out_reason', {
                    'too few customers': '客户太少', 'too short a history': '历史太短',
                    'no recent purchases': '近期无人购买', 'no stable estimate': '无法稳定估计',
                }) }}, '。'
            )
            else concat(
                {{ words_for('method', dict(methods, model='模型')) }},
                '给出', {{ cents('expected') }}, '，实际', {{ cents('actual') }},
                case
                    when total_error_percent is null then ''
                    when total_error_percent < 0 then concat('（偏低', {{ one_place('-total_error_percent') }}, '%）')
                    else concat('（偏高', {{ one_place('total_error_percent') }}, '%）')
                end,
                '。平均每位客户相差', {{ cents('mean_absolute_error') }},
                case
                    when method <> 'model' then '。'
                    else concat(
                        '，', {{ words_for('best_naive_method', methods) }}, '相差',
                        {{ cents('best_naive_error') }}, '：',
                        case when is_better_than_naive then '模型更接近。' else '模型并不更接近。' end
                    )
                end
            )
        end
    )
{%- endmacro %}
