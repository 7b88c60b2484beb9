"""How fast the product is, side by side with the plain way of doing the same on the same machine.

    python -m bench --orders 100000 1000000

docs/performance.md has the results and what is compared with what.
"""
