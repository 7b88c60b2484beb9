-- A failure means that a target is said to be broken before the wait began or after it ended, or for less time than it
-- allows: the moment of the breach (int_sla_breaches_found) and the time that passed (int_sla_waits_clocked) disagree.
select
    ticket_id,
    metric,
    wait_number,
    began_at,
    breached_at,
    ended_at,
    elapsed_minutes,
    target_minutes
from {{ ref('ticket_sla') }}
where
    (outcome = 'breached') <> (breached_at is not null)
    or breached_at < began_at
    or breached_at >= coalesce(ended_at, {{ as_of_end() }})
    or (outcome = 'breached' and elapsed_minutes <= target_minutes)
    or (outcome in ('met', 'running') and elapsed_minutes > target_minutes)
