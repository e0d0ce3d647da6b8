"""The usual forms of a Chinese question are read as the one that heads them (tests/golden/questions/alike_zh.txt)."""

from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

import pytest

from crm_store.question.grammar import Question
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import read
from nlp.ask.vocabulary import Shop
from tests.golden.questions.alike import HERE, forms

SHOP = Shop(
    values={
        "city": ("Berlin", "Paris", "Shanghai", "Shenzhen", "London"),
        "language": ("de", "en", "fr", "zh"),
        "category": ("Bags", "Headphones", "Jackets", "Kitchen", "Shoes", "Watches"),
        "agent": ("ines", "maya", "tom"),
        "reason": ("damaged", "late", "wrong size", "changed mind", "not as described"),
        "payment_method": ("alipay", "card", "invoice", "paypal"),
        "carrier": ("DHL", "GLS", "UPS"),
        "source": ("direct", "email", "search", "social"),
        "kind": ("complaint", "order_status", "question", "refund"),
        "currency": ("CNY", "EUR", "GBP", "USD"),
    },
    products={"SKU-001": "Shoe A1", "SKU-002": "Jacket A2"},
    currency="EUR",
    units={"EUR": 100.0, "GBP": 116.0, "USD": 92.0, "CNY": 12.8},
    since=datetime(2024, 7, 1, tzinfo=UTC),
    ids={"customer": ("C#",), "order": ("O#",)},
)


#: each question as the reader has it, with its other forms
FORMS = {
    head: tuple(form for _, form in same)
    for head, same in groupby(sorted(forms(HERE / "alike_zh.txt"), key=itemgetter(0)), key=itemgetter(0))
}


def asked(text: str) -> Question | Unclear | Unsupported:
    return read(text, SHOP, datetime(2026, 6, 30, 12, tzinfo=UTC), ZoneInfo("UTC"))


@pytest.mark.parametrize(("head", "others"), FORMS.items())
def test_its_other_forms_ask_the_same(head: str, others: tuple[str, ...]) -> None:
    meant = asked(head)
    assert isinstance(meant, Question)
    assert {each: asked(each) for each in others} == dict.fromkeys(others, meant)


@pytest.mark.parametrize(
    "text",
    [
        "上周二十个卖得最好的商品", "每周一共有多少订单",
        "上周五十欧以上的订单有几个",
        "去年首次下单的客户里有多少5月又下单了",
        "退款之后没再下单的客户", "投诉后没再买过的客户",
        "今天maya回了几张单", "SKU-001什么时候断货的", "退过款的客户里还在买的有多少",
        "上周加购的客户现在下单了吗", "三月份发货的订单有多少已经签收",
        "夹克的价格区间", "上周卖出去的商品有几种",
        "搜索来的访客今年有多少下了单", "新客最爱买啥", "库存够卖的商品有几款",
    ],
)  # fmt: skip
def test_two_readings_and_what_is_not_kept_are_asked_back(text: str) -> None:
    assert not isinstance(asked(text), Question)
