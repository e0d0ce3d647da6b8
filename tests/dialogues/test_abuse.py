"""Abuse is labelled on the ticket, and shown as it was said."""

import pytest

from crm_store import tickets
from tests.dialogues.rehearsal import Rehearsal

ABUSIVE = {
    "en": "You are all idiots, fuck you and your shop",
    "zh": "你们都是傻逼，滚蛋",
    "fr": "Vous êtes tous des connards, allez vous faire foutre",
}


@pytest.mark.parametrize("language", ABUSIVE)
def test_a_ticket_that_opens_with_abuse_says_so(desk: Rehearsal, language: str) -> None:
    ada, maya = desk.customer("Ada", language=language), desk.staff("Maya")

    ada.says(ABUSIVE[language])

    maya.sees("Tags: abuse")
    maya.sees(ABUSIVE[language])


def test_abuse_in_a_ticket_that_goes_on_labels_it_once(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("I want to complain, my lamp came in pieces")
    maya.does_not_see("abuse")

    ada.says(ABUSIVE["en"])
    ada.says(ABUSIVE["en"])

    maya.sees("Tags: abuse")
    with desk.store.read() as connection:
        tagged = [line for line in tickets.timeline(connection, 1) if line.kind == "tagged"]
    assert [(line.actor, line.detail) for line in tagged] == [("bot", "abuse")]


def test_who_is_only_angry_is_not_labelled(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")

    ada.says("This is unacceptable, I am really angry, my lamp came in pieces")

    maya.does_not_see("abuse")
