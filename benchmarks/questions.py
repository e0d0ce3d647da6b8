"""How fast questions are read, and how many survive what hurried people do to them.

    python benchmarks/questions.py [--golden FILE.jsonl]

Reads every known question (and those of a file of `{"question": ...}` lines) as typed, then with one letter dropped,
two letters swapped, in capitals, with a polite beginning, and without the question mark; a variation counts as the
same, asked back, or other than the original.
"""

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crm_store.question.grammar import Question
from nlp.ask.lexing import is_chinese
from nlp.ask.reading import read
from nlp.ask.saying import known_questions
from nlp.ask.vocabulary import Shop

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SHOP = Shop(
    values={
        "city": ("Berlin", "Lyon", "Paris"),
        "category": ("Bags", "Headphones", "Jackets", "Shoes", "Watches"),
        "agent": ("maya", "tom"),
        "reason": ("damaged", "late", "wrong size"),
        "payment_method": ("card", "paypal"),
        "carrier": ("DHL", "UPS"),
        "source": ("search", "social"),
        "kind": ("complaint", "question", "refund"),
    },
    products={f"SKU-{number:03}": f"Thing {number}" for number in range(200)},
    currency="EUR",
    units={"EUR": 100.0},
    since=datetime(2024, 7, 1, tzinfo=UTC),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--golden", type=Path, help="more questions, one JSON object a line")
    arguments = parser.parse_args()
    questions = known_questions()
    if arguments.golden:
        questions += [
            json.loads(line)["question"] for line in arguments.golden.read_text(encoding="utf-8").splitlines()
        ]
    ask(questions[0])
    seconds = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - start)
    cuts = statistics.quantiles(seconds, n=100)
    print(f"read {len(questions)} questions: p50 {cuts[49] * 1000:.2f} ms, p99 {cuts[98] * 1000:.2f} ms")
    dice = random.Random(3)
    for name, vary in VARIATIONS.items():
        tally = Counter(fate(question, vary(question, dice)) for question in questions)
        print(f"{name:16} {dict(tally)}")


def ask(text: str) -> object:
    return read(text, SHOP, NOW, ZoneInfo("UTC"))


def fate(question: str, varied: str) -> str:
    before, after = ask(question), ask(varied)
    if before == after:
        return "same"
    return "other" if isinstance(after, Question) else "asked back"


def drop(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text if is_chinese(text) else text[:at] + text[at + 1 :]


def swap(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) - 1)
    return text if is_chinese(text) else text[:at] + text[at + 1] + text[at] + text[at + 2 :]


VARIATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "letter dropped": drop,
    "letters swapped": swap,
    "capitals": lambda text, _: text.upper(),
    "politely": lambda text, _: ("请问" if is_chinese(text) else "hi, please tell me ") + text,
    "no mark": lambda text, _: text.rstrip("?？"),
}

if __name__ == "__main__":
    main()
