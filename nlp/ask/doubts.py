"""What is asked back before a text is read: turns that can mean two things, or that no question can say."""

import re
from collections.abc import Iterator

from nlp.ask.leading import together
from nlp.ask.outcomes import Unclear, Unsupported

#: so long after something of each customer's own, which no time of the calendar is
_OF_EACH_ONE = re.compile(
    r"注册(?:后|之后|以后)?(?:的)?(?:头|前)?[\d一二两三四五六七八九十]+(?:天|周|个月|年)(?:之|以)?内"
    r"|\b(?:resolved|closed|solved|answered|replied to|delivered|shipped) (?:within|in (?:under|less than)) (?:\d+|a"
    r"|one|two|three) "
    r"|(?:注册|下单|购买|买|首单|签收|收货|退款)(?:了|过)?(?:的)?(?:当天|当日|当月|当周|同一天|次日|第二天)"
    r"|(?<!最近)(?<!过去)(?<!近)(?<!\d)\d+个?(?:小时|天|分钟)(?:之|以)?内(?:都|还|仍|一直)*(?:没"
    r"|未)(?:有)?(?:人)?(?:被|能)?(?:解决|处理|关|回|响应|结|送达|送到|发货)"
    r"|\d+个?(?:小时|天|分钟)(?:之|以)?内(?:就|被)?(?:解决|处理|关闭|回复|响应|送达|送到|发货)"
    r"|\b(?:within|in) (?:the first )?(?:\d+|a|one|two|three) (?:days?|weeks?|months?|years?) (?:of|after|from) "
    r"(?:signing|sign|registering|registration|joining|their first|the first)"
)


#: what is told to be done, not asked: refund order 17, close this ticket, 取消订单 17
_ORDERS_A_CHANGE = re.compile(
    r"^(?:(?:p[lease]{3,6}|pls|now|can you|could you)\s+)*"
    r"(?:refund|cancel|close|resolve|reopen|assign|approve|reject|merge|ship|mark|escalate|block|pay|rename)\s+"
    r"(?:(?:the|this|that|all|every|my|an?)\s+(?!most|fewest|least|\w+est\b|rate|same|time)|it\b|them\b|everyone\b"
    r"|everybody\b"
    r"|(?:orders?|tickets?|customers?|carts?|refunds?)\s+(?=\S*\d)(?!\d+\s*(?:days?|weeks?|months?)\b)|(?=[a-z#-]+\d))"
    r"|^(?:请|帮我|麻烦)*(?:取消|关闭|退掉|退款|分配|批准)(?:订单|工单|退款)?\s*[a-z#-]*\d"
    r"|^(?:请|帮我|麻烦)*(?:把|给(?!我|咱|看|下|个|出|列|老板|大家)).*(?:取消(?!的|率|单|订单|原因)|关闭(?!的)"
    r"|退款(?!金额|率|笔数|单|订单|名单|原因|数|最|的|情况|明细|记录)|退了(?!的)|退掉(?!的)|分配给(?!\w+的)|改成|关掉)"
)


#: how many tickets somebody answered in a time, when something ran out, who goes on buying: nothing is kept of it
_NOT_KEPT = re.compile(
    r"卖(?:出去?|掉|过|了)的(?:商品|产品|sku)(?:一共|总共)?(?:有)?(?:多少|几)[种款]|(?:价格|售价|单价"
    r"|定价)(?:的)?(?:区间|范围|分布区间)|(?<!首次)(?:回|回复|答复)[了过](?:多少|几)(?:张|个|条|封)|(?:什么时候|何时"
    r"|哪天|几号)(?:会|能|才|开始)?(?:断货|缺货|卖完|卖光|售罄|上架|下架|补货)"
    r"|还在(?:买|下单|消费|购买)的|的(?:客户|买家|用户|人)[^,]{0,6}(?:下单|买|退款|投诉|付款|评价)了(?:吗|没有?)"
)

#: of the ten best customers those who have not ordered: who they are is told before what is asked of them
_OF_THE_FIRST_ONES = re.compile(
    r"(?:top ?\d+|前\d+(?:名|位|个)?|最[高多大][的]?\d+(?:名|位|个))(?:的)?(?:客户|顾客|买家|商品|产品"
    r"|人)?(?:里(?![昂尔斯])面?|中(?!国)|当中|里头)"
    r"(?!.*(?:占|百分|比例|几成))"
)

#: what the first hundred spent together
_OF_THE_FIRST_TOGETHER = re.compile(
    r"(?:top ?\d+|前(?:\d+|[一二三四五六七八九十百]+)(?:%|名|位|个)?)的?(?:客户|顾客|买家|用户|商品"
    r"|产品)(?:们)?(?:一共|总共|合计|加起来|共|总计)?"
    r"(?:贡献|带来|消费|花|买|卖)(?:了|出|掉)*(?:多少|几)"
)
#: something, and later something else, or nothing: which came first is not asked
_ONE_AFTER_ANOTHER = re.compile(
    r"(?:退过?款|退了款|退货|工单|投诉|评价|访问|来过|浏览|加购|差评)[^,，]{0,6}?(?:的)?[,，]?(?:但|但是|却|可|并且|而且|且|并)*(?:是)?"
    r"(?:(?:之后|后来|以后|然后|此后|后)(?:就|都|也|却|便)*(?:没|未|又|再)|(?:没|没有|未)再)(?:有)?(?:再)?(?:来)?(?:下过?单|买|购买|消费|复购|回来)"
    r"|\b(?:complained|refunded|returned|reviewed|visited|opened (?:a|an) \w+|(?:got|had) (?:a|an) \w+)\b[^,]*?"
    r" (?:and|but) (?:then |later |still )?"
    r"(?:ordered|bought|purchased|came back|shopped|(?:have |has |did )?(?:not|never) (?:ordered?|b(?:uy|ought)"
    r"|purchased?)) (?:anything )?"
    r"(?:again )?(?:later|afterwards|after that|since then|thereafter)\b"
    r"|\brefunded an order (?:with|of|containing|for|that)\b"
)
#: the second order, the first two of them; of what the first one was
_SO_MANIETH = re.compile(
    r"\b(?:2nd|3rd|\d+th|second|third|fourth|fifth) (?:orders?|purchases?) (?:in|last|this|on|since|during)\b"
    r"|\bfirst (?:two|three|2|3|few) (?:orders|purchases)\b"
    r"|(?:第一单|首单|第一次下单|首次下单|第一次购买)(?:里面?|中|时|就)*(?:买|购买|包含|含|有)(?:的是|的|过|了)?(?!东西|单|的人|的客户|客户)[\u3400-\u9fff]"
)
#: a score of tickets is of those resolved in a time
_CSAT_OF_OPENED = re.compile(
    r"\b(?:csat|satisfaction)\b.*\b(?:tickets|complaints)\b[^,]*\b(?:opened|created|raised|filed)\b"
    r"|(?:新开|新建|新增|创建|开)的?(?:工单|投诉)[^,，]{0,4}(?:满意度|csat)"
)
#: bought for the first time, and again later
_FIRST_AND_AGAIN = re.compile(
    r"(?:第一次|首次|首单|头一次|首购)(?:买|下单|购买)?[^,没未]*(?<!没)(?:又|再|重新)(?:来|回来|一次)*(?:买|下单"
    r"|下了单|购买|复购)"
)
#: 开了几张投诉,解决了几张
_TWO_COUNTS = re.compile(
    r"(?:笔数|单数|件数|数量|次数|订单数)(?:和|与|跟|及|、|以及)(?:总)?金额|(?:总)?金额(?:和|与|跟|及|、|以及)(?:笔数"
    r"|单数|件数|数量|次数)|"
    r"(?:几|多少)[张个单条笔件位次](?!以上|以下)[^,]*[,;、][^,]*了(?:几|多少)(?:[张个单条笔件位次]|钱)"
    r"|(?:几|多少)[双个件只块条][^,多少几]{1,5}?(?:和|跟|、|,)?(?:几|多少)[双个件只块条](?=[^,多少几的]{1,5}$)"
)
#: how each of several goes on: two numbers of one row
_EACH_GOES = re.compile(r"(?:各|每个)(?!个?[月周天日季年])[^按]*(?:走势|趋势)(?!.*按)")
#: 上个月退款多少: so much money, or so many of them?
_REFUNDED_HOW = re.compile(
    r"退了?(?:多少|几)[双个件只块副台套]?(?![双个件只块副台套钱款货单笔次欧元金客人用会订张回起工天银])(?=[\u3400-\u9fff])(?!百分|%|退)|(?<![的有])退款(?:一共|总共|总计|合计)?多少[了呀啊呢]*[? 。]*$"
)
#: 加购最多但卖得最少: in which order?
_TWO_ORDERS = re.compile(
    r"最[多少高低好差贵大小][^,，]{0,6}?[,，]?(?:但是?|而且?|却|并且|且|又|同时"
    r"|可是?)[^,，]{1,8}?最[多少高低好差贵大小快慢]"
)
#: who bought of most categories: no question can say it
_MOST_KINDS = re.compile(
    r"买(?:过|了)?(?:的)?(?:品类|种类|商品|产品)?最多(?:的)?(?:品类|种类|类目)的(?:客户|顾客|买家|人|用户)"
)
#: they bought this, and what else?
_WHAT_ELSE = re.compile(r"买过?[^,]+的(?:客户|顾客|买家|人|用户)(?:都|最常|一般|通常)?还(?:会|都)?(?:买|购买)")

#: by what, money or orders? Those of the segment are loyal, none of them most
_MOST_LOYAL = re.compile(r"\bmost loyal (?:customers|buyers|clients|shoppers|people)\b")
#: the earliest of all orders, or those that were somebody's first?
_FIRST_ORDERS = re.compile(r"\b(?<!'s )(?<!their )first (?:orders|purchases)\b")

#: tickets not resolved by maya: hers that are open, or those that somebody else resolved?
_NOT_BY = re.compile(
    r"(?:\bnot|n't|\bnever) (?:been |yet |yet been )?(?:resolved|closed|solved|handled|answered|fixed) by "
    r"(?!\d|(?:the|end|today|tomorrow|now|then|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)"
)
#: of an order, or of a ticket?
_RATED_US = re.compile(
    r"\b(?:rated|gave|scored|marked) us (?:an? |only |just )?[1-5]\b(?! ?stars?)(?!.*(?:csat|satisf|review|ticket"
    r"|happ))"
)
#: all that there are: no part of the question says how many
_ALL_OF_THEM = re.compile(
    r"\b(?:from|in|across|of) (?:all|every|each)(?: of)?(?: the| our)? (?:single )?categor(?:y|ies)\b"
)
#: how many of them are there, and what did they spend: two answers
_TWO_QUESTIONS = re.compile(
    r"\bhow many\b.*\band (?:what|how much|how many|when) (?:did|do|does|have|has|is|are|was|were)\b"
    r"|\b(?:gross and net|net and gross) (?:revenue|sales|turnover)\b"
)
#: no other row than these, or no less than that?
_ONLY_SO_MANY_STARS = re.compile(
    r"\b(?:gave|left|wrote|gives?|leaves?|rated)(?: us)? only (?:[45]|four|five)[- ]stars?\b"
)
#: nothing was bought since something that is not said, or not told in time
_NEVER_AGAIN = re.compile(
    r"(?<!then )(?<!once and )(?<!once, )\b(?:and|but|who) (?:have |has )?(?:never|not) (?:\w+ )?(?:bought|ordered"
    r"|purchased) again(?=[ ?.!]*$)"
)
#: a review's own language, which is not told
_WRITTEN_IN = re.compile(
    r"\b(?:reviews?|comments?|messages?)\b(?:(?!\bcustomers?\b).)*\bin (?:english|german|french|spanish|dutch|chinese"
    r"|japanese|swedish|italian)(?=[ ?.!]*$| (?:this|last|in|since)\b)"
)
#: of how many of them?
_AMONG_THE_BEST = re.compile(
    r"\b(?:among|amongst|out of|within) (?:our |the |all )*(?:top|best|biggest|highest|high|big) (?:spenders"
    r"|customers|buyers|clients)\b"
)
#: how long a refund took is not told
_TIME_TO_REFUND = re.compile(r"\b(?:time|days|long) (?:to|until|till|before|for) (?:an? |the )?refunds?\b")
_PER_VISITOR = re.compile(r"\b(?:visits|sessions|page ?views) per (?:visitor|person|head)\b")
_SEGMENTS = (
    r"(?:champions?|loyal|potential loyalists?|promising|need attention|about to sleep|can't lose|at[- ]risk"
    r"|hibernating)"
)
#: what they were before is not known
_WERE_BEFORE = re.compile(
    rf"\b{_SEGMENTS}(?: (?:customers|buyers))? (?:have |has |who )?(?:since )?(?:became|become|turned|moved|switched"
    rf"|slipped|dropped|went|fell|upgraded|grew|now)\b.*\b{_SEGMENTS}\b"
)
#: a list is put in order by its numbers and times alone, and so many of each is another question
_IN_NO_ORDER = re.compile(
    r"^(?:(?:list|show|give|me|the|all) )*(?:[\w-]+ )?(?:tickets|orders|customers|refunds|reviews)\b"
    r"(?!.*\b(?:number|count|how many|revenue|sales|per)\b).*"
    r"\bsorted by (?:priority|status|agent|country|city|carrier|language|kind)[ ?.!]*$"
)
#: two numbers, of which one would not be told: orders and units, refund count and amount
_TWO_NUMBERS = re.compile(
    r"^(?:the |our |number of |count of |total )*(?:orders|purchases|refunds?|tickets|reviews|customers|buyers|units"
    r"|revenue"
    r"|sales|aov"
    r"|refund count|average rating|average order value)(?: count)? and (?:the |our |number of |count of )*"
    r"(?:units(?: sold)?|aov|revenue|sales|amounts?|orders|average (?:rating|order value|resolution time)|review"
    r" count|refund amount)"
    r"\b(?! (?:growth|share))"
    r"|\b(?:new|first-time) (?:buyers|customers) and (?:sign-?ups|registrations)\b"
    r"|\bopen and (?:resolved|closed) tickets\b|新开和(?:已)?解决的工单|有多少(?:人|客户)[^,，的]{0,6}了多少(?:单|钱"
    r"|件)"
)
#: what was paid for shipping is in the revenue, and orders without it are others
_WITHOUT_SHIPPING = re.compile(
    r"\b(?:revenue|sales|turnover|income) (?:without|excluding|excl|net of|minus|less|ex) (?:the )?shipping\b"
    r"|(?:不含|不算|扣除|去掉|除去|剔除)运费的?(?:销售额|营业额|收入|营收)|(?:销售额|营业额|收入|营收)[(,，]?(?:不含"
    r"|不算|扣除|去掉|除去|剔除)运费"
)
#: month by month the sum of all months so far: no question can say it
_CUMULATIVE = re.compile(
    r"\b(?:cumulative|running total|cumulated)\b|(?:每月|每周|每天|按月|按周|逐月)的?累计|累计[^,，]{1,8}(?:按月|按周"
    r"|逐月|每月)"
)
#: 两周前的销售额: of that week, or up to then?
_SO_LONG_AGO = re.compile(r"^(?:\d+|[一二两三四五六])(?:个)?(?:周|星期|礼拜|月)前的(?!订单还|工单还|退款)")
#: of the three scores, which?
_RFM_OF_ONE = re.compile(r"rfm ?[1-5] ?分(?!别)|最近一次(?:投诉|退款|评价|访问|浏览)(?:时间|日期)?(?:是)?在")
#: open tickets older than a week, of those that are open; what is said of a place, and then asked of another
_OPEN_AND_OLDER = re.compile(
    r"\bopen (?:tickets|cases|support requests|requests) (?:are |that are |which are )?older"
    r" than\b|\bof all open tickets\b"
)
_SAID_OF_ANOTHER = re.compile(
    r"^[\w ]+ (?:is|are) (?:doing|going|out|down|up|sold out|fine|growing|ok|okay)\b[\w ]*, (?:what|how|which|who)\b"
)
#: of those that were resolved, or of those that were scored?
_OF_SUCH_TICKETS = re.compile(
    r"\b(?:open|resolved|closed|urgent) tickets (?:had|have|got|were|are)\b|(?:已解决|已关闭)的?工单(?:当?中"
    r"|里面?)[^,，]*满意度"
)
#: all categories, both in one order, two of them within so many days, orders that were not the first: no question says it
_NO_SUCH_CROWD = re.compile(
    r"买(?:过|了)?(?:全部|所有|每个|每种|各个)(?:的)?(?:品类|类目|品种)的?(?:客户|人|买家|顾客)|\bbought (?:every|all"
    r"|each)(?: of the| the)? categor"
    r"|\bboth [\w ]+ and [\w ]+ in (?:one|the same|a single) (?:order|purchase)\b|\b\d+ (?:orders|purchases|tickets)"
    r" within \d+ days\b"
    r"|\brepeat orders\b|复购订单|下过(?:[两二三四五]|\d)(?:笔|单|个)(?:金额)?(?:超过|大于)"
    r"|\btickets? (?:via|through|on|over) (?:telegram|chat)\b|telegram(?:来|渠道|上)的工单"
    r"|\btickets?\b.*\bin (?:english|german|french|spanish|dutch|chinese|japanese|swedish)(?=[ ?.!]*$)"
)
#: nothing but five stars; who ordered least lately; whose second order it was; the new ones, of what?
_NOT_TOLD = re.compile(
    r"只(?:给|打|写)(?:过|了)?[1-5一二三四五]星|\bonly (?:ever )?(?:left|gave|wrote) [1-5][- ]stars?\b"
    r"|\b[1-5][- ]stars?(?: reviews?)? only\b"
    r"|\bcustomers who only left\b|最久没(?:有)?(?:下单|买|来|回购)|\bsecond (?:order|purchase) (?:this|last|in|the"
    r"|ytd)\b"
    r"|\b(?:share|percentage|percent|proportion|fraction|%) of (?:new|returning|repeat) (?:customers|clients|shoppers"
    r"|buyers|people) in\b"
    r"|\bproducts\b.*\bvisits\b.*\bwith no orders\b"
)
#: of one that nobody named
_THAT_ONE = re.compile(
    r"^(?:请|帮我|麻烦|给我|我要|查一下|查|看看|看一下|把)*(?:那|这)(?:个|位|张|笔)(?:客户|顾客|用户|订单|工单"
    r"|商品)(?:的)?(?:情况|信息|资料|数据|详情|记录)?(?!\d)"
    r"|^(?:please |pls |can you )?(?:send|show|give)(?: me)? that (?:customer|order|ticket)(?:'s)? ?(?:info|details?"
    r"|data)?[ ?.!]*$"
)
_SHARE = re.compile(r"\b(?:share|percent|percentage|fraction|proportion)\b|%")
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
    if any(each.search(folded) for each in (_OF_THE_FIRST_ONES, _WHAT_ELSE)):
        yield "mix"
    if _OF_THE_FIRST_TOGETHER.search(folded) and together(said) is None:
        yield "mix"
    if (
        _PER_VISITOR.search(typed)
        or _ONLY_SO_MANY_STARS.search(typed)
        or _WRITTEN_IN.search(typed)
        or _NEVER_AGAIN.search(said)
    ):
        yield "mix"
    if _AMONG_THE_BEST.search(typed) or _TIME_TO_REFUND.search(typed):
        yield "mix"
    if _TWO_QUESTIONS.search(typed):
        yield "two"
    if _FIRST_AND_AGAIN.search(typed) or _FIRST_ORDERS.search(said):
        yield "mix"
    if _ONE_AFTER_ANOTHER.search(typed):
        yield "after"
    if _SO_MANIETH.search(typed) or _CSAT_OF_OPENED.search(typed):
        yield "mix"
    if _IN_NO_ORDER.search(typed):
        yield "rank"
    of_tickets = _OPEN_AND_OLDER.search(typed) or _OF_SUCH_TICKETS.search(typed)
    if (of_tickets and (_SHARE.search(typed) or "比例" in typed)) or _SAID_OF_ANOTHER.search(typed):
        yield "mix"
    if any(each.search(typed) for each in (_NO_SUCH_CROWD, _THAT_ONE, _NOT_TOLD)):
        yield "mix"
    if _TWO_NUMBERS.search(typed):
        yield "two"
    if _WITHOUT_SHIPPING.search(typed) or _CUMULATIVE.search(typed):
        yield "mix"
    if _SO_LONG_AGO.search(typed) or _RFM_OF_ONE.search(typed):
        yield "window"
    if _WERE_BEFORE.search(typed):
        yield "mix"
    if _BOUGHT.search(said) and _ALL_OF_THEM.search(said):
        yield "mix"
    if _NOT_BY.search(typed):
        yield "by_whom"
    if _RATED_US.search(typed):
        yield "measure"
    if _MOST_LOYAL.search(said) or _MOST_KINDS.search(typed):
        yield "rank"
    if _REFUNDED_HOW.search(typed):
        yield "refunds"
    if _EACH_GOES.search(typed):
        yield "by"
    if _NOT_KEPT.search(typed):
        yield "mix"
    if _TWO_COUNTS.search(typed) or _TWO_ORDERS.search(typed):
        yield "two"
