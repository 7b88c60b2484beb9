-- A return of the shop is neither in `returns` nor listed as rejected, or its refund was changed on the way: the join to its order or line lost or
-- repeated it.
with

listed as (
    select return_id, sum(coalesce(refund_amount, 0)) as refund_amount, count(*) as times from {{ ref('returns') }} group by return_id
),

rejected as (
    select source_record_id as return_id from {{ ref('int_rejected_records') }} where source_system = 'shop' and source_table = 'returns'
)

select source.return_id
from {{ ref('stg_shop__returns') }} as source
left join listed on source.return_id = listed.return_id
left join rejected on source.return_id = rejected.return_id
where
    (listed.return_id is null) = (rejected.return_id is null)
    or listed.times > 1
    or listed.refund_amount <> coalesce(source.refund_amount, 0)
