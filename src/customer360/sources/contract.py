"""The source contract: every table and column the warehouse reads, as data.

A column line is `name type`, with `!` behind the type when a source that lacks the column cannot be loaded and a row
without a value is quarantined, `!?` when the column must be there but a row may leave it empty. The first column is the
primary key. `docs/source_contract.md` is the same list for people, and a test compares the two.

Types: text, timestamp (UTC), date, money and quantity (decimal with four places), boolean, integer, json. Behind the
type of what can hold a name or a birth date (text, date, json) stands how personal it is, a word of
`customer360.personal_data`; for the other columns the table says it.
"""

from __future__ import annotations

from dataclasses import dataclass

from customer360 import personal_data

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
# A version with _deleted_noticed_at says that the record is gone from its source; what is loaded later counts again.
SYSTEM_COLUMNS = {
    "_load_id": "varchar",
    "_loaded_at": "timestamp",
    "_source_file": "varchar",
    "_row_hash": "ubigint",
    "_deleted_noticed_at": "timestamp",
}


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    required: bool
    nullable: bool = True
    personal: str = personal_data.UNKNOWN

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


def _table(source: str, name: str, personal: str, lines: str) -> Table:
    columns = []
    for line in filter(None, (part.strip() for part in lines.replace("\n", ",").split(","))):
        column, type_, *said = line.split()
        kind = type_.rstrip("!?")
        word = personal_data.word(f"{source}.{name}.{column}", said[0] if said else None, personal, DUCKDB_TYPES[kind])
        columns.append(Column(column, kind, "!" in type_, not type_.endswith("!"), word))
    return Table(source, name, tuple(columns))


# fmt: off
SHOP = (
    _table("shop", "customers", "fact", """
        customer_id text! pseudonym, updated_at timestamp!, account_type text fact, full_name text personal
        email text personal, phone text personal, birth_date date personal, gender text sensitive
        occupation text sensitive, marital_status text sensitive, interests text sensitive
        organisation_name text personal, contact_person text personal, address_line text personal
        city text personal, region text personal, postcode text personal, country text personal
        registered_at timestamp
    """),
    _table("shop", "salespeople", "fact", """
        salesperson_id text! pseudonym, updated_at timestamp!, full_name text personal, department text fact
        branch text fact
    """),
    _table("shop", "partners", "none", """
        partner_id text! none, updated_at timestamp!, partner_type text! none, name text none, region text none
    """),
    _table("shop", "products", "none", """
        product_id text! none, updated_at timestamp!, name text none, category text none, brand text none
        supplier_id text none, list_price money, unit_cost money, released_at timestamp, version text none
        replaces_product_id text none
    """),
    _table("shop", "orders", "fact", """
        order_id text! pseudonym, updated_at timestamp!, customer_id text!? pseudonym, channel text fact
        salesperson_id text pseudonym, distributor_id text none, carrier_id text none, status text! fact
        ordered_at timestamp!, paid_at timestamp, shipped_at timestamp, promised_delivery_at timestamp
        delivered_at timestamp, cancelled_at timestamp, currency text fact, items_amount money
        discount_amount money, shipping_amount money, tax_amount money, total_amount money!
        recipient_name text personal, recipient_phone text personal, recipient_email text personal
        ship_city text personal, ship_postcode text personal, is_gift boolean
    """),
    _table("shop", "order_items", "fact", """
        order_item_id text! pseudonym, updated_at timestamp!, order_id text! pseudonym, product_id text! none
        quantity quantity!, unit_price money!, discount_amount money, line_amount money
    """),
    _table("shop", "payments", "fact", """
        payment_id text! pseudonym, updated_at timestamp!, order_id text! pseudonym, method text fact, amount money!
        status text fact, paid_at timestamp
    """),
    _table("shop", "returns", "fact", """
        return_id text! pseudonym, updated_at timestamp!, order_id text! pseudonym, order_item_id text pseudonym
        quantity quantity, reason text fact, fault text fact, condition text fact, requested_at timestamp!
        received_at timestamp, refunded_at timestamp, refund_amount money, return_shipping_amount money
        return_shipping_paid_by text fact, status text fact
    """),
)

# The helpdesk's own API shapes; nested values stay JSON in raw.
HELPDESK = (
    _table("helpdesk", "tickets", "fact", """
        id text! pseudonym, updated_at timestamp!, created_at timestamp!, subject text free_text
        description text free_text, status text! fact, priority text fact, type text fact
        requester_id text!? pseudonym, submitter_id text pseudonym, assignee_id text pseudonym, group_id text none
        organization_id text pseudonym, external_id text pseudonym, via json free_text, tags json free_text
        custom_fields json free_text, satisfaction_rating json free_text, metric_set json fact, due_at timestamp
        generated_timestamp integer
    """),
    _table("helpdesk", "users", "fact", """
        id text! pseudonym, updated_at timestamp!, created_at timestamp, name text personal, email text personal
        phone text personal, role text! fact, organization_id text pseudonym, external_id text personal
        time_zone text fact, locale text fact, verified boolean, suspended boolean, active boolean
        default_group_id text none, tags json free_text, user_fields json free_text
    """),
    _table("helpdesk", "ticket_events", "fact", """
        id text! pseudonym, updated_at timestamp!, ticket_id text! pseudonym, created_at timestamp!
        timestamp integer, updater_id text pseudonym, event_type text fact, via json free_text
        system json free_text, child_events json! free_text
    """),
    _table("helpdesk", "satisfaction_ratings", "fact", """
        id text! pseudonym, updated_at timestamp!, created_at timestamp, ticket_id text! pseudonym
        requester_id text pseudonym, assignee_id text pseudonym, group_id text none, score text! fact
        comment text free_text, reason text fact
    """),
    _table("helpdesk", "groups", "none", """
        id text! none, updated_at timestamp!, created_at timestamp, name text! none, description text free_text
        deleted boolean
    """),
)

MEMBERSHIP = (
    _table("membership", "members", "fact", """
        member_id text! pseudonym, updated_at timestamp!, card_number text personal, full_name text personal
        email text personal, phone text personal, birth_date date personal, gender text sensitive
        occupation text sensitive, marital_status text sensitive, interests text sensitive
        address_line text personal, city text personal, region text personal, postcode text personal
        country text personal, joined_on date! fact, cancelled_on date fact, referred_by text pseudonym
        consent_email boolean, consent_sms boolean, consent_profiling boolean
    """),
    _table("membership", "activities", "fact", """
        activity_id text! pseudonym, updated_at timestamp!, member_id text! pseudonym, type text! fact
        occurred_at timestamp!, quantity quantity, reference text pseudonym
    """),
    _table("membership", "benefit_uses", "fact", """
        benefit_use_id text! pseudonym, updated_at timestamp!, member_id text! pseudonym, benefit text! fact
        used_at timestamp!
    """),
    _table("membership", "surveys", "fact", """
        response_id text! pseudonym, updated_at timestamp!, member_id text! pseudonym, occurred_at timestamp!
        topic text fact, expectation integer, performance integer, comment text free_text, order_id text pseudonym
    """),
    _table("membership", "campaign_contacts", "fact", """
        contact_id text! pseudonym, updated_at timestamp!, member_id text! pseudonym, campaign text fact
        channel text fact, sent_at timestamp!, opened_at timestamp, clicked_at timestamp
    """),
    _table("membership", "product_views", "fact", """
        view_id text! pseudonym, updated_at timestamp!, member_id text! pseudonym, product_id text! none
        viewed_at timestamp!, seconds integer
    """),
)
# fmt: on

# Keyed by the word behind `customer360 pull`.
PULLS = {"orders": SHOP, "tickets": HELPDESK, "members": MEMBERSHIP}
TABLES = {table.raw_name: table for tables in PULLS.values() for table in tables}
