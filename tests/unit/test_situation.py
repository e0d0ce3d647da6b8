"""Why somebody asks, said before the question, limits nothing; what says of whom does."""

import pytest

from nlp.ask.lexing import normalise
from nlp.ask.situation import without_situation
from tests.unit.test_asking import SHOP


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("首页要改版，想知道今年浏览次数最多的3个商品", "想知道今年浏览次数最多的3个商品"),
        ("明天开周会要做一页图，请给出最近4周每周的销售额。", "请给出最近4周每周的销售额。"),
        ("日本站打算加投广告，想先了解日本买家里买过两次的比例", "想先了解日本买家里买过两次的比例"),
        ("I'm preparing the board meeting deck. revenue by quarter for 2025", "revenue by quarter for 2025"),
        ("we had a sale in May, what was the revenue in May?", "what was the revenue in may?"),
        ("the warehouse is closing for a day: which products are out of stock", "which products are out of stock"),
    ],
)
def test_what_only_says_why_is_left_out(text: str, asked: str) -> None:
    assert without_situation(normalise(text), SHOP) == asked


@pytest.mark.parametrize(
    "text",
    [
        # of whom it is asked
        "要退款的客户，想知道有多少在法国",
        "德国要做活动，想知道有多少客户同意营销",
        "上个月在做活动，想知道有多少订单",
        "准备联系消费超过500的客户，想知道有几个在巴黎",
        "we're looking at Q1, how many orders?",
        "I'm looking at customers who never bought, how many are in Paris?",
        "we want to email german customers, how many have consent?",
        "we're planning for orders over 500, how many were there last month?",
        # no situation at all
        "德国客户，想知道有多少",
        "revenue, how much was it last month?",
        "how many customers bought shoes, and how many bags?",
        "list customers in paris, please",
    ],
)
def test_what_says_of_whom_is_kept(text: str) -> None:
    written = normalise(text)
    assert without_situation(written, SHOP) == written
