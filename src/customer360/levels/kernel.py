"""The rules of levels, member by member and day by day, compiled: the one place where they are carried out.

Days are whole days since 1970-01-01 (UTC), growth is in hundredths, coefficients are in ten-thousandths, levels are
ranks (1 is the lowest, which everybody has). FAR stands for never.

A level is held on a day if the growth value reaches its threshold; or within the validity and the grace of a day on
which the member earned something and stood at the threshold; or, where levels go down one at a time, for a validity
and grace after the next higher one ended. The rules in force on the day that earned a level decide how long it and
those below it are kept, so neither another purchase nor a new rule shortens what a day has promised. What was returned
is taken out of its entry from the entry's own day on, so from the refund the member stands as if the goods had never
been bought.
"""

from __future__ import annotations

import numpy as np
from numba import njit

FAR = 10_000_000
NEVER = -FAR
WHOLE = 10_000  # a coefficient of 1
NO_LEVEL = 1 << 62  # the threshold of a level that does not exist in a rule period

JOINED, EARNED, EXPIRED, RETURNED, LEVELS_CHANGED, GRANTED, GRANT_ENDED = range(7)
REASONS = (
    "joined",
    "growth earned",
    "growth expired",
    "goods returned",
    "levels changed",
    "level granted",
    "grant ended",
)


@njit(cache=True)
def rounded(amount: int, part: int, whole: int) -> int:
    """amount * part / whole as a whole number; a half goes away from zero. `whole` is above zero."""
    product = amount * part
    if product >= 0:
        return (2 * product + whole) // (2 * whole)
    return -((-2 * product + whole) // (2 * whole))


@njit(cache=True)
def period_of(day: int, starts: np.ndarray) -> int:
    """Which rule period a day is in; days before the first count as the first."""
    return max(0, np.searchsorted(starts, day, side="right") - 1)


@njit(cache=True)
def held_on(day, growth, starts, needed, ends):
    """The highest level held on a day, before grants; `ends`: until when each is kept."""
    now = period_of(day, starts)
    for rank in range(needed.shape[1] - 1, 1, -1):
        if needed[now, rank] < NO_LEVEL and (growth >= needed[now, rank] or day < ends[rank]):
            return rank
    return 1


@njit(cache=True)
def keep(rank, review, is_failed, rule, validity, grace, one_level, ends, reviews):
    """Keep a level until `review` and through its grace, and each lower one for a validity and a grace after the one
    above it. All by the rules of the one day that earned it (`rule`): what a day has promised, no other takes back."""
    while rank > 1:
        ends[rank] = max(ends[rank], review + grace[rule])
        if is_failed:
            reviews[rank] = max(reviews[rank], review)
        if not one_level[rule]:
            break
        review += grace[rule] + validity[rule]
        rank -= 1


@njit(cache=True)
def learn_day(k, days, growths, earned, boundary, starts, needed, validity, grace, one_level, ends, reviews):
    """What day `k` of a member's history adds to until when each level is kept."""
    now = period_of(days[k], starts)
    for rank in range(2, needed.shape[1]):
        is_reached = growths[k] >= needed[now, rank]
        if is_reached and (earned[k] > 0 or boundary[k]):
            keep(rank, days[k] + validity[now], True, now, validity, grace, one_level, ends, reviews)
        if k > 0:
            before = period_of(days[k - 1], starts)
            # Growth has held the level until yesterday, whatever was earned. If it no longer does, the review failed.
            if growths[k - 1] >= needed[before, rank]:
                keep(rank, days[k], not is_reached, before, validity, grace, one_level, ends, reviews)


@njit(cache=True)
def grown(array):
    longer = np.zeros((2 * array.shape[0], array.shape[1]), dtype=array.dtype)
    longer[: array.shape[0]] = array
    return longer


@njit(cache=True)
def walk(
    joined,
    cancelled,
    entry_of,
    entry_day,
    entry_end,
    entry_base,
    entry_multiplies,
    expiry_order,
    return_of,
    return_day,
    return_entry,
    return_part,
    return_whole,
    grant_of,
    grant_from,
    grant_to,
    grant_rank,
    starts,
    needed,
    coefficients,
    validity,
    grace,
    one_level,
):
    """Walk through every member's days.

    Members: `joined` and `cancelled` days; `entry_of[m]:entry_of[m + 1]` are member m's entries, sorted by day, and
    likewise `return_of`, `grant_of`. `expiry_order`: indices of entries, by member and last day. A return takes
    part / whole of its entry, or `part` itself where `whole` is 0. Rule periods: `starts`, and by period and rank
    `needed` growth (NO_LEVEL where there is none) and `coefficients`.

    Returns the entries' values, the rank held before each, what each return takes back (all in the order given), and
    the periods: member, first day, rank, reason, growth on that day, growth on the day before, the review that failed.
    """
    values = np.zeros(entry_day.size, dtype=np.int64)
    held = np.ones(entry_day.size, dtype=np.int8)
    remaining = np.zeros(entry_day.size, dtype=np.int64)
    history_of = np.zeros(entry_day.size, dtype=np.int64)
    taken = np.zeros(return_day.size, dtype=np.int64)
    periods = np.zeros((max(16, 2 * joined.size), 7), dtype=np.int64)
    count = 0
    ranks = needed.shape[1]
    ends, reviews = np.zeros(ranks, np.int64), np.zeros(ranks, np.int64)

    for m in range(joined.size):
        capacity = (
            2 * (entry_of[m + 1] - entry_of[m])
            + (return_of[m + 1] - return_of[m])
            + 2 * (grant_of[m + 1] - grant_of[m])
            + starts.size
            + 2
        )
        days, growths = np.zeros(capacity, np.int64), np.zeros(capacity, np.int64)
        earned, boundary = np.zeros(capacity, np.int64), np.zeros(capacity, np.bool_)
        ends[:], reviews[:] = NEVER, NEVER
        e, x, r = entry_of[m], entry_of[m], return_of[m]
        n, growth, current, floor_before = 0, 0, 1, 1
        rule = period_of(min(joined[m], entry_day[e]) if e < entry_of[m + 1] else joined[m], starts)
        last = NEVER
        is_in = False
        while True:
            # The next day on which something happens.
            day = FAR
            if not is_in:
                day = joined[m]
            if e < entry_of[m + 1]:
                day = min(day, entry_day[e])
            if x < entry_of[m + 1]:
                day = min(day, entry_end[expiry_order[x]])
            if r < return_of[m + 1]:
                day = min(day, return_day[r])
            if rule + 1 < starts.size:
                day = min(day, starts[rule + 1])
            for k in range(grant_of[m], grant_of[m + 1]):
                if grant_from[k] > last:
                    day = min(day, grant_from[k])
                elif grant_to[k] > last:
                    day = min(day, grant_to[k])

            # Until then levels end by themselves.
            while last > NEVER:
                turn = FAR
                for rank in range(2, ranks):
                    if ends[rank] > last:
                        turn = min(turn, ends[rank])
                if turn >= day:
                    break
                last = turn
                level = max(held_on(last, growth, starts, needed, ends), floor_before)
                if is_in and level < current and last < cancelled[m]:
                    if count == periods.shape[0]:
                        periods = grown(periods)
                    periods[count, 0], periods[count, 1], periods[count, 2] = m, last, level
                    periods[count, 3], periods[count, 4], periods[count, 5] = EXPIRED, growth, growth
                    periods[count, 6] = reviews[current]
                    count += 1
                current = level if is_in else 1
            if day >= FAR or (day >= cancelled[m] and e == entry_of[m + 1] and r == return_of[m + 1]):
                break

            growth_before = growth
            while rule + 1 < starts.size and starts[rule + 1] <= day:
                rule += 1
                boundary[n] |= np.any(needed[rule] != needed[rule - 1])
            days[n] = day

            # What expires, what is earned at the level of the day before, what is taken back.
            gain = 0
            before = current if day <= cancelled[m] else 1  # who has left holds no level
            while e < entry_of[m + 1] and entry_day[e] == day:
                coefficient = coefficients[rule, before] if entry_multiplies[e] else WHOLE
                values[e] = rounded(entry_base[e], coefficient, WHOLE)
                held[e] = before
                remaining[e] = values[e]
                history_of[e] = n
                growth += values[e]
                if values[e] > 0:
                    earned[n] += 1
                    gain += values[e]
                e += 1
            while x < entry_of[m + 1] and entry_end[expiry_order[x]] <= day:
                growth -= remaining[expiry_order[x]]
                x += 1
            is_returned = False
            while r < return_of[m + 1] and return_day[r] <= day:
                of = return_entry[r]
                back = return_part[r]
                if return_whole[r] > 0:
                    back = rounded(values[of], return_part[r], return_whole[r])
                back = min(back, remaining[of])
                if back > 0:
                    taken[r] = back
                    remaining[of] -= back
                    if remaining[of] == 0:
                        earned[history_of[of]] -= 1
                    if entry_end[of] > day:
                        growth -= back
                    k = history_of[of]
                    while k < n and days[k] < entry_end[of]:
                        growths[k] -= back
                        k += 1
                    is_returned = True
                r += 1
            growths[n] = growth
            if is_returned:
                ends[:], reviews[:] = NEVER, NEVER
                for k in range(n):
                    learn_day(
                        k, days, growths, earned, boundary, starts, needed, validity, grace, one_level, ends, reviews
                    )
            learn_day(n, days, growths, earned, boundary, starts, needed, validity, grace, one_level, ends, reviews)
            n += 1

            # The level at the end of the day.
            review = reviews[current]
            level = held_on(day, growth, starts, needed, ends)
            floor = 1
            for k in range(grant_of[m], grant_of[m + 1]):
                if grant_from[k] <= day < grant_to[k]:
                    floor = max(floor, grant_rank[k])
            by_growth = level
            level = max(level, floor)
            reason = -1
            if not is_in and day >= joined[m]:
                is_in = True
                reason = JOINED
            elif is_in and level > current:
                reason = GRANTED if floor > by_growth else (EARNED if gain > 0 else LEVELS_CHANGED)
            elif is_in and level < current:
                reason = EXPIRED
                if is_returned:
                    reason = RETURNED
                elif floor < floor_before and current == floor_before:
                    reason = GRANT_ENDED
                elif boundary[n - 1]:
                    reason = LEVELS_CHANGED
            if reason >= 0 and joined[m] < cancelled[m] and day < cancelled[m]:
                if count == periods.shape[0]:
                    periods = grown(periods)
                periods[count, 0], periods[count, 1], periods[count, 2] = m, day, level
                periods[count, 3], periods[count, 4], periods[count, 5] = reason, growth, growth_before
                periods[count, 6] = review
                count += 1
            current = level if is_in else 1
            floor_before = floor
            last = day
    return values, held, taken, periods[:count]
