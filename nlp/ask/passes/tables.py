"""Tables of patterns and of what is put in their place: each pass over a text has one of its own.

A question goes through more than a thousand patterns, of which a few match. So each is kept with words of which a
text must hold one for it to match at all, and is tried only then: finding a word is a hundred times quicker.
"""

import re
from collections.abc import Callable, Iterable, Iterator

# the library's own reader of patterns: what a pattern needs is told by its parts
from re import _constants as parts  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

#: a replacement, as `re.sub` takes it
Said = str | Callable[[re.Match[str]], str]
#: with more words than these the pattern itself is as quick
_MOST_WORDS = 24
_REPEATS = (parts.MAX_REPEAT, parts.MIN_REPEAT, parts.POSSESSIVE_REPEAT)
#: one of no words at all is in every text
_ANY = ("",)


class Table:
    """Patterns and what is put in their place, in their order."""

    def __init__(self, rows: Iterable[tuple[re.Pattern[str], Said]]) -> None:
        self.rows = tuple((needed(pattern), pattern, said) for pattern, said in rows)

    def __iter__(self) -> Iterator[tuple[re.Pattern[str], Said]]:
        return ((pattern, said) for _, pattern, said in self.rows)


def replaced(text: str, table: Table) -> str:
    """A text with every pattern replaced, in the order of the table: each may use what the one before it wrote.

    >>> replaced("cust list", Table([(re.compile("cust"), "customer"), (re.compile("customer list"), "customers")]))
    'customers'
    """
    for words, pattern, said in table.rows:
        for word in words:
            if word in text:
                text = pattern.sub(said, text)
                break
    return text


def needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    r"""Words of which every text that a pattern matches holds one; the empty one where that cannot be told.

    >>> needed(re.compile(r"\b(?:parcels|packages) (?:are )?late\b")), needed(re.compile(r"\d+ (?:days|weeks)?"))
    (('rcels', 'ckages'), (' ',))
    """
    if pattern.flags & re.IGNORECASE:
        return _ANY
    return _best(_of(parser.parse(pattern.pattern, pattern.flags))) or _ANY


def _best(choices: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The words that are rarest in texts: few and long."""
    told = [words for words in choices if words and "" not in words and len(words) <= _MOST_WORDS]
    return max(told, key=_rarity, default=())


def _rarity(words: tuple[str, ...]) -> tuple[int, int]:
    # a Chinese character is a word
    return min(len(each) * (3 if each[0] > "\u3400" else 1) for each in words), -len(words)


def _of(sequence: Any) -> Iterator[tuple[str, ...]]:
    """For each part that has to be there, the words of which it holds one."""
    run = ""
    for kind, value in sequence:
        if kind is parts.LITERAL:
            run += chr(value)
            continue
        if run:
            yield (run,)
        run = ""
        yield from _of_part(kind, value)
    if run:
        yield (run,)


def _of_part(kind: Any, value: Any) -> Iterator[tuple[str, ...]]:
    if kind is parts.SUBPATTERN and not value[1] & re.IGNORECASE:
        yield from _of(value[3])
    elif kind is parts.ATOMIC_GROUP:
        yield from _of(value)
    elif kind in _REPEATS and value[0] > 0:
        yield from _of(value[2])
    elif kind is parts.ASSERT:
        # what stands before or behind is in the text, too
        yield from _of(value[1])
    elif kind is parts.BRANCH:
        found = [_best(_of(each)) for each in value[1]]
        if all(found):
            yield tuple(dict.fromkeys(word for words in found for word in words))
    elif kind is parts.IN and all(each is parts.LITERAL for each, _ in value):
        yield tuple(chr(each) for _, each in value)
