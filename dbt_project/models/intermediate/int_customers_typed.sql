with

records as (
    select * from {{ ref('int_customer_records_profiled') }}
),

typed as (
    select
        customer_id,
        case
            when max(case when account_type = 'organisation' then 1 else 0 end) = 1 then 'organisation'
            when max(case when account_type = 'individual' then 1 else 0 end) = 1 then 'individual'
            else 'unknown'
        end as account_type
    from records
    group by customer_id
)

select * from typed
