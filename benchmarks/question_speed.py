"""How long staff's questions take over a large shop, beside pandas over the same rows.

    python benchmarks/big_shop.py sqlite:////tmp/big/shop.db --customers 1000000
    python benchmarks/question_speed.py sqlite:////tmp/big/shop.db [--rounds 3] [--only WORDS] [--plans] [--pandas]

Each question is asked once unmeasured, then `--rounds` times; the median counts. Measured is all that an answer takes
after the question was read: what the store holds, the statement, the rows. Beside it stands the time of this process's
own processor, which on SQLite is what the answer takes where nothing else runs. `--pandas` loads the rows of orders and
customers that pandas needs for the same numbers (untimed) and evaluates in memory those that it can be compared on.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from crm_store.answering import TooSlow, answer_in
from crm_store.money import Rates
from crm_store.question.grammar import Compare, Did, During, Filter, Is, Not, Question, Window
from crm_store.schema import to_ms
from crm_store.store import connect
from nlp.ask.learning import learn

if TYPE_CHECKING:
    import pandas as pd

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ZONE, RATES = ZoneInfo("Europe/Berlin"), Rates("EUR", {})
#: what `shopdesk ask` waits for
PATIENCE = timedelta(seconds=20)


def last(days: int) -> Window:
    return Window(NOW - timedelta(days=days), NOW)


def since(year: int, month: int) -> Window:
    return Window(datetime(year, month, 1, tzinfo=ZONE), NOW)


YEAR, JANUARY = since(2026, 1), Window(since(2026, 1).start, since(2026, 2).start)
DECEMBER = Window(since(2025, 12).start, since(2026, 1).start)
BOUGHT = Compare("orders", "ge", 1)
GONE = Window(None, NOW - timedelta(days=90))
DE, CHAMPIONS = Is("country", ("DE",)), Is("segment", ("champions",))


def of(category: str) -> Did:
    return Did("items", where=(Is("category", (category,)),))


def count(*where: Filter, **more: Any) -> Question:
    return Question(measure="customers", where=where, **more)


def top(measure: str, by: str, limit: int | None = 10, **more: Any) -> Question:
    return Question(measure=measure, by=by, order="value", limit=limit, **more)


def listed(*where: Filter, subject: Any = "customers", **more: Any) -> Question:
    return Question(subject=subject, where=where, **more)


#: by what they are of: `quick` (counts, top-N, segments) and `sums` over the whole base
QUICK: Mapping[str, Question] = {
    "customers": count(),
    "customers in Germany": count(DE),
    "buyers": count(BOUGHT),
    "never ordered": count(Compare("orders", "eq", 0)),
    "exactly one order": count(Compare("orders", "eq", 1)),
    "more than 20 orders": count(Compare("orders", "gt", 20)),
    "spent over 5000": count(Compare("spend", "gt", 500_000)),
    "Germans who spent over 5000": count(DE, Compare("spend", "gt", 500_000)),
    "not bought for 90 days": count(During("last_order_at", GONE)),
    "bought in the last 90 days": count(Did("orders", window=last(90))),
    "spent over 500 in the last 90 days": count(Did("orders", "gt", 50_000, "money", last(90))),
    "French, over 200 in the last 90 days": count(
        Is("country", ("FR",)), Did("orders", "gt", 20_000, "money", last(90))
    ),
    "bought shoes, never bags": count(of("Shoes"), Not(of("Bags"))),
    "signed up in January": Question(measure="signups", window=JANUARY),
    "first bought in January": Question(measure="new_buyers", window=JANUARY),
    "share of repeat buyers": count(BOUGHT, Compare("orders", "ge", 2), of=(BOUGHT,), share=True),
    "customers by country": Question(measure="customers", by="country", order="value"),
    "orders last 30 days": Question(measure="orders", window=last(30)),
    "cancelled orders in January": Question(
        measure="orders", where=(Is("order_status", ("cancelled",)),), window=JANUARY
    ),
    "orders of a customer": listed(Is("customer", ("C00000431",)), subject="orders", order="placed_at"),
    "status of an order": listed(Is("order", ("O00001234",)), subject="orders"),
    "spend of a customer": Question(measure="revenue", where=(Is("customer", ("C00000431",)),)),
    "open tickets": Question(measure="tickets", where=(Is("is_open", (1,)),)),
    "open tickets by priority": top("tickets", "priority", None, where=(Is("is_open", (1,)),)),
    "top 10 customers, ever": top("revenue", "customer"),
    "top 10 customers by orders, ever": top("orders", "customer"),
    "top 10 customers, 90 days": top("revenue", "customer", window=last(90)),
    "list: top 10 by spend": listed(order="spend", limit=10),
    "list: top 10 Germans by spend": listed(DE, order="spend", limit=10),
    "latest 10 orders": listed(subject="orders", order="placed_at", limit=10),
    "largest order": Question(measure="largest_order"),
    "top 10 products, 30 days": top("units", "product", window=last(30)),
    "customers by segment": top("customers", "segment", None),
    "champions": count(CHAMPIONS),
    "German champions": count(DE, CHAMPIONS),
    "list: top 10 champions": listed(CHAMPIONS, order="spend", limit=10),
    "at risk, spent over 2000": count(Is("segment", ("at risk",)), Compare("spend", "gt", 200_000)),
    "M 5 and R 1": count(Compare("monetary", "eq", 5), Compare("recency", "eq", 1)),
}
SUMS: Mapping[str, Question] = {
    "revenue, ever": Question(measure="revenue"),
    "orders, ever": Question(measure="orders"),
    "average order, ever": Question(measure="aov"),
    "buyers who ordered, ever": Question(measure="buyers"),
    "revenue this year": Question(measure="revenue", window=YEAR),
    "January against December": Question(measure="revenue", window=JANUARY, versus=DECEMBER),
    "average spend per buyer, ever": Question(measure="revenue_per_buyer"),
    "net revenue this year": Question(measure="net_revenue", window=YEAR),
    "revenue by country, ever": top("revenue", "country", None),
    "revenue by country this year": top("revenue", "country", None, window=YEAR),
    "revenue by month, 12 months": Question(measure="revenue", by="month", window=since(2025, 3)),
    "orders by status, ever": top("orders", "order_status", None),
    "revenue by segment, ever": top("revenue", "segment", None),
    "units by category, 30 days": top("units", "category", None, window=last(30)),
    "refund amount this year": Question(measure="refund_amount", window=YEAR),
    "average rating by category": top("rating", "category", None),
    "visits by source, 30 days": top("visits", "source", None, window=last(30)),
}

Frames = Mapping[str, "pd.DataFrame"]


def frames(connection: Connection) -> Frames:
    """What pandas needs in memory."""
    import pandas as pd

    queries = {
        "customers": "SELECT id, country, signed_up_at FROM customers",
        "orders": "SELECT id, customer_id, placed_at, status, total_base FROM orders",
    }
    return {name: pd.read_sql(text(query), connection) for name, query in queries.items()}


def placed(frames: Frames, window: Window | None = None) -> "pd.DataFrame":
    orders = frames["orders"]
    orders = orders[orders["status"] != "cancelled"]
    if window is not None and window.start is not None:
        orders = orders[orders["placed_at"] >= to_ms(window.start)]
    return orders


def by_country(frames: Frames, window: Window | None = None) -> "pd.Series[Any]":
    orders = placed(frames, window).merge(frames["customers"], left_on="customer_id", right_on="id")
    return orders.groupby("country")["total_base"].sum()


def per_customer(frames: Frames, window: Window | None = None) -> Any:
    return placed(frames, window).groupby("customer_id")["total_base"]


def gone(frames: Frames) -> int:
    newest = placed(frames).groupby("customer_id")["placed_at"].max()
    return int((newest < to_ms(NOW - timedelta(days=90))).sum())


#: the same numbers in pandas
IN_PANDAS: Mapping[str, Callable[[Frames], Any]] = {
    "customers in Germany": lambda frames: int((frames["customers"]["country"] == "DE").sum()),
    "more than 20 orders": lambda frames: int((per_customer(frames).size() > 20).sum()),
    "spent over 5000": lambda frames: int((per_customer(frames).sum() > 500_000).sum()),
    "spent over 500 in the last 90 days": lambda frames: int((per_customer(frames, last(90)).sum() > 50_000).sum()),
    "not bought for 90 days": gone,
    "top 10 customers, ever": lambda frames: per_customer(frames).sum().nlargest(10),
    "orders last 30 days": lambda frames: len(placed(frames, last(30))),
    "revenue, ever": lambda frames: placed(frames)["total_base"].sum() / 100,
    "revenue this year": lambda frames: placed(frames, YEAR)["total_base"].sum() / 100,
    "revenue by country, ever": by_country,
    "revenue by country this year": lambda frames: by_country(frames, YEAR),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="a store that benchmarks/big_shop.py filled")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="questions whose name holds this")
    parser.add_argument("--pandas", action="store_true", help="the same in pandas, where it is told how")
    arguments = parser.parse_args()
    engine = connect(arguments.url)
    with engine.connect() as connection:
        known = frames(connection) if arguments.pandas else {}
        report(connection, "learn", [seconds(lambda: learn(connection, RATES, NOW))])
        for kind, questions in (("quick", QUICK), ("sums", SUMS)):
            taken, worked = [], []
            for name, question in questions.items():
                if arguments.only in name:
                    for times, one in zip(
                        (taken, worked), ask(connection, name, question, arguments.rounds, known), strict=True
                    ):
                        times.append(one)
            for what, times in (("by the clock", taken), ("of our processor", worked)):
                if len(times) > 1:
                    cuts = statistics.quantiles(times, n=20, method="inclusive")
                    print(
                        f"{kind}, {what}: {len(times)} questions, p50 {ms(cuts[9])}, p95 {ms(cuts[18])}, "
                        f"longest {ms(max(times))}"
                    )


def ask(connection: Connection, name: str, question: Question, rounds: int, known: Frames) -> tuple[float, float]:
    """Seconds by the clock (the median), and of this process's processor (the mean)."""

    def run() -> Any:
        with connection.begin():
            return answer_in(connection, question, NOW, ZONE, RATES, PATIENCE)

    try:
        connection.rollback()
        figures = run()
    except TooSlow:
        print(f"{name:40} stopped after {PATIENCE.total_seconds():.0f} s", flush=True)
        return PATIENCE.total_seconds(), PATIENCE.total_seconds()
    started = time.process_time()
    taken = statistics.median(seconds(run) for _ in range(rounds))
    worked = (time.process_time() - started) / rounds
    line = f"{name:40} {ms(taken):>10} {ms(worked):>10}"
    if known and name in IN_PANDAS:
        theirs = IN_PANDAS[name](known)
        if figures.value is not None:
            assert abs(theirs - figures.value) < 0.01, (name, theirs, figures.value)
        other = statistics.median(seconds(lambda: IN_PANDAS[name](known)) for _ in range(rounds))
        line += f"   pandas {ms(other):>10}   ratio {other / taken:.1f}"
    shown = figures.value if figures.value is not None else f"{len(figures.rows)} rows of {figures.total}"
    print(f"{line}   {shown}", flush=True)
    return taken, worked


def report(connection: Connection, name: str, taken: list[float]) -> None:
    print(f"{name:40} {ms(statistics.median(taken)):>10}", flush=True)


def seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def ms(taken: float) -> str:
    return f"{taken * 1000:,.1f} ms"


if __name__ == "__main__":
    main()
