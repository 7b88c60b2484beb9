-- A row here is an order line whose money does not add up, or a line that is not a sale and yet has sales.
-- Likely cause: one of the amounts was computed or rounded apart from the others.
select order_item_id
from {{ ref('order_items') }}
where
    net_sales <> gross_sales - discount - refunds
    or (not is_sale and (gross_sales <> 0 or discount <> 0 or refunds <> 0))
