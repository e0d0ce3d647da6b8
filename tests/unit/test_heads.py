"""What was learnt, asked: two views weighed by language, and a confidence that says how often it is right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nlp.heads import Head, Network, Task, certain

CLASSES = ("refund", "return", "other")
#: by n-grams it is a refund, by the vector a return
GRAMS = np.array([[2.0, 0.0, 0.0, 0.0, 0.0]], np.float32)
VECTOR = np.array([[1.0]], np.float32)
RETURNS = Network(((np.array([[0.0, 0.25, 0.0]], np.float32), np.zeros(3, np.float32)),))


def head(spoken: tuple[tuple[float, ...], ...]) -> Head:
    """Intents in the first three columns, English or German in the others."""
    intent = Task(CLASSES, True, slice(0, 3), RETURNS, (1.0, 0.2), spoken)
    language = Task(("de", "en"), True, slice(3, 5), None, (1.0, 0.0))
    none = np.zeros(0, np.float32)
    return Head(none, none.astype(np.int32), none.astype(np.float16), none, {"intent": intent, "language": language})


def said(weighed: Head, german: float, english: float) -> list[float]:
    grams = GRAMS.copy()
    grams[0, 3:] = german, english
    return list(weighed.chances(grams, VECTOR)["intent"][0])


def test_the_views_are_weighed_as_the_language_asks() -> None:
    by_language = head(((1.0, 0.2, 0, 0, 0), (0.2, 1.0, 0, 0, 0)))

    assert np.argmax(said(by_language, german=9, english=0)) == 0
    assert np.argmax(said(by_language, german=0, english=9)) == 1
    assert said(by_language, german=30, english=0) == pytest.approx(said(head(()), german=0, english=9))


def test_a_class_may_start_behind_the_others() -> None:
    held_back = head(((1.0, 0.2, -5, 0, 0), (1.0, 0.2, -5, 0, 0)))

    assert np.argmax(said(held_back, german=0, english=0)) == 1


def test_a_text_of_two_languages_is_weighed_between_both() -> None:
    by_language = head(((1.0, 0.2, 0, 0, 0), (0.2, 1.0, 0, 0, 0)))
    both = said(by_language, german=0, english=0)

    assert both == pytest.approx(said(head(((0.6, 0.6, 0, 0, 0),) * 2), german=0, english=0))


@given(
    arrays(np.float32, (4, 5), elements=st.floats(-20, 20, width=32)),
    st.floats(0.5, 2),
    st.floats(-2, 2),
)
def test_the_likeliest_stays_it_and_nothing_is_lost(scores: np.ndarray, slope: float, start: float) -> None:
    chances = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float32)
    chances /= chances.sum(axis=1, keepdims=True)

    sure = certain(chances, slope, start)

    assert (sure.argmax(axis=1) == chances.argmax(axis=1)).all()
    assert ((sure >= 0) & (sure <= 1)).all()
    assert (sure.sum(axis=1) <= 1 + 1e-3).all()
