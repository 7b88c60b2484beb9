{#- The rows of int_service_measures_compared, one per measure, side by side: what service_agents and service_teams share. -#}

{% macro of_measure(measure, column, type, if_none='null') -%}
    cast(coalesce(max(case when measure = '{{ measure }}' then {{ column }} end), {{ if_none }}) as {{ type }})
{%- endmacro %}

{% macro time_columns(measure, name, count_name) -%}
    {{ of_measure(measure, 'sample_count', 'integer', 0) }} as {{ count_name }},
    {{ of_measure(measure, 'median_amount', 'decimal(18, 2)') }} as median_{{ name }}_minutes,
    {{ of_measure(measure, 'median_low', 'decimal(18, 2)') }} as median_{{ name }}_minutes_low,
    {{ of_measure(measure, 'median_high', 'decimal(18, 2)') }} as median_{{ name }}_minutes_high,
    {{ of_measure(measure, 'time_ratio', 'decimal(18, 4)') }} as {{ name }}_time_ratio,
    {{ of_measure(measure, 'time_ratio_low', 'decimal(18, 4)') }} as {{ name }}_time_ratio_low,
    {{ of_measure(measure, 'time_ratio_high', 'decimal(18, 4)') }} as {{ name }}_time_ratio_high,
    {{ of_measure(measure, 'against_expected', dbt.type_string()) }} as {{ name }}_against_expected
{%- endmacro %}

{% macro rate_columns(measure, rate, name, count_name) -%}
    {{ of_measure(measure, 'fact_count', 'integer', 0) }} as {{ count_name }},
    {{ of_measure(measure, 'rate', 'decimal(5, 4)') }} as {{ rate }},
    {{ of_measure(measure, 'rate_low', 'decimal(5, 4)') }} as {{ rate }}_low,
    {{ of_measure(measure, 'rate_high', 'decimal(5, 4)') }} as {{ rate }}_high,
    {{ of_measure(measure, 'expected_rate', 'decimal(5, 4)') }} as expected_{{ rate }},
    {{ of_measure(measure, 'rate - expected_rate', 'decimal(5, 4)') }} as {{ rate }}_difference,
    {{ of_measure(measure, 'against_expected', dbt.type_string()) }} as {{ name }}_against_expected
{%- endmacro %}

{% macro service_months(holder_type, holder_id) -%}
    select
        holder_id as {{ holder_id }},
        holder_id = 'unassigned' as is_unassigned,
        month,
        {{ of_measure('ticket', 'fact_count', 'integer', 0) }} as ticket_count,
        {{ of_measure('resolution', 'fact_count', 'integer', 0) }} as resolved_ticket_count,
        {{ of_measure('resolution', 'sample_count', 'integer', 0) }}
        < max(rules.small_sample_below) as is_small_sample,
        {{ of_measure('handoff_out', 'fact_count', 'integer', 0) }} as handoff_out_count,
        {{ of_measure('handoff_in', 'fact_count', 'integer', 0) }} as handoff_in_count,
        {{ of_measure('repeat', 'fact_count', 'integer', 0) }} as repeat_count,
        {{ of_measure('reply', 'yes_count', 'integer', 0) }} as vague_answer_count,
        {{ time_columns('first_reply', 'first_reply', 'first_reply_count') | indent(4) }},
        {{ time_columns('resolution', 'resolution', 'timed_ticket_count') | indent(4) }},
        {{ time_columns('business_resolution', 'resolution_business', 'business_timed_ticket_count') | indent(4) }},
        {{ rate_columns('rating', 'csat_score', 'csat', 'rating_count') | indent(4) }},
        {{ rate_columns('promise', 'promise_kept_rate', 'promise_kept', 'due_promise_count') | indent(4) }},
        {{ rate_columns('reopening', 'reopen_rate', 'reopen', 'solution_count') | indent(4) }},
        {{ rate_columns('reply', 'vague_answer_rate', 'vague_answer', 'reply_count') | indent(4) }},
        {{ rate_columns('handed_on', 'repeat_rate', 'repeat', 'agent_handoff_count') | indent(4) }}
    from {{ ref('int_service_measures_compared') }}
    cross join {{ ref('int_comparison_rules_in_force') }} as rules
    where holder_type = '{{ holder_type }}'
    group by holder_id, month
{%- endmacro %}
