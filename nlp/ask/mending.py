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
from nlp.ask.lexing import known_phrases, known_words, lex, respelt
from nlp.ask.vocabulary import Shop

#: as many other spellings of one word are tried
MOST = 24
_SHORTEST, _LONG = 2, 8
#: shorter words are near too many others
_SHORTEST_KNOWN = 3
_LONGEST_PHRASE = 5
_TURNING = ("un", "non", "in", "im", "ir", "dis", "re", "mis", "over", "under")


#: ordinary Chinese words that sound like, or next to others like, what can be asked
_ORDINARY = frozenset((
    "手机", "小额", "大额", "潜在", "线上", "线下", "电脑", "网页", "平板", "门店", "批发", "零售",
    "男性", "女性", "男装", "女装", "年轻", "老年", "企业", "个人", "测试", "免费", "赠品", "异常",
))  # fmt: skip

#: characters that stand beside any other: who types one of them meant it
_SMALL = frozenset(
    "的地得了过着在是有和与跟也都就还又再不没未无非被把给让从自到对比按各每哪几多少个这那此该上下前后里中内外以及或且但而却很太更最大小高低"
    "一二三四五六七八九十百千万两半第次回遍年月日天周时分秒单笔件条张位名人款种类家国市只双台块钱我你他她它们谁什么怎吗呢吧啊呀要想看查算列用"
)
#: as many texts are looked at, whose one phrase sounds like another
_HEARD = 12

_WORD = re.compile(r"(?<![\w'-])[a-z]{3,}(?![\w'-])")
#: what most questions are made of: a slip in one of these is put right before any other word is thought of
_COMMON = frozenset(
    """
    how many much what which who list show number total average customers orders order products product tickets ticket
    refunds refund refunded reviews review visits carts revenue sales country countries category categories month months
    week weeks quarter year today yesterday last this least most more less fewer than with without from have never opens
    opened open closed resolved unanswered urgent complaints complaint stock left long time reply first response rating
    stars bought ordered spent wrote delivered shipped delivery carrier paid cancelled agent segment source euros
    touched answered hours hour days between over under below above higher lowest highest best worst share percentage
    compare compared where were when does still only cost costs cart take rated their updated parcels
    payment method priority satisfaction discount shipping units
    """.split()  # noqa: SIM905
)
#: words of the language where a word of time stands
_SLIPS = {"moth": "month", "moths": "months", "yer": "year", "yers": "years", "weak": "week", "weaks": "weeks"}
_BEFORE_TIME = re.compile(r"\b(?P<way>this|last|next|past|per|each|every|previous) (?P<slip>moths?|yers?|weaks?)\b")
_WHICH_TIME = re.compile(
    r"\b(?P<last>lst|lsst|lasst|lats|lat|lest)?(?(last)|(?:tis|thsi|ths|htis|thos)) (?=(?:week|month|quarter|year)\b)"
)
_THAN = re.compile(
    r"\b(?P<way>more|less|fewer|older|higher|lower|greater|longer|better|worse) (?:tan|thn|thna|tahn|thsn|thatn) (?=\S)"
)
_RUN = re.compile(r"[\u3400-\u9fff]{2,}")


def spelt(text: str, shop: Shop) -> str:
    """A normalised text with those words put right that are no words, and near one that is known alone.

    >>> # lowest 5 in sotck → lowest 5 in stock
    """
    text = _BEFORE_TIME.sub(lambda found: f"{found['way']} {_SLIPS[found['slip']]}", text)
    text = _WHICH_TIME.sub(lambda found: "last " if found["last"] else "this ", text)
    text = _THAN.sub(r"\g<way> than ", text)
    known = known_words(shop)

    def right(found: re.Match[str]) -> str:
        word = found[0]
        if word in real_words() or word in known:
            return word
        return _common(word) or (respelt(word, shop) if len(word) > _SHORTEST_KNOWN else word)

    return _WORD.sub(right, text)


def _common(word: str) -> str:
    """The one common word that this is a slip of: of a plural and its singular the one that ends alike."""
    near = [other for other in _COMMON if OSA.distance(word, other, score_cutoff=1) == 1 and other[0] == word[0]]
    alike = [other for other in near if other[-1] == word[-1]]
    if len(near) > 1 and len(alike) == 1 and len({other.rstrip("s") for other in near}) == 1:
        return alike[0]
    return near[0] if len(near) == 1 else ""


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
    # of three letters another one is another word: src is no prc
    others = [other for other, _, _ in near if min(len(word), len(other)) > 3 or sorted(other) == sorted(word)]
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


def misheard(text: str, shop: Shop) -> list[str]:
    """A normalised text with one of its phrases put right, of which one character is another that sounds the same.

    Unlike `spellings` it is for characters that are words themselves: 支付包付款的订单 → 支付宝付款的订单.
    The longest phrase comes first.
    """
    from pypinyin.constants import PHRASES_DICT

    known = known_phrases(shop)
    sounds = _sounds(known)
    found: dict[str, int] = {}
    for run in _RUN.finditer(text):
        # a character of a word that is known is no slip
        sizes = [size for atom in lex(run[0], shop) for size in [len(atom.text) if atom.kinds else 1] * len(atom.text)]
        for size in range(_LONGEST_PHRASE, 1, -1):
            for at in range(run.start(), run.end() - size + 1):
                written = text[at : at + size]
                if written in PHRASES_DICT or written in known or written in _ORDINARY:
                    continue
                for phrase in sounds.get(_sound(written), ()):
                    wrong = [place for place in range(size) if written[place] != phrase[place]]
                    if len(wrong) != 1 or written[wrong[0]] in _SMALL or sizes[at + wrong[0] - run.start()] > 1:
                        continue
                    start = at - run.start()
                    edges = _apart(sizes, start + wrong[0], start, size)
                    if any(_is_word(run[0][place : place + 2]) for place in edges):
                        continue
                    found.setdefault(text[:at] + phrase + text[at + size :], size)
    return sorted(found, key=lambda each: -found[each])[:_HEARD]


def _apart(sizes: list[int], slip: int, start: int, size: int) -> list[int]:
    """Where a character that may be a slip begins or ends a word with the one beside its phrase."""
    before, after = slip - 1, slip + 1
    found = [before] if slip == start and before >= 0 and sizes[before] == 1 else []
    return [*found, slip] if slip == start + size - 1 and after < len(sizes) and sizes[after] == 1 else found


def _is_word(pair: str) -> bool:
    from pypinyin.constants import PHRASES_DICT

    return pair in PHRASES_DICT or pair in _ORDINARY


def _is_of_a_word(text: str, start: int, end: int) -> bool:
    """Whether a character that is not known is of a word all the same, as in 重要客户: nobody mistyped it."""
    return any(_is_word(text[at : at + 2]) for at in range(max(0, start - 1), end))


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
