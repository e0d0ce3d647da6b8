"""Turns of phrase that say in many words what others say in one: said plainly before a question is read."""

import re

#: `us` after one of these is we; anywhere else it is the country
_TO_US = frozenset(
    """
    give show tell get let find from with to by for of at paid pay contacted contact wrote emailed asked told gave cost
    bring brought brings earn earned made bought visited left reviewed owe owes messaged reach reached called than
    behind help
    """.split()  # noqa: SIM905 - words are read more easily than a list
)

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
        (r"\bsame (?:month|quarter|week|time|period) (?:of )?last year\b", "year over year"),
        (r"\b(?:compared (?:to|with)|vs\.?|versus|than) (?:the )?"
         r"(?:(?:previous|prior|preceding) month|month before(?! last))(?: that)?\b", "month over month"),
        (r"^by (?=how much\b)", ""),
        (r"\bwith (?:the |their |its )?(?:amounts?|totals?)(?=$|[ ,?.])(?! (?:of|over|above|under|below|more|less))", ""),
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
        (r"\bvalue of (?:the |our |all )?(?=(?:\w+ )?(?:customers|buyers)\b)", "customer value of "),
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
