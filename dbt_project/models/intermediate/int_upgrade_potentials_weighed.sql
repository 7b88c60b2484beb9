with

measured as (
    select * from {{ ref('int_upgrade_components_measured') }}
),

weights as (
    select
        coalesce(max(case when component = 'distance' then weight end), 0) as distance_weight,
        coalesce(max(case when component = 'trend' then weight end), 0) as trend_weight,
        coalesce(max(case when component = 'frequency' then weight end), 0) as frequency_weight,
        coalesce(max(case when component = 'breadth' then weight end), 0) as breadth_weight,
        coalesce(max(case when component = 'similar' then weight end), 0) as similar_weight,
        coalesce(max(case when component = 'expected' then weight end), 0) as expected_weight
    from {{ ref('upgrade_components') }}
    where {{ is_in_force(as_of_date()) }}
),

-- the weighted mean of what is known
known as (
    select
        measured.*,
        case when measured.potential_distance is null then 0 else weights.distance_weight end as distance_weight,
        case when measured.potential_trend is null then 0 else weights.trend_weight end as trend_weight,
        case when measured.potential_frequency is null then 0 else weights.frequency_weight end as frequency_weight,
        case when measured.potential_breadth is null then 0 else weights.breadth_weight end as breadth_weight,
        case when measured.potential_similar is null then 0 else weights.similar_weight end as similar_weight,
        case when measured.potential_expected is null then 0 else weights.expected_weight end as expected_weight
    from measured
    cross join weights
),

summed as (
    select
        *,
        distance_weight + trend_weight + frequency_weight + breadth_weight + similar_weight
        + expected_weight as weight_sum
    from known
),

weighed as (
    select
        customer_id,
        similar_count,
        expectation_status,
        expected_net_sales,
        potential_distance,
        potential_trend,
        potential_frequency,
        potential_breadth,
        potential_similar,
        potential_expected,
        round((
            distance_weight * coalesce(potential_distance, 0)
            + trend_weight * coalesce(potential_trend, 0)
            + frequency_weight * coalesce(potential_frequency, 0)
            + breadth_weight * coalesce(potential_breadth, 0)
            + similar_weight * coalesce(potential_similar, 0)
            + expected_weight * coalesce(potential_expected, 0)
        ) / nullif(cast(weight_sum as double), 0), 4) as upgrade_potential
    from summed
)

select * from weighed
