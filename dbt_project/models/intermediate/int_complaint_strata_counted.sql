with

complaints as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'occurred_at') }} as date) as complained_in
    from {{ ref('complaints') }}
    where next_purchase_within_90_days is not null and similar_customer_count > 0 and handling is not null
),

-- All of them, by month, and by value tier; each also without regard to how it was handled, to be what nobody's
-- handling is compared with.
listed as (
    {%- for breakdown, month, tier in [
        ('all', 'cast(null as date)', 'cast(null as ' ~ dbt.type_string() ~ ')'),
        ('month', 'complained_in', 'cast(null as ' ~ dbt.type_string() ~ ')'),
        ('value_tier', 'cast(null as date)', 'value_tier_before'),
    ] %}
        select
            *,
            '{{ breakdown }}' as breakdown,
            {{ month }} as month,
            {{ tier }} as value_tier
        from complaints
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

handled as (
    select
        *,
        handling as handled
    from listed
    union all
    select
        *,
        'none' as handled
    from listed
),

counted as (
    select
        breakdown,
        month,
        value_tier,
        handled as handling,
        account_type,
        value_tier_before,
        recency_band,
        count(*) as complaint_count,
        sum(case when next_purchase_within_90_days then 1 else 0 end) as buyer_count,
        avg(similar_customer_count) as similar_count,
        cast(avg(similar_purchase_rate) as double) as similar_rate
    from handled
    group by breakdown, month, value_tier, handled, account_type, value_tier_before, recency_band
)

select * from counted
