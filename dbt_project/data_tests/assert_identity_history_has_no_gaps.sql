-- A row here is a time between two beliefs about a record in which it belonged to nobody: what it bought then has no
-- customer in a look back. A record that its source took back and brought again (an employee who is a customer once
-- more) has such a time, so this warns; any other cause is a fault of the history.
{{ config(severity='warn') }}

with

beliefs as (
    select
        *,
        lead(valid_from) over (partition by record_key order by valid_from) as next_from
    from {{ ref('record_assignments') }}
)

select
    record_key,
    valid_to,
    next_from
from beliefs
where valid_to < next_from
