"""Around English commitments: which time belongs to one, what it hangs on, and put-offs ("later")."""

from __future__ import annotations

import re

from customer360.promises.english_lists import OTHERS
from customer360.promises.statements import Commitment, PutOff

# Whoever comes between our commitment and the time is the one who acts.
_OTHER_ACTS = re.compile(
    rf"(?<![a-z])(?:(?:{OTHERS}|postal|parcel|package|shipment|delivery|item|order|it|they|he|she"
    rf"|card)(?: [a-z]+){{0,3}}? (?:will|should|would|is|was|are|were|arrives?"
    r"|delivers?|says?|expects?|comes?|leaves?)|arriv\w+|(?:be|was|is|were|get|gets) delivered"
    r"|(?:that|which|who) (?:you|was|were|is|are|has|had|we|i)|you (?:sent|ordered|bought|placed"
    r"|returned|paid|wrote|made|received|told|called|got|mentioned|have|had|need|must|should|can"
    r"|could|want|requested)|(?:placed|sent|ordered|dated|received|purchased|bought"
    r"|made) on)(?![a-z])"
)
# As far as the next clause of ours: "the buyer is back after the weekend so I'll send you the chart" has no condition.
_GAP = r"(?:(?!(?<![a-z])(?:so|but|i|we|i'll|we'll|and (?:i|we|will))(?![a-z]))[^,.;]){0,60}?"
_ON_THE_CUSTOMER = re.compile(
    r"(?<![a-z])(?:if|once(?! again| more)|when|as soon as|after(?! all| the weekend| lunch)|provided(?: that)?"
    r"|unless|until|in case|(?:(?<=^)|(?<=, )|(?<=; ))should|upon|on receipt|assuming"
    r"|subject to|as long as|depending on)(?![a-z])(?: (?:that|we|i))*(?: have| get| receive| hear)*"
    rf"{_GAP}(?<![a-z])(?:you|u|your|yours|customer)(?![a-z])"
    r"|(?<![a-z])if (?!possible|necessary|needed|required|so |not )[a-z]"
    r"|(?<![a-z])(?:upon|after|on) (?:receipt|receiving)(?![a-z])|(?<![a-z])(?:once|when|as soon as|after) (?:the|we|it"
    r"|your|they) [^,.;]{0,30}?(?:arrives?|returned|received?|reach(?:es)?|is back(?! (?:up|in stock))|is paid"
    r"|confirmed by you)"
)
_NEW_CLAUSE = re.compile(r";|(?<![a-z])(?:and|but|so|otherwise)(?![a-z])")
_NOT_A_CONDITION = re.compile(
    r"(?:check|see|find out|know|confirm|ask(?: them| him| her)?|sure|verify) if"
    r"|if (?:you|u) (?:have|need|'ve|had|require|don't mind|like|wish|prefer|want)(?: any| some"
    r"| more| further)? ?(?:questions?|help|anything|assistance|else|information|concerns?)?"
)
_ASKED = re.compile(
    r"(?:^|[,.;:!\n]) ?(?:please|kindly|pls|plz|could you|can you|would you|will you|you (?:can"
    r"|may|should|must|need|have to))(?![a-z])(?! (?:note|be (?:assured|informed|advised|aware)"
    r"|accept|rest assured|bear|allow|expect|wait))"
)

# After the time of "Update by Friday", so that "Reply by Friday to keep your claim open" is none.
_CLAUSE_ENDS = re.compile(
    r" ?(?:$|[.,;:!\n()]|- |(?:at the latest|latest|as (?:agreed|discussed|promised)|and|but|so|then)(?![a-z]))"
)
_AHEAD = re.compile(r"by |within|in |before |tomorrow|no later|tonight|later")

# Closed to the last word: it is quoted in a published mart.
_NEWS = (
    r"(?: (?:more|back|anything|something|any news|news|an? (?:update|answer|reply|response"
    r"|solution)|the (?:result|answer|reply|details)"
    r"|it|this|them|from (?:them|him|her|us|you|the (?:supplier|warehouse|carrier|courier|team"
    r"|manufacturer|bank|manager))))*"
)
_LATER = re.compile(
    r"(?<![a-z])(?:(?:sometime |somewhat |a (?:bit|little) )?later(?: on)?(?! than)|sometime soon"
    r"|(?:very |pretty |really |quite )?soon(?!er)|shortly|momentarily|a\.?s\.?a\.?p\.?"
    r"|as (?:soon|quickly|fast|early|promptly) as (?:possible|there(?:'s| is)|(?:we|i"
    r"|they) (?:possibly )?(?:can|know|have|get|hear|receive|learn|find out)|we|i)"
    + _NEWS
    + r"|in due (?:course|time)|at (?:the|our|my) earliest(?: (?:convenience|opportunity|possible))?"
    r"|(?:when(?:ever)?|once) (?:available|possible|there(?:'s| is)|(?:we|i|they|it|this)(?:'s| (?:can"
    r"|know|have|get|hear|receive|learn|is|are|has|find out))(?: back(?: up| in stock| online)?)?|the|our|he|she|we|i)"
    + _NEWS
    + r"|at a later (?:date|time|point|stage)|(?:some|an)(?: )?other (?:time|day)|some ?time|in the (?:near )?future"
    r"|in a (?:while|bit|moment|minute|sec|second|jiffy)|eventually|down the line|in time|in the next little while"
    r"|without (?:undue |further )?delay|at the soonest|to follow(?= ?(?:$|[.!,;]))|at some (?:point|stage)"
    r"|when the time comes)(?![a-z])"
)


def governs(sentence: str, commitment: Commitment, start: int, end: int) -> bool:
    """Whether the time phrase at start:end says when the commitment will be met."""
    if commitment.start >= end:
        before = sentence[:start]
        clause = re.split(r"[,:;]|(?<![a-z])(?:and|but|so|then)(?![a-z])", before)[-1]
        between = sentence[end : commitment.start]
        return (
            len(clause.split()) <= 3
            and len(between) <= 40
            and not _ASKED.search(between)
            and not _OTHER_ACTS.search(before)
            and not re.search(
                r"(?<![a-z])(?:is|are|was|were|has|have|will|'m|'s|not|off|away|back)(?![a-z])|n't", clause + between
            )
        )
    between = sentence[commitment.end : start]
    if commitment.beside:
        ends = commitment.beside == "time" or _CLAUSE_ENDS.match(sentence, end)
        return not between.strip(" ,-:") and bool(
            ends and (commitment.beside != "ahead" or _AHEAD.match(sentence, start))
        )
    if re.search(r"(?:make sure|ensure|see to)$", sentence[: commitment.end]):  # whoever does it, we see to it
        return not _ASKED.search(between)
    return not (_OTHER_ACTS.search(between) or _ASKED.search(between)) and not re.search(
        r"(?<![a-z])(?:since|until|till|after)(?![a-z])", between[-12:]
    )


def unconditional(sentence: str, commitments: list[Commitment]) -> list[Commitment]:
    """Those that do not hang on something the customer is to do first.

    A condition reaches from the clause it stands in to the end of the sentence: "I'll call you tomorrow, and if you are
    out we will write on Friday" promises the call.
    """
    plain = _NOT_A_CONDITION.sub(lambda found: " " * len(found[0]), sentence)
    condition = _ON_THE_CUSTOMER.search(plain)
    if not condition:
        return commitments
    clauses = [match.start() for match in _NEW_CLAUSE.finditer(plain, 0, condition.start() + 1)]
    return [each for each in commitments if clauses and each.end <= clauses[-1]]


def put_offs(sentence: str) -> list[PutOff]:
    """Words that put off without a time."""
    return [PutOff(match.start(), match.end(), 0.9) for match in _LATER.finditer(sentence)]
