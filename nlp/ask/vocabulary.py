"""The shop's own words: what its countries, cities, categories, articles, agents, ... are called in questions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from babel import Locale

from crm_store.countries import CODES
from nlp.ask.lexicon import VALUES

#: fields whose values are learnt from the store
LEARNT = (
    "city", "language", "category", "agent", "reason", "payment_method", "carrier", "source", "kind", "tag", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shop:
    """What a reader of questions knows of the shop."""

    #: values by field
    values: Mapping[str, tuple[str, ...]]
    #: SKU → name
    products: Mapping[str, str | None]
    #: ISO 4217 code of the base currency, and what a unit of each is worth in it, in minor units
    currency: str
    units: Mapping[str, float]
    #: when the first thing happened that the store knows of
    since: datetime
    #: how customers', orders' and tickets' ids are written, each run of digits as one #: field → C#, ORD-#
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: how an id is made of its number, by field: with one run of digits, as long in each of them (0: of any length)
    numbered: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    words: dict[str, list[tuple[str, str, str]]] = field(init=False, repr=False, compare=False)
    #: londoners → london
    townspeople: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", _words_of(self))
        object.__setattr__(self, "townspeople", _townspeople(self))


_DEMONYMS = """
DE german germans|FR french|GB british brits english|US american americans|CN chinese|ES spanish|NL dutch|SE swedish
JP japanese|IT italian italians|AT austrian austrians|CH swiss|PL polish|PT portuguese|BE belgian belgians|DK danish
NO norwegian|FI finnish|IE irish|CA canadian canadians|AU australian australians|BR brazilian|MX mexican|IN indian
RU russian|KR korean|GR greek|CZ czech|HU hungarian|TR turkish|ZA south-african
"""
#: typed in capitals; without those that are words too
_IN_CAPITALS = re.compile(r"(?<![\w-])(?:DE|FR|GB|ES|NL|SE|CN|JP|CH|PL|PT|DK|FI|IE|CA|AU|KR|CZ|GR|HU|TR)(?![\w'-])")
_OTHER_COUNTRIES = {
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "usa": "US", "u.s.": "US",
    "the us": "US", "the states": "US", "america": "US", "united states of america": "US", "holland": "NL",
    "deutschland": "DE", "prc": "CN", "mainland china": "CN", "czech republic": "CZ", "united states": "US",
    "美国": "US", "英国": "GB", "德国": "DE", "法国": "FR", "中国": "CN", "荷兰": "NL", "日本": "JP", "瑞典": "SE",
    "西班牙": "ES", "韩国": "KR", "俄罗斯": "RU", "香港": "HK", "台湾": "TW", "澳门": "MO",
}  # fmt: skip
_CITIES = """
柏林 berlin|慕尼黑 munich|汉堡 hamburg|科隆 cologne|法兰克福 frankfurt|斯图加特 stuttgart|杜塞尔多夫 düsseldorf|莱比锡 leipzig
巴黎 paris|里昂 lyon|马赛 marseille|尼斯 nice|图卢兹 toulouse|波尔多 bordeaux|里尔 lille|伦敦 london|利兹 leeds
布里斯托 bristol|布里斯托尔 bristol|曼彻斯特 manchester|利物浦 liverpool|伯明翰 birmingham|爱丁堡 edinburgh|纽约 new york
芝加哥 chicago|奥斯汀 austin|洛杉矶 los angeles|旧金山 san francisco|西雅图 seattle|波士顿 boston|休斯顿 houston|北京 beijing
上海 shanghai|深圳 shenzhen|广州 guangzhou|杭州 hangzhou|成都 chengdu|南京 nanjing|武汉 wuhan|马德里 madrid
巴塞罗那 barcelona|瓦伦西亚 valencia|巴伦西亚 valencia|塞维利亚 seville|阿姆斯特丹 amsterdam|乌得勒支 utrecht|乌特勒支 utrecht
鹿特丹 rotterdam|斯德哥尔摩 stockholm|哥德堡 gothenburg|东京 tokyo|大阪 osaka|京都 kyoto|罗马 rome|米兰 milan|维也纳 vienna
苏黎世 zurich|里斯本 lisbon|布鲁塞尔 brussels|哥本哈根 copenhagen|奥斯陆 oslo|多伦多 toronto|悉尼 sydney|köln cologne
münchen munich|nyc new york|首尔 seoul|都柏林 dublin|华沙 warsaw|布拉格 prague
"""
#: who lives there, where it is not the city's name with -er
_TOWNSPEOPLE = """
paris parisians|milan milanese|vienna viennese|rome romans|liverpool liverpudlians|manchester mancunians
"""
_CATEGORIES = """
shoes 鞋 鞋子 鞋类 footwear sneakers|jackets 夹克 外套 夹克衫 上衣外套 coats|bags 包 包包 箱包 包袋 皮包 手袋 包类 handbags|watches 手表 表 腕表 watch
headphones 耳机 头戴耳机 headphone headsets earphones|kitchen 厨房 厨具 厨房用品 厨房用具 厨房类 kitchenware kitchen-products
books 书 图书 书籍|toys 玩具|clothing 服装 衣服 clothes|electronics 电子 电子产品|furniture 家具|jewelry 首饰 珠宝|shirts 衬衫
dresses 连衣裙 裙子|hats 帽子|beauty 美妆|sports 运动|phones 手机|accessories 配饰|trousers 裤子 pants|tea 茶 茶叶|coffee 咖啡
"""
_OTHERS: dict[str, dict[str, str]] = {
    "reason": {
        "damaged": "损坏 破损 商品损坏 坏了 坏的 坏掉 破了 碎了 摔坏 摔坏了 有破损 有损坏 残次 质量问题 质量不好 瑕疵 有瑕疵 damage damages broken arrived_damaged",
        "wrong size": "尺码不对 尺寸不对 码数不对 码不对 大小不合适 大小不对 不合身 尺码不符 尺寸不符 码数不合适 号码不对 选错尺码 尺码选错 尺码错误 尺寸不合适 尺码不合适 尺寸错误 尺码问题 size_wrong the_wrong_size",
        "late": "迟到 晚到 延迟 延误 到得太晚 到货太晚 送得太晚 送晚了 来晚了 到晚了 太晚 物流太慢 配送太慢 发货太慢 超时 配送延误 物流延误 迟了 晚了 配送延迟 送货太晚 late_delivery lateness arrived_late being_late",
        "changed mind": "unwanted 改变主意 不想要了 改主意 不想要 反悔 反悔了 后悔 后悔了 改了主意 变卦 不喜欢 不喜欢了 变了主意 change_of_mind changed_their_mind changing_their_mind",
        "not as described": "与描述不符 描述不符 和描述不符 跟描述不符 跟描述不一样 和描述不一样 与描述不一样 货不对板 货不对版 与图片不符 和图片不符 和描述不一致 跟描述不一致 描述不一致 实物不符 与描述不一致 not_matching_the_description",
    },
    "payment_method": {
        "card": "刷卡支付 卡支付 卡付 credit_card credit_cards by_card debit_card 信用卡支付 银行卡支付 刷卡 信用卡付款",
        "alipay": "支付宝 支付宝支付 支付宝付款",
        "invoice": "发票付款 账单 账单付款 开票 赊账 invoice付款 发票 账单支付 invoices on_invoice by_invoice 发票支付",
        "paypal": "贝宝 贝宝支付 paypal支付 paypal付款",
        "wechat": "微信支付 微信",
    },
    "source": {
        "search": "搜索 搜索引擎 搜索来源 搜索渠道 自然搜索 搜一搜 搜索流量 通过搜索 搜索来",
        "social": "社交 社交媒体 社媒 社交网络 社交平台 社交渠道 social_media social_networks",
        "email": "邮件 电子邮件 邮箱 邮件渠道 邮件营销 e-mail e-mails emails newsletter",
        "direct": "直接 直接访问 直接来 直接输入 直访",
    },
    "kind": {
        "complaint": "complaints 投诉 投诉单 投诉工单 投诉类 投诉类工单 客诉 投诉件 抱怨",
        "question": "questions 咨询 咨询工单 提问 咨询类 咨询类工单 问题咨询 问询",
        "refund": "about_refunds about_a_refund about_refund concerning_refunds refund_tickets refund_requests refund_request refund_ticket 退款工单 退款类工单 退款类 退款类型",
        "return": "about_returns about_a_return return_tickets 退货工单",
        "order_status": "about_order_status about_the_order_status order_status_tickets order_status_questions order_status_requests 订单状态工单 订单查询工单 查单 查订单 查单类 订单状态类 问订单状态 物流查询 查询订单 where_is_my_order_type where_is_my_order_tickets where_is_my_order_questions where_is_my_parcel_tickets wismo_tickets wismo",
    },
}
_FIXED: dict[str, dict[str, str]] = {
    "order_status": {
        "cancelled": "cancelled canceled 取消的 已取消 取消 取消了 被取消的 被取消 cancellations cancelled_ones 取消掉 取消掉了 被取消了 退单 撤单 撤销 作废",
        "delivered": "delivered 已送达 送达 已签收 签收 签收了 送到了 已经送到 已送到 已收货 收货 妥投 送达了 已完成",
        "shipped": "shipped 已发货 发货 在途 in_transit 发货了 发出 已发出 发出去了 运输中 配送中 在路上 派送中 on_the_way on_their_way",
        "paid": "paid waiting_to_be_shipped to_be_shipped awaiting_shipment waiting_for_shipment ready_to_ship paid_but_not_shipped paid_but_unshipped paid_unshipped paid_but_not_yet_shipped 待发货 未发货 等待发货 还没发货 已付款未发货 付款未发货 已付款 已支付 付款 付了款 付过款 已付 支付成功 等发货",
        "pending": "pending 待付款 未付款 unpaid 待支付 未支付 没付款 还没付款 等待付款 没支付 awaiting_payment not_paid_yet",
        "returned": "returned_orders 已退货",
    },
    "priority": {
        "urgent": "urgent 紧急 加急 特急 急件 最高优先级 非常紧急 十万火急",
        "high": "high_priority high-priority priority_high 高优先级 优先级高 高优先 高级别 优先级为高",
        "normal": "normal normal_priority medium_priority 普通优先级 普通 正常优先级 一般优先级 中优先级 优先级正常 优先级普通 普通级别",
        "low": "low_priority low-priority priority_low 低优先级 优先级低 低优先 优先级为低 不紧急",
    },
    "ticket_status": {"snoozed": "snoozed"},
    "account": {
        "telegram": "telegram on_telegram with_telegram linked_to_telegram connected_on_telegram connected_to_telegram connected_via_telegram reachable_on_telegram a_telegram_account linked_telegram "
        "绑定了telegram "
        "绑定telegram 绑了telegram 绑telegram 用telegram 关联了telegram",
    },
    "segment": {
        "champions": "champions champion 冠军客户 冠军 重要价值客户 champions客户 champion客户",
        "loyal": "loyal loyalists loyal_customers 忠诚 忠诚客户 忠实 忠实客户",
        "potential loyalist": "potential_loyalist potential_loyalists potential_loyal 潜在忠诚 潜在忠诚客户 潜力忠诚客户",
        "new": "new_segment segment_new new_customers_segment new_customer_segment new_buyers_segment 新客分群 新客户分群 新客群 新客户群 new分群 新分群",
        "promising": "promising 有希望 有前景 有潜力 潜力客户",
        "need attention": "need_attention needs_attention needing_attention need-attention 需要关注 需关注",
        "about to sleep": "about_to_sleep about-to-sleep 即将沉睡 快要沉睡 快沉睡",
        "can't lose": "can't_lose cant_lose can't_lose_them cannot_lose can_not_lose 不能失去 不可失去 不能流失",
        "at risk": "at_risk at-risk 有风险 风险客户 处于风险 at_risk客户",
        "hibernating": "hibernating hibernate hibernation 休眠 冬眠 沉睡客户 休眠状态",
    },
    "refund_status": {
        "requested": "requested pending_refunds 待审核 未审核 待审批 未审批 待批准 还没批 还没批准 没批 待处理的退款 申请中 pending waiting_for_approval awaiting_approval pending_approval not_yet_approved",
        "approved": "approved 已批准 批准了 已通过 通过了 审核通过 审批通过 被批准",
        "refused": "refused rejected declined 被拒绝 已拒绝 拒绝了 驳回 被驳回 已驳回 未通过 没通过 被拒",
        "paid": "paid paid_out already_paid 已退 已打款",
    },
    "author": {
        "customer": "written_by_customers 客户写的 客户发来的",
        "bot": "from_the_bot by_the_bot 机器人发的",
        "staff": "from_staff 客服发出的 员工发出的",
    },
}  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("en", "zh_Hans"):
        territories = Locale.parse(name).territories
        found |= {territories[code].lower(): code for code in CODES if code in territories}
    for line in _DEMONYMS.strip().splitlines():
        for entry in line.split("|"):
            code, *words = entry.split()
            found |= dict.fromkeys(words, code)
    return found | _OTHER_COUNTRIES


@cache
def _languages(code: str) -> tuple[str, str]:
    return (
        str(Locale.parse("en").languages.get(code, code)).lower(),
        str(Locale.parse("zh_Hans").languages.get(code, code)).lower(),
    )


def forms(name: str) -> set[str]:
    """A noun in singular and plural.

    >>> sorted(forms("watches")), sorted(forms("bag"))
    (['watch', 'watches'], ['bag', 'bags'])
    """
    found = {name}
    if name.endswith(("ches", "shes", "sses", "xes")):
        found.add(name[:-2])
    elif name.endswith("ies") and len(name) > 4:
        found.add(name[:-3] + "y")
    elif name.endswith("s") and not name.endswith("ss"):
        found.add(name[:-1])
    elif name.endswith(("ch", "sh", "ss", "x")):
        found.add(name + "es")
    else:
        found.add(name + "s")
    return found


def _words_of(shop: Shop) -> dict[str, list[tuple[str, str, str]]]:
    """Phrase → ("val", field, value)."""
    words: dict[str, list[tuple[str, str, str]]] = {}

    def add(phrase: str, name: str, value: str) -> None:
        entry = ("val", name, value)
        if phrase and entry not in words.setdefault(phrase, []):
            words[phrase].append(entry)

    for mark in range(1, 6):
        # reviews with mark-1 or mark-5, as `desk` writes stars that are no range up or down
        words[f"mark-{mark}"] = [("val", "stars", mark)]  # type: ignore[list-item]
    for phrase, code in _countries().items():
        add(phrase, "country", code)
    for name, table in _FIXED.items():
        for value, phrases in table.items():
            for phrase in phrases.split():
                add(phrase.replace("_", " "), name, value)
    lower = {name: {value.lower(): value for value in shop.values.get(name, ())} for name in LEARNT}
    for name in LEARNT:
        if name == "language":
            continue
        for folded, value in lower[name].items():
            for phrase in sorted(forms(folded) if name == "category" else {folded}):
                if name != "kind" or folded not in ("refund", "order_status", "return"):
                    add(phrase.replace("_", " "), name, value)
    _translate(_CITIES, lower["city"], lambda phrase, value: add(phrase, "city", value), reverse=True)
    _translate(_CATEGORIES, lower["category"], lambda phrase, value: add(phrase, "category", value))
    for name, others in _OTHERS.items():
        for folded, more in others.items():
            if folded in lower[name]:
                for phrase in more.split():
                    add(phrase.replace("_", " "), name, lower[name][folded])
    for (name, value), called in VALUES.items():
        if name in lower and value not in lower[name]:
            continue
        for phrase in called:
            add(phrase, name, lower[name][value] if name in lower else value)
    for code in shop.values.get("language", ()):
        english, chinese = _languages(code)
        for phrase in (
            f"{english} speaking", f"{english}-speaking", f"speak {english}", f"speaks {english}",
            f"speaking {english}", f"{english} speakers", f"讲{chinese}", f"说{chinese}", f"使用{chinese}", chinese,
            f"language {english}", f"use {english}",
        ):  # fmt: skip
            add(phrase, "language", code)
    for sku, product in shop.products.items():
        add(sku.lower(), "product", sku)
        if product:
            add(product.lower(), "product", sku)
    return words


def _townspeople(shop: Shop) -> dict[str, str]:
    cities = {city.lower(): city.lower() for city in shop.values.get("city", ())}
    found = {f"{city}ers": city for city in cities if city.isalpha() and city.isascii()}
    _translate(_TOWNSPEOPLE, cities, found.__setitem__)
    return found


def with_codes_named(text: str) -> str:
    """DE and FR in capitals are countries, where not everything is in capitals.

    >>> with_codes_named("aov DE vs FR"), with_codes_named("AOV DE VS FR")
    ('aov Germany vs France', 'AOV DE VS FR')
    """
    if text.isupper():
        return text
    return _IN_CAPITALS.sub(lambda found: str(Locale.parse("en").territories[found[0]]), text)


def with_homes(text: str, shop: Shop) -> str:
    """A normalised text with those who live in a city named by it: londoners are customers from london."""
    return re.sub(
        r"[a-z]+", lambda word: f"customers from {city}" if (city := shop.townspeople.get(word[0])) else word[0], text
    )


def _translate(table: str, known: Mapping[str, str], add: Callable[[str, str], None], *, reverse: bool = False) -> None:
    for line in table.strip().splitlines():
        for entry in line.split("|"):
            first, *others = entry.split(" ")
            name, phrases = (" ".join(others), [first]) if reverse else (first, others)
            if name in known:
                for phrase in phrases:
                    add(phrase, known[name])
