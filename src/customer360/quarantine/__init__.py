"""What did not fit: look at it, and try it again when the rule is mended.

By hand: `customer360 quarantine list`, `customer360 quarantine replay`.
"""
