"""English in its usual forms, each put as the one that the other passes read: 4 orders or more, nobody has resolved."""

import re

from nlp.ask.lexing import is_chinese
from nlp.ask.months import MONTH
from nlp.ask.passes.tables import Table, replaced

_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_WAITING = (
    r"(?:that are |which are )?(?:still )*(?:open|pending|outstanding|unprocessed"
    r"|waiting(?: to be (?:paid|approved|handled)| for approval)?)"
)
_WHEN = rf"(?:{MONTH}|q[1-4]|20\d\d)(?: 20\d\d)?"
_SPAN = rf"(?:(?:this|last) (?:week|month|quarter|year)|{_WHEN}|(?:the )?(?:last|past) \d+ (?:days|weeks|months))"
_DEED = r"(?:ordered|order|orders|bought|signed up|complained|complaint|refunded|refund|visited|returned|purchased)"
_PEOPLE = r"(?:customers|clients|buyers|shoppers|people|users|those|anyone|everyone)"
_COUNTED = (
    r"(?:orders|purchases|tickets|cases|complaints|refunds|reviews|visits|times|stars|units|items|pieces|products)"
)
_NOBODY = r"(?:that |which )?(?:nobody|no one|no-one|noone|none of (?:us|the team|our agents|the agents)|no agents?)"
_NOBODY_HAS = rf"{_NOBODY}(?:'s)?(?: (?:has|have|had|ever|yet|actually|even))*"
_YET = r"(?: (?:yet|so far|to date|them|it|till now|until now))*"
#: it tells of a time that more was done in, or not
_NO_TIME = r"(?! (?:this|last|in|since|within|during|today|yesterday|for|before|after|on|over|between|by the|at the)\b)"
_SOLVED = r"(?:resolved?|solved?|closed?|fixed|sorted(?: out)?|finished|dealt with|completed)"
_ANSWERED = r"(?:answered|replied(?: to)?|responded(?: to)?|reacted(?: to)?|got(?:ten)? back to|written back to)"
_SOLVE, _ANSWER = r"(?:resolve|solve|close|fix|settle)", r"(?:answer|reply to|respond to|react to)"
_TAKEN = (
    r"(?:assigned(?: to)?|picked up|taken(?: on)?|took(?: on)?|claimed|owns?|is on|works on|is working on|is handling"
    r"|is assigned(?: to)?|(?:has )?been assigned(?: to)?|is looking after|is dealing with|is responsible for)"
)
_HOLDS = (
    r"(?:(?:is|are|was) (?:currently |still |now )?(?:sitting on|holding|carrying|handling|dealing with|working on"
    r"|stuck with|in charge of|responsible for|looking after|burdened with|assigned)|owns|holds|handles|carries"
    r"|(?:currently |still )has(?: got)?|has got|has (?:currently|still)|is having)"
)
_MOST = r"(?:most|(?:largest|highest|greatest|biggest) (?:number|count|amount|volume) of)"
_AGO = r"(?:more than|over|longer than|at least|upwards of|in excess of)"
_BOUGHT = r"(?:ordered|bought|purchased)"
_SPENT = (
    r"(?:(?:total |overall )?(?:money|amount|sum)(?: of money)? (?:that )?(?:they )?(?:have )?(?:spent|spend)"
    r"|(?:how much|what) (?:money )?they(?: have)? (?:spent|spend)|total spent|total spending|total spend"
    r"|(?:total |overall )?amount of spending|money they(?: have)? (?:spent|spend))"
)
_GROUP = (
    r"(?:country|city|category|product|segment|agent|carrier|payment method|source|language|month|week|quarter|year"
    r"|day|weekday|customer)"
)
_MORE = {
    "or more": "at least", "or above": "at least", "or over": "at least", "or higher": "at least", "or up": "at least",
    "and more": "at least", "and up": "at least", "and above": "at least", "or better": "at least",
    "and higher": "at least", "and over": "at least", "minimum": "at least", "at minimum": "at least",
    "at the minimum": "at least", "at least": "at least", "as a minimum": "at least", "or greater": "at least",
    "or less": "at most", "or fewer": "at most", "or below": "at most", "or lower": "at most", "or under": "at most",
    "and below": "at most", "and less": "at most", "and fewer": "at most", "or worse": "at most", "maximum": "at most",
    "at maximum": "at most", "at the maximum": "at most", "max": "at most", "tops": "at most", "at most": "at most",
    "at the most": "at most", "as a maximum": "at most", "exactly": "exactly", "precisely": "exactly",
}  # fmt: skip
_BOUND = r"(?:at least|at most|more than|over|above|under|below|less than|exactly|between)"
_POST = "|".join(sorted(_MORE, key=len, reverse=True))
_MONEY = r"(?:euros?|eur|€|usd|dollars?|gbp|pounds?)"


def _but_not(found: re.Match[str]) -> str:
    """Bought both watches and bags this year but no shoes this year."""
    bought = re.sub(" (?:as well as|and also) ", " and ", found["what"])
    return f"{found['did']} {bought} {found['when']} but did not buy {found['other']} {found['when']}"


def _in_days(found: re.Match[str]) -> str:
    """Two weeks, a fortnight: so many days, where that is what they are."""
    return f"more than {_length(found)} ago"


def _length(found: re.Match[str]) -> str:
    count = 1 if found["n"] in ("a", "an", "one") else int(found["n"])
    days = _DAYS.get(found["unit"])
    return f"{count * days} days" if days else f"{count} {found['unit']}s"


def _how_long(found: re.Match[str]) -> str:
    time = "resolution time" if re.fullmatch(_SOLVE, found["did"]) else "first reply time"
    return f"average {time} of {found['what']}"


def _bounded(found: re.Match[str]) -> str:
    """4 orders or more, 500 euros minimum: what is said behind is said before."""
    return f"{_MORE[found['post']]} {found['n']}{found['what']}"


def _in_each(found: re.Match[str]) -> str:
    """In march and also in april, in march, april and may each: once for each of them."""
    whens = re.findall(_WHEN, found["whens"])
    return " and ".join(f"{found['did']} in {when}" for when in whens)


def _changed(found: re.Match[str]) -> str:
    """By how many percent was may revenue up or down against april."""
    what, other = found["what"].replace("'s ", " "), found["other"].removesuffix("'s")
    return f"growth of {what} vs {other}"


def _from_to(found: re.Match[str]) -> str:
    return f"growth of {found['what']} {found['other']} vs {found['one']}"


def _countries(found: re.Match[str]) -> str:
    """In nl, fr vs de: codes beside a word that countries stand beside, and beside each other."""
    named = re.sub(r"[a-z]+", lambda word: _CODES.get(word[0], word[0]), f"{found['code']}{found['more']}")
    return f"{found['where']} {named}".strip()


def _in_order(found: re.Match[str]) -> str:
    """In January ordered and in February complained: the time behind what was done in it."""
    who = found["who"] or "customers who "
    who = who if who.rstrip().endswith(("who", "that")) else f"{who.rstrip()} who "
    parts = []
    for did, when in ((found["did"], found["one"]), (found["also"], found["other"])):
        not_done = re.match("(?:not a single|no|never|did not) ", did)
        done = {"complaint": "complained", "refund": "got a refund", "refunded": "got a refund"}.get(did, did)
        parts.append(f"did not order {when}" if not_done else f"{done} {when}")
    return f"{who}{parts[0]} and {parts[1]}"


_LENGTH = r"(?P<n>\d+|an?|one) ?(?P<unit>day|week|fortnight|month|year)s?"
_CODES = {
    "de": "germany", "fr": "france", "gb": "united kingdom", "nl": "netherlands", "cn": "china", "jp": "japan",
    "es": "spain", "se": "sweden", "dk": "denmark", "pl": "poland", "uk": "united kingdom", "us": "usa",
}  # fmt: skip
_CODE = "(?:de|fr|gb|nl|cn|jp|es|se|dk|pl)"
_PERCENT = (
    r"(?:(?:by )?(?:how many|how much|what) (?:percent|per cent|%|percentage(?: points)?)"
    r"|(?:by )?how much (?:in|as a) (?:percent|per cent|%|percentage))"
)
_VERSUS = r" (?:vs\.?|versus|against|compared (?:to|with)) "
_WRITERS = {
    "customers": "written by customers", "bot": "from the bot", "staff": "from staff", "agents": "from staff",
    "team": "from staff", "colleagues": "from staff", "we": "from staff",
}  # fmt: skip
_BUYING = re.compile("customers|buyers|champions|clients|people")


def _units_sold(found: re.Match[str]) -> str:
    """How many units of shoes did the French buy in May."""
    of = f" of {found['what']}" if found["what"] else ""
    people = "" if _BUYING.search(found["who"]) else " customers"
    return f"units sold{of} to {found['who']}{people}{found['when'] or ''}"


_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        # who wants it, in brackets
        (r" ?\((?:(?:the |our |my )?(?:warehouse|boss|finance|manager|owner|accountant|accounting|marketing|team|ceo"
         r"|cfo|support)"
         r"(?: team)? (?:needs?|wants?|asks?|asked|is asking)[^()]*|for (?:the |our |my )?(?:warehouse|boss|finance"
         r"|manager|owner"
         r"|accountant|marketing|report|meeting|board)[^()]*)\)(?=[ ?.!]*$)", ""),
        # written in short
        (r"\b(?P<which>last|this|past|per|each|every|by|a|next) mo\b", r"\g<which> month"), (r"\b(?P<n>\d+)"
         r" mo\b", r"\g<n> months"),
        (r"\bfirst time buyers\b", "first-time buyers"), (r"\bw/ ?(?=[a-z])", "with "), (r"\bmin\.? (?P<n>\d+)(?="
         r" orders?\b)", r"at least \g<n>"),
        # codes of countries as they are typed
        (rf"\b(?P<where>in|from|for|to|of) (?P<code>{_CODE})\b(?P<more>(?: (?:or|and|&|\+|vs\.?) (?:{_CODE}|uk"
         rf"|us)\b)*)", _countries),
        (rf"\b(?P<where>)(?P<code>{_CODE}|uk|us)\b(?P<more>(?: (?:or|and|&|\+|vs\.?|versus) (?:{_CODE}"
         rf"|uk)\b)+)", _countries),
        # whose they are; a mean is not told by each of them
        (r"\b(?<!split )(?<!grouped )by (?P<who>customers|clients|buyers|shoppers) (?=(?:who|that|not|in|from|living"
         r"|located|outside|with|without)\b)",
         r"from \g<who> "),
        # said before the question
        (r"^(?:random|quick|silly|stupid|dumb|little|small) (?:question|q|one)(?: (?:guys|all|team|folks|everyone|for"
         r" you))?[,:!. -]+", ""),
        (r"^(?:sorry,? )?(?:it's )?me again[!,. ]+", ""),
        (r"^mail(?:ing)? list: ?", "list "), (r"\bcnt of\b", "count of"),
        (r"^please to tell me\b", ""),
        (r"\b(?P<what>orders|tickets|customers|reviews) (?:are we|we are) having (?=from|in|with)", r"\g<what> do we"
         r" have "),
        (r"\b(?P<how>how many) (?P<what>orders|tickets|customers|reviews) do we have (?P<from>from [\w ]+?"
         r" since)", r"\g<how> \g<what> \g<from>"),
        (r"^(?P<which>slowest|fastest) (?P<who>agent|assignee) (?:at )?(?:resolving|solving|closing)"
         r" tickets\b", r"agent with the \g<which> resolution time"),
        (r"\b(?P<what>last order) (?P<n>\d+)\+ days ago\b", r"not ordered for \g<n> days"), (r"\bnothing for"
         r" (?P<n>\d+ days)\b", r"not ordered for \g<n>"),
        (r"^(?P<where>[a-z]+): repeat buyers,? (?:%|percent|percentage|share) of buyers[ ?.!]*$", r"share of repeat"
         r" buyers among buyers in \g<where>"),
        (r"\b(?P<ago>more than \d+ days ago) and still (?:aren't|are not|isn't|not) (?:resolved|solved"
         r"|closed)\b", r"\g<ago> and still open"),
        (r"\b(?P<n>(?:over|more than|above|under|less than|at least) \d+) total\b", r"\g<n>"),
        (r"^which (?P<n>\d+) (?P<what>[\w-]+) (?:brought in|made|earned|generated) (?:us )?the most (?:revenue|money"
         r"|sales)(?P<rest>[^?.]*)[?.]*$", r"top \g<n> \g<what> by revenue\g<rest>"),
        (r"^which (?P<n>\d+) (?P<what>[\w-]+) (?:have|has|had|got) the (?P<way>highest|lowest|best|worst)"
         r" (?P<by>average rating|rating|stock|price|revenue)(?P<rest>[^?.]*)[?.]*$",
         lambda found: f"{'top' if found['way'] in ('highest', 'best') else 'bottom'} {found['n']} {found['what']} by"
         f" {found['by']}{found['rest']}"),
        # all but one of them
        (r"\b(?P<all>(?:all|every|any|each)(?: the| of the)? (?:countries|country|categories|category|carriers?"
         r"|segments?|agents?|cit(?:y|ies)|sources?|payment methods?)|everyone|everybody|everything) but (?=[\w ])",
         r"\g<all> except "),
        # a time said before what was done in it
        (rf"^(?P<who>(?:how many )?(?:customers|people|buyers|clients|who)(?: who| that)? )?(?P<one>(?:in )?{_SPAN})"
         rf" (?P<did>{_DEED}(?: [a-z]+)?)(?:,| and| but|, and|, but) (?P<other>(?:in )?{_SPAN}) (?P<also>(?:not a"
         rf" single |no |never |did not |again )?{_DEED}(?: [a-z]+)?)(?P<rest> customers| people)?[ ?.!]*$",
         _in_order),
        (r"\b(?P<did>bought|ordered|purchased) (?P<one>[\w-]+) (?P<n>twice|once|\d+ times) and"
         r" (?P<other>(?!bought)[\w-]+) (?P<m>twice|once|\d+ times)\b",
         r"\g<did> \g<one> \g<n> and \g<did> \g<other> \g<m>"),
        # one order of so much
        (r"\b(?P<who>who |that )?(?:spent|spend|paid) (?P<bound>(?:more than|over|above|at least) \d+)(?: euros?|"
         r" eur)? (?:in|on|with) (?:one|a single|1) (?:order|purchase)\b", r"with an order \g<bound>"),
        (r"\borders shipped to (?P<where>[a-z]+)\b", r"orders for customers in \g<where>"),
        # from then on; a time said first
        (rf"\bfrom (?P<when>{MONTH}) (?:on|onwards?|forward)\b(?! \d)", r"since \g<when>"),
        (rf"^after (?P<when>{MONTH} \d{{1,2}}) (?P<what>[a-z][\w ]*?)[ ?.!]*$", r"\g<what> after \g<when>"),
        (r"\brfm (?=[rfm] score)", ""),
        (rf"\b(?P<did>bought|ordered|purchased) (?:an? )?(?P<what>[\w-]+) (?P<n>once|twice|\d+ times)"
         rf" (?P<one>{_SPAN}) and (?P<m>once|twice|\d+ times) (?P<other>{_SPAN})",
         r"\g<did> \g<what> \g<n> \g<one> and \g<did> \g<what> \g<m> \g<other>"),
        (rf"^(?P<when>{_SPAN}) (?P<did>(?:bought|ordered|purchased) [\w -]+?) and spent (?P<bound>(?:over|more than"
         rf"|at least|under|less than) \d+)[ ?.!]*$",
         r"customers who \g<did> \g<when> and spent \g<bound> \g<when>"),
        (rf"^(?P<n>at least \d+ orders|\d+\+ orders|\d+ or more orders) and (?P<bound>(?:over|more than|at least)"
         rf" \d+) spent in (?P<when>{_SPAN})[ ?.!]*$",
         r"customers with \g<n> in \g<when> and who spent \g<bound> in \g<when>"),
        (r"\b(?P<when>(?:last|this) (?P<unit>year|month|quarter|week))\b(?P<rest>.*?)\b(?:in )?that"
         r" (?P=unit)\b", r"\g<when>\g<rest>\g<when>"),
        (r"\b(?P<who>who|customers who|people who) gave (?:an? |the )?(?P<what>[\w-]+) an? (?P<n>[1-5])[- ]star"
         r" (?:rating|review)\b", r"\g<who> left a \g<n> star review for \g<what>"),
        # opened in a time, and resolved whenever
        (rf"\b(?P<what>tickets|complaints) (?:opened|created|raised|from|that came in|received) (?P<when>(?:in"
         rf" )?{_SPAN}) (?:that |which )?(?:are|were|have been|got) (?:already |now )?(?:resolved|closed|solved)\b",
         r"\g<what> opened \g<when> that are not open"),
        (rf"^of (?:the |all )?(?P<what>tickets|complaints) (?:opened|created|raised|from|received) (?P<when>(?:in"
         rf" )?{_SPAN}),? how many (?:are|were|have been|got) (?:already |now )?(?:resolved|closed|solved)\b",
         r"how many \g<what> opened \g<when> are not open"),
        (rf"^how many (?P<what>tickets|complaints) (?:opened|created|raised|from|received) (?P<when>(?:in )?{_SPAN})"
         rf" (?:are|were|have been|got) (?:already |now )?(?:resolved|closed|solved)\b",
         r"how many \g<what> opened \g<when> are not open"),
        (r"\bhow many of (?:the )?(?P<when>last|this) (?P<unit>month|week|year|quarter)(?:'s)? orders (?:were|got"
         r"|have been) (?:already )?refunded\b", r"how many orders from \g<when> \g<unit> got refunded"),
        (rf"\b(?P<with>with (?:an? |open )*(?:tickets?|complaints?|refunds?|reviews?|visits?)) (?P<when>(?:in"
         rf" )?{_SPAN}) but (?:no|without(?: any)?) (?:orders?|purchases?)(?=[ ?.!]*$)", r"\g<with> \g<when> but no"
         r" orders \g<when>"),
        (r"\b(?P<g>months|countries|cities|weeks|days|quarters|agents|segments) (?P<has>with|had|have) orders"
         r" (?P<way>over|above|under"
         r"|below) (?P<n>\d+)\b(?! ?(?:euros?|eur|€))",
         lambda found: f"{found['g']} {found['has']} {'more' if found['way'] in ('over', 'above') else 'fewer'} than"
         f" {found['n']} orders"),
        # they are as they were, or spent so much
        (r"\b(?:went|gone|go|going|fell|fallen) (?:quiet"
         r"|silent|cold|dark)(?:,| with| -| i\.?e\.?,?)+ ?(?=no orders?\b|have not|without)", "with "),
        (r"\bwhat (?P<aux>has|have|did) (?P<who>(?:customer )?[a-z]{1,4}-?\d+) (?P<did>spent|spend|paid"
         r"|pay)(?: with us| here)?\b", r"how much \g<aux> \g<who> \g<did>"),
        (r"^(?P<what>(?:the )?[\w' ]+? segment)[,:;]? how many (?:of them )?(?:are |live |come )?(?=in|from)",
         r"how many customers in \g<what> are "),
        (r"\b(?P<who>people|customers|clients) (?:are|is|have|do we have)? ?registered (?:with us )?(?=(?:in|from)"
         r" (?!the last|the past|this|last|january|february|march|april|may|june|july|august|september|october"
         r"|november|december|20\d\d|q[1-4]\b|spring|summer|autumn|fall|winter)(?:the )?[a-z ]+?(?: (?:or|and)"
         r" (?:the )?[a-z]+)?[?.!]*$)", r"\g<who> are "),
        (r"\bhow much (?:money )?(?:went|has gone|goes|did we pay|was paid|have we paid|flowed) (?:back )?out"
         r" (?:in|as|for|on|through)"
         r" refunds\b", "how much was refunded"),
        (r"\b(?:bought|ordered|shopped|purchased) for the (?P<most>most|least) (?:money|amount)"
         r"(?: (?:in|from|of) (?:the )?(?P<what>[\w-]+)(?: category)?)?(?=$|[ ?.!,])",
         lambda found: f"spent the {found['most']}" + (f" on {found['what']}" if found["what"] else "")),
        # of all of them it is of none in particular
        (r"^(?P<all>(?:what(?:'s| is| was) )?(?:the |our )?(?:average|mean|total|overall|how many|how much|number"
         r" of)\b[^,]*?)"
         r" (?:across|over) (?:all|the whole|every) (?:of )?(?:our |the )?(?:products?|countr(?:ies|y)|categor(?:ies|y)"
         r"|customers?|orders?|agents?|cit(?:ies|y)|shop|store)\b", r"\g<all>"),
        (r"^how (?:big|large) (?:is|are) (?P<what>(?:the |our )?[\w' -]+?) (?:segment|group)(?P<rest>(?: (?:in"
         r"|now)\b.*?)?)[ ?.!]*$",
         r"how many customers are in \g<what> segment\g<rest>"),
        (r"^(?P<one>[\w' -]+?)(?: segment)? (?:vs\.?|versus|against|and) (?P<other>[\w' -]+?) segments?,? how many"
         r" (?:customers )?(?:are )?in each[ ?.!]*$",
         r"number of customers by segment, segment \g<one> or \g<other>"),
        (r"\b(?P<what>revenue|sales|orders|turnover) through (?=paypal|card|alipay|invoice)", r"\g<what> paid with "),
        # who wrote a message, on which channel; categories and what an order holds, told by what is counted of them
        (r"\bhow many messages (?:did|have|has) (?:the |our )?(?P<who>customers|bot|staff|agents|team|colleagues|we)"
         r" (?:send|sent|write|written|get)\b",
         lambda found: f"how many messages {_WRITERS[found['who']]}"),
        (r"\bmessages (?:sent |written )?(?:from|by) (?:the |our )?(?P<who>customers|bot|staff|agents|team"
         r"|colleagues)\b(?! by)",
         lambda found: f"messages {_WRITERS[found['who']]}"),
        (r"\bcustomer messages\b", "messages written by customers"), (r"(?<=messages) (?P<by>by|per) (?:chat "
         r"|messaging )?channel\b", r" \g<by> chat-channel"),
        (r"(?<=messages) (?P<by>by|per) (?:author|sender|writer)\b", r" \g<by> message-author"),
        (r"^(?:how many|what|which) categories (?:of (?:goods|products) )?(?:do we (?:have|sell)|are there)[ ?.!]*$"
         r"|^(?:list|show)(?: me)?(?: all)?(?: of)?(?: the| our)? categories[ ?.!]*$",
         "number of products by category"),
        (r"^(?:list |show |show me )?(?:all |the |which |what )*(?:items|articles|products|goods) (?:are |were"
         r" )?(?:sold |ordered )?(?:in|of) order (?P<id>[a-z]*[-#]?\d[\w-]*)[ ?.!]*$",
         r"units sold by product in order \g<id>"),
        (r"\b(?P<what>tickets|complaints) (?:got|received|have|had|scored|with) (?:a |an )?csat (?P<cmp>below|under"
         r"|above|over|of)\b",
         r"\g<what> with a csat \g<cmp>"),
        (r"\b(?P<of>[rfm])(?: score)? (?P<cmp>at least|above|over|below|under|at most) (?P<n>[1-5])\b",
         r"\g<of> score \g<cmp> \g<n>"),
        (r"(?<=and )value (?P<cmp>over|above|under|below|at least|more than|less than) ", r"customer value \g<cmp> "),
        (r"\bneither (?:in |from )?(?:the )?(?P<one>[a-z]+) nor (?:in |from )?(?:the )?(?P<other>[a-z]+)\b",
         r"not in \g<one> or \g<other>"),
        (r"\borders (?:that were )?not paid (?:by|with|via|through) (?P<how>[\w ]+?)(?=[ ?.!]*$| (?:in|this|last"
         r"|since)\b)", r"orders except \g<how>"),
        (r"\bwho (?:have )?(?:bought|ordered|purchased) between (?P<low>\d+) and (?P<high>\d+) times\b",
         r"with between \g<low> and \g<high> orders"),
        (r"\b(?P<way>max|maximum|min|minimum) order\b(?! (?:value|amount|total|size))",
         lambda found: "largest order" if found["way"].startswith("max") else "smallest order"),
        # so many of what they bought, and what it was; how they are sorted; what they speak
        (r"^how many (?:units|pieces|items|pairs|pcs)(?: of (?P<what>[\w ]+?))? (?:did|have|has) (?:the |our"
         r" )?(?P<who>[\w' -]+?)"
         r" (?:buy|bought|order|ordered|purchased?)(?P<when> (?:in|this|last|since|during|over|on|yesterday"
         r"|today)\b.*?)?[ ?.!]*$",
         _units_sold),
        (r"^what (?:did|do|have|has) (?:the |our )?(?P<who>[\w' -]*?(?:customers|buyers|clients|champions|people)(?:"
         r" (?:in|from) [a-z ]+?)?) (?:usually |mostly |mainly )?"
         r"(?:buy|bought|order|ordered|purchased?)(?: the)?(?: most)?(?P<when> (?:in|this|last|since|during|over"
         r"|on)\b.*?)?[ ?.!]*$",
         r"units sold by product to \g<who>\g<when>"),
        (r"\b(?P<who>customers|buyers)(?P<where> (?:in|from) (?:the )?[a-z ]+?)? (?:sorted|ordered|ranked|listed) by"
         r" (?:their )?churn (?:risk|probability)"
         r"(?:,? ?(?:descending|desc|highest first|from high to low|high to low))?(?=[ ?.!]*$)", r"\g<who>\g<where>"
         r" with the highest churn risk"),
        (r"\b(?P<who>customers|buyers|people) in (?P<tongue>english|german|french|spanish|dutch|swedish|japanese"
         r"|chinese)\b(?! (?:cities|towns))",
         r"\g<who> who speak \g<tongue>"),
        (r"\b(?P<tongue>english|german|french|spanish|dutch|swedish|japanese|chinese)[- ]language (?=customers|buyers"
         r"|people)", r"\g<tongue>-speaking "),
        # what one asks for, in a shop's everyday words
        (r"\b(?:that |who(?:m)? )?we(?:'re| are| may| can)? ?(?:allowed |permitted )?(?:to )?(?:send|e-?mail|mail)"
         r" (?:marketing|newsletters?"
         r"|offers|promotions)(?: to| e?-?mails?(?: to)?)?(?=[ ?.!]*$)", "with marketing consent"),
        (r"^did (?:more|fewer) (?:people|customers) (?P<did>sign up|register|join) in (?P<one>[\w ]+?) or (?:in"
         r" )?(?P<other>[\w ]+?)[ ?.!]*$",
         r"signups in \g<one> vs \g<other>"),
        (r"^did (?:more|fewer) (?:people|customers) (?P<did>buy|order|shop) in (?P<one>[\w ]+?) or (?:in"
         r" )?(?P<other>[\w ]+?)[ ?.!]*$",
         r"buyers in \g<one> vs \g<other>"),
        (r"^who (?:will|is going to|is expected to|should) spend (?:the )?most(?: money)?(?: with us| here)?(?:"
         r" (?:over|in|during) the (?:next|coming)"
         r" (?:12|twelve) months| (?:over |in )?(?:the )?(?:next|coming) year)?[ ?.!]*$", "top customers by expected"
         " value"),
        (r"^how likely is (?:it that )?(?:customer )?(?P<who>[a-z]{1,4}-?\d+)(?: is| will| would)? (?:to )?(?:order"
         r"|buy|purchase|come back)(?: again)?"
         r"(?: (?:within|in) (?:the next )?(?:30 days|a month))?[ ?.!]*$", r"purchase propensity of customer \g<who>"),
        (r"^what(?:'s| is) left of (?P<when>[\w ]+?)(?:'s?)? (?:net revenue|(?:sales|revenue|turnover|takings)"
         r" (?:after|without|less|net of|minus) refunds)[ ?.!]*$",
         r"net revenue \g<when>"),
        (r"\bhow much (?:have|did) we (?:sold|sell) to (?=customers|buyers|people|clients)", "revenue from "),
        (r"\b(?:per|by) customer language\b", "by language"),
        (r"^(?:did|has|have) (?:our |the )?(?P<what>average order value|aov|revenue|sales|number of orders|refunds)"
         r" (?:go|gone|went) (?:up|down)"
         r" (?:compared (?:with|to)|against|from|on|vs\.?) (?P<when>last (?P<unit>month|week|quarter|year))[ ?.!]*$",
         r"\g<what> this \g<unit> vs \g<when>"),
        (r"^(?:the )?most (?:popular|common|used) way (?:to pay|of paying)\b", "most used payment method"),
        (r"^what (?:was|is) the change in (?P<what>[\w ]+?) from (?P<one>[\w ]+?) to (?P<other>[\w ]+?)[ ?.!]*$",
         r"\g<what> \g<other> vs \g<one>"),
        (rf"^(?:was|is) (?P<one>{_SPAN}) (?:better|worse|higher|lower|stronger|weaker) than (?P<other>{_SPAN}"
         rf"|the (?:week|month|quarter|year) before) (?:in terms of|for|by|on|in) (?P<what>[\w ]+?)[ ?.!]*$",
         r"\g<what> \g<one> vs \g<other>"),
        (r"^how many (?P<what>[a-z]+-\d+)s? (?:do we|have we|are there) (?:still )?(?:have|got|left|still have)(?:"
         r" left| in stock| on hand)*[ ?.!]*$",
         r"stock of \g<what>"),
        (r"\brefunds (?:caused|triggered|prompted) by (?P<why>late|damaged)(?: delivery| deliveries| goods| items|"
         r" parcels?)?\b",
         r"refunds with reason \g<why>"),
        (r"\brefunds (?:said|saying|marked|labelled|labeled|quoted|gave|giving|say) (?=(?:as )?(?:wrong|not|damaged"
         r"|late|changed))",
         "refunds with reason "),
        (r"\border[- ]status (?:enquiries|inquiries|questions|requests|queries)\b", "order status tickets"),
        (r"^what (?:kind|type|sort) of tickets? is (?:the )?most (?:frequent|common|usual)", "number of tickets by"
         " kind, most first"),
        (r"^how (?P<way>quickly|fast|soon) (?:were|are|did we (?:resolve|solve|close)|do we (?:resolve|solve|close))"
         r" (?P<what>[\w ]*?tickets|complaints)"
         r"(?: resolved| solved| closed)?(?P<rest>(?: (?:in|this|last|since|for) [\w ]+)?)[ ?.!]*$",
         r"average resolution time of \g<what>\g<rest>"),
        (r"^how (?:has|have|did) (?P<what>csat|the average rating|revenue|sales|orders|refunds)"
         r" (?:moved|developed|changed|evolved|gone|trended) (?P<by>month by month|week by week|by month|by week)",
         r"\g<what> \g<by>"),
        (r"\btickets got an? (?P<n>[1-5])(?: out of 5| stars?)?(?: from (?:the )?customers?)?(?= (?:last|this|in)"
         r"|[ ?.!]*$)",
         r"tickets with a csat of \g<n>"),
        (r"^where do (?:most of )?(?:our|the) (?:visits|visitors|traffic) come from", "visits by source, most first"),
        (r"\bvisits (?:that |which )?(?:came|come|arrived) (?:through|via|by|from) (?=email|search|social|direct)",
         "visits from "),
        (r"\bwhich (?P<what>product|item|article|sku)s? (?:was|were|has been|have been|got) (?:looked at|viewed"
         r"|visited|seen) (?:the )?(?P<most>most|least)\b",
         r"\g<what>s with the \g<most> visits"),
        (rf"^(?P<who>who|customers who|people who) (?P<did>visited|came by|looked around|browsed) (?P<when>{_SPAN}),?"
         rf" (?:but|and|yet) (?:didn't|did not|haven't|have not)"
         r" (?:order|buy|ordered|bought|purchase)(?: anything)?[ ?.!]*$", r"customers who visited \g<when> but did"
         r" not order \g<when>"),
        (r"^(?:the )?(?:total )?value of (?:the |all )*(?:items|goods|products|articles|things) in (?:the |all |our"
         r" )*(?:carts|baskets)", "total cart value"),
        (r"^who (?:made|placed|had) (?:their|his|her) (?:very )?first(?: ever)? (?:purchase|order) (?=this|last|in"
         r"|yesterday|today|since)",
         "customers who ordered for the first time "),
        (r"^buyers (?P<where>(?:in|from) [a-z ]+? )?(?P<when>this|last) (?P<unit>week|month|quarter|year)[ ?.!]*$",
         lambda found: f"customers {found['where'] or ''}who ordered {found['when']} {found['unit']}"),
        (r"^which champions (?=are|have|will|is)", "which champion customers "),
        (r"^who(?:'s| is) (?:the )?(?P<way>slowest|fastest|quickest|slow|quick|fast) (?:at|in|to|when) (?:resolv|solv"
         r"|clos)(?:ing|e) (?:tickets|complaints)",
         lambda found: f"which agent has the {'longest' if found['way'].startswith('slow') else 'shortest'} average"
         f" resolution time"),
        (r"\b(?:are )?(?:running|getting) low(?: on stock| in stock)?,? (?:say|i\.?e\.?|meaning|that is|so)?,?"
         r" ?(?:with )?(?:under|below|less than|fewer than)"
         r" (?P<n>\d+)(?: pieces| units| left| in stock| items)*", r"have a stock under \g<n>"),
        (r"^(?P<ask>how many )?buyers of (?P<what>[\w-]+)(?P<where> (?:in|from) (?:the )?[a-z ]+?)? with (?P<cmp>over"
         r"|more than|at least|fewer than|under|less than)"
         r" (?P<n>\d+) orders(?=[ ?.!]*$)", lambda found: f"{found['ask'] or ''}customers{found['where'] or ''} with"
         f" {found['cmp']} {found['n']} orders who bought {found['what']}"),
        # whose they are, how often, in which time
        (r"\b(?P<opened>opened|created|filed|raised|submitted|logged)\b(?P<when>[^,?]*?) (?:and |that (?:are|were)"
         r" )?(?:handled"
         r"|taken care of|dealt with|looked after|worked on|picked up) by (?P<who>[a-z]+)\b",
         r"\g<opened>\g<when> assigned to \g<who>"),
        (r"\b(?P<what>tickets|complaints)(?P<when>[^,?]*?) (?:went|have gone|go|were given|were passed|fell|landed)"
         r" (?:to|with|on) (?P<who>[a-z]+)(?=[ ?.!]*$)", r"\g<what>\g<when> assigned to \g<who>"),
        (r"^did we (?P<did>get|have|sell|receive|take|ship|make) (?:so )?(?:many|a lot of|lots of)"
         r" (?P<what>[\w -]+?)(?=[?.!,]|$)",
         r"how many \g<what> did we \g<did>"),
        (r"\bsince monday,? (?:i\.?e\.?|that is|that's|so|meaning|which is),? (?=this week\b)", ""),
        (r",? ?(?:all told|all in all|taken together)(?=[ ?.!]*$)", ""), (r"[?,.;]* ?(?:in|as) per"
         r" ?cent(?:age)?(?=[ ?.!]*$)", ""),
        (r"\b(?:what|how) (?:do|did|have) (?:people|customers|buyers|they|our customers|our buyers) rated?"
         r" (?P<what>[\w' -]+?)"
         r"(?: on average)?(?=[ ?.!]*$)", r"average rating of \g<what>"),
        # told to whoever reads it
        (r"^(?:(?:hey|hi|hello|yo)[ ,!]+)*(?:does |do |did )?(?:any(?:one|body)|some(?:one|body)) (?:here |else"
         r" )?(?:know|knows|remember|remembers|check|tell me)"
         r"(?: (?:if|whether|off the top of (?:their|your) head))?[ ,:]+(?=(?:how|what|which|who|whose|when"
         r"|the)\b)", ""),
        (r",? state (?=the |how |what )", ", "), (r"[.;,] ?(?:just )?names(?: only| please| pls)?[.!]*$",
         ", list them"),
        (r"\beither (?=(?:the )?[\w-]+(?: [\w-]+)? or )", ""), (r"\bin the calendar year (?=20\d\d)", "in "),
        (r"\bwho (?:live|are|come) neither (?:in|from) (?P<one>(?:the )?[\w ]+?) nor (?:in |from )?(?P<other>(?:the"
         r" )?[\w ]+?)(?=[.?!,]|$)", r"not in \g<one> or \g<other>"),
        (r"^considering only (?:the )?(?P<of>[^?]+?), what is the (?P<what>[\w ]+?)(?: in (?:euros"
         r"|eur))?[ ?.!]*$", r"\g<what> of \g<of>"),
        (r"\blocated in\b", "in"), (r"\bover the reviews created\b", "of reviews"), (r"\bhave placed at least"
         r" (?P<n>\d+) orders to date\b", r"have at least \g<n> orders"),
        (r"\bwhat share belonged to (?P<what>[\w ]+)", r"what share was \g<what>"), (r"^of all units sold"
         r" (?P<when>(?:in|during) [\w ]+), what share was (?P<what>[\w ]+)", r"share of \g<what> in units sold"
         r" \g<when>"),
        (r"\b(?:whose|with) current stock\b", "whose stock"), (r"\bof which (?P<n>more than \d+|fewer than \d+|less"
         r" than \d+|at least \d+) units were sold\b", r"that sold \g<n> units"),
        (r"\b(?:number of|many) days from placing (?:an |the )?orders? (?:to|until) (?:its |their |the"
         r" )?delivery\b", "delivery time"),
        (r"\borders carried by\b", "orders by"), (r"\bhave made already\b", "have made"), (r"\b(?:but )?not even"
         r" (?:one|1) time (?=[\w-]+[.?!]*$)", "but never "),
        (r"\bhow many (?P<what>reviews|orders|tickets) (?:the )?customers did (?:write|make|place|open)(?: in)?"
         r" (?P<when>this|last)\b", r"how many \g<what> were there \g<when>"),
        (r"\bthe open tickets split up by\b", "open tickets by"), (r"\bfirst answer (?=[a-z ]*tickets)", "first reply"
         " to "),
        # what is to be done with them
        (r"^(?:i|we|they|marketing|the team|my boss)(?:'re|'d|'m| are| would| is| am)? (?:wants?|like|plan|planning"
         r"|going|needs?|about|hoping|thinking of|looking)"
         r" (?:to |of )?(?:e-?mail(?:ing)?|mail(?:ing)?|writ(?:e|ing) to|contact(?:ing)?|call(?:ing)?|target(?:ing)?"
         r"|messag(?:e|ing)"
         r"|reach(?:ing)?(?: out to)?|text(?:ing)?|invit(?:e|ing)|survey(?:ing)?) (?=[^,.?!]*\b(?:customers|buyers"
         r"|clients|people|shoppers|champions|loyalists)\b)", ""),
        # what they did in one time, and not in another
        (r"\bhave never (?:yet )?(?:placed|made) (?:an|any|a single|one|a) (?:orders?|purchases?)\b", "never ordered"),
        (rf"\b(?P<did>bought|ordered|purchased|spent|placed an order) (?P<when>(?:in )?{_SPAN}),? but (?:not|nothing"
         rf"|nothing at all)"
         rf"(?: yet| so far| anything| again| ever)* (?P<other>(?:in )?{_SPAN})(?: yet| so far)?",
         r"\g<did> \g<when> but have not ordered \g<other>"),
        (rf"\b(?P<did>bought|ordered|purchased) (?P<what>[\w-]+)(?: stuff| products?| items?| things?)?"
         rf" (?P<when>(?:in )?{_SPAN}),? but no (?P<other>[\w-]+) "
         rf"(?P<late>(?:in )?{_SPAN})", r"\g<did> \g<what> \g<when> but did not buy \g<other> \g<late>"),
        (r"\b(?:made|placed|had) (?:their|his|her) (?:one and only|one|only|single|sole) (?:order"
         r"|purchase)\b", "first ordered"),
        (r"^(?:on average,? )?how many (?P<what>orders|purchases) (?:does|do|did) (?:a|an|one|each|every|our|the|the"
         r" average|the typical|an average"
         r"|your average) (?P<who>buyer|customer)s? (?:make|place|have|do|put in)(?: on average)?(?=[ ?.!]*$)",
         r"average number of orders per \g<who>"),
        (r"\bat least (?:one|1|a) (?P<state>open|unresolved|unsolved|pending|resolved|closed|urgent) (?=tickets?\b"
         r"|complaints?\b)",
         r"an \g<state> "),
        (r"^(?P<ask>which|what|how many) (?P<what>products|items|articles|skus|things) (?:are|were|is|do we have)"
         r" (?:currently |now |sitting |lying |left )*"
         r"(?:in|added to) (?:(?:an |some )?open |somebody's |someone's |a |any |customers?'? |people's |their |the"
         r" )*(?:carts?|baskets?)[ ?.!]*$", r"\g<ask> \g<what> carted by somebody"),
        (r"^(?P<what>(?:list |show |show me |all |the |our |any )*(?:products|items|articles|skus)) (?:that (?:are"
         r"|were) |which (?:are|were) |currently |now |sitting |lying |left |that )*"
         r"(?:in|added to|put in(?:to)?) (?:(?:an |some )?open |somebody's |someone's |a |any |customers?'? |people's"
         r" |their |the )*(?:carts?|baskets?)"
         r"(?= (?:with|and|that|where|whose|but)\b|[ ?.!]*$)", r"\g<what> carted by somebody"),
        # what is to be paid back yet
        (r"\b(?:pending|open|outstanding|unprocessed|unhandled|requested) refunds?\b(?! (?:amount|rate|tickets?))",
         "refunds with status requested"),
        (rf"\brefunds {_WAITING}(?: after (?=\d))", "refunds with status requested older than "),
        (rf"\brefunds {_WAITING}", "refunds with status requested"),
        (r"\bwhose (?:one and only|only|single|sole) (?:order|purchase) (?:was|came|happened|dates)(?: made|"
         r" placed)?\b", "with their first order"),
        (r"\brefunds are (?:still |currently |now )*(?:pending|open|outstanding|waiting)\b", "refunds are pending"),
        (r"\bunpaid refunds?\b", "refunds not paid"), (r"\breci?e?i?ve(?P<d>d?)\b", r"receive\g<d>"),
        (r"\b(?:score|scored|with|have|has|had|having)(?: an?)? (?P<n>[1-5]) (?:on|for|in) (?:all (?:three|3)(?:"
         r" scores)?(?: of)?|each of|every one of)? ?r,? f,? (?:and|&) m\b",
         r"with rfm score \g<n>\g<n>\g<n>"),
        (r"\br ?=? ?(?P<r>[1-5])[, ]+(?:and )?f ?=? ?(?P<f>[1-5])[, ]+(?:and )?m ?=? ?(?P<m>[1-5])\b",
         r"rfm score \g<r>\g<f>\g<m>"),
        # a day
        (rf"\b(?:the )?(\d{{1,2}})(?:st|nd|rd|th)? (?:day )?(?:of )?(?={MONTH}\b)", r"\1 "),
        # more than last year by now
        (r"^(?:so )?(?:are|were|is|was) (?:we|the shop|it) (?:up|down|ahead|behind) (?:on|of|over|from|vs\.?|against) "
         r"last year(?: (?:in|on|by|for|with|in terms of))? (?P<what>[\w ]+?)[ ?.!]*$",
         r"growth of \g<what> this year year over year"),
        # words for what is done
        (r"\b(?:placed (?:an order|orders)|made (?:a purchase|purchases|an order)|bought something|ordered "
         r"something) (?=in "
         rf"(?:both|each|all|every|(?:the month of )?{MONTH}\b)|both in|(?:every|each) month)", "ordered "),
        (r"\b(?:who|that) (?:have |has )?(?:made|completed) (?=(?:\d+|at least|at most|more than|less "
         r"than|no|exactly)[\w ]*? "
         r"(?:orders|purchases)\b)", "with "),
        (r"\b(?P<who>who|and|but|that) (?:have been|were|was|has been) (?:on|at) (?:the|our) "
         r"(?:site|shop|website|store|web "
         r"shop|webshop|page)\b", r"\g<who> visited"),
        (r"\b(?:in|for|during) the month of (?=\w)", "in "),
        (r"\b(?P<n>\d+) ?d\b(?! printer)", r"\g<n> days"),
        (r"\b(?P<by>country|category|segment|city|agent|month|year|week)[- ]?wise\b", r"by \g<by>"),
        (r"\b(?P<by>by|per|for each) (?:customers?' |customer's |customer )(?=country\b|city\b)", r"\g<by> "),
        (r"\b(?P<by>by (?:country|city)) of (?:the |our )?customers?\b", r"\g<by>"),
        (r"\b(?P<way>average|mean|avg|median) value of (?:the |all |our |an? )*orders?\b", r"\g<way> order value"),
        (r"\b(?P<did>refunded|returned|bought|ordered|visited|viewed|reviewed) (?:the )?most (?:frequently|times)\b",
         r"\g<did> most often"),
        (rf"\b(?P<every>every|each) month of (?P<one>{MONTH}) (?:to|until|through|till) (?P<other>{MONTH})\b",
         r"every month from \g<one> to \g<other>"),
        (rf"\bin (?=(?:every|each) month from {MONTH}\b)", ""),
        # how long ago
        (rf"\bfrom (?:{_AGO}) {_LENGTH} ago\b",
         lambda found: f"older than {_length(found)}"),
        (rf"\b{_AGO} {_LENGTH} ago\b", _in_days),
        (rf"\b(?:that are |which are |who are )?{_AGO} {_LENGTH} old\b",
         lambda found: f"older than {_length(found)}"),
        (rf"\bolder than {_LENGTH}\b",
         lambda found: f"older than {_length(found)}"),
        (r"\b(?:last|past) fortnight\b", "last 14 days"),
        (r"\b(?:in|over|during) the (\d+) days (?:up )?(?:to|until|till) (?:now|today)\b", r"in the last \1 days"),
        (r"\b(?:since|from) (january|1 january|new year) (?:until|till|to|up to) (?:now|today|date)\b", "this year"),
        (r"\bsince new year\b", "this year"),
        (rf"\bfrom (?P<when>{MONTH}) (?:until|till|to|up to) (?:now|today|date)\b", r"since \g<when>"),
        # of whom or what so many times something was given back
        (r"\bhow (?:often|many times) (?:has|have|had|was|were|is|are|did we|do we|have we|has the shop) "
         r"(?P<whom>[\w' -]+?) (?:been |get |gotten |got )?refunded\b", r"number of refunds of \g<whom>"),
        (r"^(?P<did>(?:never )?(?:bought|purchased)|never ordered|spent) (?!by\b|most\b|per\b|on average)",
         r"customers who \g<did> "),
        # what the first of them spent together
        (r"^(?:how much|what)(?: money| revenue| turnover)? (?:do|did|have|has) (?P<who>(?:our |the )?(?:top \d+|\d+ "
         rf"(?:best|biggest|top|largest)) {_PEOPLE}) (?:spend|spent|bring in|brought in|bring us|pay|paid|generated?)"
         r"(?P<when>[\w ]*?) (?:in total|altogether|together|all together|combined|in all|overall)[ ?.!]*$",
         r"total spend of \g<who>\g<when>"),
        # jackets but not shoes this year: neither before that
        (r"\b(?P<did>bought|ordered|purchased) (?P<what>(?!nothing\b|both\b)[\w-]+(?: [\w-]+)?),? but (?:not|no) "
         r"(?:any )?(?P<other>[\w-]+(?: or [\w-]+)?) (?P<when>(?:this|last) (?:week|month|quarter|year)"
         rf"|in (?:{_WHEN}|\d{{4}})|in the last \d+ (?:days|weeks|months)|today|yesterday"
         rf"|since \w+)(?=[?.! ]*$| (?:and|or|by)\b)",
         r"\g<did> \g<what> \g<when> but did not buy \g<other> \g<when>"),
        # what an order holds
        (r"\b(?P<lead>how many|number of|share of|percentage of|which|what|list|show"
         r"|all) (?P<what>orders) (?:have |had )?"
         r"(?:included?|contained?|featured?|covered)(?! (?:more|at least|over|less|fewer|exactly|a discount"
         r"|any discount)\b)"
         r"(?: an?| any| some)? (?=[a-z])", r"\g<lead> \g<what> with "),
        (r"\bnet (?P<what>revenue|sales|turnover)(?P<when>[\w ]*?),? (?:after|minus|less|net of) (?:all |the )?"
         r"(?:refunds|money back)\b", r"net \g<what>\g<when>"),
        # how long it takes
        (rf"\bhow long (?:does|did) (?:it|the team|agents) (?:usually |typically )?take (?:us |the team |our agents )?"
         rf"(?:on average |usually |typically )?to (?P<did>{_SOLVE}|{_ANSWER}) (?:an? |the |our )?(?P<what>[\w -]*?"
         r"(?:tickets?|complaints?|questions?|cases?|requests?))\b", _how_long),
        # value is told of the next twelve months as it is
        (r"\b(?P<what>(?:customer|lifetime) value|clv|ltv|expected spend)(?P<rest>[\w ]*?),? (?:over|in|for"
         r"|during|within) the "
         r"(?:next|coming) (?:12 months|year)\b", r"\g<what>\g<rest>"),
        # where they live, who has how many
        (rf"^where (?:do|are) (?:all )?(?:the |our )?(?P<who>{_PEOPLE}) (?:live|come from|based|located|from)[,:;?.! ]*"
         r"(?:(?:number|count|how many|numbers)(?: of them)? )?(?:per|by|in each|in every) (?P<by>country"
         r"|city)[ ?.!]*$",
         r"number of \g<who> by \g<by>"),
        (rf"^who {_HOLDS} how many (?P<what>[\w -]+?)[ ?.!]*$", r"number of \g<what> by agent"),
        (r"^(?:is |are |do we have |have we got |there )*any(?:thing| products| items| articles)? (?:that is "
         r"|that's |which is )?"
         r"(?:currently |completely |totally |right now )?(?P<out>out of stock|sold out)(?: right now"
         r"| at the moment| now)?[ ?.!]*$",
         r"products \g<out>"),
        (rf"^(?:what|how) do(?:es)? (?P<who>(?:the |our )?[\w -]*?{_PEOPLE}(?: (?:in"
         rf"|from) [\w ]+?)?) rate us(?: on average)?[ ?.!]*$",
         r"average rating of \g<who>"),
        # a country sells for money, not by the piece
        (r"^did (?P<one>(?:(?!\w+s\b)[\w ])+?) (?:sell|make|turn over|earn"
         r"|bring in) more (?P<when>in [\w ]+? than in [\w ]+?)(?:[?,. ]+(?:show|give me|tell "
         r"me)(?: me)? both(?: numbers| figures)?)?[ ?.!]*$", r"did \g<one> have more revenue \g<when>"),
        (r"[,.;] *(?:all together|altogether|together|in total|combined|summed up|overall"
         r"|in all)[ ?.!]*$", " in total"),
        (r"\ba year \(365 days\)", "365 days"),
        (r"\b(?P<still>inactive|silent|quiet|dormant|lapsed|gone) for (?P<n>\d+ \w+) or (?:more|longer|over)\b",
         r"\g<still> for \g<n>"),
        (r"(?:,| and| but) (?:with |have |had )?nothing (?:bought|ordered|purchased) (?=in\b|for\b|since\b"
         r"|during\b|over\b)",
         " who have not bought "),
        # how many there are, by other names
        (r"\b(?:what is|what's|how (?:big|large) is)?(?: ?the)?(?: size of)? (?:our"
         r"|the) (?P<of>[\w-]+) (?:customer|client|user) base\b",
         r"number of \g<of> customers"),
        (r"\bhow many (?:different|distinct|unique) (?P<what>products|articles|skus|items|categories|cities"
         r"|countries) (?:do|are) "
         r"(?:we|there)(?: (?:carry|have|sell|offer|stock|list))?\b", r"how many \g<what> do we have"),
        (r"^rank (?:the |our |all )?(?P<what>\w+) by (?P<by>[^,]+), (?P<way>best|highest|most|worst|lowest|least) first"
         r"(?:,? (?:just |only )?(?:the )?top (?P<n>\d+))?[ ?.!]*$",
         lambda found: f"{'top' if found['way'] in ('best', 'highest', 'most') else 'bottom'} {found['n'] or ''} "
         f"{found['what']} by {found['by']}"),
        (rf"^(?:which|what) (?P<n>\d+ )?(?P<who>{_PEOPLE}) (?:got|have got|received"
         rf"|were given) (?:back )?(?:the )?most (?:money )?"
         r"(?:refunded|back|money back|in refunds)(?: to them)?(?P<when>[\w ]*?)(?: overall| in total| ever)?[ ?.!]*$",
         lambda found: f"top {found['n'] or ''}{found['who']} by refund amount{found['when']}"),
        (r"\btime (?:to|until|till) (?:the |a |our |their )?first (?:answer|reply|response)\b", "first reply time"),
        (r"\b(?P<lost>most likely to (?:lose|leave|churn|go)(?: us)?|likeliest to (?:leave|churn)) (?:in|over"
         r"|within) the next "
         r"(?:3 months|90 days|quarter)\b", r"\g<lost>"),
        (rf"^(?:who|(?:which|what) (?P<n>\d+ )?(?P<who>{_PEOPLE})) (?:got|have got"
         rf"|received) (?:the )?most refund amount"
         r"(?P<when>[\w ]*?)(?: overall| in total| ever)?(?P<rest>,[^?.]*)?[ ?.!]*$",
         lambda found: f"top {found['n'] or ''}{found['who'] or 'customers'} by refund "
         f"amount{found['when']}{found['rest'] or ''}"),
        (r"\bbetween 2 (?:consecutive |subsequent )?(?=orders|purchases)", "between "),
        # 2000 is no year where it is spent
        (r"\b(?P<did>(?:spent|spend|spends|spending|paid|worth|totals?|totall?ing|costs?|costing"
         r"|priced)(?: somewhere| anything)?) "
         r"(?P<way>between|from) (?P<low>\d+) (?P<tie>and|to) (?P<high>\d+)(?![\d.,]|-)",
         r"\g<did> \g<way> \g<low>.0 \g<tie> \g<high>.0"),
        (rf"\b(?P<way>between|from) (?P<low>\d+) (?P<tie>and|to) (?P<high>\d+) ?(?={_MONEY}(?!\w))",
         r"\g<way> \g<low>.0 \g<tie> \g<high>.0 "),
        (r"\b(?P<who>repeat (?:buyer|customer)|returning customer|one-time buyer) (?:share|percentage"
         r"|proportion) (?=in|of|from|among)",
         r"share of \g<who>s "),
        (r"\b(?P<which>(?:which|what) (?:refund )?reasons?) (?:has |have )?cost us (?:the )?most(?: money)?",
         r"\g<which> has the highest refund amount"),
        (r"\bwith (?:something|anything|an item|items|a product|products) (?:from|of"
         r"|in) (?:the )?(?P<what>[\w-]+)(?: category)? "
         r"(?:sitting |lying |still )*in (?:their|the) (?:cart|basket)s?\b", r"with \g<what> in their cart"),
        (r"\b(?P<what>turnover|revenue|sales|money) (?:that )?(?:came|come|comes|went"
         r"|has come) (?:in )?(?:through|via|by|with) (?=\w)",
         r"\g<what> by "),
        (r"\b(?:which|what) (?:ticket (?P<of>type|kind)s?|(?:type|kind)s? of tickets?) takes? (?:us "
         r"|the team )?(?:the )?longest to "
         r"(?:resolve|solve|close|fix)\b", "which ticket kind has the longest average resolution time"),
        (r"^[a-z -]{3,30} check: ?(?=\w)", ""),
        # bounds said behind
        (rf"\b(?P<n>\d+)(?P<what> ?{_MONEY}| (?:\w+ )?{_COUNTED}| in stock| units in stock),? (?P<post>{_POST})\b"
         r"(?! (?:\d|than|of the|one|two|three))", _bounded),
        (rf"(?P<what>)(?P<cur>[€$£]) ?(?P<n>\d[\d.,]*\d|\d),? (?P<post>{_POST})\b(?! (?:\d|than))",
         lambda found: f"{_MORE[found['post']]} {found['cur']}{found['n']}"),
        (rf"\b(?P<n>\d+),? (?P<post>or more|or fewer|or less)(?P<what> (?:\w+ )?{_COUNTED}| {_MONEY})\b", _bounded),
        (rf"(?P<cur>[€$£]?) ?\b(?P<n>\d[\d.,]*)\+(?P<what> ?{_MONEY}| ?(?:\w+ )?{_COUNTED}|(?= |$))",
         lambda found: f" at least {found['cur']}{found['n']}{found['what']}"),
        (r"\b(?:no|not) (?:fewer|less|lower) than |\b(?:a |with a |at a )?min(?:imum|\.)?(?: of)? (?=[€$£]?\d)"
         r"|\ba minimum of (?=\d+\b)", "at least "),
        (r"\b(?:no|not) (?:more|higher) than |\b(?:a )?max(?:imum|\.)?(?: of)? (?=[€$£]?\d)|\ba maximum of "
         r"(?=\d+\b)", "at most "),
        (rf"\b(?:precisely|just|only) (?=\d+ (?:{_COUNTED})\b)", "exactly "),
        (r"\b(?P<way>at least|at most|no more than|more than|exactly) (?P<n>once|twice)\b",
         lambda found: f"{found['way']} {1 if found['n'] == 'once' else 2} times"),
        (r"\b(?P<n>once|twice) (?P<post>or less|or fewer|or more|at most|at least|exactly)\b",
         lambda found: f"{_MORE[found['post']]} {1 if found['n'] == 'once' else 2} times"),
        (r"^(?:those|people|anyone|everyone) (?=whose (?:order count|number of orders))", "customers "),
        (r"\bwhose (?:order count|number of orders) is (?P<of>(?:at least|at most|exactly|more than|less than) \d+)",
         r"with \g<of> orders"),
        (rf"\bwhose (?:order count|number of orders) is (?P<n>\d+) (?P<post>{_POST})",
         lambda found: f"with {_MORE[found['post']]} {found['n']} orders"),
        (rf"\b(?P<n>\d+) (?P<what>{_COUNTED}),? (?:and )?no more(?:,| and|, and)? no less\b",
         lambda found: f"exactly {found['n']} {found['what']}"),
        (rf"\borders (?:with|having) (?:an? )?(?:order )?(?:total|value|amount|sum)(?: value| amount)? (?:of "
         rf")?(?={_BOUND} "
         r"?[€$£]?\d)", "orders of "),
        (rf"\borders (?:that |which )?(?:cost|came to|come to|total|totalled|totaled|amounted to|amount "
         rf"to|(?:were|are) worth) "
         rf"(?={_BOUND} ?[€$£]?\d)", "orders of "),
        # nobody
        (rf"\b{_NOBODY_HAS} {_SOLVED}{_YET}{_NO_TIME}(?=[ ,?.!]|$)", "unresolved"),
        (rf"\b(?:has|have) nobody {_SOLVED}{_YET}{_NO_TIME}(?=[ ,?.!]|$)", "are unresolved"),
        (rf"\b{_NOBODY_HAS} {_ANSWERED}{_YET}{_NO_TIME}(?=[ ,?.!]|$)", "unanswered"),
        (rf"\b{_NOBODY_HAS} {_TAKEN}{_YET}{_NO_TIME}(?=[ ,?.!]|$)", "unassigned"),
        (r"\b(?:that |which )?(?:(?:have|has|are|is)(?:n't| not)|not) (?:been )?(?:assigned|given) to "
         r"(?:anyone|anybody|an"
         r" agent)(?: yet)?\b", "unassigned"),
        (r"\bwithout (?:an |any )?owner\b|\bwith no owner\b", "unassigned"),
        (r"\b(?:that |which )?(?:(?:still )?needs? (?:resolving|to be resolved|solving|closing)|(?:are |is )?(?:yet|"
         r"waiting|still waiting) to be (?:resolved|solved|closed)|await(?:s|ing)? resolution|remains? (?:open|"
         r"unresolved)|with(?:out| no) (?:a |any )?resolution(?: yet)?(?! time))\b", "unresolved"),
        (r"\b(?:that |which )?(?:have|has)(?:n't| not)(?: yet)? been (?:resolved|solved|closed)(?: yet| so far)?"
         rf"{_NO_TIME}(?=[ ,?.!]|$)", "unresolved"),
        (rf"\b(?:that |which )?(?:are|is|were)(?:n't| not)(?: yet)? (?:resolved|solved|closed)(?: yet)?{_NO_TIME}"
         r"(?=[ ,?.!]|$)", "unresolved"),
        (r"\b(?:that |which )?(?:have|has)(?:n't| not)(?: yet)? been (?:answered|replied to)(?: yet)?"
         rf"{_NO_TIME}(?=[ ,?.!]|$)", "unanswered"),
        (r"\b(?:that |which )(?:got|have|received) no (?:reply|answer|response)(?: yet)?\b", "unanswered"),
        (r"\btickets marked (?:as )?(urgent|high|low|normal)\b", r"\1 tickets"),
        # who has them
        (rf"\b(?P<who>who|(?:which|what) (?:agent|colleague|person|rep)) {_HOLDS} (?:the )?{_MOST} "
         r"(?P<what>(?:[\w-]+ ){0,2}(?:tickets|cases|complaints))",
         lambda found: f"{'which agent' if found['who'] == 'who' else found['who']} has the most {found['what']}"),
        (rf"\b(?P<who>agent|colleague|person|rep) (?:holding|with|having|handling|sitting on|on) (?:the )?{_MOST} "
         r"(?P<what>(?:[\w-]+ ){0,2}(?:tickets|cases|complaints))", r"\g<who> with the most \g<what>"),
        (rf"\b(?P<has>has|have|had|got|saw|gets|with|caused) (?:the )?(?:largest|highest|greatest|biggest) (?:number|"
         rf"count) of (?=(?:\w+ )?{_COUNTED}\b)", r"\g<has> the most "),
        (r"\b(?P<what>(?:open|unresolved|outstanding|unanswered) (?:\w+ )?(?:tickets|cases|complaints)) (?:(?:that |"
         r"which )?(?:are |is )?(?:handled|owned|looked after) by|belonging to|held by|under) (?=\w+$)",
         r"\g<what> of "),
        (r"\b(?P<what>(?:open|unresolved|outstanding|unanswered) (?:\w+ )?(?:tickets|cases|complaints)) (?P<who>\w+) "
         r"(?:has|is sitting on|is working on|is handling|is responsible for|owns|holds)$", r"\g<what> of \g<who>"),
        # satisfaction is told of tickets when they are resolved
        (r"\b(?P<what>(?:csat|satisfaction)(?: scores?| ratings?)? (?:of|on|for|across) (?:the |our |all )?[\w "
         r"]*?(?:tickets|cases|"
         r"complaints)(?: about \w+)?) (?:(?:that|which) (?:were|was|got) )?(?:resolved|closed|solved) "
         r"(?=(?:in|over|during|"
         r"within|this|last|since|between|from)\b)", r"\g<what> "),
        # carts that were changed
        (r"\b(?P<what>carts?|baskets?) (?:(?:that|which) )?(?:(?:were|was|have been|had been|got|are) )?(?:last )?"
         r"(?:(?:someone|somebody|customers|people) )?(?:touched(?: or changed)?|updated|changed|modified|edited) "
         r"(?P<when>in|within|during|over|since|on|today|yesterday|this|last)\b", r"\g<what> \g<when>"),
        # what was spent
        (rf"\bby {_SPENT}\b", "by spend"),
        (r"\b(?P<way>median|average|avg|mean) (?:(?:total|overall|lifetime|all[ -]time|customer|total customer) )+"
         r"(?P<what>spend|spending)\b", r"\g<way> spend"),
        (r"\b(?P<way>median|average|avg|mean) (?:(?:total|overall) )?(?:money|amount|sum)(?: of money)? spent\b",
         r"\g<way> spend"),
        (r"\b(?P<way>median|average|avg|mean) spending\b(?! (?:by|of) (?:segment|country))", r"\g<way> spend"),
        (rf"^(?P<before>(?:what (?:is|was) |show (?:me )?|give me )?(?:the )?)(?:(?:all[ "
         rf"-]time|lifetime|total|overall"
         rf"|combined) )*(?:spend|spending|money spent|amount spent|expenditure|revenue|turnover) (?:of|by|from|for) "
         rf"(?P<who>(?:\w+ )?(?:customers|buyers|clients|shoppers)\b[^?]*?),? (?P<by>(?:split |broken down "
         rf"|grouped )?"
         rf"by|per|for each|for every|in each) (?:customer )?(?={_GROUP}\b)",
         lambda found: f"{found['before']}revenue of {found['who'].replace('buyers', 'customers')} {found['by']} "),
        (r"\b(?P<by>by|per|for each|for every|each) customer (?=segment\b)", r"\g<by> "),
        # only these
        (r"(?:,| -| -+|,? but|,? \() ?(?:only|just|limited to|restricted to)(?: (?:in|for|from))? "
         r"(?P<what>(?!(?:the |a "
         r")?(?:count|number|top|first|one|two|three|once|how|if|when|those|that|who|which|with|by|"
         r"paid|bought|ordered|list|names?|total|figure)\b)[a-z][\w' -]*?)\)?[ ?.!]*$", r" in \g<what>"),
        # the first of them
        (rf"^(?:(?:of|among|out of) )?(?:all )?(?:the |our )?(?P<who>{_PEOPLE}[^,:]*?) ?(?:[,:;]| - ) ?(?:show "
         rf"|give me |"
         rf"who are |which are )?(?:only |just )?(?:the )?(?:(?:top|best) )?(?P<n>\d+) "
         rf"(?:(?P<n2>biggest|highest|top|best|"
         r"largest) )?(?:spenders|(?:customers )?(?:who |that )(?:have )?spen[dt](?: the)? most)(?:,? please| pls)?"
         r"[ ?.!]*$", lambda found: f"top {found['n']} {found['who']} by spend"),
        (rf"^(?:(?:of|among|out of) )?(?:all )?(?:the |our )?(?P<who>{_PEOPLE}[^,:]*?) ?(?:[,:;]| - ) ?(?:show "
         rf"|give me )?"
         rf"(?:only |just )?(?:the )?top (?P<n>\d+) by (?P<by>[\w ]+?)(?:,? please| pls)?[ ?.!]*$",
         lambda found: f"top {found['n']} {found['who']} by {found['by']}"),
        (r"^(?:show (?:me )?|list |give me )?(?:the |our )?(?:top (?P<top>\d+)|(?P<n>\d+) "
         r"(?:biggest|highest|top|best|largest))"
         r" spenders (?:(?:among|of|from|out of) )?(?:the |all )?(?:customers |those "
         r")?(?P<rest>(?:with|in|who|that|having|from)"
         r" [^?.]*)[?. ]*$",
         lambda found: f"top {found['top'] or found['n']} customers {found['rest']} by spend"),
        (r"^(?:show (?:me )?|list |give me )?(?:the |our )?(?:top )?(?P<n>\d+) (?:highest|biggest|top|best)[ -]"
         r"(?:spending|paying) (?P<who>customers|clients|buyers|shoppers)\b(?P<rest>[^?.]*)[?. ]*$",
         lambda found: f"top {found['n']} {found['who']}{found['rest']} by spend"),
        # where most of it was
        (rf"\b(?P<which>(?:which|what) {_GROUP}) (?:reached|brought(?: in| "
         rf"us)?|achieved|generated|delivered|showed|shows|posted|"
         r"recorded|caused|got|received) (?P<rank>the "
         r"(?:most|highest|largest|biggest|greatest|lowest|fewest|top|best|worst))\b",
         r"\g<which> had \g<rank>"),
        (rf"\b(?:in|for|with) (?P<which>which|what) (?P<by>{_GROUP}) (?:did|do|have) we "
         rf"(?:refund(?:ed)?|(?:pay|paid|give"
         r"|gave|given) back|return(?:ed)?) (?:the )?(?:most money|highest amounts?|largest amounts?|most in "
         r"refunds)\b",
         r"\g<which> \g<by> has the highest refund amount"),
        (rf"\b(?P<which>which|what) (?P<by>{_GROUP}) (?:did|do|have) we (?:refund(?:ed)?|(?:pay|paid|give|gave|given)"
         r" back) (?:the )?(?:most money|highest amounts?|largest amounts?)(?: to| in| for)?\b",
         r"\g<which> \g<by> has the highest refund amount"),
        (rf"\b(?:in|for|with) (?P<which>which|what) (?P<by>{_GROUP}) (?:did|do|have) we "
         rf"(?:have|had|get|got|see|make|made)"
         r" (?P<rank>the (?:highest|most|largest|biggest|lowest|fewest|best|worst))\b", r"\g<which> \g<by> has "
         r"\g<rank>"),
        (rf"\b(?:in|for|with) (?P<which>which|what) (?P<by>{_GROUP}) (?:was|is|were|are) (?P<rank>the "
         rf"(?:highest|most|"
         r"largest|biggest|lowest|fewest|best|worst))\b", r"\g<which> \g<by> has \g<rank>"),
        (r"\b(?P<has>has|had|got|saw|with|have) (?:the )?(?:most (?:money refunded|refunded "
         r"money)|(?:highest|largest|biggest"
         r") (?:refunded amount|total refunds in money|refunds by (?:amount|value|money))|most refunds by "
         r"(?:amount|value|"
         r"money))\b", r"\g<has> the highest refund amount"),
        # by how much it changed
        (rf"^{_PERCENT} (?:was|is|were|are) (?:the |our )?(?P<what>[\w' -]+?) (?:up or down|higher "
         rf"or lower"
         r"|above or below|more or less|up|higher) (?:against|versus|vs\.?|compared (?:to|with)|on|from|over|than) "
         r"(?P<other>[\w' ]+?)[ ?.!]*$", _changed),
        (rf"^{_PERCENT} (?:did|has|have) (?:the |our )?(?P<what>[\w' -]+?) (?:go up or "
         rf"down|change|changed|differ|move|"
         r"moved|grow|grown) (?P<in>in [\w ]+? )?(?:against|versus|vs\.?|compared (?:to|with)|on|over|from(?! "
         r"\w+ to)) (?P<other>[\w' ]+?)"
         r"[ ?.!]*$", lambda found: f"growth of {found['what']} {found['in'] or ''}vs {found['other']}"),
        (r"^change in (?:percent|per cent|%) (?:of|in) (?:the |our )?", "percentage change in "),
        (rf"^(?:{_PERCENT} (?:did|has|have) (?:the |our )?|(?:(?:percentage |percent |% |relative "
         rf")(?:change|growth|difference)"
         rf"|change|growth) (?:in percent )?(?:of|in) (?:the |our )?(?!{_COUNTED} from\b))(?P<what>[\w' -]+?)"
         rf"(?: (?:go up or down|change|changed|grow|grown|differ))? (?:from|between) (?P<one>{_WHEN}) (?:to|and) "
         rf"(?P<other>{_WHEN})[ ?.!]*$", _from_to),
        (r"^(?:percentage |percent |% |relative )(?:change|growth|difference) (?:of|in) (?P<what>[\w' ]+? "
         r"(?:vs\.?|versus|"
         r"against|compared (?:to|with)) [\w' ]+?)[ ?.!]*$",
         lambda found: f"growth of {re.sub(_VERSUS, ' vs ', found['what'])}"),
        (r"^(?P<what>[\w' ]+? (?:vs\.?|versus|against|compared (?:to|with)) [\w' ]+?)(?:,? (?:in "
         r"(?:percent|per cent|%)|as a "
         r"percentage|percentage change|percent change|% change))[ ?.!]*$",
         lambda found: f"growth of {re.sub(_VERSUS, ' vs ', found['what'])}"),
        (r"^compare (?P<what>.+?) (?:of |for |between )?(?P<one>this (?:week|month|quarter|year)) "
         r"(?:with|to|and|against|versus"
         r"|vs\.?) (?:those of |that of )?(?P<other>last (?:week|month|quarter|year))[ ?.!]*$",
         r"\g<what> \g<one> vs \g<other>"),
        # nothing was bought
        (rf"\b(?P<tie>but|and|who|that|yet)(?: have| has)? {_BOUGHT} (?:nothing|not a thing|not anything)(?! "
         rf"but\b| else\b| except\b)(?: at all| "
         r"whatsoever)?\b", r"\g<tie> have not ordered"),
        (r"\b(?P<tie>but|and|yet) (?:nothing|not anything)(?: at all| whatsoever)? (?=(?:this|last|since|in|so "
         r"far)\b)",
         r"\g<tie> not "),
        (r"\b(?P<tie>but|and|who|that|yet) (?:have |has )?(?:placed|made) no (?:orders?|purchases?)\b",
         r"\g<tie> have not ordered"),
        (r"\b(?P<tie>but|and|yet) (?:with )?(?:without|no) (?:an |any )?(?:orders?|purchases?) "
         r"(?=(?:in|over|during|within|"
         r"since|this|last)\b)", r"\g<tie> have not ordered "),
        (r"\b(?:have |has )?never paid (?:by|with|via|using) ", "did not buy by "),
        # this and that, and not the other
        (r"\b(?P<did>bought|ordered|purchased) (?:both )?(?P<what>[\w ]+? (?:and|as well as|and also) (?:an? "
         r")?\w+) (?P<when>(?:this|"
         r"last) (?:week|month|quarter|year)) (?:but|and) (?:no|not|never|did(?:n't| not) buy|have(?:n't| not) "
         r"bought)(?: any)?"
         r" (?P<other>(?!in\b|at\b|since\b|this\b|last\b|order)\w+)(?: at all)? (?P=when)",
         _but_not),
        # in each of several times
        (rf"\b(?P<did>ordered|bought|purchased|visited)(?: something| anything)? in (?:each|all|every one)(?: of)? "
         rf"(?P<whens>{_WHEN}(?:(?:, ?| and |, and ){_WHEN})+)", _in_each),
        (rf"\b(?P<did>ordered|bought|purchased|visited)(?: something| anything)? in (?P<whens>{_WHEN}(?:(?:,| "
         rf"and|, and)? "
         rf"(?:also|again|as well as)?(?: in)? ?{_WHEN})*(?:,? and,? (?:also|again) in|,? as well as in|, also "
         rf"in| and in) "
         rf"{_WHEN})\b", _in_each),
        (rf"\b(?P<did>ordered|bought|purchased|visited)(?: something| anything)? in (?P<whens>{_WHEN}(?:(?:, ?| "
         rf"and |, and "
         rf"){_WHEN})+) (?:each|both)\b", _in_each),
        (rf"\b(?P<did>ordered|bought|purchased|visited)(?: something| anything)? (?:in both|both in) "
         rf"(?P<whens>{_WHEN} and "
         rf"(?:also |again )?(?:in )?{_WHEN})\b", _in_each),
    )
)  # fmt: skip


def in_usual_words(text: str) -> str:
    """A normalised text in the forms that the passes after it look for.

    >>> in_usual_words("urgent tickets nobody has resolved yet"), in_usual_words("customers with 4 orders or more")
    ('urgent tickets unresolved', 'customers with at least 4 orders')
    """
    if is_chinese(text):
        return text
    return replaced(text, _TURNS)
