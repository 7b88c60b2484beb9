"""Who is one customer: which source records belong together, under an id that never changes."""
