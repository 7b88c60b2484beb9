"""Names: one spelling, the parts where they can be told, and a key that knows neither order nor script."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer360.identity.normalise.chinese_names import COMMON_READINGS, SURNAMES, read_surname, syllables
from customer360.identity.normalise.given_names import roots
from customer360.identity.normalise.names import NONE, normalise_name


def parts(full_name):
    name = normalise_name(full_name)
    return name.given, name.family


@pytest.mark.parametrize(
    "written",
    [
        "Robert O'Brien", "robert  o’brien", "ROBERT OʼBRIEN", "Ｒｏｂｅｒｔ　Ｏ＇Ｂｒｉｅｎ",
        "Mr. Robert O'Brien", "Dr Robert O'Brien Jr.",
        "Prof. Dr. Robert O'Brien, PhD", "O'Brien, Robert", "O'Brien， Mr Robert",
        "Robert O`Brien III", "Röbert O'Brien 😀",
    ],
)  # fmt: skip
def test_one_name_however_it_is_written(written):
    name = normalise_name(written)
    assert (name.normalised, name.given, name.family) == ("robert obrien", "robert", "obrien")


@pytest.mark.parametrize(
    ("written", "given_name", "family_name"),
    [
        ("Anna Maria Müller", "anna maria", "muller"),
        ("Alexa-Rose Lowe", "alexa rose", "lowe"),
        ("Claudia Wiley-Smith", "claudia", "wiley smith"),
        ("Emma van-Dijk", "emma", "van dijk"),
        ("Vincent van Gogh", "vincent", "van gogh"),
        ("María de la Cruz", "maria", "de la cruz"),
        ("Van Morrison", "van", "morrison"),
        ("R. Smith", "r", "smith"),
        ("J.R.R. Tolkien", "j r r", "tolkien"),
        ("Frau Weiß", None, "weiss"),
        ("Mr Smith", None, "smith"),
        ("Miss Emma", None, None),
        ("Jean DUPONT", "jean", "dupont"),
        ("O'BRIEN Robert", "robert", "obrien"),
        ("Dr. Robert SMITH III", "robert", "smith"),
        ("JP Morgan", "jp", "morgan"),
        ("ROBERT SMITH", "robert", "smith"),
        ("Bob", None, None),
        ("NickHill", "nick", "hill"),
        ("McDonald", None, None),
        ("X", None, None),
        ("Søren Kierkegaard", "soren", "kierkegaard"),
        ("Иван Петров", "иван", "петров"),
    ],
)
def test_parts_are_told_where_the_name_shows_them(written, given_name, family_name):
    assert parts(written) == (given_name, family_name)


@pytest.mark.parametrize(
    ("written", "given_name", "family_name"),
    [
        ("李伟", "伟", "李"),
        ("李 小明", "小明", "李"),
        ("欧阳修", "修", "欧阳"),
        ("歐陽修", "修", "欧阳"),
        ("司马相如", "相如", "司马"),
        ("張偉先生", "伟", "张"),
        ("王老师", None, "王"),
        ("约翰·史密斯", "约翰", "史密斯"),
        ("李伟 Li Wei", "伟", "李"),
        ("Lucy 李", "lucy", "李"),
        ("小红书", None, None),
        ("Li Xiaoming", "xiaoming", "li"),
        ("Xiaoming Li", "xiaoming", "li"),
        ("Xiao-ming Li", "xiaoming", "li"),
        ("Ouyang Xiu", "xiu", "ouyang"),
        ("Zhang, Xiao Ming", "xiaoming", "zhang"),
        ("Yan Ouyang", "yan", "ouyang"),
        ("Sima Feng", "feng", "sima"),
        ("Pan Jian", "jian", "pan"),
        ("LI Wei", "wei", "li"),
        ("Wei LI", "wei", "li"),
        ("LI WEI", None, None),
        ("Li Wei", None, None),
        ("Wei Li", None, None),
    ],
)
def test_chinese_names_have_their_family_name_first(written, given_name, family_name):
    assert parts(written) == (given_name, family_name)


@pytest.mark.parametrize(
    "spellings",
    [
        ("李伟", "李偉", "Li Wei", "Wei Li", "LI, Wei", "li wei", "李伟 女士"),
        ("李小明", "Li Xiaoming", "Xiaoming Li", "Xiao-Ming Li", "Xiao Ming Li", "Li, Xiao Ming"),
        ("吕布", "呂布", "Lü Bu", "Lu Bu", "Lv Bu", "Bu Lyu", "LÜ, Bu"),
        ("曾国藩", "Zeng Guofan", "曾國藩"),
        ("单雄信", "Shan Xiongxin"),
        ("仇英", "Qiu Ying"),
        ("欧阳修", "Ouyang Xiu", "Xiu Ou-yang"),
        ("Иван Петров", "Ivan Petrov", "Petrov Ivan"),
        ("Robert Smith", "Smith, Robert", "SMITH Robert"),
    ],
)
def test_the_key_knows_neither_order_nor_script(spellings):
    assert len({normalise_name(spelling).key for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "written", [None, "", "  ", "😀", "N/A", "unknown", "匿名", "顾客", "123", "-", "'", "Mr", "先生", "...", "Test"]
)
def test_what_is_no_name_is_none(written):
    assert normalise_name(written) == NONE


def test_parts_that_a_source_has_are_not_guessed_again():
    name = normalise_name("Wei Li", "Wei", "Li")
    assert (name.normalised, name.given, name.family) == ("wei li", "wei", "li")
    name = normalise_name(None, "伟", "李")
    assert (name.normalised, name.given, name.family) == ("李伟", "伟", "李")
    assert normalise_name("Robert Smith", " ", None) == normalise_name("Robert Smith")


def test_a_short_form_and_the_name_it_is_short_for_have_a_root_in_common():
    for short, name in (("bob", "robert"), ("liz", "elizabeth"), ("bill", "will"), ("alex", "alexander")):
        assert set(roots(short)) & set(roots(name)), (short, name)
    assert not set(roots("robert")) & set(roots("elizabeth"))
    assert {"伟", "wei"} == set(roots("伟"))
    assert "anna" in roots("anna maria")


def test_every_surname_reads_as_pinyin_and_stands_once():
    assert all(syllables(reading) for surname, reading in SURNAMES.items() if surname != "鄂")  # e is also a letter
    assert read_surname("曾") == "zeng"
    assert read_surname("吕") == "lu"
    assert len(COMMON_READINGS) > 80


@given(st.text(max_size=40) | st.text(alphabet="Aa李–-,. Li'王", max_size=12))
@settings(max_examples=2000, deadline=None)
def test_no_text_breaks_it_and_what_comes_out_stays_as_it_is(text):
    name = normalise_name(text)
    assert (name.key is None) == (name.normalised is None)
    if name.normalised:
        assert name.normalised == " ".join(name.normalised.split())
        again = normalise_name(name.normalised)
        assert again == NONE or again.key
