with

returned as (
    select * from {{ ref('int_returned_lines_weighed') }}
),

earned as (
    select * from {{ ref('int_growth_earned_by_purchases') }}
),

-- By quantity where the return names its line, else by the share of the money.
shares as (
    select
        concat('return-', returned.return_id, '-of-', earned.entry_id) as entry_id,
        earned.entry_id as reverses_entry_id,
        earned.customer_id,
        -- A refund booked before the payment takes nothing back before there is something.
        greatest(returned.refunded_at, earned.occurred_at) as occurred_at,
        returned.return_id as source_record_id,
        earned.order_id,
        case when earned.line_quantity > 0 then returned.quantity_returned end as quantity_returned,
        earned.line_quantity,
        returned.amount_refunded,
        earned.paid
    from returned
    inner join earned on returned.order_item_id = earned.order_item_id
),

weighed as (
    select
        entry_id,
        reverses_entry_id,
        customer_id,
        occurred_at,
        cast(occurred_at as date) as counts_from,
        cast({{ ten_thousandths('coalesce(quantity_returned, amount_refunded)') }} as bigint) as part,
        cast({{ ten_thousandths('case when quantity_returned is null then paid else line_quantity end') }} as bigint)
            as whole,
        'shop' as source_system,
        'returns' as source_table,
        source_record_id,
        order_id
    from shares
)

select * from weighed where part > 0 and whole > 0
