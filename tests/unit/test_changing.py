"""One part of a question becomes something else, and no other part does."""

import pytest

from crm_store.question.describing import describe, describe_parts
from crm_store.question.grammar import Question
from nlp.ask.changing import changed, lines_of
from nlp.ask.following import read_all
from tests.unit.test_following import NOW, SHOP, ZONE

UNFIT, NO_WORDS = "?", " (no words)"


def told(words: str, part: str, typed: str) -> str:
    """What a question is once a part of it is as typed; marked where no words are read as that."""
    question = read_all((words,), SHOP, NOW, ZONE)
    assert isinstance(question, Question)
    chinese = any(letter > "\u3400" for letter in words)
    assert part in describe_parts(question, chinese=chinese, now=NOW, zone=ZONE, currency="EUR")
    found = changed(question, part, typed, SHOP, NOW, ZONE)
    if found is None:
        return UNFIT
    lines = lines_of(found, (words,), SHOP, NOW, ZONE)
    assert not lines or read_all(lines, SHOP, NOW, ZONE) == found.question
    said = describe(found.question, chinese=chinese, now=NOW, zone=ZONE, currency="EUR")
    return said if lines else said + NO_WORDS


@pytest.mark.parametrize(
    ("words", "part", "typed", "becomes"),
    [
        ("customers in Germany", "where0", "France", "customers, country France"),
        ("customers in Germany", "where0", "", "customers (no words)"),
        ("customers in Germany", "where0", "not France", "customers, not country France"),
        ("customers in Germany", "where0", "Berlin", UNFIT),
        ("customers in Germany", "where0", "France last month", UNFIT),
        ("customers in Germany", "where0", "unicorns", UNFIT),
        ("customers in Germany", "where0", "'; DROP TABLE customers; --", UNFIT),
        ("customers who spent over 500", "where0", "over 200", "customers, total spend more than 200 EUR"),
        ("customers who spent over 500", "where0", "spent less than 200", "customers, total spend less than 200 EUR"),
        ("customers who spent over 500", "where0", "churn risk over 50%", UNFIT),
        ("customers with at least 5 orders", "where0", "at least 3", "customers, number of orders at least 3"),
        ("customers with more than 2 refunds", "where0", "more than 3", "customers, with more than 3 refunds"),
        ("customers with churn risk above 70 %", "where0", "over 50%", "customers, churn risk more than 50 %"),
        ("customers with M score 5", "where0", "4", "customers, M score exactly 4"),
        (
            "customers who spent over 500 in the last 90 days", "where0", "over 300",
            "customers, spent more than 300 EUR (1 April 2026 12:00 to now)",
        ),
        (
            "customers who spent over 500 in the last 90 days", "where0", "last 30 days",
            "customers, spent more than 500 EUR (31 May 2026 12:00 to now)",
        ),
        (
            "customers who have not ordered in the last 90 days", "where0", "last 60 days",
            "customers, who ordered before, but not since 1 May 2026 12:00",
        ),
        ("customers who never bought shoes", "where0", "bags", "customers, without orders (category bags)"),
        (
            "orders over 200 last month", "where0", "over 50",
            "orders, order total more than 50 EUR, 1 May 2026 to 31 May 2026",
        ),
        (
            "orders over 200 last month", "window", "this month",
            "orders, order total more than 200 EUR, 1 June 2026 to now",
        ),
        ("revenue in the last 30 days", "window", "last 60 days", "revenue, 1 May 2026 12:00 to now"),
        ("revenue in the last 30 days", "window", "", "revenue, of all time"),
        ("revenue in the last 30 days", "window", "France", UNFIT),
        ("revenue in the last 30 days", "window", "last 60 days in France", UNFIT),
        ("revenue by month", "window", "", UNFIT),
        ("revenue by country this year", "by", "by city", "revenue by city, 1 January 2026 to now"),
        ("revenue by country this year", "by", "city", "revenue by city, 1 January 2026 to now"),
        ("revenue by country this year", "by", "category", "product revenue by category, 1 January 2026 to now"),
        ("revenue by country this year", "by", "", "revenue, 1 January 2026 to now"),
        ("revenue by country this year", "by", "France", UNFIT),
        ("revenue by country this year", "by", "top 10", UNFIT),
        ("revenue by country and month this year", "then", "", "revenue by country, 1 January 2026 to now"),
        ("revenue by country and month this year", "by", "", "revenue by month, 1 January 2026 to now"),
        ("top 10 customers by churn risk", "limit", "top 20", "customers, by churn risk, highest first, the first 20"),
        ("top 10 customers by churn risk", "limit", "20", "customers, by churn risk, highest first, the first 20"),
        ("top 10 customers by churn risk", "limit", "bottom 5", "customers, by churn risk, lowest first, the first 5"),
        ("top 10 customers by churn risk", "limit", "France", UNFIT),
        ("top 10 customers by churn risk", "limit", "0", UNFIT),
        ("德国的客户", "where0", "法国", "客户，国家为 法国"),
        ("消费超过500欧元的德国客户", "where1", "超过200", "客户，国家为 德国，累计消费 超过 200 EUR"),
        ("最近30天的销售额", "window", "最近60天", "销售额，2026年5月1日 12:00至今"),
        ("流失风险最高的10位客户", "limit", "前20", "客户，流失风险从高到低，前 20"),
        ("按国家统计今年的销售额", "by", "按城市", "按城市的销售额，2026年1月1日至今"),
    ],
)  # fmt: skip
def test_a_part_becomes_what_is_typed_or_nothing_does(words: str, part: str, typed: str, becomes: str) -> None:
    assert told(words, part, typed).removesuffix(NO_WORDS) == becomes.removesuffix(NO_WORDS)


def test_words_are_kept_only_where_they_ask_for_the_same() -> None:
    assert told("customers in Germany", "where0", "France") == "customers, country France"
    assert told("revenue in the last 30 days", "window", "last 60 days") == "revenue, 1 May 2026 12:00 to now"
    assert told("customers in Germany", "where0", "").endswith(NO_WORDS)


def test_a_filter_that_a_follow_up_added_goes_with_its_line() -> None:
    lines = ("customers in Germany", "only those who spent over 500")
    question = read_all(lines, SHOP, NOW, ZONE)
    assert isinstance(question, Question)
    found = changed(question, "where1", "", SHOP, NOW, ZONE)
    assert found is not None
    assert lines_of(found, lines, SHOP, NOW, ZONE) == lines[:1]


def test_the_times_of_a_comparison_and_the_filters_of_a_share_stay_together() -> None:
    def parts(words: str) -> set[str]:
        question = read_all((words,), SHOP, NOW, ZONE)
        assert isinstance(question, Question)
        return set(describe_parts(question, chinese=False, now=NOW, zone=ZONE, currency="EUR"))

    assert parts("compare revenue this month with last month in Germany") == {"where0"}
    assert "where0" not in parts("share of customers with marketing consent")
    assert parts("how many customers do we have?") == set()
