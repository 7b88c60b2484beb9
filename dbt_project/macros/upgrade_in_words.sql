{#- How far a customer is from the next value tier, in English and Chinese: sentences of customer_value_tiers. -#}

{% macro upgrade_in_words_en() -%}
    case
        when next_tier is null then 'Already in the highest tier.'
        else concat(
            'Needs ', {{ cents('net_sales_to_next') }}, ' more within ', period_days, ' days for ', next_name_en, '. ',
            case
                when order_count = 0 then 'Bought nothing in the period.'
                else concat(
                    'Bought ', {{ cents('net_sales') }}, ' in ', {{ counted('order_count', 'order', 'orders') }},
                    ' of ', {{ counted('category_count', 'category', 'categories') }},
                    '; ', {{ cents('recent_net_sales') }}, ' in the recent half against ',
                    {{ cents('earlier_net_sales') }}, ' in the earlier, which is ',
                    case
                        when recent_net_sales > earlier_net_sales then 'growing.'
                        when recent_net_sales < earlier_net_sales then 'shrinking.'
                        else 'steady.'
                    end
                )
            end,
            case
                when potential_similar is null then ' Too few similar customers a period ago to compare with.'
                else concat(
                    ' Of ', similar_count, ' similar customers a period ago, ', {{ percent('potential_similar') }},
                    ' % rose.'
                )
            end,
            case
                when expected_net_sales is null
                    then concat(' No expectation for the next 365 days: ', expectation_status, '.')
                else concat(' Expected to buy for ', {{ cents('expected_net_sales') }}, ' in the next 365 days.')
            end
        )
    end
{%- endmacro %}

{% macro upgrade_in_words_zh() -%}
    case
        when next_tier is null then '已处于最高层级。'
        else concat(
            '须在', period_days, '天内再购买', {{ cents('net_sales_to_next') }}, '方可升为', next_name_zh, '。',
            case
                when order_count = 0 then '期内没有购买。'
                else concat(
                    '期内购买', {{ cents('net_sales') }}, '，共', order_count, '单、', category_count, '个品类；后半期',
                    {{ cents('recent_net_sales') }}, '，前半期', {{ cents('earlier_net_sales') }}, '，',
                    case
                        when recent_net_sales > earlier_net_sales then '呈上升趋势。'
                        when recent_net_sales < earlier_net_sales then '呈下降趋势。'
                        else '保持平稳。'
                    end
                )
            end,
            case
                when potential_similar is null then '一个周期前的相似客户太少，无法比较。'
                else concat('一个周期前的', similar_count, '位相似客户中，', {{ percent('potential_similar') }}, '%已升级。')
            end,
            case
                when expected_net_sales is null then concat(
                    '未作未来365天的预期：',
                    case expectation_status
                        when 'too few purchases' then '购买次数太少'
                        when 'no purchases' then '没有购买'
                        when 'too few customers' then '同类客户太少'
                        when 'too short a history' then '历史太短'
                        when 'no recent purchases' then '同类客户近期均无购买'
                        when 'no stable estimate' then '无法稳定估计'
                        else expectation_status
                    end, '。'
                )
                else concat('预计未来365天购买', {{ cents('expected_net_sales') }}, '。')
            end
        )
    end
{%- endmacro %}
