"""Asking for a person outright: what counts, and that nothing else does."""

import pytest

from nlp import sentences
from nlp.person import asks_for_person


@pytest.mark.parametrize("text", [
    "Can I please speak with someone?",
    "let me talk to your manager",
    "Connect me to a live agent",
    "talk to a human",
    "Kann ich bitte mit jemandem über meine Rechnung reden?",
    "Verbinden Sie mich bitte mit einem Mitarbeiter",
    "Est-ce que je peux parler avec quelqu'un ?",
    "Mettez-moi en relation avec un conseiller",
    "¿Puedo hablar con alguien?",
    "Páseme con un agente",
    "Posso falar com alguém sobre isto?",
    "passa para um atendente",
    "我要转人工",
    "能不能跟客服说一下",
])  # fmt: skip
def test_a_wish_counts(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", [
    "I don't want to talk to a person",
    "I talked to a person yesterday",
    "I had to speak to three agents and nobody helped",
    "please do not connect the tent to the support pole",
    "Ich will nicht mit einem Mitarbeiter sprechen",
    "Ich habe mit einem Mitarbeiter gesprochen",
    "Je ne veux pas parler à un conseiller",
    "J'ai parlé avec un conseiller hier",
    "No quiero hablar con nadie",
    "Ayer hablé con un agente",
    "Não quero falar com atendente",
    "Falei ontem com uma pessoa",
    "不用转人工",
    "人工费多少钱",
])  # fmt: skip
def test_a_word_does_not(text: str) -> None:
    assert not asks_for_person(text)


def test_of_what_ships_hardly_anything_but_a_wish_for_a_person_is_one() -> None:
    known = sentences.read([sentences.SHIPPED])
    asked = [one for one in known if asks_for_person(one.text)]
    astray = [one.text for one in asked if one.intent != "human" and not one.is_abuse]

    assert len(asked) > 150
    assert len(astray) <= len(asked) // 100, astray
