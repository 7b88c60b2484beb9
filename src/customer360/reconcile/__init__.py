"""Compare the sources with raw, and mend raw where they differ.

By hand: `customer360 reconcile [orders|tickets|members …] [--since DATE] [--until DATE] [--report-only]`.

A pull goes by `updated_at` and so cannot see a row that was changed without moving it, that was lost on the way, or
that is gone. A reconciliation reads a source once, as a digest per record, and compares it with raw: first blocks
(day of updated_at × bucket of the key) by count and checksum, then, in the blocks that differ, record by record. What
differs is read again, judged again under the writer lock, and only that is loaded.

`comparison` finds the records to look at, `judgement` says what is the matter with each, `repair` mends and records;
`shop`, `helpdesk` and `files` know how to read each kind of source.
"""

from customer360.reconcile.run import Outcome, reconcile

__all__ = ["Outcome", "reconcile"]
