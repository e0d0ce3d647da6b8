"""What a question may have been before a slip of the keyboard: words that nobody knows, read as one that is known.

A word is put right only where it is no word of the language at all, and the question then reads in one way; where it
reads in several, these are what is asked back.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlp.ask.lexicon import real_words
from nlp.ask.lexing import known_phrases, known_words, respelt
from nlp.ask.vocabulary import Shop

#: as many other spellings of one word are tried
MOST = 24
_SHORTEST, _LONG = 2, 8
_LONGEST_PHRASE = 5
_TURNING = ("un", "non", "in", "im", "ir", "dis", "re", "mis", "over", "under")


#: ordinary Chinese words that sound like, or next to others like, what can be asked
_ORDINARY = frozenset((
    "手机", "小额", "大额", "潜在", "线上", "线下", "电脑", "网页", "平板", "门店", "批发", "零售",
    "男性", "女性", "男装", "女装", "年轻", "老年", "企业", "个人", "测试", "免费", "赠品", "异常",
))  # fmt: skip

_WORD = re.compile(r"(?<![\w'-])[a-z]{4,}(?![\w'-])")


def spelt(text: str, shop: Shop) -> str:
    """A normalised text with those words put right that are no words, and near one that is known alone.

    >>> # lowest 5 in sotck → lowest 5 in stock
    """
    return _WORD.sub(lambda found: found[0] if found[0] in real_words() else respelt(found[0], shop), text)


def spellings(text: str, word: str, shop: Shop) -> list[str]:
    """A normalised text with a word of it that is not known spelt otherwise, the nearest spelling first.

    >>> # revenue lst month → revenue last month, revenue list month; 消售额 → 销售额
    """
    if not word.isalpha():
        return []
    if word.isascii():
        return [] if word in real_words() else _english(text, word, shop)
    return [*dict.fromkeys(_chinese(text, word, shop))][:MOST]


def _english(text: str, word: str, shop: Shop) -> list[str]:
    if len(word) < _SHORTEST:
        return []
    before, found, after = _around(text, word)
    if not found:
        return []
    known = known_words(shop)
    if any(word.startswith(prefix) and word.removeprefix(prefix) in known for prefix in _TURNING):
        # unshipped is no misspelling of shipped
        return []
    allowed = 1 if len(word) < _LONG else 2
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=allowed, limit=MOST)
    others = [other for other, _, _ in near if len(other) > _SHORTEST or sorted(other) == sorted(word)]
    apart = [f"{word[:at]} {word[at:]}" for at in range(2, len(word) - 1) if {word[:at], word[at:]} <= known]
    return [f"{before}{other}{after}" for other in [*apart, *others][:MOST]]


def _around(text: str, word: str) -> tuple[str, str, str]:
    """What stands before a word as a whole, the word, and what stands behind it."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()):
            return text[:start], word, text[end:]
        start = text.find(word, end)
    return text, "", ""


def _chinese(text: str, word: str, shop: Shop) -> Iterator[str]:
    """Characters that sound like a known phrase, as input methods mistake them; one of them is unknown."""
    sounds = _sounds(known_phrases(shop))
    start = text.find(word)
    if start < 0:
        return
    end = start + len(word)
    if _is_of_a_word(text, start, end):
        return
    for size in range(_LONGEST_PHRASE, 1, -1):
        for at in range(max(0, start - size + 1), min(end, len(text) - size + 1)):
            written = text[at : at + size]
            for phrase in sounds.get(_sound(written), ()):
                if phrase != written:
                    yield text[:at] + phrase + text[at + size :]


def _is_of_a_word(text: str, start: int, end: int) -> bool:
    """Whether a character that is not known is of a word all the same, as in 重要客户: nobody mistyped it."""
    from pypinyin.constants import PHRASES_DICT

    pairs = (text[at : at + 2] for at in range(max(0, start - 1), end))
    return any(pair in PHRASES_DICT or pair in _ORDINARY for pair in pairs)


def _sound(text: str) -> str:
    """How Chinese characters are said, without tones."""
    from pypinyin import lazy_pinyin  # takes a moment to load, and few questions need it

    return " ".join(lazy_pinyin(list(text)))


@lru_cache(maxsize=1)
def _sounds(phrases: frozenset[str]) -> dict[str, list[str]]:
    """Known Chinese phrases by how they are said."""
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        if 2 <= len(phrase) <= _LONGEST_PHRASE and not phrase.isascii():
            found.setdefault(_sound(phrase), []).append(phrase)
    return found
