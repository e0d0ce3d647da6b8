"""What surrounds a question: who is meant where nobody is named, names that are explained, what is said at its end."""

import re
from collections.abc import Callable

from nlp.ask.draft import Draft, pairs
from nlp.ask.lexing import Atom

_Said = str | Callable[[re.Match[str]], str]
_MORE = (
    r"(?:fewer than|less than|under|below|more than|over|above|at least|at most|no more than|no fewer than|up to"
    r"|exactly|only)"
)
_BUY = r"(?:buy|bought|order|ordered|purchase|purchased|shop|shopped)"
_NOT = (
    r"(?:have not|has not|haven't|hasn't|have n't|has n't|did not|didn't|did n't|do not|don't|not|never|n't)"
    r"(?: \w+ly)?"
)
_TIME = (
    r"(?:(?:in |during |over |within |since |so far )*(?:(?:this|last|the last|the past|past) (?:\d+ )?"
    r"(?:days?|weeks?|months?|quarters?|years?)|\d{4}|q[1-4](?: \d{4})?|(?:january|february|march|april|may|june|july"
    r"|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?: \d{4})?))"
)
_PEOPLE = r"(?:customers?|clients?|buyers?|shoppers?|people|those|anyone|anybody|everyone|everybody|whoever|users?)"
_MEANS = r"(?:i\. ?e\.?,?|ie|that is,?|which means|meaning|defined as|counted as|in other words,?|=)"
_CHINESE_PEOPLE = "(?:客户|顾客|用户|会员|买家|人)"
_CHINESE_N = "\\d+|[一二两三四五六七八九十]+"
_DAYS = {"周": 7, "个星期": 7, "星期": 7, "个礼拜": 7, "礼拜": 7, "个月": 30}
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}


def _in_days(found: re.Match[str]) -> str:
    """两周没动 in days: a stretch, not weeks of the calendar."""
    count = int(found["n"]) if found["n"].isdecimal() else _DIGITS.get(found["n"], 0)
    return f"{count * _DAYS[found['u']]}天" if count else found[0]


def _limited(found: re.Match[str]) -> str:
    """... - first 5: the top 5 of what is ranked, so many of what is in order or listed."""
    asked = found["asked"].strip()
    if re.match(rf"^(?:the |our )?(?:{_RANKED})\b", asked):
        return f"top {found['n']} {re.sub(r'^(?:the |our )', '', asked)}"
    return f"{asked} top {found['n']}"


_RANKED = "highest|lowest|best|worst|biggest|largest|smallest|most|top|fewest|longest|shortest|fastest|slowest"
_TURNS: tuple[tuple[re.Pattern[str], _Said], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        # names that are explained: VIPs, i.e. customers who spent over 1000
        (rf"\b(?:our |the )?(?:vips?|big spenders|regulars|heavy buyers|whales|key accounts)(?: {_PEOPLE})?[ ,(:-]*"
         rf"{_MEANS}[ ,:]*(?:(?:our|the|any|all) )?(?:{_PEOPLE} )?(?:who |that |with )?(?P<of>(?:have |has"
         rf" )?[^,()]+)\)?",
         lambda found: f"customers who {found['of']}".replace("who at least", "with at least")),
        (rf"\b(?:our |the )?(?:vips?|big spenders|regulars|heavy buyers|whales|key accounts)(?: {_PEOPLE})? ?"
         r"\((?:who |that )?(?P<of>[^()]+)\)", r"customers who \g<of> and"),
        (rf"(?:vip|大客户|大户|高价值客户|重点客户|铁粉){_CHINESE_PEOPLE}?[,，:： (]*"
         rf"(?:即|也就是|就是|指的?是?|=|定义为|算作|定义是)?[,，:： ]*"
         rf"(?P<of>(?:累计|总)?(?:消费|花|下单|买|购买)[^,，()]*?)(?:的{_CHINESE_PEOPLE}?)?\)",
         r"\g<of>的客户"),
        (rf"(?:vip|大客户|大户|高价值客户|重点客户|铁粉){_CHINESE_PEOPLE}?[,，:： ]*"
         rf"(?:即|也就是|就是|指的?是?|=|定义为|算作|定义是)[,，:： ]*"
         rf"(?P<of>(?:累计|总)?(?:消费|花|下单|买|购买)[^,，()]*?)的{_CHINESE_PEOPLE}", r"\g<of>的客户"),
        # how many of it are wanted, said last
        (r"^(?P<asked>.*?\S)(?: ?[,;:-]+ ?| \()(?:just |only |show |give me |list )*(?:the |me )*(?:first|top) "
         r"(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty)"
         r"(?: (?:only|please|pls|is fine|is enough|will do|of them))*\)?[.?! ]*$", _limited),
        # what is likely is told of 30 days
        (r"\b(likely to (?:buy|order|purchase|shop|return|come back|repurchase|re-?order|place an order))"
         r"(?: again| from us| something| anything)* (?:in|within|over|during) (?:the )?(?:next|coming|following"
         r"|upcoming)"
         r" (?:30|thirty) days\b", r"\1"),
        (r"\b(?:in|within|over|during) (?:the )?(?:next|coming|following|upcoming) (?:30|thirty) days,?"
         r" (.*?\blikely to "
         r"(?:buy|order|purchase|shop|return|come back|repurchase|re-?order))(?: again)?\b", r"\1"),
        (r"(?:未来|接下来|今后|往后|之后)(?:的)?(?:30|三十)天(?:之?内|里|中)?(?:的)?(?:最"
         r"|更)?(?:有)?可能(?:会)?(?:再次|再|会|又)*"
         r"(?:购买|下单|回购|复购|买东西|买|消费|回来)(?:的)?(?P<rest>(?:前|头|\d|[一二两三四五六七八九十]|客|顾"
         r"|用|人|会|买|$|是).*)?$",
         lambda found: "购买倾向最高的" + (found["rest"] or "客户")),
        # a segment by a word for a group
        (r"(?<=[a-z\u3400-\u9fff])(?:这|那)(?:个|一?群|一?批|一?类|一?拨|些)(?:分群|分组|分层|群体|人群|人|客户|客群)"
         r"(?=[里中的,，]|当中|$)", "客户"),
        (r"(?<=客户)(?:里面|里头|当中|里|中)的?(?=消费|下单|花)", ""),
        (r"[,，](?:但)?(?:只要|只看|仅限|只限|限|仅看|仅|只)(?P<of>[^,，]{2,6}?)(?:的|地区的?|市的?)?$", r",\g<of>的"),
        # carts that nobody touched
        (rf"(?P<n>{_CHINESE_N})(?P<u>周|个星期|星期|个礼拜|礼拜|个月)(?=(?:以上|多)?(?:都|还|一直)?(?:没有?|未)"
         r"(?:人)?(?:动|碰|更新|变|管))", _in_days),
        # stock and what was sold
        (rf"\b(?:what|which(?: ones)?|anything|things|stuff) (?:(?:do|did|have) )?we (?:still )?(?:have|hold|got|stock"
         rf"|keep)?"
         rf" ?(?P<n>{_MORE} \d+)(?: (?:of|units of|pieces of|left|units|pieces))* (?:left )?(?:in|on) (?:stock|hand)\b",
         r"products with \g<n> in stock"),
        (r"\blow (?:on |in )?stock,? \(?(?:i\.e\.,? |that is |meaning )?(below|under|less than|fewer than) (\d+)\)?",
         r"stock \1 \2"),
        (r"(?<=[a-z]-\d{3})([^,，]*?)出(?:了|过|货)?(?=多少件|几件)", r"\1卖了"),
        (r"(?:累计|总)?消费(?:额|金额)?(?:排名|排在?)?(?:最高的?)?(?:前|top) ?(?P<n>\d+)%的?(?P<who>客户|顾客"
         r"|用户|买家|人)?(?!.*(?:贡献|占))",
         lambda found: f"消费最高的{found['n']}%{found['who'] or '客户'}"),
        # what was bought for how much is what was spent
        (r"买(?:了|过)?(?:东西)?(?:一共|总共|共)?(?=多少钱)", "消费了"),
        # said yes
        (r"\b(?:say|says|said|saying|gave|given|give|have said|has said) (?:us )?(?:a |their |an? )?(?P<is>yes|no"
         r"|ok|okay)"
         r" to (?:receiving |getting |our |the )*(?:marketing|newsletters?|promo(?:tion)?s?|advertising)"
         r"(?: e-?mails?| mails?| messages| material)?",
         lambda found: "without marketing consent" if found["is"] == "no" else "have marketing consent"),
        (r"\b(?:ended|wound) up (?:being |as |getting )?(?=cancell?ed|returned|refunded|delivered|shipped)", "were "),
        # the very first
        (r"\b(?:their|the|a|his|her) very (first|last)\b", r"their \1"), (r"\bvery (first|last)\b", r"\1"),
        # who did how many
        (r"^who (?:has |have )?(resolved|closed|solved|answered|handled|finished|completed) how many (tickets|cases"
         r"|complaints)\b", r"number of \2 resolved by agent"),
        (r"(?:谁|哪个客服)(?:都)?(解决|处理|关闭|搞定|结)了?(?:多少|几)[个张件条单]?(?:工单|单子|投诉)",
         "各客服解决的工单数"),
        # one time and not another
        (rf"\b(?P<not>{_NOT}) (?P<did>{_BUY})(?: anything| something)?(?: from us)? (?P<then>{_TIME})[, ]*"
         rf"(?:but|yet|although they|though they|and) (?:they )?(?:have |had |did )?(?:(?:did|have|had|{_BUY})"
         rf"(?: so| anything| something)?) (?P<before>{_TIME})\b",
         r"bought \g<before> but not \g<then>"),
        (rf"\b(?P<did>{_BUY})(?: something| anything)?(?: from us)? (?P<then>{_TIME})[, ]*(?:but|yet|and|though) "
         rf"(?:placed |bought |ordered |made )?(?:nothing|not (?:once|a single (?:order|time|purchase))|zero orders|no "
         rf"orders?)(?: at all)?(?: so far)? (?P<now>{_TIME})\b",
         r"\g<did> \g<then> but not \g<now>"),
        (rf"\b(?P<spent>spent [^,]*?) (?P<then>{_TIME})[, ]*(?:but|yet|and|though) (?:have |has )?(?:spent "
         rf"|bought |ordered )?"
         rf"(?:nothing|not a (?:cent|penny))(?: at all)?(?: so far)? (?P<now>{_TIME})\b",
         r"\g<spent> \g<then> and who have not bought \g<now>"),
        (r"(?:一|1)(?:单|次|笔|件|个订单)(?:都|也)?(?:没有?|未|无)(?:过|下过?|下单|买过?)?(?=的|$|[,，]|客户|顾客"
         r"|人|用户|会员)", "没下单"),
        (r"(?:今年|本年|这年)到(?:现在|目前|今天|今)(?:为止)?", "今年"),
        # never bought any of it
        (rf"\b(?:have |has |had |but )?never (?P<did>{_BUY}) (?:any|one|some|them|it|either)(?: of (?:them|it|those))?"
         r"(?=$|[.,;?!]| (?:so far|yet|since))", r"never \g<did>"),
        (r"\bgot (an?|some|the|any) (?!refund|reply|response|answer|discount|complaint|ticket|review|first|second"
         r"|csat|score"
         r"|rating|star|\d|coupon|message|bad|good)",
         r"bought \1 "),
        # several times added up
        (r"^(?:(?:can|could) (?:you|we) )?(?:please )?add up (?:the |our )?(?P<what>.+?) (?:for|of|from|in)"
         r" (?P<one>[a-z]+(?: "
         r"\d{4})?) and (?P<other>[a-z]+(?: \d{4})?)(?: together)?[?.! ]*$", r"\g<what> in \g<one> and \g<other>"),
        (rf"^(?P<one>{_TIME}) (?:and|plus|&) (?P<other>{_TIME}) (?P<what>[a-z ]+?) (?:together|combined|taken together"
         r"|added up|summed up|in total)[?.! ]*$", r"\g<what> in \g<one> and \g<other>"),
        (r"(?<=\d) ?月? ?(?:加上?|\+) ?(?=\d{1,2}月)", "月和"),
    )
)  # fmt: skip


def framed(text: str) -> str:
    """A normalised text with such turns replaced.

    >>> framed("vips, i.e. customers who spent over 1000, by country")
    'customers who spent over 1000, by country'
    >>> framed("customers who haven't bought this year but did last year")
    'customers who bought last year but not this year'
    """
    for pattern, said in _TURNS:
        text = pattern.sub(said, text)
    return text


# --- nobody is named --------------------------------------------------------------------------------------------------

#: what only people do or have
_DO = ("buy", "spend", "return", "review", "complain", "contact", "visit", "cart", "signup")
_NAMES = ("subj", "measure", "field", "bucket", "share", "howmany", "howmuch", "by", "top", "bottom", "compare",
          "bestselling", "worstselling", "repeatrate", "growth", "newest", "oldest")  # fmt: skip


def name_whom(draft: Draft) -> None:
    """From Bristol, got a watch, never any kitchen stuff: a list of what holds is of customers."""
    atoms = draft.atoms
    asks = [atom for atom in atoms if atom.has("which")]
    if any(atom.text not in ("who", "谁", "有谁", "哪些人") for atom in asks):
        return
    subjects = [atom for atom in atoms if atom.has("subj")]
    if any(atom.has(name) for atom in atoms for name in _NAMES if name != "subj") or any(
        atom.has("subj", "customers", "buyers", "products") for atom in subjects
    ):
        return
    if not _lists_conditions(atoms) or any(not _is_had(atoms, atom) for atom in subjects):
        return
    whom = Atom("客户" if draft.chinese else "customers", {"subj": "customers"})
    draft.atoms = [*atoms, whom] if draft.chinese else [whom, *atoms]


def _is_had(atoms: list[Atom], thing: Atom) -> bool:
    """Refunds, tickets, ... that people have or have none of."""
    place = next(at for at, atom in enumerate(atoms) if atom is thing)
    before = atoms[place - 1] if place else None
    return before is not None and (before.has("neg") or before.has("bound") or before.has("verb"))


def _lists_conditions(atoms: list[Atom]) -> bool:
    """Whether two things or more are said of people, one of them of what they did, each apart from the others."""
    parts: list[list[Atom]] = [[]]
    for atom in atoms:
        if atom.has("but") or atom.has("and"):
            parts.append([])
        else:
            parts[-1].append(atom)
    parts = [part for part in parts if part]
    of_people = [part for part in parts if any(_is_of_people(atom) for atom in part)]
    does = any(
        atom.has("verb", *_DO) or atom.has("crowd", "never", "repeat", "inactive") for part in parts for atom in part
    )
    return len(parts) >= 2 and len(of_people) >= 2 and does


def _is_of_people(atom: Atom) -> bool:
    if atom.has("verb", *_DO) or atom.has("neg") or atom.has("subj"):
        return True
    if atom.has("crowd", "never", "repeat", "once", "inactive", "consent", "noconsent", "openticket"):
        return True
    return any(name in ("country", "city", "language", "segment", "account") for name, _ in pairs(atom))
