-- A row here is the use of a benefit that is neither in `benefit_uses` nor in the list of rejected records, is in
-- both, or is listed twice. Likely cause: two rows of a rule in force on one day, or of member_tier_history.
with

listed as (
    select
        benefit_use_id,
        count(*) as times
    from {{ ref('benefit_uses') }}
    group by benefit_use_id
),

rejected as (
    select source_record_id as benefit_use_id from {{ ref('int_rejected_records') }}
    where source_system = 'membership' and source_table = 'benefit_uses'
)

select source.benefit_use_id
from {{ ref('stg_membership__benefit_uses') }} as source
left join listed on source.benefit_use_id = listed.benefit_use_id
left join rejected on source.benefit_use_id = rejected.benefit_use_id
where (listed.benefit_use_id is null) = (rejected.benefit_use_id is null) or listed.times > 1
