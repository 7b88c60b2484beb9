"""Data sets that nobody here wrote, played through the product as if they were a company's three source systems.

Each adapter turns one data set into the source contract: a real PostgreSQL database, a helpdesk served over HTTP, a
folder of member files. The product sees only `CUSTOMER360_…` settings and has no special case for any of it.

    python -m real_data --data ../shared/data
"""
