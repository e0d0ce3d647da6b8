"""The same question in another shape: the other way round, sorted by revenue, in per cent, the median, the week before.

Each is told by a whole text: a few words that name no things of the shop's. What else is said after a question is read
by `following`.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from crm_store.question.compiling import start_of, step
from crm_store.question.grammar import BUCKETS, Question, Window
from crm_store.question.measures import MEASURES, aggregated
from nlp.ask.lexing import lex
from nlp.ask.vocabulary import Shop

_IT = r"(?:it|them|that|this|these|those|the (?:list|table|results?|order|answer|rows|sorting))"
_RISING = (
    "ascending|asc|increasing|low to high|lowest to highest|smallest to largest|(?:the )?(?:lowest|smallest|least|fewest|"
    "worst) first|从低到高|从小到大|从少到多|升序|由低到高|由小到大"
)
_FALLING = (
    "descending|desc|decreasing|high to low|highest to lowest|largest to smallest|(?:the )?(?:highest|largest|biggest|most|"
    "best) first|从高到低|从大到小|从多到少|降序|由高到低|由大到小"
)
_WAY = rf"(?P<rising>{_RISING})|(?P<falling>{_FALLING})"
_SORT = re.compile(
    rf"(?:and )?(?:(?:sort|order|rank|sorted|ordered|ranked)(?: {_IT})?(?: by (?P<by>[\w ]+?))??[ ,]*(?:in |from )?"
    rf"(?:{_WAY})?(?: order)?|(?:in |from )?(?:{_WAY.replace('<rising>', '<up>').replace('<falling>', '<down>')})(?: order)?"
    r"|按照?(?P<zh>[\u3400-\u9fff]+?)(?:来)?(?:排序|排列|排)(?:一下)?)"
)
_REVERSE = re.compile(
    rf"(?:and )?(?:(?:now )?the other way (?:a?round)|(?:reverse|flip|invert|turn)(?:d)?(?: {_IT})?(?: (?:a?round|over))?"
    r"|(?:in )?reverse(?:d)?(?: order)?|backwards?|反过来(?:排序|排列|排|看)?|倒过来(?:排序|排列|排|看)?|倒序(?:排列)?|反向(?:排序)?|反序|颠倒(?:顺序)?)"
)
_PERCENT = re.compile(
    rf"(?:and )?(?:(?:show|give|make|put|express)(?: me)?(?: {_IT})? )?(?:(?:in|as) )?(?:a |the )?"
    r"(?:percent|per cent|percents|percentages?|%|shares?)(?: of (?:the )?(?:total|all|whole))?(?: each)?"
    rf"|(?:and )?what (?:share|percentage)(?: (?:is|are) {_IT})?(?: of (?:the )?(?:total|all))?"
    r"|(?:各自?的?|各|分别的?)?(?:占比|百分比|比例|份额)(?:是多少|多少)?|(?:用|以|按)?百分比(?:来)?(?:表示|显示|展示|看)?|占比(?:各?是?多少)?"
)
_TOLD = {
    "median": "median|中位数|中值",
    "avg": "average|averages|mean|avg|平均|平均值|平均数|均值",
    "max": "max|maximum|largest|highest|longest|最大值?|最高值?|最长",
    "min": "min|minimum|smallest|lowest|shortest|最小值?|最低值?|最短",
    "sum": "total|sum|totals|总额|总和|总计|合计",
}
_AGGREGATES = {
    aggregate: re.compile(
        rf"(?:and |(?:use|show|take|give me) )?(?:(?:in|as) )?(?:the |a |an )?(?:{words})"
        r"(?: (?:one|value|number|of it|of that|of them))?"
    )
    for aggregate, words in _TOLD.items()
}
_UNITS = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
          "天": "day", "日": "day", "周": "week", "星期": "week", "个星期": "week", "月": "month", "个月": "month",
          "季度": "quarter", "个季度": "quarter", "年": "year"}  # fmt: skip
_UNIT = "(?P<unit>day|week|month|quarter|year)"
_BEFORE = re.compile(
    rf"(?:and )?(?:in |for )?(?:the )?(?:{_UNIT} before(?: (?:that|it|this))?|(?:previous|preceding|prior) "
    rf"{_UNIT.replace('<unit>', '<unit2>')}(?: to that)?|{_UNIT.replace('<unit>', '<unit3>')} earlier)"
    r"|再?(?:往)?前(?:面)?一?(?P<zh>天|日|周|个?星期|个?月|个?季度|年)"
)
_AFTER = re.compile(
    rf"(?:and )?(?:in |for )?(?:the )?(?:{_UNIT} after(?: (?:that|it|this))?|(?:next|following) "
    rf"{_UNIT.replace('<unit>', '<unit2>')})|再?(?:往)?后(?:面)?一?(?P<zh>天|日|周|个?星期|个?月|个?季度|年)"
)
_YEAR_AGO = re.compile(
    r"(?:and )?(?:in |for )?(?:(?:the )?(?:same )?(?:day|week|month|quarter|period|time|thing) (?:(?:of )?last year|a year ago|a year "
    r"earlier|(?:in )?the (?:previous )?year before|(?:of )?the previous year)|(?:a|one|1) year (?:earlier|ago|before))|(?:去年|上年|前一年)(?:的)?同期"
)
#: what the rows of a list are put in the order of, by what it is called
_ORDERS: dict[str, dict[str, str]] = {
    "customers": {"spend": "spend|total spend|revenue|spending|amount|消费|消费额|消费金额|销售额", "orders": "orders|number of orders|订单数",
                  "last_order_at": "last order|date|最近下单|下单时间"},
    "orders": {"total": "total|amount|value|order value|order total|revenue|金额|订单金额|销售额", "placed_at": "date|time|下单时间|时间|日期"},
    "refunds": {"amount": "amount|refund amount|value|金额|退款金额", "created_at": "date|time|时间|日期"},
    "tickets": {"opened_at": "date|time|opened|创建时间|时间|日期", "first_reply": "first reply time|reply time|首次回复时间",
                "resolution": "resolution time|解决时间"},
    "products": {"price": "price|价格|单价", "stock": "stock|库存"},
    "reviews": {"stars": "rating|stars|评分|星级", "created_at": "date|time|时间|日期"},
}  # fmt: skip
_NUMBERS = re.compile("value|values|number|numbers|count|amount|it|数量|数值|大小|多少")


_ENDS = re.compile(
    r"(?:and |what about |how about )?(?:the )?(?:(?P<rising>lowest|worst|fewest|least|smallest)|(?P<falling>highest|best|most|largest))"
    r"(?: ones?| one)?|(?:那)?(?:(?P<up>最低|最少|最小|最差)|(?P<down>最高|最多|最大|最好))的?(?:呢|是哪个|是谁)?"
)


def reshaped(before: Question, rest: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | str | None:
    """The question before in the shape that a text asks for; None where it asks for none, why not where it cannot be."""
    if found := _SORT.fullmatch(rest):
        return _sorted(before, found, shop)
    if _REVERSE.fullmatch(rest):
        return _reversed(before)
    if before.order is not None and (found := _ENDS.fullmatch(rest)):
        return replace(before, descending=not (found["rising"] or found["up"]))
    if _PERCENT.fullmatch(rest):
        return _in_percent(before)
    for aggregate, pattern in _AGGREGATES.items():
        if pattern.fullmatch(rest):
            return _told(before, aggregate)
    return None


def moved_window(window: Window | None, rest: str, now: datetime, zone: ZoneInfo) -> Window | str | None:
    """The time that a text names by the one before it; None where it names none, why not where there is none."""
    shifts: tuple[tuple[re.Pattern[str], int], ...] = ((_BEFORE, -1), (_AFTER, 1))
    for pattern, by in shifts:
        if found := pattern.fullmatch(rest):
            groups = found.groupdict()
            named = next(word for word in groups.values() if word)
            unit = _UNITS[named]
            return _beside(window, unit, by, now, zone)
    if _YEAR_AGO.fullmatch(rest):
        if window is None or window.start is None or window.end is None:
            return "window"
        return Window(_a_year_before(window.start, zone), _a_year_before(window.end, zone))
    return None


def _beside(window: Window | None, unit: str, by: int, now: datetime, zone: ZoneInfo) -> Window | str:
    """The day, week, ... before or after one."""
    if window is None or window.start is None or window.end is None:
        return "window"
    start = window.start.astimezone(zone)
    is_one = start_of(unit, start) == start and window.end in (step(unit, start), now)
    if not is_one or window.end > step(unit, start):
        return "window"
    first = step(unit, start, by)
    found = Window(first, min(step(unit, first), now))
    return found if first < now else "time"


def _a_year_before(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    try:
        return local.replace(year=local.year - 1)
    except ValueError:
        return local.replace(year=local.year - 1, day=28) + timedelta(days=1)


def _sorted(before: Question, found: re.Match[str], shop: Shop) -> Question | str:
    by = (found["by"] or found["zh"] or "").strip()
    rising = bool(found["rising"] or found["up"])
    if before.subject is not None:
        known = _ORDERS.get(before.subject, {})
        order = next((name for name, words in known.items() if by and re.fullmatch(f"(?:the )?(?:{words})", by)), None)
        order = order or (None if by else before.order)
        return "rank" if order is None else replace(before, order=order, descending=not rising)
    if before.by is None or before.then is not None:
        return "rank"
    if by and not _NUMBERS.fullmatch(by) and not _names(by, str(before.measure), shop):
        return "rank"
    return replace(before, order="value", descending=not rising)


def _names(words: str, measure: str, shop: Shop) -> bool:
    """Whether words are a name of a measure, or of one that is told by the same words."""
    meant = {"spend": "revenue", "product_revenue": "revenue", "buyers_of": "buyers", "orders_with": "orders"}
    for atom in lex(words, shop):
        said = str(atom["measure"]) if atom.has("measure") else str(atom["subj"]) if atom.has("subj") else ""
        if said and meant.get(said, said) == meant.get(measure, measure):
            return True
    return words in (MEASURES[measure].english, MEASURES[measure].chinese)


def _reversed(before: Question) -> Question | str:
    if before.versus is not None and before.window is not None and not before.growth:
        return replace(before, window=before.versus, versus=before.window)
    if before.order is not None:
        return replace(before, descending=not before.descending)
    if before.subject is None and before.by is not None and before.by not in BUCKETS and before.then is None:
        return replace(before, order="value", descending=False)
    return "rank"


def _in_percent(before: Question) -> Question | str:
    if before.subject is not None or before.share or before.having is not None or before.then is not None:
        return "share"
    if before.versus is not None:
        return replace(before, growth=True)
    measure = MEASURES[str(before.measure)]
    # parts of a whole only where each row is in one group
    adds_up = measure.aggregate in ("count", "sum") and not measure.each and before.measure != "net_revenue"
    if before.by is None or before.growth or not adds_up or before.limit is not None:
        return "share"
    return replace(before, share=True, order=None, descending=True)


def _told(before: Question, aggregate: str) -> Question | str:
    if before.subject is not None or before.share or before.growth:
        return "average"
    measure = aggregated(str(before.measure), aggregate)
    if measure is None and aggregate == "sum" and aggregated(str(before.measure), "avg") == "aov":
        measure = "revenue"
    if measure is None or measure == before.measure or before.having is not None:
        return "average"
    return replace(before, measure=measure)
