"""The trained reader: what a customer's text means, by what was learnt from examples.

A text is read as a whole; one of several sentences, or of several wishes in one sentence, also piece by piece, for what
else it asks and how it speaks of each side of a purchase. The same text gives the same reading, alone or in a batch.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from nlp import keywords, ngrams
from nlp.encoder import Encoder
from nlp.entities import Patterns, find
from nlp.heads import Floats, Head, Script
from nlp.language import BY_WORDS_ALONE, is_chinese, language_of
from nlp.meaning import (
    ASK_A_PERSON,
    ASPECTS,
    INTENTS,
    Aspect,
    AspectSentiment,
    Entities,
    Intent,
    Reading,
    Urgency,
)
from nlp.person import asks_for_person

#: characters of a text that are read, and pieces that it is cut into at the most
_LONGEST, _PIECES = 4000, 12
#: words (Chinese: characters) of a piece that is worth reading by itself
_LEAST_WORDS, _LEAST_CHARACTERS = 2, 4
#: intents named beside the first
_RUNNERS_UP: Final = 3
#: intents that are no wish of their own beside another
_NO_WISHES: Final[frozenset[Intent]] = keywords.COURTESIES | {"other"}
#: intents of texts that say what somebody thinks
_OPINIONS: Final[frozenset[Intent]] = frozenset({"complaint", "review", "return", "refund"})
#: how sure a piece has to be to count as a wish of its own
_SURE_OF_A_PIECE: Final = 0.5
#: the share of a text's n-grams that examples hold: below the first nothing is claimed, from the second on everything
_KNOWN: Final[Mapping[Script, tuple[float, float]]] = {"alphabetic": (0.78, 0.93), "chinese": (0.5, 0.68)}
#: how much words of praise and blame count in a mood (docs/models.md has what they are worth)
_WORDS_OF_MOOD: Final[Mapping[Script, float]] = {"alphabetic": 0.3, "chinese": 0.6}
#: letters that a word has at the most
_A_WORD: Final = 20
#: how far what is said of a text in a language without examples can be relied on
_FOREIGN: Final = 0.5
#: said of an order card without words, which a customer sends who presses "ask about this order"
_CARD_ALONE: Final = 0.9
#: a link, or the name of somebody who is written to
_LINK: Final = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+")
#: of a task of yes and no, from when it is a yes
_YES: Final = 0.5
#: how sure a language has to be, where its words name none or one that was learnt, and where they name another
_LANGUAGE_SURE, _LANGUAGE_SURER = 0.6, 0.95

_SENTENCE_END = re.compile(r"(?<=[.!?;。！？；…])\s+|(?<=[。！？；])|\s*\n\s*")
_AND = re.compile(
    r",? \b(?:and also|and|also|plus|but|und außerdem|und|außerdem|aber|et aussi|et|aussi|mais|y también|y|además|pero"
    r"|e também|e|além disso|mas)\b "
    r"|[，,]?(?:还有就是|还有|另外|顺便|以及|但是|不过|可是)[，,]?|，|(?<=[\u3400-\u9fff]),",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TrainedReader:
    """Reads by heads over n-grams and sentence vectors."""

    encoder: Encoder
    heads: Mapping[Script, Head]
    patterns: Patterns = field(default_factory=Patterns)
    #: below this confidence a person decides, whatever the intent
    sure: float = 0.5
    #: by intent, in place of what was learnt
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def read(self, text: str) -> Reading:
        return self.read_all([text])[0]

    def read_all(self, texts: Sequence[str]) -> list[Reading]:
        tidied = [tidy(text) for text in texts]
        pieces = [[short, *_pieces(short)] for short in map(_shortened, tidied)]
        judged = iter(self._judge([piece for each in pieces for piece in each]))
        return [
            self._reading(text, clean, [next(judged) for _ in each])
            for text, clean, each in zip(texts, tidied, pieces, strict=True)
        ]

    def _judge(self, texts: list[str]) -> "list[_Judged]":
        scripts: list[Script] = ["chinese" if is_chinese(text) else "alphabetic" for text in texts]
        judged: dict[int, _Judged] = {}
        for script, head in self.heads.items():
            own = [index for index in range(len(texts)) if scripts[index] == script]
            if own:
                those = [texts[index] for index in own]
                vectors = self.encoder.encode(those) if head.needs_vectors else np.zeros((len(own), 1), np.float32)
                judged.update(zip(own, _judged(those, script, head, vectors), strict=True))
        return [judged[index] for index in range(len(texts))]

    def _reading(self, text: str, clean: str, judged: "list[_Judged]") -> Reading:
        whole, *pieces = judged
        entities = find(clean, self.patterns)
        language = whole.language
        intent, confidence = whole.intents[0] if whole.is_text else _of_no_words(clean, entities)
        if intent in keywords.COURTESIES:
            intent, confidence = _beside_a_courtesy(pieces) or (intent, confidence)
        wishes = _wishes(intent, pieces)
        if "human" not in wishes and asks_for_person(_shortened(clean)):
            wishes = (*wishes, "human")
        moods = [_mood(piece, language) for piece in pieces]
        sentiment = _sentiment(whole, moods, clean, language)
        threshold = max(self.sure, self.thresholds.get(intent, self.heads[whole.script].thresholds.get(intent, 0)))
        is_sure = intent != "other" and confidence >= threshold
        return Reading(
            text=text,
            language=language,
            intent=intent,
            confidence=confidence,
            sentiment=sentiment,
            urgency=_urgency(whole, language, clean, intent, sentiment),
            aspects=_aspects(pieces or [whole], moods or [sentiment], language, intent),
            entities=entities,
            route=intent if is_sure else ASK_A_PERSON,
            runners_up=tuple(found for found in whole.intents if found[0] != intent)[:_RUNNERS_UP]
            if whole.is_text
            else (),
            intents=wishes,
            is_abuse=any(one.is_abuse for one in judged),
            wants_person="human" in wishes,
        )


def tidy(text: str) -> str:
    """A text without what nobody sees: zero-width marks, control characters, halves of characters.

    >>> tidy("re\u200bfund\\x00 please")
    'refund please'
    """
    return "".join(
        " " if letter.isspace() and letter not in "\n\t" else letter
        for letter in text
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )


def _shortened(text: str) -> str:
    """What a long text wants stands at its beginning or its end."""
    return text if len(text) <= _LONGEST else text[: _LONGEST // 2] + "\n" + text[-_LONGEST // 2 :]


def _pieces(text: str) -> list[str]:
    """The sentences of a text, and the parts of those that join several wishes; none where that is the text itself."""
    found = [part for sentence in _SENTENCE_END.split(text) for part in _parts(sentence)]
    worth = [piece for piece in found if _is_worth(piece)]
    if len(worth) > _PIECES:
        worth = [*worth[: _PIECES // 2], *worth[-_PIECES // 2 :]]
    return worth if len(worth) > 1 or (worth and worth[0] != text.strip()) else []


def _parts(sentence: str) -> Iterator[str]:
    parts = _AND.split(sentence)
    worth = [part for part in parts if _is_worth(part)]
    if len(parts) > 1 and worth:
        yield from worth
    else:
        yield sentence


def _is_worth(piece: str) -> bool:
    if is_chinese(piece):
        return sum(map(str.isalpha, piece)) >= _LEAST_CHARACTERS
    return len(piece.split()) >= _LEAST_WORDS


# --- one piece ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """What heads say of one piece of text."""

    text: str
    script: Script
    #: whether there is a word in it
    is_text: bool
    language: str
    #: every intent and how likely it is, likeliest first
    intents: tuple[tuple[Intent, float], ...]
    #: good minus bad, -1 to 1
    opinion: float
    urgency: Urgency
    is_abuse: bool
    #: of each aspect, how likely the piece speaks of it
    aspects: tuple[float, ...]


def _judged(texts: Sequence[str], script: Script, head: Head, vectors: Floats) -> Iterator[_Judged]:
    features = [ngrams.features(text) for text in texts]
    grams = np.stack([head.grams(found) for found in features])
    chances = head.chances(grams, vectors)
    for row, (text, found) in enumerate(zip(texts, features, strict=True)):
        trust = _trust(head.known(found), script)
        yield _judged_one(text, script, head, trust, {name: several[row] for name, several in chances.items()})


def _is_text(text: str) -> bool:
    """Whether there is a word in it: one or two letters over and over are none, nor links, names, order cards."""
    bare = ngrams.plain(text) if ngrams.has_order_card(text) else _LINK.sub(" ", text)
    letters = [letter for letter in text if letter.isalpha()]
    return any(map(str.isalpha, bare)) and (len(letters) <= _A_WORD or len(set(letters)) > 3)


def _intent(head: Head, index: int) -> Intent:
    name = head.tasks["intent"].classes[index]
    return next(intent for intent in INTENTS if intent == name)


def _judged_one(text: str, script: Script, head: Head, trust: float, chances: Mapping[str, Floats]) -> _Judged:
    order = np.argsort(-chances["intent"], kind="stable").tolist()
    sure = chances["intent"].tolist()
    opinion, urgency, abuse = chances.get("opinion"), chances.get("urgency"), chances.get("abuse")
    language = _language(text, chances.get("language"), head, trust)
    if script == "alphabetic" and language in BY_WORDS_ALONE:
        trust *= _FOREIGN  # its letters are known, its words are not
    return _Judged(
        text=text,
        script=script,
        is_text=_is_text(text),
        language=language,
        intents=tuple((_intent(head, index), round(trust * sure[index], 4)) for index in order),
        opinion=0.0 if opinion is None else float(opinion[0] - opinion[2]),
        urgency="normal" if urgency is None else _URGENCIES[int(urgency.argmax())],
        is_abuse=abuse is not None and float(abuse[0]) >= _YES,
        aspects=tuple(chances["aspects"].tolist() if "aspects" in chances else [0.0] * len(ASPECTS)),
    )


_URGENCIES: Final[tuple[Urgency, ...]] = ("low", "normal", "high")


def _trust(known: float, script: Script) -> float:
    """How far what is said of a text can be relied on, 0 to 1: of letters that no example holds, nothing is known."""
    least, enough = _KNOWN[script]
    return min(1.0, max(0.0, (known - least) / (enough - least)))


def _language(text: str, chances: Floats | None, head: Head, trust: float) -> str:
    by_words = language_of(text)
    if chances is None or trust == 0 or not any(map(str.isalpha, text)):
        return by_words
    likeliest = int(chances.argmax())
    # a word or two of a language that was not learnt may be another's as well: "nie" is Polish and German
    enough = _LANGUAGE_SURE if by_words not in BY_WORDS_ALONE else _LANGUAGE_SURER if trust == 1 else 2.0
    is_sure = float(chances[likeliest]) >= enough
    return head.tasks["language"].classes[likeliest] if is_sure else by_words


# --- the whole ------------------------------------------------------------------------------------------------------


def _of_no_words(text: str, entities: Entities) -> tuple[Intent, float]:
    """An order card asks after its order, and so does a number alone, if less surely; signs alone say nothing."""
    if ngrams.has_order_card(text):
        return "order_status", _CARD_ALONE
    if entities.order_ids or entities.tracking_numbers:
        return "order_status", keywords.NUMBER_ALONE
    return "other", keywords.NOTHING_FOUND


def _beside_a_courtesy(pieces: "list[_Judged]") -> tuple[Intent, float] | None:
    """The surest wish of the pieces: thanks with a "but" are no thanks."""
    wishes = [piece.intents[0] for piece in pieces if piece.is_text and piece.intents[0][0] not in _NO_WISHES]
    surest = max(wishes, key=lambda wish: wish[1], default=None)
    return surest if surest is not None and surest[1] >= _SURE_OF_A_PIECE else None


def _wishes(intent: Intent, pieces: "list[_Judged]") -> tuple[Intent, ...]:
    """What the pieces ask for, in the order of the text, the intent of the whole among it."""
    sure = [found[0] for piece in pieces if piece.is_text and (found := piece.intents[0])[1] >= _SURE_OF_A_PIECE]
    wishes = list(dict.fromkeys(wish for wish in sure if wish not in _NO_WISHES))
    if intent not in wishes:
        wishes = [intent] if intent in _NO_WISHES and not wishes else [intent, *wishes]
    return tuple(wishes)


def _mood(piece: "_Judged", language: str) -> float:
    """What was learnt of a piece's mood beside what the lists of words find in it: together they beat either."""
    weight = _WORDS_OF_MOOD[piece.script]
    return (1 - weight) * piece.opinion + weight * keywords.mood_said(piece.text, language)


def _sentiment(whole: "_Judged", moods: list[float], text: str, language: str) -> float:
    """The mood of the whole, and of its pieces where they help: Chinese clauses are too short for one of their own."""
    if not whole.is_text:
        return round(keywords.smiles(text), 2)
    mood = _mood(whole, language)
    if moods and whole.script == "alphabetic":
        mood = (mood + sum(moods) / len(moods)) / 2
    return round(max(-1.0, min(1.0, mood)), 3)


def _urgency(whole: "_Judged", language: str, text: str, intent: Intent, sentiment: float) -> Urgency:
    by_rule = keywords.urgency_said(text, language, sentiment)
    if by_rule is not None:
        return by_rule
    if whole.urgency == "normal" and intent in keywords.CALM_INTENTS and sentiment >= 0:
        return "low"
    return whole.urgency if whole.is_text else "normal"


def _aspects(pieces: "list[_Judged]", moods: list[float], language: str, intent: Intent) -> tuple[AspectSentiment, ...]:
    """Each side of the purchase that is spoken of, with the mood of the pieces that do."""
    found: dict[Aspect, list[float]] = {}
    for piece, mood in zip(pieces, moods, strict=True):
        for aspect in _spoken_of(piece, language, intent):
            found.setdefault(aspect, []).append(mood)
    return tuple(
        AspectSentiment(aspect, round(sum(found[aspect]) / len(found[aspect]), 2))
        for aspect in ASPECTS
        if aspect in found
    )


def _spoken_of(piece: "_Judged", language: str, intent: Intent) -> Collection[Aspect]:
    """The sides a piece names; where no word names one, those that opinions like it were about."""
    said = keywords.aspects_said(piece.text, language)
    if said or intent not in _OPINIONS:
        return said
    return [aspect for aspect, chance in zip(ASPECTS, piece.aspects, strict=True) if chance >= _YES]
