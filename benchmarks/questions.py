"""How fast questions are read, and how many are still answered right when people say them another way.

    python -m benchmarks.questions [--show KIND]

Every golden question (tests/golden/questions) is put as it stands and varied: with one phrase of it said in other
words, with its phrases in another order, with a small word left out, with one typing mistake in a word of four letters
or more, and so on. A varied question has the gold answer of the original. An answer is right, wrong (answered, but not
what was asked) or asked back; what has no answer is right when it gets none.
"""

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.ask import Answerer
from nlp.ask.lexing import is_chinese
from nlp.ask.reading import read
from nlp.ask.saying import known_questions
from nlp.ask.vocabulary import Shop
from tests.golden.questions.judging import answering, verdict
from tests.golden.questions.make import HERE
from tests.golden.questions.shop import NOW, write_shop

ZONE = ZoneInfo("UTC")
#: what else says the same wherever a phrase stands
SYNONYMS = {
    "how many": ("what number of", "what is the number of"),
    "customers": ("clients", "shoppers"),
    "orders": ("purchases",),
    "revenue": ("turnover", "sales"),
    "average order value": ("aov", "average basket size"),
    "average": ("avg", "mean"),
    "last month": ("the previous month", "the month before this one"),
    "last year": ("the previous year", "the year before this one"),
    "this year": ("the current year", "ytd"),
    "this month": ("the current month", "mtd"),
    "more than": ("over", "above", "in excess of"),
    "less than": ("under", "below"),
    "at least": ("a minimum of", "no fewer than"),
    "bought": ("purchased",),
    "tickets": ("cases", "support requests"),
    "refunds": ("reimbursements",),
    "products": ("articles",),
    "percentage": ("share", "proportion"),
    "from germany": ("based in germany", "living in germany"),
    "by country": ("per country", "for each country", "split by country"),
    "by month": ("per month", "for each month", "month by month"),
    "by category": ("per category", "for each category"),
    "show me": ("give me", "i want to see", "pull up"),
    "客户": ("顾客", "用户"),
    "销售额": ("营业额", "成交额"),
    "今年": ("本年", "今年以来"),
    "上个月": ("上月", "上一个月"),
    "超过": ("大于", "高于"),
    "列出": ("给我看", "显示"),
    "工单": ("服务单",),
}
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_TIME = (
    r"(?:(?:(?:in|over|during|for) the |the )?(?:last|past|previous) (?:\d+ )?(?:day|week|month|quarter|year)s?"
    rf"|this (?:week|month|quarter|year)|yesterday|today|in (?:{_MONTHS}|q[1-4]|20\d\d))"
)
_TIME_ZH = r"(?:今天|昨天|上个?月|本月|这个?月|上周|本周|今年|去年|上个?季度|本季度|最近\d+天|过去\d+天)"
#: with one of these, a time belongs to a part of the question
_PARTS = re.compile(r"\b(?:not|never|but|no|without|and|or|vs|versus|compared?|than|who|which)\b|n't|没|但|不|和|比")
_SMALL = r"\b(?:the|a|an|of|our|we|do|did|does|is|are|was|were|me)\b ?|请|了|一共|的"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {a: b for row in _ROWS for a, b in zip(row, row[1:] + row[-2], strict=True)}


def synonyms(text: str, _: random.Random) -> Iterator[str]:
    for phrase, others in SYNONYMS.items():
        pattern = phrase if is_chinese(phrase) else rf"\b(?<!on ){phrase}\b"
        for other in others:
            yield re.sub(pattern, other, text, count=1, flags=re.IGNORECASE)


def reordered(text: str, _: random.Random) -> Iterator[str]:
    """The time first, or last, or before what it is grouped by; only of a question with one time and one part."""
    bare = text.rstrip("?？ ").lower()
    if _PARTS.search(bare):
        return
    if is_chinese(text):
        if found := re.fullmatch(rf"({_TIME_ZH})的?(.+)", bare):
            yield f"{found[2]} {found[1]}"
        return
    if found := re.fullmatch(rf"(.+) ({_TIME})", bare):
        yield f"{found[2]}, {found[1]}"
        yield f"{found[2]} {found[1]}"
    if found := re.fullmatch(rf"(.+) (by \w+) ({_TIME})", bare):
        yield f"{found[1]} {found[3]} {found[2]}"
        yield f"{found[2]} {found[1]} {found[3]}"


def small_word_left_out(text: str, dice: random.Random) -> Iterator[str]:
    found = list(re.finditer(_SMALL, text, re.IGNORECASE))
    if found:
        one = dice.choice(found)
        yield text[: one.start()] + text[one.end() :]


def mistyped(change: Callable[[str, int], str]) -> "Vary":
    """One typing mistake inside a word, after its first letter."""

    def vary(text: str, dice: random.Random) -> Iterator[str]:
        words = [] if is_chinese(text) else list(re.finditer(r"[a-zA-Z]{4,}", text))
        if words:
            one = dice.choice(words)
            word = change(one[0], dice.randrange(1, len(one[0]) - 1))
            yield text[: one.start()] + word + text[one.end() :]

    return vary


Vary = Callable[[str, random.Random], Iterator[str]]
VARIATIONS: dict[str, Vary] = {
    "other words": synonyms,
    "another order": reordered,
    "small word left out": small_word_left_out,
    "letter left out": mistyped(lambda word, at: word[:at] + word[at + 1 :]),
    "letters swapped": mistyped(lambda word, at: word[:at] + word[at + 1] + word[at] + word[at + 2 :]),
    "letter doubled": mistyped(lambda word, at: word[: at + 1] + word[at:]),
    "key beside it": mistyped(lambda word, at: word[:at] + _BESIDE[word[at].lower()] + word[at + 1 :]),
    "capitals": lambda text, _: iter([text.upper()]),
    "politely": lambda text, _: iter([("请问" if is_chinese(text) else "hi, please tell me ") + text]),
    "no mark": lambda text, _: iter([text.rstrip("?？")]),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", metavar="KIND", help="print what is not right of one kind of variation, or of all")
    arguments = parser.parse_args()
    golden = [json.loads(line) for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as name:
        write_shop(Path(name))
        with answering(Path(name)) as (answerer, shop):
            _time(shop, known_questions() + [each["question"] for each in golden])
            print(f"{'':20} {'asked':>6} {'right':>6} {'wrong':>6} {'asked back':>10}")
            _report("as it stands", [(each, each["question"]) for each in golden], answerer, arguments.show)
            dice = random.Random(3)
            for kind, vary in VARIATIONS.items():
                varied = [(each, text) for each in golden for text in set_of(vary, each["question"], dice)]
                _report(kind, varied, answerer, arguments.show)


def set_of(vary: Vary, text: str, dice: random.Random) -> list[str]:
    """The variations that are other texts than the original, each once."""
    return [each for each in dict.fromkeys(vary(text, dice)) if each != text]


def _time(shop: Shop, questions: list[str]) -> None:
    read(questions[0], shop, NOW, ZONE)
    seconds = []
    for question in questions:
        start = time.perf_counter()
        read(question, shop, NOW, ZONE)
        seconds.append(time.perf_counter() - start)
    cuts = statistics.quantiles(seconds, n=100)
    print(f"read {len(questions)} questions: p50 {cuts[49] * 1000:.2f} ms, p99 {cuts[98] * 1000:.2f} ms")


def _report(kind: str, asked: list[tuple[dict[str, Any], str]], answerer: Answerer, show: str | None) -> None:
    tally: Counter[str] = Counter()
    for golden, text in asked:
        answer = answerer.answer(text)
        fate = verdict(golden["shape"], golden["gold"], answer)
        tally[fate] += 1
        if show in (kind, "all") and fate != "right":
            print(f"  {fate}: {text!r} from {golden['question']!r}: {answer['understood']}")
    print(f"{kind:20} {len(asked):6} {tally['right']:6} {tally['wrong']:6} {tally['asked back']:10}", flush=True)


if __name__ == "__main__":
    main()
