"""Chinese time phrases (simplified, half width): 24小时内, 周五前, 明天下午三点, 下周三之前, 月底前, 下班前."""

from __future__ import annotations

import re
from dataclasses import replace

from customer360.promises import numerals
from customer360.promises.expressions import AFTERNOON, DAY_END, MORNING, NOON, TimeExpression, TimePhrase

_NUM = numerals.CHINESE
_UNIT = (
    r"(?P<minute>分钟|min(?:utes?|s)?)|(?P<quarterhour>刻钟)|(?P<hour>小时|钟头|钟(?=[内之以后左给就])|个时辰|h(?:ou)?rs?|h(?=内|之内|以内))"
    r"|(?P<work>工作日|工作天"
    r"|个?营业日|上班日)|(?P<day>天|日(?=内|之内|以内)|自然日)|(?P<week>周|星期|礼拜)|(?P<month>月)"
)
_WITHIN = r"(?:之内|以内|内|里)"
_AFTER = r"(?:之后|以后|后|左右)"
_CLOCK = (
    r"(?P<hours>\d{1,2})[::](?P<minutes>\d\d)|(?P<zhours>\d{1,2}|[零一二两三四五六七八九十]{1,3})(?:点钟?(?!时间|儿|都|也)"
    r"|时(?![间候段刻常效]))(?:(?P<half>半)|(?P<quarter>一刻)|(?P<zminutes>\d{1,2}|[零一二三四五十]{1,3})分?)?"
    r"|(?P<apm>\d{1,2}) ?(?P<ampm>am|pm)"
)
_PART = (
    r"(?P<morning>上午|早上|清早|大?一早|早晨|凌晨|早间)|(?P<noon>中午|正午|午饭|午休)|(?P<afternoon>下午|午后|傍晚)|(?P<night>晚上|晚间|夜里"
    r"|夜间|半夜)|(?P<closing>下班|打烊|close of business|cob)|(?P<eod>eod)"
)
_DATE = (
    r"(?:(?P<year>20\d\d)年)?(?P<month1>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<day1>\d{1,2}"
    r"|[一二三四五六七八九十]{1,3})(?:日|号)?|(?P<year2>20\d\d)[-/.](?P<month2>\d{1,2})[-/.](?P<day2>\d{1,2})"
    r"|(?P<month3>\d{1,2})/(?P<day3>\d{1,2})|(?P<nextmonth>下个?月|本月|这个?月)?(?P<day4>\d{1,2}"
    r"|[一二三四五六七八九十]{2,3})(?:号|日(?!内|之内|以内))"
)
_DAY = (
    r"(?P<fourth>大后天)|(?P<third>后天|后日|后儿|明后天|明后两天)|(?P<dawn>明早|明晨)|(?P<dusk>明晚)|(?P<tomorrow>明天|次日|翌日|第二天|今明两天|明日|明儿"
    r"|tomorrow"
    r"|明(?=上午|下午|中午|晚上))|(?P<tonight>今晚|今夜|当晚)|(?P<today>今天|今日|今儿|当天|当日|即日|today|今(?=上午|下午))"
    r"|(?P<nextwork>下一个?(?:工作日|工作天)|下个工作日|次(?:一)?工作日)|(?P<which>本|这个?|下个?)?(?:周|星期"
    rf"|礼拜)(?P<weekday>[一二三四五六日天1-6])(?:\(?(?P<dated>\d{{1,2}}月\d{{1,2}}[日号])\)?)?"
    rf"|(?P<date>{_DATE})"
)
_END = rf"(?:{_WITHIN}|之前|以前|前|底)?"
_DURATION = re.compile(
    rf"(?:(?P<low>{_NUM})个?[-~到至或、/]+)?(?P<num>{_NUM})(?P<ge>个)?(?P<plus>半)? ?(?:{_UNIT})(?P<more>半)?"
    rf"(?P<in>{_WITHIN})?(?P<later>{_AFTER})?(?P<ago>之前|以前|前(?!台))?"
)
_FROM = r"(?:(?:\d{1,2}(?:[::]\d\d)?|[一二两三四五六七八九十]{1,3})(?:点半?)?[-~到至])?"  # of 三点到五点 the end counts
_DAY_TIME = re.compile(
    rf"(?<![上每逢隔])(?<!上个)(?<!黑色)(?:{_DAY})(?:\s*(?:的)?(?:{_PART}))?(?:\s*{_FROM}(?:{_CLOCK}))?(?:整)?{_END}"
)
_ALONE = re.compile(
    rf"(?<![今明昨天每午上晚早快有多差等迟慢])(?=[\d零一二两三四五六七八九十上早清凌中正下打午傍晚夜半ec])(?:{_PART})?\s*(?:{_CLOCK})?整?{_END}"
)
_SPAN = re.compile(
    r"(?<![上每])(?<!上个)(?P<of>本|这个?|下下个?|下个?|当|(?P<named>1?\d|十?[一二三四五六七八九十])(?=月))?"
    r"(?P<kind>周|星期|礼拜|月)(?P<end>底|末|[上中下]旬|内|之内|以内|里|初"
    r"|中)?(?![一二三四五六日天度报年的\d])(?:之前|以前|前)?|(?P<year>年底|年末|年内)(?:之前|以前|前)?"
)
_AT_MOST = re.compile(r"(?:等|等待|给我们?|需要?|最多|最长|最快|不超过|不会超过|至多|顶多|稍等|等候)(?:大?[概约])?$")
_RANGE = re.compile(r"(?:[-~到至]|或者?是?)(?:下?周|星期|礼拜|\d|明|后天)")  # of 周三或周四 the second counts
_DAY_OF_MONTH = {"初": 10, "上旬": 10, "中": 15, "中旬": 20}  # by when, at the latest
_RANGE_BEFORE = re.compile(r"(?:周|星期|礼拜)[一二三四五六日][-~到至]$|\d[-~到至]$")


def phrases(text: str) -> list[TimePhrase]:
    """Every Chinese time phrase in `text` (as ReadableText.plain), overlaps included."""
    found = [_phrase(match, _duration(match)) for match in _DURATION.finditer(text)]
    found += [_phrase(match, _day_and_time(match)) for match in _DAY_TIME.finditer(text) if _stands_alone(match)]
    found += [_phrase(match, _time_alone(match)) for match in _ALONE.finditer(text) if _stands_alone(match)]
    found += [_phrase(match, _span_of_days(match)) for match in _SPAN.finditer(text)]
    return [phrase for phrase in found if phrase.expression]


def _phrase(match: re.Match, expression: TimeExpression | None) -> TimePhrase:
    return TimePhrase(match.start(), match.end(), expression)


def _stands_alone(match: re.Match) -> bool:
    """Not one end of a range: 周一至周五, 9:00-18:00."""
    text = match.string
    return not _RANGE.match(text, match.end()) and not _RANGE_BEFORE.search(
        text[max(0, match.start() - 5) : match.start()]
    )


def _duration(match: re.Match) -> TimeExpression | None:
    """24小时内, 三天后; without such an ending only if what is done follows at once: 3个工作日给您答复."""
    if match["ago"] or (match["month"] and not (match["ge"] or match["plus"])):
        return None
    follows = re.match(
        r"[^,。;!?\n]{0,4}(?:给|为|帮|回|答|联|与|发|退|处|核|查|解|审|搞|就|必|出结果)",
        match.string[match.end() : match.end() + 7],
    )
    is_at_most = _AT_MOST.search(match.string[max(0, match.start() - 6) : match.start()])
    if not (match["in"] or match["later"] or follows or is_at_most):
        return None
    half = match["plus"] or match["more"]
    number = numerals.chinese(match["num"]) + (0.5 if half and match["num"] != "半" else 0)
    certainty = (0.5 if numerals.is_about(match["num"]) else 1.0) * (1.0 if match["in"] else 0.85)
    if match["minute"] or match["hour"]:
        return TimeExpression("minutes", round(number * (1 if match["minute"] else 60)), certainty=certainty)
    if match["quarterhour"]:
        return TimeExpression("minutes", round(number * 15), certainty=certainty)
    if match["month"] and number != int(number):
        return TimeExpression("days", round(number * 30), certainty=certainty)
    if match["day"] and number == 0.5:
        return TimeExpression("minutes", 12 * 60, certainty=0.6)
    unit = "working days" if match["work"] else "months" if match["month"] else "days"
    return TimeExpression(unit, round(number * 7 if match["week"] else number), certainty=certainty)


def _day_and_time(match: re.Match) -> TimeExpression | None:
    return _at_time(_day(match), match)


def _time_alone(match: re.Match) -> TimeExpression | None:
    if match["closing"]:
        return TimeExpression("clock", is_closing=True)
    if _clock(match)[0] is None and not any(match[part] for part in ("morning", "noon", "afternoon", "night", "eod")):
        return None
    if match["eod"]:
        return TimeExpression("days", 0)
    said = _at_time(TimeExpression("clock"), match)
    return replace(said, clock=DAY_END if said.clock is None else said.clock)


def _span_of_days(match: re.Match) -> TimeExpression | None:
    """本周内, 下周, 月底前; a bare 周 or 月 says nothing."""
    if match["year"]:
        return TimeExpression("date", month=12, day=31)
    if (
        not match["of"]
        and not (match["kind"] == "月" and match["end"] in ("底", "末", "内", *_DAY_OF_MONTH, "下旬"))
        and match["end"] not in ("内", "末")
    ):
        return None
    later = (match["of"] or "").count("下")
    part = match["end"] or ""
    if match["kind"] == "月" and part in _DAY_OF_MONTH:
        month = int(numerals.chinese(match["named"])) if match["named"] else None
        return TimeExpression("date", later, month=month, day=_DAY_OF_MONTH[part], certainty=0.6)
    if match["named"]:
        named = int(numerals.chinese(match["named"])) if match["kind"] == "月" and part else 0
        return TimeExpression("month end", month=named) if 1 <= named <= 12 else None
    return TimeExpression("month end" if match["kind"] == "月" else "week end", later)


def _at_time(day: TimeExpression, match: re.Match) -> TimeExpression:
    if match["closing"]:
        return replace(day, is_closing=True)
    hour, minute = _clock(match)
    if hour is not None:
        is_tonight = bool({"tonight", "dusk"} & {name for name, said in match.groupdict().items() if said})
        is_later_half = is_tonight or match["afternoon"] or match["night"] or (match["noon"] and hour < 6)
        told = is_later_half or match["morning"] or match["noon"] or match["hours"] or match["ampm"]
        if hour < 12 and (is_later_half or (not told and 0 < hour < 8)):
            hour += 12
        is_real = hour * 60 + minute <= DAY_END and minute < 60
        return replace(day, clock=hour * 60 + minute if is_real else -1, certainty=day.certainty * (1 if told else 0.9))
    for name, clock in (("morning", MORNING), ("noon", NOON), ("afternoon", AFTERNOON)):
        if match[name]:
            return replace(day, clock=clock)
    return day


def _clock(match: re.Match) -> tuple[int | None, int]:
    if match["hours"]:
        return int(match["hours"]), int(match["minutes"])
    if match["ampm"]:
        return int(match["apm"]) % 12 + 12 * (match["ampm"] == "pm"), 0
    if match["zhours"]:
        minute = 30 if match["half"] else 15 if match["quarter"] else numerals.chinese(match["zminutes"] or "零")
        return int(numerals.chinese(match["zhours"])), int(minute)
    return None, 0


def _day(match: re.Match) -> TimeExpression:
    if match["date"]:
        return _date(match)
    if match["dated"]:
        month, day = map(int, re.findall(r"\d+", match["dated"]))
        return TimeExpression("date", month=month, day=day)
    if match["weekday"]:
        weekday = "一二三四五六日".find(match["weekday"].replace("天", "日")) + 1 or int(match["weekday"])
        which = match["which"] or ""
        return TimeExpression("weekday", weekday, week=1 if which.startswith("下") else 0 if which else None)
    if match["nextwork"]:
        return TimeExpression("working days", 1)
    if match["dawn"]:
        return TimeExpression("days", 1, clock=MORNING)
    days = 3 if match["fourth"] else 2 if match["third"] else 1 if match["tomorrow"] or match["dusk"] else 0
    return TimeExpression("days", days)


def _date(match: re.Match) -> TimeExpression:
    def part(name: str) -> int | None:
        return int(numerals.chinese(match[name])) if match[name] else None

    if match["day1"]:
        return TimeExpression("date", year=part("year"), month=part("month1"), day=part("day1"))
    if match["day2"]:
        return TimeExpression("date", year=part("year2"), month=part("month2"), day=part("day2"))
    if match["day3"]:
        return TimeExpression("date", month=part("month3"), day=part("day3"))
    later = int((match["nextmonth"] or "").startswith("下"))
    return TimeExpression("date", number=later, day=part("day4"))
