"""English of the support desk, the warehouse and the books, put into the words that the other passes read.

Parcels that went out, came or have no tracking number; what is left in stock; how urgent tickets are and who has them;
marks from one to five; what was paid back, why, and to whom. None leaves out a word that tells which rows are meant.
"""

import re

from nlp.ask.lexing import is_chinese
from nlp.ask.passes.tables import Table, replaced

_A = r"(?:an? |any |the |its |their )?"
_WITHOUT = (
    r"(?:without|with no|with missing|have no|has no|having no|had no|lacking|lack|lacks|missing|that miss|no"
    r"|(?:that |which )?(?:do not|don't|does not|doesn't|did not|didn't) have)"
)
_WITH = r"(?:with|having|that have|which have|have|has|that got|got)"
_TRACKING = r"tracking(?: (?:numbers?|no\.?|nr\.?|codes?|ids?|infos?|information|links?))?"
_ARRIVAL = (
    r"(?:delivery (?:dates?|timestamps?|day)|delivered (?:dates?|at|timestamps?)|date of delivery|dates of delivery"
    r"|delivered-at dates?)"
)
_COURIER = r"(?:carriers?|couriers?|shipping compan(?:y|ies))(?: assigned| set)?"
_PARCELS = r"(?:orders|parcels|packages|consignments|boxes|shipments)"
_ID = r"(?P<id>(?:order |parcel )?#?[a-z]*-?\d[a-z0-9-]*)"
_SKU = (
    r"(?P<what>(?!(?:units|pieces|pcs|orders?|customers?|people|tickets?|products?|items?|refunds?|carts?)\b)"
    r"[\w-]+(?: [\w-]+)?)"
)
_MOST = r"(?P<most>most|fewest|least|highest|largest|biggest)(?: number of| count of)?"
_TICKETS = r"(?:tickets?|cases?|complaints?|questions?|requests?|issues?)"
_SENT_BACK = r"(?:refunds?|refunded|returns?|returned|reimburs\w+|(?:g[ai]ve|pay|paid|hand|handed) back|money back)"
_N = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_MARK = rf"(?:[1-5]|{'|'.join(_N)})"
_MARKS = rf"(?P<marks>{_MARK}(?:[ -]?(?:stars?)?(?:,? ?(?:and|or|&|/|,|-|–|to) ?){_MARK})+)"
_PRIORITIES = {
    "urgent": "urgent", "high": "high-priority", "normal": "normal priority", "medium": "normal priority",
    "low": "low-priority",
}  # fmt: skip
_URGENCY = r"(?:urgent|high|normal|medium|low)(?:[ -]prio(?:rity)?)?"
_MONEY_BACK = (
    r"(?:(?:pay|paid|give|gave|given|hand|handed|send|sent) (?:(?:money|cash) )?back|(?:pay|paid) out in refunds"
    r"|reimbursed?|refund(?:ed)?)"
)
_NO_KIND = (
    r"(?!(?:cancell?ed|delivered|shipped|paid|pending|returned|refunded|late|new|first|repeat|large|big|small|open"
    r"|all|our|the|these|those"
    r"|such|more|most|of|over|under|above|below|with|without|and|or|my|their|online|last|recent)\b)"
)
_WHY = r"(?:damaged|late|wrong[ -]size|changed[ -]mind|unwanted|not[ -]as[ -]described)"
_WHO = (
    r"(?:we|they|the (?:team|shop|agents)|(?P<who>(?!(?:i|you)\b)[\w-]+(?: (?!have\b|has\b"
    r"|still\b|take\b|need\b)[\w-]+){0,2}(?: (?:customers|buyers"
    r"|clients))?))"
)
_PEOPLE = r"(?:customers?|people|buyers?|shoppers?|clients?|they|he|she|someone|somebody)"


def _starred(found: re.Match[str]) -> str:
    """1 and 2 star, 4-5 stars, 1 or 5 stars: each of them."""
    said = found["marks"]
    marks = [int(_N.get(each, each)) for each in re.findall(_MARK, said)]
    if re.search(r"[-–]|\bto\b", said):
        marks = [*range(min(marks), max(marks) + 1)]
    reviews = " reviews" if found["of"] else ""
    return f"{found['before'] or ''}{_marked(sorted({*marks}), reviews)}"


def _marked(marks: list[int], reviews: str) -> str:
    if marks == [*range(1, marks[-1] + 1)] and marks[-1] < 5:
        return f"{reviews} with at most {marks[-1]} stars"
    if marks == [*range(marks[0], 6)] and marks[0] > 1:
        return f"{reviews} with at least {marks[0]} stars"
    return f"{reviews} with {' or '.join(f'mark-{mark}' for mark in marks)}"


def _scored(found: re.Match[str]) -> str:
    """Rated 1 or 2, csat 4 and 5: up to that, or from it on."""
    marks = sorted(int(_N.get(each, each)) for each in re.findall(_MARK, found["marks"]))
    if len(marks) == 2 and marks in ([1, 2], [4, 5]):
        return f"{found['before']} {'at most 2' if marks[0] == 1 else 'at least 4'} "
    return found[0]


def _with_the_carrier(found: re.Match[str]) -> str:
    """Parcels still with DHL: in transit with it. With a note, or at once, says no such thing."""
    waits = re.search(r"\b(?:still|currently|right now|lying|sitting|stuck|held up)\b", found[0])
    return f"{found['what']} in transit with {found['who']}" if waits else found[0]


def _how_fast(found: re.Match[str]) -> str:
    """How fast does tom resolve complaints."""
    time = "first reply" if found["did"].startswith(("answer", "rep", "resp")) else "resolution"
    whom = f" of {found['who']}" if found["who"] else ""
    return f"average {time} time{' of' + found['what'] if found['what'] else ''}{whom}"


def _prioritised(found: re.Match[str]) -> str:
    """Urgent and high, high/low: tickets of each of these priorities."""
    names = re.findall(r"urgent|high|normal|medium|low", found[0])
    return " or ".join(_PRIORITIES[name] for name in names) + (found["of"] or "")


def _one_priority(found: re.Match[str]) -> str:
    return _PRIORITIES[found["level"]]


_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\btickets (?:with|of) priority (?P<one>low|normal|high|urgent) or (?P<other>low|normal|high|urgent)\b",
         r"\g<one> or \g<other> priority tickets"),
        (r"\b(?P<who>[a-z]+s)' (?=(?:open|unresolved|urgent|csat|tickets?|complaints?|average|queue|first|resolution"
         r"|satisfaction|workload)\b)",
         r"\g<who>'s "),
        # --- parcels
        (r"\b(?:left|leaving|departed(?: from)?) (?:the |our )?(?:warehouse|depot|stockroom|storeroom|house)\b",
         "went out"),
        (rf"\b(?P<what>{_PARCELS})(?P<of>(?: (?:with|by|via|from|in|to|of) \w+)?) (?:(?:that|which) )?(?:took|take"
         rf"|needed|have taken) (?P<n>(?:more than"
         r"|over|longer than|less than|under|at least|at most) \d+ days)(?! (?:to|for))",
         lambda found: f"{found['what']}{found['of']} with delivery time {found['n'].replace('longer', 'more')}"),
        (rf"\b(?P<share>share|percentage|percent|pct|proportion|%) of (?:the |our |all )*{_PARCELS} (?:that (?:were"
         rf"|got) )?delivered (?:were |was )?(?:with|by|via) (?=\w)",
         r"\g<share> of deliveries by "),
        (rf"\b(?P<what>{_PARCELS}) (?:that |which )?(?:do |must |should )?(?:we|i) (?:still |yet )*(?:need|have"
         rf"|must) (?:to |still )*(?:ship|send(?: out)?|dispatch)\b",
         r"\g<what> not shipped yet"),
        (rf"\b(?P<what>{_PARCELS}) (?:left|still left|yet|still) to (?:ship|be shipped|send|be sent|dispatch)\b",
         r"\g<what> not shipped yet"),
        (r"\b(?:parcels|packages|consignments)\b(?! (?:service|company|carrier|delivery))", "orders"),
        (r"\b(?:parcel|package|consignment)\b(?! (?:service|company|carrier|delivery))", "order"),
        (rf"\b{_WITHOUT} {_A}{_TRACKING}(?! of)\b", "without tracking"),
        (rf"\b{_WITHOUT} {_A}{_ARRIVAL}\b", "without delivery date"),
        (rf"\b{_WITHOUT} {_A}{_COURIER}\b(?! (?:with|has|have))", "without carrier"),
        (rf"\b{_WITH} {_A}{_TRACKING}\b", "with tracking"),
        (rf"\b{_WITH} {_A}{_ARRIVAL}\b", "with delivery date"),
        (r"\b(?P<what>orders?|deliver(?:y|ies)) (?:that |which )?(?:are |were |is )?(?:not |un|never )tracked\b",
         r"\g<what> without tracking"),
        (r"\buntracked (?=orders|deliveries)", "without tracking "),
        (rf"\b{_PARCELS} (?:(?:that|which) )?(?:(?:has|have|were|was|got) )?(?:arrived|reached (?:the |our |their "
         r")?customers?|(?:been )?received by (?:the |our )?customers?)(?! (?:late|too|damaged|broken|in))",
         "orders delivered"),
        (rf"\bhow many {_PARCELS} (?:reached|arrived at) (?:the |our |their )?customers?\b", "how many orders were "
         "delivered"),
        (rf"\bhow many {_PARCELS} arrived\b(?! (?:late|too|damaged|broken))", "how many orders were delivered"),
        (rf"\b(?:how many|number of) {_PARCELS} (?:did|do|does|have|has) (?:we|they|the shop|our carriers|the carriers)"
         r" deliver(?:ed)?\b", "number of deliveries"),
        (rf"\bhow many {_PARCELS} (?:did|do|does|have|has) (?P<who>(?!been\b|got\b|already\b"
         rf"|be\b)[\w-]+) (?:deliver(?:ed)?|bring|brought|drop(?:ped)?"
         r" off)\b", r"number of deliveries by \g<who>"),
        (rf"\b(?P<which>(?:which|what) (?:carrier|courier|shipping company)) (?:has |have )?(?:delivered|delivers?|made"
         rf"|makes|brought) (?:the )?{_MOST}(?: {_PARCELS}| deliveries)?\b", r"\g<which> has the \g<most> deliveries"),
        (r"\b(?:how many deliveries|number of deliveries) (?:did|do|does|have|has) (?P<who>[\w-]+) (?:make|made|do"
         r"|done"
         r"|have|had|manage|complete)\b",
         lambda found: f"number of deliveries{'' if found['who'] in ('we', 'they') else ' by ' + found['who']}"),
        (r"\bdeliveries (?:were |have been |that were )?(?:made|completed|done|carried out)\b", "deliveries"),
        (r"\bhow many deliveries (?:did we have|were there|have there been|took place|have we had)\b",
         "number of deliveries"),
        (r"\b(?:did|do|have) we (?:ship|shipped|send|sent|dispatch|dispatched)(?: out)?(?= (?:with|by|via|through) \w)",
         "shipped"),
        (rf"\b(?P<what>{_PARCELS})(?P<of>(?: (?!and\b|or\b|who\b)[\w-]+){{0,6}}?)(?: (?:that|which))?(?: (?:were|was"
         rf"|have been|got|had been))?"
         r" (?:sent|dispatched|went|gone|left|carried|transported|handled|moved)(?: out| off)? (?:by|with|via"
         r"|through) (?=\w)",
         r"\g<what>\g<of> shipped with "),
        (r"\bshipments?\b(?= (?:with|by|via|through|of) )(?! by (?:country|city|month|week|day|carrier|segment|status"
         r"|courier))", "orders"),
        (r"\bshipments\b", "orders with carrier"),
        (rf"\b(?P<how>how many|number of|what|which) {_PARCELS} (?:did|do|have) we (?:ship|shipped|send|sent|dispatch"
         r"|dispatched)(?: out| off)?\b", r"\g<how> orders with carrier"),
        (r"\b(?:what is|what's|whats|anything|everything|what) (?:still )?(?:waiting|left|due) (?:to be (?:shipped|sent"
         r"(?: out)?|dispatched)|to ship|to go out|for shipping|for dispatch)\b", "orders waiting to be shipped"),
        (r"\b(?P<what>orders) (?:that |which )?(?:are |is |still )*(?:waiting|due|left) to (?:ship|go out"
         r"|be sent(?: out)?|be dispatched)\b",
         r"\g<what> waiting to be shipped"),
        (r"\b(?P<did>did|do|have|has) (?:we|they) deliver(?:ed)? (?P<most>more|fewer|less)(?: orders| parcels"
         r"| packages)?"
         r"(?= (?:in|this|last|during)\b)", r"\g<did> we have \g<most> deliveries"),
        (rf"\b(?P<what>{_PARCELS}) (?:(?:that|which) )?(?:are |is |were )?(?:still |currently "
         rf"|right now )*(?:(?:lying|sitting|stuck|out|held up"
         r"|underway|travelling) )?(?:with|at|on the road with|on its way with|on their way with)"
         r" (?P<who>(?!paid\b|pending\b|shipped\b|home\b|risk\b)[a-z]+)"
         r"(?= |[?.!]|$)", _with_the_carrier),
        (rf"\b(?P<what>{_PARCELS}) (?:(?:that|which) )?(?:are |is )?(?:still |currently )*(?:out for delivery"
         rf"|on the road|out there|en route"
         r"|underway|under way|being delivered|being shipped)\b", r"\g<what> in transit"),
        (rf"\b(?P<what>{_PARCELS}) (?:(?:that|which) )?(?:have|has)(?:n't| not)(?: yet)? (?:arrived?|been delivered"
         rf"|reached (?:the |our |their )?"
         r"customers?|got there|come)(?: yet| so far)?\b", r"\g<what> not delivered yet"),
        (rf"\b(?P<what>{_PARCELS}) (?:(?:that|which) )?(?:did(?:n't| not)|never) arrived?(?: yet| so far)?\b",
         r"\g<what> not delivered yet"),
        (rf"\b(?P<what>{_PARCELS}) (?:(?:that|which) )?(?:are |is )?(?:still )?(?:waiting|wait) (?:for|on) (?:the "
         rf"|their |a )?payments?\b",
         r"\g<what> awaiting payment"),
        (r"\b(?P<what>orders) (?:(?:that|which) )?(?:are |have been |were )?(?:still )?(?:stuck|sitting|stalled"
         r"|hanging) (?:in|on|at|as) "
         r"(?:status )?(?P<state>paid|pending|shipped)(?: status)? (?:for )?(?:more than|over"
         r"|longer than) (?=\d+ (?:day|week))",
         r"\g<state> \g<what> older than "),
        (r"\b(?P<which>which|what) (?P<who>carrier|courier|shipping company) (?:is |delivers? |ships? "
         r"|brings? (?:parcels |orders )?)(?:the )?"
         r"(?P<how>fastest|slowest|quickest)(?: (?:at|in) delivering)?\b", r"\g<how> \g<who>"),
        (rf"\b(?:number of|count of) {_PARCELS} (?P<who>(?!we\b|they\b|that\b|which\b|not\b|with\b|from\b|to\b"
         rf"|in\b)[\w-]+) (?:delivered|brought)"
         r"(?: to (?:our |the )?customers)?\b", r"number of deliveries by \g<who>"),
        (r"\b(?P<who>customers|people|buyers) (?:who are |that are )?(?:still )?(?:waiting|wait) (?:for|on) (?:a |an "
         r"|their |the )?"
         r"(?:deliver(?:y|ies)|parcels?|packages?|orders?)\b(?! refund)", r"\g<who> with an order in transit"),
        # one order
        (rf"^(?:on )?(?:when|what (?:day|date)|which (?:day|date)) (?:was|were|is|did|has) {_ID} (?:been )?(?:delivered"
         r"|shipped|sent(?: out)?|paid(?: for)?|dispatched|arrived?|get delivered|get there|reach (?:the|its) customer"
         r"|cancelled)[ ?.!]*$", r"order \g<id>"),
        (rf"^(?:where(?:'s| is| are)|status of|what happened (?:to|with)|any news (?:on|of)|track) (?:my |the |our )?"
         rf"{_ID}(?: (?:now|right now|at the moment|currently|at))?[ ?.!]*$", r"\g<id>"),
        (rf"^how (?:was|is|did) {_ID} (?:been )?(?:paid(?: for)?|pay|shipped|sent)[ ?.!]*$", r"order \g<id>"),
        (rf"^(?:what (?:is|was|are) |what's |show (?:me )?|give me )?(?:the )?(?:tracking(?: (?:number|code|id|no\.?)"
         r")?|carrier|courier|payment method|delivery date|date of delivery|order date|status|delivery status|details"
         rf"|shipping carrier) (?:of|for|on) {_ID}[ ?.!]*$", r"order \g<id>"),
        (rf"^(?:which|what) (?:carrier|courier|shipping company) (?:has|delivered|delivers|took|carried|shipped|ships"
         rf"|brings|did|was|is) {_ID}(?: (?:shipped|sent|delivered)?(?: with| by))?[ ?.!]*$", r"order \g<id>"),
        (r"\bwhat (?:did|does|do) (?P<id>(?:order )?[a-z]+\d+) (?:cost|come to|amount to)\b", r"total of order \g<id>"),
        (r"^when (?:did|has) (?P<id>(?:customer )?[a-z]+\d+) (?:sign up|signed up|register|registered|join|joined"
         r"|become a"
         r" customer)(?: with us)?[ ?.!]*$", r"customer \g<id>"),
        (r"^(?:what is |what's )?(?:the )?names? of (?P<id>[a-z]+-?\d+)[ ?.!]*$", r"list \g<id>"),
        (r"\b(?P<what>refunds?|refund amounts?|amount refunded|refunded) (?P<tie>of|for|on|from|to) (?:the |all |our )*"
         r"(?P<of>(?!cancell?ed|delivered|shipped|paid|returned|late|new|first|repeat|large|big|small"
         r"|open)[a-z]+) orders\b",
         r"\g<what> \g<tie> \g<of>"),
        # --- stock
        (r"\b(?P<what>products|items|articles|skus|goods|\w+) (?:where|for which|whose) (?:the "
         r"|our )?stock(?: level)? (?:is|was|falls|fell"
         r"|dropped|drops|stands at)(?: at)? (?=(?:less|fewer|under|below|more|over|above|at|exactly|between|zero"
         r"|0)\b)",
         r"\g<what> with stock "),
        (r"\b(?<!than )(?<!over )(?<!least )(?<!most )(?<!exactly )(?:with |having |that have |have |has )?(?:a )?"
         r"(?:(?:0|zero|no|none|nothing) (?:left )?in stock"
         r"|stock (?:of |at |is |= ?)?(?:0|zero)"
         r"|nothing left|(?:0|zero|none) left)\b(?! \w+ (?:than|or))", "out of stock"),
        (r"\b(?P<what>products|items|articles|skus|goods) (?:that |which )?we have none of\b", r"\g<what> out of "
         r"stock"),
        (r"\b(?:which|what) (?P<what>products|items|articles|skus) (?:do|have) we (?:only )?(?:have|got"
         r"|hold) (?P<n>(?:less than|fewer than"
         r"|under|below|more than|over|at most|at least) \d+)(?: (?:of|left|in stock|pieces|units))*", r"\g<what> "
         r"with stock \g<n>"),
        (r"\bwhat (?:do|should|must|shall) (?:we|i) (?:need to |have to )?(?:re-?order|re-?stock|replenish|buy in)"
         r"(?: soon| now| next| again)?(?=[ ?.!]*$)", "products with low stock"),
        (r"\b(?:which|what) (?P<what>products|items|articles|skus|\w+) (?:do|should|must|shall) (?:we|i) (?:need to "
         r"|have to )?(?:re-?order|re-?stock|replenish)(?: soon| now| next)?(?=[ ?.!]*$)", r"\g<what> with low stock"),
        (r"\b(?:which|what) (?P<what>products|items|articles|skus|\w+) (?:need|needs|require|must be|have to be|should"
         r" be|need to be) (?:re-?stock(?:ing|ed)|re-?order(?:ing|ed)|replenish(?:ing|ed))\b",
         r"\g<what> with low stock"),
        (rf"\bhow (?:many|much)(?: (?:units|pieces|pcs|items|pairs) of)? {_SKU} (?:(?:do|have"
         rf"|has) we (?:still )?(?:have|got)?"
         r" ?|(?:are|is)(?: there)? (?:still )?|have we got |there (?:are|is) |remain)(?:still )?(?:left|remaining"
         r"|available|in stock|on hand|on stock|in the warehouse)(?: (?:in|on) (?:stock|hand|the warehouse))?(?= |[?.!]"
         r"|$)", r"stock of \g<what>"),
        (r"\b(?:is|are) (?P<what>[a-z]+-\d[\w-]*) (?:still |currently |now )?(?:available|sold out|out of stock|in "
         r"stock|on stock|left)(?= |[?.!]|$)", r"stock of \g<what>"),
        (r"^(?:how many )?(?P<what>[a-z]+-\d[\w-]*) (?:still )?(?:left|remaining)[ ?.!]*$", r"stock of \g<what>"),
        (r"\b(?P<what>products|items|articles|skus|goods|things) (?:that |which |of which )?we (?:only |still |just )?"
         r"(?:have|hold|got|stock) (?P<n>(?:less than|fewer than|under|below|more than|over|at most|at least) \d+)"
         r"(?: (?:pieces|units|pcs|items))?(?: (?:of|left|in stock))*", r"\g<what> with stock \g<n>"),
        (r"\b(?P<what>products|items|articles|skus|goods|anything|everything|what is|what's) (?:that (?:is|are) |which "
         r"(?:is|are) |is |are )?(?:down to |at )?(?P<n>(?:less than|fewer than|under|below|at most) \d+)"
         r"(?: (?:pieces|units|pcs|items))? (?:left|in stock|on hand|remaining)(?: in stock)?\b",
         lambda found: f"{'products' if found['what'][0] in 'aew' and found['what'] != 'articles' else found['what']} "
         f"with stock {found['n']}"),
        (r"\bwhat (?:does|do|did) (?P<what>(?:an? |the )?[a-z]+-\d[\w-]*) cost\b|\bhow much (?:does|do|is|are) "
         r"(?P<other>(?:an? |the )?[a-z]+-\d[\w-]*)(?: cost)?(?=[ ?.!]*$)",
         lambda found: f"price of {found['what'] or found['other']}"),
        (r"\bhow many (?:different |kinds of |types of )?(?P<what>(?!different\b|distinct\b|unique\b)[\w-]+?)"
         r"(?: (?:models|styles|designs|variants|kinds"
         r"|types|articles|products|skus)) (?:do|have|does) (?:we|the shop) (?:have|sell|carry|offer|stock|list|got)\b"
         r"(?! left)", r"number of products in \g<what>"),
        (r"\b(?P<rank>least|most|best|worst) stocked (?P<what>category|product|item|article|categories|products"
         r"|items)\b",
         lambda found: f"{found['what']} with the {'lowest' if found['rank'] in ('least', 'worst') else 'highest'} "
         f"stock"),
        (r"\bcosts? of (?=[a-z]+-\d)", "price of "),
        # --- tickets
        (r"^do we have (?:any )?(?=(?:open|unresolved|urgent|unanswered|unassigned) )", ""),
        (rf"\bhow many (?P<what>(?:\w+ )?(?:tickets|complaints|cases|questions)) (?:did|do|does) {_WHO} (?:open|raise"
         rf"|file|submit|create|log)"
         r"(?=[ ?.!]|$)",
         lambda found: f"number of {found['what']}{' of ' + found['who'] if found['who'] else ''}"),
        (rf"\bhow (?:fast|quick|quickly|long) (?:do|does|did) {_WHO} (?:take to |need to )?(?P<did>resolve|close"
         rf"|solve|fix|answer|reply to|respond"
         r" to)(?P<what> (?:\w+ )?(?:tickets|complaints|cases|questions|requests))?(?= |[?.!]|$)", _how_fast),
        (r"\bhow long (?:do|does|did) (?P<what>(?:\w+ )?(?:tickets|complaints|cases|questions"
         r"|requests)) take(?: on average| to (?:resolve|close"
         r"|solve|be resolved|be closed|be solved))*\b", r"average resolution time of \g<what>"),
        (r"^(?:did|has|have|is|are) (?:the |our )?(?P<what>(?:first )?(?:reply|response) time|resolution time"
         r"|delivery time|csat|satisfaction"
         r"|refund rate|cancellation rate|rating|average rating|aov|average order value) (?:improved?|get better"
         r"|got better|gotten better"
         r"|worsen(?:ed)?|get worse|changed?|go(?:ne)? up|go(?:ne)? down|risen|rise|fall(?:en)?|drop(?:ped)?|better"
         r"|worse|up|down|higher|lower)"
         r" (?P<when>(?:in |this |last )[\w ]+? (?:vs\.?|versus|compared (?:to|with)|against|over"
         r"|than) [\w ]+?)[ ?.!]*$",
         r"\g<what> \g<when>"),
        (r"\bhow many (?P<n>[1-5])(?:s|'s)(?: ratings?| scores?)? (?:did we (?:get|have|receive)|were there"
         r"|have we had|are there) (?:in|for|on|as) (?:the "
         r"|our )?(?:csat|satisfaction)\b", r"how many resolved tickets with csat \g<n>"),
        (r"\b(?P<many>how many|number of|count of) csats? (?:answers|scores|responses|ratings|replies|surveys"
         r"|votes)(?: (?:did we (?:get|have"
         r"|receive)|were there|came in|were given))?(?! of)\b", "number of tickets csat-scored"),
        (r"\b(?P<many>^|how many |number of |count of |list |show )csat (?:answers|scores|responses|ratings) (?:of|at"
         r"|with) (?P<n>[1-5])\b(?! ?(?:or|and|to|-|,) ?\d)",
         r"\g<many>resolved tickets with csat \g<n>"),
        (r"\b(?:csat|satisfaction) (?:score )?(?:distribution|breakdown|spread)\b(?! (?:by|per|for each|across)\b)"
         r"|\b(?:distribution|breakdown"
         r"|spread) of (?:the |our )?"
         r"(?:csat|satisfaction)(?: scores?)?\b", "number of tickets csat-scored by csat-mark"),
        (r"\b(?:unhappy|dissatisfied|disappointed|happy|satisfied) (?P<who>customers|people|buyers) \((?P<how>(?:csat"
         r"|rated|with csat)[^()]+)\)",
         lambda found: f"{found['who']} with {found['how'].removeprefix('with ')}"),
        (rf"\b(?P<who>who|(?:which|what) \w+) (?:(?:open|raise|file|submit|send|create|log|report|write)s?|makes?|get"
         rf"|gets) (?:us |in )?(?:the )?{_MOST} (?P<of>(?:\w+ )?(?:tickets|cases|complaints|questions))\b",
         lambda found: f"{'which customers have' if found['who'] == 'who' else found['who'] + ' has'} the "
         f"{found['most']} {found['of']}"),
        (rf"\b(?:that are |which are |are )?(?:marked|flagged|labelled|set) (?:as |to )?(?={_URGENCY}\b)", ""),
        (rf"(?<![\w-]){_URGENCY}(?:(?:,? and | or |/| & |, ?| \+ ){_URGENCY})+(?P<of> {_TICKETS}| ones| only)?"
         r"(?![\w-])(?! (?:csat|stock|value|rating|first|risk|churn))", _prioritised),
        (rf"(?<![\w-])(?P<level>high|normal|medium|low)(?: prio)?(?= {_TICKETS}\b)", _one_priority),
        (r"\bprio(?:rity)?(?: (?:is|=|of|level))?:? (?P<level>urgent|high|normal|medium|low)\b", _one_priority),
        (r"(?<![\w-])(?P<level>urgent|high|normal|medium|low)[ -]prio\b", _one_priority),
        (rf"\b(?P<what>{_TICKETS}) (?:that |which )?(?:(?:are|is|have|has) )?(?:been )?(?:waiting|waited|wait|pending)"
         r"(?: (?:for|around))?(?: the)? longest\b", r"oldest open \g<what>"),
        (rf"\blongest[- ](?:waiting|open|unresolved|running) (?P<what>{_TICKETS})\b", r"oldest open \g<what>"),
        (rf"\bhow (?:old is|long has) (?:the |our )?oldest (?:open |unresolved )?(?P<what>{_TICKETS})"
         r"(?: (?:been )?(?:open|waiting|unresolved))?\b", r"oldest open \g<what>"),
        (r"\b(?:g[ai]ve|given|gives|giving)(?: (?:us|a|an|only|just|me))* (?P<n>[1-5])(?: stars?)?(?: out of (?:5|five)"
         r")? (?:in|for|on|as|at) (?:the |their |our )?(?:csat|satisfaction|happiness)(?: (?:score|survey|rating"
         r"|question))?\b", r"gave a csat of \g<n>"),
        (rf"\b(?P<what>tickets|cases) (?P<did>rated|scored|given|marked) (?P<n>{_MARK}(?: (?:or|and|to) {_MARK})?)"
         r"(?: stars?)?(?: out of (?:5|five))? by (?:the |our )?customers?\b", r"\g<what> rated \g<n>"),
        (rf"(?P<before>\b(?:tickets|cases|complaints) (?:rated|scored|with csat|with a csat of)|\bcsat(?: of"
         rf"| score of)?)"
         rf" {_MARKS}(?: stars?)?", _scored),
        (r"\b(?:percentage|percent|pct|share|proportion|%) of (?:the |our |all )*(?P<what>(?:\w+ )?(?:tickets|cases"
         r"|complaints|questions)) (?P<is>resolved|closed|solved|unresolved|still open|unanswered|open)\b",
         lambda found: f"share of {found['what']} that are "
         f"{ {'closed': 'resolved', 'solved': 'resolved', 'still open': 'open'}.get(found['is'], found['is'])}"),
        (r"\b(?P<who>[a-z]+)'s (?:current )?(?:workload|queue|backlog|open cases|inbox)\b", r"open tickets of \g<who>"),
        (r"\b(?:current )?(?:workload|backlog) (?P<by>of|by|per|for each) (?P<who>[a-z]+)\b", r"open tickets \g<by> "
         r"\g<who>"),
        # --- refunds
        (r"\b(?:total )?(?:money|amount|sum|cash) (?:that (?:was |we )?)?(?:returned|refunded|reimbursed|(?:given"
         r"|paid|sent|handed) back)"
         r"(?: to (?:the |our )?customers)?\b", "refund amount"),
        (rf"\b(?P<who>customers|people|buyers|shoppers|clients|who)(?P<in>(?: (?:in|from) \w+)?) (?P<with>with|had"
         rf"|have|got|that had|who had) "
         rf"(?:an? |any )?(?P<why>{_WHY})[ -]refunds?\b", r"\g<who>\g<in> \g<with> a refund for \g<why>"),
        (r"\breturns(?= (?:really |actually )?costs? us\b)", "refunds"),
        (r"^(?:who|which (?:customer|client|person)) (?:got|received|had|has|was given) (?:the "
         r"|our )?(?P<most>biggest|largest|highest)"
         r"(?: single)? refund\b", r"customer with the largest refund"),
        (rf"\b(?:because|since|as|where|when|after|that|for|due to|if)(?: of| the fact that)?(?: the| a"
         rf"| our)* {_PEOPLE}"
         r"(?: simply| just| had| have| has)* chang(?:ed|ing) (?:their|his|her|its|the) minds?\b",
         "because of unwanted"),
        (r"\bchang(?:e|ed|ing)(?: of| their| his| her|-of|-their)*[ -]minds?\b", "unwanted"),
        (rf"^(?P<lead>.*\b{_SENT_BACK}\b.*?)\b(?P<why>damaged|broken|late|faulty) (?:goods|items?|products?|articles?"
         r"|things|stuff|merchandise|deliver(?:y|ies)|orders?|arrivals?)\b", r"\g<lead>\g<why>"),
        (rf"\b(?P<why>damaged|broken) (?:goods|items?|products?|articles?|things|stuff|merchandise)"
         rf"(?P<rest>,? {_SENT_BACK}\b)", r"\g<why>\g<rest>"),
        (rf"^(?P<lead>.*\b{_SENT_BACK}\b.*?)\b(?:for|of|because of|due to|on) (?:goods|items?|products?|articles?"
         rf"|things"
         r"|stuff|orders?)(?: that| which)?(?: (?:were|was|are|is|had|being|came|arrived))* (?P<why>damaged|broken"
         r"|not as described|late|(?:the |a |in the )?wrong size)\b", r"\g<lead>for \g<why>"),
        (rf"\b(?:what|how much)(?: money)?(?: in total)? (?P<did>did|do|have|has) (?:we|the shop) {_MONEY_BACK}"
         r"(?P<to>(?: to)? (?:our |the )?customers (?:in|from) )?",
         lambda found: f"how much {found['did']} we refund{' in ' if found['to'] else ''}"),
        (r"\brefund amounts\b", "refund amount"),
        (r"\b(?:in |for )?(?P<which>which|what) (?P<by>(?:our )?customers?|country|city|category|month|week|quarter"
         r"|year|segment|carrier"
         r"|product|payment method) (?:did|do|have) we (?:refund(?:ed)?|(?:give|gave|given|pay|paid) back) (?:the )?"
         r"(?P<most>most|least)(?: money)?(?: (?:to|in|for))?(?=[ ?.!]|$)",
         lambda found: f"{found['which']} {found['by']} has the "
         f"{'highest' if found['most'] == 'most' else 'lowest'} refund amount"),
        (r"\b(?P<tie>and|but)(?: (?:were|was|got|are|have been))? (?:later|then|subsequently|eventually|afterwards"
         r"|meanwhile|since)(?: (?:on|got|been))? (?P<did>refunded|returned|cancelled)\b", r"\g<tie> \g<did>"),
        # --- money
        (rf"\b(?P<what>average order value|aov|(?:mean|median|avg) order value|average basket) (?:of|for|on) (?:the "
         rf"|our )?(?P<how>{_NO_KIND}[a-z]+)"
         r" (?:orders|purchases)\b", r"\g<what> of \g<how>"),
        (r"\b(?P<what>refunds?|refund amount|refunded) (?P<tie>of|for|on|from|to) (?:the |all )?orders (?:that were "
         r"|which were )?(?:paid"
         r"|shipped|sent|delivered|placed) (?:by|with|via|in|using) (?=\w)", r"\g<what> \g<tie> "),
        (r"\bsum of (?:all |the |our )*(?=(?:\w+ )?(?:orders|purchases)\b)", "revenue of "),
        (r"\bhow much(?: money)? (?:came|comes|has come|came to us) in (?:through|via|by|from|with|over) (?=\w)",
         "revenue by "),
        (r"\bhow much(?: money)? (?:did|do|have) we (?:take|took|taken|get|got|receive|received|collect(?:ed)?)(?: in)?"
         r"(?: through| via| by| over) (?=\w)", "revenue by "),
        (r"\bhow much (?:money )?(?:for |in )?(?P<what>shipping|postage|delivery)(?: fees?| costs?| charges?)? (?:did"
         r"|do"
         r"|have|has) (?:we|the shop) (?:charged?|collect(?:ed)?|take|took|taken|earn(?:ed)?|bill(?:ed)?|get|got"
         r"|invoiced?)(?: (?:for|in))?\b", "shipping charged"),
        (r"\bhow much (?:did|do|have|has) (?:we|the shop) (?:charged?|collect(?:ed)?|take|took|bill(?:ed)?|invoiced?)"
         r"(?: customers)? (?:for|in) (?:shipping|postage|delivery)(?: fees?| costs?| charges?)?\b", "shipping "
         "charged"),
        # --- reviews
        (rf"(?P<before>(?:\b(?:reviews|ratings|reviewed|rated)\b[\w ]*?)?)(?:\b(?:with|of|rated|having|that have"
         rf"|got) )?"
         rf"(?<![\w.-]){_MARKS}[ -]?stars?\b(?P<of>(?:[ -](?:reviews?|ratings?))?)(?! (?:products|items|csat))",
         _starred),
        (rf"(?P<before>\b(?:bad|poor|negative|good|great|positive) reviews) \((?:of )?{_MARKS}(?: stars?)?\)(?P<of>)",
         lambda found: f"reviews {_starred(found).removeprefix(found['before'])}"),
        (r"\bhow many (?P<what>reviews|tickets|complaints|refunds) (?:did|do|have|has) (?P<who>(?:the "
         r"|our )?(?:[\w']+ )"
         r"{0,3}(?:customers|buyers|clients|shoppers|people|champions|loyalists)(?: (?:in|from) \w+)?) (?:leave|left"
         r"|write|written|post|posted|give|given|submit|submitted|open|opened|raise|raised|file|filed|make|made|get|got"
         r"|send|sent|receive|received|request|requested|ask for)\b", r"number of \g<what> from \g<who>"),
        (r"\b(?P<what>reviews|ratings) (?:that (?:were |are )?)?(?:written|left|posted|given|submitted|made"
         r"|sent in) by (?=\w)",
         r"\g<what> of "),
        (r"^(?P<n>[1-5]|one|two|three|four|five)[- ]stars? (?P<share>share|percentage|proportion) of (?:the |all "
         r"|our )?reviews\b",
         r"\g<share> of \g<n> star reviews"),
        (r"\brated (?P<what>(?:an? |the |our |some |any )?(?!us\b|it\b|them\b|at\b|over\b|above\b|below\b"
         r"|under\b)[a-z][\w-]*(?: [a-z]\d+)?)"
         r" (?:with |at |only )?(?P<n>[1-5]|one|two|three|four|five)(?:[ -]stars?)?(?=[ ?.!]|$)(?! (?:or|to|and"
         r"|times))",
         r"reviewed \g<what> with \g<n> stars"),
        (r"\bg[ai]ve (?P<what>(?:an? |the |our |some |any )?(?!us\b|it\b|them\b|me\b|feedback\b|more\b|less\b|only\b"
         r"|just\b)[a-z][\w-]*)"
         r" (?P<n>[1-5]|one|two|three|four|five)[ -]stars?(?=[ ?.!]|$)(?! (?:or|to|and|times|reviews?))",
         r"reviewed \g<what> with \g<n> stars"),
        (r"\b(?:left|wrote|gave|posted|written|leaving|writing) no (?=reviews?\b)", "no "),
        (r"\bwithout (?:leaving|writing|posting|giving) (?:a |any )?(?=reviews?\b)", "without "),
        # --- carts
        (r"\b(?:total )?(?:value|worth) of (?:the |all |our )?(?P<what>(?!carts?\b|baskets?\b|items\b|products\b"
         r"|goods\b|everything\b|stuff\b)[\w-]+)"
         r" in (?:the |all |our |open |people's |customers' )*(?:carts|baskets)\b", r"cart value of \g<what>"),
        (r"\b(?:are|is|get|gets|were|was|end up|ends up) (?:left|found|sitting|put|abandoned|lying|forgotten"
         r"|dumped) in (?:the |people's |customers' )?"
         r"(?:carts?|baskets?) (?:the )?most(?: often| frequently)?\b", "are in the most carts"),
        # --- people
        (r"^what (?:was|is) the (?P<which>last|first|latest) (?:thing|item|product|order"
         r"|article) (?:that )?(?P<id>(?:customer )?[a-z]+\d+)"
         r" (?:has )?(?:bought|ordered|purchased|placed)\b", r"\g<which> order of \g<id>"),
        (r"^when (?:was|did) (?:the |our )?(?P<which>last|latest|first|most recent) (?P<what>refund|order|review"
         r"|ticket|complaint|visit)"
         r"(?: (?:come in|happen|made|placed|created|opened|written))?\b",
         lambda found: f"{ {'first': 'oldest'}.get(found['which'], 'latest')} {found['what']}"),
        (r"^when (?:did|has) (?P<id>(?:customer )?[a-z]+\d+) last (?:visit|visited|come by|look at the site"
         r"|browse)(?: us| the (?:shop|site))?\b",
         r"latest visit of \g<id>"),
        (r"^(?:please )?whoever (?=\w)", "customers who "),
        (r"\b(?:lookup|look-up|look up|quick lookup|query|question|q|report|reporting)\s?: ?(?=\w)", ""),
        (r"\blast (?P<did>bought|ordered|purchased) (?:something |anything )?(?:more than|over|longer than|at least) "
         r"(?P<n>\d+|an?|one|two|three|six) (?P<unit>days?|weeks?|months?|years?) ago\b",
         lambda found: "have not ordered for "
         f"{ {'a': 1, 'an': 1, 'one': 1, 'two': 2, 'three': 3, 'six': 6}.get(found['n'], found['n'])} "
         f"{found['unit'].rstrip('s')}s"),
        (r"^(?P<lead>(?:the |our |who are (?:the |our )?)?)(?:big|biggest|top|large|heavy) spenders(?P<in>(?: (?:in"
         r"|from)"
         r" [\w ]+?)?) ?[-–,:(]+ ?(?:the )?top (?P<n>\d+)\)?[ ?.!]*$", r"top \g<n> customers\g<in> by spend"),
        (r"^(?:pct|percent|percentage|share|proportion)(?: |-)of (?:the |our )?(?:repeat|returning) (?:buyers|customers"
         r"|purchasers)(?P<in> (?:in|from) \w+(?: \w+)?)?[ ?.!]*$", r"repeat purchase rate\g<in>"),
        (r"\b(?P<half>first|second) half (?=20\d\d\b)", r"\g<half> half of "),
        (r"^(?:in |for )?(?:the )?(?P<half>(?:first|second) half of 20\d\d),? (?P<what>[a-z].*?)(?P<count>, (?:count"
         r"|how"
         r" many))?[ ?.!]*$", r"\g<what> in the \g<half>\g<count>"),
        (r"\b(?P<seg>need attention|at risk|about to sleep|can't lose|cant lose|hibernating|promising"
         r"|potential loyalists?"
         r"|champions|loyal|new) (?:group|segment|bucket|cluster)[:,–-]+ ?(?=\w)", r"\g<seg> segment, "),
    )
)  # fmt: skip


def at_the_desk(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> at_the_desk("how many parcels did dhl deliver in may"), at_the_desk("tickets per agent, urgent and high only")
    ('number of deliveries by dhl in may', 'tickets per agent, urgent or high-priority only')
    >>> at_the_desk("orders missing a tracking number"), at_the_desk("how many sku-033 are left")
    ('orders without tracking', 'stock of sku-033')
    """
    return text if is_chinese(text) else replaced(text, _TURNS)
