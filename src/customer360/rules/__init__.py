"""Rules are data: the dated seeds of the dbt project, checked before any run that would use them."""

from customer360.rules.checking import check

__all__ = ["check"]
