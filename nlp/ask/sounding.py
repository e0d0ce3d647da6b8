"""Chinese as it is typed in a hurry: traditional characters, and one that only sounds like the right one.

`characters.txt` holds pairs of traditional and simplified characters (OpenCC's table) and, a line a syllable, those
that are read alike (the 3,755 most frequent of GB 2312).
"""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

_CJK = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_WORD = 6


def _read() -> tuple[dict[int, str], dict[str, str]]:
    lines = files("nlp.ask").joinpath("characters.txt").read_text(encoding="utf-8").splitlines()
    named = dict(line.split(": ") for line in lines if line)
    pairs = zip(named.pop("traditional"), named.pop("simplified"), strict=True)
    sounds = {character: syllable for syllable, characters in named.items() for character in characters}
    return {ord(one): other for one, other in pairs}, sounds


_SIMPLIFIED, _SOUNDS = _read()


def simplified(text: str) -> str:
    """Traditional characters as simplified ones.

    >>> simplified("過去90天的退款金額")
    '过去90天的退款金额'
    """
    return text.translate(_SIMPLIFIED) if _CJK.search(text) else text


def by_sound(phrases: Iterable[str]) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Chinese words by how they are read; words of one character sound like too many others."""
    found: dict[tuple[str, ...], list[str]] = {}
    for phrase in phrases:
        if 2 <= len(phrase) <= _LONGEST_WORD and _CJK.fullmatch(phrase):
            found.setdefault(_sound(phrase), []).append(phrase)
    return {sound: tuple(dict.fromkeys(each)) for sound, each in found.items()}


def respelt(text: str, unknown: str, known: Mapping[tuple[str, ...], tuple[str, ...]]) -> str:
    """A text with the one known word in place of what stands around unknown characters and is read like it.

    Only one character may be another: so 消售额 is 销售额. Unchanged where there is none, or more than one.

    >>> respelt("德国的消售额", "消", by_sound(["销售额", "德国"]))
    '德国的销售额'
    """
    place = text.find(unknown)
    found: set[str] = set()
    for size in range(_LONGEST_WORD, 1, -1):
        for start in range(max(0, place - size + 1), place + len(unknown)):
            part = text[start : start + size]
            if len(part) < size or not _CJK.fullmatch(part):
                continue
            for word in known.get(_sound(part), ()):
                if sum(one != other for one, other in zip(part, word, strict=True)) == 1:
                    found.add(text[:start] + word + text[start + size :])
        if found:
            break
    return found.pop() if len(found) == 1 else text


def _sound(text: str) -> tuple[str, ...]:
    return tuple(_SOUNDS.get(character, character) for character in text)
