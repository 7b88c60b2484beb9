"""Reads one comment: which promises with a time and which put-offs without one stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from customer360.promises import chinese_times, chinese_words, english_commitments, english_times, english_words
from customer360.promises.expressions import TimePhrase, without_overlaps
from customer360.promises.statements import Statement
from customer360.promises.text import ReadableText, readable

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z']+")
# Nobody writes longer sentences; the time that a rule takes grows faster than the sentence.
_SENTENCE = re.compile(
    r"(?:[^.!?;。\n]|\.(?=\d|[a-z]|[ ]?[,;])|(?<=[ap]\.m)\.|(?<=\bmr)\.|(?<=\bmrs)\.|(?<=\bdr)\.){1,800}[.!?;。]?"
)
_CLAUSE = re.compile(r"(?:[^,，、:：()]|(?<=\d)[:：](?=\d\d))+")


def read(body: str | None) -> list[Statement]:
    """The statements of a comment (plain text or HTML), in order; nothing of quoted mail and signatures."""
    text = readable(body)
    found: list[Statement] = []
    for sentence in _SENTENCE.finditer(text.plain):
        if sentence[0].isspace():
            continue
        of_language = _read_chinese if _is_chinese(sentence[0]) else _read_english
        found += of_language(text, sentence.start(), sentence[0])
    return found


def _is_chinese(sentence: str) -> bool:
    """Whether it has more Chinese letters than English words: "We will resend the 保温杯 by Friday" is English."""
    return len(_HAN.findall(sentence)) > len(_WORD.findall(sentence))


def _read_english(text: ReadableText, offset: int, sentence: str) -> Iterator[Statement]:
    commitments = english_words.unconditional(sentence, english_commitments.commitments(sentence))
    if not commitments:
        return
    times = without_overlaps(english_times.phrases(sentence))
    promised = False
    for time in times:
        by = [each for each in commitments if english_words.governs(sentence, each, time.start, time.end)]
        if by:
            promised = True
            nearest = max(by, key=lambda each: (each.end <= time.start, each.end))
            certainty = nearest.certainty * time.expression.certainty
            yield _promise(text, offset, time, certainty, "en", sentence[nearest.start : nearest.end])
    if promised:
        return
    told = False
    for put_off in english_words.put_offs(sentence):
        if any(english_words.governs(sentence, each, put_off.start, put_off.end) for each in commitments):
            told = True
            yield _vague(text, offset + put_off.start, offset + put_off.end, put_off.certainty, "en")
    telling = [each for each in commitments if each.told_at is not None]
    if telling and not told and not times:
        yield _vague(text, offset + telling[0].told_at, offset + telling[0].end, 0.7, "en")


def _read_chinese(text: ReadableText, offset: int, sentence: str) -> Iterator[Statement]:
    is_question = chinese_words.is_question(sentence)
    if is_question and not chinese_words.is_proposal(sentence):
        return
    clauses = [(match.start(), match[0]) for match in _CLAUSE.finditer(sentence)]
    condition_at = chinese_words.condition_at(sentence)
    times = without_overlaps(list(chain(chinese_times.phrases(sentence), english_times.phrases(sentence))))
    for place, (start, clause) in enumerate(clauses):
        within = [each for each in times if start <= each.start < start + len(clause)]
        is_conditional = start + len(clause) > condition_at
        if within and not is_conditional and not is_question:
            commitment = _commitment_of(clauses, place, within)
            for time in within if commitment else ():
                yield _promise(text, offset, time, commitment.certainty * time.expression.certainty, "zh", clause)
        if not within:
            yield from _chinese_put_offs(text, offset, clauses, place, is_conditional)


def _commitment_of(clauses: list[tuple[int, str]], place: int, within: list[TimePhrase]):
    """The commitment of the clause with the time, or of the next one that has no time of its own; None if nobody's."""
    clause = clauses[place][1]
    if chinese_words.is_someone_else(clause):
        return None
    own = chinese_words.commitments(clause) or chinese_words.deeds(clause, "".join(each for _, each in clauses))
    if own:
        return own[0]
    for _, following in clauses[place + 1 : place + 2]:
        after = chinese_words.commitments(following)
        if after and not chinese_times.phrases(following):
            return after[0]
    if place and len(clause) - sum(each.end - each.start for each in within) <= 4:  # 会给您答复，最晚周五
        _, before = clauses[place - 1]
        told = [] if chinese_times.phrases(before) else chinese_words.commitments(before)
        return told[0] if told else None
    return None


def _chinese_put_offs(text, offset, clauses, place, is_conditional) -> Iterator[Statement]:
    start, clause = clauses[place]
    for put_off in chinese_words.put_offs(clause):
        following = clauses[place + 1][1] if place + 1 < len(clauses) else ""
        committed = chinese_words.commitments(clause) or (
            not chinese_words.is_someone_else(clause) and chinese_words.commitments(following)
        )
        if put_off.is_enough or (committed and not is_conditional):
            begin = offset + start + put_off.start
            yield _vague(text, begin, begin + put_off.end - put_off.start, put_off.certainty, "zh")


def _promise(
    text: ReadableText, offset: int, time: TimePhrase, certainty: float, language: str, said: str
) -> Statement:
    because = f'"{" ".join(said.split())}" commits us; the time is {time.expression.in_words()}'
    span = offset + time.start, offset + time.end
    return _statement(text, "promise", *span, time.expression, certainty, language, because)


def _vague(text: ReadableText, start: int, end: int, certainty: float, language: str) -> Statement:
    return _statement(text, "vague", start, end, None, certainty, language, "puts off without a time")


def _statement(text, kind, start, end, expression, certainty, language, because) -> Statement:
    said = text.shown[start:end]
    # Without the spaces and the full stop around it.
    start, end = end - len(said.lstrip()), start + len(said.rstrip(" \n.,，。"))
    quoted = " ".join(text.shown[start:end].split())
    return Statement(kind, *text.in_comment(start, end), quoted, expression, round(certainty, 2), language, because)
