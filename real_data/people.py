"""The only join between the data sets, and it is invented.

No set has orders, tickets and members of the same people. So the n-th customer of Online Retail, the n-th caller of
the ServiceNow log and the n-th member of the airline (each in the order of its number) are given the same made-up
e-mail address, on a domain that cannot exist. It makes records of the three systems meet in one customer, which is
what has to be exercised; it says nothing about people, and no figure about identity may be claimed from it.
"""

# n is an SQL expression: the position, from 1.
EMAIL = "'person-' || ({n}) || '@invented.invalid'"

STATEMENT = """\
The join between the data sets is invented: the n-th customer, caller and member (by number) share a made-up e-mail
address (person-n@invented.invalid). No figure depends on it, except those that count it."""
