"""English as it is noted down or dictated: last order 120+ days ago, EUR / USD / GBP, first replies: avg hours.

What is named in notes stands without its verb, and who speaks puts right what was said before. All of it is put in the
words of the passes after it; before `desk` and `trade`.
"""

import re

from nlp.ask.lexing import is_chinese
from nlp.ask.months import MONTH
from nlp.ask.passes.tables import Table, replaced

_PEOPLE = r"(?:customers|clients|buyers|shoppers|people|users|accounts|folks|persons|those)"
_UNIT = r"(?:days?|weeks?|months?|years?)"
_NUMBER_OF = {"a": 1, "an": 1, "one": 1}
_AGO = (
    rf"(?:(?P<bound>more than|over|longer than|at least|older than|upwards of|>=?|above|beyond|a good) )?"
    rf"(?P<n>\d+|an?|one)(?P<plus>\+| plus| or more)? ?(?P<unit>{_UNIT})(?P<post>\+| or more)?"
    rf"(?: ago| back| old| in the past)(?P<more> or (?:more|longer|earlier|older|before))?"
)
_LAST_ORDER = (
    r"(?:last|latest|most recent|final) (?:orders?|purchases?|buy|transactions?|bought|ordered|purchased|shopped)"
    r"(?: date| from us| with us| anything| something)*"
)
_IS = (
    r"(?:(?:was|is|were|are|lies|lie|dates|fell|happened|took place|goes|being|having been)"
    r"(?: (?:placed|made|back|from|in))?)"
)
_NUMBER = (
    r"(?:csat(?: score)?|satisfaction(?: score)?|ratings?|first reply time|first response time|reply time|response time"
    r"|resolution time|discount|shipping(?: cost| fee)?|delivery time|refund amount|order total|total|order value"
    r"|amount|price|stock(?: level)?|total spend|lifetime spend|spend|churn risk|customer value|clv|lifetime value"
    r"|propensity)"
)
_BOUND = (
    r"(?:more than|over|above|at least|less than|under|below|fewer than|at most|exactly|between|higher than|lower than"
    r"|up to|no more than|no less than|[<>]=?)"
)
_TIME = (
    r"(?:today|yesterday|(?:this|last) (?:week|month|quarter|year)"
    rf"|{MONTH}(?: 20\d\d)?)"
)
_BUY = r"(?:bought|ordered|purchased|shopped|buy|order|purchase|shop)"
_DO = r"(?:do|does|did|can|could|will)"
_TICKETS = (
    r"(?:an? |the |her |his |their |our |all |each |any )*(?:tickets?|cases?|customers?|requests?"
    r"|issues?|one|them|people)"
)
#: of which kind they are is told by what follows: nothing of it is left out
_NO_KIND = (
    r"(?! (?:to |get back to )*(?:[a-z]+ )?(?:complaints?|questions?|(?:urgent|high|low|normal|refund|open|order) "
    r"\w+))"
)
_WE = ("we", "you", "they", "us", "the team", "our team", "the agents", "our agents", "it", "staff", "agents", "i")
_STARS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
#: by the first letters of the verb; what is paid was approved before
_DONE_TO_REFUNDS = {"re": "rejected", "de": "rejected", "tu": "rejected", "pa": "paid"}
_SORT = (
    r"(?:open|unresolved|urgent|high-priority|cancelled|delivered|shipped|refunded|late|damaged|rejected|approved|paid"
    r"|unanswered|\d[ -]stars?|bad|good|negative|positive)"
)
_ROWS = r"(?:tickets|complaints|orders|reviews|refunds|visits)"
_CODES = r"(?:eur|usd|gbp|cny|jpy|sek|chf)"


def _of_whom(found: re.Match[str]) -> str:
    who = (found["who"] or "").strip()
    return "" if who in _WE else f" of {who}"


def _not_for(found: re.Match[str]) -> str:
    """The last order over 100 days ago: not ordered for so long."""
    if not any(found[name] for name in ("bound", "plus", "post", "more")):
        return found[0]
    count, unit = int(_NUMBER_OF.get(found["n"], found["n"])), found["unit"].rstrip("s")
    long = f"{count * 365} days" if unit == "year" else f"{count} {unit}s"
    tie = "and " if found["tie"].strip(" ,") in ("and", "but", "yet") else ""
    return f"{' ' if found['tie'][:1] in ' ,' else ''}{tie}who have not ordered for {long}"


def _between(found: re.Match[str]) -> str:
    """Inactive for between 90 and 180 days: the last order is as long ago."""
    return f"whose last order was between {found['n']} and {found['m']} {found['unit'].rstrip('s')}s ago"


def _both_days(found: re.Match[str]) -> str:
    """27 and 28 June are one stretch where the one follows the other."""
    if int(found["other"]) != int(found["one"]) + 1:
        return found[0]
    return f"from {found['one']} {found['month']} to {found['other']} {found['month']}{found['year'] or ''}"


def _whose(found: re.Match[str]) -> str:
    """The customers behind today's orders: who have one of that time."""
    when = re.sub(r"'s?$", "", (found["when"] or found["then"] or "").strip())
    events = found["events"] if found["events"].endswith("s") else f"{found['events']}s"
    return f"{found['who']} with {found['what'] or ''}{events} {when}".strip()


def _against_each_other(found: re.Match[str]) -> str:
    """EUR / USD / GBP, of what is split."""
    return f"{found['what']} of {' vs '.join(f'{each} orders' for each in re.findall(_CODES, found['values']))}"


_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"(?<=\w) v\.? (?=[a-z])", " vs "),
        # a value in quotes
        (r"(?<![\w'\"])(?P<quote>['\"])(?P<what>[a-z][a-z -]+[a-z])(?P=quote)(?![\w'])", r"\g<what>"),
        (r"\b(?P<n>one|two|three|four|five)[- ](?=stars?\b)", lambda found: f"{_STARS[found['n']]}-"),
        # --- put right, or said for its own sake
        (r"^(?:(?:if|when|whenever|once) (?:i|we|you) (?:filter|look|search|sort|check|select|click|go) "
         r"(?:by|for|at|on|to|in|through|just )*(?:the )?(?P<what>[\w' -]+?),? )(?P<how>how many)(?: of (?:them|"
         r"those))? "
         r"(?:are|is) there(?: in total| altogether| in all| now)?[ ?.!]*$", r"\g<how> \g<what> are there"),
        (r"^(?:where|how) (?:can|do|could|would|should) (?:i|we) (?:see|find|get|look up|view|check|pull up|look at)"
         r" (?=(?:all|the|a list|every|my|our|which|how|open)\b)", "show "),
        (r"^(?:so )?(?:are|were) we (?:up|down|ahead|behind|better|worse|doing better|doing worse|better off|growing)"
         r"(?: (?:on|than|of|against|vs\.?|compared (?:to|with)|from|off) last (?:year|month|week|quarter))?"
         r"[,;:.?]* (?:i (?:want|need|mean)|show me|give me|tell me|compare|let me see|that is)(?: the)? (?=\w)", ""),
        (r"[,;:.?]* ?(?:and |please )?(?:give|tell|show) (?:me|us) (?:the |an? )?(?:average|mean|total|overall|exact) "
         r"(?:score|number|figure|value|amount|sum)[ ?.!]*$", ""),
        (rf"\b(?P<tie>over|in|on|during|for|from|at|since) (?:the |all (?:of )?)?(?:(?!(?:i|the)\b)[\w']+ ){{0,2}}"
         rf"(?:weekend|week|month|period|summer|spring|winter|autumn|time|quarter|year)[,;:?.]* (?:i mean|that is|"
         rf"so|i\.e\."
         rf"|meaning)[,:]? (?:from |on |in )?(?:the )?(?=\d{{1,2}}\b|{MONTH}\b)", r"\g<tie> "),
        (r"\b(?P<tie>from|in) (?:outside (?:of )?|overseas,? |abroad,? |asia,? |the far east,? )(?:the )?(?:europe|"
         r"eu|here|"
         r"germany)?[,;:?.(]* ?(?:i mean|that is|i\.e\.|meaning|so)[,:]? (?:from |in )?(?=\w)", r"\g<tie> "),
        (rf"(?P<at>\b(?:on|in|over|for|from|during|at|between)? ?)(?P<one>\d{{1,2}}) (?:and|&|\+) (?P<other>\d{{1,2}}) "
         rf"(?P<month>{MONTH})(?P<year> 20\d\d)?\b",
         lambda found: _both_days(found) if _both_days(found) != found[0] else found[0]),
        (r"\b(?P<n>\d+)[ -]stars? (?:reviewers|raters)\b", r"customers with \g<n> star reviews"),
        (r"\breviewers\b", "customers with reviews"),
        (r"\bw/(?=\s?\w)(?!o\b)", "with "),
        # --- words that say nothing beside theirs
        (r"\bwho's (?=(?:\w+ing|the|got|on)\b)", "who is "),
        (r"\b(?:cumulative|cumulated|accumulated) (?=sales|revenue|turnover|orders|refunds|income)", "total "),
        (r"\b(?P<what>reviews|ratings) (?:that (?:were|was) )?(?:left|written|posted|given|submitted|made) (?=(?:today|"
         r"yesterday|this|last|in|since|during|on|over|for|about)\b)", r"\g<what> "),
        (r",? ?(?:but |and |who |that )*(?:used to|once) (?:order|buy|spend|shop|purchase) (?:a lot|lots|much|often|"
         r"regularly)(?: from us| with us)?,? ?(?:with )?(?=(?:\d|at least|more than|over))", " with "),
        (r"\b(?:mister|mrs?\.?|ms\.?|miss) (?=[a-z]+-?\d)", ""),
        (r"\b(?:show me |list |give me )?everything (?:that )?(?P<who>(?:customer )?[a-z]+-?\d[\w-]*) (?:has |have |"
         r"ever )*"
         r"(?:bought|ordered|purchased)\b", r"what did \g<who> buy"),
        (r"\bdid (?P<who>(?:customer )?[a-z]+-?\d[\w-]*) (?:ever |already |once )?(?:ask(?:ed)? for|request(?:ed)?|"
         r"want(?:ed)?"
         r"|demand(?:ed)?|get|receive|have) (?:an? |any )?(?:refunds?|money back)\b", r"has \g<who> had refunds"),
        (r"\bhow many (?P<what>refunds|refund requests) (?:did|have|do) (?:we|the team|you) (?P<did>reject|refuse|"
         r"decline|"
         r"deny|turn down|approve|grant|accept|pay out|paid|pay)(?:e?d)?\b",
         lambda found: f"how many {_DONE_TO_REFUNDS.get(found['did'][:2], 'approved')} refunds"),
        (r"\b(?P<why>because|as|since) (?:the |an? |of )?(?:things|stuff|it|they|parcels?|packages?|deliver(?:y|"
         r"ies)|orders?|"
         r"goods|items?|products?|everything|something) (?:was|were|arrived|came|got there|got|turned up|showed up|"
         r"is|are)"
         r"(?: (?:too|so|very|delivered|sent))* (?=(?:late|damaged|broken)\b)", "because of "),
        (r"\bdid we (?P<did>sell|get) more (?P<one>[\w-]+) or (?:more )?(?P<other>[\w-]+)(?P<when> .*)?$",
         lambda found: (f"units sold {found['one']} vs {found['other']}" if found["did"] == "sell"
                        else f"number of {found['one']} vs {found['other']}") + (found["when"] or "")
         if found["did"] == "sell" else found[0]),
        (rf"\b(?:distinct|unique|individual|separate|different) (?=(?:\w+ )?{_PEOPLE}\b)", ""),
        (r"\b(?P<why>damaged|broken|faulty|wrong|late|unwanted)-(?P<what>goods|items?|products?|size|delivery|"
         r"deliveries)"
         r"\b", r"\g<why> \g<what>"),
        (r"\b(?:how (?:happy|satisfied|content|pleased)) (?:were|are|was|is|have) (?:our |the |all )*(?P<who>(?:\w+ )?"
         r"(?:customers|clients|people|buyers)) (?:been )?(?:with|about) (?:the |our )?(?:support|service|customer "
         r"service|support team|help[ -]?desk|help|us|answers|replies|agents|team)\b",
         lambda found: "average csat" + (f" of {found['who']}" if " " in found["who"] else "")),
        # --- anything
        (r"\b(?:is|are|have we got|do we have|is there|have we|are there) (?:there )?(?:anything|any products?|any "
         r"items?|"
         r"any articles?|something|any goods) (?:(?:that|which) (?:is|are) )?(?:(?:completely|totally|entirely|already|"
         r"currently|actually|fully) )*(?=(?:out of stock|sold out|low (?:on|in) stock|in stock below|running "
         r"(?:low|out)|"
         r"with (?:less|fewer|no|zero|low)|below|under|about to run out)\b)", "which products are "),
        (r"\b(?:completely|totally|entirely|fully) (?=(?:out of stock|sold out)\b)", ""),
        (r"\b(?P<tie>with|and|who have|have|has|having) (?:nothing|not anything) (?:ordered|bought|purchased)\b",
         lambda found: ("and " if found["tie"] == "and" else "") + "who have not ordered"),
        (r"\b(?P<tie>with|has|have|having|put|left|placed|added|keep|keeping) (?:(?:at least )?(?:an?|one|1|some|any) "
         r"(?:items?|products?|articles?|things?|goods)|something|anything|items|products|things) (?:in|into|to) "
         r"(?:(?:the"
         r"|their|an?|his|her|our) )?(?:shopping )?(?:carts?|baskets?)\b", r"\g<tie> items in the cart"),
        (rf"\b(?:cart|basket)[ -](?:holders?|owners?)\b|\b{_PEOPLE} (?:holding|keeping|with) (?:a |an )?(?:open |"
         rf"active |"
         rf"filled |full )?(?:shopping )?(?:carts?|baskets?)\b", "customers with items in the cart"),
        (r"\b(?:contactable|reachable|available|can be (?:contacted|reached)|could be (?:contacted|reached)) (?:on|"
         r"via|by|"
         r"through|over|in) (?=\w)", "with "),
        (r"\b(?:al|even )though\b|\bdespite the fact that\b|\balbeit\b", "but"),
        (r"\b(?P<tie>with|have|has|having|had) (?:an? |the |their |any )?(?:abandoned|open|active|full|filled|"
         r"non-empty|unfinished) "
         r"(?:shopping )?(?:carts?|baskets?)\b(?! (?:value|worth|over|above))", r"\g<tie> items in the cart"),
        (r"\b(?P<who>who|which agent|which colleague) is (?:currently |now )?(?P<did>handling|working on|dealing "
         r"with|sitting on"
         r"|looking after) the most (?P<sort>(?:urgent|high-priority|low-priority) )?(?P<what>tickets|cases|"
         r"complaints)\b",
         r"\g<who> is \g<did> the most open \g<sort>\g<what>"),
        # --- times
        (r"\bbetween christmas(?: day)? and (?:the )?new year(?:'?s)?(?: eve| day)?\b", "from 25 december to 31 "
         "december"),
        (rf"^(?:compare |show |list )(?P<one>{MONTH}),? (?P<two>{MONTH})(?:,? and|,| &) (?P<three>{MONTH}) "
         r"(?P<what>[a-z ]+?)[ ?.!]*$", r"\g<what> by month from \g<one> to \g<three>"),
        (rf"^(?P<what>(?:(?:which|what|list|show|show me|give me|how many|the|all|number of|count of) )*(?:orders|"
         rf"refunds|"
         rf"returns|carts)\b[^,]*?\b(?:paid|shipped|unshipped|pending|unpaid|waiting|stuck|transit|approval|"
         rf"requested|sent"
         rf"|processed|way|processing|delivered)\b[^,]*?) (?:for|since) (?:more than|over|longer than|at least) "
         rf"(?P<n>\d+|an?"
         rf"|one) (?P<unit>{_UNIT})(?= |[?.!]|$)",
         lambda found: f"{found['what']} older than {_NUMBER_OF.get(found['n'], found['n'])} {found['unit']}"),
        (rf"\bon or after (?=\d|{MONTH}\b|the \d)", "since "),
        (rf"\bon or before (?=\d|{MONTH}\b|the \d)", "until "),
        (rf"\b(?P<unit>months?|weeks?|days?|quarters?) (?P<of>of|in|out of|over|among|within) the (?:last|past) "
         rf"(?P<n>\d+)\b"
         rf"(?! ?(?:{_UNIT}|quarters?|orders|customers)\b)",
         lambda found: f"{found['unit']} of the last {found['n']} {found['unit'].rstrip('s')}s"),
        (rf"\b(?:{_PEOPLE} )?(?:{_BUY}) (?:something |anything |from us |with us |stuff )*for the (?:very )?first time"
         rf"(?: ever)?(?= )(?! (?:and|but|who|by|with)\b)",
         lambda found: ("first-time buyers" if re.match(_PEOPLE, found[0]) else found[0])),
        (r"\b(?P<what>first order|last order|first purchase|last purchase) (?:fell|happened|took place|was placed|was "
         r"made|came|occurred|dates|is dated|is)(?: back)? (?=(?:in|on|during|between|before|after|since|this|last|"
         r"from)"
         r"\b)", r"\g<what> was "),
        (rf"\b(?:(?:who (?:have been |were |are |went )?|which (?:are|were) )?(?:inactive|quiet|dormant|silent|idle|"
         rf"lapsed)"
         rf"|(?:who )?(?:have |has )?(?:not|n't) (?:ordered|bought|purchased)(?: anything)?"
         rf"|whose {_LAST_ORDER} {_IS}|(?:with )?(?:a |the |their )?{_LAST_ORDER}(?: {_IS})?"
         rf"|who last (?:ordered|bought|purchased)) (?:for |since )?(?:between |from )?(?P<n>\d+) ?(?:and|to|-|–|"
         rf"until) ?"
         rf"(?P<m>\d+) (?P<unit>{_UNIT})(?: ago| back| now)?(?= |[,.?!)]|$)", _between),
        (rf"(?P<tie>(?:^|[ ,]+)(?:(?:and|but|yet|or) )?)(?:(?:with |whose )?(?:an? |the |their |his |her "
         rf")?{_LAST_ORDER}|"
         rf"(?:who |that )?(?:have |has )?last (?:ordered|bought|purchased|shopped))(?: {_IS})? {_AGO}", _not_for),
        # --- who, and what they have
        (rf"\b(?P<who>{_PEOPLE}) behind (?:the |our |all )*(?:(?P<when>{_TIME})(?:'s|s')? )?(?P<what>(?:\d-star|"
         rf"urgent|open"
         rf"|cancelled|shipped|refunded) )?(?P<events>orders?|refunds?|reviews?|tickets?|complaints?|visits?|"
         rf"purchases?)"
         rf"(?P<then> (?:of |from |in )?{_TIME})?", _whose),
        (rf"\b(?P<what>{_PEOPLE}|tickets|cases|complaints|orders|refunds|products|items|articles|reviews)(?P<of>(?: "
         rf"(?:in|from|of) \w+)?),? (?:where|for which|in which|on which|whose|of which) (?:the |their |its )?"
         rf"(?P<number>{_NUMBER}) (?:was|is|were|are|has been|came in|lies|stands)(?: at)? (?P<bound>{_BOUND}) "
         rf"?(?=[€$£]?\d)",
         r"\g<what>\g<of> with \g<number> \g<bound> "),
        (r"^(?:who (?:are|is) |show (?:me )?|list |give me )?(?:the |our )?top (?P<n>\d+) (?P<in>(?:in|from) (?!the "
         r"last|"
         r"stock|revenue|sales|total|orders)[\w ]+?) by (?P<by>spend|spending|money(?: spent)?|amount spent|"
         r"lifetime spend|"
         r"total spend|what they spent|how much they spent|number of orders|order count)(?P<rest>[ ?.!]*$| (?:this|"
         r"last|"
         r"in|since)\b.*$)", r"top \g<n> customers \g<in> by \g<by>\g<rest>"),
        (r"^who (?:are|is) (?:the |our )?top (?P<n>\d+) (?P<in>(?:in|from) (?!the last|stock|total)[\w ]+?) by "
         r"(?=\w)", r"top \g<n> customers \g<in> by "),
        (r"\b(?:come|came|coming|comes|returned|return|were back|went back)(?: back)? (?:for|and (?:bought|ordered|"
         r"purchased)) (?:an? |another |their |the )?(?:second|2nd|another|further) (?P<what>(?!order|purchase|"
         r"time|visit)"
         r"[a-z]+)\b", r"bought \g<what> at least 2 times"),
        (r"\b(?P<did>who (?:have |had )?bought (?:an? |some |any )?(?P<one>\w+?)(?:e?s)?) (?:and )?bought "
         r"(?P<two>(?P=one)\w*) at "
         r"least 2 times", r"bought \g<two> at least 2 times"),
        (rf"\b(?P<top>(?:top|best)(?: \d+)?) (?P<who>{_PEOPLE}|products|items|articles)(?P<of>(?: (?:in|from|with|"
         rf"without) "
         rf"[\w ]+?)?),? by (?:the |their )?(?:(?:number|count|amount) of )?(?P<rows>{_SORT} {_ROWS})\b",
         r"\g<top> \g<who>\g<of> with the most \g<rows>"),
        (rf"^(?:list |show |show me |the |all )*(?P<who>{_PEOPLE}|products|items|articles)(?P<of>(?: (?:in|from) "
         rf"[\w ]+?)?),? "
         rf"(?:ranked |sorted |ordered )?by (?:the |their )?(?:number|count|amount) of (?P<rows>{_SORT} {_ROWS})\b",
         lambda found: f"number of {found['rows']}{found['of']} by "
         f"{'customer' if re.fullmatch(_PEOPLE, found['who']) else 'product'}"),
        # --- how soon
        (rf"\b(?:how (?:fast|quick|quickly|soon|long|promptly|swiftly)|in how many hours|after how many hours) {_DO} "
         rf"(?!(?:the |a |an |our )?(?:first )?(?:reply|response|answer)\b"
         rf"|[\w ]*\bwait\b)(?P<who>[\w ]+?) (?:usually |normally |typically |generally "
         rf"|on average )*(?:(?:get (?:back )?to|give|"
         rf"send|write"
         rf"|make|take (?:for|to give|to send|until|to)|need (?:for|to give)) (?:the |an? |their |her |his "
         rf")?(?:first )?"
         rf"(?:reply|response|answer)|(?:(?:take|need)s? )?(?:to )?(?:first )?(?:reply|respond|answer|react|get back)"
         rf"(?: to)?(?: {_TICKETS})?)\b{_NO_KIND}",
         lambda found: f"average first reply time{_of_whom(found)}"),
        (rf"\bhow (?:fast|quick|quickly|soon|promptly|swiftly) {_DO} (?P<who>[\w ]+?) (?:usually |normally |typically |"
         rf"generally |on average )*(?:(?:take|need) to )?(?:resolve|close|solve|fix|finish|sort out"
         rf"|deal with)(?: {_TICKETS})?\b{_NO_KIND}",
         lambda found: f"average resolution time{_of_whom(found)}"),
        (r"\bfirst (?:replies|responses|answers)\b", "first reply time"),
        (r"(?P<what>\b(?:first reply|first response|reply|response|resolution|delivery) times?)(?P<rest>[^,:]*?)[,:]+ ?"
         r"(?:the )?(?P<way>avg|average|mean|median)(?: (?:in )?(?:hours|hrs|h|days))?(?: (?:for|of|on|in) )?"
         r"(?=[ ?.!]|$|\w)",
         lambda found: f"{found['way']} {found['what']}{found['rest']} for "),
        (r"(?P<what>\baverage (?:first reply|resolution|delivery) time[^,:]*?)[, ]+(?:in )?(?:avg|average|mean)?(?: "
         r"in)? "
         r"?(?:hours|hrs)\b(?P<rest>[^,]*)$", r"\g<what>\g<rest>"),
        (r"\bhow long (?:did|does|do) (?:the |a |our )?(?:ticket )?(?:resolution|resolving|closing)(?: of (?:a |the "
         r")?tickets?)? "
         r"take\b", "average resolution time"),
        (r"^when (?:was|did) (?:our |the )?(?:last|latest|most recent) (?:order|purchase) (?P<from>(?:from|in|by) "
         r"[\w ]+?)"
         r"(?: placed| made| come in)?[ ?.!]*$", r"last order \g<from>"),
        (rf"^(?:is|are|was|were) (?:the |our )?(?P<what>revenue|sales|turnover|orders|refunds|net revenue|visits|"
         rf"signups"
         rf"|tickets)(?P<in>(?: (?:in|from|of|for) (?!this|last|{MONTH})[\w ]+?)?) (?:going )?(?:up|down|higher|"
         rf"lower|up or down"
         rf"|higher or lower)(?P<now>(?: this (?:month|week|quarter|year))?) (?:compared (?:to|with)|against|vs\.?|"
         rf"versus|on|over"
         rf"|than|from) last (?P<unit>month|week|quarter|year)(?P<more>(?: this (?:month|week|quarter|year))?)[ ?.!]*$",
         lambda found: f"{found['what']}{found['in']} this {found['unit']} vs "
         f"{'the same period last year' if found['unit'] == 'year' else 'last ' + found['unit']}"),
        # --- signed up and nothing more
        (r"\b(?:new )?(?:signups|sign-ups|registrations|registered customers) (?:who|that|which) (?:have |has "
         r")?(?:not|n't|never"
         r"|didn't|did not|haven't|have not)(?: yet)? (?:buy|bought|order|ordered|purchased?|place an order)(?: "
         r"anything| "
         r"something)?(?P<yet> yet| so far| at all)?(?:,? (?:in |during |from )?(?P<the>the )?(?P<when>(?:last|past|"
         r"this) (?:\d+ )?"
         r"(?:days?|weeks?|months?|years?)))(?=[ ?.!]*$)",
         r"customers who signed up in the \g<when> and never ordered"),
        # --- what an order comes to
        (r"\b(?:what|how much)(?: money)? (?:do|does|did|have|has) (?:the |our |all )*(?P<who>(?!we\b|you\b)[\w' -]+?) "
         r"(?:usually |normally |typically |on average )*(?:spend|spent|pay|paid)(?: on average| usually)?(?: per| "
         r"for each|"
         r" on each| for an| each| for every| on an) (?:single )?(?:order|purchase|basket)s?(?: on average| usually)?",
         r"average order value of \g<who>"),
        (r"\b(?P<has>spends?|spent|pays?|paid|has|have) (?:the )?(?P<most>most|least|highest|lowest|fewest) (?:money )?"
         r"(?:per|for each|each|on each|for every) (?:single )?(?:order|purchase|basket)\b",
         lambda found: f"has the {'highest' if found['most'] in ('most', 'highest') else 'lowest'} average order "
         f"value"),
        (r"\b(?P<way>average|avg|mean) (?P<what>(?!tickets|reviews|visits|refunds|complaints)[a-z]+) (?:per|for "
         r"each|of each"
         r"|for every) (?P<who>champion|loyalist|(?:loyal|promising|hibernating|at[- ]risk) (?:customer|buyer))\b",
         r"\g<way> \g<what> per buyer for \g<who>s"),
        # --- what is predicted
        (rf"\b(?:predicted|expected|projected|forecast(?:ed)?|estimated|future) (?:customer )?(?:lifetime "
         rf")?(?:value|spend|"
         rf"spending|worth|clv)(?= (?:of )?(?:{_BOUND}))", "customer value"),
        (rf"(?P<what>\b(?:customer value|clv|expected spend|lifetime value)\b(?: of)? {_BOUND} "
         rf"?[€$£]?\d[\d.,]*k?(?: ?(?:"
         rf"euros?|eur|€))?) (?:in|over|for|within|during) (?:the )?(?:next|coming|following) (?:12 months|year|1 "
         rf"year)\b",
         r"\g<what>"),
        (r"(?P<likely>\blikely to (?:buy|order|purchase|shop|return|come back|repurchase|re-?order|place an order)"
         r"(?: again| from us| something| anything)*) (?:in|within|over|during) (?:the )?(?:next|coming|following) "
         r"(?:month|"
         r"4 weeks|30 days)\b", r"\g<likely>"),
        # --- pieces that went somewhere
        (r"\bhow many (?:pairs|units|pieces|pcs|items) of (?P<what>[\w -]+?) (?:went|go|were (?:shipped|sent|"
         r"delivered)|"
         r"have gone|got (?:shipped|sent)|did we (?:ship|send|deliver)|have we (?:shipped|sent|delivered)) (?:out )?to "
         r"(?P<to>(?!customers|date)\w)", r"how many \g<what> were sold in \g<to>"),
        (r"\bhow much stock of (?P<what>[\w -]+?) (?:have we(?: got)?|do we have|is there|we have)(?: left)?(?:,? "
         r"(?:all "
         r"together|altogether|in total|overall|in all))?(?=[ ?.!]*$)", r"stock of \g<what>"),
        # --- one against the other
        (rf"^(?P<what>[\w ]+?)[,:]?(?: split(?: up)?(?: in(?:to)?| by)?| by| broken down(?: into)?| in)?[ :(]+"
         rf"(?P<values>{_CODES}(?: ?(?:/|,|vs\.?|versus|,? and|&|or) ?{_CODES})+)\)?(?=$|[ ?.!]+$| (?:for|in|this|last|"
         rf"since)\b)", _against_each_other),
        # --- what is counted, said last
        (r"^(?P<what>(?:shipped|sent|delivered|paid|cancelled|refunded|placed|returned|resolved|opened|closed|"
         r"signed up|"
         r"registered|joined|bought|ordered|visited|reviewed)\b[^,:]*?)[,:–-]+ ?(?:so )?how many (?P<rows>orders|"
         r"customers|"
         r"tickets|refunds|people|products|reviews)(?: (?:is|are|was|were) (?:that|it|there|those))?[ ?.!]*$",
         r"how many \g<rows> \g<what>"),
        (r"\b(?P<what>(?:longest|oldest)(?: open| waiting| unresolved)? (?:\w+ )?(?:tickets|cases|complaints)),? "
         r"\(?(?:oldest"
         r"|longest|earliest) (?:ones )?first\)?", r"\g<what>"),
        (r"\blongest open(?:ed)? (?=(?:\w+ )?(?:tickets|cases|complaints)\b)", "oldest open "),
    )
)  # fmt: skip


def as_noted(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> as_noted("french buyers, last order more than 6 months ago")
    'french buyers who have not ordered for 6 months'
    >>> as_noted("tickets where the csat was below 3"), as_noted("which segment spends the most per order")
    ('tickets with csat below 3', 'which segment has the highest average order value')
    """
    return text if is_chinese(text) else replaced(text, _TURNS)
