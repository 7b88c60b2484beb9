with

rules as (
    select * from {{ ref('responsible_roles') }}
),

orders as (
    select order_id, carrier_id, distributor_id from {{ ref('orders') }}
),

told as (
    select * from {{ ref('int_partner_faults_told') }}
),

-- The first who could answer: nobody does in a role that the order had nobody in. Of an order that is not known
-- nobody can tell who else was in it.
answering as (
    select
        told.source,
        told.record_id,
        rules.role,
        case rules.role
            when 'carrier' then orders.carrier_id
            when 'distributor' then orders.distributor_id
            when 'supplier' then told.supplier_id
        end as partner_id
    from told
    left join orders on told.order_id = orders.order_id
    inner join rules
        on
        rules.value
        = case rules.said when 'fault' then told.fault when 'reason' then told.reason else told.complaint end
        and {{ is_in_force('told.occurred_on', 'rules') }}
    where
        partner_id is not null
        or (rules.role in ('shop', 'customer') and (rules.role_rank = 1 or orders.order_id is not null))
    qualify row_number() over (
        partition by told.source, told.record_id
        order by case rules.said when 'fault' then 0 else 1 end, rules.role_rank
    ) = 1
),

traced as (
    select
        told.source,
        told.record_id,
        told.order_id,
        told.customer_id,
        told.occurred_on,
        coalesce(told.reason, told.complaint) as cause,
        coalesce(answering.role, 'unknown') as role,
        answering.partner_id
    from told
    left join answering on told.source = answering.source and told.record_id = answering.record_id
)

select * from traced
