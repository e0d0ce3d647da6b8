"""What is asked back before a text is read: turns that can mean two things, or that no question can say."""

import re
from collections.abc import Iterator

from nlp.ask.outcomes import Unclear, Unsupported

#: so long after something of each customer's own, which no time of the calendar is
_OF_EACH_ONE = re.compile(
    r"注册(?:后|之后|以后)?(?:的)?(?:头|前)?[\d一二两三四五六七八九十]+(?:天|周|个月|年)(?:之|以)?内"
    r"|\b(?:resolved|closed|solved|answered|replied to|delivered|shipped) (?:within|in (?:under|less than)) (?:\d+|a|one|two|three) "
    r"|(?:注册|下单|购买|买|首单|签收|收货|退款)(?:了|过)?(?:的)?(?:当天|当日|当月|当周|同一天|次日|第二天)"
    r"|(?<!最近)(?<!过去)(?<!近)(?<!\d)\d+个?(?:小时|天|分钟)(?:之|以)?内(?:都|还|仍|一直)*(?:没|未)(?:有)?(?:人)?(?:被|能)?(?:解决|处理|关|回|响应|结|送达|送到|发货)"
    r"|\d+个?(?:小时|天|分钟)(?:之|以)?内(?:就|被)?(?:解决|处理|关闭|回复|响应|送达|送到|发货)"
    r"|\b(?:within|in) (?:the first )?(?:\d+|a|one|two|three) (?:days?|weeks?|months?|years?) (?:of|after|from) "
    r"(?:signing|sign|registering|registration|joining|their first|the first)"
)


#: what is told to be done, not asked: refund order 17, close this ticket, 取消订单 17
_ORDERS_A_CHANGE = re.compile(
    r"^(?:(?:p[lease]{3,6}|pls|now|can you|could you)\s+)*"
    r"(?:refund|cancel|close|resolve|reopen|assign|approve|reject|merge|ship|mark|escalate|block|pay|rename)\s+"
    r"(?:(?:the|this|that|all|every|my|an?)\s+(?!most|fewest|least|\w+est\b|rate|same|time)|it\b|them\b|everyone\b|everybody\b"
    r"|(?:orders?|tickets?|customers?|carts?|refunds?)\s+(?=\S*\d)(?!\d+\s*(?:days?|weeks?|months?)\b)|(?=[a-z#-]+\d))"
    r"|^(?:请|帮我|麻烦)*(?:取消|关闭|退掉|退款|分配|批准)(?:订单|工单|退款)?\s*[a-z#-]*\d"
    r"|^(?:请|帮我|麻烦)*(?:把|给(?!我|咱|看|下|个|出|列|老板|大家)).*(?:取消|关闭|退款|退了|退掉|分配给|改成|关掉)"
)


#: of the ten best customers those who have not ordered: who they are is told before what is asked of them
_OF_THE_FIRST_ONES = re.compile(
    r"(?:top ?\d+|前\d+(?:名|位|个)?|最[高多大][的]?\d+(?:名|位|个))(?:的)?(?:客户|顾客|买家|商品|产品|人)?(?:里面?|中|当中|里头)"
    r"(?!.*(?:占|百分|比例|几成))"
)

#: what the first hundred spent together
_OF_THE_FIRST_TOGETHER = re.compile(
    r"(?:top ?\d+|前(?:\d+|[一二三四五六七八九十百]+)(?:名|位|个)?)的?(?:客户|顾客|买家|用户|商品|产品)(?:们)?(?:一共|总共|合计|加起来|共|总计)?"
    r"(?:贡献|带来|消费|花|买|卖)(?:了|出|掉)*(?:多少|几)"
)
#: bought for the first time, and again later
_FIRST_AND_AGAIN = re.compile(
    r"(?:第一次|首次|首单|头一次|首购)(?:买|下单|购买)?[^,没未]*(?<!没)(?:又|再|重新)(?:来|回来|一次)*(?:买|下单|下了单|购买|复购)"
)
#: 开了几张投诉,解决了几张
_TWO_COUNTS = re.compile(
    r"(?:几|多少)[张个单条笔件位次](?!以上|以下)[^,]*[,;、][^,]*了(?:几|多少)(?:[张个单条笔件位次]|钱)"
)
#: 上个月退款多少: so much money, or so many of them?
_REFUNDED_HOW = re.compile(r"(?<![的有])退款(?:一共|总共|总计|合计)?多少[了呀啊呢]*[? 。]*$")
#: they bought this, and what else?
_WHAT_ELSE = re.compile(r"买过?[^,]+的(?:客户|顾客|买家|人|用户)(?:都|最常|一般|通常)?还(?:会|都)?(?:买|购买)")

#: by what, money or orders? Those of the segment are loyal, none of them most
_MOST_LOYAL = re.compile(r"\bmost loyal (?:customers|buyers|clients|shoppers|people)\b")
#: the earliest of all orders, or those that were somebody's first?
_FIRST_ORDERS = re.compile(r"\b(?<!'s )(?<!their )first (?:orders|purchases)\b")

#: all that there are: no part of the question says how many
_ALL_OF_THEM = re.compile(
    r"\b(?:from|in|across|of) (?:all|every|each)(?: of)?(?: the| our)? (?:single )?categor(?:y|ies)\b"
)
_BOUGHT = re.compile(r"\b(?:bought|ordered|purchased|shopped)\b")


def doubt_of(typed: str, said: str, folded: str) -> Unclear | Unsupported | None:
    """Why a text is not read any further; None where it may be.

    It is looked at as it was `typed`, as it is `said` in the reader's words, and `folded` for the reader.
    """
    if _ORDERS_A_CHANGE.search(folded):
        return Unsupported("changing")
    return next((Unclear(why) for why in _doubts(typed, said, folded)), None)


def _doubts(typed: str, said: str, folded: str) -> Iterator[str]:
    if _OF_EACH_ONE.search(folded):
        yield "window"
    if any(each.search(folded) for each in (_OF_THE_FIRST_ONES, _OF_THE_FIRST_TOGETHER, _WHAT_ELSE)):
        yield "mix"
    if _FIRST_AND_AGAIN.search(typed) or _FIRST_ORDERS.search(said):
        yield "mix"
    if _BOUGHT.search(said) and _ALL_OF_THEM.search(said):
        yield "mix"
    if _MOST_LOYAL.search(said):
        yield "rank"
    if _REFUNDED_HOW.search(typed):
        yield "refunds"
    if _TWO_COUNTS.search(typed):
        yield "two"
