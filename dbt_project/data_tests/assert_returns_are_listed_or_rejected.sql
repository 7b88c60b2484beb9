-- A row here is a return that is neither in the mart nor in the list of rejected records, or is in both, or whose
-- refund changed on the way. Likely cause: a join in `returns` that drops or doubles them.
with

listed as (
    select
        return_id,
        count(*) as times,
        sum(coalesce(refund_amount, 0)) as refund_amount
    from {{ ref('returns') }}
    group by return_id
),

rejected as (
    select source_record_id as return_id from {{ ref('int_rejected_records') }}
    where source_system = 'shop' and source_table = 'returns'
)

select source.return_id
from {{ ref('stg_shop__returns') }} as source
left join listed on source.return_id = listed.return_id
left join rejected on source.return_id = rejected.return_id
where
    (listed.return_id is null) = (rejected.return_id is null)
    or listed.times > 1
    or listed.refund_amount <> coalesce(source.refund_amount, 0)
