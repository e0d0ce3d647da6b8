"""What the first few have together, and what part of all that is: the ten best customers' share of revenue."""

import re

from msgspec.structs import replace

from crm_store.question.grammar import BUCKETS, Among, Question
from crm_store.question.measures import MEASURES
from nlp.ask.draft import named
from nlp.ask.outcomes import unclear

#: how a group's name begins
_GROUPS = {
    "customer": "customer", "buyer": "customer", "client": "customer", "spender": "customer",
    "product": "product", "article": "product", "item": "product", "sku": "product",
    "categor": "category", "countr": "country", "market": "country", "cit": "city",
    "客户": "customer", "顾客": "customer", "买家": "customer", "用户": "customer", "商品": "product",
    "产品": "product", "品类": "category", "类目": "category", "国家": "country", "城市": "city",
}  # fmt: skip
_FIRST = (
    r"(?:our |the |my )*(?:top|best|biggest|largest|highest[- ]spending|first) (?P<n>\d+)"
    r"(?P<pct> ?(?:%|percent|per cent)(?: of(?: our| the| all)?)?)? "
    r"(?P<group>customer|buyer|client|spender|product|article|item|sku|categor|countr|market|cit)(?:ies|y|s)?(?:'s?|'s)?"
)
_PART = r"(?:what |which |the )*(?:share|percentage|percent|%|proportion|part|fraction|portion)"
_OF = r"of (?:our |the |all |total |overall )*(?P<measure>[a-z ]+?)"
_FROM = (
    r"(?:(?:is|was|are|were|comes?|came|made|generated|brought in|placed|stems?|stemmed)(?: up)? ?)*"
    r"(?:from|by|of|to|through|with)"
)
_DO = r"(?:do|does|did|have|has)"
_MAKE = (
    r"(?:make|made) up|account(?:ed)? for|bring in|brought in|generated?|contributed?(?: to)?|represent(?:ed)?"
    r"|buy|bought|spend|spent"
)
_N = "(?P<n>\\d+)(?P<pct>%)?(?:名|位|个|大|款|种)?(?:的)?(?P<group>客户|顾客|买家|用户|商品|产品|品类|类目|国家|城市)"
_LEADING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_PART} {_OF} {_FROM} {_FIRST}\b(?P<rest>.*)$",
        rf"^(?:how much|what) {_OF} {_DO} {_FIRST} (?:{_MAKE})\b(?P<rest>.*)$",
        rf"^{_PART} {_OF} {_DO} {_FIRST} (?:{_MAKE})\b(?P<rest>.*)$",
        rf"^how much {_OF} {_FROM} {_FIRST}\b(?P<rest>.*)$",
        rf"^(?:what is |what's )?{_FIRST} share {_OF}(?P<rest>(?: (?:in|this|last|since|for)\b.*)?)$",
        rf"^(?P<rest>\S*?)(?:消费|购买|下单|销量|销售额)?(?:金额|额)?(?:最高的?|最多的?|排名)?前{_N}(?:贡献|占)了?(?:总|全部|整体|所有)?的?"
        r"(?P<measure>销售额|营收|营业额|收入|订单数|订单量|销量)?的?(?:百分之多少|百分之几|比例|占比|比重|多少%?|多少)*$",
    )
)
_WHEN = r"(?P<rest>(?: (?:in|this|last|since|during|over|for)\b.*?)?)"
_TOGETHER = r"(?:in total|altogether|all together|together|combined|in sum|overall)"
_SUMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^how much {_DO} {_FIRST} (?P<measure>spend|spent|bring in|brought in|pay|paid|buy for|bought for)"
        rf" {_TOGETHER}{_WHEN}$",
        rf"^how much {_DO} {_FIRST} (?P<measure>spend|spent|bring in|brought in|pay|paid|buy for|bought for){_WHEN}"
        rf" {_TOGETHER}$",
        rf"^(?:what (?:is|was) )?(?:the )?(?:total|combined|joint) (?P<measure>revenue|spend|spending|sales|orders)"
        rf" (?:of|from|by) {_FIRST}{_WHEN}$",
        rf"^(?P<rest>(?:[^\s消]*(?:年|月|周|季度|天))?)(?:消费|花钱|销售额)?(?:金额|额)?(?:最高的?|最多的?|排名)?前{_N}(?P<late>[^\s前客一总合加]*?)"
        r"(?:一共|总共|合计|加起来|总计)(?:一共|总共)?(?:贡献|消费|花|买|卖|带来)了?(?:金额|多少)?(?:钱|(?P<measure>销售额|营收|营业额|收入))?的?(?:多少)?$",
    )
)
_SAID = {"销售额": "销售额", "营收": "销售额", "营业额": "销售额", "收入": "销售额"}


def of_the_first(text: str) -> tuple[str, str, int, bool] | None:
    """A text that asks for the part of the first few: what is asked of all, the group, how many (or per cent) of it.

    >>> of_the_first("what percentage of revenue comes from the top 10 customers this year")
    ('revenue  this year', 'customer', 10, False)
    """
    plain = re.sub(r"[?？!,，]+| in %$| as a percentage$| in percent$", " ", text).strip()
    for pattern in _LEADING:
        if found := pattern.match(plain):
            group = _GROUPS[found["group"]]
            measure = found["measure"] or "销售额"
            first = group, int(found["n"]), found["pct"] is not None
            if not plain.isascii():
                return f"{found['rest']}{_SAID.get(measure, measure)}", *first
            return f"{measure} {found['rest']}", *first
    return None


def together(text: str) -> tuple[str, str, int, bool] | None:
    """A text that asks what the first few have together, as `of_the_first` tells it.

    >>> together("how much did our top 10 customers spend in total this year"), together("前5名客户今年一共消费了多少")
    (('revenue this year', 'customer', 10, False), ('今年销售额', 'customer', 5, False))
    """
    plain = re.sub(r"[?？!,，]+", " ", text).strip()
    for pattern in _SUMS:
        if found := pattern.match(plain):
            first = _GROUPS[found["group"]], int(found["n"]), found["pct"] is not None
            if not plain.isascii():
                return f"{found['rest']}{found['late']}销售额", *first
            measure = "orders" if found["measure"] == "orders" else "revenue"
            return f"{measure}{found['rest']}", *first
    return None


def sum_of_the_first(asked: Question, group: str, count: int, of_all: bool) -> Question:
    """What so many customers, who have most of what is asked of all, have of it together.

    Articles come first by their pieces, and places and per cents of customers are no `Among`: they are asked back.
    """
    if asked.measure is None or asked.by or asked.share or asked.versus or group != "customer" or of_all:
        raise unclear("share", "")
    leaders = Among("customer", asked.measure, count, asked.window, asked.where)
    return replace(asked, where=(*asked.where, leaders))


def part_of_the_first(asked: Question, group: str, count: int, of_all: bool) -> Question:
    """The part that so many (`of_all`: so many per cent) of a group have of what is asked of all."""
    measure = MEASURES.get(asked.measure or "")
    plain = not (asked.by or asked.share or asked.versus or asked.than or asked.mean or asked.subject or asked.growth)
    if measure is None or not plain or measure.aggregate not in ("count", "sum") or measure.each:
        raise unclear("share", "")
    if count < 1 or any(named(each) == group for each in asked.where):
        raise unclear("share", "")
    if of_all and count > 100:
        raise unclear("number", f"{count} %")
    percent = float(count) if of_all else None
    return replace(asked, share=True, first=(group, count), top_percent=percent, limit=None, order=None)


def first_per_cent(ranked: Question, percent: float) -> Question:
    """The first so many per cent of what is ranked."""
    several = ranked.each or ranked.share or ranked.having or ranked.than or ranked.versus or ranked.then
    if ranked.order is None or several or ranked.by in BUCKETS:
        raise unclear("rank", f"{percent:g} %")
    return replace(ranked, limit=None, top_percent=percent)
