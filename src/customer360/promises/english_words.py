"""English commitments ("I'll call you", "your refund will be issued", "you will hear from us"); put-offs ("later")."""

from __future__ import annotations

import re

from customer360.promises.statements import Commitment, PutOff

# What we do for a customer. What is not listed (wait, close the ticket, be open) is no promise.
_TELL = (
    r"get (?:right )?back|got back|come back|comeback|be back (?:to|with)|reply|respond|answer"
    r"|revert|write|e-?mail|mail|message|text|call|phone|ring"
    r"|telephone|contact|reach out|reach you|be in touch|get in touch|touch base|follow[- ]?up"
    r"|update|inform|notify|advise|tell|let (?:you|u|ya) know|keep (?:you|u)"
    r"|report back|report|circle back|be in contact|speak (?:to|with)|talk to|be with you"
    r"|check back|drop you|give (?:you )?(?:a call|an update|a ring|feedback|news)"
)
_DO = (
    r"have|give|get|make sure|ensure|see to|send|ship|dispatch|post|refund|reimburse|credit"
    r"|process|handle|resolve|fix|solve|sort|replace|exchange|issue"
    r"|arrange|check|look (?:in)?to|investigate|confirm|provide|forward|escalate|cancel|repair"
    r"|complete|finish|deal with|transfer|return|pay|compensate"
    r"|correct|change|deliver|share|bring|schedule|book|submit|review|chase|do|take care|raise"
    r"|verify|find out|prepare|clarify|address|work on|try|aim|deduct|re-?send|re-?ship|remove|add"
    r"|collect|pick up|activate|restore|pass|begin|start|proceed|open an? (?:new )?(?:claim|case|ticket|request"
    r"|dispute)"
)
_ADVERB = (
    r"(?: (?:also|then|certainly|definitely|surely|personally|gladly|be able to|now|again"
    r"|of course|first|just|try (?:our|my) best to|do (?:our|my) best to|try (?:to|and)"
    r"|make every effort to|aim to|in any case|hopefully))*"
)
_WILL = (
    r"(?:'ll|ll| will| shall|'m going to| am going to|'re going to| are going to|'m gonna"
    r"|'re gonna| gonna|'m to| can| should)"
)
_US = (
    r"(?:i|we|us|(?:one of )?(?:our|my|the|a|an) (?!carrier|courier|bank|post|driver"
    r"|customer)(?:[a-z]+ ){0,3}?(?:team|colleagues?(?: [a-z]+)?|department|manager|supervisor|specialist"
    r"|agent|staff|representative|office|warehouse|desk|technicians?|engineers?|experts?|advisors?"
    r"|someone|group)|(?:some(?:one|body)|a member)(?: (?:from|of|in) (?:our|the"
    r"|my) (?:[a-z]+ ?){1,3}?)?|they|he|she)"
)
_OURS = re.compile(
    rf"(?<![a-z])(?P<who>{_US})(?P<will>{_WILL})(?! not|n't| never"
    rf"| only be able){_ADVERB} (?:be )?(?P<verb>(?P<tell>{_TELL}|calling|updating|contacting"
    rf"|emailing|replying)|(?P<do>{_DO}|sending|processing|shipping|refunding))(?![a-z])"
)
# Any other verb, with a time beside it; but not what changes nothing for the customer.
_ANY = re.compile(
    r"(?<![a-z])(?P<who>i|we)(?P<will>'ll| will| are| 're|'re|'m| am)(?! not|n't| never)"
    + _ADVERB
    + r" (?P<verb>(?!be(?![a-z])|wait|close|closing|open|need|assume|miss|remain|accept|hope|hoping"
    r"|continue|consider|treat"
    r"|going|able|expect|not|only|never|no|sorry|happy|glad|aware|afraid|unable|sure|out|away|back|in|on|at|off|the|a"
    r"|busy|here|still|currently|away|waiting|open|closed|short|stop|have|take|away|move|mov|start|celebrat|launch|releas|run)"
    r"(?:(?<=will )[a-z]+|(?<='ll )[a-z]+|[a-z]+ing))(?![a-z])"
)
_JOINED = re.compile(
    rf"(?<![a-z])(?P<who>{_US})(?P<will>{_WILL})(?! not|n't| never) [a-z' ]{{3,60}}?,? (?:and|then)(?: then)?{_ADVERB}"
    rf" (?P<verb>(?P<tell>{_TELL})|(?P<do>{_DO}))(?![a-z])"
)
_GOES_OUT = re.compile(
    r"(?<![a-z])(?:replacement|order|parcel|package|item|copy|refund|invoice)(?: [a-z]+)?"
    r" (?:goes out|is going out|will go out|ships|will ship|is shipping)(?![a-z])"
)
_WILL_HAVE = re.compile(
    r"(?<![a-z])you(?:'ll| will) (?:be (?:informed|contacted|notified|updated|refunded|called|reimbursed|told)"
    r"|(?:have|get|receive|see) (?:the|your|our|a|an) (?:full )?"
    r"(?:money|refund|replacement|amount|credit|answer|reply))"
)
_ELIDED = re.compile(
    r"(?:^|[,.;:!?\n]|(?<![a-z])(?:and|but|so|then)) ?(?:sure |yes |ok |okay "
    r"|sorry )?(?P<will>will|gonna|shall)(?! not| you| that"
    rf"| it){_ADVERB} (?P<verb>(?P<tell>{_TELL})|(?P<do>{_DO}))(?![a-z])"
)
_PASSIVE = re.compile(
    r"(?<![a-z])(?P<who>(?:refund|replacement|exchange|order|parcel|package|item|copy|book|invoice"
    r"|receipt|label|voucher|credit(?: note)?|amount|money|payment|request|case|complaint|issue"
    r"|problem|ticket|this|that|it|one|difference|return|answer|points?|product|reply|update"
    r"|decision|[0-9]+ ?(?:eur|usd|cny|rmb|gbp|dollars|euros|yuan|%))[a-z ]{0,24}?)(?P<will> will"
    r"|'ll| is going to| are going to| shall)(?! not) (?:also |then )?(?:be|get"
    r"|have been) (?:fully |completely |automatically )?"
    r"(?P<verb>issued|applied|added|processed|sent(?: out| to you)?|shipped|dispatched|made|refunded|credited"
    r"|resolved|fixed|solved|sorted|replaced|handled|completed|reviewed|answered|on its way"
    r"|corrected|transferred|paid|posted|repaired|checked|investigated|confirmed|cancelled|ready"
    r"|looked (?:at|into)|updated|exchanged|provided|emailed|mailed)"
)
_HEAR = re.compile(
    r"(?<![a-z])(?:(?:you|u)(?:'ll| will| shall| can| should"
    r"| may)? (?:also )?(?:hear (?:back )?(?:from|of)|hear back|expect (?:a|an|to hear|to receive"
    r"|our|my|us|the|your)|"
    r"(?:receive|get|have|see) (?:a|an|our|my|the|your)? ?(?:[a-z]+ ){0,2}?(?:reply|answer"
    r"|response|update|call|decision|confirmation|email|e-mail|refund|replacement|result|feedback"
    r"|news|invoice|label|message|solution))"
    r"|(?:^|,) *expect (?:a|an|our|my|it|this|to hear)|(?:please )?expect (?:a|an|our"
    r"|my) (?:[a-z]+ ){0,2}?(?:reply|answer|response|update|call|email|result|message)"
    r"|(?:we|i) (?:can )?(?:hereby )?(?:guarantee|promise|commit to|undertake)(?: you)?(?: a| an| to)?(?! not))"
)
_MEAN_TO_TELL = re.compile(
    r"(?:get|come|be) ?back|(?:be|get) in (?:touch|contact)|(?:keep|let) (?:you|u)|contact|update"
    r"|inform|notify|call|reply|respond|revert|follow|report|reach|write|e-?mail|be with you"
)

# Whoever comes between our commitment and the time is the one who acts.
_OTHERS = (
    r"carrier|courier|bank|driver|post office|postal|dhl|ups|fedex|usps|dpd|gls|hermes|sf express"
    r"|delivery company|parcel|package|shipment|delivery|item|supplier|manufacturer|order|it|they"
    r"|he|she|card"
)
_OTHER_ACTS = re.compile(
    rf"(?<![a-z])(?:(?:{_OTHERS})(?: [a-z]+){{0,3}}? (?:will|should|would|is|was|are|were|arrives?"
    r"|delivers?|says?|expects?|comes?|leaves?)|arriv\w+|(?:be|was|is|were|get|gets) delivered"
    r"|(?:that|which|who) (?:you|was|were|is|are|has|had|we|i)|you (?:sent|ordered|bought|placed"
    r"|returned|paid|wrote|made|received|told|called|got|mentioned|have|had|need|must|should|can"
    r"|could|want|requested)|(?:placed|sent|ordered|dated|received|purchased|bought"
    r"|made) on)(?![a-z])"
)
_THIRD_PARTY = re.compile(
    r"(?<![a-z])(?:carrier|courier|driver|bank|dhl|ups|fedex|usps|dpd|gls|hermes|sf express"
    r"|delivery company|post office|postal service|parcel locker|card issuer|paypal)(?![a-z])"
)
_ON_THE_CUSTOMER = re.compile(
    r"(?<![a-z])(?:if|once|when|as soon as|after|provided(?: that)?|unless|until|in case|should"
    r"|upon|on receipt|assuming|subject to)(?![a-z])(?: (?:that|we|i))*(?: have| get| receive"
    r"| hear)*[^,.;]{0,60}?(?<![a-z])(?:you|u|your|yours|customer)(?![a-z])"
    r"|(?<![a-z])if (?!possible|necessary|needed|required|so |not )[a-z]"
    r"|(?<![a-z])(?:upon|after|on) (?:receipt|receiving)(?![a-z])|(?<![a-z])(?:once|when"
    r"|as soon as|after) (?:the|we|it|your|they) [^,.;]{0,30}?(?:arrives?|returned|received?"
    r"|reach(?:es)?|is back|is paid|confirmed by you)"
)
_NOT_A_CONDITION = re.compile(
    r"(?:check|see|find out|know|confirm|ask(?: them| him| her)?|sure|verify) if"
    r"|if (?:you|u) (?:have|need|'ve|had|require|don't mind|like|wish|prefer|want)(?: any| some"
    r"| more| further)? ?(?:questions?|help|anything|assistance|else|information|concerns?)?"
)
_PAST = re.compile(
    r"(?<![a-z])(?:had (?:promised|said|told)|promised|told you|said (?:that )?(?:we|i|you|they)"
    r"|was supposed|were supposed|would have|you (?:said|wrote|mentioned)|colleague (?:said|told"
    r"|wrote))(?![a-z])"
)
_HOPE = re.compile(
    r"(?<![a-z])(?:hope|hopefully|might|(?<!\d )may(?! \d)|maybe|perhaps|wish|not sure"
    r"|cannot promise|can't promise)(?![a-z])"
)
_USUAL = re.compile(r"(?<![a-z])(?:usually|normally|typically|generally|often|always|as a rule|on average)(?![a-z])")
_TRYING = re.compile(r"(?<![a-z])(?:try|aim|should|do (?:my|our) best|expect|can)(?![a-z])")
_ASKED = re.compile(
    r"(?:^|[,.;:!\n]) ?(?:please|kindly|pls|plz|could you|can you|would you|will you|you (?:can"
    r"|may|should|must|need|have to))(?![a-z])(?! (?:note|be (?:assured|informed|advised|aware)"
    r"|accept|rest assured|bear|allow|expect|wait))"
)

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
    r"|(?:when(?:ever)?|once) (?:available|possible|there(?:'s| is)|(?:we|i|they|it|this) (?:can"
    r"|know|have|get|hear|receive|learn|is|are|has|find out)|the|our|he|she|we|i)"
    + _NEWS
    + r"|at a later (?:date|time|point|stage)|(?:some|an)(?: )?other (?:time|day)|some ?time|in the (?:near )?future"
    r"|in a (?:while|bit|moment|minute|sec|second|jiffy)|eventually|down the line|in time"
    r"|when the time comes)(?![a-z])"
)


def commitments(sentence: str) -> list[Commitment]:
    """What the sentence says we will do; empty if it asks, tells of the past, hopes, or only tells what is usual."""
    if _is_no_statement(sentence):
        return []
    found = [
        Commitment(
            match.start(),
            match.end(),
            _certainty(match),
            match.start("verb") if _MEAN_TO_TELL.match(match["verb"]) else None,
        )
        for pattern in (_OURS, _ELIDED, _JOINED)
        for match in pattern.finditer(sentence)
        if not (match["verb"] == "have" and re.match(r" (?:to|been|you)(?![a-z])", sentence[match.end() :]))
    ]
    found += [Commitment(match.start(), match.end(), 0.8) for match in _ANY.finditer(sentence)]
    found += [Commitment(match.start(), match.end(), 0.85) for match in _PASSIVE.finditer(sentence)]
    found += [
        Commitment(match.start(), match.end(), 0.9)
        for pattern in (_HEAR, _WILL_HAVE, _GOES_OUT)
        for match in pattern.finditer(sentence)
    ]
    return [each for each in found if not _is_of_others(sentence, each)]


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
            and not re.search(r"(?<![a-z])(?:is|are|was|were|has|have|will)(?![a-z])", clause + between)
        )
    between = sentence[commitment.end : start]
    return not (_OTHER_ACTS.search(between) or _ASKED.search(between)) and not re.search(
        r"(?<![a-z])(?:since|until|till|after)(?![a-z])", between[-12:]
    )


def is_conditional(sentence: str) -> bool:
    """Whether what is promised hangs on something the customer is to do first."""
    return bool(_ON_THE_CUSTOMER.search(_NOT_A_CONDITION.sub(lambda found: " " * len(found[0]), sentence)))


def put_offs(sentence: str) -> list[PutOff]:
    """Words that put off without a time."""
    return [PutOff(match.start(), match.end(), 0.9) for match in _LATER.finditer(sentence)]


def _is_no_statement(sentence: str) -> bool:
    return bool(
        sentence.rstrip().endswith("?") or _PAST.search(sentence) or _HOPE.search(sentence) or _USUAL.search(sentence)
    )


def _is_of_others(sentence: str, commitment: Commitment) -> bool:
    """The bank, the courier: named as who acts, or meant by "they"."""
    said = sentence[commitment.start : commitment.end]
    if _THIRD_PARTY.search(said) and not re.match(r"(?:i|we)(?![a-z])", said):
        return True
    before = sentence[: commitment.start]
    if re.match(r"(?:they|he|she)(?![a-z])", said):
        return bool(_THIRD_PARTY.search(before))
    is_elided = re.match(r"[,.;:!?\n ]*(?:and|but|so|then|will)(?![a-z])", said)
    others = list(_THIRD_PARTY.finditer(before)) if is_elided else []
    return bool(others and not re.search(r"(?<![a-z])(?:i|we)(?![a-z])", before[others[-1].end() :]))


def _certainty(match: re.Match) -> float:
    certainty = 0.95 if match.re is _OURS else 0.85
    return certainty * (0.8 if _TRYING.search(match[0]) or match["will"].strip() == "can" else 1.0)
