"""Names of organisations: told from persons' names, and without their legal form."""

from __future__ import annotations

import pytest

from customer360.identity.normalise.organisations import looks_like_organisation, normalise_organisation


@pytest.mark.parametrize(
    "name",
    [
        "Northgate Training Ltd", "Acme GmbH", "ACME Inc.", "Harbour Language School", "University of Leeds",
        "Mercer & Sons",
        "上海新华书店",
        "北京某某有限公司", "實驗小學附屬幼兒園", "第一中学", "上海市外国语学校（2）", "某某科技公司(深圳)",
        "实验小学7", "Kingsway College (5)", "广州外国语学校",
    ],
)  # fmt: skip
def test_an_organisation_shows_by_its_words(name):
    assert looks_like_organisation(name)


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "Robert Smith",
        "李伟",
        "欧阳修",
        "School",
        "Charlotte Church",
        "Maria Sá",
        "Jo Co",
        "Li Zhong",
        "张中心",
        "Ann Banks",
    ],
)
def test_a_person_is_not_taken_for_one(name):
    assert not looks_like_organisation(name)


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (("Acme Ltd", "ACME Limited", "The Acme Co., Ltd.", "Acme", "acme ltd."), "acme"),
        (("Mercer & Sons Ltd", "Mercer and Sons"), "mercer and sons"),
        (("Müller GmbH & Co. KG", "Muller GmbH"), "muller"),
        (("上海新華書店有限公司", "上海新华书店", "上海 新华书店 股份有限公司"), "上海新华书店"),
        (("公司",), "公司"),
        ((None, "", "&"), None),
    ],
)
def test_the_legal_form_does_not_make_another_organisation(spellings, expected):
    found = {normalise_organisation(spelling) for spelling in spellings}
    assert found == {expected} or (expected is None and found <= {None, "and"})
