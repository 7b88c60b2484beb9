"""Erasure: a person is forgotten everywhere, what the books need stays, and nobody brings the person back.

By hand: `customer360 erase CUSTOMER --why TEXT`, `customer360 export-person CUSTOMER --out FOLDER`.

What is remembered of an erased person are `tombstones`: keyed fingerprints of their record ids and identifiers. One
mechanism, `forgetting`, applies them: to raw when somebody is erased, to every delivery on its way into raw, to what is
put into quarantine, and to a warehouse that was restored. `places` says, table by table, what is removed and what is
kept without the person.
"""

from customer360.erasure.forgetting import never_erased, prepare, reapply, withhold

__all__ = ["erase", "never_erased", "prepare", "reapply", "withhold"]


def erase(*arguments, **options):
    """See `customer360.erasure.steps`; imported when it is called, for a pull needs none of what it needs."""
    from customer360.erasure.steps import erase as erase_people

    return erase_people(*arguments, **options)
