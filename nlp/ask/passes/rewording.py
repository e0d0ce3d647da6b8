"""Whole sentences put in another order: what is said at their end, or twice, is said where the reader looks for it."""

import re

from nlp.ask.months import MONTH
from nlp.ask.passes.tables import Table, replaced

_PEOPLE = r"(?:customers|buyers|clients|shoppers|people|users)"
_SHARE = r"(?:share|percentage|percent|proportion|fraction|part|pct|%)"
_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_CURRENCY = r"(?:pounds?|gbp|dollars?|usd|euros?|eur|yuan|rmb|cny|yen|jpy|chf|francs?|sterling|us dollars?)"
_STATE = r"(?:open|abandoned|current|active|all|the|our|existing)"
_WORTH = r"(?:worth|total worth|total value|value)"
_NOT_ONLY = re.compile(
    r"\b(?:bought|buy|ordered|order|purchased|paid|once|time|one|exactly|never|not|only|twice)\b|n't"
)


def _without_only(found: re.Match[str]) -> str:
    """Germany only, buyers only: the same without it. Bought shoes only is more, and is left as it stands."""
    if _NOT_ONLY.search(found["what"]) or re.search(r"\b(?:bought|buys?|ordered|purchased)\b", found["before"]):
        return found[0]
    return f"{found['before']} {found['what']}{found['after']}"


def _buyers_only(found: re.Match[str]) -> str:
    return f"{found[1]}buyers{found[2]}{found[3]}"


def _who_too(found: re.Match[str]) -> str:
    tie = "and" if re.search(r"\b(?:who|that|whose)\b", found["who"]) else "who"
    return f"how many {found['who']} {tie} {found['did']}"


def _three_scores(found: re.Match[str]) -> str:
    return " with r score {} and f score {} and m score {}".format(*found.groups()[-3:])


def _in_each(found: re.Match[str]) -> str:
    months = re.findall(MONTH, found["months"])
    return " and ".join(f"{found['did']} in {month}" for month in months)


_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        # only
        (r"^(.*?)\b(?:customers|clients|people|shoppers)\b(.*?)[ ,(]+(?:(?:only|just) (?:among )?(?:the )?buyers|"
         r"(?:among |of )?buyers only|only count(?:ing)? buyers)\)?([?.! ]*)$", _buyers_only),
        (r"^(?P<before>.*?)[ ,(]+(?:but |and )?(?P<what>(?:(?:in|from|for|by|with|via) )?[^\s,()]+(?: orders| "
         r"customers"
         r"| tickets| products)?) only\)?(?P<after>[?.! ]*| (?:this|last|in|since|during) .*)$", _without_only),
        (r"^(?P<before>.*?)[ ,(]+(?:but |and )?(?:only|just) (?P<what>(?:in|from|for) [^\s,()]+)"
         r"\)?(?P<after>[?.! ]*)$",
         _without_only),
        (r"^(?P<before>.*?),\s*(?:but )?(?:only|just) (?P<what>(?:(?:in|from|for|by) )?[^\s,]+)(?P<after>[?.! "
         r"]*)$", _without_only),
        (r"^(?P<before>.*?) only (?P<what>(?:from|in|for) [^\s,]+)(?P<after> (?:this|last|in|since|during) .*)$",
         _without_only),
        (r"[ ,(]+(?:but )?only (?:those|the ones|ones|people|customers) (?=(?:with|without|who|in|from|that)\b)", " "),
        (r"(\b(?:repeat|repurchase|re-?order|returning)\b[\w -]*? rate\b[\w ]*?) ?\((?:the )?"
         r"(?:share|percentage|proportion|part|%) of (?:the |our |all )?(?:buyers|customers) (?:with|who|that)"
         r"\b[^)]*\)",
         r"\1"),
        # of whom, and then what share of them
        (rf"^(?:out )?of (?:all )?(?:the |our |those )?(?P<who>[^,]*?\b{_PEOPLE}\b[^,]*?),? (?:what|which) "
         rf"(?P<share>{_SHARE})(?: of (?:them|those|these))? (?P<did>.+)$", r"what \g<share> of \g<who> \g<did>"),
        (rf"^(?:out )?of (?:all )?(?:the |our |those )?(?P<who>[^,]*?\b{_PEOPLE}\b[^,]*?),? how many"
         rf"(?: of (?:them|those|these))? (?P<did>.+)$", _who_too),
        (r"\b(?:opt-?[ ]?in|marketing (?:opt-?[ ]?in|consent)|consent|newsletter (?:opt-?[ ]?in|consent)) "
         r"(?:rate|share|"
         r"ratio|quota|percentage)(?: (?:for|to|of) (?:the |our )?(?:marketing|newsletters?|e?-?mails?))?"
         rf"(?: (?:of|for|among) (?:the |our )?({_PEOPLE}))? (?:of|among|for|in) (?:the |our )?(\w+)(?: (?:customers|"
         r"buyers))?$", r"what share of \2 customers have marketing consent"),
        (r"^(?:what is |what's |show )?(?:the |our )?(?:marketing )?(?:opt-?[ ]?in|consent) (?:rate|share|quota)"
         r"(?: (?:for|to) (?:marketing|newsletters?))?[?.]*$", "what share of customers have marketing consent"),
        (r"\b(?:came|come|returned|returning) (?:back )?for (?:a|another|their|the)(?: (?:second|2nd|next|further))?"
         r"(?: (?:order|purchase|time|one))?(?=[?.! ]*$)", "came back"),
        # the time before
        (rf"\b((?:last|past) (\d+) ({_UNIT})\b.*?)\b(?:vs\.?|versus|against|than|compared (?:to|with)|relative "
         rf"to|and|with)"
         rf"(?: in| over| during)? (?:the )?(?:(?:previous|prior|preceding|earlier|foregoing) (?:\2 \3|period|ones?)"
         rf"|\2(?: \3)? (?:before|prior|earlier|preceding)(?: (?:that|those|these|them|it|to that))?"
         rf"|(?:period|time|stretch) (?:just )?before(?: (?:that|it))?)", r"\1 vs the period before "),
        # in that time
        (rf"(?P<time>\b(?:last|past) \d+ {_UNIT}\b)(?P<rest>.*?)\b(?:in|within|during|over) (?:those|these|the "
         rf"same|that)"
         rf"(?: same)?(?: \d+)?(?: {_UNIT}| time| period| timeframe| window)\b", r"\g<time>\g<rest>in the \g<time>"),
        (r"(?P<time>\b(?:this|last) (?P<unit>week|month|quarter|year)\b)(?P<rest>.*?)\b(?:in|within|during|over)"
         r" (?:that|"
         r"the same|this same)(?: (?P=unit)| time| period)\b", r"\g<time>\g<rest>\g<time>"),
        (rf"(?P<time>\bin {MONTH}(?: \d{{4}})?\b)(?P<rest>.*?)\b(?:in|within|during) (?:that|the same)(?: same)?"
         rf"(?: month| time| period)\b", r"\g<time>\g<rest>\g<time>"),
        (r"\bbut not yet (?=this\b|in\b|since\b)", "but not "),
        (r"\b(but|and) (?:not|n't) (?:any ?more|any longer|again) (?=this\b|in\b|since\b)", r"\1 not "),
        (rf"\b(?P<did>bought|ordered|purchased|visited) (?:something )?in (?:each of|all of|every one of) "
         rf"(?P<months>{MONTH}(?:,? (?:and )?{MONTH}){{1,3}})\b", _in_each),
        # how big is it
        (r"\bhow (?:big|large|great|small|low|substantial) (?:is|was|are|were|have been|has been) (?:our |the |my )?"
         r"(?=(?:\w+ ){0,2}(?:order|refund|basket|discount|revenue|sales|turnover|stock|average|largest|biggest|"
         r"smallest|"
         r"share|aov|shipping|cart))", "what is the "),
        (r"\b(?:what|how much) (?:is|are|was|were) (?:the |our |all |all the )?((?:\w+ ){0,2})(carts?|baskets?) "
         r"worth\b",
         r"total value of \1\2"),
        (rf"\b(?:{_WORTH}|sum) of (?:{_STATE} )*(?:carts|shopping carts|baskets)\b", "cart value"),
        (r"\b(?:carts?|baskets?) (?:that )?(?:are |is |still |currently |do we have |have we )*open\b", "carts"),
        (r"(?<!order )(?<!basket )\b(?:total |combined |overall |summed )?(?:value|worth) of (?:the |our |all "
         r")*((?:\w+ ){0,3}orders)\b",
         r"total order value of \1"),
        # what was looked at
        (r"\b(most|least)[ -](?:often |frequently )?(?:visited|viewed|browsed|clicked|looked[ -]at|seen) ((?:\d+ )?)"
         r"(products?|items?|articles?|categor(?:y|ies)|(?:product )?pages?)\b",
         lambda found: f"{found[2]}{'products' if 'page' in found[3] else found[3]} with"
         f" {'most' if found[1] == 'most' else 'fewest'} visits"),
        # stock
        (r"\b(?:what|how much) (?:is|are) (?:the |our |all |all our |all the )?((?:[\w-]+ ){0,2})(?:stock|"
         r"inventory|stocks) (?:of "
         r"([\w-]+) )?worth\b", r"stock value \1 \2"),
        (r"\b(?:value|worth) of (?:the |our |all |all our )?((?:[\w-]+ )?)(?:stock|inventory)\b", r"stock value \1"),
        # who is slower
        (r"\b(?:took|takes|take|needs|needed) (?:longer|more time) to (resolve|close|solve|reply|answer|respond)\b",
         r"was slower to \1"),
        (r"\b(?:is|was|are) (?:the )?(slowest|fastest|quickest) (?:to|at|in) (?:first )?(?:reply|respond|answer)\w*"
         r"(?: (?:to )?(?:tickets?|customers?))?", r"has the \1 first reply time"),
        (r"\b(?:is|was|are) (?:the )?(slowest|fastest|quickest) (?:to|at|in) (?:resolv|clos|solv)\w*",
         r"has the \1 resolution time"),
        (r"\b(?:how many )?(?:pieces|units|items|pcs) of ([\w -]+?) (?:do |are |have |is )*(?:we |there )*(?:still )?"
         r"(?:have |got |left |remaining )*(?:in|on) (?:stock|hand|store)\b", r"stock of \1"),
        (r"^(?:the )?(lowest|highest|least|most) (\d+) (?:in|by|on) (stock|price|inventory)\b",
         r"\2 products with \1 \3"),
        (r"^(?:the )?(\d+) (lowest|highest|least|most) (?:in|by|on) (stock|price|inventory)\b",
         r"\1 products with \2 \3"),
        (r"\b(?:put|placed|left|added|holding|keep|kept|with) (?:something|anything|items?|products?|things?|goods) "
         r"(?:in|into|to) (?:their |the |a )?(?:shopping )?(?:cart|basket)s?\b", "have something in the cart"),
        (r"\b(?P<who>customers|buyers|clients|people|shoppers)(?P<where>(?: (?:from|in) \w+)?) (?:who |that "
         r")?(?:with|had|have|"
         r"made|filed|raised|opened|sent) (?P<n>(?:at least|more than|over|exactly|fewer than|less than|at most) \w+|"
         r"\w+ or more) complaints?\b", r"\g<who>\g<where> who complained \g<n> times"),
        # scores
        (r"(?:,| with| having| have| has| of)?(?: an?)?\brfm(?: (?:score|scores|code|value|cell|rating)s?)?(?: "
         r"(?:of|is|are|=|"
         r"equals?|at))*[ =:]*([1-5])[-/ ,]?([1-5])[-/ ,]?([1-5])\b", _three_scores),
        # stars
        (r"\bone[ -](?=stars?\b)", "1 "),
        (r"\b(?:bad|negative|poor) reviews,? \(?(?:(?:with|of|having) )?(?:1|one)(?: or |-|/| and | to )(?:2|"
         r"two)[ -]stars?\)?",
         "reviews with 2 stars or less"),
        (r"\b(?:good|positive) reviews,? \(?(?:(?:with|of|having) )?4(?: or |-|/| and | to )5"
         r"[ -]stars?\)?",
         "reviews with 4 stars or more"),
        (r"\breviews,? \(?(?:with|of|having|at) (?:1|one)(?: or |-|/| to )2[ -]stars?\)?",
         "reviews with 2 stars or less"),
        (r"\breviews,? \(?(?:with|of|having|at) 4(?: or |-|/| to )5[ -]stars?\)?",
         "reviews with 4 stars or more"),
        (r"^who (left|wrote|gave|posted|submitted|has written|has left|gave us|left us)\b(?=.*\breviews?\b)"
         r"(?!.* most)(?! the)",
         r"customers who \1"),
        # orders and their states
        (rf"\b(orders?) (?:(?:that|which|who) )?(?:(?:were|was|are|have been|got) )?"
         rf"(?:(?:paid|placed|made|charged|billed|invoiced|settled) )?in (?P<in>{_CURRENCY})\b", r"\g<in> \1"),
        (rf"\b(revenue|sales|turnover|income|takings|money) (?:(?:that )?(?:was|were|is|got) )?(?:paid|made|"
         rf"earned|charged|billed) "
         rf"in (?P<in>{_CURRENCY})\b", r"\1 from \g<in> orders"),
        (r"\b(not|n't) yet (delivered|shipped|paid|resolved|answered|replied to|closed|solved|refunded)\b",
         r"\1 \2 yet"),
        (r"\bshipped,? but (?:are |were |have )?(?:not|n't|never|haven't|hasn't|aren't|didn't)(?: yet)?(?: "
         r"been)? (?:there|delivered|arrived|"
         r"received|"
         r"here|with the customer)(?: yet)?\b", "in transit"),
        (r"\bshipped,? but (?:not|n't) yet (?:there|delivered|arrived|received)\b", "in transit"),
        (r"\b(?:still )?(?:on (?:its|the) way|under ?way|en route|in delivery|being delivered|out for delivery)"
         r"\b", "in transit"),
        (r"\b(?:are|is|were) (?:still )?in transit\b", "in transit"),
        # how long they wait
        (r"\bhow (?:long|much time) (?:(?:must|do|does|did|has|have|had|will) )*(?:a |the |our |each "
         r")?(?:customers?|clients?|"
         r"buyers?|people|they)(?: (?:must|have to|has to|had to|need to|needs to))? wait (?:for|until|before|"
         r"to get|till)"
         r"(?: (?:a|an|the|their|our|they get|they receive|we))*(?: first)? (?:answer|reply|response|respond)"
         r"\b(?: from us)?"
         r"(?: (?:in|on) average)?", "average first reply time"),
        (r"\bhow (?:long|much time) (?:do|does|did|have|has|must) (?:the |our )?(?P<who>(?:\w+ "
         r"){1,2}(?:customers|buyers|clients)) "
         r"(?:have to |has to |had to |need to )?wait (?:for|until|to get) (?:(?:a|an|the|their|our|we) )*(?:first )?"
         r"(?:answer|reply|response|respond)\b", r"average first reply time of \g<who>"),
        (r"\bin average\b", "on average"),
        (r"\b(?:one time|once|1 time|one or more times?|1 or more times?)(?: or (?:more|several times))\b|"
         r"\b(?:one|1) or more times\b", "at least once"),
        # reasons
        (r"\b(?:rank |sort |order )?(?:the )?(?:refund|return|refunding) reasons? by (?:refund(?:ed)? |total "
         r")?(?:amounts?|"
         r"value|sum|money|volume|cost)\b", "refund amount by reason highest first"),
        (r"\b(?:rank |sort |order )?(?:the )?(?:refund|return|refunding) reasons? by (?:number|count|frequency|"
         r"how often)"
         r"(?: of refunds)?\b", "refunds by reason highest first"),
        (r"\b(?:spread|scattered) (?:over|across|among|out over)\b", "by"),
        (r"\bhow (?:are|were|is|was) (?:the |our )?(\w+) (?:distributed|split|divided|by) (?:over|across|among|"
         r"by )?\s*(?:the )?"
         r"(\w+)(?:,? (?:count|number|amount) (?:per|by|for each) \w+)?", r"\1 by \2"),
        (r"\bwith (?:and|vs\.?|versus|or) without ((?:marketing )?consent)\b", "by consent"),
        # leaving us
        (r"\b(likely|about|going|bound|liable) to (?:leave|quit|abandon|desert|ditch|drop|stop buying from|walk "
         r"away from|"
         r"lose interest in|turn away from|go away from) (?:us|our shop|the shop)\b", r"\1 to leave"),
        (r"\b(likely) to (?:stop buying|quit|walk away|go away|defect|stop ordering|disappear|drop off|go "
         r"elsewhere)\b",
         r"\1 to leave"),
        (r"\bwe (?:are|will|might|may|could) (?:most )?(?:likely to )?(?:be )?(?:about to )?los(?:e|ing) "
         r"(?:soon|next)\b",
         "most likely to leave"),
        # small words
        (r"\bprio\b(?!r)", "priority"),
        (r"(?<=\w) (?:too|as well|also)(?=[?.!,]|$)", ""),
        (r"\bdid complain(?: already)?\b", "complained"),
        (r"(?<=[a-z])(?<!bought)(?<!ordered)(?<!purchased)(?<!buy) (?:stuff|things|gear)(?= (?:in|from|this|"
         r"last|since|during|by|per)\b|$|[?.,])", " products"),
    )
)  # fmt: skip


def reworded(text: str) -> str:
    """A normalised text with such sentences put in the reader's order.

    >>> reworded("number of new buyers this quarter, germany only")
    'number of new buyers this quarter germany'
    >>> reworded("of the customers who bought in may, what percentage complained")
    'what percentage of customers who bought in may complained'
    """
    return replaced(text, _TURNS)
