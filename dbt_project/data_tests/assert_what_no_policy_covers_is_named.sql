-- A row here is a return of which it cannot be known whether the policy allows it, without a word why; or one that is
-- judged although no policy was in force on the day of its order. Likely cause: a finding was added in one place only.
select
    return_id,
    policy_id,
    is_within_policy,
    policy_finding
from {{ ref('returns') }}
where
    (policy_id is null) <> (policy_finding = 'no_policy')
    or (is_within_policy is null) <> (policy_finding in ('no_policy', 'delivery_unknown', 'condition_unknown'))
    or (policy_finding = 'inside') <> coalesce(is_within_policy, false)
    or (policy_finding = 'inside') <> (policy_reason is null)
