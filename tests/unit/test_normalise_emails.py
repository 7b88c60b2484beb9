"""E-mail addresses: one spelling, one mailbox, and none where an address is of no person."""

from __future__ import annotations

import pytest

from customer360.identity.normalise.emails import PROVIDERS, mailbox, normalise_email, why_impersonal


@pytest.mark.parametrize(
    "written",
    [
        " Li.Wei@Example.COM ",
        "ＬＩ．ＷＥＩ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "mailto:li.wei@example.com",
        "Mailto: li.wei@example.com",
        "Li Wei <li.wei@example.com>",
        "li.wei @ example.com",
        "li.wei@example.com.",
        "li.wei\u200b@example.com",
        "li.wei＠example。com",
    ],
)
def test_one_address_however_it_is_written(written):
    assert normalise_email(written) == "li.wei@example.com"


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "none",
        "a@b",
        "a@b@example.com",
        "@example.com",
        "a@.com",
        "a@example.",
        "a@example.c",
        "a;b@x.com",
    ],
)
def test_what_is_no_address_is_none(written):
    assert normalise_email(written) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("l.i.wei+shop@gmail.com", "liwei@gmail.com"),
        ("liwei@googlemail.com", "liwei@gmail.com"),
        ("li.wei+shop@outlook.com", "li.wei@outlook.com"),
        ("li.wei@hotmail.com", "li.wei@hotmail.com"),
        ("li.wei+a@me.com", "li.wei@icloud.com"),
        ("li_wei-x.y+a@protonmail.com", "liweixy@proton.me"),
        ("liwei-shop@yahoo.com", "liwei@yahoo.com"),
        ("li.wei+a@qq.com", "li.wei+a@qq.com"),
        ("li.wei@163.com", "li.wei@163.com"),
        ("li.wei+a@example.com", "li.wei@example.com"),
        ("li.wei-a@example.com", "li.wei-a@example.com"),
        ("+tag@gmail.com", "+tag@gmail.com"),
    ],
)
def test_a_mailbox_follows_its_providers_rule(address, expected):
    assert mailbox(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "info@example.com",
        "sales+cn@example.com",
        "customer-service@example.com",
        "客服@example.com",
        "noreply@example.com",
        "no-reply@example.com",
        "do.not.reply@example.com",
        "orders-noreply@example.com",
        "noreply-42@example.com",
        "test@example.com",
        "anybody@noemail.com",
    ],
)
def test_a_role_a_machine_and_a_placeholder_have_no_mailbox(address):
    assert normalise_email(address) == address
    assert why_impersonal(address)
    assert mailbox(address) is None


@pytest.mark.parametrize("address", ["infante@example.com", "salesman.bob@example.com", "noreen@example.com"])
def test_a_person_whose_name_begins_like_a_role_has_one(address):
    assert mailbox(address) == address


def test_a_mailbox_is_its_own_mailbox():
    for domain in PROVIDERS:
        once = mailbox(f"li.wei-x+tag@{domain}")
        assert mailbox(once) == once
