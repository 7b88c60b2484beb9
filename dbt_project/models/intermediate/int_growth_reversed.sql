with

returned as (
    select * from {{ ref('int_returned_lines_weighed') }}
),

loads as (
    select return_id, _loaded_at from {{ ref('stg_shop__returns') }}
),

earned as (
    select * from {{ ref('int_growth_earned_by_purchases') }}
),

shares as (
    select
        returned.return_id,
        returned.refunded_at,
        earned.entry_id as reverses_entry_id,
        earned.customer_id,
        earned.occurred_at as earned_at,
        earned.rule_id,
        earned.rule_version,
        earned.growth_value as growth_earned,
        earned.growth_per_unit,
        earned.validity_days,
        earned.order_id,
        loads._loaded_at as known_at,
        coalesce(
            {{ share_of('earned.growth_value', 'returned.quantity_returned', 'earned.line_quantity') }},
            {{ share_of('earned.growth_value', 'returned.amount_refunded', 'earned.units') }},
            0
        ) as growth_returned
    from returned
    inner join earned on returned.order_item_id = earned.order_item_id
    left join loads on returned.return_id = loads.return_id
),

running as (
    select
        *,
        sum(growth_returned) over (
            partition by reverses_entry_id order by refunded_at, return_id
            rows between unbounded preceding and current row
        ) as growth_returned_in_all
    from shares
),

-- Never more than the line earned: the reversal that would go beyond takes what is left.
reversed as (
    select
        concat('return-', return_id, '-of-', reverses_entry_id) as entry_id,
        reverses_entry_id,
        return_id,
        customer_id,
        -- A refund booked before the payment takes nothing back before there is something.
        greatest(refunded_at, earned_at) as occurred_at,
        earned_at,
        rule_id,
        rule_version,
        growth_per_unit,
        validity_days,
        order_id,
        known_at,
        cast(
            least(growth_returned_in_all - growth_returned, growth_earned)
            - least(growth_returned_in_all, growth_earned) as decimal(18, 2)
        ) as growth_value
    from running
)

select * from reversed where growth_value <> 0
