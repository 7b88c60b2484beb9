with

customers as (
    select * from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now' and next_tier is not null
),

ranked as (
    select * from {{ ref('int_customer_purchases_ranked') }}
),

similar_customers as (
    select * from {{ ref('int_similar_customers_risen') }}
),

-- a figure that says nothing of this one customer is none
expected as (
    select
        customer_id,
        status as expectation_status,
        case when status = 'estimated' then expected_net_sales end as expected_net_sales
    from {{ ref('int_customer_purchases_expected') }}
),

-- from 0 to 1 each; null where it cannot be known
measured as (
    select
        customers.customer_id,
        round(customers.distance_share, 4) as potential_distance,
        case
            when customers.recent_net_sales >= 0 and customers.earlier_net_sales >= 0
                then round(cast(
                    customers.recent_net_sales / nullif(customers.recent_net_sales + customers.earlier_net_sales, 0)
                    as double
                ), 4)
        end as potential_trend,
        round(coalesce(cast(ranked.less_frequent_count as double) / ranked.buyer_count, 0), 4) as potential_frequency,
        case
            when ranked.category_count > 0 then round(cast(ranked.less_broad_count as double) / ranked.buyer_count, 4)
        end as potential_breadth,
        round(similar_customers.risen_share, 4) as potential_similar,
        similar_customers.similar_count,
        expected.expectation_status,
        expected.expected_net_sales,
        case
            when expected.expected_net_sales is not null then round(least(1, cast(
                expected.expected_net_sales * customers.period_days / (365 * customers.next_net_sales_from) as double
            )), 4)
        end as potential_expected
    from customers
    left join ranked on customers.customer_id = ranked.customer_id
    left join expected on customers.customer_id = expected.customer_id
    left join similar_customers
        on customers.judged_as = similar_customers.judged_as
        and customers.value_tier = similar_customers.value_tier
        and customers.distance_band = similar_customers.distance_band
        and customers.first_ordered_on is not null
)

select * from measured
