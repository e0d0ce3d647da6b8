"""More of one than of the other, the difference, the ratio, new against returning, a second order: said plainly.

These are turns that need a whole sentence to be seen. Each is put into words that the reader has: `A vs B`,
`difference`, `by newness`, `reordered <= N days`.
"""

import re

from msgspec.structs import replace

from crm_store.question.grammar import BUCKETS, Did, During, Filter, Is, Not, Question, Than, Window
from crm_store.question.measures import MEASURES
from nlp.ask.draft import COUNTED, MONEY, OF_CUSTOMERS, Draft, named, pairs, place_of
from nlp.ask.lexing import Atom
from nlp.ask.outcomes import unclear
from nlp.ask.passes.tables import Table, replaced

_NEW = r"(?:brand )?(?:new|first[ -]time|newly acquired|acquired)"
_OLD = r"(?:returning|repeat|existing|recurring|established|repeating)"
_PEOPLE = r"(?:customers?|buyers?|clients?|shoppers?|purchasers?|people|ones|users?)"
_BOTH = (
    r"(?: ?(?:/|&|,|-) ?| (?:vs\.?|versus|and|or|to|against|compared (?:to|with)|from|than)"
    r"(?: (?:from|of|by|the|for))? )"
)
_SPLIT = r"(?:(?:from|of|by|between|for|with|among|into|are|is|were|was|come|came|placed|made) )*(?:the )?(?:whether )?"
_ASKED = r"(?: and how (?:many|much)(?: \w+)?(?: (?:came|come|is|are|was|were|from|by))* )"
_KIND = r"(?:customer|buyer) (?:type|kind|status)(?: \(?)?"
_CHINESE_NEW = "(?:新(?:客户|顾客|用户|买家|客|的)?|首购客户|首次购买客户|首次购买的客户)"
_CHINESE_OLD = "(?:老(?:客户|顾客|用户|买家|客|的)?|回头客户?|复购客户|回购客户)"
_CHINESE_AND = "(?:和|与|跟|、|及|以及|对比|比|还是|或|vs|/| )+"
_LENGTH = r"(\d+|an?|one) (day|week|month|year)s?"
_SECOND = r"(?:second|2nd|next|another|repeat|follow-?up)"
_AGAIN = (
    r"(?:(?:order|ordered|ordering|buy|bought|buying|purchase|purchased|purchasing|shop|shopped) (?:from us |"
    r"something )?"
    r"(?:again|a second time|a 2nd time|once more)"
    r"|(?:come|came|coming) back(?: (?:to (?:buy|order|shop)|for more|and (?:bought|ordered)))?(?: again)?"
    r"|returned to (?:buy|order|shop|us)(?: again)?|re-?order(?:ed|ing)?|repurchased?|re-?purchasing"
    rf"|(?:place|placed|placing|make|made|making|do|did|had|have|with) (?:their |a |his |her )?{_SECOND} "
    r"(?:order|purchase|one))"
)
_WITHIN = r"(?:within|in under|in less than|under|in|less than|no (?:more|later) than|at most)(?: the first)? "
_SINCE_FIRST = (
    r"(?: (?:of|after|from|since|following)(?: (?:their|the|a|his)\b)?"
    r"(?: (?:first|initial|1st))?(?: (?:one|order|purchase))?)?"
)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "天": 1, "日": 1, "周": 7, "个星期": 7, "个月": 30, "年": 365}


def _days_of(count: str, unit: str) -> int:
    return (1 if count in ("a", "an", "one") else int(count)) * _DAYS[unit]


def _reordered(found: re.Match[str]) -> str:
    return f" reordered <= {_days_of(found['n'], found['u'])} days "


def _reordered_in_chinese(found: re.Match[str]) -> str:
    return f"再购不超过{_days_of(found['n'], found['u'])}天"


_N = _LENGTH.replace("(", "(?P<n>", 1).replace(" (day", " (?P<u>day")
_CHINESE_WITHIN = "(?P<n>\\d+)(?P<u>天|日|周|个星期|个月|年)(?:之|以)?内"
_CHINESE_AGAIN = "(?:就)?(?:再次|又|再|第二次|二次|重复)(?:下单|购买|下过单|买|来买|消费|回购|光顾)(?:过|了)?"
_TURNS = Table(
    (re.compile(pattern), said)
    for pattern, said in (
        # new against returning
        (rf"\b{_SPLIT}{_KIND}[,:]? ?{_NEW}(?: {_PEOPLE})?{_BOTH}{_OLD}(?: {_PEOPLE})?\)?", " by newness "),
        (rf"\b{_SPLIT}{_NEW}(?: {_PEOPLE})?(?:{_ASKED}|{_BOTH}){_OLD}(?: {_PEOPLE})?", " by newness "),
        (rf"\b{_SPLIT}{_OLD}(?: {_PEOPLE})?(?:{_ASKED}|{_BOTH}){_NEW}(?: {_PEOPLE})?", " by newness "),
        (rf"\bby {_KIND}", " by newness "),
        (f"(?:按|分|各)?{_CHINESE_NEW}(?:的)?{_CHINESE_AND}{_CHINESE_OLD}(?:各|分别|之间)?", "按newness "),
        (f"(?:按|分|各)?{_CHINESE_OLD}{_CHINESE_AND}{_CHINESE_NEW}(?:各|分别|之间)?", "按newness "),
        ("(?:按|分|各)?新老(?:客户|顾客|用户|买家|客)?(?:各|分别|之间)?", "按newness "),
        # a second order
        (rf"\b(?:(?:who|that|have|has) )*{_AGAIN} {_WITHIN}{_N}\b{_SINCE_FIRST}", _reordered),
        (r"\b(?:average |avg |mean |what is the |how many )*(?:number of )?(?:time|days|gap|interval|wait)"
         r"(?: (?:pass|passes|passed|elapse|elapses|lie|are there|are|is|it takes))* (?:to|until|till|before|"
         r"between|from)"
         r" (?:the |a |their )?(?:(?:first|1st)(?: order| purchase)? (?:and|to|until) )?(?:the |their |a )?"
         r"(?:second|2nd|next repeat) (?:orders?|purchases?)", " average days to second order "),
        (r"\bhow (?:long|many days) (?:does|do|did) (?:it (?:usually |normally )?take )?(?:a |the |our |our average )?"
         r"(?:customers?|buyers?|people)?(?: take| need)? ?(?:to|until|before) (?:they )?(?:place|make|order|buy)"
         r"(?: (?:a|their|the))?(?: (?:second|2nd)(?: (?:order|purchase|time))?| again)(?: on average)?",
         " average days to second order "),
        (f"(?<!最近)(?<!过去)(?<!近)(?:(?:首单|首次购买|首次下单|第一次下单|第一次购买|第一单|下单|购买)"
         f"(?:之)?后)(?:的)?{_CHINESE_WITHIN}(?:的)?"
         f"(?:{_CHINESE_AGAIN}|复购|回购|有复购|有第二单|下第二单)(?:过|了)?", _reordered_in_chinese),
        (f"(?<!最近)(?<!过去)(?<!近)(?<!前){_CHINESE_WITHIN}(?:的)?(?:"
         f"{_CHINESE_AGAIN}|复购|回购)(?:过|了)?(?!率)", _reordered_in_chinese),
        (r"(?:从)?(?:首单|首次(?:购买|下单)|第一(?:次购买|次下单|单|笔订单))(?:到|和|与|至)(?:第)?(?:二单|二次"
         r"(?:购买|下单)|二笔订单)"
         r"(?:之间)?(?:的)?(?:平均)?(?:相?隔|间隔|要|需要|用|花)?(?:了)?(?:平均)?(?:的)?(?:时间|天数|多少天|几天"
         r"|多久|多长时间)?",
         "首单到第二单天数"),
        (rf"\bper ({_OLD}|loyal|one[- ]time) (?:customer|buyer)s?\b", r"per buyer \1"),
        (r"(?:平均)?每[个位名]?(?:客户|顾客|用户)(?:平均)?下(?:了|过)?(?:多少|几)(?:个|笔)?(?:订单|"
         r"单)", "平均每个客户订单数"),
        (r"^((?:average |avg |mean )?(?:spend|spending|revenue)) of (repeat|returning|loyal) (?:customers|"
         r"buyers)", r"\1 per buyer \2"),
        # for how long nothing happened
        (r"(?:已经|已|有|超过|至少|长达)+(\d+(?:天|周|个月|个星期))(?:以上|多)?(?=[^\d]{0,3}(?:没|未))", r"\1"),
        (r"(\d+(?:天|周|个月|个星期))以上(?=[^\d]{0,3}(?:没|未))", r"\1"),
        (r"(?<=n't |not )(\w+(?: anything)?) (for|in) (?:over|more than|at least) (\d+ (?:days?|weeks?|months?))\b",
         r"\1 \2 \3"),
        # days of the week, hours of the day
        (r"(?:一|每)?(?:周|星期)(?:中(?!国)|里(?![昂尔斯])|内|之中|当中)(?:的)?(?:哪一?天|星期几|周几)", "星期几"),
        (r"(?:一|每)天(?:中(?!国)|里(?![昂尔斯])|内|之中|当中|24小时)?(?:的)?(?:几点|哪个(?:时段|小时|时间段?)"
         r"|什么(?:时候|"
         r"时间))", "几点"),
        # carts that nobody touched
        (r"\b(carts?|baskets?)\b(.*?)\b(?:with no (?:activity|changes?)|(?:has |have |had |was |were )?(?:not|"
         r"n't|never) (?:been )?"
         r"(?:touched|updated|changed|modified|edited)|left alone|sitting(?: there)?|lying around)"
         r"\b", r"\1\2 untouched"),
        (r"\babandoned (carts?|baskets?)(.*?)\bolder than\b", r"\1\2 untouched for more than"),
        (r"\b(carts?|baskets?)(.*?)\b(?:are |that are |which are )?older than\b", r"\1\2 untouched for more than"),
        (r"\b(carts?|baskets?) (?:that |which )?(?:nobody|no one|no-one|noone) (?:has |have "
         r")?touched\b", r"\1 untouched"),
        (r"\buntouched (?:since|for)? ?(?:at least |over |more than )?(\d+) (days?|weeks?|months?)(?: or (?:more"
         r"|longer))?",
         r"untouched for \1 \2"),
        # how much more
        (r"\bhow (many|much) (more|fewer|less)\b(.+?)\b(?:than|compared (?:to|with)|vs\.?|versus)\b",
         lambda found: f"{_way(found[2])} how {found[1]} {found[3]} vs "),
        (r"\bhow much (higher|greater|bigger|larger|lower|smaller|fewer|less) (?:was|is|were|are) (.+?)\b(?:than"
         r"|compared to|vs)\b",
         lambda found: f"{_way(found[1])} {found[2]} vs "),
        (r"\bdifferences? (?:in|of) (.+?) between (.+?) (?:and|vs\.?|versus) ", r"difference \1 \2 vs "),
        (r"\bdifferences? between (.+?) (?:and|vs\.?|versus) ", r"difference \1 vs "),
        (r"\b(this) (week|month|quarter|year)\b(.* vs )last$", r"\1 \2\3last \2"),
        # which of two
        (r"^(?:which|who|what)\b(?!.*\bmore\b)(.+?)[,:;-] ?(?:the )?([\w']+) or (?:the )?([\w']+)[?.]*$",
         lambda found: f"which{found[1]}, {found[2]} vs {found[3]}"),
        (r"是(.{1,8})还是(.{1,8})$", r"\1对比\2"),
        (r"^(.*?)(?:和|与|跟)(.+?)(?:哪个|哪一个|哪种|谁)(.*?)得?(?:更|比较)?(?:多|好|高|大)(?:一些|一点)?$",
         lambda found: f"{found[1]}对比{found[2]}{'订单数' if '用' in found[3] else found[3]}"),
        (r"^(?:is|was|were|are|did|do|does|has|have) (.+?) (?:higher|lower|better|bigger|greater|worse|smaller|"
         r"larger)\b(.*?)\bthan\b",
         r"\1 \2 vs "),
        (r"^(did|do|does) (we|you|they) (make|earn|take|turn over|bring in) more\b(?: money| revenue)?(.*?)\b"
         r"(?:or|than)\b",
         r"how much \1 \2 \3\4 vs "),
        (r"^((?:did|do|does|have|has|are|is|was|were)\b.*)\bmore\b(?! than (?:[€$£] ?)?(?:\d|one\b|two\b|three\b|"
         r"five\b|ten\b|a\b|half\b))(.+?)\b(?:or|than)\b(?! more\b)", r"\1\2 vs "),
        (r"^((?:which|who|what)\b.*?)\bmore\b(.*?\b(?:,|:|-|\?)?.+?)\bor\b(?! more\b)", r"\1\2 vs "),
        (r"\b(in \w+(?: \d{4})?) and (in \w+(?: \d{4})?)(?=$| respectively)", r"\1 vs \2"),
        (r" (and|&) (.+?),? respectively$", r" vs \2"),
        (r"(?<![占对同环相])比(?![例率较])(.+?)(多|少|高|低)(?:出)?([卖赚花下收]?)(?:了|出)?(多少(?:钱|单|个|"
         r"件)?|几个|几单|几件)(.*)",
         lambda found: f"{'difference' if found[2] in '多高' else 'shortfall'} "
         f"对比{found[1]}{found[3]}{found[4]}{found[5]}"),
        (r"^(.*?)(?:和|与|跟)(.*?)(?:之间)?(?:的)?(?:相差|差了?|差距是?|差额是?|差异是?|差值是?)(?:有)?(?:多少|几)?"
         r"(个|单|钱|件|位|名)?$", r"difference \1对比\2 "),
        (r"(多|高|大|少|低)?还是(.+?)(?:更|比较)?(?:多|高|大|少|低)(?:一些|一点)?$", r"对比\2"),
        (r"(?:和|与|及|、)(.+?)(?:分别|各自|各(?!个?(?:国|城市|品类|类目|渠道|来源|客服|快递|月|周|季度|星级|支付"
         r"|语言|分群|优先级|天|商品)))(?:是|有)?(多少)?",
         r"对比\1\2"),
    )
)  # fmt: skip


def _way(word: str) -> str:
    return "shortfall" if word in ("fewer", "less", "lower", "smaller") else "difference"


def side_by_side(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> side_by_side("how many more orders in june than in may")
    'difference how many  orders in june  vs  in may'
    """
    return replaced(text, _TURNS)


# --- a ratio --------------------------------------------------------------------------------------------------------

_RATIO = re.compile(
    r"^(?:what(?:'s| is| was)? )?(?:the )?ratio (?:of|between) (?:the )?(?:number of )?(?P<one>.+?) (?:to|and|"
    r"vs\.?|versus|over) "
    r"(?:the )?(?:number of )?(?P<other>.+?)[?.!]*$"
    r"|^(?P<zhone>[^,，]+?)(?:和|与|跟|对|除以)(?P<zhother>[^,，]+?)(?:之比|的比例|的比值|的比率|比例|比值)"
    r"(?:是多少)?[?？。]*$"
)


def ratio_sides(text: str) -> tuple[str, str] | None:
    """The two numbers that a ratio is of, as they were said."""
    found = _RATIO.match(text)
    if found is None or "newness" in text:
        return None
    one, other = (found["one"] or found["zhone"]).strip(), (found["other"] or found["zhother"]).strip()
    if re.fullmatch(r"[a-z]+", one) and re.fullmatch(r"[a-z]+ [a-z]+", other):
        # of German to French customers
        one = f"{one} {other.split()[1]}"
    return one, other


_WEEK_PART = "(?:周末|工作日|平日|平时)"
_WEEK_PARTS = re.compile(
    rf"^(?P<before>[^,]*?)(?P<one>{_WEEK_PART})(?P<what>[^,]*?)(?:和|跟|与|比|还是|对比|vs|或|,| )+"
    rf"(?P<other>{_WEEK_PART})(?P<rest>[^,]*?)(?:,(?P<time>[^,]{{2,6}}))?[?。]*$"
)
_WHICH_IS_MORE = re.compile(
    r"哪个|哪边|哪段|谁|比较|对比|相比|比|更|要|还是|(?<!最)[多少高低大小好旺](?:一些|一点|些)?|吗|么|得|的|那个|时候"
    r"|分别|各|[ ?]"
)
_OF_WEEK = {
    "": "订单数", "下单": "订单数", "单": "订单数", "订单": "订单数", "卖": "销量", "流量": "访问次数",
    "访问量": "访问次数", "访问": "访问次数", "退款": "退款笔数", "工单": "工单数", "投诉": "投诉工单数",
}  # fmt: skip
_LEADING_TIME = re.compile(
    r"^((?:今|去|前|本|上|这|最近|近|过去|\d|[一二三四五六七八九十])[^销订访退工客投下卖流单营]*?[年月周季度天])"
)


def week_sides(text: str) -> tuple[str, str] | None:
    """周末下单多还是工作日多: what is counted, of weekends and of working days.

    >>> week_sides("今年周末和工作日的销售额对比")
    ('今年周末的销售额', '今年工作日的销售额')
    """
    found = _WEEK_PARTS.match(text)
    parts = [found["one"], found["other"]] if found else []
    if found is None or parts.count("周末") != 1:
        return None
    time = _LEADING_TIME.match(found["before"])
    rest = found["before"][time.end() :] if time else found["before"]
    when = (time[0] if time else "") + (found["time"] or "")
    # 周末单多还是平日单多: said of both
    body = "".join(dict.fromkeys(_WHICH_IS_MORE.sub("", each) for each in (rest, found["what"], found["rest"])))
    asked = [f"{when}{'周末' if part == '周末' else '工作日'}的{_OF_WEEK.get(body, body)}" for part in parts]
    return asked[0], asked[1]


def week_parts(one: Question, other: Question) -> Question:
    """The number of the one beside that of the other."""
    plain = [Question(measure=each.measure, where=each.where, window=each.window) for each in (one, other)]
    if one.measure is None or plain != [one, other] or (one.measure, one.window) != (other.measure, other.window):
        raise unclear("compare", "")
    than = Than(measure=one.measure, where=other.where, window=other.window)
    return Question(measure=one.measure, where=one.where, window=one.window, than=than)


def ratio_of(one: Question, other: Question, *, shared: bool) -> Question:
    """How many times the other number one is. A time is of both; so is whose, where it is said last (`shared`)."""
    top, bottom = _counted(one), _counted(other)
    window = top.window or bottom.window
    if top.window and bottom.window and top.window != bottom.window:
        raise unclear("two", "")
    where = top.where
    if shared and not where:
        where = tuple(each for each in bottom.where if named(each) in OF_CUSTOMERS)
    return Question(
        measure=top.measure,
        where=where,
        window=_in(str(top.measure), window),
        than=Than(measure=str(bottom.measure), where=bottom.where, window=_in(str(bottom.measure), window)),
        ratio=True,
    )


def _in(measure: str, window: Window | None) -> Window | None:
    of = MEASURES[measure]
    timeless = of.fact in ("customers", "products", "carts") and not of.time
    return None if timeless else window


def _counted(question: Question) -> Question:
    if question.by or question.share or question.versus or question.than or question.having or question.limit:
        raise unclear("two", "")
    if question.subject is None:
        return question
    if question.order is not None:
        raise unclear("two", "")
    return replace(question, subject=None, measure=COUNTED[question.subject])


# --- in per cent of another number -----------------------------------------------------------------------------------

_PER_CENT = r"(?:percentage|percent|per cent|%|pct|share|proportion|fraction|ratio)"
_SALES = r"(?:revenue|sales|turnover|income|takings)"
_GIVEN_BACK = (
    r"(?:refunded|(?:paid|given|handed|sent) back(?: to (?:customers|buyers))?|(?:back )?(?:in|into|to|for|on) refunds"
    r"|lost to refunds|eaten up by refunds)"
)
_OF_ANOTHER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:what(?:'s| is| was| are| were)? |show (?:me )?|give me )?(?:the |our )*(?P<one>.+?)"
        rf" (?:(?:expressed|measured"
        rf"|shown|given) )?(?:as|in) (?:a |an )?{_PER_CENT} of (?:the |our |all )*(?P<other>.+?)[?.! ]*$",
        rf"^(?:what|which|how many) {_PER_CENT} of (?:the |our |all |total )*(?P<other>{_SALES})"
        rf" (?P<time>(?:(?:in|this|last"
        rf"|since|during) .+? )?)(?:(?:was|were|is|are|has|have|been|got|went|goes|go|gets|get|ended up)"
        rf" )+(?P<refunded>"
        rf"{_GIVEN_BACK})(?P<rest>.*?)[?.! ]*$",
        r"^(?P<one>[^占,，]+?)(?:大概|大约|约|总共|一共|共)?占(?:了|到)?(?:总|全部|所有|同期|当期"
        r"|整体)*(?P<other>[^占]+?)的?"
        r"(?:百分比|百分之几|百分之多少|比例|比重|占比|比率|多少%|几%|%|多少)(?:是多少|多大|为多少|多少)?"
        r"(?:[,，](?P<rest>[^占]+?))?[?？。 ]*$",
    )
)


def percent_sides(text: str) -> tuple[str, str] | None:
    """The number that is told in per cent of another, and that other.

    >>> percent_sides("refund amount as a percentage of sales last quarter")
    ('refund amount', 'sales last quarter')
    """
    for pattern in _OF_ANOTHER:
        if found := pattern.match(text):
            said = found.groupdict()
            if said.get("refunded"):
                return "refund amount", f"{said['other']} {said['time']}{said['rest']}"
            rest = said.get("rest") or ""
            return f"{rest}{said['one']}".strip(), str(said["other"]).strip()
    return None


#: what is counted beside orders, as one has to do with the other
_BESIDE_ORDERS = frozenset({"refunds", "tickets", "reviews"})


def are_two_numbers(one: Question, other: Question) -> bool:
    """Whether one is no part of the other, but another measure: refunds, of revenue."""
    top, bottom = _measure_of(one), _measure_of(other)
    if _is_part_of_time(one, other):
        return True
    if not top or not bottom or {top, bottom} <= {"revenue", "spend", "product_revenue"} or top == bottom:
        return False
    if "customer" in (one.by, other.by):
        return False
    units = MEASURES[top].unit, MEASURES[bottom].unit
    if MEASURES[top].aggregate not in ("count", "sum", "distinct") or MEASURES[bottom].aggregate not in (
        "count", "sum", "distinct",
    ):  # fmt: skip
        return False
    return units == ("money", "money") or (
        units == ("refunds", "money") or (top in _BESIDE_ORDERS and bottom == "orders")
    )


def _is_part_of_time(one: Question, other: Question) -> bool:
    """Whether both are one number, of a time and of a longer one it lies in: a quarter's revenue, of the year's."""
    part, whole, measure = one.window, other.window, _measure_of(one)
    if part is None or whole is None or part == whole or not measure or measure != _measure_of(other):
        return False
    if one.by or other.by or one.where != other.where or MEASURES[measure].aggregate not in ("count", "sum"):
        return False
    if None in (part.start, part.end, whole.start, whole.end):
        return False
    return whole.start <= part.start and part.end <= whole.end  # type: ignore[operator]


def _measure_of(question: Question) -> str:
    return COUNTED[question.subject] if question.subject is not None else str(question.measure or "")


def percent_of(one: Question, other: Question) -> Question:
    """One number in per cent of the other, of the same time, of the same customers and by the same groups."""
    by = one.by or other.by
    if (
        by in BUCKETS
        or (one.by and other.by and one.by != other.by)
        or one.then
        or other.then
        or one.mean
        or other.mean
    ):
        raise unclear("mix", "")
    top, bottom = (_counted(replace(each, by=None, order=None, limit=None)) for each in (one, other))
    if bottom.measure in MONEY and top.measure == "refunds":
        top = replace(top, measure="refund_amount")
    window = top.window or bottom.window
    of_time = _is_part_of_time(one, other)
    if top.window and bottom.window and top.window != bottom.window and not of_time:
        raise unclear("two", "")
    where = top.where or bottom.where
    if top.where and bottom.where and top.where != bottom.where:
        raise unclear("mix", "")
    names = {named(each) for each in where}
    if not names <= {*OF_CUSTOMERS, "category", "product"} or any(not isinstance(each, Is | Not) for each in where):
        raise unclear("mix", "")
    measures = str(top.measure), str(bottom.measure)
    if {by, *names} & {"category", "product"}:
        measures = tuple(_OF_GOODS.get(each, each) for each in measures)  # type: ignore[assignment]
    ranked = next((each for each in (one, other) if each.order is not None or each.limit is not None), Question())
    return Question(
        measure=measures[0],
        where=where,
        window=_in(measures[0], window),
        by=by,
        descending=ranked.descending,
        limit=ranked.limit,
        than=Than(measure=measures[1], where=where, window=_in(measures[1], bottom.window if of_time else window)),
        ratio=True,
        percent=True,
    )


#: what is told of orders, told of the articles in them
_OF_GOODS = {
    "refund_amount": "refund_amount_of", "refunds": "refunds_of", "revenue": "product_revenue",
    "spend": "product_revenue", "orders": "orders_with",
}  # fmt: skip


# --- a share of those who did one thing ------------------------------------------------------------------------------

_SHARE = re.compile(
    r"^(?:what(?:'s| is| was)? |show (?:me )?)?(?:the )?(?:share|percentage|percent|proportion|fraction|part|pct|%) of "
    r"(?:the |our |all )?(?P<who>.*?\b(?:customers|buyers|clients|shoppers|people)(?: (?:who|that|whose) .+?)?) "
    r"(?:have |has |had |did )?(?:also |then |later |went on to |subsequently )*"
    r"(?<!first )(?<!last )"
    r"(?P<did>(?:bought|ordered|purchased|buy|order|spent|visited|complained|reviewed|came back|come back|returned for"
    r"|reordered|repurchased|opened|wrote|left|got)\b.*)$"
)


#: of those of whom something holds, of whom something else does: with consent, who never ordered, repeat buyers
_SHARE_OF_WHOM = re.compile(
    r"^(?:what(?:'s| is| was)? |show (?:me )?|how many )?(?:the )?(?:share|percentage|percent|proportion|fraction"
    r"|part|pct|%) of "
    r"(?:the |our |all )?(?P<who>(?:[a-z-]+ )?(?:customers|buyers|clients|shoppers|people) (?:(?:with|without) [\w %]+?"
    r"|(?:who|that|whose) (?>(?:(?:have|has|had|are|is|were|did|do)(?:n't| not)? )?+(?:never |not |ever )?+)\w.*?)"
    r"|(?:repeat|returning|one-time) (?:buyers|customers)|(?:[a-z-]+ )?buyers"
    r"|inactive (?:customers|buyers)(?: \(\d+ days\))?) "
    r"(?P<did>(?:who |that )?(?:also )?(?:(?:have|has|had)(?:n't| not)? |(?:are|is|were) (?=from|in|based|living)"
    r"|live |come from |never |gave |left |(?<=[a-z] )(?:bought|ordered|visited|complained) )"
    r".*|(?:who|that) (?:ordered|bought|signed|visited|complained|left|gave|spent) .*)$"
)
#: of those who are said first, who did what is said last
_SHARE_IN_CHINESE = re.compile(
    r"^(?P<who>.*(?:注册|购买|下单|买过|买了)[^,，]*?的(?:客户|顾客|买家|用户))(?:中(?!国)|里(?![昂尔斯])|当中"
    r"|之中)?[,，]?有?"
    r"(?:百分之几|百分之多少|多少比例|多大比例)(?:的人)?(?P<did>.*[下买购退投评].*?)[?？。]*$"
)
#: 同意营销的客户中最近90天下过单的比例, 复购客户中同意营销的占几成
_SHARE_OF_CUSTOMERS = re.compile(
    r"^(?P<who>[^,，占比]{2,20}的(?:客户|顾客|买家|用户)|(?:复购|回头|一次性)(?:客户|顾客|用户|买家))(?:(?:当?中(?!国)"
    r"|里(?![昂尔斯])面?|之中)[,，]?"
    r"(?P<did>[^,，占比]{2,20}?)(?:的)?(?:客户|人)?(?:所)?(?:占(?:比|几成|多少|百分之几|百分之多少|多大比例|的比例)"
    r"|(?:的)?比例|的百分比|的比重)"
    r"|有(?:多大比例|多少比例|百分之几|百分之多少|几成)(?:的人)?(?P<does>[^,，占比]{2,20}?))(?:是|有)?(?:多少"
    r"|多大)?[?？。]*$"
)
#: 法国客户占买过鞋子的客户的比例
_PART_OF_CUSTOMERS = re.compile(
    r"^(?P<part>[^,，占最]{2,14}?)占(?:所有|全部|全体)?(?P<whole>(?:[^,，占]{2,16}的|复购|回头)(?:客户|顾客"
    r"|买家))(?:总数|人数)?的?"
    r"(?:比例|比重|百分比|占比|百分之几|百分之多少|几成|多少)(?:是?多少)?[?？。]*$"
)
#: of the reviews of so many stars those of some goods: 五星评价中鞋子的占比
_OF_RATED = re.compile(
    r"^(?P<rated>[1-5一二三四五]星(?:评价|评论)|差评|好评)(?:当?中(?!国)"
    r"|里(?![昂尔斯])面?)(?P<what>[\u3400-\u9fff]{1,4}?)的?(?:评价)?(?:的)?"
    r"(?:占比|占百分之几|占百分之多少|占多少|占几成|比例)(?:是?多少)?[?？。]*$"
)
#: of the reviews of shoes the bad ones: 鞋子的差评率
_RATED_SHARE = re.compile(
    r"^(?P<of>(?!.*(?:各|每|按|哪|最|占|谁|比)).+?)的?(?:评价|评论)?(?:里(?![昂尔斯])面?|中(?!国)|当中)?的?"
    r"(?P<rated>(?:[1-5一二三四五]星(?:以下|以上)?|差评|好评|中评)(?:评价|评论)?)的?(?:率|占比|占(?:多少|几成)"
    r"|比例)(?:是?多少)?[?？。]*$"
)
#: of those who bought in a time, who bought for the first time
_NEW_SHARE = re.compile(
    r"^(?P<when>.{2,8}?)的?(?:新客户?|新买家|首[次购](?:下单|购买)?的?(?:客户|买家|用户))(?:人数)?占"
    r"(?:所有|全部|全体)?(?:买家|(?:下单|购买|成交|消费)的?(?:客户|用户|人数))(?:人数|数)?的?(?:比例|占比|百分比|多少"
    r"|几成)(?:是?多少)?[?？。]*$"
)
#: of those who signed up in a time, who live in a country
_SIGNED_UP_SHARE = re.compile(
    r"^(?P<who>.*注册的?(?:客户|用户|会员))(?:里(?![昂尔斯])面?|中(?!国)|当中)的?(?P<what>[^,占]{1,8}?)的?(?:客户|人"
    r"|用户)?"
    r"(?:占(?:多少|几成|比)|的?比例|占比)(?:是?多少)?[?？。]*$"
)
#: March buyers, Q1 buyers, 2025 customers
_TIME = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* |q[1-4] |\d{4} ")


def share_sides(text: str) -> tuple[str, str] | None:
    """Of whom the share is, and what part of them did: where the whole did something too."""
    if found := _SHARE_IN_CHINESE.match(text):
        return f"{found['who']}有多少", f"{found['did']}的客户有多少"
    if found := _SIGNED_UP_SHARE.match(text):
        return f"{found['who']}有多少", f"{found['what']}的客户有多少"
    if found := _OF_RATED.match(text):
        return f"{found['rated']}数", f"{found['what']}的{found['rated']}数"
    if found := _PART_OF_CUSTOMERS.match(text):
        part = found["part"] if found["part"].endswith(("客户", "顾客", "买家")) else f"{found['part']}的客户"
        return f"{found['whole']}有多少", f"{part}有多少"
    if found := _SHARE_OF_CUSTOMERS.match(text):
        did = (found["did"] or found["does"]).removesuffix("的")
        return f"{found['who']}有多少", f"{did}的客户有多少"
    if found := _RATED_SHARE.match(text):
        # the reviews by customers in Germany, not those of customers who have some
        of = re.sub("(?<=[\u3400-\u9fff]{2})(?:客户|顾客|用户|会员|买家)$", "", found["of"])
        return f"{of}的评价数", f"{of}的{found['rated']}数"
    if found := _NEW_SHARE.match(text):
        return f"{found['when']}买家数", f"{found['when']}首次购买客户数"
    if found := _SHARE_OF_WHOM.match(text):
        did = re.sub("^(?:who |that )?(?:also )?", "", found["did"])
        return f"how many {found['who']}", f"how many customers {did}"
    found = _SHARE.match(text)
    if found is None or (len(found["who"].split()) <= 2 and not _TIME.match(found["who"])):
        return None
    if re.search(r"(?:\b(?:never|not|only|and|or|but|who|that|first|last)|n't)$", found["who"]):
        return None
    return f"how many {found['who']}", f"how many customers {found['did']}"


def share_of_those(whole: Question, part: Question) -> Question:
    """What share of the one did the other as well; of reviews, which are also of so many stars."""
    if whole.measure == part.measure == "reviews" and whole == replace(part, where=whole.where):
        return replace(part, of=whole.where, share=True)
    of, also = _people(whole), _people(part)
    if not also:
        raise unclear("share", "")
    return Question(measure="customers", where=(*of, *also), of=of, share=True)


def _people(question: Question) -> tuple[Filter, ...]:
    """Customers as filters: who ordered in a time did so."""
    plain = replace(question, measure=None, where=(), window=None)
    if plain != Question():
        raise unclear("share", "")
    if question.measure in ("buyers", "new_buyers") and question.window is not None:
        did: Filter = Did("orders", window=question.window)
        if question.measure == "new_buyers":
            did = During("first_order_at", question.window)
        return (*question.where, did)
    if question.measure == "signups" and question.window is not None:
        return (*question.where, During("signed_up_at", question.window))
    if question.measure != "customers" or question.window is not None:
        raise unclear("share", "")
    return question.where


def crossed(draft: Draft, question: Question) -> bool:
    """Whether one thing in one time is to be set beside another in another: Germany in May, France in April.

    Both sides of what a `Question` compares are of the same things.
    """
    if question.versus is None:
        return _crossed_things(draft, question)
    several = {each.field for each in question.where if isinstance(each, Is) and len(each.values) > 1}
    said = ""
    for atom in draft.atoms:
        if atom.has("span"):
            said += "t"
        elif any(name in several for name, _ in pairs(atom)):
            said += "v"
    return said in ("vtvt", "tvtv", "vttv", "tvvt")


def _crossed_things(draft: Draft, question: Question) -> bool:
    """The shoes of Germany and the bags of France; shoes beside bags, month by month."""
    several = [each.field for each in question.where if isinstance(each, Is) and len(each.values) == 2]
    if question.by in BUCKETS and several and any(atom.has("compare") for atom in draft.atoms):
        return question.then is None
    if len(several) != 2:
        return False
    said = [name for atom in draft.atoms for name, _ in pairs(atom)[:1] if name in several]
    return len(said) == 4 and said[0] == said[2] and said[1] == said[3] and said[0] != said[1]


# --- a difference ---------------------------------------------------------------------------------------------------


def difference_of(question: Question, draft: Draft) -> Question:
    """By how much the first of two that a question compares is more (`differ`: or less) than the second."""
    if question.versus is not None and not question.growth:
        windows = [question.window, question.versus]
        said = [atom["span"].window for atom in _after_vs(draft) if atom.has("span")]
        if said and said[0] == question.window and question.window not in said[1:]:
            windows.reverse()
        sides = [(question.where, window) for window in windows]
    else:
        sides = [(where, question.window) for where in _of_each_value(question, draft)]
    if draft.differ == "less":
        sides.reverse()
    (where, window), (other_where, other_window) = sides
    than = Than(measure=str(question.measure), where=other_where, window=other_window)
    return Question(measure=question.measure, where=where, window=window, than=than)


def _of_each_value(question: Question, draft: Draft) -> list[tuple[Filter, ...]]:
    pair = next((each for each in question.where if isinstance(each, Is) and each.field == question.by), None)
    if pair is None or len(pair.values) != 2 or question.then or question.share or question.growth or question.having:
        raise unclear("compare", "")
    rest = tuple(each for each in question.where if each is not pair)
    values = list(pair.values)
    after = [value for atom in _after_vs(draft) for name, value in pairs(atom) if name == pair.field]
    if after and after[0] == values[0]:
        values.reverse()
    return [(*rest, Is(pair.field, (value,))) for value in values]


def _after_vs(draft: Draft) -> list[Atom]:
    compared = [atom for atom in draft.atoms if atom.has("compare")]
    return draft.atoms[place_of(draft.atoms, compared[0]) + 1 :] if compared else []
