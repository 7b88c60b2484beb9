-- A promise is neither kept, missed nor open, and nothing says why; or it has an outcome and something is said to be
-- wrong with it. Likely a new reason in int_promises_made that followup_promises does not know.
select promise_id, outcome, problem
from {{ ref('followup_promises') }}
where (outcome is null) = (problem is null)
