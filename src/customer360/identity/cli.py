"""`customer360 identity`: what people decide about identities, and what they ask about them."""

from __future__ import annotations

import click


@click.group()
def identity() -> None:
    """Who is one customer: look, decide, undo."""
