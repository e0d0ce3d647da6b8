"""English as it is typed in a hurry or by those who grew up with another language: buyed, how much sale.

Short forms are written out, verbs and nouns put in the form that the other passes look for, and small words put where
they were left out. Nothing here says what a word means.
"""

import re

from nlp.ask.lexing import is_chinese
from nlp.ask.months import MONTH
from nlp.ask.passes.tables import Table, replaced

#: words in a wrong form, short ones, and others for the same, of which the passes after it know one
_FORMS = {
    "buyed": "bought", "boughten": "bought", "bougth": "bought", "bouht": "bought", "buyd": "bought", "selled": "sold",
    "spended": "spent", "spendet": "spent", "payed": "paid", "leaved": "left", "maked": "made", "getted": "got",
    "gived": "gave", "writed": "wrote", "writen": "written", "returnd": "returned", "choosed": "chose",
    "comed": "came", "goed": "went", "taked": "took", "bringed": "brought", "costed": "cost",
    "thier": "their", "wich": "which", "whcih": "which", "mnay": "many", "teh": "the", "adn": "and",
    "hw": "how", "hwo": "how", "wat": "what", "wht": "what", "waht": "what", "whch": "which", "hte": "the",
    "fo": "of", "frm": "from", "frist": "first", "fisrt": "first", "recieved": "received", "ordes": "orders",
    "oders": "orders", "thsi": "this", "lst": "last", "lats": "last", "yr": "year", "avrg": "average",
    "averge": "average", "bu": "by", "fro": "for",
    "shopper": "customer", "shoppers": "customers", "client": "customer", "clients": "customers",
    "reimbursement": "refund", "reimbursements": "refunds",
    "sth": "something", "smth": "something", "smthg": "something", "sthg": "something", "sb": "somebody",
    "val": "value", "vals": "values", "ctry": "country", "cntry": "country", "ctries": "countries",
    "prods": "products", "prod": "product", "custs": "customers", "ord": "order",
    "qtr": "quarter", "qrtr": "quarter", "yest": "yesterday", "ystd": "yesterday", "tmr": "tomorrow",
    "curr": "current", "prev": "previous", "amt": "amount", "tot": "total", "resp": "response",
    "pct": "percent", "btwn": "between", "w/o": "without", "incl": "including", "excl": "excluding",
    "src": "source", "mktg": "marketing", "mkt": "marketing", "nxt": "next", "nvr": "never", "diff": "different",
    "mos": "months", "wks": "weeks", "yrs": "years", "seg": "segment", "segs": "segments", "cat": "category",
    "cats": "categories", "1st": "first",
    "2nd": "second", "informations": "information", "datas": "data", "feedbacks": "feedback", "incomes": "income",
}  # fmt: skip
_DAYS = {"day": 1, "week": 7, "month": 30}
_FORM = re.compile(rf"(?<![\w'-])({'|'.join(_FORMS)})(?![\w'-])")
_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_TIME = (
    rf"(?:q[1-4](?: \d{{4}})?|{MONTH}(?: \d{{4}})?|(?:this|last) (?:week|month|quarter|year)|20\d\d|today|yesterday)"
)
_WHO = r"(?:customers?|clients?|buyers?|shoppers?|people|users?|who|that|they)"
_THING = (
    r"(?:orders?|customers?|buyers?|clients?|people|tickets?|complaints?|reviews?|refunds?|visits?|visitors?|carts?|"
    r"products?|items?|units|pieces|sign-?ups?|cases?|questions?)"
)
_NOT = r"(?:n't|not|never|no)"
_LESS = r"(?:more than|over|above|at least|less than|under|below|fewer than|at most|up to|exactly|between)"
#: what they are likely to do
_AGAIN = (
    r"(?:buy|order|purchase|shop|return|come back|repurchase|re-?order)(?: from us)?(?: again)?(?: soon| next)?"
    r"(?: (?:in|within|over) the next (?:30 days|month|4 weeks))?"
)
_GROUP = r"(?:country|city|category|product|segment|agent|carrier|payment method|source|kind|language|reason)"
_SCORE = (
    r"(?:churn risk|risk of churn|churn probability|purchase propensity|propensity|clv|ltv|customer value|"
    r"lifetime value)"
)


def _older(found: re.Match[str]) -> str:
    return f"{found[1]} {_DAYS[found[2]]} days"


def _with_have(found: re.Match[str]) -> str:
    at = found.start("tie") - found.start()
    did = {"buy": "bought", "order": "ordered", "purchase": "purchased"}.get(found["did"], found["did"])
    return f"{found[0][:at]}{found['tie']} have {found['not']} {did}"


def _have_not(found: re.Match[str]) -> str:
    at = found.start("not") - found.start()
    did = re.sub("ing$", "", found["did"])
    did = {"buy": "bought", "order": "ordered", "purchase": "purchased", "purchas": "purchased"}.get(did, did)
    who = "" if found["who"] in ("who", "that", "they") else "who "
    return f"{found[0][:at]}{who}have not {did}"


def _likeliest(who: str) -> str:
    """Those who are likely to buy, the likeliest first."""
    return f"{re.sub(' (?:who|that)?(?: ?(?:are|is|seem|look))?$', '', who.rstrip())} most likely to buy"


def _bettered(found: re.Match[str]) -> str:
    """Did the rating improve: did the average of it go up."""
    mean = "average " if found["what"].startswith(("rating", "csat", "satisfaction")) else ""
    did = re.sub("(?:average|mean) $", "", found["did"])
    what = "rating" if found["what"] == "ratings" else found["what"]
    is_better = found["way"].startswith(("improve", "get b", "got b", "gotten"))
    return f"{did}{mean}{what} {'increase' if is_better else 'decrease'}"


_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\bsupport (request|case)(s?)\b", r"ticket\2"),
        (r"\bpurchases(?= (?:per (?:customer|buyer)|with)\b)", "orders"),
        (r"\b(month|week|quarter|year) before this(?: one)?\b", r"last \1"),
        (r"\bthe (?=last (?:month|week|quarter|year)\b)", ""),
        (rf"(?<!1 )\bfor each ({_GROUP})\b", r"by \1"),
        # growth is told in per cent as it is
        (r"\b(growth\b.*?),? (?:in )?(?:%|per ?cent|percentage)[?.! ]*$", r"\1"),
        # growth from march to april is april against march
        (rf"\b(growth)\b((?:(?!\bby (?:day|week|month|quarter"
         rf"|year)\b)[^,])*?) from (?:the )?({_TIME}) to (?:the )?({_TIME})(?![\w-])", r"\1\2 \4 vs \3"),
        (rf"(?<![\w-])({_TIME}) over ({_TIME})(?![\w-])", r"\1 vs \2"),
        (r"(?:^|(?<= ))(?:#|no\.|nr\.?|nbr|num\.?) (?:of )?(?=[a-z])", "number of "),
        (rf"(?:^|(?<=show )|(?<=give )|(?<=total )|(?<=the ))no of (?={_THING}\b|\w+ {_THING}\b)", "number of "),
        (r"(?<=\w) & (?=\w)", " and "),
        (r"\b(?:wk|week)[- ](?:by|over|on)[- ](?:wk|week)\b(?! (?:growth|change))", "weekly"),
        (r"\bdidnt\b", "didn't"), (r"\b(have|has|did|does|do|is|are|was|were)nt\b", r"\1n't"),
        # sale is what is sold where no article makes one of it
        (r"(?<!\ba )(?<!\bthe )(?<!\bon )(?<!\bfor )(?<!\bflash )(?<!\btotal )(?<!\baverage )\bsale\b"
         r"(?! (?:price|item|amount|value|total|period|event)s?\b)", "sales"),
        # of which people, not of us
        (r"\b(from|of|by|with|to|for|in|at|among) us "
         r"(?=(?:customers?|clients?|buyers?|shoppers?|people|market|orders?)\b)",
         r"\1 usa "),
        # a state said as a verb
        (rf"(?<=\w )cancel(?:s|l)? (?={_THING}\b)", "cancelled "),
        (rf"\b({_THING})( (?:(?:that |which )?(?:we|they|customers?|people) "
         rf")?(?:(?:have|has|had|did|get|got|were|was|are)"
         r" ){0,2})cancel\b", r"\1\2cancelled"),
        (r"\b(cancel|refund|return)(?:l?ed|ing|ation)? (rate|share|percentage|ratio)\b",
         lambda found: f"{'cancellation' if found[1] == 'cancel' else found[1]} {found[2]}"),
        (r"\bhow many orders (?:do|did|have|has) (?:we|they|customers) cancel(?:led)?\b", "how many orders were "
         "cancelled"),
        # small words left out
        (rf"\b{_WHO}\b(?P<rest>[^,.?]*?)\b(?P<tie>but|and|yet) (?:still )?(?P<not>not|never) "
         rf"(?P<did>bought|ordered|purchased|buy|order|purchase)\b", lambda found: _with_have(found)),
        (rf"\b(?P<who>{_WHO}) (?:(?:from|in) \w+ )?(?P<not>not) "
         rf"(?P<did>buy|buying|bought|order|ordering|ordered|purchase|"
         r"purchasing|purchased)\b", lambda found: _have_not(found)),
        (rf"({_NOT}\b[^,]*?\b)since (\d+|a|an|one|half a) ({_UNIT})\b(?! ago)",
         r"\1for \2 \3"),
        (rf"\b(inactive|sleeping|silent|gone|quiet|open|unanswered|waiting) since "
         rf"(\d+|a|an|one) "
         rf"({_UNIT}|hours?)\b(?! ago)", r"\1 for \2 \3"),
        (r"\bhow (many|much) (new |returning |repeat )?(customers?|clients?|buyers?) (?:do |did |have |has "
         r")?(?:we|the shop) "
         r"(?:win|won|gain|gained|get|got|acquire|acquired)\b", r"how many \2customers did we win"),
        (r"\b(didn't|did not|never|don't|doesn't|have not|haven't|has not) (?:pay|paid) (by|with|via|using|through)\b",
         lambda found: f"{found[1]} {'bought' if 'ha' in found[1] or found[1] == 'never' else 'buy'} {found[2]}"),
        # the weekend
        (r"\b(?:over|on|at|during|in) (?:the |this |the last |the past |last )weekend\b", "last weekend"),
        (r"\b(last|past) hour\b", r"\1 1 hours"), (r"\b(older than) (?:an?|one) (day|week|month)\b", _older),
        (r"^(?P<lead>how many |list |show |number of |)(?:new|first-time) (?P<who>customers|buyers|clients) "
         r"(?:who|that) "
         r"(?P<did>[^,]*?) (?P<time>this (?:week|month|quarter|year))[?. ]*$",
         r"\g<lead>\g<who> who first bought \g<time> and \g<did>"),
        # money that was made, and how it is split
        (r"\bhow much (?:business|trade) (?:(?:do|did|have|has) )?(?:we|the shop) "
         r"(?:do|did|done|made|make|had|have)\b", "revenue"),
        (r"\b(revenue|sales|turnover|orders|refunds|tickets) (?:is |are |was |were )?(?:split|divided|distributed) "
         r"between "
         r"(?:the )?(?P<one>[\w' ]+?) and (?P<other>[\w']+)", r"\1 \g<one> vs \g<other>"),
        # how long ago the last order was
        (rf"\b(?:whose|with|with a|with their) last (?:order|purchase) (?:(?:is|was|being|placed|made|from) "
         rf")*(?:more than |over |older "
         rf"than |at least )?(?P<n>\d+|an?|one) (?P<unit>{_UNIT}) (?:ago|old|back)\b",
         lambda found: f"who have not ordered for {'1' if found['n'] in ('a', 'an', 'one') else found['n']} "
         f"{found['unit']}"),
        (rf"\b(?:who |that )?(?:have |has )?(?:went|gone|go|been|fell|fallen) (?:quiet|silent|cold|dormant|inactive) "
         rf"(?:for |since )?"
         rf"(?:more than |over |at least )?(?=\d+ {_UNIT})", "inactive for "),
        (r"\b(?:made|placed|did|put in|had) (?:a|their|the) (?:second|2nd) (?:order|purchase)\b(?! (?:within|in "
         r"under|after))",
         "ordered at least twice"),
        # small words left out: asked refund, returned goods
        (r"\b(asked|ask|asking|requested|wanted) (?:a |the )?(?=refunds?\b)", r"\1 for a "),
        (r"(?<=\w )(?<!of )(?<!many )(?<!list )(?<!show )(?<!all )\breturned (?:goods|items?|products?|things|"
         r"stuff|something|anything|orders?)\b(?= "
         r"(?:once|twice|\d|more|at least)|[?. ]*$| "
         r"(?:in|this|last|since)\b)", "returned something"),
        (r"\b(refunds?) (?:(?:that )?(?:were |was |we |have been )?)?(?:issued|given|granted|processed|made|sent "
         r"out|paid out)\b",
         r"\1"),
        (r"\bhow much (?:did|do|have|has) (?:the |our )?refunds costs? (?:us|the shop)\b|\bhow much (?:do|did) "
         r"(?:we|us) lose "
         r"(?:to|on|in|through) refunds\b", "refund amount"),
        # who is likely to buy: so many of them, or the likeliest first
        (r"^(?P<what>(?:how many|number of|count of|share of|percentage of|what share of|what percentage of) .*?)"
         rf"(?: who| that)?(?: are| is| seem| look)? likely to {_AGAIN}[?. ]*$", r"\g<what> with purchase propensity "
         r"at least 50%"),
        (r"^(?P<who>(?:(?:list|show|which|who are|the|our) )*(?:\w+ "
         r")?(?:customers|buyers|clients|people|shoppers)[^,]*?)(?<!most)"
         rf"(?<!least) likely to {_AGAIN}[?. ]*$", lambda found: _likeliest(found["who"])),
        # numbers said before what they are of
        (rf"\b(?:with|at|of|having|have|has) (?:an? )?(?P<n>\d+ ?(?:%|percent)) (?P<of>{_SCORE})(?P<more> (?:or|and) "
         rf"(?:more|above|"
         r"higher|over))?", lambda found: f"with {found['of']} {'at least ' if found['more'] else ''}{found['n']}"),
        (rf"\bwith (?:an? )?(?P<n>{_LESS} \d(?:\.\d+)?) (?:stars? )?(?:average |mean )?(?P<of>rating|csat|stars on "
         rf"average)\b",
         lambda found: f"with {'csat' if found['of'] == 'csat' else 'rating'} {found['n']}"),
        (r"\b(?P<n>\d+(?: or more)?) (?P<state>open|unresolved|unanswered) "
         r"(?P<what>tickets|cases|complaints)\b"
         r"(?<!top )", r"\g<n> \g<what> \g<state>"),
        (rf"\b(?:which|what) (?P<by>{_GROUP}|agent)s? (?:has|have|had|got|gets|received|receives) (?:the "
         rf")?(?P<most>most|fewest) "
         r"(?P<what>(?:[1-5] star|[1-5]-star|one star|five star|bad|negative|good|positive|poor) "
         r"reviews)\b(?P<rest>.*)$",
         lambda found: f"number of {found['what']} by {found['by']}{found['rest'].rstrip('?. ')} "
         f"{'highest' if found['most'] == 'most' else 'lowest'} first"),
        # so many of them each, not the first so many
        (r"\b(?P<who>customers|buyers|clients|people|shoppers|users|who)(?P<between>(?: (?:in|from) \w+)?(?: who| "
         r"that)?) "
         r"(?P<had>with|have|has|had|having|made|placed|left|wrote|opened|filed|raised|got) "
         r"(?P<n>[2-9]|\d{2}) "
         r"(?P<what>(?:(?!or\b|to\b|and\b|items\b|units\b|pieces\b|star\b|stars\b)[\w-]+ "
         r"){0,2}(?:orders|tickets|cases|complaints|"
         r"reviews|refunds|visits))\b", r"\g<who>\g<between> \g<had> exactly \g<n> \g<what>"),
        # what orders have in them, and what they come to
        (r"\b(orders?) (?:that |which )?(?:include|includes|including) (?=(?:an? |the |at least |more than |both "
         r")?[a-z])",
         r"\1 containing "),
        (r"\b(orders?) (?:with|of|having|that have) (?:only |just )?(?:1|one|a single) "
         r"(?:item|piece|product|article|unit)(?: only)?\b",
         r"\1 with exactly 1 items"),
        (rf"\b(?:big|large|small|bigger|larger|smaller) (?=orders?\b[^,]*\b{_LESS} [€$£]?\d)", ""),
        (r"\b(?:big|large|small) (?=refunds?\b[^,]*\b(?:over|above|under|below|more than|less than) [€$£]?\d)", ""),
        (rf"\b(?P<tie>and|with|but) (?:a )?total (?:of )?(?={_LESS} [€$£]?\d)", r"\g<tie> total spend "),
        (r"\b(not|never) (?:been )?sent(?: out)?(?: yet)?(?=[?. ]*$| "
         r"(?:by|in|to|this|last|since)\b)", r"\1 shipped yet"),
        (r"\bhow (?:long|many days) (?:do|does|did) (?:the |our |a "
         r")?(?:parcels?|packages?|orders?|deliver(?:y|ies)|shipments?) "
         r"(?:to|in|into|for) (?P<where>[\w ]+?) (?:take|need)(?: to arrive| on average)?(?P<when> (?:this|last|in) "
         r"[^?]*)?[?. ]*$",
         r"average delivery time in \g<where>\g<when>"),
        # in one time and in another
        (rf"\b(?P<did>bought|ordered|purchased|visited) (?:something )?(?:both in|in both) "
         rf"(?P<one>{MONTH}|q[1-4]|20\d\d) and (?:in )?"
         rf"(?P<other>{MONTH}|q[1-4]|20\d\d)\b", r"\g<did> in \g<one> and \g<did> in \g<other>"),
        (r"\b(pay|pays|paid|paying) (only|exclusively|solely|always) (by|with|via|using|through)\b", r"only bought \3"),
        # complaints are tickets, where customers are told too
        (r"\bcomplaints(?= (?:(?:in|since|from|of|by|this|last) )[^,]*\b(?:from|of|by) "
         r"[^,]*\b(?:customers|buyers|clients)\b)"
         r"(?! (?:from|of|by)\b)", "complaint tickets"),
        (r"\b([1-5])[ -]csat (tickets?|cases?)\b", r"\2 with csat \1"),
        (r"\b((?:reply|response|resolution|delivery) time|refund amount|refunds|average order "
         r"value|visits|units|churn risk) trends?\b",
         r"\1 by month"),
        (rf"\b(?:which|what) ({_GROUP}) (?:do|does|did) (?:the )?most (?:of (?:the |our "
         rf")?)?(?P<who>customers|buyers|clients|people)"
         r" (?:speak|live in|come from|use|prefer|choose|belong to)\b", r"which \1 has the most \g<who>"),
        (r"\bbetween (\d+) ?(?:%|percent)? and (\d+) ?(?:percent|per cent|%)", r"between \1% and \2%"),
        (r"\bcancell?ation (?:share|percentage|ratio|quota)\b", "cancellation rate"),
        (r"^no (?=(?:purchases?|orders?) (?:in|for|since|within)\b)", "customers with no "),
        (rf"\b(?:buyers|purchasers) of "
         rf"(?!the\b|this\b|last\b|all\b|our\b|each\b|every\b|today\b|yesterday\b|{MONTH}\b|"
         r"q[1-4]\b|\d)(?=[a-z])", "customers who bought "),
        (r"^how many (?=(?:bought|ordered|purchased|complained|returned) )", "how many customers "),
        (r"\breviewers\b(?! )|\breviewers(?= (?:from|in|this|last|by|since)\b)", "customers with reviews"),
        (rf"\bchurn (?={_LESS} \d)", "churn risk "),
        (r"\b(less|fewer|more) stock than (\d+)\b", r"stock \1 than \2"),
        (r"\b(less|fewer|more) (orders|reviews|refunds|tickets|visits|units|pieces|items) than "
         r"(\d+)\b", r"\1 than \3 \2"),
        (r"\b(average|avg|mean|median|biggest|largest) refund size\b", r"\1 refund amount"),
        (r"\b(slowest|fastest|quickest)(?:[ -])(?:resolved|closed|solved) (tickets|cases|complaints)\b",
         lambda found: f"{found[2]} with the {'longest' if found[1] == 'slowest' else 'shortest'} resolution time"),
        (r"\bhow likely (?:is|are) (?:customer )?([a-z]*\d+) to (?:churn|leave|quit)(?: us)?\b", r"churn risk of "
         r"customer \1"),
        (r"\bhow (?:quick|quickly|speedy)\b", "how fast"),
        (r"(\bnever|\bnot|n't|\bwithout) (?:ever )?(?:rated|rate|rating) "
         r"(?=(?:it|them|one|the|any|anything)\b)", r"\1 reviewed "),
        # it is what was bought
        (r"\b(?P<did>bought|ordered|purchased|viewed|visited) (?:the |an? |some )?(?P<what>[\w-]+)(?P<mid> "
         r"(?:but|and|yet|without)"
         r"[^,]*?\b(?:review|reviewed|reviewing|rate|rated)) (?:it|them|one)\b",
         r"\g<did> \g<what>\g<mid> \g<what>"),
        # better is more, where more is better
        (r"^(?P<did>(?:did|has|have|is|are) (?:the |our )?(?:average |mean "
         r")?)(?P<what>rating|ratings|csat|satisfaction|aov|revenue|"
         r"sales) (?P<way>improved?|get better|got better|gotten better|worsened?|get worse|got "
         r"worse|deteriorated?)\b", _bettered),
        (r"\bhow many (products|articles|items|skus) (?:do|does) (?:we|the shop|our shop) "
         r"(?:sell|have|carry|offer|list|keep|stock)"
         r"(?: in (?:total|all|the shop|our shop|range))?[?. ]*$", r"number of \1"),
        (r"\bis (?P<one>\w+) (?P<way>faster|slower|quicker) than (?P<other>\w+) (?:at |in |to "
         r")?(?P<what>reply|repl|respond|answer|"
         r"resolv|clos|solv)\w*", lambda found: f"{found['one']} vs {found['other']} average "
         f"{'resolution' if found['what'] in ('resolv', 'clos', 'solv') else 'first reply'} time"),
        (r"\bmost loyal (?:customers|buyers|clients|shoppers|people)\b(?=.*\bby\b)", "top customers"),
        # when
        (r"\b(?:at|in|on) (?:what|which) (hour|time|weekday|day of the week) (?:of (?:the )?day )?(?:do|does|did) "
         r"(?:we |our |the )*(?:get |have |receive |see )?(?:the )?(?P<most>most|fewest|least) (?:of (?:the |our )?)?"
         rf"(?P<what>{_THING})(?: (?:arrive|come|come in|get placed|happen|placed))?\b",
         lambda found: f"which {'hour of the day' if found[1] in ('hour', 'time') else 'weekday'} has the "
         f"{found['most']} {found['what']}"),
        (r"^when (?:did|has|was) (\S*\d\S*) (?:buy|bought|order|ordered|purchase|purchased) (?:anything |something )?"
         r"(last|first)(?: time)?\b", r"\2 order of \1"),
        (r"^(?:is|was|has|has been|did) (?:order )?([a-z]+\d+) (?:been |already |yet "
         r")*(?:delivered|shipped|paid|cancelled|sent|"
         r"arrived?|refunded)(?: already| yet)?\b", r"order \1"),
        # can't-lose customers
        (r"\bcan'?t-lose\b", "can't lose"),
        (r"\b(german|english|french|spanish|dutch|japanese|chinese|swedish|italian|portuguese)[ -]speakers?\b"
         r"(?! customers)", r"\1 speaking customers"),
        # returns are refunds
        (r"(?:^|(?<=number of )|(?<=how many )|(?<=total )|(?<=show )|(?<=list )|(?<=all ))returns\b"
         r"(?! (?:rate|the|to|a|an)\b)", "refunds"),
        # customers who came by a way
        (r"\b(?P<who>customers|people|buyers|clients|shoppers) (?:(?:who|that|which) "
         r")?(?:came|come|coming|visited(?: us)?|"
         r"arrived|arriving) (?:to us |in |here )?(?:via|through|from|by|over) (?:the "
         r")?(?=(?:e-?mail|search|social|direct|"
         r"newsletter)\b)", r"\g<who> with visits from "),
        # carts
        (r"\b(?:how much )?(?:money|value|worth) (?:is |are )?(?:currently |still "
         r")?(?:sitting|lying|waiting|stuck|left|parked|in|"
         r"tied up)? ?(?:in|inside) (?:the |all |our |open |abandoned |customers' )*(?:carts|baskets|shopping carts)\b",
         "cart value"),
        (r"\b(?:most|more) (?:common|frequent|popular|often) (products?|items?|articles?) in (?:the |our |open "
         r"|abandoned )*"
         r"(?:carts|baskets)\b", r"\1 in most carts"),
        # growth
        (r"^(?:by )?how much (?:did|have|has|do) (?:the |our )?(?P<what>[\w -]+?) "
         r"(?:drop|dropped|fall|fallen|fell|decline|"
         r"declined|decrease|decreased|shrink|shrunk|shrank|go down|gone down|went "
         r"down|rise|risen|rose|grow|grown|grew|"
         r"increase|increased|go up|gone up|went up|climb|climbed|jump|jumped|change|changed)\b(?! from)",
         r"growth of \g<what>"),
        (r"^how (?:much )?(?:did|has|have) (?:the |our )?(?P<what>[\w -]+?) "
         r"(?:change|changed|move|moved|develop|evolve|"
         r"developed|evolved|grow|drop|fall|rise) (?:from|between) (?P<from>[\w ]+?) (?:to|and) (?P<to>[\w ]+?)[?.! "
         r"]*$",
         r"growth of \g<what> \g<to> vs \g<from>"),
        # of every buyer
        (r"\bhow many orders (?:does|do|did|has|have) (?:a|an|the|one|each|every|our)? ?(?:average |typical )?"
         r"(?P<who>champion|loyal customer|loyalist)s? (?:place|placed|make|made|have|do)(?P<in> [^?]*?)?"
         r"(?: on average| in average)[?. ]*$", r"average orders per buyer for \g<who> \g<in>"),
        # tickets
        (r"\b(tickets?|complaints?|cases?|questions?) (?:(?:that|which) )?(?:are |is |still |currently "
         r")*(?:waiting|wait) "
         r"(?:for|on) (?:(?:a|an|the|their|our|any) )?(?:first )?(?:reply|answer|response)\b", r"\1 unanswered"),
        (r"\b(tickets?|cases?) (?:(?:that|which) )?(?:were |was |got |are )?(?:rated|scored) (?:as |with )?"
         rf"(?=(?:{_LESS} )?\d)", r"\1 with csat "),
        (r"\b(tickets?|cases?) (?:got|received|have|had|with|that got) (?:an? )?(?:score of |rating of )?([1-5])(?: "
         r"stars?)?"
         r"(?! (?:or|reviews?|refunds?|orders?|messages?|days?|hours?))(?=[?. ]*$| (?:in|this|last|since|by|per)\b)",
         r"\1 with csat \2"),
        (rf"\b(customers|people|buyers|clients) (?:who |that )?(?:rated|scored) (?:us )?(?:a |an |with "
         rf")?(?P<score>(?:{_LESS} )?"
         r"[1-5])(?: stars?)? (?:in|for|on|by) (?:the )?(?:csat|satisfaction)(?: survey)?\b",
         r"\1 who gave a csat of \g<score>"),
        (r"\b(?P<who>(?:customers|people|buyers|clients|shoppers) (?:who |that )?(?:with|have|had) )?csat (?:of )?"
         r"(?P<score>[1-5]) (?P<what>tickets?|cases?)\b",
         lambda found: f"{found['who'] or ''}{found['what']} with csat {found['score']}"),
        (r"\b(tickets|cases) (?:(?:that |which )?(?:are |still |currently )*)?(?:pending|outstanding|unfinished|not "
         r"done)\b",
         r"open \1"),
        (r"\b(resolution|resolving|closing) (?:hours|days)\b", "resolution time"),
        (r"\b(?:first )?(?:reply|response|answer|replying) (?:hours|minutes)\b", "first reply time"),
        (r"\bhow long (?:is it |does it take )?(?:until|till|before) (?:(?:we|the|a|an|our|they|get|gets) )*(?:first )?"
         r"(?:reply|response|answer|respond)\b(?: to)?", "average first reply time"),
        (r"\bhow long (?:is it |does it take )?(?:until|till|before) (?:(?:we|the|a|an|our) )*(?:(?:tickets?|cases?) "
         r"(?:is|are|gets?) (?:resolved|closed|solved)|(?:resolve|close|solve) (?:a |the )?(?:tickets?|cases?))\b",
         "average resolution time"),
        # delivery
        (rf"\b(?:which|what) ({_GROUP}) (?:waits?|has to wait|must wait|is waiting) (?:the )?(longest|shortest)"
         r"(?: (?:for|on|until) (?:(?:their|its|the|a) "
         r")?(?:delivery|deliveries|orders?|parcels?|packages?|shipping))?\b",
         r"\1 with the \2 delivery time"),
        (r"\bhow many days? (?:do |does |did )?(?:it )?(?:needs?|takes?|took|need|require) (?P<who>\w+) to "
         r"(?:bring|deliver|ship|arrive|send|transport)(?: (?:the|an?|our))*(?: (?:orders?|parcels?|packages?))?\b",
         r"average delivery time of \g<who>"),
        (r"\bhow many days? (?:do|does|did) (?P<who>\w+) (?:needs?|takes?|took|need|require) to "
         r"(?:bring|deliver|ship|send|"
         r"transport)(?: (?:the|an?|our))*(?: (?:orders?|parcels?|packages?))?\b", r"average delivery time of \g<who>"),
        (r"\bundelivered\b", "not yet delivered"),
        # what is in them
        (r"\b(orders?) (?:that |which )?(?:include|includes|including|have|has|had|with) "
         r"(?=[a-z]+-\d)", r"\1 containing "),
        (r"\b(?:average |avg |mean )?number of (items|units|products|pieces|articles) "
         r"(?:bought|ordered|purchased|sold) per "
         r"order\b", r"average \1 per order"),
        # stock
        (r"\bhow many (?:units|pieces|pcs|items) of (?P<what>[\w -]+?) (?:are|is|do we have|have we|we have) "
         r"(?:still )?"
         r"(?:left|remaining|available)\b", r"stock of \g<what>"),
        (r"\b(products|items|articles|skus|goods)(?P<be> (?:that )?(?:are|is|have|has|with|go|went|fell))? "
         r"(?P<than>below|under|down to|beneath) (?P<n>\d+) (?:pieces|pcs|units)(?: left)?\b",
         r"\1 with stock below \g<n>"),
        # what was looked at so often
        (rf"\b(products|items|articles|skus) (?:that (?:were|are) |which (?:were|are) )?(?:viewed|visited|looked "
         rf"at|seen) "
         rf"(?P<n>{_LESS} \d+)(?: times)?\b", r"\1 with \g<n> visits"),
        # refunds
        (r"\bwho cost(?:s|ed)? us (?:the )?most in refunds\b", "customers by refund amount highest first"),
        (rf"\b(?:which|what) (customers|{_GROUP}|products|categories|countries|cities) costs? us (?:the )?most in "
         rf"refunds\b",
         r"\1 with the highest refund amount"),
        (rf"\b({_WHO}) (?:got |were |was |have been |been )?(?:refunded|reimbursed) (?P<n>{_LESS} [€$£]?\d[\d.,]*(?: "
         rf"?(?:€|eur|"
         r"euros?|euro))?)(?: in (?:total|all))?(?! times)\b",
         lambda found: f"{'customers' if found[1] in ('who', 'they') else found[1]} with refund amount {found['n']}"),
        (r"\b(?:refunds?|refunded) (?:share|percentage|percent|proportion|ratio) of (?:the |our "
         r")?(revenue|sales|turnover)\b",
         r"refunds as percentage of \1"),
        # scores
        (rf"\b(?:which|what) ({_GROUP}) (?:has|have|shows?|got) (?:the )?(highest|lowest|biggest|best|worst) "
         rf"({_SCORE})\b",
         r"average \3 by \1 \2 first"),
        (r"\b(?:expected|predicted|future|projected) (?:value|spend|spending|revenue) (?P<of>(?:of|from|for|by) .*?)"
         r"(?: (?:in|over|for|during) (?:the )?(?:next|coming) (?:year|12 months))[?. ]*$", r"customer value \g<of>"),
        (r"\b(?P<what>number of (?:tickets|orders|reviews|refunds)|spend|revenue) (?:per|by) customer[, ]+top "
         r"(?P<n>\d+)\b",
         r"top \g<n> customers by \g<what>"),
    )
)  # fmt: skip


def in_full(text: str) -> str:
    """A normalised text with its words in the form that others write: before those that are misspelt are put right.

    >>> in_full("who buyed sth")
    'who bought something'
    """
    return text if is_chinese(text) else _FORM.sub(lambda found: _FORMS[found[1]], text)


def written_out(text: str) -> str:
    """A normalised text in the forms that the other passes look for.

    >>> written_out("customer not buy since 6 months"), written_out("how many cancel orders")
    ('customer who have not bought for 6 months', 'how many cancelled orders')
    """
    if is_chinese(text):
        return text
    return replaced(text, _TURNS)
