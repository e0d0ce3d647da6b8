"""What is said after a question: it changes that question, is one of its own, or is asked back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.question.describing import describe
from crm_store.question.grammar import Question
from crm_store.question.measures import MEASURES
from nlp.ask.following import follow, read_after, says_nothing
from nlp.ask.outcomes import Unclear, Unsupported
from nlp.ask.reading import read
from nlp.ask.saying import sentence
from nlp.ask.vocabulary import Shop

NOW, ZONE = datetime(2026, 6, 30, 12, tzinfo=UTC), ZoneInfo("UTC")
SHOP = Shop(
    values={
        "city": ("Berlin", "Paris"),
        "language": ("de",),
        "category": ("bags", "shoes"),
        "agent": ("maya",),
        "reason": ("damaged",),
        "kind": ("complaint", "question"),
    },
    products={},
    currency="EUR",
    units={"EUR": 100.0},
    since=datetime(2025, 1, 1, tzinfo=UTC),
)
ASKED_BACK = "?"
FIRST = "number of customers, among the 50 customers highest by spend ({})"


def said(question: Question | Unclear | Unsupported) -> str:
    if isinstance(question, Question):
        return describe(question, chinese=False, now=NOW, zone=ZONE, currency="EUR")
    return f"{ASKED_BACK} {question.why}"


def talk(*lines: str) -> list[str]:
    """What each line of a thread is read as; one that is asked back leaves the question before as it was."""
    before, told = None, []
    for line in lines:
        found = read_after(before, line, SHOP, NOW, ZONE)
        before = found if isinstance(found, Question) else before
        told.append(said(found))
    return told


@pytest.mark.parametrize(
    "lines",
    [
        {
            "refunds this month": "refunds, 1 June 2026 to now",
            "how much is that in money?": "refund amount, 1 June 2026 to now",
            "by reason": "refund amount by reason, 1 June 2026 to now",
            "which products": "? mix",
            "not the damaged ones": "refund amount by reason, not reason damaged, 1 June 2026 to now",
        },
        {
            "how many of our top 50 customers are from france": FIRST.format("of all time") + ", country France",
            "and from germany": FIRST.format("of all time") + ", country Germany",
            "this year": FIRST.format("1 January 2026 to now") + ", country Germany",
            "who are they": FIRST.format("1 January 2026 to now").removeprefix("number of ") + ", country Germany",
        },
        {
            "share of csat 4-5": "share: number of tickets resolved, CSAT at least 4, "
            "of number of tickets resolved with a CSAT score, of all time",
            "by agent": "share: number of tickets resolved by agent, CSAT at least 4, "
            "in per cent of each agent's number of tickets resolved with a CSAT score, of all time",
            "by reason": "? mix",
        },
        {
            "orders with the largest refunds": "orders, of all time, by refund amount, highest first, the first 10",
            "and the smallest": "orders, of all time, by refund amount, lowest first, the first 10",
            "this year": "orders, 1 January 2026 to now, by refund amount, lowest first, the first 10",
        },
        {
            "customers who returned something": "customers, with refunds",
            "this year": "customers, with refunds (1 January 2026 to now)",
        },
        {
            "csat last month": "average CSAT, 1 May 2026 to 31 May 2026",
            "for maya": "average CSAT, agent maya, 1 May 2026 to 31 May 2026",
            "by country": "average CSAT by country, agent maya, 1 May 2026 to 31 May 2026",
        },
        {
            "tickets from France last month": "tickets, country France, 1 May 2026 to 31 May 2026",
            "same for Spain": "tickets, country Spain, 1 May 2026 to 31 May 2026",
            "and Germany too": "tickets, country Spain or Germany, 1 May 2026 to 31 May 2026",
            "and last week as well": "? follow",
            "complaints too": "? follow",
        },
        {
            "refunds this month": "refunds, 1 June 2026 to now",
            "which customers": "number of refunds by customer, 1 June 2026 to now",
        },
        {
            "how many customers do we have?": "number of customers",
            "only those in France": "number of customers, country France",
            "who are they?": "customers, country France",
            "Only those in Paris": "customers, country France, city Paris",
            "by city": "number of customers by city, country France, city Paris",
            "how many are they?": "? follow",
        },
        {
            "revenue last month": "revenue, 1 May 2026 to 31 May 2026",
            "and this month?": "revenue, 1 June 2026 to now",
            "by city": "revenue by city, 1 June 2026 to now",
            "make that top 20": "revenue by city, 1 June 2026 to now, by revenue, highest first, the first 20",
            "only shoes": "product revenue by city, category shoes, 1 June 2026 to now, by product revenue, "
            "highest first, the first 20",
            "by month": "product revenue by month, category shoes, 1 June 2026 to now",
        },
        {
            "how many customers ordered last month?": "number of customers, with orders (1 May 2026 to 31 May 2026)",
            "and this month?": "number of customers, with orders (1 June 2026 to now)",
            "who are they?": "customers, with orders (1 June 2026 to now)",
            "in France": "customers, with orders (1 June 2026 to now), country France",
        },
        {
            "customers in Germany": "customers, country Germany",
            "what about France?": "customers, country France",
            "only those in Germany": "? contradiction",
            "excluding France": "? contradiction",
            "those who spent over 500": "customers, country France, total spend more than 500 EUR",
            "thanks": "? measure",
            "how about wombats": "? word",
            "last month": "? which_window",
            "make it top 5": "? rank",
        },
        {
            "customers who bought shoes in May": "customers, with orders (category shoes, 1 May 2026 to 31 May 2026)",
            "and in April": "customers, with orders (category shoes, 1 April 2026 to 30 April 2026)",
            "excluding Germany": "customers, with orders (category shoes, 1 April 2026 to 30 April 2026), not country "
            "Germany",
            "what about Germany?": "customers, with orders (category shoes, 1 April 2026 to 30 April 2026), country "
            "Germany",
            "which of them never bought bags?": "customers, with orders (category shoes, 1 April 2026 to 30 April "
            "2026), country Germany, without orders (category bags)",
        },
        {
            "customers who have not ordered in the last 90 days": "customers, who ordered before, but not since "
            "1 April 2026 12:00",
            "last 60 days": "customers, who ordered before, but not since 1 May 2026 12:00",
            "and yesterday?": "? inactive",
            "how many?": "number of customers, who ordered before, but not since 1 May 2026 12:00",
        },
        {
            "revenue by month this year": "revenue by month, 1 January 2026 to now",
            "last 12 months": "revenue by month, 1 June 2025 to 31 May 2026",
            "by country": "revenue by country, 1 June 2025 to 31 May 2026",
            "top three": "revenue by country, 1 June 2025 to 31 May 2026, by revenue, highest first, the first 3",
            "what about orders by country last year": "number of orders by country, 1 January 2025 to 31 December 2025",
        },
        {
            "orders over 200 last month": "orders, order total more than 200 EUR, 1 May 2026 to 31 May 2026",
            "and last week": "orders, order total more than 200 EUR, 22 June 2026 to 28 June 2026",
            "who are they?": "? follow",
            "how many are there": "number of orders, order total more than 200 EUR, 22 June 2026 to 28 June 2026",
            "list them": "orders, order total more than 200 EUR, 22 June 2026 to 28 June 2026",
        },
        {
            "revenue by country this year": "revenue by country, 1 January 2026 to now",
            "the other way round": "revenue by country, 1 January 2026 to now, by revenue, lowest first",
            "sort by revenue": "revenue by country, 1 January 2026 to now, by revenue, highest first",
            "only the top 3": "revenue by country, 1 January 2026 to now, by revenue, highest first, the first 3",
            "in percent": "? share",
            "units instead": "units sold by country, 1 January 2026 to now, by units sold, highest first, the first 3",
            "sort by rating": "? rank",
        },
        {
            "orders by country last month": "number of orders by country, 1 May 2026 to 31 May 2026",
            "and in percent?": "share: number of orders by country, 1 May 2026 to 31 May 2026",
            "without Germany": "share: number of orders by country, not country Germany, 1 May 2026 to 31 May 2026",
            "the month before": "share: number of orders by country, not country Germany, 1 April 2026 "
            "to 30 April 2026",
            "the week before": "? window",
            "a year earlier": "share: number of orders by country, not country Germany, 1 April 2025 to 30 April 2025",
        },
        {
            "open tickets by priority": "number of tickets by priority, open, of all time",
            "list the urgent ones": "tickets, open, priority urgent, of all time",
            "only maya's": "tickets, open, priority urgent, agent maya, of all time",
        },
        {
            "first reply time by agent last week": "average first reply time by agent, 22 June 2026 to 28 June 2026",
            "median instead": "median first reply time by agent, 22 June 2026 to 28 June 2026",
            "the longest": "longest first reply time by agent, 22 June 2026 to 28 June 2026",
            "the week before": "longest first reply time by agent, 15 June 2026 to 21 June 2026",
            "as a list": "? follow",
        },
        {
            "按国家统计今年的销售额": "revenue by country, 1 January 2026 to now",
            "反过来排": "revenue by country, 1 January 2026 to now, by revenue, lowest first",
            "占比呢": "share: revenue by country, 1 January 2026 to now",
            "去掉德国": "share: revenue by country, not country Germany, 1 January 2026 to now",
        },
        {
            "今年的平均订单金额": "average order value, 1 January 2026 to now",
            "改成中位数": "median order value, 1 January 2026 to now",
            "按国家分": "median order value by country, 1 January 2026 to now",
            "从低到高": "median order value by country, 1 January 2026 to now, by median order value, lowest first",
        },
        {
            "revenue last month": "revenue, 1 May 2026 to 31 May 2026",
            "per customer": "revenue by customer, 1 May 2026 to 31 May 2026",
            "top 5": "revenue by customer, 1 May 2026 to 31 May 2026, by revenue, highest first, the first 5",
            "the other way round": "revenue by customer, 1 May 2026 to 31 May 2026, by revenue, lowest first, "
            "the first 5",
        },
        {
            "how many orders in France": "number of orders, country France, of all time",
            # its own question, or that one with another measure? Never guessed
            "and revenue?": "? two",
            "profit last month": "? costs",
            "customers last month": "? which_window",
            "champions": "customers, segment champions",
        },
        {
            "what share of buyers are repeat buyers?": "share: number of customers, number of orders at least 2, of "
            "number of customers with at least one order",
            "who are they?": "? follow",
            "by month": "? measure",
        },
        {
            "compare revenue this month with last month": "revenue, 1 June 2026 to now against 1 May 2026 to "
            "31 May 2026",
            "only those in France": "? follow",
            "and last week?": "? follow",
        },
        {
            "new customers last month": "customers, first order 1 May 2026 to 31 May 2026",
            "only those in France": "customers, first order 1 May 2026 to 31 May 2026, country France",
            "and the month before?": "first-time buyers, country France, 1 April 2026 to 30 April 2026",
        },
        {
            "上个月的销售额": "revenue, 1 May 2026 to 31 May 2026",
            "这个月呢": "revenue, 1 June 2026 to now",
            "按国家": "revenue by country, 1 June 2026 to now",
            "只看法国": "revenue by country, country France, 1 June 2026 to now",
            "前20": "revenue by country, country France, 1 June 2026 to now, by revenue, highest first, the first 20",
        },
        {
            "德国有多少客户？": "number of customers, country Germany",
            "那法国呢？": "number of customers, country France",
            "其中消费超过500欧元的": "number of customers, country France, total spend more than 500 EUR",
            "他们是谁？": "customers, country France, total spend more than 500 EUR",
            "按城市": "number of customers by city, country France, total spend more than 500 EUR",
            "上个月呢": "? which_window",
        },
    ],
)
def test_a_thread_goes_on_from_its_last_question(lines: dict[str, str]) -> None:
    assert dict(zip(lines, talk(*lines), strict=True)) == lines


def test_a_question_of_its_own_is_read_as_without_a_thread() -> None:
    before = read("revenue last month", SHOP, NOW, ZONE)
    assert isinstance(before, Question)
    for text in ("how many customers are from Germany?", "top 10 customers by spend", "按国家统计今年的订单数"):
        assert read_after(before, text, SHOP, NOW, ZONE) == read(text, SHOP, NOW, ZONE)


@pytest.mark.parametrize(
    "text", ["", "?", "ok", "and", "only", "那", "x" * 10_000, "'; DROP TABLE customers; --", "🙂"]
)
def test_nothing_that_is_typed_breaks_it_and_all_of_it_gets_a_sentence(text: str) -> None:
    before = Question(measure="revenue")
    found = read_after(before, text, SHOP, NOW, ZONE)
    assert not isinstance(found, Question)
    assert sentence(found, text)


@pytest.mark.parametrize("measure", sorted(MEASURES))
@pytest.mark.parametrize("text", ["in France", "last month", "by country", "who are they?", "top 5", "只看法国"])
def test_every_measure_is_followed_up_or_asked_back_and_stays_what_it_is(measure: str, text: str) -> None:
    found = follow(Question(measure=measure), text, SHOP, NOW, ZONE)
    assert not isinstance(found, Question) or found.subject is not None or found.measure == measure


_WORDS = (
    "only",
    "those",
    "in france",
    "and",
    "last month",
    "by city",
    "who are they",
    "top 20",
    "not",
    "只",
    "法国",
    "500",
)


@given(st.lists(st.sampled_from(_WORDS)))
def test_any_words_are_a_question_or_asked_back(words: list[str]) -> None:
    found = read_after(Question(measure="revenue"), " ".join(words), SHOP, NOW, ZONE)
    assert isinstance(found, Question) or sentence(found, " ".join(words))


def test_courtesies_ask_for_nothing() -> None:
    assert says_nothing("ok thanks!", SHOP)
    assert not says_nothing("and last month?", SHOP)
