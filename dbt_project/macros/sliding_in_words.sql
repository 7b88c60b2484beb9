{#- What a customer is about to lose, in English and Chinese: sentences of customer_value_tiers. -#}

{% macro sliding_in_words_en() -%}
    case
        when is_sliding then concat(
            case
                when is_falling then concat(
                    'Bought ', {{ cents('recent_net_sales') }}, ' in the recent half of the period against ',
                    {{ cents('earlier_net_sales') }}, ' in the earlier. '
                )
                else ''
            end,
            case
                when is_silent then concat(
                    'Silent for ', silent_days, ' days; usually buys every ', cast(round(usual_gap_days) as integer), ' days. '
                )
                else ''
            end,
            'Without another purchase: ', falls_to_en, ' from ', falls_on, '.'
        )
    end
{%- endmacro %}

{% macro sliding_in_words_zh() -%}
    case
        when is_sliding then concat(
            case
                when is_falling then concat(
                    '后半期购买', {{ cents('recent_net_sales') }}, '，前半期', {{ cents('earlier_net_sales') }}, '。'
                )
                else ''
            end,
            case
                when is_silent then concat(
                    '已', silent_days, '天未购买，平常每', cast(round(usual_gap_days) as integer), '天购买一次。'
                )
                else ''
            end,
            '若不再购买，自', falls_on, '起降为', falls_to_zh, '。'
        )
    end
{%- endmacro %}
