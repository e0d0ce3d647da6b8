"""The plain reader that ships with the desk: keyword lists, nothing trained, nothing to load.

It knows what its lists say and admits the rest: a text none of them matches is `other`, with a confidence near zero,
and goes to a person.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from nlp import lexicon
from nlp.entities import Patterns, find
from nlp.language import language_of
from nlp.meaning import ASK_A_PERSON, ASPECTS, Aspect, AspectSentiment, Entities, Intent, Reading, Urgency
from nlp.person import asks_for_person

#: said of a text that no list matches: how often such a text is "other" after all is not known, so little is claimed
NOTHING_FOUND: Final = 0.1
#: said of a number without words: it asks after its order, likely
NUMBER_ALONE: Final = 0.6
#: weight that stays unexplained however much is found; a single outright phrase (4) then gives 4 / 5.5 = 0.73
_DOUBT: Final = 1.5
COURTESIES: Final[frozenset[Intent]] = frozenset({"greeting", "thanks"})
#: a courtesy is the message itself only in a short text
_SHORT: Final = 7
CALM_INTENTS: Final[frozenset[Intent]] = frozenset({"review", "greeting", "thanks", "newsletter"})

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeywordReader:
    """Reads by keyword lists.

    >>> reading = KeywordReader().read("Where is my parcel? Order #NT-10234")
    >>> reading.intent, reading.language, reading.entities.order_ids
    ('order_status', 'en', ('NT-10234',))
    """

    patterns: Patterns = field(default_factory=Patterns)
    #: the confidence from which a text goes where its intent says
    sure: float = 0.5

    def read(self, text: str) -> Reading:
        language = language_of(text)
        words = _words(text, language)
        entities = find(text, self.patterns)
        intent, confidence = _intent(words, language, entities)
        sentiment = _sentiment(words, language, text)
        wishes: tuple[Intent, ...] = (intent,)
        if intent != "human" and asks_for_person(text):
            wishes = (intent, "human")
        return Reading(
            text=text,
            language=language,
            intent=intent,
            confidence=confidence,
            sentiment=sentiment,
            urgency=_urgency(words, language, text, intent, sentiment),
            aspects=tuple(_aspects(text, language)),
            entities=entities,
            route=intent if confidence >= self.sure else ASK_A_PERSON,
            intents=wishes,
            wants_person="human" in wishes,
        )

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        return [self.read(text) for text in texts]


# --- words and phrases --------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+")
_CONTRACTION = re.compile(r"(?<=[a-z])['’](?=(?:s|t|re|ve|d|ll|m)\b)")


def _plain(text: str) -> str:
    """Lower case, without accents: customers leave them out."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(text: str, language: str) -> str:
    """The text's words with a space before and after each; Chinese, which has none, without spaces."""
    plain = _plain(text)
    if language == "zh":
        return "".join(plain.split())
    return f" {' '.join(_WORD.findall(_CONTRACTION.sub('', plain)))} "


@cache
def _languages(language: str) -> tuple[str, ...]:
    """The lists to look into: the language's own and English, which slips into many; all where there is none."""
    if language == "zh":
        return ("zh",)
    if language in lexicon.INTENTS:
        return tuple(dict.fromkeys((language, "en")))
    return tuple(known for known in lexicon.INTENTS if known != "zh")


def _phrases(entries: str, language: str) -> tuple[Phrase, ...]:
    return tuple(tuple(_part(part, language) for part in entry.split(" + ")) for entry in entries.split(";"))


def _part(written: str, language: str) -> str:
    plain = _plain(written.strip())
    if language == "zh":
        return plain
    return f" {plain[:-1]}" if plain.endswith("*") else f" {plain} "


def _holds(words: str, phrases: Iterable[Phrase]) -> bool:
    return any(all(part in words for part in phrase) for phrase in phrases)


@cache
def _list(lists: str, language: str) -> tuple[Phrase, ...]:
    """The phrases of `lexicon.URGENT`, `CALM` or `TURNS` for a language."""
    known: dict[str, str] = getattr(lexicon, lists)
    return tuple(phrase for code in _languages(language) for phrase in _phrases(known[code], code))


# --- intent -------------------------------------------------------------------------------------------------------


@cache
def _rules(language: str) -> tuple[tuple[Intent, int, Phrase], ...]:
    return tuple(
        (intent, weight, phrase)
        for code in _languages(language)
        for intent, lists in lexicon.INTENTS[code].items()
        for weight, entries in lists.items()
        for phrase in _phrases(entries, code)
    )


def _intent(words: str, language: str, entities: Entities) -> tuple[Intent, float]:
    """The intent of the greatest weight, and its share of all weight found."""
    scores = _scores(words, language)
    serious = {intent: score for intent, score in scores.items() if intent not in COURTESIES}
    if not serious and _names_little_else(words, entities):
        serious = {"order_status": 1.0}
    if not serious:
        return _courtesy(words, scores)
    best = max(serious, key=lambda intent: serious[intent])
    return best, round(serious[best] / (sum(serious.values()) + _DOUBT), 2)


def _names_little_else(words: str, entities: Entities) -> bool:
    return bool(entities.order_ids or entities.tracking_numbers) and len(words.split()) <= _SHORT


def _scores(words: str, language: str) -> dict[Intent, float]:
    """An intent's strongest phrase counts fully, others support it by a half each, up to three in all."""
    weights: dict[Intent, list[int]] = {}
    for intent, weight, phrase in _rules(language):
        if all(part in words for part in phrase):
            weights.setdefault(intent, []).append(weight)
    return {intent: max(found) + min(3.0, (sum(found) - max(found)) / 2) for intent, found in weights.items()}


def _courtesy(words: str, scores: dict[Intent, float]) -> tuple[Intent, float]:
    if not scores or len(words.split()) > _SHORT:
        return "other", NOTHING_FOUND
    return ("thanks", 0.8) if "thanks" in scores else ("greeting", 0.8)


# --- sentiment, aspects, urgency ----------------------------------------------------------------------------------

_SMILES: Final = frozenset("😀😃😄😁😊🙂😍🥰🤩👍👏🎉💚💙🧡🥳💯☺🙏") | {"❤"}
_FROWNS: Final = frozenset("😡😠🤬👎😢😞😭😤🙁💔😒😩🤮")
_CLAUSE_END = re.compile(r"[.!?;:,\n…。！？；，、]+")
#: a negation turns the words that follow it, as far as this
_REACH: Final = 3


def _sentiment(words: str, language: str, text: str) -> float:
    """(good - bad) / (good + bad + 1) over the words of opinion; shouting makes bad worse."""
    good, bad = _opinions(words, language)
    good += sum(letter in _SMILES for letter in text)
    bad += sum(letter in _FROWNS for letter in text)
    score = (good - bad) / (good + bad + 1)
    if score < 0 and (_shouted(text) or _exclaimed(text)):
        score = max(-1.0, score * 1.4)
    return round(score, 2)


def _opinions(words: str, language: str) -> tuple[int, int]:
    return _chinese_opinions(words) if language == "zh" else _worded_opinions(words.split(), language)


def _worded_opinions(words: list[str], language: str) -> tuple[int, int]:
    good, good_stems, bad, bad_stems, negations = _opinion_words(language)
    counts, negated = {True: 0, False: 0}, 0
    for word in words:
        if word in negations:
            negated = _REACH
            continue
        if word in good or word.startswith(good_stems):
            counts[not negated] += 1
        elif word in bad or word.startswith(bad_stems):
            counts[bool(negated)] += 1
        negated = max(0, negated - 1)
    return counts[True], counts[False]


def _chinese_opinions(words: str) -> tuple[int, int]:
    """Counts by characters: 不好 is bad, 不差 is good."""
    good, bad = (_chinese_words(lists["zh"]) for lists in (lexicon.GOOD, lexicon.BAD))
    spoken = _neutral().sub(" ", words)
    counts = {True: 0, False: 0}
    for pattern, is_good in ((good, True), (bad, False)):
        for match in pattern.finditer(spoken):
            counts[is_good != bool(match["negation"])] += 1
    return counts[True], counts[False]


@cache
def _neutral() -> re.Pattern[str]:
    return re.compile("|".join(lexicon.NEUTRAL.split()))


@cache
def _chinese_words(entries: str) -> re.Pattern[str]:
    longest_first = sorted(entries.split(), key=len, reverse=True)
    negations = "|".join(lexicon.NEGATIONS["zh"].split())
    return re.compile(rf"(?P<negation>(?:{negations})[太很是那么够]{{0,2}})?(?:{'|'.join(longest_first)})(?!不)")


@cache
def _opinion_words(
    language: str,
) -> tuple[frozenset[str], tuple[str, ...], frozenset[str], tuple[str, ...], frozenset[str]]:
    good, good_stems = _split_stems(lexicon.GOOD, language)
    bad, bad_stems = _split_stems(lexicon.BAD, language)
    return good, good_stems, bad, bad_stems, _split_stems(lexicon.NEGATIONS, language)[0]


def _split_stems(lists: dict[str, str], language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    words = [_plain(word) for code in _languages(language) for word in lists[code].split()]
    stems = tuple(word[:-1] for word in words if word.endswith("*"))
    return frozenset(word for word in words if not word.endswith("*")), stems


def _aspects(text: str, language: str) -> Iterable[AspectSentiment]:
    """Each side of the purchase that is spoken of, with the mean sentiment of the clauses that do."""
    clauses = [(words, _score(words, language)) for words in _clauses(text, language)]
    for aspect, phrases in _aspect_phrases(language).items():
        scores = [score for words, score in clauses if _holds(words, phrases)]
        if scores:
            yield AspectSentiment(aspect, round(sum(scores) / len(scores), 2))


def _score(words: str, language: str) -> float:
    good, bad = _opinions(words, language)
    return (good - bad) / (good + bad + 1)


def _clauses(text: str, language: str) -> list[str]:
    parts = [_words(part, language) for part in _CLAUSE_END.split(text)]
    turns = _turns(language)
    return [clause for part in parts for clause in turns.split(part) if clause.strip()]


@cache
def _turns(language: str) -> re.Pattern[str]:
    """Finds `but` and the like; the space that follows stays with the next clause."""
    words = "|".join(re.escape(phrase[0].rstrip()) for phrase in _list("TURNS", language))
    return re.compile(f"(?:{words})" + ("" if language == "zh" else "(?= )"))


@cache
def _aspect_phrases(language: str) -> dict[Aspect, tuple[Phrase, ...]]:
    return {
        aspect: tuple(
            phrase for code in _languages(language) for phrase in _phrases(lexicon.ASPECTS[code][aspect], code)
        )
        for aspect in ASPECTS
    }


def _urgency(words: str, language: str, text: str, intent: Intent, sentiment: float) -> Urgency:
    said = _urgency_said(words, language, text, sentiment)
    return said or ("low" if intent in CALM_INTENTS and sentiment >= 0 else "normal")


def urgency_said(text: str, language: str, sentiment: float) -> Urgency | None:
    """The urgency that words, capitals or marks say outright; None where none does."""
    return _urgency_said(_words(text, language), language, text, sentiment)


def _urgency_said(words: str, language: str, text: str, sentiment: float) -> Urgency | None:
    if _holds(words, _list("CALM", language)):
        return "low"
    if _holds(words, _list("URGENT", language)) or _shouted(text) or (sentiment < 0 and _exclaimed(text)):
        return "high"
    return None


def mood_said(text: str, language: str) -> float:
    """The sentiment that the lists find in a text, -1 to 1."""
    return _sentiment(_words(text, language), language, text)


def aspects_said(text: str, language: str) -> frozenset[Aspect]:
    """The sides of the purchase that the lists find in a text."""
    words = _words(text, language)
    return frozenset(aspect for aspect, phrases in _aspect_phrases(language).items() if _holds(words, phrases))


def smiles(text: str) -> float:
    """The mood of faces and hearts, -1 to 1."""
    good, bad = sum(letter in _SMILES for letter in text), sum(letter in _FROWNS for letter in text)
    return (good - bad) / (good + bad + 1)


def _shouted(text: str) -> bool:
    """Whether most of a text of some length is in capitals."""
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return capitals >= 12 and capitals > 2 * small


def _exclaimed(text: str) -> bool:
    return "!!" in text or "！！" in text
