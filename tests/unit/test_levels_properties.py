"""What holds of levels whatever the rules and whatever members do: the engine in small random worlds."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from level_worlds import Engine, at, entries_of, lower_days, on, path_of, worlds

from customer360.demo.truth_levels import Refund

few = settings(max_examples=25, deadline=None)


def said_of(worlds):
    """The truth's entries and paths."""
    stories = [world.story for world in worlds]
    paths = {story.member.person_id: path_of(story) for story in stories if story.periods}
    return set().union(*map(entries_of, stories)), paths


@few
@given(worlds())
def test_the_engine_says_what_is_true(members):
    engine = Engine(members[0].rules).believe(members)
    assert (engine.entries(), engine.paths()) == said_of(members)


@few
@given(worlds(), st.integers(0, 130))
def test_a_day_s_level_depends_on_nothing_that_came_later(members, day):
    engine = Engine(members[0].rules).believe(members)

    def known(paths):
        steps = {name: [step for step in path if step[0] <= on(day)] for name, path in paths.items()}
        return {name: path for name, path in steps.items() if path}

    assert known(engine.paths(as_of=on(day))) == known(engine.paths())


@few
@given(worlds(), st.data())
def test_no_purchase_returned_or_kept_leaves_a_member_lower_than_had_it_never_been(members, data):
    less = []
    for world in members:
        lines = [fact.fact_id for fact in world.facts if fact.event_type == "purchase"]
        less.append(world.without(*data.draw(st.sets(st.sampled_from(lines), min_size=1))).twin())
    paths = Engine(members[0].rules).believe([*members, *less]).paths()
    for name in (world.member.person_id for world in members):
        assert lower_days(paths[name], than=paths[f"{name}-twin"]) == [], name


@few
@given(worlds(only_purchases=True))
def test_when_everything_has_come_back_everyone_is_where_they_began(members):
    def with_all_returned(world):
        back = [
            Refund(f"all-{fact.fact_id}", fact.fact_id, at(90), fact.quantity, fact.quantity) for fact in world.facts
        ]
        return replace(world, refunds=(*world.refunds, *back))

    engine = Engine(members[0].rules).believe(map(with_all_returned, members))
    left = Counter()
    for _, entry_id, _, _, growth, *_ in engine.entries():
        left[entry_id.split("-of-")[-1]] += growth
    assert set(left.values()) <= {0}
    for path in engine.paths().values():
        last_day, last_rank = path[-1]
        assert last_rank <= 1
        assert last_day <= on(90) or last_rank == 0


@few
@given(worlds(), st.data())
def test_facts_may_arrive_in_any_order_and_what_was_believed_stays_known(members, data):
    """Each run knows some more, the last perhaps that a member is another one. It says what all at once give, and it
    stays known what each run said."""
    runs = data.draw(st.integers(2, 3))
    arrivals = st.integers(1, runs)
    ids = [fact.fact_id for world in members for fact in world.facts]
    ids += [refund.return_id for world in members for refund in world.refunds]
    ids += [
        name for world in members for name in (f"{world.member.person_id} leaves", f"{world.member.person_id} given")
    ]
    arrival = dict(zip(ids, data.draw(st.lists(arrivals, min_size=len(ids), max_size=len(ids))), strict=True))

    def known_in(run, world):
        name, rules = world.member.person_id, world.rules
        grants = [row for row in rules.level_grants if arrival[f"{row['member_id']} given"] <= run]
        cancelled_on = world.member.cancelled_on if arrival[f"{name} leaves"] <= run else None
        return replace(
            world,
            rules=replace(rules, level_grants=grants),
            member=replace(world.member, cancelled_on=cancelled_on),
            facts=tuple(fact for fact in world.facts if arrival[fact.fact_id] <= run),
            refunds=tuple(refund for refund in world.refunds if arrival[refund.return_id] <= run),
        )

    engine, said = Engine(members[0].rules), {}
    stay = data.draw(st.integers(1, len(members)))
    for run in range(1, runs + 1):
        known = [known_in(run, world) for world in (members[:stay] if run == runs else members)]
        said[run] = engine.believe(known).entries()
        assert (said[run], engine.paths(carry_on=True)) == said_of(known)
    assert {run: engine.entries(datetime(2030, 1, run)) for run in said} == said
