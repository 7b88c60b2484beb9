"""Telephone numbers: the library's reading, a faster one of mainland mobiles that agrees with it, and placeholders."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.identity.normalise import phones
from customer360.identity.normalise.phones import is_filled_in, normalise_phone


@pytest.mark.parametrize(
    "written",
    [
        "13912345678", "139-1234 5678", "１３９１２３４５６７８", "+86 139 1234 5678", "0086-139-1234-5678",
        "8613912345678",
        "(+86) 139.1234.5678", "+86 (0)139 1234 5678", "13912345678 转 8", "13912345678 ext. 12", "13912345678#3",
        "013912345678",
    ],
)  # fmt: skip
def test_one_number_however_it_is_written(written):
    assert normalise_phone(written, "CN") == "+8613912345678"


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("+44 (0)7700 900123", "CN", "+447700900123"),
        ("+44 7700 900123", "CN", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("13912345678", "GB", "+8613912345678"),
        ("13912345678", None, "+8613912345678"),
        ("15112345678", "DE", "+4915112345678"),
        ("15112345678", "CN", "+8615112345678"),
        ("010-8888 7766 转 12", "CN", "+861088887766"),
        ("+86 10 8888 7766", "GB", "+861088887766"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1 212 555 0123", "US", "+12125550123"),
        ("13125550123", "US", "+13125550123"),
        ("2345 6789", "HK", "+85223456789"),
        ("09012345678", "JP", "+819012345678"),
        ("+39 (0)6 1234 5678", "CN", "+390612345678"),
    ],
)
def test_a_number_without_a_country_is_of_the_one_given(written, country, expected):
    assert normalise_phone(written, country) == expected


@pytest.mark.parametrize(
    "written",
    [
        None, "", " ", "unknown", "12345", "88887766", "00000000000", "11111111111", "+86 11111111111",
        "+44 7777777777",
        "1234567890", "0123456789", "+999 123456789", "139123456789012345", "😀", "+", "转",
    ],
)  # fmt: skip
def test_what_cannot_be_dialled_or_only_fills_the_field_is_none(written):
    assert normalise_phone(written, "CN") is None


def test_a_lucky_number_is_a_number():
    assert normalise_phone("13888888888", "CN") == "+8613888888888"
    assert normalise_phone("13800000000", "CN") == "+8613800000000"  # a placeholder, but the seed's to list


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
prefixes = st.sampled_from(["", "+86", "86", "0086", "+86 "])


@given(prefix=prefixes, mobile=mobiles)
@settings(max_examples=2000, deadline=None)
def test_the_fast_reading_of_a_mainland_mobile_agrees_with_the_library(prefix, mobile):
    written = prefix + mobile
    assert normalise_phone(written, "CN") == phones._by_library(written, "CN")


@given(
    prefix=st.sampled_from(["+86", "0086", "+86 "]), mobile=mobiles, country=st.sampled_from(["US", "GB", "JP", "DE"])
)
@settings(max_examples=500, deadline=None)
def test_so_it_does_where_another_country_is_the_default(prefix, mobile, country):
    written = prefix + mobile
    assert normalise_phone(written, country) == phones._by_library(written, country)


@given(
    code=st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)),
    rest=st.from_regex(r"[0-9]{5,12}", fullmatch=True),
)
@settings(max_examples=5000, deadline=None)
def test_so_does_that_of_a_number_with_its_country_code(code, rest):
    written = f"+{code}{rest}"
    assert normalise_phone(written, "CN") == phones._by_library(written, "CN")


@given(number=st.text(alphabet="0123456789+-() x#转", max_size=20), country=st.sampled_from(["CN", "US", "GB", "DE"]))
@settings(max_examples=1000, deadline=None)
def test_what_comes_out_is_e164_of_a_country_and_reads_as_itself(number, country):
    e164 = normalise_phone(number, country)
    if e164:
        parsed = phonenumbers.parse(e164)
        assert phonenumbers.region_code_for_country_code(parsed.country_code)
        assert phonenumbers.is_possible_number(parsed)
        assert not is_filled_in(phonenumbers.national_significant_number(parsed))
        assert normalise_phone(e164, "CN") == e164
