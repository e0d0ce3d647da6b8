"""What surrounds a question: who is meant where nobody is named, names that are explained, what is said at its end."""

import re
from itertools import pairwise

from nlp.ask.draft import Draft, pairs
from nlp.ask.lexing import Atom
from nlp.ask.months import FULL, NAMES
from nlp.ask.numbers import in_digits
from nlp.ask.passes.tables import Table, replaced

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


def _in_days(found: re.Match[str]) -> str:
    """两周没动 in days: a stretch, not weeks of the calendar."""
    return f"{int(in_digits(found['n'])) * _DAYS[found['u']]}天"


def _limited(found: re.Match[str]) -> str:
    """... - first 5: the top 5 of what is ranked, so many of what is in order or listed."""
    asked = found["asked"].strip()
    if re.match(rf"^(?:the |our )?(?:{_RANKED})\b", asked):
        return f"top {found['n']} {re.sub(r'^(?:the |our )', '', asked)}"
    return f"{asked} top {found['n']}"


_COUNT = (
    r"(?:(?:and )?(?:just|only|simply) (?:the |a )?(?:count|number|total|figure|headcount)|(?:just )?how many(?:"
    r" are there)?"
    r"|(?:just |only )?(?:the )?(?:count|number|headcount|figure)(?: (?:only|is enough|will do|is fine"
    r"|suffices))?|in total how many)"
)


def _each_month(found: re.Match[str]) -> str:
    """Ordered every month from January to May: in each of them."""
    first, last = (NAMES.index(found[name]) for name in ("one", "other"))
    year = (found["year"] or "").replace(" of", "")
    if last <= first:
        return found[0]
    return " and ".join(f"{found['did']} in {month}{year}" for month in NAMES[first : last + 1])


def _fewer_since(found: re.Match[str]) -> str:
    """No order in the last 90 days but at least 5 before."""
    whom = "" if found.start() else "customers "
    return f"{whom}with {found['m']} orders who have not ordered for {found['n']} days"


def _counted(found: re.Match[str]) -> str:
    """French customers without consent, just the count."""
    if re.search(r"^(?:who|what|which)\b|\b(?:how|number of|count of|share|top|average|total)\b", found["asked"]):
        return found["asked"]
    return f"how many {found['asked']}"


#: 按金额 and the like: of what was bought, and of refunds
_BY = {
    "件数": ("销量", "笔数"), "销量": ("销量", "笔数"), "金额": ("销售额", "金额"), "笔数": ("订单数", "笔数"),
    "次数": ("订单数", "笔数"),
}  # fmt: skip
_RANKED = "highest|lowest|best|worst|biggest|largest|smallest|most|top|fewest|longest|shortest|fastest|slowest"
_TURNS = Table(
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
         r"(?P<n>\d+|one)"
         r"(?: (?:only|please|pls|is fine|is enough|will do|of them))*\)?[.?! ]*$", _limited),
        (rf"^(?P<asked>.+?)(?: ?[,;:(-]+ ?|  ?\()(?:please |pls )?{_COUNT}(?: (?:please|pls|thanks|thx))*\)?[.?!"
         rf" ]*$", _counted),
        (r"^(?P<asked>(?:top|best|worst|highest|lowest)\b.*?)[, -]+(?P<n>\d+) of"
         r" (?:them|those)[.?! ]*$",
         lambda found: re.sub(r"^(\w+)", rf"\1 {found['n']}", found["asked"])),
        (r"^(?P<rank>(?:highest|lowest|worst|best|top)[ -]rated) (?P<n>\d+) ", r"\g<n> \g<rank> "),
        (r"^(?P<said>.+?) ?[-–,:]+ ?(?P<which>which|what) (?P<what>customers|clients|buyers|products|orders"
         r"|tickets)[.?! ]*$",
         r"\g<which> \g<what> \g<said>"),
        (r"(?P<most>最[多高大好少低])的(?P<what>商品|产品|客户|顾客|品类|国家|城市|订单)(?:是)?前(?P<n>\d+"
         r"|[一二三四五六七八九十]+)"
         r"(?:个|名|位)?(?=$|[?？。])", r"\g<most>的\g<n>个\g<what>"),
        (r"(?P<did>买得?|卖得?|退款|退货)最多的(?P<what>.*?)[(,， ]+(?:按|以)(?P<by>件数|销量|金额|笔数"
         r"|次数)(?:来)?(?:计|算|排|统计)?"
         r"[)呀吗]*[?？。]?$",
         lambda found: f"{'退款' if found['did'][0] == '退' else ''}"
         f"{_BY[found['by']][found['did'][0] == '退']}最高的{found['what']}"),
        (r"(?P<n>\d+|[一二两三四五六七八九十]+)款(?=$|[?？。,，])", r"\g<n>款商品"),
        (r"(?P<way>超过|至少|多于|大于|不少于|少于|不到|不超过)?(?P<n>\d+|[一二两三四五六七八九十]+)件(?:商品|东西|货)?"
         r"(?P<post>以上|及以上|以下|以内)?的(?=(?:订单|单子))", r"件数\g<way>\g<n>\g<post>的"),
        (r"(?:一单|一个订单|单笔|每单)(?:里(?![昂尔斯])|中(?!国)|内)?(?:面)?(?:买|含|有)(?:了|过)?(?=件数)", ""),
        (r"\borders?\b(?P<of>[^,]*?) (?:that |which )?(?:contain|contained|containing|had|have|include|included"
         r"|including)"
         rf" (?P<n>{_MORE} \d+) (?:units|items|pieces|products|articles)\b", r"orders\g<of> with \g<n> units"),
        # reviews of so many stars, so many of them
        (rf"\b(?:(?:left|wrote|gave|posted|have written|written) )?(?P<n>{_MORE} (?:\d+|one)"
         rf"|(?:\d+|one"
         r") or more) (?P<stars>[1-5]|one)[- ]stars? reviews?\b",
         r"who reviewed \g<stars> stars \g<n> times"),
        # orders of which the last is long ago
        (r"\b(?:with |had |have )?no orders? (?:in|for|within) the (?:last|past) (?P<n>\d+) days,? but (?:with"
         r" )?(?P<m>at least \d+"
         r"|more than \d+) (?:orders? )?before(?: that| then)?\b", _fewer_since),
        (r"\b(?P<one>(?:exactly |only |just )?one order),? (?:which was |that was )?(?:placed |made )(?:more than"
         r"|over) (?P<n>\d+)"
         r" days ago\b", r"\g<one> who have not ordered for \g<n> days"),
        (rf"\b(?P<did>bought|ordered|purchased) (?:something )?(?:in )?(?:every|each) (?:single )?month (?:from"
         rf"|between) "
         rf"(?P<one>{FULL}) (?:to|and|until|through|till) (?P<other>{FULL})(?P<year> (?:of )?\d{{4}})?\b",
         _each_month),
        (r"\b(urgent|normal|low|high) (or|and) high (?=(?:tickets?|cases?)\b)", r"\1 \2 high-priority "),
        (r"\b(largest|biggest|smallest|highest|average|median|cheapest|dearest) order by (?=\w)", r"\1 order per "),
        (r"库存(?:却|也|还|又|都|仅)?不足(?=\d)", "库存少于"),
        (r"(?:下过|有过|有)(?:一笔|单笔|一单)(?P<of>(?:超过|大于|高于|至少|不低于|多于)\d+ ?(?:欧元|欧|元|块|美元"
         r"|英镑))的?订单(?=的)",
         r"有订单\g<of>"),
        (r"单笔(?:订单)?(?:金额)?(?P<of>(?:超过|大于|高于|至少|不低于|多于)\d+ ?(?:欧元|欧|元|块|美元"
         r"|英镑))(?:下过单|下单|消费过?|购买过?)的",
         r"有订单\g<of>的"),
        (r"(?P<of>库存|销量|评分|价格|定价|单价)(?:却|也|还|又|都)(?=不足|低于|少于|超过|大于|高于|不到)", r"\g<of>"),
        # a time that is explained
        (r"\b(?:over|in|for|during|within) the (?:past|last) (?:year|half year|fortnight|month|quarter),?"
         r" (?:i\.e\.,?|i mean"
         r"|that is,?|meaning|say)(?: the)? (?=(?:last|past) \d+ )", ""),
        (r",? (?:counted |measured )?from order(?:ed|ing)? to (?:deliver(?:ed|y)|arrival|arrived)\b", ""),
        # refunded
        (r"\b(?:got|gets|received|had|was given|were given) (?:the )?(?P<most>most|least) (?:money )?(?:refunded"
         r"|back|in refunds)\b",
         lambda found: f"with the {'highest' if found['most'] == 'most' else 'lowest'} refund amount"),
        (r"\bwho (?=with the (?:highest|lowest) refund amount)", "customers "),
        (r"\b(?P<most>most|highest|least|lowest) refunded (?:money|amounts?|sums?)\b",
         lambda found: f"{'highest' if found['most'] in ('most', 'highest') else 'lowest'} refund amount"),
        # bought, spent, cancelled
        (rf"\b(?P<n>{_MORE} \d+)(?P<cur> ?(?:euros?|eur|€|pounds|gbp|dollars|usd))? spent\b", r"spent \g<n>\g<cur>"),
        (r"\b(?:have |has )?(?:used|paid (?:with|by)) both (?P<one>[a-z]+) and (?P<other>[a-z]+)\b",
         r"bought by \g<one> and bought by \g<other>"),
        (rf"\b(?P<n>(?:{_MORE} )?(?:\d+|one)(?: or more)?) (?P<is>cancell?ed|returned"
         rf"|delivered) orders\b",
         r"\g<n> orders \g<is>"),
        (rf"\b(?:have |has )?cancell?ed (?P<n>(?:{_MORE} )?(?:\d+|one)(?: or more)?)"
         rf" orders(?P<more> or more)?\b",
         lambda found: f"with {'at least ' if found['more'] else ''}{found['n']} orders cancelled"),
        (r"\borders? (?:that |which )?(?:carried|came with|included|used|contained) (an?|any|no) (?=discount)",
         lambda found: "orders without a " if found[1] == "no" else "orders with a "),
        (r"\b(?:bought|ordered|shopped|purchased) (?:something )?(?:from|in) all (?:of our |our |the )?(\d+)"
         r" categories\b", r"bought at least \1 different categories"),
        (r"\b(inactive|quiet|idle|dormant|silent|untouched) (?:for |since )?(\d+ (?:days|weeks|months)) or"
         r" (?:more|longer|over)\b",
         r"\1 for \2"),
        (r"\ba single (?=tickets?\b|orders?\b|refunds?\b|reviews?\b|purchases?\b|visits?\b|complaints?\b)", "a "),
        (r"\baccounts? (?:that were |which were )?(?:created|opened|registered|set up)\b", "signups"),
        (r"\bwhat (products|items|articles) (?=(?:were|are|was|is|did|does|do)\b)", r"which \1 "),
        (r"\bwithout (?:a |any )?review\b", "without any reviews"),
        (r"\b(?P<who>(?:with|have|has|had|having) [^,]*?)\bin (?:cart|basket)\b(?! value)", r"\g<who>in their cart"),
        (r"\bin usa? dollars?\b", "in usd"), (r"\bonly pays? (by|with|via)\b", r"only paid \1"),
        (r"(?<=买家|客户|顾客|用户|会员)(?:一共|总共)?有?多少个?人(?=$|[?？。,，])", "有多少"),
        (r"(?P<did>提|开|发起|提交)(?:了|过)?(?:几|多少)(?:张|个|条|件|次|起)?(?=投诉|工单)", r"\g<did>了多少个"),
        (r"^(?P<sku>[a-z]+-?\d+) ?(?P<at>.*?)(?:一共|总共|共)?有?多少(?:个)?(?:人|客户|顾客)(?P<did>买过|看过"
         r"|浏览过|加购过|退过)",
         r"\g<at>\g<did>\g<sku>的客户有多少"),
        (r"购物车里?(?:面)?(?:还)?(?:有|放着|留着|躺着)(?:货|东西)(?![\u3400-\u9fff]*[鞋包表])", "购物车里有商品"),
        (r"(?P<how>paypal|alipay|支付宝|微信|信用卡|银行卡|invoice|card)用户", r"用\g<how>下过单的客户"),
        (r"(?<=哪个月|哪一天)单(?=最[多少])", "订单"), (r"(?<=哪天|哪月)单(?=最[多少])", "订单"),
        (r"(评论|评价)(?:的)?平均(?:是)?(?:几|多少)分", "平均评分"),
        (r"(?<=[月年周天度日])(?:有|下了|来了)?(?:几|多少)单(?=$|[?？。])", "有多少订单"),
        # what is likely is told of 30 days
        (r"\b(likely to (?:buy|order|purchase|shop|return|come back|repurchase|re-?order|place an order))"
         r"(?: again| from us| something| anything)* (?:in|within|over|during) (?:the )?(?:next|coming|following"
         r"|upcoming)"
         r" 30 days\b", r"\1"),
        (r"\b(?:in|within|over|during) (?:the )?(?:next|coming|following|upcoming) 30 days,?"
         r" (.*?\blikely to "
         r"(?:buy|order|purchase|shop|return|come back|repurchase|re-?order))(?: again)?\b", r"\1"),
        (r"(?:未来|接下来|今后|往后|之后)(?:的)?(?:30|三十)天(?:之?内|里(?![昂尔斯])|中(?!国))?(?:的)?(?:最"
         r"|更)?(?:有)?可能(?:会)?(?:再次|再|会|又)*"
         r"(?:购买|下单|回购|复购|买东西|买|消费|回来)(?:的)?(?P<rest>(?:前|头|\d|[一二两三四五六七八九十]|客|顾"
         r"|用|人|会|买|$|是).*)?$",
         lambda found: "购买倾向最高的" + (found["rest"] or "客户")),
        # a segment by a word for a group
        (r"(?<=[a-z\u3400-\u9fff])(?:这|那)(?:个|一?群|一?批|一?类|一?拨|些)(?:分群|分组|分层|群体|人群|人|客户|客群)"
         r"(?=[里中的,，]|当中|$)", "客户"),
        (r"(?<=客户)(?:里面|里头|当中|里(?![昂尔斯])|中(?!国))的?(?=消费|下单|花)", ""),
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
    return replaced(text, _TURNS)


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


def name_buyers(draft: Draft) -> None:
    """Headphone buyers, 耳机买家: customers who bought them."""
    atoms = draft.atoms
    for place, (goods, people) in enumerate(pairwise(atoms)):
        of_goods = [pair for pair in pairs(goods) if pair[0] in ("category", "product")]
        before, after = atoms[:place], atoms[place + 2 :]
        # shoe buyers who have not ordered for 90 days: what is said after them is another thing that they did
        bought = any(atom.has("verb", "buy") for atom in (atoms if draft.chinese else before))
        if of_goods and people.has("subj", "buyers") and not bought:
            whom, buy = Atom(people.text, {"subj": "customers"}), Atom("", {"verb": "buy"})
            goods = Atom(goods.text, {"val": of_goods})
            inside = [buy, goods, whom] if draft.chinese else [whom, buy, goods]
            draft.atoms = [*before, *inside, *after]
            return


def leave_out_goods(draft: Draft) -> None:
    """Customers who bought kitchen items: items of the kitchen, not articles that are asked for."""
    if not any(atom.has("subj", "customers", "buyers") for atom in draft.atoms):
        return
    for goods, thing in pairwise(draft.atoms):
        if any(name == "category" for name, _ in pairs(goods)) and thing.has("subj", "products"):
            thing.kinds = {"filler": True}


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
