"""Few customers change under the reports built on them: too many moves are looked at by a person first.

A better rule, a new source or a bad load can fuse or split customers by the thousand. How many may change between two
publications without anybody looking is `max_share`, of the records and of the customers published before.
"""

from customer360.completeness import ExpectFewMoved

TABLE = "identity.record_moves"
EXPECTATIONS = [
    ExpectFewMoved(max_share=0.05),
]
