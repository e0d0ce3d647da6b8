"""English of owners and of marketing: opt-ins, what was turned over, the thousand-euro mark, the quarter before.

What they say in words of their own is put in those of the passes after it; before `usual`.
"""

import re

from nlp.ask.lexing import is_chinese
from nlp.ask.months import MONTH
from nlp.ask.passes.tables import Table, replaced

_UNITS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_DAYS = {"year": 365, "month": 30, "week": 7}
_PLURALS = {"signup": "signups", "sign-up": "signups", "order": "orders"}
_DOERS = {"visit": "visitors", "order": "buyers", "buy": "buyers", "sign up": "signups", "register": "signups"}
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000, "mio": 1_000_000}
_COUNT = "|".join(_UNITS)
_PEOPLE = r"(?:customers|clients|buyers|shoppers|people|users|accounts|folks|everyone|everybody|anyone|those)"
_WHO = rf"(?:{_PEOPLE}|who|that)"
_DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}|{MONTH} \d{{1,2}}|\d{{4}}-\d\d-\d\d)"
_TIME = (
    rf"(?:(?:in |of |during |over |within |since |for |so far )*(?:(?:the )?(?:this|last|past|previous) (?:\d+ )?"
    rf"(?:days?|weeks?|months?|quarters?|years?)|20\d\d|q[1-4](?: 20\d\d)?|{MONTH}(?: 20\d\d)?|today|yesterday"
    r"|ytd|year to date))"
)
_WHEN = (
    rf"(?:(?:this|last) (?:week|month|quarter|year)|today|yesterday|q[1-4](?: 20\d\d)?|20\d\d"
    rf"|{MONTH}(?: 20\d\d)?)"
)
_BOUND = (
    r"(?:more than|over|above|at least|less than|under|below|fewer than|at most|up to|no more than|no less than"
    r"|exceeding|upwards of)"
)
_CUR = r"(?: ?(?:euros?|eur|€|pounds?|gbp|dollars?|usd|\$|£))"
_N = rf"(?:[€$£] ?)?\d[\d.,]*k?{_CUR}?"
_GROUPS = (
    r"(?:countries|country|cities|city|categories|category|segments|segment|products|product|items|articles|skus"
    r"|carriers|carrier|payment methods|payment method|languages|language|months|month|weeks|week|quarters|quarter"
    r"|years|year|days|day|customers|agents|sources|channels|markets)"
)
_CROWD = (
    r"(?:champions|loyalists|(?:(?:loyal|repeat|returning|new|german|french|british|uk|us|american|spanish"
    r"|dutch|swedish|chinese"
    r"|japanese|champion|promising|hibernating|at[- ]risk) )+(?:customers|buyers|clients|people|shoppers))"
)
_BUCKETS = r"(?P<bucket>days?|weeks?|months?|quarters?|years?)"
_MEASURES = (
    r"(?:net revenue|net sales|product revenue|revenue|sales|turnover|takings|income|orders|units sold|units|refunds"
    r"|refund amount|refunded amount|signups|sign-ups|new customers|visits|tickets|complaints|reviews|aov"
    r"|average order value|customers|buyers)"
)
_BUY = (
    r"(?:bought(?: something| anything)?|ordered(?: something| anything)?|purchased(?: something| anything)?"
    r"|placed an order|placed orders?|made (?:a purchase|an order|purchases)|became buyers|went on to (?:buy|order)"
    r"|bought from us|converted)"
)
_LIKELY = (
    # the longer of two first
    r"(?:buying|ordering|purchasing|shopping|buy|order|purchase|shop)(?: again| something| anything| from us| with us)*"
)
_SOON = r"(?: (?:in|within|over|during) the (?:next|coming) (?:30 days|month|4 weeks|few weeks)| soon| next)"
_STATES = r"(?:champions|loyal|at risk|at-risk|can't lose|hibernating|promising|new|about to sleep|need attention)"


def _digits(text: str) -> str:
    return str(_UNITS.get(text, text))


def _neither(found: re.Match[str]) -> str:
    """Without any ticket or refund: without the one and without the other."""
    one, other = (re.sub(r"^(?:an?|any) ", "", found[name]) for name in ("one", "other"))
    plural = [word if word.endswith("s") else f"{word}s" for word in (one, other)]
    return f"without {plural[0]} and without {plural[1]}"


def _made(found: re.Match[str]) -> str:
    """Categories that made over 50000: that have so much revenue."""
    what = "units" if re.match(r"(?:units|pieces|items)", found["of"] or "") else "revenue"
    return f"{found['which'] or ''}{found['group']} with {what} {found['bound']} {found['n']}"


def _kept(found: re.Match[str]) -> str:
    """Months in 2025 with revenue above 70000: which months had it."""
    when = found["when"] or ""
    return f"which {found['bucket'].rstrip('s')}s{when} had {found['of']} {found['bound']} {found['n']}"


def _how_many_groups(found: re.Match[str]) -> str:
    """How many months had revenue over 70000: those that had it, which are counted."""
    group, of = found["group"], (found["of"] or found["first"] or "").strip()
    if re.match("customers|agents|products|items|articles|skus", group) or not (
        of or re.search("[€$£]|eur", found["n"])
    ):
        return found[0]
    of = re.sub("^(?:in|of) ", "", of) or "revenue"
    bound = f"{found['bound']} {found['n']}"
    is_money = re.search("revenue|sales|turnover|takings|income|amount|value", of)
    return f"which {group}{found['when'] or ''} had {f'{of} {bound}' if is_money else f'{bound} {of}'}"


def _kept_behind(found: re.Match[str]) -> str:
    """Weeks with more than 100 orders, months with more than 70000 revenue."""
    of, bound = found["of"], f"{found['bound']} {found['n']}"
    is_money = re.search("revenue|sales|turnover|takings|income|amount|value", of)
    said = f"{of} {bound}" if is_money else f"{bound} {of}"
    return f"which {found['bucket'].rstrip('s')}s{found['when'] or ''} had {said}"


def _with_revenue(found: re.Match[str]) -> str:
    """Countries with more than 20000 euros: that have so much revenue; articles with sales over 20: of what?"""
    of_one = re.match(r"products?|items|articles|skus|customers", found["group"])
    if of_one and (not found["bound"] or found["n"][-1:].isdigit()):
        return found[0]
    bound, n = (found["bound"] or found["b2"] or found["b3"]), (found["n"] or found["n2"] or found["n3"])
    return f"{found['group']}{found['when'] or ''} with revenue {bound} {n}"


def _from_to(found: re.Match[str]) -> str:
    """24 to 30 November: both days are of that month."""
    of = f"{found['month']}{found['year'] or ''}"
    return f"{found['before'].rstrip(',:( ')} from {found['one']} {of} to {found['other']} {of}"


_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        # slips that come near to nothing, or to too much
        (r"\b(?:compair|comapre|compar|compre)\b(?! to)", "compare"),
        (r"\b(?P<rel>last|this|past|next|every|each|per|the) (?:mont|mnth|moth|monht|montn|mounth)\b",
         r"\g<rel> month"),
        (r"\b(?P<rel>last|this|past) (?:quater|qarter|quartr|quarer)\b", r"\g<rel> quarter"),
        (r"\b(?P<rel>last|this|past) (?:wek|weak|eek|weeek)\b", r"\g<rel> week"),
        # numbers in words
        (r"\b(?P<n>\d+(?:\.\d+)?) ?(?P<scale>thousand|grand|million|mio)\b",
         lambda found: f"{float(found['n']) * _SCALES[found['scale']]:.0f}"),
        (r"\b(?:hundred|thousand)[ -](?=euro|eur\b|€|mark\b|dollar|pound)",
         lambda found: f"{_SCALES[found[0].strip(' -')]} "),
        (r"(?<=\d)-(?=euros?\b|eur\b)", " "),
        # who said yes to mails
        (r"\b(?P<many>how many |number of |count of |total )?(?:newsletter |marketing |e-?mail |mailing )"
         r"(?:opt-?ins?|opt ins?|sign-?ups|subscribers|subscriptions|consents)\b(?! rate| share| status)",
         lambda found: f"{found['many'] or ''}customers with marketing consent"),
        (r"\b(?:opt-ins|opt ins|optins|subscribers)\b(?! rate| share)", "customers with marketing consent"),
        (r"\b(?:newsletter |marketing |e-?mail |mailing )?(?:opt-outs|opt outs|optouts|unsubscribers)\b(?! rate| "
         r"share)",
         "customers without marketing consent"),
        (r"\b(?:e-?mail|mailing|newsletter|mail|advertising|promo) consent\b", "marketing consent"),
        (r"\b(?:marketing|newsletter|e-?mail|mailing|consent) ?(?:=|:|is)? ?(?:ok|okay|yes|allowed|true|given|"
         r"granted)\b",
         "with marketing consent"),
        (r"\b(?:marketing|consent) ?(?:=|:|is)? ?(?:no|false|not given|missing|denied)\b(?! \w+ consent)",
         "without marketing consent"),
        (r"\bopted (?P<in>in|out)(?: (?:to|of|from|for|into)) (?:the |our |all )?(?:newsletters?|mailings?|"
         r"e-?mails?|mails?)\b",
         lambda found: f"opted {found['in']} {'to' if found['in'] == 'in' else 'of'} marketing"),
        (r"\bpays? us\b", "brings in"),
        # telegram
        (r"\b(?:telegram|tg) (?:account )?(?:linked|connected|attached|set up)\b", "telegram"),
        (r"\b(?:linked|connected) (?:their |a |an? )?telegram(?: account)?\b", "telegram"),
        # what was turned over
        (r"\b(?:what|how much)(?: money)? (?:(?:did|do|have|has) )?(?:we|the shop|our shop) (?:turn|turned)(?: over)\b",
         "revenue"),
        (r"\bturned over\b", "made"),
        (rf"\b(?P<what>everything|anything|all|whatever) (?:that )?(?:we |was |were |we have |has been )?sold\b"
         rf"(?P<when>(?: {_TIME})?)(?=.*\b(?:eur|euros?|money|value|worth|revenue)\b)", r"revenue\g<when>"),
        (r"\(? ?\bconverted(?: (?:in)?to (?:euros?|eur|our currency|base currency))? ?\)?", " "),
        # the one before
        (r"\bthis (?P<unit>week|month|quarter|year)(?P<between>.*?) (?:the )?(?:previous|prior|preceding|last) one\b",
         r"this \g<unit>\g<between> last \g<unit>"),
        (r"\bthis (?P<unit>week|month|quarter|year)(?P<between>.*?) the one before(?: that| it)?\b",
         r"this \g<unit>\g<between> last \g<unit>"),
        # a feast that is explained by its date
        (rf"\b(?:(?:easter|whit|cyber|pentecost|good|black|boxing|christmas|new year's|mother's|father's|valentine's"
         rf"|singles'?|prime) )+(?:monday|sunday|friday|saturday|day|eve)(?:'s)?(?: week(?:end)?)?,? (?:\(|on |"
         rf"the |i\.?e\.? )*(?={_DATE})",
         ""),
        (rf"\b(?:black friday|cyber|christmas|easter|holiday|xmas|singles'? day|prime day)(?: week(?:end)?)?"
         rf" (?P<what>{_MEASURES}),? (?:\(|from )?(?=\d{{1,2}}(?: {MONTH})?(?: 20\d\d)? ?(?:to|-|until|and) ?\d)",
         r"\g<what> from "),
        (rf"\bfrom (?P<one>\d{{1,2}}) ?(?:to|-|until|till|through) ?(?P<other>\d{{1,2}}) "
         rf"(?P<month>{MONTH})(?P<year> 20\d\d)?\b",
         lambda found: f"from {found['one']} {found['month']}{found['year'] or ''} to {found['other']} "
         f"{found['month']}{found['year'] or ''}"),
        (rf"(?P<before>[,:(] ?|\b(?!from |between )\w+ )(?P<one>\d{{1,2}}) (?:to|-|until|till|through) "
         rf"(?P<other>\d{{1,2}}) (?P<month>{MONTH})(?P<year> 20\d\d)?\b",
         _from_to),
        (r"^(?:at the |the )?same time last year[:,-]+ ?(?=.*\b20\d\d\b)", ""),
        # both together
        (r"\b(?P<one>\w+) and (?P<other>\w+),? (?:taken together|put together|together|combined|added up|"
         r"altogether|summed up)"
         r"(?=[ ,?.!]|$)", r"\g<one> and \g<other>"),
        # visits that a way brought
        (r"\bhow many visits (?:(?:did|do|does|have|has) )?(?:our |the )?(?P<way>e-?mails?|newsletters?|"
         r"mailings?|social(?: media)?|search|direct)"
         r" (?:bring(?: in)?|brought(?: in)?|generate|generated|drive|driven|drove|deliver|delivered|send|sent|"
         r"get|got|give|gave|make|made)(?: us| in)*\b",
         lambda found: f"how many visits from {'email' if found['way'][0] in 'enm' else found['way']}"),
        (r"\b(?P<has>get|gets|got|received|receives|has|had|have|with) (?:the )?most visits\b", r"with the most "
         r"visits"),
        # what was sold
        (r"\b(?P<what>how many (?:units|pieces|items|pcs)(?: of [\w -]+?)?) (?:went out|left the (?:warehouse|"
         r"shop|building)|were shipped out|have gone out|went over the counter)\b",
         r"\g<what> were sold"),
        (r"\b(?P<not>without|with no|no|not|had|have|n't) (?:even |any )?(?:an?|one|a single|the) (?:single )?sale\b",
         r"\g<not> sales"),
        (r"\bnot (?:even )?sales\b", "no sales"),
        (r"\baverage price (?:that was |that were |customers |people |we )*(?:paid|got|charged|achieved|"
         r"obtained) (?:per|for an?|for each|for|on)(?: pairs? of| one| single)? (?P<what>\w+)",
         r"average selling price of \g<what>"),
        # carts
        (r"\b(?P<cart>carts?|baskets?) (?:that (?:are|were) |which (?:are|were) )?(?:currently |still )?(?:left "
         r"behind|left|lying around|abandoned|not checked out|waiting)"
         r"(?: (?:right )?now| at the moment| currently| at present)?(?=[ ,?.!:;]*$|[,:;] )", r"\g<cart>"),
        (r"\b(?:most|mostly) (?:often |frequently )?abandoned (?P<what>products|items|articles|goods|skus)\b",
         r"\g<what> in the most carts"),
        # order numbers are a list
        (r"^(?:(?:the|give me|list|show|show me|all|send me|i need) )*(?P<what>order|ticket|customer|refund) "
         r"(?:numbers|nos\.?|ids?|nrs\.?)"
         r"(?: of (?:all |the )?(?:orders|tickets|customers|refunds))? (?=(?:with|that|which|whose|where|still|"
         r"going|status)\b)",
         r"list \g<what>s "),
        (r"\b(?P<what>orders?|parcels?|packages?)(?P<state> (?:with |in )?(?:status )?(?:shipped|paid|pending|"
         r"delivered))?(?: that are| which are)? (?:going|bound|headed|heading|on their way|en route) (?:to|for) "
         r"(?P<to>\w+)",
         r"\g<what>\g<state> to \g<to>"),
        # orders that were made
        (r"\b(?P<who>customers|clients|buyers|shoppers|people|users|usa|uk|who|that)(?P<where>(?: (?:from|in) "
         r"(?:the )?\w+)?) (?:who |that )?(?:have |has )?(?:made|did|make|placed|put in|do) (?:an? |any |some |"
         r"their )?(?:order|purchase)s?\b(?! (?:of|over|above|worth|by|with))",
         r"\g<who>\g<where> ordered"),
        (r"\bhow many orders (?:did|do|have) (?:we|the shop|you) deliver(?:ed)?\b", "how many orders were delivered"),
        (r"\b(?P<did>received|receive|were given|was given|been given|got back) (?:an? |any |their "
         r")?refunds?\b(?! (?:of|over|above|amount))", "had a refund"),
        # how many of them did
        (rf"\bhow many of (?:the |our )?(?P<when>{_TIME}|new)?(?:'s)? ?(?:sign-?ups|registrations|new accounts|new "
         rf"registrations|registered customers) (?P<of>(?:(?:in|from|of) {_TIME} )?)(?:have |has |did |also |"
         rf"already |then |since |actually )*(?P<did>{_BUY})",
         lambda found: f"how many customers who signed up {_in_time(found['when'] or found['of'])} and ordered"
         if (found["when"] not in (None, "new") or found["of"]) else found[0]),
        (rf"\b(?:how many )?(?:of )(?:the |our |those |all )?(?P<who>{_PEOPLE}) (?:who|that) (?P<first>[^,]+?),? "
         rf"how many (?:of them |have |has |did |also |already |then )*(?P<did>{_BUY})(?P<rest>.*)$",
         r"how many customers who \g<first> and \g<did>\g<rest>"),
        # new among all
        (rf"\b(?P<share>share|percentage|proportion|part|fraction) of (?:new|first[- ]time) (?:buyers|customers) "
         rf"(?:among|in|of|out of) (?:all |the |our )*(?:buyers|customers)(?P<when> {_TIME})?",
         r"\g<share> of new buyers among buyers\g<when>"),
        # how long
        (r"(?<!tickets )(?P<said>(?:(?<=\w)n't\b|\b(?:not|no|never|inactive|quiet|dormant|idle|silent|lapsed|"
         r"cold|gone)\b)(?: "
         r"(?!ticket|complaint|case)[\w'-]+){0,4}) for (?:over |more than |at least )?(?:an? |one )(?P<full>full "
         r"|whole )?(?P<unit>year|month|week)(?: now)?(?: or (?:more|longer|over))?(?=[ ,?.!]|$)",
         lambda found: f"{found['said']} for {_DAYS[found['unit']]} days"),
        (r"\b(?P<in>for|in) (?P<n>\d+|two|three|four|five|six|twelve) (?P<unit>days|weeks|months|years)(?: now)? "
         r"or (?:more|longer|over)\b",
         lambda found: f"{found['in']} {_digits(found['n'])} {found['unit']}"),
        (r"\b(?:a|one) year \((?P<n>\d+) days\)", r"\g<n> days"),
        (r"\bwhose (?:last|latest|most recent) (?:order|purchase) (?:is|was|lies|dates) (?:(?:back|from) "
         r")?(?:over |more than |at least )?(?P<n>\d+|an?|one|two|three|six) (?P<unit>days?|weeks?|months?|"
         r"years?)(?: ago| old| back| in the past)(?: or (?:older|more|longer))?\b",
         lambda found: f"who have not ordered for {_long(found)}"),
        (r"(?:,| and| but)? ?(?:and )?(?:(?:that|this|which|it) was|(?<=once,)|(?<=once ,)|(?<=only once)) "
         r"?(?:over|more than|at least) (?P<n>\d+|an?|one|"
         r"two|three|six) (?P<unit>days?|weeks?|months?|years?) ago\b",
         lambda found: f" and who have not ordered for {_long(found)}"),
        (r"\b(?:longest[- ]standing|longest[- ]serving|most senior|earliest|longest[- ]time) (?P<who>customers|"
         r"clients|accounts|buyers)\b(?:,? (?P<first>first|top) (?P<n>\d+|five|ten|twenty))?(?: by (?:sign-?up|"
         r"registration)(?: date)?)?",
         lambda found: f"{_digits(found['n']) + ' ' if found['n'] else ''}oldest customers"),
        # a mark that is crossed
        (rf"\b(?:have |has )?(?P<did>crossed|passed|broke|broken|broke through|topped|exceeded|surpassed|went "
         rf"over|gone over) (?:the |a )?(?P<n>{_N})(?: (?:mark|line|threshold|barrier|level|limit|in total|of "
         rf"spend))\b",
         r"spent more than \g<n>"),
        (rf"\b(?:have |has )?(?:hit|reached|made it to) (?:the |a )?(?P<n>{_N})(?: (?:mark|line|threshold|"
         rf"barrier|level|limit|of spend))\b",
         r"spent at least \g<n>"),
        (rf"\b(?P<tie>with|and|has|have|had|having|but) (?:an? )?(?P<bound>{_BOUND}|>|>=|<|<=) ?(?P<n>{_N}) "
         rf"(?:of |in |total |lifetime |overall )*(?:spend|spending|spent|lifetime value spent)\b(?! in)",
         r"\g<tie> total spend \g<bound> \g<n>"),
        (rf"\b(?:big|high|top|heavy) spenders,? ?\(? ?(?P<bound>{_BOUND}|>|>=) ?(?P<n>{_N}) ?\)?",
         r"customers who spent \g<bound> \g<n> and "),
        (r"\b(?:the |our |all )*vips? (?=who (?:have )?(?:spent|spend|ordered|bought)\b)", "customers "),
        # groups that come to so much
        (rf"\b(?P<which>which |what )?(?P<group>{_GROUPS}) (?:(?:that|which) )?(?:have |has )?(?:made|make|"
         rf"earned|earn|generated|brought in|bring in|brought|took in|grossed|produced|did|turned over) (?:us "
         rf")?(?P<bound>{_BOUND}) (?P<n>{_N})(?P<of> (?:in |of )?(?:revenue|sales|turnover))?(?! orders| units| "
         rf"pieces| items)\b",
         _made),
        (rf"^(?:list |show |show me |the |all )*{_BUCKETS}(?P<when> {_TIME})? (?:with|where|when|in which|having|"
         rf"that had|that have|which had) (?:we had |we made |the |a |an )*(?P<of>{_MEASURES}) (?:of |was |were |"
         rf"is )?(?P<bound>{_BOUND}) (?P<n>{_N})",
         _kept),
        (rf"^(?:list |show |show me |the |all )*{_BUCKETS}(?P<when> {_TIME})? (?:with|where we had|having|that "
         rf"had|in which we had|when we had) (?P<bound>{_BOUND}) (?P<n>{_N}) (?:of |in )?(?P<of>{_MEASURES})",
         _kept_behind),
        (rf"\b(?P<group>countries|cities|categories|segments|markets|months|weeks) (?:where|in which) we (?:have "
         rf"|had )?(?:made|make|earned|sold|took|grossed|turned over) (?P<bound>{_BOUND}) (?P<n>{_N})",
         r"\g<group> with revenue \g<bound> \g<n>"),
        # in which currency it was paid
        (r"\b(?P<in>usd|gbp|cny|jpy|sek|chf) (?P<what>revenue|sales|turnover|takings|income)\b", r"\g<what> from "
         r"\g<in> orders"),
        # one month against another
        (rf"^(?:did|does|has|have) (?P<one>{_WHEN}) (?:beat|beats|outsell|outperform|outdo|top|surpass) "
         rf"(?P<other>{_WHEN})(?: (?:in|on|by|for|in terms of))? (?P<of>{_MEASURES})[?. ]*$",
         r"\g<of> \g<one> vs \g<other>"),
        (rf"^(?:did|does|has|have) (?P<one>{_WHEN}) (?:have|had|bring|bring in|make|made|get) (?:more|higher|"
         rf"better|fewer|less) (?P<of>{_MEASURES}) than (?P<other>{_WHEN})[?. ]*$",
         r"\g<of> \g<one> vs \g<other>"),
        # who was won
        (r"\bhow many (?P<new>new |first[- ]time )(?P<who>customers|buyers|clients|shoppers) (?:(?:did|have|has|"
         r"do) )?(?:we|the shop) (?:win|won|gain|gained|get|got|acquire|acquired|add|added|bring in|brought in|"
         r"land|landed|attract|attracted|pick up|picked up)\b(?: over)?",
         r"how many new \g<who>"),
        (rf"\b(?P<who>customers|buyers|clients|shoppers) (?:(?:that |who )?(?:were |we )?(?:newly )?)(?:acquired|"
         rf"won|gained) (?={_TIME})", r"new \g<who> "),
        # what was lost, what was charged
        (r"\bhow many orders (?:did|have|do) we (?:lose|lost|losing) (?:to|by|because of|due to|through) "
         r"cancell?ations?\b", "how many orders were cancelled"),
        (r"\bhow much (?P<what>shipping|postage|delivery) (?:did|do|have) we (?:charge|charged|collect|collected|"
         r"take|bill|billed|earn)(?: (?:our |the )?(?:customers|clients|buyers))?(?: for)?\b",
         "shipping charged"),
        (r"\b(?P<make>how much (?:money )?(?:did|have|do) we (?:make|made|earn|earned|take|taken|turn over|bring "
         r"in)|(?<!net )(?:revenue|sales|turnover|takings))(?P<when>[^,]*?),? (?:after|net of|minus|less"
         r"|without|excluding|"
         r"after deducting|after subtracting) (?:all |the )?refunds\b",
         r"net revenue\g<when>"),
        (rf"\borders? (?:that |which )?(?:have |has )?(?:went|gone|go|were sent|got sent|sent) (?:out )?to "
         rf"(?!{_PEOPLE}\b)", "orders in "),
        # not since
        (r"\b(?P<did>bought|ordered|purchased|ordered something|bought something) in (?P<year>20\d\d),? (?:but|"
         r"and|yet) (?:not|never|nothing|have not|haven't|not anything)(?: ordered| bought| anything| again)* "
         r"(?:since|since then|after|afterwards|after that|later)(?=[ ?.!]*$)",
         lambda found: f"{found['did']} in {found['year']} but have not ordered since 1 january "
         f"{int(found['year']) + 1}"),
        (r"\b(?P<did>bought|ordered|purchased|ordered something|bought something) last (?P<unit>year|quarter|"
         r"month|week),? (?:but|and|yet) (?:not|never|nothing|have not|haven't|not anything)(?: ordered| bought| "
         r"anything| again)* (?:since|since then|after|afterwards|after that|later)(?=[ ?.!]*$)",
         r"\g<did> last \g<unit> but not this \g<unit>"),
        (r"\b(?P<tie>but|and) (?:bought|ordered|purchased) none(?: of (?:them|it|those))?\b", r"\g<tie> never bought"),
        (r"\b(?P<tie>but|and) no (?P<what>[\w-]+) ever\b", r"\g<tie> never bought \g<what>"),
        (r"(?P<not>(?:n't|not) (?:ordered|bought|purchased)\b.*\b(?:spent|orders?|spend)\b[^,]*?) (?:before|"
         r"before that|previously|earlier|until then)(?=[ ?.!]*$)",
         r"\g<not>"),
        (rf"\b(?:high|low|big) (?=(?:churn risk|churn probability|purchase propensity|propensity|clv|ltv|"
         rf"lifetime value) (?:of )?(?:{_BOUND}|>|<))", ""),
        # how many groups
        (rf"^how many (?P<group>{_GROUPS})(?P<when> {_TIME})? (?:had|have|has|got|saw|with|made|earned|brought "
         rf"in|did|reached|sold) (?:(?P<first>{_MEASURES}) (?:of )?)?(?P<bound>{_BOUND}) (?P<n>{_N})(?P<of> "
         rf"(?:in |of )?{_MEASURES})?",
         _how_many_groups),
        (r"(?:,|:| -)? ?(?:the )?(?P<way>best|highest|top|worst|lowest|poorest)[ -](?:rated|ratings?) first\b",
         lambda found: f" by rating {'highest' if found['way'] in ('best', 'highest', 'top') else 'lowest'} first"),
        # not sold, and in stock
        (r"\b(?P<what>products|items|articles|skus|goods) (?:that (?:have |were |did )?)?not (?:been )?(?:sold|"
         r"sell) (?P<when>(?:in|for|within|over|since) [\w ]+?),? (?:but|and|yet) (?:still |are )?in stock\b",
         r"\g<what> without sales \g<when> with more than 0 in stock"),
        (r"\b(?P<what>products|items|articles|skus|goods) in stock (?:that (?:were |have |did )?|but )?(?:not "
         r"(?:been )?(?:sold|sell)|without (?:a |any )?sales?|unsold) (?P<when>(?:in|for|within|over|since|this|"
         r"last) [\w ]+?)(?=[?.! ]*$)",
         r"\g<what> without sales \g<when> with more than 0 in stock"),
        # who had what
        (r"\b(?:got|get|gets|received|have gotten) (?:all |some )?(?:of )?(?:(?:their|the|his|her|any) )?money "
         r"(?:back|refunded)\b", "had a refund"),
        (r"\bwith (?:zero|0) (?=(?:visits|orders|tickets|refunds|reviews|complaints)\b)", "without any "),
        (r"\b(?:with|had|have|has|who had) (?:an?|any|at least one) cancell?ed order\b",
         "with at least 1 orders cancelled"),
        (r"\b(?P<what>revenue|spend|orders|turnover) per (?P<who>champion|loyalist|loyal customer|repeat buyer|"
         r"repeat customer)\b",
         lambda found: f"{found['what'].replace('turnover', 'revenue')} per buyer of {found['who']}s"),
        (r"\baverage (?:number of )?orders (?:of|by|for|from|placed by) (?=(?:our |the )?(?:champions|loyalists|"
         r"loyal|repeat|at[- ]risk|hibernating|promising)\b)", "average orders per buyer of "),
        (r"\b(?P<what>products|categories|items|articles) (?:viewed|visited|looked at|browsed) (?:the )?most(?: "
         r"often)?(?: by (?=\w))?(?P<by>(?<=by )|)", r"\g<what> with the most visits from "),
        (r"(?P<what>products|categories|items|articles) with the most visits from (?=$|[?.!]|this\b|last\b|in\b|"
         r"since\b|today\b|yesterday\b)", r"\g<what> with the most visits "),
        (r"\b(?:page |product )?views (?:of|for) (?=[a-z])", "visits of "),
        (rf"\b(?P<who>customers|clients|buyers|shoppers) (?P<bound>above|over|below|under|beyond) (?P<n>{_N}) "
         rf"(?:of |in |total )*(?:spend|spending|spent)\b", r"\g<who> with total spend \g<bound> \g<n>"),
        (r"\bhow much (?:do|does|did|have) (?P<who>[\w -]+?) (?:spend|spends|spent|pay) (?:on average )?per "
         r"order(?: on average)?\b", r"average order value of \g<who>"),
        (r"\borders\b(?P<of>[^,]*?) with (?:a |paid )?shipping (?:fees?|costs?|charges?)(?=[ ?.!]*$)",
         r"orders\g<of> with a shipping fee"),
        # what is about to be sold out
        (rf"\b(?:will|might|could|may|are (?:about|going|likely) to) (?:soon )?run out(?: of stock)?(?: soon)?,? "
         rf"?\(?(?:i\.?e\.?,? )?(?:with )?(?=stock (?:is )?{_BOUND})", "have "),
        (r"\b(?P<what>products|items|articles|skus) (?:that |which )?(?:will|might|could|may) (?:soon )?run "
         r"out(?: of stock)?(?: soon)?\b", r"\g<what> with low stock"),
        # who there is
        (r"\b(?:are |do we have |have we got )?(?:on (?:our|the) books|on file|in (?:our|the) (?:database|system|"
         r"crm|books))(?=[ ?.!]*$)", ""),
        (r"\b(?:last|latest|newest|most recent) (?P<n>\d+|ten|twenty|five|fifty) (?:sign-?ups|registrations|"
         r"registered customers)\b",
         lambda found: f"{_digits(found['n'])} newest customers"),
        (r"\bon an? (?:average|typical|normal) (?P<unit>day|week|month)\b", r"per \g<unit> on average"),
        (r"\b(?:spends?|spent|spending) (?:the )?(?P<most>most|least) per order\b",
         lambda found: f"has the {'highest' if found['most'] == 'most' else 'lowest'} average order value"),
        (rf"\bspent (?P<one>{_BOUND} {_N}) (?P<when>{_TIME}),? (?P<tie>but|and) (?:spent )?(?P<two>{_BOUND} "
         rf"{_N}) (?P<then>{_TIME})",
         r"spent \g<one> \g<when> and spent \g<two> \g<then>"),
        (r"\bshare of (?P<how>card|paypal|alipay|invoice) in (?P<of>\w+) (?P<what>revenue|sales|orders)\b",
         r"share of \g<of> \g<what> paid by \g<how>"),
        (rf"\bcomplaints (?:from|of|by) (?=(?:our |the )?{_CROWD}\b)(?!.*\b(?:customers|buyers|clients)\b)",
         "complaint tickets from "),
        # contact data are not told
        (r"\b(?P<with>without|with|with no|have no|has no) (?:an? |any )?(?P<what>e-?mail|phone)(?=[ ?.!]*$)(?! "
         r"consent)", r"\g<with> \g<what> address"),
        # pieces
        (rf"\b(?P<did>bought|ordered|purchased) (?P<bound>{_BOUND}) (?P<n>\d+|{_COUNT}) (?:items|pieces|units|"
         rf"articles)(?! of\b)", r"\g<did> \g<bound> \g<n> units"),
        (rf"\b(?P<did>bought|ordered|purchased|buyers of|customers who bought) (?P<bound>{_BOUND}) (?P<n>\d+|"
         rf"{_COUNT}) (?:pairs|pieces|units|items) of (?=[a-z])", r"\g<did> \g<bound> \g<n> "),
        (rf"\bbuyers of (?=(?:{_BOUND}) \d)", "customers who bought "),
        (r"\b(?:single|one)[- ](?:item|piece|product|unit|article) orders\b", "orders with exactly 1 item"),
        (r"\bhow many (?:items|products|articles|pieces|units) (?:are|is|were) (?:there )?in (?:the|an|our) "
         r"(?:average|typical) order\b", "average number of items per order"),
        (r"(?<=items |units )in (?:one|a single|1) order\b", "in an order"),
        (r"^(?:the )?most (?=(?:items|units) in an order\b)", "largest number of "),
        (r"\bhow many (?P<what>[\w-]+) (?:are|is) (?:(?:currently|sitting|lying|left|still|now|waiting) )*in "
         r"(?:(?:people's|open|the|customers'|abandoned|shopping) )*(?:carts?|baskets?)\b",
         r"units in carts of \g<what>"),
        (r"\bhow many (?P<what>[a-z]+-?\d+) (?:are|is|do we have) (?:still )?(?:left|in stock|remaining)\b",
         r"stock of \g<what>"),
        (r"^(?P<what>products|categories|items|articles|countries|agents) with (?:the )?(?P<most>most|fewest) "
         r"(?P<of>(?:[1-5]|one|two|three|four|five|bad|good)[- ](?:stars? )?reviews)\b", r"which \g<what> have "
         r"the \g<most> \g<of>"),
        (r"\b(?P<what>products|items|articles|orders) (?:that were |which were )?refunded (?P<bound>more than|at "
         r"least|over) (?P<n>\d+) times\b", r"\g<what> with \g<bound> \g<n> refunds"),
        # the other time, and what was done in it
        (rf"\b(?P<did>bought|ordered) (?P<one>(?!in\b|more\b|at\b|over\b)[\w-]+) (?P<when>{_TIME}),? and "
         rf"(?P<two>(?!in\b|never\b|not\b|did\b|has\b|have\b|then\b|who\b|spent\b|bought\b|ordered\b|"
         rf"visited\b)[\w-]+) (?P<then>{_TIME})",
         r"\g<did> \g<one> \g<when> and \g<did> \g<two> \g<then>"),
        (rf"\bwith (?P<n>one|1|a single|exactly 1|exactly one) orders? (?P<when>{_TIME}),? (?:and|but) (?:none|"
         rf"no orders?|nothing) (?P<then>{_TIME})",
         r"with exactly 1 orders \g<when> who have not ordered \g<then>"),
        (r"^last (?:order|purchase) (?:was )?(?P<more>more than|over|at least) (?P<n>\d+) days ago,? (?:and|but|"
         r"with)(?: with)? ", r"customers who have not ordered for \g<n> days but have "),
        (r"\b(?:unsubscribed|opted[- ]out) (?P<who>customers|buyers|people|clients)\b",
         r"\g<who> without marketing consent"),
        (r"\b(?P<way>email|search|social|direct) visitors (?P<who>who|that|with)\b",
         r"customers with visits from \g<way> and \g<who>"),
        # cancelled ones are no sales
        (r"^(?P<before>(?:(?:the|our|total|what (?:was|were|is)|how many|number of) )*(?:revenue|sales|turnover|"
         r"orders|aov|average order value)\b[^,]*?),? \(?(?:excluding|without|not counting|except|minus|"
         r"ignoring|excl\.?) (?:the )?(?:cancelled|canceled)(?: orders| ones)?\)?(?P<after>[^,]*)$",
         r"\g<before>\g<after>"),
        (r"\brating (?:trend|curve|development|evolution)\b", "average rating"),
        # more than one
        (r"\b(?P<than>more than|at least|over) (?:one|1) (?P<what>orders?|refunds?|tickets?|reviews?|visits?|"
         r"complaints?|purchases?)\b",
         lambda found: f"{found['than']} 1 {found['what'].rstrip('s')}s"),
        # what they prefer
        (rf"\bwhat (?:do|did|does) (?:our |the )?(?P<who>{_CROWD}) (?:buy|order|purchase)(?: the)? most(?: often)?\b",
         r"best selling products of \g<who>"),
        (rf"\b(?:which|what) (?P<what>products|product|categories|category|items|articles) (?:do|did|does) "
         rf"(?:our |the )?(?P<who>{_CROWD}) (?:prefer|like(?: the)? most|like best|buy(?: the)? most(?: often)?|"
         rf"favou?r)\b",
         r"best selling \g<what> of \g<who>"),
        # given back to whom
        (r"\bhow much (?:money )?(?:was|were|is|has been|have been|got|did we|have we|do we) (?:refund|refunded|"
         r"reimbursed?) "
         r"to (?!us\b)", "refund amount of "),
        # what there is
        (r"\bhow many (?:units|pieces|items) do we (?:have|hold|own|keep)(?: left)?(?: (?:in total|overall|"
         r"altogether))?(?=[ ?.!]*$| (?:of|in stock|in the warehouse)\b)",
         "units in stock"),
        (rf"\b(?P<what>products|items|articles|skus)\b(?P<of>[^,]*?\b{_BOUND} (?:[€$£] ?\d[\d.,]*|"
         rf"\d[\d.,]*{_CUR}))(?: that are| which are| and)? in stock(?=[ ?.!]*$)",
         r"\g<what>\g<of> with more than 0 in stock"),
        # who signed up, and what of them
        (rf"\b(?:sign-?ups|registrations) (?P<when>{_TIME}) (?:that|who|which) (?:(?:have |has |had |did )?"
         rf"(?:not|never)|(?:have|has|had|did)n't) (?:yet )?(?:{_BUY}|order|buy|purchase)(?: yet)?(?=[ ?.!]*$)",
         lambda found: f"customers who signed up {_in_time(found['when'])} and never ordered"),
        (rf"\b(?:sign-?ups|registrations) (?P<when>{_TIME}) (?:that|who|which) (?:have |has |had |did |already "
         rf")*{_BUY}(?: already)?(?=[ ?.!]*$)",
         lambda found: f"customers who signed up {_in_time(found['when'])} and ordered"),
        (r"\b(?P<what>sign-?up|signups|order|orders|revenue|sales|visits|traffic) (?:trend|curve|development) "
         r"(?=(?:by|per|for each) (?:day|week|month|quarter|year)\b)",
         lambda found: f"{_PLURALS.get(found['what'], found['what'])} "),
        # the group with the most of it
        (r"^(?:the )?(?P<by>country|city|category|segment|language) with (?:the )?(?P<rank>highest|lowest|"
         r"biggest|best|worst) (?:average )?(?P<of>churn risk|churn probability|purchase propensity|propensity|"
         r"clv|ltv|customer value|lifetime value)\b",
         r"which \g<by> has the \g<rank> \g<of>"),
        (r"\b(?:lifetime|overall|all[- ]time|total) (?P<what>spend|spending|revenue) of (?=(?:customer )?[a-z]+\d)",
         r"\g<what> of "),
        (r"(?<=\w) and consent\b", " and marketing consent"),
        (r"\bexpected (?:revenue|spend|spending|value)(?: (?:of|for|in|over|during))? (?:the )?(?:next|coming) "
         r"(?:12 months|year)\b", "total customer value"),
        (r"\b(?P<which>which|what) (?:product|article) pages? (?:was|were|is|are|got|gets) (?:visited|viewed|"
         r"opened|clicked)(?: the)? most(?: often)?\b",
         r"\g<which> product has the most visits"),
        (rf"^(?:did|do) more (?:people|customers|users|visitors) (?P<did>visit|order|buy|sign up|register)(?: us|"
         rf" the shop)? (?:in )?(?P<one>{_WHEN}) than (?:in )?(?P<other>{_WHEN})[? ]*$",
         lambda found: f"{_DOERS[found['did']]} {found['one']} vs {found['other']}"),
        (r"\bhow many days (?:does|do|did) (?P<who>(?!it\b|we\b|an?\b|the\b|our\b)\w+) (?:need|take|"
         r"require)s?(?: to deliver)?(?: on average)?(?=[ ?.!]*$)",
         r"average delivery time of \g<who>"),
        (r"\bhow (?:much (?:revenue|money|turnover|sales)|many euros) (?:did|have|do) we (?:lose|lost|losing) "
         r"(?:to|through|"
         r"because of|due to|by|from) (?:cancelled orders|cancell?ations)\b",
         "revenue of cancelled orders"),
        (r"\bhow many first orders\b(?: (?:did we (?:get|have|receive)|were (?:there|placed|made)|came in))?",
         "how many new customers"),
        # so many names
        (rf"^(?!how many\b)(?P<asked>.*?)(?:,|;|:| [-–—]+|\.|\?|!) *(?:the |give me |list |show |just |only "
         rf")*(?P<n>\d+|{_COUNT}) (?:(?:names?|ids?|people|customers|accounts|clients)(?: please| pls| is enough| "
         rf"will do)?|please|pls)[?.! ]*$",
         lambda found: f"{found['asked']}, top {_digits(found['n'])}"),
        # what they spend
        (r"\b(?:what|how much) (?:money )?(?:does|do|did|has|have) (?:an? |the |our |each |every )?(?:average |"
         r"typical |usual )?(?P<who>buyer|paying customer|purchaser)s? (?:spend|spends|spent|pay|bring in|pay "
         r"us)(?: with us| at our shop| in our shop)*(?: on average| in average)?(?:,? (?:all[- ]time|in total|"
         r"overall|altogether|over (?:their|its|the) (?:whole )?lifetime))?(?:,? on average)?",
         "average spend per buyer"),
        (rf"\b(?P<group>{_GROUPS})(?P<when> {_TIME})? (?:with|having|that had|which had|that have) (?:sales "
         rf"(?:of )?(?P<bound>{_BOUND}) (?P<n>{_N})(?! units| pieces| items)|(?P<b2>{_BOUND}) (?P<n2>[€$£] "
         rf"?\d[\d.,]*k?|\d[\d.,]*k?{_CUR})(?: (?:in |of )?(?:revenue|sales|turnover))?(?! spend| spent)|"
         rf"(?P<b3>{_BOUND}) (?P<n3>\d[\d.,]*k?) (?:in |of )?(?:revenue|turnover))",
         _with_revenue),
        # how much money
        (rf"\b(?:total |the total |sum of |overall )+(?:refunds|refunded)(?P<when>(?: {_TIME})?)(?P<where>(?: "
         rf"(?:in|from|for) (?!eur)\w+)?)(?:,| -)? (?:\(|in |by |as )*(?:eur|euros?|€|money|value|amount)\)?(?=[ "
         rf"?.!]|$)",
         r"refund amount\g<when>\g<where>"),
        (r"\b(?P<has>has|had|have|with|got|by) (?:the )?(?P<rank>highest|largest|biggest) (?:total "
         r")?refunds\b(?: in total| overall| by (?:amount|value)| in (?:eur|euros?|money))?",
         r"\g<has> the \g<rank> refund amount"),
        (rf"\b(?:which|what) (?P<by>{_GROUPS}) (?:(?:is|are|was|were|gets?|got) )?refunded (?:the "
         rf")?(?P<most>most|least) (?:by (?:amount|value|money)|in (?:money|value|euros?|eur|terms of (?:money|"
         rf"amount|value)))",
         lambda found: f"which {found['by']} has the {'highest' if found['most'] == 'most' else 'lowest'} refund "
         f"amount"),
        (rf"\b(?:total |the total |sum of |overall )+refunds,? (?:in )?(?:eur|euros?|money),? (?={_TIME})",
         "refund amount "),
        (r"\b(?P<what>(?:refund|cancellation|return) rate),? (?:in|as) (?:%|percent\b|per cent\b|a percentage\b)(?: of "
         r"(?:all |the )?orders)?(?!\w)", r"\g<what>"),
        (r"\b(?P<what>(?:refund|cancellation|return) rate) (?:of|over|across) (?:all |the |our )*orders\b",
         r"\g<what>"),
        # whose it is
        (r"\b(?P<what>(?:average |mean |avg )?(?:ratings?|csat|stars|satisfaction|orders|reviews|tickets|"
         r"complaints|visits|refunds|purchases|units))(?: given| left| written| placed| made| opened)? by "
         r"(?P<who>(?:\w+ )?(?:customers|buyers|clients|shoppers|people)) (?=(?:from|in|who|with|without|that|"
         r"aged|living) )",
         r"\g<what> from \g<who> "),
        # what nobody did
        (r"\b(?:without|with no|no|with neither|have no|had no|with zero) (?P<one>(?:any |an? )?(?:tickets?|"
         r"refunds?|reviews?|complaints?|visits?|orders?|carts?)) (?:or|nor|and no) (?P<other>(?:any |an? "
         r")?(?:tickets?|refunds?|reviews?|complaints?|visits?|orders?|carts?))\b",
         _neither),
        (r"\b(?P<spent>(?:spent|bought|ordered|purchased|orders?)\b[^,]*?)[, ]+(?P<tie>and|but|yet) (?:spent |"
         r"bought |ordered )?(?:nothing|not a (?:cent|penny|thing)|zero)(?: at all)? (?=(?:this|last|since|in|so "
         r"far)\b)",
         r"\g<spent> \g<tie> have not ordered "),
        # who is likely to
        (rf"\b(?:with the |with |the )?(?:best|highest|greatest|biggest) (?:chances?|odds|probability|"
         rf"likelihood) (?:to|of|that they|for) (?:will )?{_LIKELY}{_SOON}?",
         "with the highest purchase propensity"),
        (r"\b(?:who|which customers|which ones) (?:has|have) (?=with the highest purchase propensity)", "customers "),
        # a list for a purpose
        (r"^(?:(?:(?:win[ -]?back|e-?mail|campaign|mailing|marketing|newsletter|target|call|promo|audience|"
         r"re-?activation|retention|vip|review|thank you|coupon|voucher|discount|loyalty|upsell|cross-?sell|"
         r"segment|customer|contact)[ -]?)+(?:list|campaign|audience|segment|target group|targets?|mailing|"
         r"customers|export)?|customers for (?:the |a |an |our )?[\w -]{3,30}?|audience|list|targets?) ?: "
         r"(?!how\b|what\b|which\b|who\b|number\b|revenue\b|orders\b|list\b|show\b|top\b)",
         "customers: "),
        # only these
        (r"(?:,| -| –|\() ?(?:in |from |for )?(?P<what>(?!(?:the|a|an|count|number|names?|ids?|once|first|one|"
         r"total|list|this|last|with|without|those|paid|by|buyers|customers"
         r"|people)\b)[a-z]+(?: [a-z]+)?) only\)?(?=[ ?.!]*$)",
         r", in \g<what>"),
    )
)  # fmt: skip


def _in_time(when: str) -> str:
    when = re.sub(r"^(?:from|of) ", "in ", when.strip())
    return when if re.match(r"(?:in|this|last|since|during|over|today|yesterday|the)\b", when) else f"in {when}"


def _long(found: re.Match[str]) -> str:
    """Over a year ago: for so many days."""
    n, unit = found["n"], found["unit"].rstrip("s")
    count = int(_digits(n))
    return f"{count * _DAYS[unit]} days" if unit == "year" else f"{count} {unit}s"


def in_traders_words(text: str) -> str:
    """A normalised text in the words of the passes after it.

    >>> in_traders_words("how many buyers crossed the thousand-euro mark?")
    'how many buyers spent more than 1000 euro?'
    >>> in_traders_words("months in 2025 with revenue above 70,000")
    'which months in 2025 had revenue above 70,000'
    """
    return text if is_chinese(text) else replaced(text, _TURNS)
