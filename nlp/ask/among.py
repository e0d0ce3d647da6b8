"""Something is asked of the first few: how many of the fifty best customers are French, what stock of ten articles."""

import re
from dataclasses import dataclass

from msgspec.structs import replace

from crm_store.question.grammar import Among, Filter, Question
from crm_store.question.measures import MEASURES
from nlp.ask.numbers import in_digits
from nlp.ask.outcomes import unclear

_N = r"\d{1,5}"
_SELLING = (
    r"(?:best|top|most|worst)[ -]?(?:selling|sold|rated|ordered|bought|popular|expensive|viewed)|fastest[ -]selling"
)
_RANK = rf"(?:{_SELLING}|top|best|worst|biggest|largest|highest[ -]spending|most valuable|highest[ -]value)"
_PEOPLE = r"(?:customers|buyers|clients|shoppers|spenders)"
_THINGS = r"(?:products|articles|items|skus|sellers|bestsellers|best[ -]sellers|top[ -]sellers)"
_OUR = r"(?:our |the |my |all |those |these )*"
_BY = r"(?: (?:by|ranked by|in terms of) (?:(?!who\b|which\b|how\b|what\b)[\w-]+ ?){1,4}?)?"
_TIME = (
    r"(?: (?:(?:in|during|over|for|of|since) )?(?:the )?(?:this|last|past|previous|current) (?:\d+ )?\w+"
    r"| (?:in|of|since|for) (?:\w+ )?\d{4}| (?:in|since) \w+| so far)?"
)
_FIRST = (
    rf"{_OUR}(?:(?:{_RANK}) {_N}(?: (?:{_RANK}))?|{_N} (?:{_RANK})) (?:(?P<people>{_PEOPLE})|(?P<things>{_THINGS}))"
    rf"|{_OUR}{_N} (?P<sellers>bestsellers|best[ -]sellers|top[ -]sellers)"
)
#: without a number it is one of them, or ten
_ONE_OR_TEN = (
    r"(?:our |the |my )*(?P<lead>"
    r"(?:(?:best|top|worst)[ -]?selling|most[ -](?:sold|popular|ordered|bought)|best[ -]?rated) "
    rf"(?:product|article|item)(?P<ten>s)?{_TIME}|(?:bestseller|best[ -]seller|top[ -]seller)(?P<tens>s)?{_TIME})"
)
_LEAD = rf"(?P<lead>(?:{_FIRST}){_BY}{_TIME})"
_OF = r"(?:out of|of|among|amongst|within|from among|from|in)"
_HOW = r"(?P<how>how many(?: of (?:them|those|these))?|who|which(?: ones?)?(?: of (?:them|those|these))?|" + (
    r"(?:what|which) (?:share|percentage|percent|proportion|fraction|part|%)(?: of (?:them|those|these))?)"
)
_DOES = (
    r"(?:are|is|were|was|come|comes|came|live|lives|have|has|had|haven't|hasn't|hadn't|did|didn't|do|don't|does|doesn't"
    r"|aren't|weren't|isn't|never|bought|buy|ordered|order|visited|visit|complained|complain|reviewed|spent|opened|left"
    r"|agreed|signed|placed|paid|got|cost|sold|belong|fall|gave|returned|use|used|chat|write|wrote)"
)
_MEASURED = (
    r"(?P<measure>(?:what(?:'s| is| are| was)? |show (?:me )?|how much |how many |give me )?(?:the |our )*"
    r"(?:(?!of\b|from\b|by\b|for\b|share\b|percentage\b|percent\b|proportion\b|part\b|who\b|which\b|and\b|than\b|list\b"
    r"|vs\b|growth\b|change\b)[\w'-]++ ?){1,5}?)"
)
_HAVE = r"(?: (?:do|did) we (?:still )?(?:have|keep|hold)(?: (?:left|in stock))?)?"
_ENGLISH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?:looking at |{_OF} ){_LEAD}[,:]? {_HOW} (?P<does>{_DOES}\b.*)$",
        rf"^{_HOW} {_OF} {_LEAD} (?P<does>{_DOES}\b.*)$",
        r"^(?P<how>which )?(?:customers|buyers|clients) (?:among|in|within|from|of) "
        rf"{_OUR}(?P<lead>top (?P<people>\d{{1,5}})) (?:who|that) (?P<does>{_DOES}\b.*)$",
        rf"^(?P<how>do|did|are|were|have|has|does) {_LEAD} (?P<does>.+)$",
        rf"^{_MEASURED}{_HAVE} (?:of|for|across|among|from) {_LEAD}$",
        rf"^{_MEASURED}{_HAVE} (?:of|for) {_ONE_OR_TEN}$",
    )
)
_NUMBER = r"(?:\d{1,5}|[一二两三四五六七八九]?[百十][一二三四五六七八九]?|[两三四五六七八九])"
_PIECES = "(?:名|位|个|大|款|种)?"
_PEOPLE_ZH, _THINGS_ZH = "客户|顾客|买家|用户", "商品|产品|款"
_SOLD = "(?P<sold>最畅销|畅销|热销|卖得最好)"
_LEADS = (
    rf"(?P<before>[^里中,，]*?)(?:前(?P<n>{_NUMBER}){_PIECES}|最[高多大好佳]的?前?(?P<n2>{_NUMBER}){_PIECES}"
    rf"|(?P<n3>{_NUMBER}){_PIECES}{_SOLD})的?(?:(?P<people>{_PEOPLE_ZH})|(?P<things>{_THINGS_ZH}))",
    rf"(?P<before>[^里中,，]*?){_SOLD}的?(?P<things>{_THINGS_ZH})(?:排名|中(?!国))?前(?P<n>{_NUMBER}){_PIECES}",
    rf"(?P<before>[^里中,，]*?){_SOLD}的?前?(?P<n>{_NUMBER}){_PIECES}的?(?P<things>{_THINGS_ZH})",
)
_IN_THEM = "(?:里(?![昂尔斯])面?|中间?|当中|之中|里头)[,，]?"
_ASKED = (
    "(?P<how>有?(?:多少|几)(?:个|位|名|人|款|种)*(?:人)?|(?:有|是|都有)?(?:哪些|哪几个|哪几位|谁)(?:人)?"
    "|有?(?:百分之几|百分之多少|多大比例|多少比例)(?:的人)?)"
)
_PART = "(?P<how>占比|占多少|比例)(?:是多少)?"
_DID = rf"(?P<does>.+?)的?(?:{_PEOPLE_ZH}|{_THINGS_ZH})?"
_SINGLE = re.compile(
    r"^(?P<before>[^里中,，]*?(?:(?:销量|销售额|销售量|评分)(?:最高|最好|最多|最低)|最畅销|最热销|最受欢迎|卖得最好))的?"
    r"(?P<one>那?[个款])?(?P<things>商品|产品)的(?P<measure>库存|价格|单价|评分|平均评分|退款率|评价数)(?:还有|还剩|是|有)?(?:多少|几件)?$"
)
_CHINESE = (
    *(
        re.compile(pattern)
        for lead in _LEADS
        for pattern in (
            rf"^在?{lead}{_IN_THEM}{_ASKED}(?P<does>.+)$",
            rf"^在?{lead}{_IN_THEM}{_DID}{_ASKED}$",
            rf"^在?{lead}{_IN_THEM}{_DID}的?所?{_PART}$",
            rf"^{lead}的(?P<measure>[^的里中,，]+?)(?:一共|总共)?(?:是|有|还有|还剩)?(?:多少|几件|如何)?$",
        )
    ),
    _SINGLE,
)
_IN_ALL = re.compile(r"\b(?:total|combined|overall|altogether)\b|总|合计|一共|加起来")
#: what ranks them as well: a row for each of them says more than their sum
_RANKING = ("revenue", "spend", "product_revenue")


#: what tells which of them did something, or how many
_OF_THEM = ("customers", "buyers", "buyers_of", "new_buyers", "signups", "visitors", "products")


@dataclass(frozen=True, slots=True)
class Asked:
    """Two questions in one, as texts: who the first are, and what is asked of them."""

    lead: str
    rest: str
    #: a measure of them, not which of them did something
    measured: bool


def asked_among(text: str) -> Asked | None:
    """A text that asks something of the first few.

    >>> asked_among("of our top 50 customers how many are from france")
    Asked(lead='top 50 customers', rest='how many customers are from france', measured=False)
    >>> asked_among("stock of the 10 best sellers")
    Asked(lead='10 best selling products', rest='stock by product', measured=True)
    """
    plain = re.sub(r"[?？!。.]+$", "", text.strip()).strip()
    for pattern in _ENGLISH:
        if found := pattern.match(plain):
            return _in_english(found)
    for pattern in _CHINESE:
        if found := pattern.match(plain):
            return _in_chinese(found)
    return None


def _in_english(found: re.Match[str]) -> Asked:
    said = found.groupdict()
    lead = re.sub(rf"^{_OUR}", "", str(said["lead"]))
    if "ten" in said:
        lead = f"{10 if said['ten'] or said['tens'] else 1} {lead}"
        lead = re.sub(r"(?:bestseller|best[ -]seller|top[ -]seller)s?\b", "best selling products", lead)
    lead = re.sub(r"^(\d+) (?:bestsellers|best[ -]sellers|top[ -]sellers)", r"\1 best selling products", lead)
    lead = re.sub(r"^(?:top|best) (\d+) (?:bestsellers|best[ -]sellers|sellers)", r"\1 best selling products", lead)
    lead = re.sub(rf"^(\d+) (?:{_RANK}) (?={_PEOPLE})", r"top \1 ", lead)
    if said.get("measure") is not None:
        measure = str(said["measure"]).strip()
        each = not said.get("people") and not _IN_ALL.search(measure)
        return Asked(lead, f"{measure} by product" if each else measure, measured=True)
    group = "customers" if said.get("people") else "products"
    if lead == f"top {said.get('people')}":
        lead, said["how"] = f"{lead} customers", "which"
    if said["how"] in ("are", "were"):
        said["does"] = f"are {said['does']}"
    if said["how"] in ("do", "did", "are", "were", "have", "has", "does"):
        # do they: which of them do
        said["how"] = "which"
    how = re.sub(r" of (?:them|those|these)$", "", str(said["how"]))
    does = re.sub(r"^(?:are|is|were|was) (?=not\b)", "are ", str(said["does"]))
    if how.startswith("how many"):
        return Asked(lead, f"how many {group} {does}", measured=False)
    if how.startswith(("who", "which")) and "share" not in how and "percent" not in how:
        return Asked(lead, f"which {group} {does}", measured=False)
    return Asked(lead, f"what share of {group} {does}", measured=False)


def _in_chinese(found: re.Match[str]) -> Asked:
    said = found.groupdict()
    number = next((str(said[name]) for name in ("n", "n2", "n3") if said.get(name)), "1" if said.get("one") else "10")
    count = in_digits(number)
    group = "客户" if said.get("people") else "商品"
    before = str(said["before"])
    if "one" in said:
        lead = f"{before}的{count}个商品"
    elif said.get("sold"):
        lead = f"{before}最畅销的{count}个商品"
    elif said.get("n2"):
        lead = f"{found[0][found.start('before') : found.start('n2')].removesuffix('前')}{count}个{group}"
    else:
        lead = f"{before}前{count}{'名' if group == '客户' else '个'}{group}"
    if said.get("measure") is not None:
        measure = str(said["measure"])
        each = group == "商品" and not _IN_ALL.search(measure)
        return Asked(lead, f"按商品的{measure}" if each else measure, measured=True)
    does, how = str(said["does"]), str(said["how"])
    does = re.sub(r"^(?:是|属于)(?=.+的$)", "", does).removesuffix("的")
    does = does.removesuffix("人")
    if re.search("比|占", how) or "百分" in how:
        return Asked(lead, f"{does}的{group}占比", measured=False)
    if re.search("多少|几(?!个|位)|有几", how) and not re.search("哪", how):
        return Asked(lead, f"{does}的{group}有多少", measured=False)
    return Asked(lead, f"{does}的{group}", measured=False)


def among_the_first(leading: Question, rest: Question, asked: Asked) -> Question:
    """What is asked (`rest`) of those alone who come first (`leading`)."""
    first = _first_of(leading)
    plain = not (rest.versus or rest.than or rest.growth or rest.mean or rest.first or rest.top_percent or rest.limit)
    if not plain or rest.order is not None:
        raise unclear("mix", "")
    if rest.share:
        return replace(rest, where=(first, *rest.where), of=(first, *rest.of))
    found = replace(rest, where=(first, *rest.where))
    if not asked.measured:
        if (rest.subject or rest.measure) not in _OF_THEM:
            raise unclear("mix", "")
        return found
    own = MEASURES.get(rest.measure or "")
    if own is None or rest.by not in (None, first.by) or rest.where:
        raise unclear("mix", "")
    if own.fact not in ("customers", "products") and rest.window is None:
        found = replace(found, window=first.window)
    if first.by == "customer" and rest.measure in _RANKING and not _IN_ALL.search(asked.rest):
        return replace(found, by="customer")
    return found


def _first_of(leading: Question) -> Among:
    """Those that a ranking shows, as what holds for rows."""
    where: tuple[Filter, ...] = leading.where
    several = leading.then or leading.each or leading.share or leading.versus or leading.than or leading.having
    if several or leading.limit is None or leading.order is None or leading.top_percent is not None:
        raise unclear("rank", "")
    if leading.by in ("customer", "product"):
        by, measure = leading.by, str(leading.measure)
    elif leading.subject == "customers" and leading.order in MEASURES:
        by, measure = "customer", leading.order
    else:
        raise unclear("rank", "")
    return Among(by, measure, leading.limit, leading.window, where, leading.descending)  # type: ignore[arg-type]
