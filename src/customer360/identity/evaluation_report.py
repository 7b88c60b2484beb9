"""An evaluation as a screen of text, and as plain data for other programs."""

from __future__ import annotations

from collections.abc import Iterator

from customer360.identity.evaluate import Evaluation
from customer360.identity.metrics import BCubed, Score

SHOWN_NUMBERS = 12


def lines(result: Evaluation, *, show_values: bool) -> Iterator[str]:
    """The report, line by line. Values of records stand in it only on demand: a labelled file holds people."""
    yield from result.choice.described()
    yield from result.notes
    yield ""
    yield (
        f"{result.records:,} records of {result.clusters.true:,} persons, resolved into {result.clusters.found:,} "
        f"clusters in {result.normalise_seconds + result.resolve_seconds:.1f} s "
        f"(normalising {result.normalise_seconds:.1f}, resolving {result.resolve_seconds:.1f})"
    )
    yield ""
    yield f"{'':10}{'precision':>10}{'recall':>10}{'F1':>10}"
    yield _row("pairs", result.pairs) + _counts(result.pairs)
    yield _row("clusters", result.clusters) + _counts(result.clusters)
    yield _row("B-cubed", result.b_cubed)
    for number, fused in enumerate(result.fused, start=1):
        if number == 1:
            yield ""
            yield "worst fused clusters"
        yield (
            f"{number:3}. {len(fused.record_numbers)} records of {fused.persons} persons, {fused.wrong_pairs:,} wrong "
            f"pairs: records {_numbers(fused.record_numbers)}"
        )
        yield from _pairs(result, fused.links, show_values=show_values)
    for number, split in enumerate(result.split, start=1):
        if number == 1:
            yield ""
            yield "worst split persons"
        yield (
            f"{number:3}. one person's {len(split.record_numbers)} records in {split.clusters} clusters, "
            f"{split.missing_pairs:,} pairs missing: records {_numbers(split.record_numbers)}"
        )
        if split.pairs:
            yield from _pairs(result, split.pairs, show_values=show_values)
        else:
            yield "     no pair of them was likely enough to be remembered"
            if show_values:
                yield from (_values(result, each) for each in split.record_numbers[:3])
    if (result.fused or result.split) and not show_values:
        yield ""
        yield "--show-values shows what stands in these records."


def as_data(result: Evaluation, *, show_values: bool) -> dict:
    """The same as JSON-ready data; shares of nothing are null."""
    data = {
        "records": result.records,
        "scored_records": result.scored,
        "columns": {name: list(parts) for name, parts in result.choice.sources.items()},
        "guessed_columns": list(result.choice.guessed),
        "unused_columns": list(result.choice.unused),
        "notes": result.notes,
        "seconds": result.normalise_seconds + result.resolve_seconds,
        "normalise_seconds": result.normalise_seconds,
        "resolve_seconds": result.resolve_seconds,
        "pairs": _score(result.pairs),
        "clusters": _score(result.clusters),
        "b_cubed": {"precision": result.b_cubed.precision, "recall": result.b_cubed.recall, "f1": result.b_cubed.f1},
        "worst_fused": [
            {
                "records": each.record_numbers,
                "persons": each.persons,
                "wrong_pairs": each.wrong_pairs,
                "links": [_pair(link) for link in each.links],
            }
            for each in result.fused
        ],
        "worst_split": [
            {
                "records": each.record_numbers,
                "clusters": each.clusters,
                "missing_pairs": each.missing_pairs,
                "pairs": [_pair(pair) for pair in each.pairs],
            }
            for each in result.split
        ],
    }
    return data | ({"values": {str(number): values for number, values in result.values.items()}} if show_values else {})


def _row(name: str, score: Score | BCubed) -> str:
    shares = (score.precision, score.recall, score.f1)
    return f"{name:10}" + "".join(f"{'–' if share is None else _share(share):>10}" for share in shares)


def _share(share: float) -> str:
    """Four places, cut rather than rounded at the top: 0.99996 is not 1."""
    return f"{share:.4f}" if share == 1 or share < 0.99995 else "0.9999"


def _counts(score: Score) -> str:
    return f"   {score.right:,} right of {score.found:,} found, {score.true:,} true"


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:SHOWN_NUMBERS]))
    return shown if len(numbers) <= SHOWN_NUMBERS else f"{shown}, … ({len(numbers) - SHOWN_NUMBERS} more)"


def _pairs(result: Evaluation, pairs: list[tuple], *, show_values: bool) -> Iterator[str]:
    for first, second, rule, probability, reason in pairs:
        likely = "" if probability is None else f", {probability:.4f}"
        yield f"     {first} – {second}  {rule}{likely}: {reason}"
        if show_values:
            yield _values(result, first)
            yield _values(result, second)


def _values(result: Evaluation, number: int) -> str:
    said = " · ".join(f"{name} {value}" for name, value in result.values.get(number, {}).items())
    return f"       {number:>8}  {said or 'nothing'}"


def _score(score: Score) -> dict:
    return {
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
        "right": score.right,
        "found": score.found,
        "true": score.true,
    }


def _pair(pair: tuple) -> dict:
    return dict(zip(("record", "other_record", "rule", "probability", "reason"), pair, strict=True))
