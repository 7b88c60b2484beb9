with

surveys as (
    select * from {{ ref('stg_membership__surveys') }}
),

members as (
    select source_record_id as member_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

orders as (
    select order_id from {{ ref('stg_shop__orders') }}
),

answered as (
    select
        'membership' as source_system,
        'surveys' as source_table,
        surveys.response_id as source_record_id,
        members.customer_id,
        surveys.occurred_at,
        surveys.topic,
        cast(null as {{ dbt.type_string() }}) as reason,
        cast(null as {{ dbt.type_string() }}) as ticket_id,
        orders.order_id,
        cast(null as {{ dbt.type_string() }}) as answer_code,
        surveys.expectation,
        surveys.performance,
        surveys.performance as answer,
        surveys.comment_text is not null as has_comment,
        case
            when members.member_id is null then 'of an unknown member'
            when surveys.order_id is not null and orders.order_id is null then 'about an unknown order'
        end as reference_problem
    from surveys
    left join members on surveys.member_id = members.member_id
    left join orders on surveys.order_id = orders.order_id
)

select * from answered
