"""The ways in which English commits us: we will, our team is going to, you will hear, "Update by …"."""

from __future__ import annotations

import re

from customer360.promises.english_lists import DEPARTMENTS, DO, DONE, NO_DEEDS, OTHERS, OUTCOME, PEOPLE, TELL, THING, US
from customer360.promises.statements import Commitment

_ADVERB = (
    r"(?:, [a-z ]{2,20},)?(?: (?:also|then|certainly|definitely|surely|personally|gladly|be able to|now|again"
    r"|of course|first|just"
    r"|try (?:our"
    r"|my) best to|do (?:our|my) (?:very )?best to|try (?:to|and)|make every effort to|aim to|in any case|hopefully"
    r"|still"
    r"|all|both|probably|likely|get to|immediately|directly|next|happily|always|quickly|either|at least|for sure"
    r"|go ahead"
    r" and))*(?: be(?= [a-z]+ing))?"
)
_MEAN = (
    r"(?:aim(?:s|ing)?|plan(?:s|ning)?|intend(?:s|ing)?|expect(?:s|ing)?|mean|undertake|commit|committed"
    r"|promise(?: you)?"
    r"|guarantee(?: you)?|pledge|need|want|due|set|scheduled|able|ready|going|have|'ve got|(?:woul|')d like|hoping) to"
)
_WILL = (
    r"(?:'ll|ll| will| shall|(?:'m| am|'re| are|'s| is)(?: now| also| all)? (?:going|gonna|working(?: hard)?|trying"
    r"|doing (?:our|my) (?:very )?best|aiming|planning|looking"
    r"|due|set"
    rf"|scheduled|able|ready|intending|expecting|committed) to| gonna|'m gonna|'re gonna|'m to| can| should| {_MEAN}"
    r"| can commit to)"
)
_NOT = r"(?! not|n't| never| only be able)"
_VERB = (
    rf"(?P<verb>(?:(?P<tell>{TELL})|(?P<do>{DO})|(?!{NO_DEEDS}(?![a-z]))[a-z-]{{2,}})(?![a-z])(?! (?:a |the |our |new "
    r"|another |more )*(?:sales?|stock|promotion|holidays?|meeting|closed|model|version"
    r"|album)(?![a-z]))(?! (?:back )?(?:to |with )?(?:me|us)(?![a-z])))"
)
_OURS = re.compile(rf"(?<![a-z])(?P<who>{US})(?P<will>{_WILL}){_NOT}{_ADVERB} {_VERB}")
_DOING = re.compile(
    rf"(?<![a-z])(?P<who>{US})(?P<will>'m| am|'re| are|'s| is)(?! not| no){_ADVERB} (?P<verb>(?!{NO_DEEDS}(?![a-z]))"
    r"(?!cover|try|enjoy|doing (?!it|this|that))[a-z-]{2,}ing)(?![a-z])"
)
# "We post it tomorrow": only with something of the customer's; "we ship within 24 hours" is what the shop always does.
_PRESENT = re.compile(
    r"(?<![a-z])(?P<who>i|we)(?P<will>)(?: then| also| now)? (?P<verb>call|ring|phone|e-?mail|write|message|update"
    r"|inform"
    r"|send|ship|post|mail|refund|credit|issue|pay|transfer|replace|contact|process|arrange|get back to|come back to"
    r"|give|let (?=(?:you|u) know)|notify|reply to|deliver|repair|fix) (?:you|u|it|this|that|them|the|your|a new"
    r"|one)(?![a-z])"
)
_JOINED = re.compile(
    rf"(?<![a-z])(?P<who>{US})(?P<will>{_WILL}){_NOT} [a-z' ]{{3,60}}?,? (?:and|then)(?: then)?{_ADVERB}"
    rf" (?P<verb>(?P<tell>{TELL})|(?P<do>{DO}))(?![a-z])"
)
_LET = re.compile(rf"(?<![a-z])(?P<who>let (?:me|us))(?P<will>) (?!know)[a-z' ]{{2,40}}? and{_ADVERB} {_VERB}")
_CUT = r"(?:^|[,.;:!?\n()]|- |(?<![a-z])(?:and|but|so|then)(?![a-z]))"
_ELIDED = re.compile(
    rf"{_CUT} ?(?:sure |yes |ok |okay |sorry )?(?P<will>will|gonna|going to|shall|should(?= (?:have|be able|get|know)))"
    rf"(?! not| you| that| it){_ADVERB} {_VERB}"
)
# Without who and will: "Sending it tomorrow", "Back to you by noon", "Let me check and revert by noon".
_BARE = re.compile(
    rf"{_CUT} ?(?:sure |yes |ok |okay )?(?:now |just |also )?(?:(?:sending|calling|ringing|emailing|e-mailing"
    rf"|shipping|posting"
    r"|refunding|processing|issuing|replacing|dispatching|fixing|handling|checking|sorting|doing|booking|packing"
    r"|swapping|chasing|arranging|crediting|transferring|updating|couriering|getting"
    r"(?= (?:it|this|that) (?:sorted|fixed|done|sent)))(?: (?:you|it|this|that|the|your|a|an|one|out|over))"
    r"|back (?:to|with) (?:you|u)(?![a-z]))"
    r"|(?<![a-z])(?:let (?:me|us)|allow me to|i'd better) (?!know|have|see|down|be|get (?:a|the|your))[a-z]+(?![a-z])"
)
_GOES_OUT = re.compile(
    rf"(?<![a-z]){THING}(?: [a-z]+)?(?:(?: will| is going to)?(?: only| also| then)? (?:goes? (?:out|through|live|back)"
    rf"|ships?|leaves? (?:us|our"
    rf"|the)"
    r"(?: warehouse| depot| workshop)?|follows?|reach(?:es)? you (?:by (?:e-?mail|mail|text)|via)|gets? (?:sent"
    r"|shipped|paid"
    r"|issued|posted|processed|refunded|fixed|printed|replaced|sorted|done|handled|resolved|looked at|collected"
    r"|picked up)|come(?:s)? from (?:me|us)|(?:land|be back) in your [a-z]+)|(?:'s"
    r"| is)(?: now)? (?:going out"
    r"(?! for delivery)|shipping|leaving (?:us|our|the)|being (?:shipped|sent|posted|issued|processed|refunded"
    r"|dispatched)"
    r"|scheduled|planned|due to (?:leave|ship|go)|booked in))(?![a-z])"
    r"|(?<![a-z])leaves? (?:our|the) (?:warehouse|building|depot|workshop)(?![a-z])"
)
# A name at the head of a clause: "Kate will call you"; not "your dealer will call you".
_NAMED = re.compile(
    rf"{_CUT} ?(?!(?:i|we|he|she|they|it|you|who|that|which|this|system) )[a-z]+(?: will|'ll| is going to)"
    r" (?:(?:also|then|personally) )?(?:call|phone|ring|e-?mail|write to|contact|get back to|come back to|reach out to"
    r"|update|inform|be in touch with|reply to|message|text) (?:you|u)(?![a-z])"
)
_SCHEDULED = re.compile(
    rf"(?:^|[.!\n] ?)(?:will|shall|to) be (?:{DONE})(?![a-z])|(?<![a-z])(?:i|we)(?:'ve| have)(?: just| already"
    rf"| also)? (?:asked|told"
    rf"|instructed) (?:(?:our |the )?(?:{DEPARTMENTS})|(?:our|the|my) (?:{PEOPLE})) to [a-z]+"
    r"|(?:^|(?<![a-z])(?:can|may) )count on (?:an?|the|us|me|it)(?![a-z])"
    r"|(?<![a-z])(?:i|we)(?:'ve| have| just|'ve just| have just)* (?:scheduled|booked|arranged|set up|lined up|planned"
    r"|put)(?: you down)?(?: for)?"
    r" (?:a|an|your|the|our|you in for a) (?:[a-z]+ ){0,2}?(?:call(?:[- ]?back)?|technician|engineer|visit|appointment"
    r"|pick-?up|collection|repair|fitter)(?![a-z])"
)
_PASSIVE = re.compile(
    rf"(?<![a-z])(?P<who>(?:{THING}|(?:your|the|my|our|a|an|this) [a-z]+)[a-z0-9 ]{{0,24}}?)(?P<will> will|'ll"
    rf"| is going to"
    r"| are going to| shall| is to| is due to| is set to| is scheduled to|(?<=refund) should|(?<=it) should"
    r"|(?<=this) should"
    r"|(?<=issue) should|(?<=problem) should)(?! not) (?:also |then |now |all )?(?:be|get|have been)"
    rf" (?:fully |completely |automatically |personally |all )?(?P<verb>{DONE})(?![a-z])(?! (?:to us|by (?:the|your)"
    rf" (?:{OTHERS})|unless))"
)
_YOU = r"(?<![a-z])(?:you|u)(?:'ll| will| shall| can| should| may|'re going to| are going to| are to)"
_NOT_CARRIED = r"(?![^,.;]{0,30}(?:parcel|package|delivery|shipment|order)(?![a-z]))"
_RECEIVE = re.compile(
    rf"{_YOU}(?: also| then| now| definitely| certainly| soon)* (?:hear (?:back )?(?:from|of|more|about|the|our)"
    rf"|hear back"
    r"|be (?:back up|getting|receiving|hearing from|(?:fully |personally )?(?:informed|contacted|notified|updated"
    r"|refunded|called|reimbursed|told"
    r"|emailed"
    r"|given|sent|phoned|paid|credited|compensated|advised|kept|offered|messaged|rung|answered|connected|transferred))"
    rf"|expect {_NOT_CARRIED}(?:an?|to hear|to receive|to get|our|my|us|the|your|news|one|it)(?![a-z])"
    r"|(?:receive|get|have|see|find)(?: (?:it|this|that|one|everything) (?:all )?from (?:me|us)|(?<=have) one"
    rf"|{_NOT_CARRIED}(?: (?:the|your|our|my|an?|some|that|this))?(?: [a-z]+){{0,3}}? {OUTCOME}))(?![a-z])"
    rf"|(?<![a-z])you(?:'re| are) (?:getting|receiving) an? (?:brand |full |new |{OUTCOME})"
    rf"|(?:^|[,.;:!\n]) ?(?:so |and |then |please |kindly )*expect {_NOT_CARRIED}(?:an?|our|my|it|this|to hear|news"
    r"|to receive|one|the)(?![a-z])"
    r"|(?<![a-z])(?:we|i) (?:can )?(?:hereby )?(?:guarantee|promise|commit to|undertake)(?: you)?(?: an?| to)?(?! not)"
    r"(?![a-z])"
)
# Needed for it, so promised after it: "I'll need two days", "bear with me for ten minutes".
_NEED = re.compile(
    r"(?<![a-z])(?:(?:it|this|that)(?:'ll| will| should)(?: only)? (?=take (?:me|us) )"
    r"|(?:i|we)(?:'ll| will|'d| would)? (?:just |only )?(?:need (?=until )|(?=need ))|(?:bear with|give|allow"
    r"|grant) (?:me"
    r"|us)(?= |$))"
)
# Nobody acts, no verb: "Update by Friday", "Full refund to your card by Monday". The time stands next to it.
_VERBLESS = re.compile(
    r"(?:^|[.;:!,\n]|- ) ?(?:(?!(?:please|kindly|pls|plz|just|simply|for|thanks?|since|with|in|on|as|if|we|i|you|need"
    r"|want"
    r"|await|send|call|get|have|had|is|was|did|do|to|must|should|will|received?|see|saw|no|any|your (?:reply|answer"
    r"|response"
    rf"|message|e-?mail|call))(?![a-z]))[a-z-]+ ){{0,4}}?(?P<noun>{OUTCOME})(?P<link>(?: (?:to you|for you|over"
    r" to you|back to you|from (?:me|us|(?:our|my|the)(?: (?!by|within|in|on|before|at|next|this|tomorrow|today"
    r"|soon)[a-z]+){1,3})|on (?:this|that|it)|coming(?: up)?|to come"
    r"|to follow|follows|following|going out|goes out|via e-?mail|by e-?mail|(?:to|on|in|into) your [a-z]+|with you"
    r"|on its way))*)(?P<done> (?:sent|done|issued|shipped|paid|processed|out|made|posted|dispatched))?(?![a-z])"
)

_HOPE = re.compile(
    r"(?<![a-z])(?:hope|hoping|hopefully|might|(?<!\d )(?<!(?:of|th|by|in) )may(?! \d|be)|maybe|perhaps"
    r"|wish|not sure|cannot promise"
    r"|can't (?:promise|guarantee))(?![a-z])"
)
_USUAL = re.compile(r"(?<![a-z])(?:usually|normally|typically|generally|often|always|as a rule|on average)(?![a-z])")
_PAST = re.compile(
    r"(?<![a-z])(?:had (?:promised|said|told)|(?<!as )promised|told you|said (?:that )?(?:we|i|you|they)|(?:was|were"
    r"|been) told|was supposed"
    r"|were supposed|would have|you (?:said|wrote|mentioned)|colleague (?:said|told|wrote))(?![a-z])"
)
_NEW_CLAUSE = re.compile(
    r"[,;:!()\n]| - |(?<![a-z])(?:but|so|and|as)(?= (?:i|we|our|my|you|your|it|this|the|they|will)(?![a-z]))"
)
_OTHERS = re.compile(rf"(?<![a-z])(?:{OTHERS})(?![a-z])")
# As who acts: "I see that UPS came and will come again", not "I'll ask UPS and will tell you".
_OTHERS_ACT = re.compile(
    rf"(?:^|[,.;\n]|(?<![a-z])(?:that|because|as|but|so|and)) ?(?:the |your |our |their )?(?:{OTHERS})(?![a-z])"
)
_TO_THEM = re.compile(r" (?:to |with )?(?:you|u)(?![a-z])")
_SAY = re.compile(rf"(?<![a-z])(?:says?|said|according to|per|from) (?:the |our |your )?(?:{OTHERS})(?![a-z])")
_WE_ACT = re.compile(r"(?<![a-z])(?:i|we|our|my)(?![a-z])")
_MEAN_TO_TELL = re.compile(rf"(?:{TELL})(?![a-z])")
_TRYING = re.compile(
    r"(?<![a-z])(?:try|aim\w*|plan\w*|should|do (?:my|our) best|expect\w*|can|want|need|like|hoping)(?![a-z])"
)


_CERTAINTY = {
    _PASSIVE: 0.85,
    _DOING: 0.8,
    _PRESENT: 0.8,
    _BARE: 0.8,
    _SCHEDULED: 0.8,
    _NAMED: 0.8,
    _RECEIVE: 0.9,
    _GOES_OUT: 0.85,
}


def commitments(sentence: str) -> list[Commitment]:
    """What the sentence says we will do; nothing of clauses that ask, tell of the past, hope or tell what is usual."""
    if sentence.rstrip().endswith("?"):
        return []
    found = [
        _commitment(match, 0.95 if match["tell"] or (pattern is _OURS and match["do"]) else 0.85)
        for pattern in (_OURS, _ELIDED, _JOINED, _LET)
        for match in pattern.finditer(sentence)
        if not (match["verb"] == "have" and re.match(r" (?:to|been|you)(?![a-z])", sentence[match.end() :]))
    ]
    for pattern, certainty in _CERTAINTY.items():
        found += [Commitment(match.start(), match.end(), certainty) for match in pattern.finditer(sentence)]
    found += [Commitment(match.start(), match.end(), 0.8, beside="time") for match in _NEED.finditer(sentence)]
    found += [
        Commitment(match.start(), match.end(), 0.75, beside="ahead" if match["done"] else "end")
        for match in _VERBLESS.finditer(sentence)
    ]
    return [each for each in found if not _is_of_others(sentence, each) and not _is_no_statement(sentence, each)]


def _commitment(match: re.Match, certainty: float) -> Commitment:
    is_weak = _TRYING.search(match[0]) or match["will"].strip() == "can"
    told_at = match.start("verb") if _MEAN_TO_TELL.match(match["verb"]) else None
    return Commitment(match.start(), match.end(), certainty * (0.8 if is_weak else 1.0), told_at)


def _is_no_statement(sentence: str, commitment: Commitment) -> bool:
    """Whether the clause of the commitment hopes, tells of the past or of what is usual."""
    cuts = [match.end() for match in _NEW_CLAUSE.finditer(sentence) if match.end() <= commitment.start + 1]
    after = _NEW_CLAUSE.search(sentence, commitment.end)
    clause = sentence[cuts[-1] if cuts else 0 : after.start() if after else len(sentence)]
    return bool(_PAST.search(clause) or _HOPE.search(clause) or _USUAL.search(clause))


def _is_of_others(sentence: str, commitment: Commitment) -> bool:
    """The bank, the courier: named as who acts, or meant by "they"."""
    said = sentence[commitment.start : commitment.end]
    if _OTHERS.search(said) and not re.match(r"(?:i|we)(?![a-z])", said):
        return True
    before = sentence[: commitment.start]
    if _SAY.search(sentence) and not re.match(r"(?:i|we)(?![a-z])", said):
        return True
    if re.match(r"(?:they|he|she)(?![a-z])", said):
        return bool(_OTHERS.search(before)) or said.endswith(("come", "coming"))
    is_elided = re.match(r"[,.;:!?\n ]*(?:and|but|so|then|will|shall|should)(?![a-z])", said)
    if (
        re.match(r" ?(?:and|but|so|then)(?![a-z])", said)
        and not _WE_ACT.search(before)
        and not _TO_THEM.match(sentence, commitment.end)
    ):
        return True  # "the refund was issued and will show on your statement"
    others = list(_OTHERS_ACT.finditer(before)) if is_elided else []
    return bool(others and not _WE_ACT.search(before[others[-1].end() :]))
