"""The sentences of `customer360 explain`, in English and in Chinese, and how dates and amounts are written in each.

A sentence that exists in one language exists in the other, with the same blanks: a test compares them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on

SENTENCES = {
    "en": {
        # who and when
        "customer": "Customer {customer}",
        "as_known_now": "On {day}, as known now",
        "as_known_on": "On {day}, as it was known at the end of {known_on}",
        "as_known_at": "On {day}, as it was known on {known_on} at {time} (UTC)",
        "never_member": "No member: none of the customer's records is a member card.",
        "not_yet_member": "No member on this day: the first card began on {joined_on}.",
        "no_longer_member": "No member any more: the last card ended on {cancelled_on}.",
        "not_known_then": "Nothing was known then of a membership on this day.",
        # the level and why
        "level": "Level: {level}, since {since}",
        "reached": "Why: {growth} growth counts on this day, and {level} begins at {threshold}.",
        "lowest": "Why: {growth} growth counts on this day, and {level} takes every member.",
        "kept": "Why: {growth} growth counts on this day, less than the {threshold} at which {level} begins. "
        "A level that was reached is kept until its review, and through the grace after it.",
        "fallen": "Why: {growth} growth counts on this day, less than the {threshold} at which {level} begins. "
        "After the fall from the level above, {level} is kept until its review, and through the grace after it.",
        "granted_floor": "Why: {level} was granted by the shop. By itself the {growth} growth that counts on this day "
        "is less than the {threshold} at which {level} begins.",
        "largest": "Most of it comes from",
        "nothing_counts": "Nothing that was earned counts on this day.",
        "coefficient": "At {level} a purchase earns {coefficient} times its growth.",
        # how to rise, how to stay
        "next": "To reach {next_level}: {growth} more growth, or goods for about {spend}.",
        "next_without_spend": "To reach {next_level}: {growth} more growth.",
        "top": "There is no higher level.",
        "review": "Review: {review_on}, then grace until {last_day}.",
        "in_grace": "In grace: the review was on {review_on}, and the grace ends on {last_day}.",
        "ends": "If nothing more is earned, {level} is held for the last time on {last_day}.",
        "keep": "To keep {level} beyond that day: {growth} more growth by then.",
        "kept_for_ever": "Nothing is needed to keep {level}.",
        "expires_next": "Next to expire: {growth} growth, which counts for the last time on {last_day}.",
        "nothing_expires": "Nothing that counts expires.",
        "grant": "Granted by the shop: {level}, from {since} to {last_day}.",
        "grant_over": "Was granted by the shop: {level}, from {since} to {last_day}.",
        # the ledger
        "ledger": "The ledger: what counts on this day",
        "until": "to {last_day}",
        "for_ever": "for ever",
        "of_order": "order {id}",
        "of_record": "record {id}",
        "earned": "{day}, {source}: {rule}",
        "earned_less": "{day}, {source}: {rule}, less goods returned",
        "earned_to_cap": "{day}, {source}: {rule}, as far as the rule's cap allows",
        "counts": "{earned}; {until}",
        "taken_back": "taken back on {day} for goods returned, {id}",
        "taken_back_whole": "taken back on {day} for goods returned, {id}: nothing is left of it",
        "more_lines": "… and {count} more, {growth} together (--limit)",
        "sum": "is the growth value",
        # the history
        "history": "The levels so far",
        "period": "{level}: {days}, {because}",
        "since": "since {since}",
        "from_to": "{since} to {last_day}",
        "more": "… and {count} more (--limit)",
        "joined": "joined",
        "growth earned": "growth earned",
        "growth expired": "growth expired",
        "goods returned": "goods returned",
        "levels changed": "the rules of the levels changed",
        "level granted": "granted by the shop",
        "grant ended": "what the shop had granted ended",
        # what was learnt later
        "restated": "What was believed before",
        "learnt": "On {day} we learnt: {because}.",
        "learnt_from": "On {day} we learnt: {because} ({id}).",
        "believed_since": "Until then we believed: {level}, since {since}.",
        "believed_from_to": "Until then we believed: {level}, {since} to {last_day}.",
        "believed_line": "Until then we believed: {growth} on {day}; it is {growth_now} on {day_now}.",
        "believed_line_gone": "Until then we believed: {growth} on {day}; it does not count.",
        # the value tier
        "value_tier": "Value tier on {day}: {tier}, with net sales of {net_sales} in {count} days",
    },
    "zh": {
        "customer": "客户 {customer}",
        "as_known_now": "{day}的情况（按目前所知）",
        "as_known_on": "{day}的情况（按{known_on}结束时所知）",
        "as_known_at": "{day}的情况（按{known_on} {time}所知，UTC）",
        "never_member": "不是会员：该客户名下没有会员卡。",
        "not_yet_member": "当天还不是会员：首张会员卡自{joined_on}起生效。",
        "no_longer_member": "已不是会员：最后一张会员卡已于{cancelled_on}终止。",
        "not_known_then": "当时尚无此人这一天的会员记录。",
        "level": "等级：{level}，自{since}起",
        "reached": "原因：当天有效成长值为{growth}，达到{level}所需的{threshold}。",
        "lowest": "原因：当天有效成长值为{growth}；{level}是所有会员的起始等级。",
        "kept": "原因：当天有效成长值为{growth}，低于{level}所需的{threshold}；"
        "已达到的等级在审核及其后的宽限期内予以保留。",
        "fallen": "原因：当天有效成长值为{growth}，低于{level}所需的{threshold}；"
        "从上一等级降下后，{level}在审核及其后的宽限期内予以保留。",
        "granted_floor": "原因：{level}由商家授予。当天有效成长值为{growth}，本身低于{level}所需的{threshold}。",
        "largest": "主要来自",
        "nothing_counts": "当天没有有效的成长值。",
        "coefficient": "{level}购物时，成长值按{coefficient}倍计算。",
        "next": "距{next_level}：还需{growth}成长值，约合消费{spend}元。",
        "next_without_spend": "距{next_level}：还需{growth}成长值。",
        "top": "已是最高等级。",
        "review": "审核日：{review_on}，之后的宽限期到{last_day}为止。",
        "in_grace": "正处于宽限期：审核日为{review_on}，宽限期到{last_day}为止。",
        "ends": "若不再获得成长值，{level}将保留到{last_day}为止。",
        "keep": "要在此后继续保留{level}：须在该日之前（含当日）再获得{growth}成长值。",
        "kept_for_ever": "无需再获得成长值，即可一直保留{level}。",
        "expires_next": "最近到期：{growth}成长值，有效至{last_day}。",
        "nothing_expires": "现有成长值不会到期。",
        "grant": "商家授予：{level}，自{since}至{last_day}。",
        "grant_over": "商家曾授予：{level}，自{since}至{last_day}。",
        "ledger": "成长值明细（当天有效）",
        "until": "有效至{last_day}",
        "for_ever": "长期有效",
        "of_order": "订单{id}",
        "of_record": "记录{id}",
        "earned": "{day}，{source}：{rule}",
        "earned_less": "{day}，{source}：{rule}，已扣除退货",
        "earned_to_cap": "{day}，{source}：{rule}，以规则上限为限",
        "counts": "{earned}；{until}",
        "taken_back": "因退货于{day}收回（{id}）",
        "taken_back_whole": "因退货于{day}全部收回（{id}）",
        "more_lines": "……另有{count}笔，合计{growth}（--limit）",
        "sum": "合计，即成长值",
        "history": "等级变化",
        "period": "{level}：{days}，{because}",
        "since": "{since}起",
        "from_to": "{since}至{last_day}",
        "more": "……另有{count}条（--limit）",
        "joined": "入会",
        "growth earned": "获得成长值",
        "growth expired": "成长值到期",
        "goods returned": "退货",
        "levels changed": "等级规则变更",
        "level granted": "商家授予",
        "grant ended": "商家授予到期",
        "restated": "更正记录",
        "learnt": "{day}得知：{because}。",
        "learnt_from": "{day}得知：{because}（{id}）。",
        "believed_since": "此前认为：自{since}起为{level}。",
        "believed_from_to": "此前认为：{since}至{last_day}为{level}。",
        "believed_line": "此前认为：{day}获得{growth}成长值；现为{day_now}获得{growth_now}。",
        "believed_line_gone": "此前认为：{day}获得{growth}成长值；现不计入。",
        "value_tier": "价值层级（{day}）：{tier}，近{count}天净购买额为{net_sales}元",
    },
}


class Words:
    """Sentences, dates and amounts in one language, `en` or `zh`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.sentences = SENTENCES[language]

    def say(self, sentence: str, **blanks: object) -> str:
        """A sentence with its blanks filled: days and amounts written as the language does, texts as given."""
        return self.sentences[sentence].format(**{name: self.written(value) for name, value in blanks.items()})

    def written(self, value: object) -> str:
        if isinstance(value, date):
            if self.language == "zh":
                return f"{value.year}年{value.month}月{value.day}日"
            return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
        if isinstance(value, Decimal):
            return f"{value:,.2f}"
        return f"{value:,}" if isinstance(value, int) else str(value)

    def factor(self, value: Decimal) -> str:
        """A rate or a quantity without the zeros at its end."""
        return f"{value.normalize():,f}"
