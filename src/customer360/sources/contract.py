"""The source contract: every table and column the warehouse reads, as data.

A column line is `name type`, with `!` behind the type when a source that lacks the column cannot be loaded and a row
without a value is quarantined, `!?` when the column must be there but a row may leave it empty. The first column is the
primary key. `docs/source_contract.md` is the same list for people, and a test compares the two.

Types: text, timestamp (UTC), date, money and quantity (decimal with four places), boolean, integer, json.
"""

from __future__ import annotations

from dataclasses import dataclass

DUCKDB_TYPES = {
    "text": "varchar",
    "timestamp": "timestamp",
    "date": "date",
    "money": "decimal(18, 4)",
    "quantity": "decimal(18, 4)",
    "boolean": "boolean",
    "integer": "bigint",
    "json": "json",
}

# What the loader adds to every row of raw: which load brought it, when, from which file, and a hash to tell versions.
SYSTEM_COLUMNS = {
    "_load_id": "varchar",
    "_loaded_at": "timestamp",
    "_source_file": "varchar",
    "_row_hash": "ubigint",
}


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    required: bool
    nullable: bool = True

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    source: str
    name: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        return self.columns[0].name

    @property
    def raw_name(self) -> str:
        """Name of the table in schema raw, e.g. shop_orders."""
        return f"{self.source}_{self.name}"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def _table(source: str, name: str, lines: str) -> Table:
    columns = []
    for line in filter(None, (part.strip() for part in lines.replace("\n", ",").split(","))):
        column, type_ = line.split()
        columns.append(Column(column, type_.rstrip("!?"), "!" in type_, not type_.endswith("!")))
    return Table(source, name, tuple(columns))


# fmt: off
SHOP = (
    _table("shop", "customers", """
        customer_id text!, updated_at timestamp!
        account_type text, full_name text, email text, phone text, birth_date date, gender text, occupation text
        marital_status text, interests text, organisation_name text, contact_person text
        address_line text, city text, region text, postcode text, country text, registered_at timestamp
    """),
    _table("shop", "salespeople", """
        salesperson_id text!, updated_at timestamp!, full_name text, department text, branch text
    """),
    _table("shop", "partners", """
        partner_id text!, updated_at timestamp!, partner_type text!, name text, region text
    """),
    _table("shop", "products", """
        product_id text!, updated_at timestamp!, name text, category text, brand text, supplier_id text
        list_price money, unit_cost money, released_at timestamp, version text, replaces_product_id text
    """),
    _table("shop", "orders", """
        order_id text!, updated_at timestamp!, customer_id text!?, channel text, salesperson_id text
        distributor_id text
        carrier_id text, status text!, ordered_at timestamp!, paid_at timestamp, shipped_at timestamp
        promised_delivery_at timestamp, delivered_at timestamp, cancelled_at timestamp, currency text
        items_amount money, discount_amount money, shipping_amount money, tax_amount money, total_amount money!
        recipient_name text, recipient_phone text, recipient_email text, ship_city text, ship_postcode text
        is_gift boolean
    """),
    _table("shop", "order_items", """
        order_item_id text!, updated_at timestamp!, order_id text!, product_id text!, quantity quantity!
        unit_price money!
        discount_amount money, line_amount money
    """),
    _table("shop", "payments", """
        payment_id text!, updated_at timestamp!, order_id text!, method text, amount money!, status text
        paid_at timestamp
    """),
    _table("shop", "returns", """
        return_id text!, updated_at timestamp!, order_id text!, order_item_id text, quantity quantity, reason text
        fault text
        condition text, requested_at timestamp!, received_at timestamp, refunded_at timestamp, refund_amount money
        return_shipping_amount money, return_shipping_paid_by text, status text
    """),
)

# The helpdesk's own API shapes; nested values stay JSON in raw.
HELPDESK = (
    _table("helpdesk", "tickets", """
        id text!, updated_at timestamp!, created_at timestamp!, subject text, description text, status text!
        priority text
        type text, requester_id text!?, submitter_id text, assignee_id text, group_id text, organization_id text
        external_id text
        via json, tags json, custom_fields json, satisfaction_rating json, metric_set json, due_at timestamp
        generated_timestamp integer
    """),
    _table("helpdesk", "users", """
        id text!, updated_at timestamp!, created_at timestamp, name text, email text, phone text, role text!
        organization_id text, external_id text, time_zone text, locale text, verified boolean, suspended boolean
        active boolean, default_group_id text, tags json, user_fields json
    """),
    _table("helpdesk", "ticket_events", """
        id text!, updated_at timestamp!, ticket_id text!, created_at timestamp!, timestamp integer, updater_id text
        event_type text, via json, system json, child_events json!
    """),
    _table("helpdesk", "satisfaction_ratings", """
        id text!, updated_at timestamp!, created_at timestamp, ticket_id text!, requester_id text, assignee_id text
        group_id text, score text!, comment text, reason text
    """),
    _table("helpdesk", "groups", """
        id text!, updated_at timestamp!, created_at timestamp, name text!, description text, deleted boolean
    """),
)

MEMBERSHIP = (
    _table("membership", "members", """
        member_id text!, updated_at timestamp!, card_number text, full_name text, email text, phone text
        birth_date date
        gender text, occupation text, marital_status text, interests text, address_line text, city text, region text
        postcode text, country text, joined_on date!, cancelled_on date, referred_by text
        consent_email boolean, consent_sms boolean, consent_profiling boolean
    """),
    _table("membership", "activities", """
        activity_id text!, updated_at timestamp!, member_id text!, type text!, occurred_at timestamp!, quantity quantity
        reference text
    """),
    _table("membership", "benefit_uses", """
        benefit_use_id text!, updated_at timestamp!, member_id text!, benefit text!, used_at timestamp!
    """),
    _table("membership", "surveys", """
        response_id text!, updated_at timestamp!, member_id text!, occurred_at timestamp!, topic text
        expectation integer
        performance integer, comment text, order_id text
    """),
    _table("membership", "campaign_contacts", """
        contact_id text!, updated_at timestamp!, member_id text!, campaign text, channel text, sent_at timestamp!
        opened_at timestamp, clicked_at timestamp
    """),
    _table("membership", "product_views", """
        view_id text!, updated_at timestamp!, member_id text!, product_id text!, viewed_at timestamp!, seconds integer
    """),
)
# fmt: on

# Keyed by the word behind `customer360 pull`.
PULLS = {"orders": SHOP, "tickets": HELPDESK, "members": MEMBERSHIP}
TABLES = {table.raw_name: table for tables in PULLS.values() for table in tables}
