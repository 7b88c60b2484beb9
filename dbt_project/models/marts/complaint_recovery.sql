with

strata as (
    select
        *,
        1.0 * complaint_count
        / sum(complaint_count) over (partition by breakdown, month, value_tier, handling) as weight
    from {{ ref('int_complaint_strata_counted') }}
),

-- who is alike counts for as much as there are complaints of their kind; added up exactly, in whatever order
weighed as (
    select
        breakdown,
        month,
        value_tier,
        handling,
        sum(complaint_count) as complaint_count,
        sum(buyer_count) as buyer_count,
        cast(sum(cast(weight * similar_rate as decimal(38, 18))) as double) as similar_rate,
        cast(sum(
            cast(weight * weight * similar_rate * (1 - similar_rate) / similar_count as decimal(38, 24))
        ) as double) as similar_variance,
        cast(sum(cast(similar_count as decimal(38, 9))) as double) as similar_count
    from strata
    group by breakdown, month, value_tier, handling
),

-- so few of one kind for many complaints say as little as so few customers would
sampled as (
    select
        *,
        case
            when similar_variance > 0 then least(similar_count, similar_rate * (1 - similar_rate) / similar_variance)
            else similar_count
        end as similar_sample
    from weighed
),

rated as (
    select
        *,
        case handling when 'none' then similar_sample else complaint_count end as sample,
        case handling when 'none' then similar_rate else 1.0 * buyer_count / complaint_count end as rate
    from sampled
),

bounded as (
    select
        breakdown,
        month,
        value_tier,
        handling,
        cast(floor(sample) as integer) as sample_size,
        cast(rate as decimal(5, 4)) as purchase_rate,
        {{ wilson_bound('rate * sample', 'sample', 'low') }} as purchase_rate_low,
        {{ wilson_bound('rate * sample', 'sample', 'high') }} as purchase_rate_high,
        cast(floor(similar_sample) as integer) as similar_sample_size,
        cast(similar_rate as decimal(5, 4)) as similar_purchase_rate,
        {{ wilson_bound('similar_rate * similar_sample', 'similar_sample', 'low') }} as similar_purchase_rate_low,
        {{ wilson_bound('similar_rate * similar_sample', 'similar_sample', 'high') }} as similar_purchase_rate_high
    from rated
),

compared as (
    select
        *,
        {{ difference_of_rates('handling') }}
    from bounded
)

select * from compared
