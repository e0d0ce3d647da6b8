"""More turns of phrase, each a whole family of them, put into words that the reader has."""

import re
from collections.abc import Callable

from nlp.ask.passes.tables import Table, replaced

_HOURS = {"minute": 1 / 60, "min": 1 / 60, "hour": 1.0, "hr": 1.0, "h": 1.0, "day": 24.0, "week": 168.0,
          "分钟": 1 / 60, "小时": 1.0, "个小时": 1.0, "天": 24.0}  # fmt: skip
_DAYS = {"day": 1, "week": 7, "month": 30}
_ONE = ("a", "an", "one")
_LENGTH = r"(?P<n>\d+(?:\.\d+)?|an?|one) ?(?P<u>minute|min|hour|hr|h|day|week)s?\b"
_UNIT = r"(?:day|week|month)"
#: the upper two of five marks, the lower two
_MARKS = (
    r"(?:(?P<low>(?:1|one) ?(?:-|–|/|to|or|and) ?2)|4 ?(?:-|–|/|to|or|and) ?5)"
    r"(?: (?:stars?|points?))?"
)
_CHINESE_MARKS = "(?:(?P<low>1分?(?:到|至|-|~|或者?|、|和)2)|4分?(?:到|至|-|~|或者?|、|和)5)"
_CHINESE_LENGTH = "(?P<n>\\d+|[一二三四五六七八九十两]+)(?P<u>天|周|个星期|个月)"
_STILL = "(?:但|却)?(?:还|仍|都|也|一直|依然|到现在|至今|尚)*"
_SENT = "(?:发货|发出|送达|到货|签收|收到|付款)"
_WITHIN = r"(?P<way>within|in under|in less than|in at most|inside|under|in more than|after more than|in over) "
r"(?:the first )?"


def _hours(found: re.Match[str]) -> float:
    return round(1.0 if found["n"] in _ONE else float(found["n"]), 4) * _HOURS[found["u"]]


def _marked(measure: str, high: str, low: str) -> Callable[[re.Match[str]], str]:
    return lambda found: measure + (low if found["low"] else high)


def _older(found: re.Match[str]) -> str:
    """Orders paid more than 5 days ago: paid ones that are older. When they were paid is not told."""
    count = found["n"] if found["n"].isdigit() else 1
    return f"{'paid ' if found['paid'] else ''}{found['what']} older than {count} {found['u']}s "


def _older_in_chinese(found: re.Match[str]) -> str:
    return f"早于{found['n']}{found['u']}{'已付款' if found['paid'] else ''}"


def _timed(measure: str) -> Callable[[re.Match[str]], str]:
    """Answered within an hour: with a first reply time of at most one."""

    def said(found: re.Match[str]) -> str:
        longer = "more" in found["way"] or "over" in found["way"]
        return f" with {measure} {'more than' if longer else 'at most'} {_hours(found):g} hours "

    return said


def _took(measure: str) -> Callable[[re.Match[str]], str]:
    """Took longer than 2 days to resolve."""

    def said(found: re.Match[str]) -> str:
        way = "more than" if found["way"] in ("longer", "more", "over") else "less than"
        return f" with {measure} {way} {_hours(found):g} hours "

    return said


def _timed_in_chinese(measure: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{measure}不超过{float(found['n']) * _HOURS[found['u']]:g}小时"


def _range(found: re.Match[str]) -> str:
    """1 or 2 stars: at most 2; 4 or 5: at least 4."""
    low, high = sorted((int(found["one"]), int(found["other"])))
    said = {(1, 2): "at most 2", (4, 5): "at least 4"}.get((low, high))
    return found[0] if said is None else f"{found['before']} {said} {found['after'] or ''}"


_NO_GOODS = r"(?!(?:in|most|least|their|the|items?|products?|things?|something|anything|more|stuff)\b)"
_GOODS = rf"(?:an? |the |some |any )?({_NO_GOODS}[\w-]+(?: {_NO_GOODS}[\w-]+)?)"
_SEGMENTS = (
    "champions|loyal customers|loyalists|potential loyalists?|at[- ]risk|can't lose(?: them)?|hibernating|promising"
    "|about to sleep"
)
_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"\b(?:up (?:to|till|until)|until|till|as of|by) (?:right )?now\b|\bto this (?:point|day)\b|\bso far to"
         r" date\b", " "),
        (r"\bat (?:the |their )?(?:current|today's|present|list|catalogue|listed) prices?\b", " "),
        (r"(\bnet (?:revenue|sales|turnover|income)\b.*?)[ (,]*\b(?:after|minus|less|net of|excluding|without|"
         r"deducting)"
         r" (?:all )?refunds\)?", r"\1"),
        (r"\bin (?:whole |full )?(?:days|hours)\b(?! (?:of|since|from))(?!\s*\d)", " "),
        (r"[,;]? \(?(?:for |over )?(?:the )?(?<!last )(?<!past )(?<!within )(?<!than )(?<!least )(\d+) (days|"
         r"weeks|months)\)?"
         r"(?=[,;])", r" last \1 \2 "),
        # satisfied, and not
        (r"(?P<before>\b(?:csat|rating|ratings|score|rated|satisfaction)(?: scores?)?(?: (?:of|is|was|=|with))*) "
         r"(?P<one>[1-5])(?: stars?)? or (?P<other>[1-5])\b(?P<after>(?: stars?)?)", _range),
        (r"\b(?:left|leave|wrote|write|gave|give|posted|submitted)(?: us)? (?:an? |only )?([1-5])(?: or ([1-5])"
         r")?[- ]stars? "
         r"(?:reviews?|ratings?)\b",
         lambda found: _starred(found, "with ")),
        (r"\b(?:gave|left|give|rated)(?: us| it| them)?(?: an?| only)? ([1-5]) stars?\b(?! reviews?)", r"with \1"
         r" star reviews"),
        (r"\b([1-5]) or ([1-5])[- ]stars? (reviews?)\b", lambda found: _starred(found, "")),
        (r"\b([1-5])[- ]stars? (?:csat|satisfaction)(?: (?:score|answer|rating|response)s?)?"
         r"(?: (?:on|for|of|among) (?:the )?)?((?:resolved )?tickets(?: resolved)?)\b", r"\2 with csat \1 "),
        (r"\b(?:csat|satisfaction) (?:answers?|responses?|ratings?|scores?) (?:of |with )?([1-5])(?: stars?)?"
         r"(?: (?:on|for|of|among) (?:the )?)?((?:resolved )?tickets(?: resolved)?)\b", r"\2 with csat \1 "),
        # how soon
        (rf"\b(?:that |which )?(?:were |was |are |got |have been |had been )?(?:first )?(?:answered|replied(?: "
         rf"to)?|responded(?: to)?"
         rf"|got (?:an? )?(?:first )?(?:reply|answer|response)) {_WITHIN}{_LENGTH}", _timed("first reply time")),
        (rf"\bwith (?:an? )?(?:first )?(?:reply|answer|response) {_WITHIN}{_LENGTH}", _timed("first reply time")),
        (rf"\b(?:that |which )?(?:were |was |are |got |have been |had been )?(?:resolved|closed|solved)"
         rf" {_WITHIN}{_LENGTH}",
         _timed("resolution time")),
        (r"(?P<n>\d+)(?P<u>分钟|个?小时|天)(?:之|以)?内(?:就)?(?:得到|收到|被)?(?:首次)?(?:回复|响应|答复)(?:了|"
         r"过)?(?!时)",
         _timed_in_chinese("首次回复时间")),
        (r"(?<!最近)(?<!过去)(?<!近)(?P<n>\d+)(?P<u>分钟|个?小时|天)(?:之|以)?内(?:就)?(?:得到|被)?(?:解决|关闭|"
         r"处理完)(?:了|掉)?(?!时)",
         _timed_in_chinese("解决时间")),
        (rf"\b(?:that |which )?(?:took|take|takes|needed|taking) (?:us )?(?P<way>longer|more|less|over|under|"
         rf"fewer|shorter)"
         rf"(?: than)? {_LENGTH} to (?:be )?(?:resolved?|closed?|solved?|get resolved)", _took("resolution time")),
        (rf"\b(?:that |which )?(?:took|take|takes|needed|waited|taking) (?:us )?(?P<way>longer|more|less|over|"
         rf"under|fewer|shorter)"
         rf"(?: than)? {_LENGTH} (?:to|for) (?:an? |the |be |get (?:an? )?)?(?:first )?(?:answered|answer|reply|"
         rf"replied|response|respond)",
         _took("first reply time")),
        (r"\b(?:that |which )?(?:have |has |got |had )?(?:never got|never received|did not get|didn't get|"
         r"without|with no|no|missing|lacking)"
         r" (?:an? |any )?(?:csat|satisfaction)(?: (?:score|answer|rating|response|survey|feedback)s?)?\b", " "
         "unscored "),
        (r"\b(?:on|in) (\w+?)(?:'s|s')? (?:desk|plate|queue|hands|list|inbox|pile)\b", r"of \1"),
        # tickets that wait
        (r"\b(tickets?|cases?|complaints?|questions?|requests?)(.*?)\b(open|unresolved|unanswered|unassigned|"
         r"waiting|pending)"
         r" (?:since |for )?(?:longer|older|more) than\b", lambda found: f"{found[1]}{found[2]} "
         f"{found[3] if found[3].startswith('una') else 'open'} for more than"),
        (r"\b((?:open|unresolved|unanswered|unassigned) (?:\w+ )?(?:tickets?|cases?|complaints?))(.*?)\b(?:that "
         r"are |which are |for )?"
         r"(?:older|longer|more) than (?=\d+ (?:day|hour|week)|a week)", r"\1\2 for more than "),
        (r"\bopen (?:for|since) (?:at least |over )?(\d+) (days?|weeks?|hours?)(?: or (?:more|longer)| already| "
         r"now)?\b",
         r"open for more than \1 \2"),
        (r"\b(?:for )?(?:more than|over|at least) (an?|one) (day|week|month)\b(?! ago)",
         lambda found: f"for more than {_DAYS[found[2]]} days"),
        (r"\b(?:have |has )?(?:been |are |is )?(open|waiting|unresolved|unanswered) (?:for )?(?:the "
         r")?longest\b", r"\1 oldest"),
        (r"\b(products?|items?|articles?)\b(.*?)\b(?:without|with no|with zero|that have no|have no|having no|"
         r"no) (?:any |customer )?"
         r"(?:reviews|ratings)(?: yet| at all)?\b|\b(products?|items?|articles?)\b(.*?)\b(?:never|not yet|not) "
         r"(?:been )?(?:reviewed|rated)\b",
         lambda found: f"{found[1] or found[3]}{found[2] or found[4] or ''} unreviewed"),
        (r"\b(more than|over|at least) (\d+) weeks\b", lambda found: f"{found[1]} {int(found[2]) * 7} days"),
        # refunded
        (r"\b(?:money|amount|sum|cash) (?:(?:that )?(?:we|was|were|has been|had been) )*(?:given|paid|handed|"
         r"sent|gave) back"
         r"(?: to (?:our |the )?(?:customers|buyers|clients))?\b", "refund amount"),
        (r"\bhow much money (?:did|have|has|do) (?:we|the shop) (?:give|given|gave|pay|paid|hand|send|sent) back"
         r"(?: to (?:our |the )?(?:customers|buyers|clients))?\b", "refund amount"),
        (r"\bhow much (?:did|does|do|has|have) '?(.+?)'? costs? (?:us|the shop|you) in refunds\b", r"refund amount \1"),
        (r"\b(?:ended(?: up)?(?: in| with| being)?|led to|leading to|resulted in|resulting in|came with|finished"
         r" (?:in|with))"
         r" (?:an? |the )?refund(?:s|ed)?\b", "refunded"),
        (r"\brefunded (?:for|because of|due to|because) (?:(?:being|it was|they were|arriving) )?(?:the )?(?=\w)",
         "refunded "),
        # carts
        (rf"\b(?:who )?(?:have|has|had|with|put|placed|left|holding|keep) {_GOODS} in (?:their|the|a) (?:shopping )?"
         r"(?:carts?|baskets?)\b", r"who in their cart \1"),
        (r"(?<=\d) (?:pcs|pc|pieces|units|items|left) (?=in stock)", " "),
        (r"\bhow many (?:new )?(customers|buyers|clients) (?:did|have|has) (?:we|the shop|they) (?:gain|gained|"
         r"acquire|acquired|win|won)\b",
         r"how many new \1"),
        (r"\b(?:(?:who|that) (?:have |had |usually )?(?:paid|pay|pays)|paying) (?:by|with|via|using|through) "
         r"(?!.*\borders\b)",
         "who bought by "),
        (r"\bhow (?:has|have|did|does) (?:the |our )?(.+?) (?:change|changed|move|moved) (?:over|during|"
         r"throughout|across)(?: the)?\b",
         r"\1 by month this"),
        (r"\b(?:take|takes|took|taking|need|needs) (?:the )?(longest|shortest) to (?:be )?(?:resolved?|closed?|"
         r"solved?)\b",
         lambda found: f"has {_longest(found[1])} resolution time"),
        (r"\b(?:take|takes|took|taking|need|needs) (?:the )?(longest|shortest) to (?:be |get (?:an? )?)?(?:first )?"
         r"(?:answered|answer|reply|response|respond)\b", lambda found: f"has {_longest(found[1])} first reply time"),
        (r"\b(best|worst|lowest|highest|top)[- ]reviewed\b", r"\1 rated"),
        (r"\b(?<!order )(?<!basket )(?:total |combined )?value of (?:all |the )*((?:\w+ ){0,2}orders)\b",
         r"revenue from \1"),
        (r"\bcomplaints (from|of|by) (?=.*\b(?:customers|buyers|clients)\b)", r"complaint tickets \1 "),
        (r"\brefund tickets (from|of|by) (?=.*\b(?:customers|buyers|clients)\b)", r"tickets about refunds \1 "),
        # what they do most
        (r"\bwhat do (?:our |the )?(.+?) (customers|buyers|people|clients) (?:buy|order|purchase)(?: the)? most"
         r"(?: often)?\b",
         r"best selling products of \1 \2"),
        (r"\b(ordered|bought|purchased|orders|buys|purchases) (?:the )?most (?:often|frequently)\b", "ordered most"),
        (r"\bwho (?:writes|wrote|leaves|left|posts|posted) (?:the )?most reviews\b", "customers with most reviews"),
        (r"\bmost[- ](?:viewed|visited|looked[- ]at|browsed) (products?|items?|articles?|skus?|categor(?:y|ies))\b",
         r"\1 with most visits"),
        (r"\bwhere (?:do|does) (?:our |the |most )?(?:visits?|traffic|visitors) come from\b", "visits by source"),
        (r"\b(revenue|sales|orders|csat|rating|ratings|tickets|refunds|signups|aov|turnover) "
         r"trends?\b", r"\1 by month"),
        (r"\b(?:with|have|had|having|made|placed) (?:orders|purchases) in both (\w+) and (\w+)\b",
         r"who ordered in \1 and ordered in \2"),
        (r"^(?:spent|spending) (?=(?:more|over|at least|less|under|between|above))", "customers who spent "),
        (r"\b(products|items|articles|skus)(.*?) (?:that |which )?(?:have |has |were )?(?:sold|selling) (fewer "
         r"than|less than|"
         r"more than|over|under|at least|at most) (\d+)(?: units| pieces| times| pcs)?\b", r"\1\2 with \3 \4 units"),
        (r"\b(orders?)\b(.*?)\b(?:that |which )?(?:took|take|needed) (?P<way>longer|more|less|over|under|fewer)"
         r"(?: than)? (?P<n>\d+)"
         r" days (?:to (?:arrive|be delivered|get there|deliver|reach \w+)|for delivery)",
         lambda found: f"{found[1]}{found[2]} with delivery time "
         f"{'more than' if found['way'] in ('longer', 'more', 'over') else 'less than'} {found['n']} days"),
        (r"\b(orders?)\b(.*?)\b(?:that were |that |which were )?(?:delivered|arrived|arriving) (?:within|in "
         r"under|in less than|in at most)"
         r" (\d+) days\b", r"\1\2 with delivery time at most \3 days"),
        # what things cost
        (r"\b(?:that |which |who )?cost(?:s|ing)? (?=(?:more|less|over|under|above|below|at|between|exactly|up "
         r"to|[\d€$£]))",
         "with price "),
        (r"\bpriced (?:at )?(?=(?:more|less|over|under|above|below|at|between|exactly|up to|[\d€$£]))", "with price "),
        (rf"\b({_SEGMENTS}) (?=(?:who|that|whose|with|gave|have|had|has|left)\b)", r"\1 customers "),
        # who is likely to
        (r"\blikely to (?:buy|order|purchase|shop|return|come back|repurchase|re-?order)(?: from us)?(?: again)?"
         r"(?: soon| next)?\b(?! in the next)", "likely to buy"),
        # again
        (r"\b(?:have |has )?(?:ordered|bought|purchased) again (?:since|since then|afterwards?|later)(?: on)?$",
         "ordered at least twice"),
        (r"\b(?:again|ever) since$", "again"),
        (r"\b(bought|ordered|purchased|visited|viewed) only (from|on|with|by|in)\b", r"only \1 \2"),
        (r"\b(?:have |has )?(only|solely|exclusively|just) ever\b", "only"),
        (r"\b(solely|exclusively|nothing but)\b", "only"),
        (r"\bpaid (?:only|always) (?:with|by|via|using)\b|\b(?:only|always) paid (?:with|by|via|using)\b", "only"
         " bought by"),
        (r"\b(only (?:bought|ordered|purchased|buy|order)|bought|ordered|purchased|buy|shopped) (from|in) "
         r"(?:just |exactly )?"
         r"(?:one|a single|1) (?:different |product )?categor(?:y|ies)(?: only)?\b", r"bought exactly 1 categories"),
        (r"\b(?:only )?(?:bought|ordered|purchased) (?:just |only |exactly )?(?:one|a single|1) (?:different "
         r")?categor(?:y|ies)\b",
         "bought exactly 1 categories"),
        (r"\b(bought|ordered|purchased|buy|shopped) (?:something )?(?:from |in |across )?(more than|at least|"
         r"over|fewer than|less than|"
         r"at most|exactly) (\w+) (?:(?:different |distinct |product )*(?=categor)|(?:different |distinct )+)"
         r"(categor(?:y|ies)|products|articles|items)\b",
         lambda found: f"{found[1]} {found[2]} {found[3]} different {'categories' if found[4][0] == 'c' else 'goods'}"),
        (r"\b(bought|ordered|purchased|buy|shopped) (?:something )?(?:from |in |across )?(\d+) or more "
         r"(?:different |distinct |product )*(categor(?:y|ies))\b", r"\1 at least \2 different categories"),
        (r"bought exactly 1 categories", "bought exactly 1 different categories"),
        (r"(?:只|仅)(?:在)?(?:买过?|购买过?)(?:了)?(?:一|1)个(?:品类|类别|类目)", "购买过恰好1个不同品类"),
        (r"(?:买过?|购买过?)(?:了)?(至少|超过|不止|恰好)?(\d+|[两三四五])个(以上)?(?:不同)?(?:的)?(?:品类|类别|类目)",
         lambda found: f"购买过{found[1] or ('至少' if found[3] else '恰好')}{found[2]}个不同品类"),
        (r"(?:只|仅)(?:用|使用|通过)(.+?)(?:付款|支付|付)(?!宝)(?:过|了)?(?:的)?", r"只购买\1的"),
        # which of two
        (r"\b(who|which (?:agent|colleague)) (?:replies|reply|replied|responds|responded|answers|answered)(?: "
         r"to)?(?: tickets| customers)? "
         r"(faster|slower|quicker)\b", r"\1 is \2 replying"),
        (r"\b(who|which (?:agent|colleague)) (?:resolves|resolve|resolved|closes|closed|solves|solved)(?: "
         r"tickets| cases)? "
         r"(faster|slower|quicker)\b", r"\1 is \2 resolving"),
        (r"\b(?:who|which)(?: one| agent| colleague)? (?:is|was|were|are) (?:the )?(slower|faster|quicker)"
         r" (?:at |in |to )?(?:reply|respond|answer)\w*(?: (?:tickets?|the))?(.*?)[ ,:-]+([\w']+) or ([\w']+)",
         lambda found: f"{found[3]} vs {found[4]} {_most(found[1])} average first reply time {found[2]}"),
        (r"\b([\w' ]+?) or ([\w' ]+?)[ ,:-]+(?:who|which)(?: one| agent| country)? (?:is|was|were|are|has|had|"
         r"did) (?:the )?(slower|faster|quicker)"
         r" (?:at |in |to )?(?:resolv|clos|solv)\w*(?: (?:tickets?|the))?",
         lambda found: f"{found[1]} vs {found[2]} {_most(found[3])} average resolution time "),
        (r"\b(?:who|which)(?: one| agent| country)? (?:is|was|were|are) (?:the )?(slower|faster|quicker)"
         r" (?:at |in |to )?(?:resolv|clos|solv)\w*(?: (?:tickets?|the))?(.*?)[ ,:-]+([\w']+) or ([\w']+)",
         lambda found: f"{found[3]} vs {found[4]} {_most(found[1])} average resolution time {found[2]}"),
        (r"\b([\w' ]+?) or ([\w' ]+?)[ ,:-]+(?:who|which)(?: one| agent)? (?:is|was|were|are|replies|replied) "
         r"(?:the )?(slower|faster|quicker)"
         r"(?: (?:at |in |to )?(?:reply|respond|answer)\w*)?(?: (?:tickets?|the))?",
         lambda found: f"{found[1]} vs {found[2]} {_most(found[3])} average first reply time "),
        # marks from 4 to 5, from 1 to 2
        (rf"\bcsat(?: (?:scores?|ratings?|marks?))?(?: (?:of|are|is|at|with|equal to|was|were|being))* {_MARKS}",
         _marked("csat ", "at least 4 ", "at most 2 ")),
        (rf"\b(?:at least |of )?{_MARKS} (?:in |on |for )?csat(?: (?:scores?|ratings?|marks?))?\b",
         _marked("csat ", "at least 4 ", "at most 2 ")),
        (r"\bcsat(?: (?:scores?|ratings?|marks?))?(?: of| at| is| are)? (?P<n>[2-4])(?: ?\+| and (?:above|up|over)"
         r"| or (?:better|higher|more|above))", r"csat at least \g<n> "),
        (rf"满意度(?:评分|得分|打分)?(?:为|是|在|打了?)?{_CHINESE_MARKS}分?(?:之间)?",
         _marked("满意度", "至少4", "至多2")),
        (rf"{_CHINESE_MARKS}分的?满意度(?:评分|得分)?的?", _marked("满意度", "至少4的", "至多2的")),
        # so long ago, and still in a state
        (r"\b(?P<what>orders?|refunds?|purchases?) (?:(?:that|which) )?(?:(?:were|was|have been|are) )?"
         r"(?:(?P<paid>paid)|placed|made|ordered|requested|asked for|created|filed|opened)(?: for)?"
         rf" (?:more than|over|at least|longer than) (?P<n>\d+|an?|one) (?P<u>{_UNIT})s? ago"
         r"(?:,? (?:and|but|that|which))?(?: (?:are|is|were|have|has|that|which))*", _older),
        (rf"(?:申请|提交)(?:了|已经?)?(?:超过|满)?{_CHINESE_LENGTH}(?:以上)?了?{_STILL}"
         r"(?:(?:没有?|未)(?:被)?(?:处理|审批|审核)|待审核|待审批|待处理)",
         r"早于\g<n>\g<u>待处理"),
        (rf"(?:(?P<paid>付款|支付|付了?款)|下单|申请|提交|创建)(?:了|已经?)?(?:超过|满|大于)?{_CHINESE_LENGTH}(?:以上)?了?"
         rf"{_STILL}(?=(?:没有?|未)(?:被)?{_SENT})", _older_in_chinese),
        (rf"{_CHINESE_LENGTH}(?:以)?前就?(?:(?P<paid>付款|支付|付了?款)|下单|申请|提交)[的了]?{_STILL}"
         rf"(?=(?:没有?|未)(?:被)?{_SENT})", _older_in_chinese),
        # what a segment is worth: what it brings in
        (r"\b(?:most (?:valuable|lucrative)|highest[- ]value) (segments?)\b", r"\1 with the highest revenue"),
        (r"(?:最有价值|价值最高|最值钱|贡献最大)的(?P<n>\d*个?)(?P<of>分群|客群|客户分群|群体)",
         r"销售额最高的\g<n>\g<of>"),
        # an order of which most was given back
        (r"退款(?:金额|额)?最(?:高|大|多)的(?=(?:前)?\d*(?:个|笔|单)?订单)", "退款最多的"),
    )
)  # fmt: skip


def _most(word: str) -> str:
    return "slowest" if word == "slower" else "fastest"


def _longest(word: str) -> str:
    return "slowest" if word == "longest" else "fastest"


def _starred(found: re.Match[str], tie: str) -> str:
    if found[2] is None:
        return f"{tie}{found[1]} star reviews"
    low, high = sorted((int(found[1]), int(found[2])))
    said = {(1, 2): "2 stars or less", (4, 5): "4 stars or more"}.get((low, high))
    return found[0] if said is None else f"{tie}reviews with {said}"


def in_short(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> in_short("tickets answered within 1 hour")
    'tickets  with first reply time at most 1 hours '
    """
    return replaced(text, _TURNS)
