"""Promises and put-offs in what agents write, English and Chinese: what was said, where, and when it is due.

`reader.read` finds them in one comment, `due.due_at` says when one falls due, `comments.read_comments` does both for
the comments of the warehouse. A grammar of closed lists, no model: whoever wonders why a sentence was read can ask
`customer360 promises read`, and mend one list.
"""
