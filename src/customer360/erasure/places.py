"""What each table of raw holds of a person, and what becomes of it when the person is erased.

Records that are the person, or tell only of them, are removed. The books stay: orders, lines, payments, returns, and
tickets as events, without any word or value that is personal, with a pseudonym where they named the person.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# What does not stand here (products, salespeople, partners, groups) tells of no customer.
CUSTOMERS, ORDERS, USERS, TICKETS, MEMBERS = (
    "shop_customers", "shop_orders", "helpdesk_users", "helpdesk_tickets", "membership_members",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """The columns by which a person is recognised under a record id that was not known when they were erased."""

    since: tuple[str, ...]  # when the record began: of the first of these that is given
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    card: str | None = None
    guest_of: str | None = None  # recognised only where this column, an account of its own, is empty


@dataclass(frozen=True)
class Place:
    """One table. `belongs`: columns whose record, once erased, makes this row the person's; {column: its table}.

    is_kept: the row stays, without the columns `personal` and whatever the contract does not know; `coded` ones keep
    what others say too; of the JSON `documents` stays what happened. `links`: columns that name a person in rows that
    may be anybody's. `texts`: free text, in which others may have written about the person.
    """

    table: str
    belongs: dict[str, str]
    is_kept: bool = False
    account: Account | None = None
    personal: tuple[str, ...] = ()
    coded: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


RECIPIENT = ("recipient_name", "recipient_phone", "recipient_email", "ship_city", "ship_postcode")

PLACES = {
    place.table: place
    for place in (
        Place(
            CUSTOMERS,
            {"customer_id": CUSTOMERS},
            account=Account(("registered_at", "updated_at"), email="email", phone="phone", name="full_name"),
            texts=("contact_person", "interests"),
        ),
        Place(
            ORDERS,
            {"customer_id": CUSTOMERS, "order_id": ORDERS},
            is_kept=True,
            account=Account(
                ("ordered_at",),
                email="recipient_email",
                phone="recipient_phone",
                name="recipient_name",
                guest_of="customer_id",
            ),
            personal=RECIPIENT,
            links={"customer_id": CUSTOMERS},
        ),
        Place("shop_order_items", {"order_id": ORDERS}, is_kept=True),
        Place("shop_payments", {"order_id": ORDERS}, is_kept=True),
        Place("shop_returns", {"order_id": ORDERS}, is_kept=True, coded=("reason", "fault", "condition")),
        Place(
            USERS,
            {"id": USERS, "external_id": MEMBERS},
            account=Account(
                ("created_at", "updated_at"), email="email", phone="phone", name="name", card="external_id"
            ),
        ),
        Place(
            TICKETS,
            {"requester_id": USERS, "id": TICKETS},
            is_kept=True,
            personal=("subject", "description", "external_id", "organization_id"),
            documents=("via", "tags", "custom_fields", "satisfaction_rating"),
            links={"requester_id": USERS, "submitter_id": USERS},
            texts=("subject", "description", "via", "tags", "custom_fields", "satisfaction_rating"),
        ),
        Place(
            "helpdesk_ticket_events",
            {"ticket_id": TICKETS, "updater_id": USERS},
            is_kept=True,
            documents=("via", "system", "child_events"),
            links={"updater_id": USERS},
            texts=("child_events", "via"),
        ),
        Place(
            "helpdesk_satisfaction_ratings",
            {"ticket_id": TICKETS, "requester_id": USERS},
            is_kept=True,
            personal=("comment",),
            coded=("reason",),
            links={"requester_id": USERS},
            texts=("comment",),
        ),
        Place(
            MEMBERS,
            {"member_id": MEMBERS},
            account=Account(
                ("joined_on", "updated_at"), email="email", phone="phone", name="full_name", card="card_number"
            ),
            links={"referred_by": MEMBERS},
        ),
        Place("membership_activities", {"member_id": MEMBERS}, links={"reference": MEMBERS}, texts=("reference",)),
        Place("membership_benefit_uses", {"member_id": MEMBERS}),
        Place("membership_surveys", {"member_id": MEMBERS}, texts=("comment",)),
        Place("membership_campaign_contacts", {"member_id": MEMBERS}),
        Place("membership_product_views", {"member_id": MEMBERS}),
    )
}

# Records by which rows of other tables are recognised.
NAMED_BY_OTHERS = (CUSTOMERS, ORDERS, USERS, TICKETS, MEMBERS)


def dependents(table: str) -> list[Place]:
    """The other places whose rows may belong to the records of `table`."""
    return [place for place in PLACES.values() if place.table != table and table in place.belongs.values()]
