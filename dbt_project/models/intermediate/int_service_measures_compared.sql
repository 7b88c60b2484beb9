{%- set is_time = "measure in ('first_reply', 'resolution', 'business_resolution')" -%}
{%- set is_more_better = "measure in ('rating', 'promise')" -%}

with

facts as (
    select * from {{ ref('int_service_facts_expected') }}
),

ordered as (
    select
        *,
        row_number() over (partition by holder_type, holder_id, month, measure order by amount nulls last) as position,
        count(amount) over (partition by holder_type, holder_id, month, measure) as cases
    from facts
),

aggregated as (
    select
        holder_type,
        holder_id,
        month,
        measure,
        cast(count(*) as integer) as fact_count,
        cast(max(cases) as integer) as sample_count,
        cast(median(amount) as decimal(18, 2)) as median_amount,
        max(case when position = {{ median_bound_rank('cases', 'low') }} then amount end) as median_low,
        max(case when position = {{ median_bound_rank('cases', 'high') }} then amount end) as median_high,
        cast(sum(case when not {{ is_time }} then amount end) as integer) as yes_count,
        cast(avg(case when not {{ is_time }} then score end) as decimal(5, 4)) as rate,
        case
            when count(score) > 0 then cast(
                least(1, greatest(0, avg(case when score is not null then expected_score end))) as decimal(5, 4)
            )
        end as expected_rate,
        cast(avg(score - expected_score) as double) as excess,
        stddev_samp(cast(score - expected_score as double)) as deviation
    from ordered
    group by holder_type, holder_id, month, measure
),

bounded as (
    select
        *,
        {{ mean_bound('excess', 'deviation', 'sample_count', 'low') }} as excess_low,
        {{ mean_bound('excess', 'deviation', 'sample_count', 'high') }} as excess_high,
        {{ wilson_bound('yes_count', 'sample_count', 'low') }} as rate_low,
        {{ wilson_bound('yes_count', 'sample_count', 'high') }} as rate_high
    from aggregated
),

compared as (
    select
        holder_type,
        holder_id,
        month,
        measure,
        fact_count,
        sample_count,
        yes_count,
        case when {{ is_time }} then median_amount end as median_amount,
        case when {{ is_time }} then median_low end as median_low,
        case when {{ is_time }} then median_high end as median_high,
        case when {{ is_time }} then cast(exp(excess) as decimal(18, 4)) end as time_ratio,
        case when {{ is_time }} then cast(exp(excess_low) as decimal(18, 4)) end as time_ratio_low,
        case when {{ is_time }} then cast(exp(excess_high) as decimal(18, 4)) end as time_ratio_high,
        rate,
        rate_low,
        rate_high,
        case when rate is not null then expected_rate end as expected_rate,
        case
            when {{ is_time }} then {{ against_expected('excess_low', '0', 'excess_high', false) }}
            else {{ against_expected('rate_low', 'expected_rate', 'rate_high', is_more_better) }}
        end as against_expected
    from bounded
)

select * from compared
