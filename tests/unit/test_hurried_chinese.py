"""Chinese as it is typed in a hurry means what is said at leisure; what is not known in it is asked back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_store.question.grammar import Question
from nlp.ask.lexicon import BEYOND, WORDS
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import read
from nlp.ask.vocabulary import Shop

SHOP = Shop(
    values={
        "city": ("Berlin", "Hamburg", "Paris"),
        "language": ("de", "fr", "zh"),
        "category": ("Bags", "Headphones", "Shoes", "Watches"),
        "agent": ("maya", "tom"),
        "reason": ("damaged", "late", "wrong size"),
        "payment_method": ("card", "paypal", "alipay"),
        "carrier": ("DHL", "UPS"),
        "source": ("search", "social", "email", "direct"),
        "kind": ("complaint", "question", "refund", "order_status"),
        "currency": ("EUR", "GBP"),
    },
    products={"SKU-001": "Shoe A1", "SKU-002": "Jacket C2"},
    currency="EUR",
    units={"EUR": 100.0, "GBP": 116.0, "USD": 92.0, "CNY": 12.8},
    since=datetime(2024, 7, 1, tzinfo=UTC),
    ids={"customer": ("C#",), "order": ("O#",)},
)


def asked(text: str) -> Question | Unclear | Unsupported:
    return read(text, SHOP, datetime(2026, 6, 30, 12, tzinfo=UTC), ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("hurried", "plain"),
    [
        # measure words inside verbs
        ("上个月退了几笔款", "上个月退款笔数"),
        ("上个月退了多少次货", "上个月退款笔数"),
        ("法国客户今年买了多少钱", "法国客户今年的销售额"),
        ("柏林客户今年投了几次诉", "柏林客户今年投诉的工单数"),
        ("上个月开了几张工单", "上个月的工单数"),
        ("今年写了几条评价", "今年的评价数"),
        ("C12今年买了多少钱的鞋", "C12今年鞋的销售额"),
        # a unit that is left out
        ("花了一千五以上的客户", "消费至少1500的客户"),
        ("花了一千零五以上的客户", "消费至少1005的客户"),
        # each of the four; the desk, not one agent beside the other; visits, not visitors
        ("去年四个季度各做了多少营业额", "去年各季度的营业额"),
        ("上季度客服满意度均分", "上季度平均满意度"),
        ("最近七天网站被访问了多少次", "最近7天的访问次数"),
        ("去年十一月柏林客户用支付宝下的单合计多少钱", "去年11月柏林客户支付宝订单的销售额"),
        ("快要沉睡的客户分群有多少人", "快要沉睡的客户有多少"),
        # what it is for
        ("库存低于15的商品,要补货", "库存低于15的商品"),
        ("黄牛排查:下单超过3次的客户", "下单超过3次的客户"),
        ("老板要看今年销售额", "今年销售额"),
        ("德国客户列一下,做回访用", "德国客户列一下"),
        ("想推新品,买过鞋的法国客户有多少", "买过鞋的法国客户有多少"),
        ("要给柏林的客户寄样品,消费前10名", "柏林的客户消费前10名"),
        # said again in brackets
        ("5月工单平均多久解决(小时)", "5月工单平均多久解决"),
        ("净销售额,上季度的(扣掉退款)", "上季度净销售额"),
        ("一年以上(365天)没再买的法国客户", "365天以上没再买的法国客户"),
        ("买得最多的品类(按件数)", "销量最高的品类"),
        ("买得最多的品类,按金额", "销售额最高的品类"),
        ("退款最多的国家,以笔数计", "退款笔数最多的国家"),
        # light verbs
        ("5月的订单里走DHL的有几单", "5月的DHL订单数"),
        ("累计消费破3000欧元的客户数", "累计消费超过3000欧元的客户数"),
        ("消费过1000欧的客户有几位", "消费超过1000欧的客户有几位"),
        ("购物车里放着鞋还没结账的客户数", "购物车里有鞋的客户有多少"),
        ("购物车里还躺着东西的客户", "购物车里有商品的客户"),
        ("SKU-001 今年出了多少件", "SKU-001今年卖出多少件"),
        ("只买过一单就没下文的法国客户", "只买过一次的法国客户"),
        ("去年下过单、今年一单没有的客户", "去年下过单、今年没下单的客户"),
        # goods and groups of people
        ("定价超过100欧元的款列出来", "价格超过100欧元的商品"),
        ("库存不足20的款", "库存少于20的商品"),
        ("can't lose这群人里消费前5是谁", "can't lose客户里消费前5"),
        ("at risk那拨人有多少", "at risk客户有多少"),
        ("urgent级别还开着的工单", "紧急的未解决工单"),
        ("鞋按款看今年销量", "鞋按商品看今年销量"),
        # places
        ("发往柏林的订单今年几个", "柏林的订单今年几个"),
        ("DE的客户有多少", "德国的客户有多少"),
        ("地址在柏林的客户", "在柏林的客户"),
        # other Chinese
        ("呢個月取消咗幾多張單", "这个月取消的订单数"),
        ("尋日有幾多張單", "昨天的订单数"),
        ("回頭客佔買家的幾趴", "回头客占买家的百分之几"),
        ("上個月貨運公司各送了幾單", "上个月按快递公司的订单数"),
        # what is said is kept: a time, what is left out, who is meant
        ("3月之前买过鞋的客户", "3月以前买过鞋的客户"),
        ("最近60天没开过工单、也没退过款的客户", "最近60天没开过工单、最近60天没退过款的客户"),
        ("未解决的投诉里法国客户有几张", "法国未解决的投诉工单有多少"),
        ("每月买家数(当月下过单的),近6个月", "每月买家数,近6个月"),
        ("今年第一笔订单", "今年最早的1个订单"),
        ("仓库里一共多少件货", "库存总数"),
        ("把今年退款超过2次的客户捞出来给我", "今年退款超过2次的客户"),
        # an article whose name looks like an id
        ("Jacket C2的平均星级", "SKU-002的平均评分"),
    ],
)  # fmt: skip
def test_it_is_read_as_what_is_said_at_leisure(hurried: str, plain: str) -> None:
    outcome = asked(hurried)
    assert isinstance(outcome, Question)
    assert outcome == asked(plain)


@pytest.mark.parametrize(
    "text",
    [
        # said of customers, orders, goods, tickets; nobody knows what it is
        "走了的客户有多少", "出问题的订单有几个", "被竞争对手抢走的客户", "有意见的客户有哪些",
        "爱占便宜的客户有多少", "学生客户有几个",
        "老师客户买了多少", "企业客户今年的销售额", "批发客户有多少", "线下客户的销售额", "高端客户名单",
        "有钱的客户有哪些", "难缠的客户有几个",
        "黑名单客户有多少", "生日在本月的客户", "推荐朋友来的客户有几个", "刷单的订单有多少",
        "换货的订单今年有几单", "拒收的包裹有多少", "丢件的订单有几单",
        "被扣在海关的包裹有多少", "偏远地区的订单数", "送错地址的订单", "预售的订单有多少", "走空运的订单有多少",
        "走海运的订单数", "次日达的订单有多少",
        "拼团的订单有多少", "直播间下的单有多少", "小程序下单的客户数", "过季的商品有哪些", "进口商品的销售额",
        "侵权的商品有哪些", "临期商品的库存",
        "新上架的商品有几个", "升级的工单有多少", "重复的工单有几张", "骂人的工单有哪些", "带图的评价有多少",
        "追评的有几条", "退款到账要多久",
        # a rate, or a kind of refund, that is not kept
        "动销率多少", "弃单率是多少", "客诉率多少", "仅退款的订单有多少", "员工内购的订单数",
        # a purpose that says who is meant
        "流失客户名单:上个月的订单", "会员复盘,今年销售额",
        # of a few that are ranked, not of all; in an order that is not told
        "CLV前20里有哪些是at risk", "先买鞋后买包的客户有多少",
        "连续三个月下单的客户有多少",
        # orders that cost so much, or refunds?
        "退了几件货",
        # of each its own; more than one thing
        "注册当天就下单的客户", "上周开了几张投诉单,解决了几张", "夹克今年卖了几件、卖了多少钱",
        "买过SKU-001的客户还买过什么",
        # what they do is not why it is asked
        "促销,今年几单", "仓库要发货的商品", "三天没动静的工单",
        # money, or how many?
        "德国的上个月退款多少",
        # a year that may begin in another month
        "2025财年的销售额",
        "周三到现在卖了多少",
    ],
)  # fmt: skip
def test_what_is_not_known_in_it_is_asked_back(text: str) -> None:
    assert not isinstance(asked(text), Question)


@pytest.mark.parametrize(
    "text",
    [
        "哪个国家订单最多", "库存低于20的商品", "流失风险高于70%的客户", "已退订单有多少", "休眠中国客户",
        "这个礼拜日的订单数", "忠诚客单价",
        "各商品评论数", "发出去年的订单",
    ],
)  # fmt: skip
def test_a_known_word_is_not_taken_apart_by_a_longer_one(text: str) -> None:
    taken = {phrase for phrase in WORDS if phrase in text}
    assert not taken & {"哪个国", "库存低", "流失风险高", "已退订", "休眠中", "忠诚客", "商品评论", "发出去"}


def test_what_no_data_tell_is_named_so_by_the_words_of_the_trade() -> None:
    assert BEYOND["仅退款"] == BEYOND["动销率"] == "unknown"
