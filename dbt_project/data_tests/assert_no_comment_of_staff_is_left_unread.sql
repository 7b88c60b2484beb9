-- A public comment of staff has no row in int_promises_read: what it promises is not listed. Likely the model took a
-- comment for read that it had not read.
with

comments as (
    select event_id, part_number from {{ ref('int_comments_of_staff_listed') }}
),

statements as (
    select event_id, part_number from {{ ref('int_promises_read') }} group by event_id, part_number
)

select comments.event_id, comments.part_number
from comments
left join statements on comments.event_id = statements.event_id and comments.part_number = statements.part_number
where statements.event_id is null
