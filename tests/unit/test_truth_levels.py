"""The sample company's truth about growth and levels, against cases worked out by hand from the rules."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from customer360.demo.truth_levels import Fact, Member, Refund, Rules, Story, growth_on

START = date(2024, 1, 1)
EVER = {"valid_from": "2000-01-01", "valid_to": ""}


def growth_rule(**changes):
    rule = {"rule_id": "purchase", "rule_version": "1", "event_type": "purchase", "unit": "currency"}
    rule |= {"growth_per_unit": "1", "uses_coefficient": "true", "validity_days": "365"}
    rule |= {"cap_period": "", "cap_events": "", "cap_growth": "", "channels": "", "categories": ""}
    return rule | EVER | changes


def levels(*, low="100", high="1000", **changes):
    rows = (("1", "basic", "0", "1"), ("2", "low", low, "1.5"), ("3", "high", high, "2"))
    names = ("level_rank", "level", "growth_from", "coefficient")
    return [dict(zip(names, row, strict=True)) | EVER | changes for row in rows]


def level_rule(validity=100, grace=10, downgrade="one_level", **changes):
    numbers = {"validity_days": str(validity), "grace_days": str(grace)}
    return {"rule_version": "1", **numbers, "downgrade": downgrade} | EVER | changes


def rules(*, growth=None, member_levels=None, level_rules=None, grants=()):
    return Rules(growth or [growth_rule()], member_levels or levels(), level_rules or [level_rule()], list(grants))


def at(day, hour=12):
    return datetime.combine(START, datetime.min.time()) + timedelta(days=day, hours=hour)


def bought(fact_id, day, money, **more):
    return Fact(fact_id, "purchase", at(day), money=Decimal(money), **more)


def refunded(fact_id, day, returned=1, of=1, return_id=None):
    return Refund(return_id or f"R-{fact_id}-{day}", fact_id, at(day, 13), Decimal(returned), Decimal(of))


def story(*facts, refunds=(), until=1000, cancelled=None, **more):
    cancelled_on = START + timedelta(days=cancelled) if cancelled is not None else None
    member = Member("P", START, cancelled_on, frozenset({"M"}))
    return Story(rules(**more), member, facts, refunds, START + timedelta(days=until))


def path(told):
    """Of each period the level, its first day and the first day after it, in days from the start."""
    return [
        (period.level, (period.valid_from - START).days, period.valid_to and (period.valid_to - START).days)
        for period in told.periods
    ]


def values(told):
    return {entry.entry_id.removeprefix("purchase-v1-"): entry.growth_value for entry in told.entries}


def test_a_level_is_reached_at_once_and_multiplies_from_the_next_day_on():
    told = story(bought("a", 5, "100"), bought("b", 5, "10"), bought("c", 6, "10"), until=6)
    assert path(told) == [("basic", 0, 5), ("low", 5, None)]
    assert values(told) == {"a": 100, "b": 10, "c": 15}
    assert [entry.level for entry in told.entries] == ["basic", "basic", "low"]


def test_growth_is_rounded_before_and_after_the_coefficient():
    told = story(bought("a", 0, "100"), bought("b", 1, "0.333"), until=1)
    assert values(told)["b"] == Decimal("0.50")  # 0.33, 0.495


def test_what_is_lost_is_lost_after_review_and_grace_one_level_at_a_time():
    told = story(bought("a", 0, "1000"))
    assert path(told) == [("high", 0, 375), ("low", 375, 485), ("basic", 485, None)]
    assert [period.change_reason for period in told.periods] == ["joined", "growth expired", "growth expired"]


def test_what_outlives_the_validity_of_a_level_gives_it_a_grace_when_it_goes():
    """Growth counts for 365 days and the level for 100 from what was earned: it ends ten days after the growth."""
    told = story(bought("a", 0, "100"))
    assert path(told) == [("low", 0, 375), ("basic", 375, None)]


def test_whatever_is_earned_at_a_level_puts_the_review_off():
    growth = [growth_rule(validity_days="10")]
    assert path(story(bought("a", 0, "100"), bought("b", 9, "1"), growth=growth)) == [
        ("low", 0, 119),
        ("basic", 119, None),
    ]
    assert path(story(bought("a", 0, "100"), bought("b", 10, "1"), growth=growth)) == [
        ("low", 0, 110),
        ("basic", 110, None),
    ]


def test_straight_down_when_the_rules_say_so():
    told = story(
        bought("a", 0, "1000"), growth=[growth_rule(validity_days="10")], level_rules=[level_rule(downgrade="straight")]
    )
    assert path(told) == [("high", 0, 110), ("basic", 110, None)]


def test_from_the_refund_on_it_was_never_bought_and_what_was_multiplied_stays():
    told = story(bought("a", 0, "100"), bought("b", 1, "10"), refunds=[refunded("a", 7)], until=20)
    assert path(told) == [("low", 0, 7), ("basic", 7, None)]
    assert told.periods[-1].change_reason == "goods returned"
    assert values(told)["b"] == 15
    assert growth_on(told.entries, START + timedelta(days=6)) == 115
    assert growth_on(told.entries, START + timedelta(days=7)) == 15


def test_a_refund_after_the_growth_expired_takes_away_the_grace_it_had_given():
    growth = [growth_rule(validity_days="10")]
    assert path(story(bought("a", 0, "100"), refunds=[refunded("a", 50)], growth=growth)) == [
        ("low", 0, 50),
        ("basic", 50, None),
    ]


def test_returns_take_back_their_share_and_never_more_than_is_left():
    told = story(bought("a", 0, "1"), refunds=[refunded("a", day, 2, 3) for day in (1, 2, 3)], until=9)
    assert list(values(told).values()) == [Decimal("1"), Decimal("-0.67"), Decimal("-0.33")]
    assert growth_on(told.entries, START + timedelta(days=9)) == 0


def test_a_refund_booked_before_the_payment_waits_for_it():
    told = story(bought("a", 3, "100"), refunds=[refunded("a", 1)], until=9)
    assert [(entry.occurred_at, entry.growth_value) for entry in told.entries] == [(at(3), 100), (at(3), -100)]
    assert path(told) == [("basic", 0, None)]


@pytest.mark.parametrize(
    ("caps", "earned"),
    [
        ({"cap_period": "day", "cap_events": "1"}, [("a", 8), ("c", 8), ("d", 8)]),
        ({"cap_period": "month", "cap_growth": "10"}, [("a", 8), ("b", 2), ("d", 8)]),
        ({"cap_period": "year", "cap_events": "3", "cap_growth": "20"}, [("a", 8), ("b", 8), ("c", 4)]),
    ],
)
def test_caps_are_of_the_calendar_and_take_the_first(caps, earned):
    times = {"a": at(0, 1), "b": at(0, 2), "c": at(30), "d": at(31)}
    facts = [Fact(name, "review", time) for name, time in sorted(times.items(), reverse=True)]
    rule = growth_rule(event_type="review", unit="event", growth_per_unit="8", uses_coefficient="false", **caps)
    told = story(*facts, growth=[rule], until=40)
    assert [(entry.source_record_id, entry.growth_value) for entry in told.entries] == earned


def test_a_rule_may_be_for_some_channels_and_categories():
    rule = growth_rule(channels="online|phone", categories="fiction")
    facts = [
        bought(f"{channel}-{category}", 0, "1", channel=channel, category=category)
        for channel in ("online", "phone", "line", None)
        for category in ("fiction", "courses", None)
    ]
    told = story(*facts, growth=[rule], until=1)
    assert set(values(told)) == {"online-fiction", "phone-fiction"}


def test_two_rules_in_force_make_two_entries_and_a_return_takes_back_of_both():
    growth = [growth_rule(), growth_rule(rule_id="double", valid_from="2024-01-03")]
    told = story(bought("a", 1, "1"), bought("b", 2, "1"), refunds=[refunded("b", 3)], growth=growth, until=9)
    assert [entry.growth_value for entry in told.entries] == [1, 1, 1, -1, -1]


def test_a_level_by_hand_is_a_floor_while_it_lasts_and_nothing_afterwards():
    grant = {"grant_id": "1", "member_id": "M", "level": "high", "valid_from": "2024-01-03", "valid_to": "2024-01-08"}
    other = grant | {"member_id": "N"}
    told = story(bought("a", 3, "1"), bought("b", 7, "1"), bought("c", 8, "1"), grants=[grant], until=30)
    assert path(told) == [("basic", 0, 2), ("high", 2, 7), ("basic", 7, None)]
    assert values(told) == {"a": 2, "b": 2, "c": 1}
    assert path(story(grants=[other], until=30)) == [("basic", 0, None)]


def test_a_member_who_left_has_no_level_and_buys_for_nothing():
    growth = [growth_rule(), growth_rule(rule_id="review", event_type="review", unit="event", growth_per_unit="4")]
    lines = [bought("a", 0, "100"), bought("b", 9, "10"), bought("c", 11, "10")]
    reviews = [Fact(f"r{day}", "review", at(day)) for day in (-1, 10, 11)]
    told = story(*lines, *reviews, growth=growth, cancelled=10, until=30)
    assert path(told) == [("low", 0, 10)]
    # On the day of leaving the level of the day before still multiplies; before joining and later there is none.
    assert {entry.source_record_id: entry.growth_value for entry in told.entries} == {
        "r-1": 4,
        "a": 100,
        "b": 15,
        "r10": 6,
        "r11": 4,
    }


def test_lower_thresholds_lift_on_their_first_day_and_higher_ones_take_nothing_that_was_promised():
    change = (START + timedelta(days=20)).isoformat()
    lower = [*levels(valid_to=change), *levels(low="50", valid_from=change)]
    assert path(story(bought("a", 0, "60"), member_levels=lower, growth=[growth_rule(validity_days="30")])) == [
        ("basic", 0, 20),
        ("low", 20, 130),
        ("basic", 130, None),
    ]
    higher = [*levels(valid_to=change), *levels(low="200", valid_from=change)]
    assert path(story(bought("a", 0, "100"), member_levels=higher)) == [("low", 0, 110), ("basic", 110, None)]


@pytest.mark.parametrize(("stricter", "high_ends"), [((1, 0, "one_level"), 41), ((30, 10, "straight"), 76)])
def test_stricter_rules_take_nothing_that_was_promised_and_no_later_purchase_does(stricter, high_ends):
    change = (START + timedelta(days=35)).isoformat()
    dated = [level_rule(30, 10, valid_to=change), level_rule(*stricter, valid_from=change)]
    more = {"growth": [growth_rule(validity_days="5")], "level_rules": dated}
    before = bought("a", 0, "1000")
    assert path(story(before, **more)) == [("high", 0, 40), ("low", 40, 80), ("basic", 80, None)]
    told = story(before, bought("b", 36, "1000"), **more)
    assert path(told) == [("high", 0, high_ends), ("low", high_ends, 80), ("basic", 80, None)]


def test_no_purchase_earns_before_joining_and_redeeming_never():
    told = story(bought("a", -1, "100"), Fact("b", "redeem", at(2), quantity=Decimal(9)), until=9)
    assert told.entries == []
