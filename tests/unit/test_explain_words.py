"""`customer360 explain` says every situation in plain words, in English and in Chinese."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from string import Formatter

import pytest

from customer360.levels import explain_text
from customer360.levels.explain_text import in_words
from customer360.levels.explain_words import SENTENCES
from customer360.levels.explanation import (
    FOR_EVER,
    Explanation,
    Grant,
    Level,
    Line,
    Period,
    Restatement,
    TakenBack,
    ValueTier,
)
from customer360.levels.kernel import REASONS
from customer360.levels.standing import Standing

ONE, D = Decimal(1), date.fromisoformat
LEVELS = {
    "registered": Level({"en": "Registered", "zh": "注册会员"}, Decimal(0), True),
    "silver": Level({"en": "Silver", "zh": "银牌会员"}, Decimal(800), False),
    "gold": Level({"en": "Gold", "zh": "金牌会员"}, Decimal(2000), False),
}
BOUGHT = Line(
    entry_id="e1",
    counts_from=D("2026-06-02"),
    counts_until=D("2027-06-01"),
    growth=Decimal("1320.00"),
    units=Decimal("1200.0000"),
    growth_per_unit=Decimal("1.0000"),
    coefficient=Decimal("1.1000"),
    order_id="SO42",
    record_id="SO42-1",
    sentence={"en": "1 growth per unit of money paid for goods", "zh": "购买商品每支付1元得1成长值"},
    taken_back=(
        TakenBack(D("2026-06-20"), Decimal("-110.00"), "R1"),
        TakenBack(D("2026-07-20"), Decimal("-330.00"), "R2"),
    ),
)
REVIEWED = Line(
    entry_id="e2",
    counts_from=D("2026-01-03"),
    counts_until=D("2027-01-02"),
    growth=Decimal("10.00"),
    units=ONE,
    growth_per_unit=Decimal(10),
    coefficient=ONE,
    order_id=None,
    record_id="A7",
    sentence={"en": "10 growth for a product review", "zh": "评价商品得10成长值"},
)
STANDING = Standing(
    day=D("2026-10-31"),
    level="silver",
    level_rank=2,
    name_en="Silver",
    name_zh="银牌会员",
    since=D("2026-06-02"),
    change_reason="growth earned",
    growth_from=Decimal(800),
    growth_value=Decimal("890.00"),
    coefficient=Decimal("1.1"),
    next_level="gold",
    next_name_en="Gold",
    next_name_zh="金牌会员",
    growth_to_next=Decimal("1110.00"),
    spend_to_next=Decimal("1009.10"),
    next_expiry_on=D("2027-01-03"),
    next_expiry_growth=Decimal("10.00"),
    review_on=D("2027-06-02"),
    ends_on=D("2027-07-02"),
    growth_to_keep=Decimal("800.00"),
)
SILVER = Explanation(
    customer_id="C1",
    day=D("2026-10-31"),
    known_at=None,
    joined_on=D("2026-01-01"),
    cancelled_on=None,
    standing=STANDING,
    levels=LEVELS,
    lines=(BOUGHT, REVIEWED),
    history=(
        Period("silver", D("2026-06-02"), None, "growth earned"),
        Period("registered", D("2026-01-01"), D("2026-06-02"), "joined"),
    ),
    restatements=(),
    grants=(),
    value_tier=None,
)


def text(found: Explanation, language: str = "en", **options: int) -> str:
    return "\n".join(in_words(found, language=language, **options))


# The whole, in both languages


def test_a_member_reads_why_how_to_rise_what_expires_and_every_line_in_english():
    assert (
        text(SILVER)
        == """\
Customer C1
On 31 October 2026, as known now

Level: Silver, since 2 June 2026
Why: 890.00 growth counts on this day, and Silver begins at 800.00.
Most of it comes from
       +880.00  2 June 2026, order SO42: 1 growth per unit of money paid for goods, less goods returned
        +10.00  3 January 2026, record A7: 10 growth for a product review
At Silver a purchase earns 1.1 times its growth.

To reach Gold: 1,110.00 more growth, or goods for about 1,009.10.
Review: 2 June 2027, then grace until 1 July 2027.
If nothing more is earned, Silver is held for the last time on 1 July 2027.
To keep Silver beyond that day: 800.00 more growth by then.
Next to expire: 10.00 growth, which counts for the last time on 2 January 2027.

The ledger: what counts on this day
     +1,320.00  2 June 2026, order SO42: 1 growth per unit of money paid for goods; to 1 June 2027
       -110.00    taken back on 20 June 2026 for goods returned, R1
       -330.00    taken back on 20 July 2026 for goods returned, R2
        +10.00  3 January 2026, record A7: 10 growth for a product review; to 2 January 2027
       +890.00  is the growth value

The levels so far
  Silver: since 2 June 2026, growth earned
  Registered: 1 January 2026 to 1 June 2026, joined"""
    )


def test_a_member_reads_why_how_to_rise_what_expires_and_every_line_in_chinese():
    assert (
        text(SILVER, "zh")
        == """\
客户 C1
2026年10月31日的情况（按目前所知）

等级：银牌会员，自2026年6月2日起
原因：当天有效成长值为890.00，达到银牌会员所需的800.00。
主要来自
       +880.00  2026年6月2日，订单SO42：购买商品每支付1元得1成长值，已扣除退货
        +10.00  2026年1月3日，记录A7：评价商品得10成长值
银牌会员购物时，成长值按1.1倍计算。

距金牌会员：还需1,110.00成长值，约合消费1,009.10元。
审核日：2027年6月2日，之后的宽限期到2027年7月1日为止。
若不再获得成长值，银牌会员将保留到2027年7月1日为止。
要在此后继续保留银牌会员：须在该日之前（含当日）再获得800.00成长值。
最近到期：10.00成长值，有效至2027年1月2日。

成长值明细（当天有效）
     +1,320.00  2026年6月2日，订单SO42：购买商品每支付1元得1成长值；有效至2027年6月1日
       -110.00    因退货于2026年6月20日收回（R1）
       -330.00    因退货于2026年7月20日收回（R2）
        +10.00  2026年1月3日，记录A7：评价商品得10成长值；有效至2027年1月2日
       +890.00  合计，即成长值

等级变化
  银牌会员：2026年6月2日起，获得成长值
  注册会员：2026年1月1日至2026年6月1日，入会"""
    )


# Single situations

LOWEST = replace(
    SILVER,
    standing=replace(
        STANDING, level="registered", growth_value=Decimal(0), review_on=None, ends_on=None, growth_to_keep=None,
        next_level="silver", growth_to_next=Decimal(800), spend_to_next=None, coefficient=ONE, next_expiry_on=None,
    ),
    lines=(),
    history=(Period("registered", D("2026-01-01"), None, "joined"),),
)  # fmt: skip
KEPT = replace(
    SILVER,
    day=D("2027-06-10"),
    standing=replace(
        STANDING, day=D("2027-06-10"), growth_value=Decimal(10), growth_to_keep=Decimal(790), next_expiry_on=None
    ),
    lines=(replace(REVIEWED, counts_until=FOR_EVER),),
)
EXACTLY = replace(SILVER, lines=(replace(BOUGHT, growth=Decimal(800), taken_back=()),))
FALLEN = replace(KEPT, history=(Period("silver", D("2027-06-01"), None, "growth expired"),))
ONCE_GRANTED = replace(KEPT, grants=(Grant("silver", D("2026-01-01"), D("2027-06-10")),))
GRANTED = replace(KEPT, grants=(Grant("silver", D("2027-01-01"), D("2027-08-01")),))
OUTGRANTED = replace(SILVER, grants=(Grant("gold", D("2026-01-01"), D("2026-02-01")),))
GOLD_FOR_EVER = replace(
    SILVER,
    standing=replace(STANDING, level="gold", next_level=None, ends_on=None, next_expiry_on=None),
    lines=(replace(BOUGHT, growth=Decimal(5000), taken_back=(), counts_until=FOR_EVER),),
)
ALL_RETURNED = replace(
    LOWEST, lines=(replace(BOUGHT, taken_back=(TakenBack(D("2026-06-20"), Decimal("-1320.00"), "R1"),)),)
)
KNOWN_ON = replace(SILVER, known_at=datetime.combine(D("2026-11-30"), time.max))
KNOWN_AT = replace(SILVER, known_at=datetime(2026, 11, 30, 8, 5))
NOBODY = replace(
    SILVER, standing=None, joined_on=None, lines=(), history=(),
    value_tier=ValueTier(
        {"en": "Main", "zh": "主要客户"}, Decimal("1234.5"), 365, D("2026-10-31"),
        {"en": "Already there.", "zh": "已达。"},
    ),
)  # fmt: skip
TOO_EARLY = replace(NOBODY, joined_on=D("2026-11-01"))
ENDED = replace(NOBODY, joined_on=D("2025-01-01"), cancelled_on=D("2026-10-31"))
UNKNOWN_THEN = replace(NOBODY, joined_on=D("2025-01-01"), known_at=datetime(2026, 1, 1))
LATE = {"en": "an order became known late", "zh": "订单晚到"}
RESTATED = replace(
    SILVER,
    restatements=(
        Restatement(D("2026-09-01"), LATE, "SO42", period=Period("gold", D("2026-06-02"), None, "growth earned")),
        Restatement(D("2026-09-01"), LATE, None, period=Period("silver", D("2026-03-01"), D("2026-04-01"), "joined")),
        Restatement(
            D("2026-08-01"), LATE, "SO7", entry_id="e7", counts_from=D("2026-03-01"), growth=Decimal("20"),
            counts_from_now=D("2026-03-04"), growth_now=Decimal("22"),
        ),
        Restatement(D("2026-07-01"), LATE, "SO8", entry_id="e8", counts_from=D("2026-03-02"), growth=Decimal("1234.5")),
    ),
)  # fmt: skip


# What is then said (each line is part of the explanation) in English and in Chinese, and what is not said.
SITUATIONS = {
    "lowest": (
        LOWEST,
        """
        0.00 growth counts on this day, and Registered takes every member.
        Nothing that was earned counts on this day.
        To reach Silver: 800.00 more growth.
        """,
        """
        当天有效成长值为0.00；注册会员是所有会员的起始等级。
        当天没有有效的成长值。
        距银牌会员：还需800.00成长值。
        """,
        ["goods for", "To keep", "Review", "times its", "The ledger", "expire", "约合", "保留", "审核", "到期", "倍"],
    ),
    "kept, in grace, for ever": (
        KEPT,
        """
        10.00 growth counts on this day, less than the 800.00 at which Silver begins.
        A level that was reached is kept until its review, and through the grace after it.
        In grace: the review was on 2 June 2027, and the grace ends on 1 July 2027.
        To keep Silver beyond that day: 790.00 more growth by then.
        for a product review; for ever
        Nothing that counts expires.
        """,
        """
        当天有效成长值为10.00，低于银牌会员所需的800.00；已达到的等级在审核及其后的宽限期内予以保留。
        正处于宽限期：审核日为2027年6月2日，宽限期到2027年7月1日为止。
        要在此后继续保留银牌会员：须在该日之前（含当日）再获得790.00成长值。
        评价商品得10成长值；长期有效
        现有成长值不会到期。
        """,
        ["Review:", "granted", "审核日：", "授予"],
    ),
    "fallen from the level above": (
        FALLEN,
        "Silver begins. After the fall from the level above, Silver is kept until its review, and through the grace",
        "低于银牌会员所需的800.00；从上一等级降下后，银牌会员在审核及其后的宽限期内予以保留。",
        ["that was reached", "已达到的等级"],
    ),
    "granted": (
        GRANTED,
        """
        Silver was granted by the shop. By itself the 10.00 growth that counts on this day is less than the 800.00
        Granted by the shop: Silver, from 1 January 2027 to 31 July 2027.
        """,
        """
        原因：银牌会员由商家授予。当天有效成长值为10.00，本身低于银牌会员所需的800.00。
        商家授予：银牌会员，自2027年1月1日至2027年7月31日。
        """,
        ["Was granted", "kept until", "曾授予", "予以保留"],
    ),
    "at the threshold": (
        EXACTLY,
        "Why: 800.00 growth counts on this day, and Silver begins at 800.00.",
        "当天有效成长值为800.00，达到银牌会员所需的800.00。",
        ["less than", "低于"],
    ),
    "granted until yesterday": (
        ONCE_GRANTED,
        """
        A level that was reached is kept until its review, and through the grace after it.
        Was granted by the shop: Silver, from 1 January 2026 to 9 June 2027.
        """,
        """
        已达到的等级在审核及其后的宽限期内予以保留。
        商家曾授予：银牌会员，自2026年1月1日至2027年6月9日。
        """,
        ["By itself", "本身低于"],
    ),
    "granted before": (
        OUTGRANTED,
        """
        and Silver begins at 800.00.
        Was granted by the shop: Gold, from 1 January 2026 to 31 January 2026.
        """,
        """
        达到银牌会员所需的800.00。
        商家曾授予：金牌会员，自2026年1月1日至2026年1月31日。
        """,
        ["Granted by"],
    ),
    "at the top, for ever, capped": (
        GOLD_FOR_EVER,
        """
        There is no higher level.
        Nothing is needed to keep Gold.
        1 growth per unit of money paid for goods, as far as the rule's cap allows; for ever
        """,
        """
        已是最高等级。
        无需再获得成长值，即可一直保留金牌会员。
        购买商品每支付1元得1成长值，以规则上限为限；长期有效
        """,
        ["To reach", "To keep", "Review", "距", "审核日"],
    ),
    "all of it returned": (
        ALL_RETURNED,
        """
        -1,320.00    taken back on 20 June 2026 for goods returned, R1: nothing is left of it
        +0.00  is the growth value
        Nothing that was earned counts on this day.
        """,
        """
        -1,320.00    因退货于2026年6月20日全部收回（R1）
        +0.00  合计，即成长值
        """,
        ["Most of it", "expire", "主要来自", "到期"],
    ),
    "as known at a time": (
        KNOWN_AT,
        "On 31 October 2026, as it was known on 30 November 2026 at 08:05:00 (UTC)",
        "2026年10月31日的情况（按2026年11月30日 08:05:00所知，UTC）",
        ["known now", "the end of", "目前", "结束时"],
    ),
    "as known on a day": (
        KNOWN_ON,
        "On 31 October 2026, as it was known at the end of 30 November 2026",
        "2026年10月31日的情况（按2026年11月30日结束时所知）",
        ["known now", "目前"],
    ),
    "never a member": (
        NOBODY,
        """
        No member: none of the customer's records is a member card.
        Value tier on 31 October 2026: Main, with net sales of 1,234.50 in 365 days
        Already there.
        """,
        """
        不是会员：该客户名下没有会员卡。
        价值层级（2026年10月31日）：主要客户，近365天净购买额为1,234.50元
        已达。
        """,
        ["Level", "growth", "等级", "成长值"],
    ),
    "not yet a member": (
        TOO_EARLY,
        "No member on this day: the first card began on 1 November 2026.",
        "当天还不是会员：首张会员卡自2026年11月1日起生效。",
        ["any more", "已不是"],
    ),
    "no longer a member": (
        ENDED,
        "No member any more: the last card ended on 31 October 2026.",
        "已不是会员：最后一张会员卡已于2026年10月31日终止。",
        ["on this day", "当天"],
    ),
    "not known then": (
        UNKNOWN_THEN,
        "Nothing was known then of a membership on this day.",
        "当时尚无此人这一天的会员记录。",
        ["No member", "不是会员"],
    ),
    "restated": (
        RESTATED,
        """
        On 1 September 2026 we learnt: an order became known late (SO42).
        Until then we believed: Gold, since 2 June 2026.
        On 1 September 2026 we learnt: an order became known late.
        Until then we believed: Silver, 1 March 2026 to 31 March 2026.
        Until then we believed: 20.00 on 1 March 2026; it is 22.00 on 4 March 2026.
        Until then we believed: 1,234.50 on 2 March 2026; it does not count.
        """,
        """
        2026年9月1日得知：订单晚到（SO42）。
        此前认为：自2026年6月2日起为金牌会员。
        2026年9月1日得知：订单晚到。
        此前认为：2026年3月1日至2026年3月31日为银牌会员。
        此前认为：2026年3月1日获得20.00成长值；现为2026年3月4日获得22.00。
        此前认为：2026年3月2日获得1,234.50成长值；现不计入。
        """,
        [],
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_situation_is_said_as_it_is(situation):
    found, english, chinese, unsaid = SITUATIONS[situation]
    for language, said in (("en", english), ("zh", chinese)):
        told = text(found, language)
        assert [line.strip() for line in said.strip().splitlines() if line.strip() not in told] == []
        assert [part for part in unsaid if part in told] == []


def test_long_lists_are_cut_and_what_is_left_out_is_still_added_up():
    lines = tuple(replace(REVIEWED, entry_id=f"e{n}", growth=Decimal(n)) for n in range(1, 13))
    found = replace(SILVER, lines=lines, history=SILVER.history * 6, restatements=RESTATED.restatements * 3)
    english, chinese = text(found, limit=10), text(found, "zh", limit=10)
    assert "… and 2 more, 23.00 together (--limit)" in english
    assert english.count("… and 2 more (--limit)") == 2
    assert "……另有2笔，合计23.00（--limit）" in chinese
    assert "+78.00  is the growth value" in english


# The table of sentences


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_sentence_is_there_in_both_languages_with_the_same_blanks():
    assert {name: blanks(sentence) for name, sentence in SENTENCES["en"].items()} == {
        name: blanks(sentence) for name, sentence in SENTENCES["zh"].items()
    }


def test_every_sentence_is_said_somewhere_and_every_change_of_level_has_one():
    code = inspect.getsource(explain_text)
    unsaid = {name for name in SENTENCES["en"] if not re.search(f"""["']{name}["']""", code)} - set(REASONS)
    assert not unsaid
    assert set(REASONS) <= set(SENTENCES["en"])


def test_chinese_is_punctuated_as_chinese_is():
    for name, sentence in SENTENCES["zh"].items():
        assert not re.search(r"[,;:()!?]", sentence.replace("(--limit)", "")), name
        assert not re.search(r"[。，；：] ", sentence), name
