"""How English says a time, as regular expressions; english_times says what each of them means."""

from __future__ import annotations

import re

from customer360.promises import numerals

_L, _R = r"(?<![a-z0-9])", r"(?![a-z0-9])"  # ends of a word, also beside Chinese characters
_NUM = numerals.ENGLISH
_WEEKDAY = (
    r"mon(?:day)?|tues?(?:day)?|wed(?:nesday|s)?|weds|thu(?:rs?)?(?:day)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_UNIT = (
    r"(?P<minute>min(?:ute)?s?)|(?P<hour>h(?:ou)?rs?|h)|(?P<work>(?:working|business|work|bus\.?|office)[ -]days?)"
    r"|(?P<fortnight>fortnights?)|(?P<day>(?:calendar )?days?)|(?P<week>w(?:ee)?ks?)|(?P<month>months?)"
)
_BUSINESS = (
    r"(?:close of (?:business|play|day|today)|end of (?:play|shift|office hours|our shift)|(?:we close"
    r"|closing)(?= today|$|[.,])|end of business(?: day| hours)?|end of (?:the "
    r"|our )?(?:working|work|business) day|cob|eob|closing time)"
)
_HOUR = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_FROM = r"(?:(?:between )?\d{1,2}(?:[:.]\d\d)? ?(?:am|pm)? ?(?:and|to|-|or) ?)?"  # of a range of hours the end counts
_CLOCK = (
    r"(?P<hours>\d{1,2})(?:[:.](?P<minutes>\d\d))? ?(?P<half>am|pm|a\.m\.?|p\.m\.?)"
    r"|(?P<hours24>\d{1,2}):(?P<minutes24>\d\d)(?:h| hours)?"
    rf"|(?P<oclock>\d{{1,2}}|{_HOUR}) ?(?:o'?clock|ish(?![a-z]))|(?P<past>half|(?:a )?quarter) (?P<to>past"
    rf"|to) (?P<oclock2>\d{{1,2}}"
    rf"|{_HOUR})|(?:(?<=by )|(?<=at )|(?<=before )|(?<=around )|(?<=about ))(?P<bare>\d{{1,2}})(?= ?(?:$|[.,;!\n)]"
    rf"|today"
    r"|tomorrow|tonight|this|on (?:mon|tue|wed|thu|fri)|at the latest|latest|sharp|and (?:i|we)|so)(?![a-z]))"
    r"|(?P<noon>noon|midday|lunch(?:[ -]?time)?|12 noon)|(?P<midnight>midnight)"
)
_PART = (
    rf"(?P<closing>{_BUSINESS})|(?P<morning>(?:mid|early |late )?[- ]?(?:morning)|first thing)"
    r"|(?P<afternoon>(?:early |late |mid[- ])?afternoon)|(?P<night>evening|night"
    r"|end of (?:the )?day|eod|the end of it)"
)
_TIME = rf"(?:{_FROM}(?:{_CLOCK})|{_PART})"
_YEAR = r"(?:,? ?(?P<year>20\d\d))?"
_DATE = (
    rf"(?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]?(?P<m1>{_MONTH})\.?{_R}{_YEAR}"
    rf"|(?P<m2>{_MONTH})\.? (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d| ?[:.]\d"
    rf"| ?[ap]m){_YEAR.replace('year', 'year2')}"
    r"|(?P<y3>20\d\d)[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>20\d\d)?"
    r"|(?P<a5>\d{1,2})/(?P<b5>\d{1,2})(?:/(?P<y5>20\d\d|\d\d))?"
    r"|the (?P<d6>\d{1,2})(?:st|nd|rd|th)(?: of (?P<m6>this|next) month)?"
    r"|(?:(?<=by )|(?<=on )|(?<=before ))(?P<d7>\d{1,2})(?:st|nd|rd|th)"
)
_DAY = (
    r"(?:(?P<which>this coming|this|next|coming"
    rf"|the coming) )?(?P<weekday>{_WEEKDAY})(?:,? (?:the )?(?:(?P<dated>{_DATE})|\d{{1,2}}(?:st|nd|rd|th)))?"
    rf"|(?P<date>{_DATE.replace('?P<', '?P<o_')})|(?P<after>(?:the )?day after (?:tomorrow|tmrw))"
    r"|(?P<tomorrow>tomorrow|tmrw|tmr|tomorow|tommorow|tommorrow)"
    r"|(?P<overnight>overnight(?!.{0,60}(?:tomorrow|by |within |on |in the morning)))|(?P<today>today|this (?:morning"
    r"|afternoon|evening)|tonight|tonite|the same day|this very day)|(?P<nextwork>(?:the )?(?:next"
    r"|following) (?:working|business|work) day)|(?P<nextday>the (?:next|following) day)"
)
_MOST = (
    r"(?:no later than|not later than|no more than|not more than|less than|at most|at the latest"
    r"|latest|a maximum of|another|a further|just|only|maybe|max\.?|up to|about|around|approximately|roughly)"
)
_BY = (
    r"(?:(?:by|on or before|on|before|for|at|until|come|around|prior to|not later than|no later than"
    r"|at the latest(?: by| on)?|latest(?: by)?) )"
)
DURATION = re.compile(
    rf"{_L}(?P<lead>(?:(?:(?:give|allow|grant|bear with) (?:us|me)(?: for)?|need|take (?:me|us)|with ?in|in|inside"
    rf"|under"
    rf"|over)(?: {_MOST})?|{_MOST})"
    r"(?: the)?(?: (?:next"
    r"|following|coming|course of the next))?)"
    rf" (?:(?P<low>{_NUM}) ?(?:to|or|-|and|/) ?)?(?P<num>{_NUM})?[ -]?(?P<and>(?:full |more "
    rf"|other )?)(?:{_UNIT}){_R}(?P<plus> and a half)?(?: or (?P<or>so|two|three))?(?:'s?)?(?: time| from now)?"
)
BEFORE = re.compile(
    r"(?:^|[^a-z])(?:since|until|untill|till|after|of|from|last|past|previous|every|each|between"
    r"|black|cyber|dated|on or after|as of|starting|(?:\w+day|mon|tue|wed|thu|fri|sat|sun) ?(?:to"
    r"|-|through|and)) ?(?:the )?$"
)
# "Monday to Friday" is none; of "Monday or Tuesday" the second counts.
RANGE_AFTER = re.compile(
    rf"(?: ?- ?| to | through | and | or | ?/ ?)(?:on )?(?:{_WEEKDAY}|tomorrow|the day after)(?![a-z])|'s|s\b|-hour"
)
DAY_TIME = re.compile(
    rf"{_L}{_BY}?(?:(?:the )?end of )?(?:later )?(?:{_DAY}){_R}"
    r"(?:(?:,? (?:in the |at the |at |by the |by |before the |before "
    rf"|around )?|,)(?:{_TIME}){_R})?(?: at the latest)?"
)
TIME_DAY = re.compile(
    rf"{_L}{_BY}?(?:the )?(?:{_TIME}),?(?: on| of| in| by)?(?: the)? (?:{_DAY}){_R}(?: at the latest)?"
)
ALONE = re.compile(
    rf"{_L}(?P<by>{_BY})?(?P<this>this |the |our |later this |in the )?(?:(?P<tonight>tonight"
    rf"|tonite)|{_TIME}){_R}(?P<latest> (?:at the )?latest)?"
)
WEEK = re.compile(
    rf"{_L}(?:{_BY}|during |in |within |over )?(?:(?:the )?(?:end|course) of |later |early |late "
    r"|mid |mid-|the (?:beginning|start|middle) of |beginning of |in the course of )*"
    r"(?P<of>this|next|the|the coming|the following|coming) (?:working |business "
    rf"|work )?(?P<kind>week(?:end|'s end)?|month(?:'s end)?){_R}(?! day)"
    rf"|{_L}(?:by )?(?P<me>month[- ]end|eom|eow|end of week|week's end|end of month|(?:the )?(?P<ye>end of (?:the "
    rf"|this )?year|year[- ]end)){_R}"
    rf"|{_L}(?:by |in |during )?(?P<afternext>the week after next){_R}"
    rf"|{_L}{_BY}(?:the )?end of (?P<ofmonth>{_MONTH}){_R}"
)
