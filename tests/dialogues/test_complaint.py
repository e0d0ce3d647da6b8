"""A complaint is answered in its tone and language, and comes in the order of what is at stake."""

import pytest
from sqlalchemy import update

from crm_store.schema import CustomerStats
from handlers.priority import of_complaint
from handlers.texts import LANGUAGES, text
from tests.dialogues.rehearsal import Rehearsal


@pytest.mark.parametrize(
    ("language", "words", "answer"),
    [
        ("en", "The jacket arrived broken, this is unacceptable, I am furious!", "I am very sorry"),
        ("es", "Estoy muy enfadada, el paquete llegó roto, es una vergüenza", "Lo siento mucho"),
        ("es", "Me quejo de la calidad de la chaqueta", "Gracias por contárnoslo"),
    ],
)
def test_somebody_upset_is_told_sorry_first_and_somebody_calm_is_thanked(
    desk: Rehearsal, language: str, words: str, answer: str
) -> None:
    ada = desk.customer("Ada", language=language)
    ada.says(words)
    assert ada.screen[0].startswith(answer)
    assert "#1" in ada.screen[0] or "n.º 1" in ada.screen[0]
    assert desk.ticket(1).kind == "complaint"
    assert len(desk.staff("Maya").thread()) == 1, "staff are not told what every customer is told"


def test_a_complaint_with_a_photo_is_one_too(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    photo = desk.run(desk.app.console.keep_file("torn.png", "image/png", b"\x89PNG"))
    ada.says("The jacket arrived broken, this is unacceptable, I am furious!", photo)
    ada.sees("I am very sorry")


def test_while_a_ticket_is_open_a_complaint_goes_into_its_thread(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("I want my money back")
    ada.says("The jacket arrived broken, this is unacceptable, I am furious!")
    assert len(ada.screen) == 1
    assert len(desk.cards()) == 1


def test_who_may_be_lost_comes_first(desk: Rehearsal) -> None:
    ada, bea = desk.customer("Ada"), desk.customer("Bea")
    for one in (ada, bea):
        one.says("hello")
    with desk.store.begin() as connection:
        connection.execute(update(CustomerStats).where(CustomerStats.customer_id == 1).values(spend_base=50_000))
        connection.execute(update(CustomerStats).where(CustomerStats.customer_id == 2).values(spend_base=49_999))
    for one in (ada, bea):
        one.says("This is disgusting, the jacket arrived broken and your service is horrible")
    assert desk.ticket(1).priority == "urgent"
    assert desk.ticket(2).priority == "high"


@pytest.mark.parametrize(
    ("urgency", "sentiment", "is_valued", "is_abuse", "priority"),
    [
        ("low", 0.5, False, False, "normal"),
        ("normal", -0.69, False, False, "normal"),
        ("normal", -0.7, False, False, "high"),
        ("normal", 0.0, True, False, "high"),
        ("high", 0.0, False, False, "high"),
        ("low", 0.0, False, True, "high"),
        ("high", -1.0, False, False, "urgent"),
        ("normal", -1.0, True, False, "urgent"),
        ("high", -1.0, True, True, "urgent"),
    ],
)
def test_a_complaints_priority(urgency: str, sentiment: float, is_valued: bool, is_abuse: bool, priority: str) -> None:
    found = of_complaint(urgency, sentiment, is_valued=is_valued, is_abuse=is_abuse)  # type: ignore[arg-type]
    assert found == priority


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_both_tones(language: str) -> None:
    said = {text(f"complaint.{tone}", language, ticket=77) for tone in ("angry", "calm")}
    assert len(said) == 2
    assert all("77" in one for one in said)
