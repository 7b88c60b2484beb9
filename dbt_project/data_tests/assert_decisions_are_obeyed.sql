-- A row here is a pair of records that a person decided about and that the build treats otherwise: linked records that
-- are two customers, or unlinked ones that are one. Likely cause: a guard that cuts what people linked, or a rule that
-- joins records behind the resolver's back.
select
    decisions.record_key_a,
    decisions.record_key_b,
    decisions.decision
from {{ ref('decisions_in_force') }} as decisions
inner join {{ ref('record_assignments') }} as a on decisions.record_key_a = a.record_key
inner join {{ ref('record_assignments') }} as b on decisions.record_key_b = b.record_key
where
    a.valid_to is null
    and b.valid_to is null
    and (decisions.decision = 'link') <> (a.customer_id = b.customer_id)
