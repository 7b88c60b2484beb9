"""The explanation of a member's level as lines of text, in English or Chinese; no amount is said that is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from customer360.levels.explain_words import Words
from customer360.levels.explanation import FOR_EVER, Explanation, Line, Period, Restatement

CENT = Decimal("0.01")


def in_words(found: Explanation, *, language: str = "en", limit: int = 50) -> Iterator[str]:
    """The explanation, line by line; of each list at most `limit` entries, and how many are left out."""
    words = Words(language)
    yield words.say("customer", customer=found.customer_id)
    if found.known_at is None:
        yield words.say("as_known_now", day=found.day)
    elif found.known_at.time() == time.max:
        yield words.say("as_known_on", day=found.day, known_on=found.known_at.date())
    else:
        at = {"known_on": found.known_at.date(), "time": f"{found.known_at:%H:%M:%S}"}
        yield words.say("as_known_at", day=found.day, **at)
    if found.standing:
        yield from _level(found, words)
        yield from _ways(found, words)
        yield from _ledger(found, words, limit)
    else:
        yield from _no_member(found, words)
    if found.history:
        yield ""
        yield words.say("history")
        yield from _cut([_period(found, period, words) for period in found.history], limit, words)
    if found.restatements:
        yield ""
        yield words.say("restated")
        yield from _cut([_restatement(found, each, words) for each in found.restatements], limit, words)


def _level(found: Explanation, words: Words) -> Iterator[str]:
    level, growth = found.levels[found.standing.level], found.growth_value
    name = level.name[words.language]
    yield ""
    yield words.say("level", level=name, since=found.history[0].since)
    if level.is_lowest:
        why = "lowest"
    elif growth >= level.growth_from:
        why = "reached"
    elif any(g.level == found.standing.level and g.since <= found.day < g.until for g in found.grants):
        why = "granted_floor"
    else:
        why = "fallen" if found.history[0].because == "growth expired" else "kept"
    yield words.say(why, level=name, growth=growth, threshold=level.growth_from)
    if found.largest:
        yield words.say("largest")
        for line in found.largest:
            sentence = "earned_less" if line.taken_back else "earned"
            yield f"  {_amount(line.remaining)}  {words.say(sentence, **_source(line, words))}"
    else:
        yield words.say("nothing_counts")
    if found.standing.coefficient != 1:
        yield words.say("coefficient", level=name, coefficient=words.factor(found.standing.coefficient))


def _ways(found: Explanation, words: Words) -> Iterator[str]:
    """How to rise, what keeps the level, what expires, what was granted."""
    standing = found.standing
    name = _name(found, standing.level, words)
    yield ""
    if standing.next_level is None:
        yield words.say("top")
    else:
        rise = {"next_level": _name(found, standing.next_level, words), "growth": standing.growth_to_next}
        if standing.spend_to_next is None:
            yield words.say("next_without_spend", **rise)
        else:
            yield words.say("next", **rise, spend=standing.spend_to_next)
    if standing.ends_on is not None:
        if standing.review_on is not None:
            dates = {"review_on": standing.review_on, "last_day": _day_before(standing.ends_on)}
            yield words.say("in_grace" if standing.is_in_grace else "review", **dates)
        yield words.say("ends", level=name, last_day=_day_before(standing.ends_on))
        if standing.growth_to_keep:
            yield words.say("keep", level=name, growth=standing.growth_to_keep)
    elif not found.levels[standing.level].is_lowest:
        yield words.say("kept_for_ever", level=name)
    if standing.next_expiry_on is not None:
        last_day = _day_before(standing.next_expiry_on)
        yield words.say("expires_next", growth=standing.next_expiry_growth, last_day=last_day)
    elif found.largest:
        yield words.say("nothing_expires")
    for grant in found.grants:
        yield words.say(
            "grant" if found.day < grant.until else "grant_over",
            level=_name(found, grant.level, words),
            since=grant.since,
            last_day=_day_before(grant.until),
        )


def _ledger(found: Explanation, words: Words, limit: int) -> Iterator[str]:
    """Every line that counts, with what was taken back of it, and their sum, which is the growth value."""
    if not found.lines:
        return
    yield ""
    yield words.say("ledger")
    for line in found.lines[:limit]:
        ends = line.counts_until
        until = words.say("for_ever") if ends == FOR_EVER else words.say("until", last_day=ends)
        yield f"  {_amount(line.growth)}  {words.say('counts', earned=_earned(line, words), until=until)}"
        for back in line.taken_back:
            is_whole = back is line.taken_back[-1] and not line.remaining
            told = words.say("taken_back_whole" if is_whole else "taken_back", day=back.on, id=back.return_id)
            yield f"  {_amount(back.growth)}    {told}"
    if left_out := found.lines[limit:]:
        together = sum((line.remaining for line in left_out), Decimal(0))
        yield f"  {words.say('more_lines', count=len(left_out), growth=together)}"
    yield f"  {_amount(found.growth_value)}  {words.say('sum')}"


def _no_member(found: Explanation, words: Words) -> Iterator[str]:
    if found.joined_on is None:
        yield words.say("never_member")
    elif found.day < found.joined_on:
        yield words.say("not_yet_member", joined_on=found.joined_on)
    elif found.cancelled_on and found.day >= found.cancelled_on:
        yield words.say("no_longer_member", cancelled_on=found.cancelled_on)
    else:
        yield words.say("not_known_then")
    if tier := found.value_tier:
        yield ""
        yield words.say(
            "value_tier",
            day=tier.as_of,
            tier=tier.name[words.language],
            net_sales=tier.net_sales,
            count=tier.period_days,
        )
        yield f"  {tier.reason[words.language]}"


def _source(line: Line, words: Words) -> dict[str, object]:
    """When, from what and by which rule a line was earned."""
    source = words.say("of_order", id=line.order_id) if line.order_id else words.say("of_record", id=line.record_id)
    return {"day": line.counts_from, "source": source, "rule": line.sentence[words.language]}


def _earned(line: Line, words: Words) -> str:
    """The source of a line, and whether a cap kept it below what its rule gives."""
    uncapped = _rounded(_rounded(line.units * line.growth_per_unit) * line.coefficient)
    return words.say("earned" if line.growth == uncapped else "earned_to_cap", **_source(line, words))


def _period(found: Explanation, period: Period, words: Words) -> str:
    if period.until is None:
        days = words.say("since", since=period.since)
    else:
        days = words.say("from_to", since=period.since, last_day=_day_before(period.until))
    because = words.say(period.because)
    return f"  {words.say('period', level=_name(found, period.level, words), days=days, because=because)}"


def _restatement(found: Explanation, each: Restatement, words: Words) -> str:
    because = each.because[words.language]
    if each.record_id:
        learnt = words.say("learnt_from", day=each.learnt_on, because=because, id=each.record_id)
    else:
        learnt = words.say("learnt", day=each.learnt_on, because=because)
    if each.period is None:
        line = {"growth": each.growth, "day": each.counts_from}
        if each.counts_from_now is None:
            believed = words.say("believed_line_gone", **line)
        else:
            believed = words.say("believed_line", **line, growth_now=each.growth_now, day_now=each.counts_from_now)
    else:
        blanks = {"level": _name(found, each.period.level, words), "since": each.period.since}
        if each.period.until is None:
            believed = words.say("believed_since", **blanks)
        else:
            believed = words.say("believed_from_to", **blanks, last_day=_day_before(each.period.until))
    return f"  {learnt}\n    {believed}"


def _cut(lines: list[str], limit: int, words: Words) -> Iterator[str]:
    yield from lines[:limit]
    if len(lines) > limit:
        yield f"  {words.say('more', count=len(lines) - limit)}"


def _name(found: Explanation, level: str, words: Words) -> str:
    """The level's name; its code, where the rules no longer know it."""
    return found.levels[level].name[words.language] if level in found.levels else level


def _amount(growth: Decimal) -> str:
    return f"{growth:>+12,.2f}"


def _rounded(growth: Decimal) -> Decimal:
    return growth.quantize(CENT, ROUND_HALF_UP)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)
