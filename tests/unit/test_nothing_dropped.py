"""A word that carries meaning changes the question or is asked back: questions crossed with what people add to them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crm_store.question.describing import describe
from crm_store.question.grammar import Question
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import read
from nlp.ask.vocabulary import Shop

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
SHOP = Shop(
    values={
        "city": ("Berlin", "Lyon"),
        "language": ("de", "fr"),
        "category": ("Bags", "Headphones", "Shoes", "Watches"),
        "agent": ("maya", "tom"),
        "reason": ("damaged", "late"),
        "payment_method": ("card", "paypal"),
        "carrier": ("DHL", "UPS"),
        "source": ("search", "social"),
        "kind": ("complaint", "question"),
    },
    products={"SKU-001": "Shoe A1"},
    currency="EUR",
    units={"EUR": 100.0},
    since=datetime(2024, 7, 1, tzinfo=UTC),
)

#: `_` stands where a word before the noun stands, `^` where one behind it does
BASES = {
    "en": (
        "how many _customers^ do we have", "which _customers^ bought shoes", "_orders^ in may 2026",
        "how many _refunds^ this year", "revenue from _orders^ last month", "best selling _products^",
        "_tickets^ by agent this year", "how many _visits^ last month", "number of _reviews^",
    ),
    "zh": (
        "有多少_客户", "买过鞋的_客户", "2026年5月的_订单", "今年有多少_退款", "上个月_订单的销售额", "销量最好的_商品",
        "今年各客服的_工单数", "_评论有多少条",
    ),
}  # fmt: skip
#: what the question has to say, and what is added: `_` before the noun, `^` behind it, `<` in front, `>` at the end
ADDED = {
    "en": (
        (r"Germany", ("_german ", "^ from germany", "> in germany", ">, germany only")),
        (r"not country Germany", ("_non-german ", "^ outside germany", "> except germany", "<excluding germany, ")),
        (r"cancelled|without orders", ("_cancelled ", "^ that were cancelled", ">, cancelled only")),
        (r"(?i)not status cancelled|without|pending", ("_non-cancelled ", "^ that were not cancelled")),
        (r"status pending or paid", ("_unshipped ", "^ not shipped yet", "^ that have not shipped")),
        (r"PayPal|paypal", ("_paypal ", "^ paid by paypal", "> with paypal")),
        (r"without marketing consent", ("_non-consenting ", "^ without marketing consent", "> without consent")),
        (r"50 EUR", ("^ over 50 euros", "> above 50 euros", "> about 50 euros")),
        (r"the first 5", ("<top 5 ", ">, top 5", "_top 5 ")),
        (r"first", ("_first-time ", "> for the first time")),
        (r"cancelled.*or", ("> including cancelled ones", ">, even if cancelled")),
        (r"Monday", ("_monday ", "> on mondays")),
        (r"never said", ("_other ", "_wholesale ", "> instead of last month", "> because of the weather", "> at once")),
    ),
    "zh": (
        (r"德国", ("_德国的", "<德国", ">,只看德国", ">,仅德国")),
        (r"非国家为 德国", ("_非德国的", "<除了德国,", ">,不包括德国", ">,德国除外")),
        (r"已取消|取消", ("_已取消的", ">,仅取消的")),
        (r"50 EUR", ("_超过50欧的", "_50欧以上的", "_差不多50欧的")),
        (r"50 EUR.*100 EUR", ("_超过50欧但不到100欧的", "_50欧以上100欧以下的")),
        (r"3(?! EUR)", ("_至少3件的", ">,至少3件")),
        (r"首|第一", ("_首次", "_第一次", "_首单")),
        (r"对比|增长", (">,和上月比", ">,环比", ">,同比")),
        (r"或", (">,包括取消的", ">,含取消")),
        (r"从未说过", ("_其他", "_手机", "_小额", "_潜在", "_重要", "_批发", "<单次", "<一起")),
    ),
}  # fmt: skip


def put(base: str, added: str) -> str | None:
    place, words = added[0], added[1:]
    if place in "_^" and place not in base:
        return None
    text = base.replace(place, words)
    text = text.replace("_", "").replace("^", "")
    return {"<": words + text, ">": text + words}.get(place, text)


def asked(text: str) -> Question | Unclear | Unsupported:
    return read(text, SHOP, NOW, ZONE)


def said(question: Question, language: str) -> str:
    return describe(question, chinese=language == "zh", now=NOW, zone=ZONE, currency="EUR")


@pytest.mark.parametrize(("language", "base"), [(language, base) for language in BASES for base in BASES[language]])
def test_what_is_added_is_said_back_or_asked_back(language: str, base: str) -> None:
    plain = asked(base.replace("_", "").replace("^", ""))
    assert isinstance(plain, Question)
    wrong = []
    answered = 0
    for meant, forms in ADDED[language]:
        for text in filter(None, (put(base, each) for each in forms)):
            outcome = asked(text)
            if isinstance(outcome, Question):
                answered += 1
                if outcome == plain or not re.search(meant, said(outcome, language)):
                    wrong.append((text, said(outcome, language)))
    assert not wrong, wrong
    assert answered


@pytest.mark.parametrize(
    "text",
    [
        "customers who bought in may except shoes",
        "customers who have not ordered for 90 days except paypal", "customers who bought only shoes and bags",
        "tickets opened in may and resolved in june", "refunds requested in may and approved in june",
        "carts without shoes", "orders of about 50 euros", "customers with roughly 3 orders",
        "which country has the highest revenue more than twice", "top 5 share of buyers who bought more than once",
        "top 5 customers in may who bought shoes", "customers who ordered shoes first",
        "orders paying with paypal",
        "5月下过单的不含鞋的客户有多少", "5月下过单的未取消的客户有多少", "买过鞋的50欧以上100欧以下的客户",
        "消费最高的没用paypal付款的客户", "各国家的订单数,和上月比", "2026年5月的退过款的订单", "单次消费最高的客户",
        "各分群的第一次客户数", "销量最好的首单商品", "同比今年每月销售额",
        "share of buyers who bought more than once, not cancelled",
        "which customers bought shoes excluding cancelled ones",
    ],
)  # fmt: skip
def test_what_can_be_of_another_clause_or_word_is_asked_back(text: str) -> None:
    assert not isinstance(asked(text), Question)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("orders that have not shipped", "orders not shipped yet"),
        ("how many non-consenting buyers", "how many buyers without marketing consent"),
    ],
)
def test_a_negation_reaches_its_own_word(text: str, plain: str) -> None:
    assert isinstance(asked(plain), Question)
    assert asked(text) == asked(plain)


def test_so_many_of_a_list_in_no_order_are_said_back() -> None:
    outcome = asked("the 3 orders over 100")
    assert isinstance(outcome, Question)
    assert "3 of them" in said(outcome, "en")
