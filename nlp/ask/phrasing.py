"""Turns of phrase that say in many words what others say in one: said plainly before a question is read."""

import re

#: `us` after one of these is we; anywhere else it is the country
_TO_US = frozenset(
    """
    give gives gave giving show tell get let find from with to by for of at paid pay contacted contact wrote
    emailed asked told cost bring brought brings earn earned made bought visited left reviewed owe owes messaged
    reach reached called than behind help
    """.split()  # noqa: SIM905 - words are read more easily than a list
)

_MONTH = (
    "(?:january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept?|october|oct|"
    "november|nov|december|dec)"
)
_FEW = "(?:(?:at least|at most|more than|less than|fewer than|exactly|only|over) )?(?:\\d+|one|two|three|four|five)"

_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bhow long does (?:a |the |our )?first (?:reply|response) take\b", "first reply time"),
        (r"\bhow long (?:do|does|did) (?:it|we|staff|agents?) (?:take|need) (?:us )?to (?:first )?"
         r"(?:reply|respond|answer)\b",
         "first reply time"),
        (r"\bhow long (?:do|does|did) (?:it|we|staff|agents?) (?:take|need) (?:us )?to (?:resolve|close|solve)"
         r"(?: (?:a |the )?(?:tickets?|cases?))?\b", "resolution time of tickets"),
        (r"\bhow long (?:do|does|did) (?:a |the |our )?(?:delivery|deliveries|shipping) take\b", "delivery time"),
        (r"\bhow long (?:do|does|did) (?:it take|we take|we need) to deliver\b", "delivery time"),
        (r"\b(?:replies|reply|responds|answers) (?:the )?(fastest|slowest|quickest)\b",
         r"with the \1 first reply time"),
        (r"\b(?:resolves|closes|solves) (?:tickets )?(?:the )?(fastest|slowest|quickest)\b",
         r"with the \1 resolution time"),
        (r"\bhow many orders (?:does|do) (?:a |an |each |every |our |the )?(?:average )?(buyer|customer)s? "
         r"(?:place|make|have|do) on average\b", r"average orders per \1"),
        (r"\b(high|low|normal) (or|and) (urgent|high|low|normal)\b(?= priority)", r"\1-priority \2 \3"),
        (r"\b(urgent) (or|and) (high|low|normal)\b(?= priority)", r"\1 \2 \3"),
        (r"\b(high|low|normal) (or|and) (urgent) priority\b", r"\1-priority \2 \3"),
        (r"\b(high|low|normal) (or|and) (urgent) (?=tickets)", r"\1-priority \2 \3 "),
        (r"\b(\d+)(?:st|nd|rd|th)\b", r"\1"),
        (rf"\b(\d{{1,2}}) of (?={_MONTH}\b)", r"\1 "),
        (rf"\b(?:between|from) (?:the )?(\d{{1,2}}) ?(?:and|to|until|till|-) ?(?:the )?(\d{{1,2}}) ({_MONTH})\b",
         r"from \1 \3 to \2 \3"),
        (rf"\b({_MONTH}) (\d{{1,2}}) ?(?:and|to|until|till|-) ?(\d{{1,2}})\b(?! ?(?:orders|times|%))",
         r"from \2 \1 to \3 \1"),
        (r"(\d{1,2}月)(\d{1,2})[日号]?([到至-])(\d{1,2})[日号]", r"\1\2日\3\1\4日"),
        (r"\blast (week|month|quarter|year)\b(.*)\b(?:the )?(?:\1 before|(?:previous|prior|preceding) \1)"
         r"(?! last)(?: that| it)?\b", r"last \1\2\1 before last"),
        (r"\bthis (week|month|quarter|year)\b(.*)\b(?:the )?\1 before(?! last)\b", r"this \1\2last \1"),
        (r"\byesterday\b(.*)\b(?:the )?day before(?! yesterday)\b", r"yesterday\1day before yesterday"),
        (r"\b(bought|ordered|purchased|visited) (?:\w+ )?in both (\w+) and (\w+)\b", r"\1 in \2 and \1 in \3"),
        (r"\b(?:is|are|was|were)(?:n't|nt)\b", "not"),
        (r"\b(?:not|isn't|aren't) assigned to\b", "except"),
        (r"\bwhat (did|do|have) (.+) (spend|spent)\b", r"how much \1 \2 \3"),
        (r"\b(how many|number of) (orders|tickets|refunds|reviews|visits) (?:did|do|have) (?:our |the )?"
         r"((?!new |returning |repeat |recurring |loyal )\w+ )?(?:customers|buyers)((?: (?:from|in) \w+)?) "
         r"(?:make|place|placed|open|opened|write|written|have|had|get)\b", r"\1 \2 \3\4"),
        (r"\b((?:more than|at least|over|less than|fewer than|at most|exactly) \w+) (open|unresolved|urgent|"
         r"unanswered) (tickets|cases)\b", r"\1 \3 \2"),
        (r"\bassigned to (?=\w)", "of "),
        (r"\b([rfm]) ?[=:] ?(\d)\b", r"\1 score \2"),
        (r"\b(fastest|quickest|slowest) (\w+) (?:to|at|in) (?:first )?(?:reply|respond|answer)(?:ing)?"
         r"(?: to)?(?: tickets?)?(?: on average)?\b", r"\2 with \1 first reply time"),
        (r"\b(fastest|quickest|slowest) (\w+) (?:to|at|in) (?:resolv|clos|solv)(?:e|ing)(?: tickets?)?"
         r"(?: on average)?\b", r"\2 with \1 resolution time"),
        (rf"\b(?:left|wrote|posted|written|submitted) (?={_FEW} reviews?\b)", "with "),
        (r"\b(?:bought|ordered|purchased|shopped) (?:stuff |things |goods )?for (?=(?:more than|over|less than|under|"
         r"at least|at most|above|below|between)\b)", "spent "),
        (r"(?<=\d) (?:units |pieces |items )?left(?: in stock| on hand)?(?! (?:a|at|any)\b)", " in stock"),
        (r"\bstopped (?:buying|ordering|purchasing) in\b", "whose last order was in"),
        (r"\b(how many|number of) (?:different|distinct|unique) (products|items|articles|skus) "
         r"(?:(?:were|was|have been|got|did we|have we|do we) )?(?:sold|sell|bought|ordered)\b", r"\1 \2 with sales"),
        (r"(?:卖出|售出|卖)了?(?:多少|几)[种款](?:不同的)?(商品|产品)", r"有销量的\1数量"),
        (r"(?:有)?(?:多少|几)[种款](?:不同的)?(商品|产品)(?:被)?(?:卖出去?|售出|有销量)了?", r"有销量的\1数量"),
        (r"净(销售额|收入|营收)[ (]*[扣减]?[掉除去]退款[ )]*", r"净\1"),
        (r"\b(net (?:revenue|sales)) ?\((?:after|minus|less|net of|excluding|without) refunds\)", r"\1"),
        (r"[()]", " "),
        (r"(?<=[a-z])_(?=[a-z])", " "),
        (r"差评", "2星以下评价"),
        (r"好评(?!率)", "4星以上评价"),
        (r"\bnumber of (?=(?:bad|negative|poor|good|positive) reviews\b)", "how many "),
        (r"\b(?:bad|negative|poor) reviews\b", "reviews with 2 stars or less"),
        (r"\b(?:good|positive) reviews\b", "reviews with 4 stars or more"),
        (r"\bsame (?:month|quarter|week|time|period) (?:of )?last year\b", "year over year"),
        (r"\b(?:compared (?:to|with)|vs\.?|versus|than) (?:the )?"
         r"(?:(?:previous|prior|preceding) month|month before(?! last))(?: that)?\b", "month over month"),
        (r"^by (?=how much\b)", ""),
        (r"\bwith (?:the |their |its )?(?:amounts?|totals?)(?=$|[ ,?.])(?! (?:of|over|above|under|below|more|"
         r"less))", ""),
        (r"\b(?:tell|show) (?:me|us) (?=how |what |who |which )", ""),
        (r",? ?which (?:one|order|refund)(?: (?:is|was) (?:it|that))?$", ""),
        (r"\bwhere (?:do|are) (?:our |the |most )?(customers|buyers) (?:come )?from\b", r"\1 by country"),
        (r"^(bought|ordered|purchased)\b(?=.*\b(?:but|never|not|no|without)\b)", r"customers who \1"),
        (r"\bhow (?:satisfied|happy) (?:were|are) (?:our |the )?customers\b", "average csat"),
        (r"\bbreak(?: |-)?down (?!by|of)(.+) by\b", r"\1 by"),
        (r"\bpriority levels?\b", "priority"),
        (r"\bstopped (?:buying|ordering|purchasing) (after|since)\b", r"have not bought \1"),
        (r"\bby (?:how many|how much|what) (?:percent|percentage|%) (?:did|has|have|do)\b", "growth of"),
        (r"\b(?:percentage|percent|%) (?:change|growth|increase|decrease) (?:in|of)\b", "growth of"),
        (r"\b(change|growth|increase|grow|grew)\b(.*) (?:in|as a) (?:percent|percentage|%)$", r"\1\2"),
        (r"\bhow (?:did|has|have|is|are|does|do) (?:the |our )?(.+?) (?:develop|developed|developing|evolve|"
         r"evolved|trend|trending)\b(?! (?:today|yesterday|(?:this|last) (?:month|week)))", r"\1 by month"),
        (r"\b(?:trend|development|evolution) (?:of|in) (?:the |our )?(revenue|sales|orders|turnover)"
         r"(?! (?:today|yesterday|(?:this|last) (?:month|week)))", r"\1 by month"),
        (r"(?<!order )(?<!cart )(?<!basket )(?<!refund )\bvalue of (?:the |our |all )?(?=(?:\w+ )?(?:customers|"
         r"buyers)\b)", "customer value of "),
        (r"\b((?:customers|buyers)(?: (?:in|from) \w+)? (?:with|whose) (?:a |an )?)value (?=over|above|under|below|"
         r"more|less|higher|lower|of at)", r"\1customer value "),
        (r"\b(?:most|more often) (?:returned|refunded) (products?|items?|articles?|categor(?:y|ies))\b",
         r"\1 with most refunds"),
        (r"\b(products?|items?|articles?|categor(?:y|ies)) (?:(?:is|are|was|were|get|gets|got) )?(?:returned|refunded) "
         r"(?:the )?most(?: often)?\b", r"\1 with most refunds"),
        (r"\bsize of (?:each|every) (?=.*segment)", "number of customers in each "),
        (r"((?:除了?|不含|不包括)[^,，]+?)(?:以外|之外|外)", r"\1"),
        (r"平均一单(?:是)?多少钱", "平均每单金额"),
        (r"退款原因分布", "各原因退款笔数"),
        (r"\bmoney (?=.*\brefund)", ""),
        (r"平均每[个位名]?买家(?:会)?(?:下了?|有|下过)?(?:多少|几)(?:个|笔)?(?:订单|单)", "平均每位买家订单数"),
        (r"(?:平均)?每[个位名]?买家(?:平均)?(?:消费|花费?)了?(?:多少(?:钱)?|金额|额)?", "每位买家的消费额"),
        (r"(?:平均)?每[单笔](?:订单)?(?:平均)?(?:有)?(?:多少|几)件(?:商品)?", "平均每单件数"),
        (r"平均每[单笔](?:订单)?(?:是)?多少钱", "平均每单金额"),
        (r"最(?:有)?可能(?:会)?流失", "流失风险最高"),
        (r"(?<!在)下了?(?=(?:多少|几)(?:单|个订单|笔订单))", ""),
        (r"花钱(?=最)", "消费"),
        (r"(?:买|下单)得?最多的(?=.*按(?:消费)?金额(?:排|算)?$)(.*?)[ ,]*按(?:消费)?金额(?:排|算)?$", r"消费最高的\1"),
        (r"(今天|本周|这周|本月|这个月|本季度|今年)(?:到|截止到?|截至)(?:现在|目前)(?:为止)?", r"\1"),
        (r"(?<=注册)了?的客户(?:数量|数|人数)", "客户数"),
    )
)  # fmt: skip
_US = re.compile(r"(?:(\S+) )?\bus\b(?!\$)")


def plainly(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> plainly("how long does a first reply take on average"), plainly("us customers"), plainly("give us orders")
    ('first reply time on average', 'usa customers', 'give us orders')
    """
    for pattern, plain in _PLAIN:
        text = pattern.sub(plain, text)
    return _US.sub(_country_or_we, text)


def _country_or_we(found: re.Match[str]) -> str:
    return found[0] if found[1] in _TO_US else found[0].removesuffix("us") + "usa"
