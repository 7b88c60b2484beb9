"""The words of English commitments, as pieces of regular expressions: who acts, what is done, what the customer gets.

Longer lists belong here, the ways they are put together in english_commitments.
"""

from __future__ import annotations

# By which the customer hears something.
TELL = (
    r"get (?:right |straight )?back|got back|come (?:right )?back|comeback|be back (?:to|with)|reply|respond|answer"
    r"|revert|write|e-?mail|mail|message|msg|text|dm|ping|call|phone|ring|buzz|telephone|contact|reach out|reach you"
    r"|be in touch|get in touch|touch base|follow[- ]?up|update|inform|notify|advise|tell|let (?:you|u|ya) know"
    r"|keep (?:you|u)|report back|report|circle back|be in contact|speak (?:to|with)|talk to|be with you"
    r"|check (?:back|in)"
    r"|drop you|give (?:you |u )?(?:a (?:quick )?(?:call|ring|bell|shout)|an update|feedback|news)|calling|updating"
    r"|contacting|emailing|replying|ringing|phoning|messaging|texting|writing|getting back|coming back"
)
# Other deeds we are sure of; of those not listed nor in NO_DEEDS we are a little less sure.
DO = (
    r"have|give|get|make sure|ensure|see to|send|ship|dispatch|post|refund|reimburse|credit|process|handle|resolve|fix"
    r"|solve|sort|replace|exchange|issue|arrange|check|look (?:in)?to|investigate|confirm|provide|forward|escalate"
    r"|cancel|repair|complete|finish|deal with|transfer|return|pay|compensate|correct|change|deliver|share|bring"
    r"|schedule|book|submit|review|chase|do|take care|raise|verify|find out|prepare|clarify|address|work on|try|aim"
    r"|deduct|re-?send|re-?ship|remove|add|collect|pick up|activate|restore|pass|begin|start|proceed|open an? (?:new )?"
    r"(?:claim|case|ticket|request|dispute)|sending|processing|shipping|refunding|posting|dispatching|issuing"
)
# What changes nothing for the customer, or is no deed: wait, close the ticket, be open, have new stock.
NO_DEEDS = (
    r"(?:be|wait|clos|open|need|assum|miss|remain|accept|hop|continu|consider|treat|go|expect|not|only|never|no|sorry"
    r"|happy"
    r"|glad|aware|afraid|unable|able|sure|out|away|back|in|on|at|off|the|an?|busy|here|there|still|currently|short|stop"
    r"|have|hav|mov|celebrat|launch|run|runn|know|see|stay|think|lik|lov|want|regret|apologi[sz]|appreciat"
    r"|understand|receiv|restock|rely|depend|suppos|resum|reopen|charg|bill|deactivat|suspend|gett|arriv|last|leav|end"
    r"|com(?!(?:e|ing) (?:round|over|by|and|to|on|out|this|next|tomorrow|today|between))|discontinu|travel|travell"
    r"|return|work|expir|los|stand|believ|pleas"
    r"|look(?:s|ing)? forward|say|said|welcom|ask|very|so|all"
    r"|also|always|just|now|then|already|too|unfortunately|happen|becom|turn|cost|requir|renew|hold|fall|show|appear"
    r"|reach|feel|seem)"
    r"(?:e|ing|s)?"
)
PEOPLE = (
    r"teams?|colleagues?|department|dept|manager|supervisor|specialists?|agents?|staff|representative|rep|office"
    r"|warehouse|desk|technicians?|engineers?|experts?|advisors?|advisers?|someone|group|lead|leader|boss|director"
    r"|accountant|buyer|consultant|coordinator|developers?|devs?|mechanic|fitter|workshop|lab|branch|shop|store manager"
    r"|head office|back office|management|support|guys|people|folks|person in charge|account manager|crew|operations"
)
DEPARTMENTS = (
    r"finance|accounts|accounting|billing|logistics|returns|management|head office|back office|customer (?:care"
    r"|service)"
    r"|tech(?:nical)? support|second[- ]line|(?:tier|level) ?[23]|quality|procurement|purchasing|the depot|the workshop"
    r"|the lab|legal|it support|sales"
)
# Who acts for us.
US = (
    r"(?:i|we|us|(?:one of |somebody from |someone from |someone in |somebody in )?(?:our|my|the|a|an)"
    r" (?!carrier|courier|bank|post|driver|customer)(?:[a-z-]+ ){0,3}?"
    rf"(?:{PEOPLE})(?: (?!and|is|are|will|shall|can|should|was|has|had|plans|aims|expects|intends)[a-z]+)?"
    rf"(?: (?:on duty|(?:from|in|at|of) (?:our |the |my )?[a-z]+(?: (?:team|department|dept|desk))?))?"
    r"|(?:some(?:one|body)|a member|a human|[a-z]+)(?: (?:from|of|in|at) (?:our|the|my) (?:[a-z]+ ?){1,3}?)"
    rf"|(?:some(?:one|body)|[a-z]+) (?:from|of|in|at) (?:our |the |my )?(?:{DEPARTMENTS})"
    rf"|our (?:mr|mrs|ms|miss)\.? [a-z]+|some(?:one|body)|(?:our |my )?(?:{DEPARTMENTS})|they|he|she)"
)
# Who does not act for us, wherever it stands.
OTHERS = (
    r"carriers?|couriers?|driver|bank|dhl|ups|fedex|usps|dpd|gls|hermes|evri|yodel|royal mail|postnl|tnt|sf express"
    r"|delivery (?:company|service|partner|man|person|team)|post office|postal service|postman|parcel locker"
    r"|card issuer|card company|paypal|visa|mastercard|alipay|klarna|sellers?|vendors?|merchants?|marketplace"
    r"|manufacturers?|suppliers?|publishers?|brand|insurers?|insurance|customs|police|airline|hotel|landlord"
    r"|neighbou?rs?"
    r"|payment provider|shipping (?:company|line)|freight|forwarder|authorities|apple|google|amazon|ebay|dealers?"
    r"|distributor|service partner|partners?|broker|importer|third part(?:y|ies)"
    r"|tax office|yto|zto|sto|yunda|cainiao|jd logistics|china post|ems|aramex|deutsche post|la poste|inpost"
)
# What a customer waits for and we give; not the parcel, which the carrier brings.
_OUTCOME_WORDS = (
    r"updates?|payout|info(?:rmation)?|password|reply|answer|response|refund|replacement"
    r"|decision|news|call(?:[- ]?back)?|tracking (?:number|link"
    r"|details|id)"
    r"|label|invoice|credit(?: note)?|feedback|report|results?|findings|quote|voucher|coupon|confirmation|details"
    r"|solution|resolution|money|amount|compensation|e-?mail|message|verdict|outcome|offer|proposal|instructions"
    r"|receipt"
    r"|payment|adjustment|link|copy|fix|text|note|word|statement|reimbursement|gift card|code|certificate"
    r"|new (?:one|unit|part|item|copy|book|card|charger|box)|spare(?: part)?"
)
OUTCOME = rf"(?:{_OUTCOME_WORDS})"
THING = (
    rf"(?:{_OUTCOME_WORDS}|exchange|order|parcel|package|item|book|request|case|complaint|issue|problem|ticket|this"
    rf"|that"
    r"|it|one|difference|return|product|points?|balance|everything|all|both|claim|repair|account|address|query|question"
    r"|matter|error|fault|file|document|second [a-z]+|missing [a-z]+|new [a-z]+|spare [a-z]+|part|box|unit|set|screws"
    r"|batch|fees?|charge|discount|deposit|[0-9]+ ?(?:eur|usd|cny|rmb|gbp|dollars|euros|yuan|%))"
)
# What is done to things and to customers.
DONE = (
    r"issued|applied|added|processed|sent|shipped|dispatched|made|refunded|credited|resolved|fixed|solved|sorted"
    r"|replaced|handled|completed|reviewed|answered|on its way|corrected|transferred|paid|posted|repaired|checked"
    r"|investigated|confirmed|cancelled|canceled|ready|looked (?:at|into|after)|updated|exchanged|provided|e-?mailed"
    r"|mailed|arranged|organi[sz]ed|scheduled|booked|passed|escalated|forwarded|taken care of|dealt with|seen to"
    r"|attended to|examined|inspected|assessed|evaluated|returned|reimbursed|reversed|waived|removed|lifted"
    r"|deployed|patched|triggered|rolled out|initiated|pushed|restored|reactivated|activated|unlocked|reset|collected"
    r"|picked up|prepared|packed|re-?shipped|re-?sent|couriered"
    r"|uploaded|shared|given|finished|done|rectified|amended|adjusted|finali[sz]ed|approved|authori[sz]ed|traced"
    r"|tracked"
    r"|followed up|wired|deposited|remitted|topped up|swapped|tested|verified|put right|back up"
    r"|back to normal"
    r"|cleared|merged|changed|printed|written|called|contacted|deducted|compensated|honou?red|actioned|in your inbox"
    r"|in your (?:bank )?account|on your (?:account|card)"
)
