"""Which article answers a question: by the meaning of the two, and by the words they share.

An article is found by its title, its headings, the questions it names (`nlp.articles`), its keywords and its text. How
near a question comes to each is a cosine, of sentence vectors and of hashed n-grams (`nlp.ngrams`) weighed by how
few articles hold them. The encoder knows English best, so n-grams count more; without an encoder they count alone.

The weights and from where on an answer is right were chosen on one half of tests/golden/knowledge.csv; what they are
worth on the other half stands in docs/replies.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from nlp import ngrams
from nlp.articles import Article, Part
from nlp.encoder import Encoder

Kind = Literal["question", "keyword", "text"]
_Floats = npt.NDArray[np.float32]

#: how much it counts that a keyword stands in the question (with vectors, without), and the cosines of each kind
_HELD: Final = {True: 0.1, False: 0.2}
_VECTORS: Final[dict[Kind, float]] = {"question": 0.15, "text": 0.4}
_GRAMS: Final[dict[bool, dict[Kind, float]]] = {
    True: {"question": 0.8, "keyword": 0.3, "text": 0.4},
    False: {"question": 1.0, "text": 0.4},
}
#: the score from which on the first article is right, with and without vectors: English, other alphabets, Chinese
_RIGHT: Final = {True: (0.554, 0.625, 0.462), False: (0.577, 0.39, 0.284)}
#: characters of a question that are read
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """The article that comes nearest to a question."""

    article: Article
    #: of its parts the one that fits
    part: Part
    #: 0 to 1; from 0.5 on it is likelier right than not
    sure: float


@dataclass(frozen=True)
class Knowledge:
    """Articles to find by questions."""

    articles: tuple[Article, ...] = ()
    encoder: Encoder | None = None

    def find(self, question: str, language: str, more: tuple[Article, ...] = ()) -> Found | None:
        """The article in a language that comes nearest to a question; None where there is none in it.

        `more`: further articles, in place of those of the same slug and language.
        """
        shelf = _shelf(self._with(more), language, self.encoder)
        return shelf.find(question[:_LONGEST]) if shelf.articles and question.strip() else None

    def has(self, language: str, more: tuple[Article, ...] = ()) -> bool:
        """Whether there are articles in a language."""
        return any(article.language == language for article in (*self.articles, *more))

    def _with(self, more: tuple[Article, ...]) -> tuple[Article, ...]:
        if not more:
            return self.articles
        mine = {(article.slug, article.language) for article in more}
        return (*(article for article in self.articles if (article.slug, article.language) not in mine), *more)


#: of a shop that wrote no articles
NO_ARTICLES: Final = Knowledge()


@lru_cache(maxsize=32)
def _shelf(articles: tuple[Article, ...], language: str, encoder: Encoder | None) -> "_Shelf":
    """What is found in one language; made when it is first asked for, and kept while the articles stay the same."""
    return _Shelf(tuple(article for article in articles if article.language == language), language, encoder)


@dataclass(frozen=True, slots=True)
class _Probe:
    """One text that an article is found by."""

    #: which article, and which of its parts
    article: int
    part: int
    kind: Kind
    text: str


@dataclass(frozen=True)
class _Shelf:
    articles: tuple[Article, ...]
    language: str
    encoder: Encoder | None

    @cached_property
    def probes(self) -> tuple[_Probe, ...]:
        return tuple(probe for number, article in enumerate(self.articles) for probe in _probes(number, article))

    @cached_property
    def vectors(self) -> _Floats:
        assert self.encoder is not None
        return self.encoder.encode([probe.text for probe in self.probes])

    @cached_property
    def idf(self) -> _Floats:
        """log((1 + n) / (1 + df)) + 1: what no article holds weighs most, for it tells that none answers."""
        seen = np.zeros(ngrams.SIZE, np.int64)
        for probe in self.probes:
            seen[np.unique(ngrams.features(probe.text))] += 1
        return (np.log((1 + len(self.probes)) / (1 + seen)) + 1).astype(np.float32)

    @cached_property
    def grams(self) -> tuple[tuple[ngrams.Features, _Floats], ...]:
        return tuple(ngrams.weighed(ngrams.features(probe.text), self.idf) for probe in self.probes)

    @cached_property
    def keywords(self) -> tuple[tuple[int, re.Pattern[str], float], ...]:
        """Each article's keywords as they stand in a question, and the share of it among the articles that hold it."""
        words = [(number, ngrams.plain(word)) for number, one in enumerate(self.articles) for word in one.keywords]
        texts = [" ".join(ngrams.plain(probe.text) for probe in _probes(0, article)) for article in self.articles]
        edge = ("", "") if self.language == "zh" else (r"(?<!\w)", r"(?!\w)")
        return tuple(
            (number, re.compile(f"{edge[0]}{re.escape(word)}{edge[1]}"), 1 / max(1, sum(word in t for t in texts)))
            for number, word in words
            if word
        )

    def find(self, question: str) -> Found:
        near = {"grams": self._near_by_grams(question), "vectors": self._near_by_vectors(question)}
        scores = self._scores(near["grams"], near["vectors"], question)
        best = int(scores.argmax())
        article = self.articles[best]
        both = near["grams"] + near["vectors"]
        # every question that an article names is answered by its beginning, and the text of a part by the part;
        # a keyword is of the article as a whole
        own = [at for at, probe in enumerate(self.probes) if probe.article == best and probe.kind != "keyword"]
        mine = [(self.probes[at].part, both[at]) for at in own]
        part = max(mine, key=lambda found: found[1])[0]
        return Found(article, article.parts[part], self._sure(float(scores[best])))

    def _near_by_grams(self, question: str) -> _Floats:
        asked = np.zeros(ngrams.SIZE, np.float32)
        found, weights = ngrams.weighed(ngrams.features(question), self.idf)
        asked[found] = weights
        return np.array([asked[theirs] @ their_weights for theirs, their_weights in self.grams], np.float32)

    def _near_by_vectors(self, question: str) -> _Floats:
        if self.encoder is None:
            return np.zeros(len(self.probes), np.float32)
        near: _Floats = self.vectors @ self.encoder.encode([question])[0]
        return near

    def _scores(self, grams: _Floats, vectors: _Floats, question: str) -> _Floats:
        """Of each article: what its nearest question, keyword and text have in common with the one asked."""
        has_encoder = self.encoder is not None
        scores = np.zeros(len(self.articles), np.float32)
        for near, weights in ((grams, _GRAMS[has_encoder]), (vectors, _VECTORS if has_encoder else {})):
            for kind, weight in weights.items():
                scores += weight * self._nearest(near, kind)
        plain = ngrams.plain(question)
        held = np.zeros(len(self.articles), np.float32)
        for number, word, share in self.keywords:
            if word.search(plain):
                held[number] = max(held[number], share)
        return scores + _HELD[has_encoder] * held

    def _nearest(self, near: _Floats, kind: Kind) -> _Floats:
        nearest = np.zeros(len(self.articles), np.float32)
        for value, probe in zip(near, self.probes, strict=True):
            if probe.kind == kind:
                nearest[probe.article] = max(nearest[probe.article], value)
        return nearest

    def _sure(self, score: float) -> float:
        """A score as a number from 0 to 1 that means the same in each language."""
        group = 0 if self.language == "en" else 2 if self.language == "zh" else 1
        right = _RIGHT[self.encoder is not None][group]
        return round(min(1.0, max(0.0, 0.5 * score / right)), 3)


def _probes(number: int, article: Article) -> Sequence[_Probe]:
    asked = [(0, text) for text in (article.title, *article.questions)]
    asked += [(at, part.heading) for at, part in enumerate(article.parts) if part.heading]
    return [
        *(_Probe(number, part, "question", text) for part, text in asked),
        *(_Probe(number, 0, "keyword", text) for text in article.keywords),
        *(_Probe(number, at, "text", part.text) for at, part in enumerate(article.parts)),
    ]
