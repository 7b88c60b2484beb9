"""The sample company: a bookshop with study materials, its three source systems, and the truth about them."""

from customer360.demo.company import generate
from customer360.demo.server import Faults, HelpdeskServer

__all__ = ["Faults", "HelpdeskServer", "generate"]
