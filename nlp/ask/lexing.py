"""A question cut into words that are known: the way with the fewest and longest of them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from opencc import OpenCC
from rapidfuzz.distance import OSA

from nlp.ask.lexicon import BEYOND, FILLER, WORDS, real_words
from nlp.ask.numbers import CHINESE_DIGITS, CHINESE_UNITS, ENGLISH_NUMBERS, SCALES, chinese_number, english_number
from nlp.ask.vocabulary import Shop

_TOKEN = re.compile(
    r"\d{4}-\d{1,2}(?:-\d{1,2})?(?![\d-])|\d{1,2}[./]\d{1,2}[./]\d{4}|\d+(?:,\d+)*(?:\.\d+)?"
    r"|n't|[a-zà-ÿßœ]+(?:\.[a-z]\.)?(?:['-][a-zà-ÿ0-9]+)*|[\u3400-\u9fff]|\S"
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_SIMPLER = OpenCC("t2s")
_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR", "欧": "EUR", "$": "USD", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "bucks": "USD", "美元": "USD", "美金": "USD", "£": "GBP", "gbp": "GBP", "pound": "GBP",
    "pounds": "GBP", "quid": "GBP", "英镑": "GBP", "cny": "CNY", "rmb": "CNY", "yuan": "CNY", "人民币": "CNY",
    "¥": "¥", "jpy": "JPY", "yen": "JPY", "日元": "JPY", "chf": "CHF", "元": "元", "块": "块", "块钱": "块",
}  # fmt: skip
#: they are no misspellings of what is near them
_OTHER_WORDS = frozenset({"where", "when", "there", "their", "while", "until"})
_COST, _FILLER_COST, _UNKNOWN_COST = 1.0, 1.0, 15.0
_SHORTEST_FUZZY = 5
_SHORT = (
    "last",
    "this",
    "week",
    "year",
    "many",
    "with",
    "from",
    "have",
    "show",
    "list",
    "open",
    "what",
    "much",
    "days",
)


@dataclass(slots=True)
class Atom:
    """A word or phrase, and what it may be: kind → value."""

    text: str
    kinds: dict[str, Any] = field(default_factory=dict)
    used: bool = False

    def has(self, kind: str, *values: Any) -> bool:
        return kind in self.kinds and (not values or self.kinds[kind] in values)

    def __getitem__(self, kind: str) -> Any:
        return self.kinds[kind]


#: emoji that say how somebody feels, no thing and no country that they could ask for
_MOOD = re.compile(
    "[\U0001f600-\U0001f64f\U0001f910-\U0001f92f\U0001f970-\U0001f97a\U0001f44a-\U0001f450\U0001f389\U0001f38a\U0001f525"
    "\U0001f4aa\U0001f440\U0001f4af\U0001f4c8-\U0001f4ca\U0001f680\U0001f494-\U0001f49f\u2764\u2728\u26a1\u2753-\u2757\ufe0f"
    "\u200d\U0001f3fb-\U0001f3ff]+"
)


def normalise(text: str) -> str:
    r"""Lower case, one form of quotes and widths, simplified Chinese characters.

    >>> normalise("Haven\u2019t BOUGHT?"), normalise("荷蘭有多少客戶")
    ("haven't bought?", '荷兰有多少客户')
    >>> normalise("how many orders \U0001f600 last month")
    'how many orders last month'
    """
    text = _MOOD.sub(" ", unicodedata.normalize("NFKC", text)).lower()
    if _CJK.search(text):
        text = _SIMPLER.convert(text)
    return " ".join(re.sub("[\u2018\u2019`´]", "'", text).split())


def is_chinese(text: str) -> bool:
    """Whether a question is in Chinese."""
    return len(_CJK.findall(text)) >= 2


def tokens(text: str) -> list[str]:
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if token.endswith("'s") and len(token) > 2 and token not in WORDS:
            found += [token[:-2], "'s"]
        elif re.fullmatch(r"[a-z]+(?:-[a-z]+)+", token) and token not in _single_words():
            found += token.split("-")
        else:
            found.append(token)
    return found


def lex(text: str, shop: Shop) -> list[Atom]:
    """The atoms of a normalised text; an unknown word is an atom without kinds, a filler has the kind `filler`."""
    known = _learnt(shop)
    words: list[str] = []
    for is_id, part in _cut(text, known.ids):
        words += [part] if is_id else [_spelt(word, known.near) for word in _respaced(tokens(part), known.near)]
    trie = known.trie
    best: list[tuple[float, int, Atom | None]] = [(0.0, 0, None), *[(float("inf"), 0, None) for _ in words]]
    for start in range(len(words)):
        for end, atom, cost in _edges(words, start, trie, shop):
            total = best[start][0] + cost
            if total < best[end][0] - 1e-9:
                best[end] = (total, start, atom)
    found, at = [], len(words)
    while at:
        _, before, taken = best[at]
        if taken is not None:
            found.append(taken)
        at = before
    return _joined(found[::-1])


def _cut(text: str, ids: re.Pattern[str] | None) -> list[tuple[bool, str]]:
    """The parts of a text, and of each whether it is written as an id."""
    return [(place % 2 == 1, part) for place, part in enumerate(ids.split(text) if ids else [text])]


def _respaced(words: list[str], known: frozenset[str]) -> list[str]:
    """Words with a space one letter off put right: wit hat least → with at least."""
    found = list(words)
    for place, (left, right) in enumerate(pairwise(words)):
        if (left in known and right in known) or not (left.isalpha() and right.isalpha()) or _CJK.search(left + right):
            continue
        moved = [(left + right[0], right[1:]), (left[:-1], left[-1] + right)]
        if fits := [pair for pair in moved if all(len(each) > 1 and each in known for each in pair)]:
            found[place : place + 2] = fits[0]
    return found


def _joined(atoms: list[Atom]) -> list[Atom]:
    """Unknown Chinese characters in a row are one unknown word."""
    joined: list[Atom] = []
    for atom in atoms:
        if joined and not atom.kinds and not joined[-1].kinds and _CJK.match(atom.text) and _CJK.match(joined[-1].text):
            joined[-1].text += atom.text
        else:
            joined.append(atom)
    return joined


def _edges(words: list[str], start: int, trie: dict[str, Any], shop: Shop) -> Iterator[tuple[int, Atom, float]]:
    word = words[start]
    node, end, known = trie, start, False
    while end < len(words) and words[end] in node:
        node = node[words[end]]
        end += 1
        if "" in node:
            known = known or end == start + 1
            yield end, Atom(_phrase(words[start:end]), _kinds(node[""])), _COST - 0.01 * (end - start) ** 2
    if of_ids := _ids(word, shop):
        known = True
        yield start + 1, Atom(word, {"val": of_ids}), _COST - 0.1
    number_end, number = _number(words, start)
    if number_end > start:
        known = True
        yield number_end, Atom(_phrase(words[start:number_end]), {"num": number}), _COST - 0.005 * (number_end - start)
    if re.fullmatch(r"\d{4}-\d{1,2}(-\d{1,2})?|\d{1,2}[./]\d{1,2}[./]\d{4}", word):
        known = True
        yield start + 1, Atom(word, {"date": word}), _COST - 0.1
    if word in _CURRENCIES:
        known = True
        yield start + 1, Atom(word, {"cur": _CURRENCIES[word]}), _COST - 0.02
    for size in (2, 3):
        if len(parts := words[start : start + size]) == size and (phrase := "".join(parts)) in _CURRENCIES:
            yield start + size, Atom(phrase, {"cur": _CURRENCIES[phrase]}), _COST - 0.1
    if word in FILLER:
        known = True
        yield start + 1, Atom(word, {"filler": True}), _FILLER_COST
    for size in (2, 3, 4):
        parts = words[start : start + size]
        if (not known or _CJK.match(word)) and len(parts) == size and (phrase := "".join(parts)) in FILLER:
            yield start + size, Atom(phrase, {"filler": True}), _FILLER_COST
    if not known:
        yield start + 1, Atom(word), _UNKNOWN_COST


def _kinds(entries: list[tuple[str, ...]]) -> dict[str, Any]:
    kinds: dict[str, Any] = {}
    for kind, *value in entries:
        if kind == "val":
            kinds.setdefault("val", []).append(tuple(value))
        else:
            kinds.setdefault(kind, value[0])
    return kinds


def _phrase(words: list[str]) -> str:
    return "".join(words) if all(_CJK.match(word) for word in words) else " ".join(words)


def known_words(shop: Shop) -> frozenset[str]:
    """Every single word that has a meaning, those without Chinese characters."""
    return _learnt(shop).near


def known_phrases(shop: Shop) -> frozenset[str]:
    """Every word and phrase that has a meaning."""
    return _learnt(shop).phrases


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What a shop's questions are cut by: its phrases, the words that a misspelling may be of, how ids are written."""

    shop: Shop
    trie: dict[str, Any]
    near: frozenset[str]
    phrases: frozenset[str]
    ids: re.Pattern[str] | None


_TRIES: dict[int, _Learnt] = {}


def _learnt(shop: Shop) -> _Learnt:
    known = _TRIES.get(id(shop))
    if known is None or known.shop is not shop:
        _TRIES.clear()
        known = _TRIES[id(shop)] = _learn(shop)
    return known


def _id_pattern(shape: str) -> str:
    return r"\d+".join(re.escape(part.lower()) for part in shape.split("#"))


def _ids(word: str, shop: Shop) -> list[tuple[str, str]]:
    """The ids that a word may be, as (field, id)."""
    if not re.search(r"\d", word):
        return []
    found = []
    for name, shapes in shop.ids.items():
        for shape in shapes:
            if re.fullmatch(_id_pattern(shape), word):
                digits = iter(re.findall(r"\d+", word))
                found.append((name, re.sub("#", lambda _: next(digits), shape)))  # noqa: B023 - used at once
    return found


def _learn(shop: Shop) -> _Learnt:
    trie: dict[str, Any] = {}
    entries: list[tuple[str, list[Any]]] = [
        *((phrase, [*kinds]) for phrase, kinds in WORDS.items()),
        *((phrase, [*kinds]) for phrase, kinds in shop.words.items()),
        *((phrase, [("beyond", why)]) for phrase, why in BEYOND.items()),
    ]
    patterns = [_id_pattern(shape) for shapes in shop.ids.values() for shape in shapes]
    ids = re.compile(rf"(?<![a-z0-9])({'|'.join(patterns)})(?![a-z0-9])") if patterns else None
    for phrase, kinds in entries:
        node = trie
        # a name may hold what an id looks like: Jacket C2
        parts = [[part] if is_id else tokens(part) for is_id, part in _cut(normalise(phrase), ids)]
        for token in [token for part in parts for token in part] or [phrase]:
            node = node.setdefault(token, {})
        node.setdefault("", []).extend(kinds)
    known = (
        FILLER
        | {*ENGLISH_NUMBERS, *SCALES, *_OTHER_WORDS}
        | {token for phrase, _ in entries for token in tokens(normalise(phrase))}
    )
    near = frozenset(word for word in known if not _CJK.match(word))
    phrases = frozenset(normalise(phrase) for phrase, _ in entries) | FILLER
    return _Learnt(shop, trie, near, phrases, ids)


@cache
def _single_words() -> frozenset[str]:
    return frozenset(word for word in [*WORDS, *FILLER, *BEYOND] if " " not in word)


def _spelt(word: str, known: frozenset[str]) -> str:
    """A word as it is written, where it is a misspelling of one that is known."""
    if word in known:
        return word
    if len(word) >= 5 and word.endswith("s") and word[:-1] in known:
        # germanys share
        return word[:-1]
    near = _near(word, known)
    if near is None or (word in real_words() and not (near.startswith(word) or word.startswith(near))):
        # receive is of received, but pairs are not of paris
        return word
    return near


def respelt(word: str, shop: Shop) -> str:
    """A word as it is written, where it is a misspelling of one that is known."""
    return _spelt(word, _learnt(shop).near)


def _near(word: str, known: frozenset[str]) -> str | None:
    """The one known word that this is a misspelling of; none where two are as near."""
    if not word.isalpha() or _CJK.search(word):
        return None
    if len(word) < _SHORTEST_FUZZY:
        return _near_short(word)
    allowed = 1 if len(word) < 9 else 2
    found: dict[int, list[str]] = {}
    for other in known:
        long_enough = len(other) >= _SHORTEST_FUZZY - 1 and abs(len(other) - len(word)) <= allowed
        if long_enough and _begins_alike(word, other):
            distance = OSA.distance(word, other, score_cutoff=allowed)
            if distance <= allowed:
                found.setdefault(distance, []).append(other)
    if not found:
        return None
    nearest = found[min(found)]
    if len(nearest) == 1:
        return nearest[0]
    if word.endswith("d") and word[:-1] + "ed" in nearest:
        # orderd: an e was left out
        return word[:-1] + "ed"
    meant = {tuple(WORDS.get(other, ())) for other in nearest}
    if len(meant) == 1 and () not in meant:
        return min(nearest)
    # a plural is as good as its singular
    stems = {other.rstrip("s") for other in nearest}
    return (
        min(nearest, key=lambda other: (other.endswith("s") != word.endswith("s"), other)) if len(stems) == 1 else None
    )


def _begins_alike(word: str, other: str) -> bool:
    return other[0] == word[0] or other[1:] == word or other[:2] == word[1::-1]


def _near_short(word: str) -> str | None:
    """One of the commonest short words with a letter missing, doubled or in the wrong place; never another letter."""
    if len(word) < 3:
        return None
    near = [
        other
        for other in _SHORT
        if OSA.distance(word, other, score_cutoff=1) <= 1 and (len(other) != len(word) or sorted(other) == sorted(word))
    ]
    return near[0] if len(near) == 1 else None


def _number(words: list[str], start: int) -> tuple[int, float]:
    """A number from a word on: (where it ends, its value); it ends where it starts when there is none."""
    word = words[start]
    if re.fullmatch(r"\d[\d,]*(\.\d+)?", word):
        if "," in word and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", word):
            return start, 0.0
        value, end = float(word.replace(",", "")), start + 1
        while end < len(words) and words[end] in CHINESE_UNITS:
            value, end = value * CHINESE_UNITS[words[end]], end + 1
        if end < len(words) and words[end] in SCALES:
            value, end = value * SCALES[words[end]], end + 1
        return end, value
    if word in CHINESE_DIGITS or word == "十":
        end = start
        while end < len(words) and (words[end] in CHINESE_DIGITS or words[end] in CHINESE_UNITS):
            end += 1
        value = chinese_number("".join(words[start:end]))
        if end < len(words) and words[end] == "半":
            return start, 0.0
        return end, value
    return english_number(words, start)
