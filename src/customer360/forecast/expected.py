"""What each customer is expected to buy in the days after a day, learnt from all purchases up to it.

Customers of one kind (individuals, organisations, guests) are learnt from together, and apart from other kinds. Where
there is too little to learn from, nothing is estimated and the status says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from customer360.forecast import bg_nbd, gamma_gamma
from customer360.forecast.fitting import NotEstimableError

ESTIMATED = "estimated"
TOO_FEW_PURCHASES = "too few purchases"  # one purchase day: the average of those who bought once, as long ago
TOO_FEW_CUSTOMERS = "too few customers"
TOO_SHORT_A_HISTORY = "too short a history"
NO_RECENT_PURCHASES = "no recent purchases"
NOT_ESTIMABLE = "no stable estimate"

LEAST_CUSTOMERS = 100
LEAST_REPEATING_CUSTOMERS = 50
LEAST_HISTORY_DAYS = 180
MOST_DAYS_WITHOUT_A_PURCHASE = 90  # of a whole kind: then the sales have ended, or their source has

HISTORIES = """
    select
        customer_kind, customer_id,
        count(*) as purchase_day_count,
        cast(max(purchased_on) - min(purchased_on) as double) as recency,
        cast(cast(? as date) - min(purchased_on) as double) as age,
        min(purchased_on) as first_purchase_on, max(purchased_on) as last_purchase_on,
        sum(net_sales) as net_sales,
        cast(sum(net_sales) as double) / count(*) as mean
    from {purchase_days} where purchased_on <= ?
    group by all order by all
"""


@dataclass(frozen=True)
class Model:
    """What was learnt of one kind of customer."""

    purchases: bg_nbd.BgNbd
    value: gamma_gamma.GammaGamma


@dataclass(frozen=True)
class Histories:
    """One kind's customers up to a day; arrays of one length. `age` and `recency` in days, `mean` in money."""

    purchase_days: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    mean: np.ndarray

    @property
    def repeats(self) -> np.ndarray:
        return self.purchase_days - 1


def expected_purchases(
    connection: duckdb.DuckDBPyConnection, purchase_days: str, *, through: date, days: int
) -> pa.Table:
    """One row per customer who bought up to and on `through`, with what to expect in the `days` after it.

    `purchase_days` is a relation (customer_id, customer_kind, purchased_on, net_sales > 0), one row per customer and
    day. The answer has customer_kind, customer_id, purchase_day_count, first_purchase_on, last_purchase_on, net_sales,
    status, probability_active, expected_orders, expected_net_sales, ordered by kind and customer.
    """
    table = connection.execute(HISTORIES.format(purchase_days=purchase_days), [through, through]).to_arrow_table()
    kinds = np.asarray(table["customer_kind"].combine_chunks().dictionary_encode().indices)
    columns = {name: table[name].to_numpy().astype(float) for name in ("purchase_day_count", "recency", "age", "mean")}
    status = np.full(table.num_rows, "", dtype=object)
    answers = {name: np.full(table.num_rows, np.nan) for name in ("active", "orders", "net_sales")}
    for kind in np.unique(kinds):
        rows = kinds == kind
        histories = Histories(*(column[rows] for column in columns.values()))
        reason = too_thin(histories)
        try:
            model = None if reason else learn(histories)
        except NotEstimableError:
            model, reason = None, NOT_ESTIMABLE
        if model is None:
            status[rows] = reason
            continue
        once = histories.repeats == 0
        status[rows] = np.where(once, TOO_FEW_PURCHASES, ESTIMATED)
        active = model.purchases.probability_active(histories.repeats, histories.recency, histories.age)
        orders = model.purchases.expected_purchases(histories.repeats, histories.recency, histories.age, days=days)
        answers["active"][rows] = np.where(once, np.nan, active)
        answers["orders"][rows] = orders
        answers["net_sales"][rows] = orders * model.value.expected_value(histories.purchase_days, histories.mean)
    kept = ["customer_kind", "customer_id", "purchase_day_count", "first_purchase_on", "last_purchase_on", "net_sales"]
    return (
        table.select(kept)
        .append_column("status", pa.array(status, pa.string()))
        .append_column("probability_active", pa.array(answers["active"].round(6), from_pandas=True))
        .append_column("expected_orders", pa.array(answers["orders"].round(6), from_pandas=True))
        .append_column("expected_net_sales", pa.array(answers["net_sales"].round(4), from_pandas=True))
    )


def too_thin(histories: Histories) -> str | None:
    """Why nothing can be learnt from these, or None."""
    if histories.age.max() < LEAST_HISTORY_DAYS:
        return TOO_SHORT_A_HISTORY
    if len(histories.age) < LEAST_CUSTOMERS or np.sum(histories.repeats > 0) < LEAST_REPEATING_CUSTOMERS:
        return TOO_FEW_CUSTOMERS
    if (histories.age - histories.recency).min() > MOST_DAYS_WITHOUT_A_PURCHASE:
        return NO_RECENT_PURCHASES
    return None


def learn(histories: Histories) -> Model:
    """Fit both models. Raises NotEstimableError."""
    return Model(
        purchases=bg_nbd.fit(histories.repeats, histories.recency, histories.age),
        value=gamma_gamma.fit(histories.purchase_days, histories.mean),
    )
