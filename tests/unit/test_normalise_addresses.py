"""Addresses: street line, postcode, city, region, country."""

from __future__ import annotations

import pytest

from customer360.identity.normalise.addresses import (
    normalise_address,
    normalise_city,
    normalise_country,
    normalise_postcode,
    normalise_region,
)


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (("12 High Street", "12 high st.", "１２　High Str", "12, HIGH STREET"), "12 high st"),
        (("Apt 3, 5 St James Road", "Apartment 3 5 Saint James Rd"), "apt 3 5 st james rd"),
        (
            ("人民路8号3栋2单元501室", "人民路8號 3幢 2單元 501", "人民路8号3号楼2单元501房", "人民路8号3-2-501"),
            "人民路8号3-2-501",
        ),
        (("中山路10号", "中山路 10 號"), "中山路10号"),
        ((None, "", " ", "-"), None),
    ],
)
def test_one_address_however_it_is_written(spellings, expected):
    assert {normalise_address(spelling) for spelling in spellings} == {expected}


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("sw1a 1aa", None, "SW1A1AA"),
        ("SW1A1AA", "GB", "SW1A1AA"),
        ("02108-1234", None, "02108"),
        ("02108-1234", "US", "02108"),
        ("2108", "US", "02108"),
        ("0800", "AU", "0800"),
        ("100000", "CN", "100000"),
        ("１００００１", "CN", "100001"),
        ("100001.0", None, "100001"),
        ("123-4567", "JP", "1234567"),
        ("00000", None, None),
        (None, None, None),
        (" ", None, None),
    ],
)
def test_a_postcode_keeps_its_zeros_and_loses_its_signs(written, country, expected):
    assert normalise_postcode(written, country) == expected


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (("上海", "上海市", "Shanghai", "SHANGHAI City", "Shang-hai"), "shanghai"),
        (("西安市", "Xi'an", "Xian"), "xian"),
        (("重慶", "重庆市", "Chongqing"), "chongqing"),
        (("New York", "new york city", "New-York"), "new york"),
        (("Zürich", "ZURICH"), "zurich"),
        (("市", "市市"), None),
        ((None, "", "?"), None),
    ],
)
def test_one_city_in_any_script(spellings, expected):
    found = {normalise_city(spelling) for spelling in spellings}
    assert found == {expected} if expected else found - {None} <= {"shi", "shishi"}


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (("广东", "廣東省", "Guangdong", "Guangdong Province"), "guangdong"),
        (("陕西省", "Shaanxi"), "shaanxi"),
        (("山西省", "Shanxi"), "shanxi"),
        (("内蒙古自治区", "Inner Mongolia"), "inner mongolia"),
        (("广西壮族自治区", "Guangxi"), "guangxi"),
    ],
)
def test_one_region_in_any_script(spellings, expected):
    assert {normalise_region(spelling) for spelling in spellings} == {expected}


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (("中国", "中國", "China", "CN", "cn", "CHN", "P.R. China", "中国大陆", "中华人民共和国"), "CN"),
        (("UK", "GB", "England", "United Kingdom", "Great Britain", "英国"), "GB"),
        (
            ("US", "USA", "U.S.A.", "U.S.", "United States", "United States of America", "美国", "Vereinigte Staaten"),
            "US",
        ),
        (("Deutschland", "Germany", "德国"), "DE"),
        (("Hong Kong", "香港", "HK"), "HK"),
        ((None, "", "Atlantis", "ZZ"), None),
    ],
)
def test_one_country_in_many_languages(spellings, expected):
    assert {normalise_country(spelling) for spelling in spellings} == {expected}
