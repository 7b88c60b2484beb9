-- A row here is an order line that is neither in the mart nor in the list of rejected records, or is in both: its
-- money is lost or counted twice. Likely cause: a join in order_items that drops or doubles lines.
select staged.order_item_id
from {{ ref('stg_shop__order_items') }} as staged
left join {{ ref('order_items') }} as listed on staged.order_item_id = listed.order_item_id
left join {{ ref('int_rejected_records') }} as rejected
    on staged.order_item_id = rejected.source_record_id
    and rejected.source_system = 'shop' and rejected.source_table = 'order_items'
where (listed.order_item_id is null) = (rejected.source_record_id is null)
