"""What each customer is expected to buy: in the next year, and, to see how far off that is, in days already known."""

import pyarrow as pa

from customer360.forecast.expected import expected_purchases


def model(dbt, session):
    dbt.config(materialized="table")
    purchase_days = f"({dbt.ref('int_purchase_days_listed').sql_query()})"
    periods = session.execute(f"from ({dbt.ref('int_forecast_periods_set').sql_query()}) order by forecast").fetchall()
    foretold = []
    for forecast, through, days in periods:
        customers = expected_purchases(session, purchase_days, through=through, days=days)
        name = pa.array([forecast] * customers.num_rows, pa.string())
        foretold.append(customers.append_column("forecast", name))
    return pa.concat_tables(foretold)
