"""Questions that articles answer, who was not helped by them, what is suggested to staff, and what staff keep."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Config, DeskConfig, KnowledgeConfig, Nlp
from bot.demo.knowledge import FOLDER
from crm_store import articles
from crm_store.articles import Vote
from handlers.texts import text
from tests.dialogues.refunding import bought, known
from tests.dialogues.rehearsal import Rehearsal, StaffMember
from tests.dialogues.test_macros import commands
from tests.dialogues.test_order_status import an_order


def opened(folder: Path, **nlp: str) -> Rehearsal:
    config = Config(desk=DeskConfig(undo_seconds=0), knowledge=KnowledgeConfig(folder=str(FOLDER)), nlp=Nlp(**nlp))
    return Rehearsal(folder, config)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with opened(tmp_path) as rehearsal:
        yield rehearsal


def votes(desk: Rehearsal, chat: str) -> list[Vote | None]:
    with desk.store.read() as connection:
        return [articles.vote_on(connection, one.id) for one in desk.said_in(chat) if one.direction == "in"]


@pytest.mark.parametrize(
    ("language", "question", "answer", "source", "yes", "glad"),
    [
        (
            "en",
            "How can I pay?",
            "by Visa, Mastercard",
            "From our help pages: How can I pay?",
            "Yes",
            "Glad to hear it",
        ),
        ("de", "Was kostet der Versand?", "kostet 4,90 €", "Aus unserer Hilfe: Was kostet", "Ja", "Das freut uns"),
        ("zh", "可以怎么付款？", "可以使用 Visa", "来自帮助中心：可以怎么付款", "有帮助", "太好了"),
        ("fr", "Quels sont les délais de livraison ?", "2 à 4 jours", "Extrait de notre aide", "Oui", "ravis"),
        ("es", "¿Cuánto dura la garantía?", "garantía legal", "De nuestra ayuda", "Sí", "Nos alegra"),
        ("pt", "Qual é o valor do frete?", "custa 4,90 €", "Da nossa ajuda", "Sim", "Que bom"),
    ],
)
def test_a_question_is_answered_with_the_article_and_its_source(
    desk: Rehearsal, language: str, question: str, answer: str, source: str, yes: str, glad: str
) -> None:
    ada = desk.customer("Ada", language=language)
    ada.says(question)
    assert answer in ada.screen[-1]
    assert source in ada.screen[-1]
    assert desk.cards() == []
    ada.presses(yes)
    assert glad in ada.screen[-1]
    (vote,) = votes(desk, "ada")
    assert vote is not None
    assert (vote.language, vote.helped) == (language, True)


def test_the_part_that_was_asked_for_is_the_answer(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("When do you charge my credit card?")
    assert ada.screen[-1].startswith("When is my card charged?\nWe charge your card when the parcel leaves")
    ada.does_not_see("Mastercard")


@pytest.mark.parametrize(
    ("language", "question", "no", "passed_on"),
    [("en", "How can I pay?", "No, ask", "request #1"), ("de", "Was kostet der Versand?", "Nein", "#1")],
)
def test_who_was_not_helped_gets_a_person_who_sees_the_question(
    desk: Rehearsal, language: str, question: str, no: str, passed_on: str
) -> None:
    ada, maya = desk.customer("Ada", language=language), desk.staff("Maya")
    ada.says(question)
    ada.presses(no)
    assert passed_on in ada.screen[-1]
    maya.sees(f"Ada\n{question}")
    maya.sees("which did not help")
    assert desk.ticket(1).subject == question
    told = len(ada.screen)
    ada.presses(no)  # twice is once
    assert (len(ada.screen), len(desk.cards())) == (told + 1, 1)
    maya.replies("You can also pay in our shop." if language == "en" else "Das hängt vom Land ab, wohin soll es gehen?")
    assert desk.ticket(1).first_reply_at is not None


def test_who_changes_their_mind_gets_a_person(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("How can I pay?")
    ada.presses("Yes")
    ada.presses("No, ask")
    assert len(desk.cards()) == 1


def test_a_question_that_did_not_help_joins_the_ticket_that_is_open_by_then(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("How can I pay?")
    ada.says("my parcel is wet")
    ada.presses("No, ask")
    assert len(desk.cards()) == 1
    maya.sees("Ada\nHow can I pay?")


def test_who_asks_the_same_again_gets_a_person(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("How can I pay?")
    ada.says("Yes but how can I pay then?")
    maya.sees("Yes but how can I pay then?")
    maya.sees("Said before")


@pytest.mark.parametrize(
    "said",
    [
        "Do you have a shop in Berlin I can visit?",
        "I want to talk to a person about payment methods",
        "I want a refund for my order",
        "my parcel is wet",
        "My tent arrived broken, this is outrageous. How can I return it?",
    ],
)
def test_what_no_article_answers_goes_to_a_person(desk: Rehearsal, said: str) -> None:
    ada = desk.customer("Ada")
    ada.says(said)
    assert len(desk.cards()) == 1
    ada.does_not_see("From our help pages")


@pytest.mark.parametrize(
    ("language", "question", "start"),
    [
        ("en", "How long do I have to return something?", "Start a return"),
        ("en", "I would like to know how long I have to return something", "Start a return"),
        ("de", "Wie lange kann ich etwas zurückgeben?", "Rückgabe beginnen"),
        ("fr", "Combien de temps ai-je pour retourner un article ?", "Commencer un retour"),
    ],
)
def test_a_question_about_returns_is_answered_and_the_return_can_be_begun(
    desk: Rehearsal, language: str, question: str, start: str
) -> None:
    ada = known(desk, language=language)
    bought(desk)
    ada.says(question)
    assert ada.screen[-1].endswith(text("knowledge.helped", language))
    assert "30" in ada.screen[-1]
    ada.presses(start)
    assert ada.screen[-1] == text("refund.why", language)
    assert desk.cards() == []


@pytest.mark.parametrize(
    ("language", "wish"),
    [("en", "I want to return the tent which I bought last week"), ("de", "Ich möchte mein Zelt zurückgeben")],
)
def test_a_wish_to_return_something_begins_the_return(desk: Rehearsal, language: str, wish: str) -> None:
    ada = known(desk, language=language)
    bought(desk)
    ada.says(wish)
    assert ada.screen[-1] == text("refund.why", language)


def test_who_has_nothing_to_return_is_offered_no_return(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("How long do I have to return something?")
    ada.sees("From our help pages")
    assert [button.label for button in desk.sent_to("ada")[-1].buttons] == ["Yes", "No, ask a person"]


def test_a_question_about_returns_while_a_ticket_is_open_is_staffs(desk: Rehearsal) -> None:
    ada, maya = known(desk), desk.staff("Maya")
    bought(desk)
    ada.says("my parcel is wet")
    ada.says("How long do I have to return something?")
    maya.sees("How long do I have to return something?")
    ada.does_not_see("From our help pages")


def test_what_is_known_better_is_not_answered_with_an_article(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    ada = desk.customer("Ada")
    ada.says("when will my order NT-10023 arrive?")
    ada.sees("Status: on its way")
    ada.does_not_see("From our help pages")


def test_while_a_ticket_goes_on_a_question_is_staffs(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says("How can I pay?")
    maya.sees("How can I pay?")
    ada.does_not_see("From our help pages")


@pytest.mark.parametrize("ref", ["", "y", "y:", "n:abc", "n:" + "9" * 40, "n:1", "y:2", "x:3"])
def test_a_forged_button_opens_nothing(desk: Rehearsal, ref: str) -> None:
    ada, eve = desk.customer("Ada"), desk.customer("Eve")
    ada.says("How can I pay?")
    eve.says("hello")
    desk.run(desk.app.console.press(eve.chat, "", "helped", ref))
    eve.sees("That button no longer works")
    assert desk.cards() == []
    assert [vote.helped for vote in votes(desk, "ada") if vote] == [None]


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [("en", "How can I pay?", "Mastercard"), ("zh", "可以怎么付款？", "可以使用 Visa")],
)
def test_articles_answer_without_models_too(tmp_path: Path, language: str, question: str, answer: str) -> None:
    with opened(tmp_path, reader="keywords") as desk:
        ada = desk.customer("Ada", language=language)
        ada.says(question)
        ada.sees(answer)


def test_staff_are_shown_a_suggested_reply_and_use_it(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("I want to talk to somebody about the warranty on tents")
    maya.sees("Suggested reply\nEverything has the legal warranty")
    maya.sees("From the article “What does the warranty cover?”")
    button = next(b for post in maya.thread() for b in post.message.buttons if b.label == "Use")
    form = desk.run(desk.app.form_of(button.action, button.ref, maya.colleague))
    assert form.name == "reply"
    assert form.fields[0].initial.startswith("Everything has the legal warranty of 2 years")
    maya.replies("It has 5 years of warranty.", label="Use")
    ada.sees("It has 5 years of warranty.")


def test_a_macro_is_suggested_as_well_with_its_variables_filled_in(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    commands(maya, "save shop-in-berlin: Hello {customer.first_name}, we have no shop in Berlin that you can visit.")
    ada.says("Do you have a shop in Berlin I can visit?")
    maya.sees("From the macro shop-in-berlin")
    form = desk.run(desk.app.form_of("use_suggestion", "1", maya.colleague))
    assert form.fields[0].initial == "Hello Ada, we have no shop in Berlin that you can visit."


def keeps(maya: StaffMember, ref: str, **answers: str) -> None:
    submit = maya.desk.app.console.staff_submit(maya.colleague, maya.card().id, "article", ref, answers)
    maya.desk.run(submit)


def test_a_good_reply_becomes_an_article_that_answers_the_next_customer(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada Lovelace", user="ada"), desk.staff("Maya")
    ada.says("Do you have a shop in Berlin I can visit?")
    maya.replies("Hello Ada, we have no shop in Berlin. You find our things at Outdoor Mitte, Torstrasse 1, all week.")
    button = next(b for post in maya.thread() for b in post.message.buttons if b.label == "Make an article")
    form = desk.run(desk.app.form_of(button.action, button.ref, maya.colleague))
    assert [field.initial for field in form.fields] == [
        "Do you have a shop in Berlin I can visit?",
        "we have no shop in Berlin. You find our things at Outdoor Mitte, Torstrasse 1, all week.",
        "en",
    ]

    answer = "We have no shop. You find our things at Outdoor Mitte."
    keeps(maya, button.ref, title="Do you have a shop I can visit?", text=answer + " Lovelace NT-10023", language="en")
    maya.sees("It holds what is about one customer alone: Lovelace, NT-10023.")
    maya.presses("Edit")  # opens the form again on the page; here it does nothing

    keeps(maya, button.ref, title="Do you have a shop I can visit?", text=answer, language="en")
    maya.sees("Customers who ask this are now answered with it. Kept by Maya.")
    bob = desk.customer("Bob")
    bob.says("Do you have a shop that I can visit?")
    bob.sees(answer)

    maya.presses("Delete the article")
    maya.sees("Maya deleted the article.")
    eve = desk.customer("Eve")
    eve.says("Do you have a shop that I can visit?")
    eve.does_not_see(answer)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"title": "", "text": "x", "language": "en"}, "It needs a question"),
        ({"title": "x" * 201, "text": "x", "language": "en"}, "It needs a question"),
        ({"title": "x", "text": " ", "language": "en"}, "It needs an answer"),
        ({"title": "x", "text": "x", "language": "tlh"}, "tlh is no language"),
    ],
)
def test_what_is_no_article_is_not_kept(desk: Rehearsal, answers: dict[str, str], problem: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.replies("I am very sorry to hear that. We send a new one today, and you may keep the wet one.")
    ref = next(b.ref for post in maya.thread() for b in post.message.buttons if b.label == "Make an article")
    keeps(maya, ref, **answers)
    maya.sees(problem)
    button = next(b for post in maya.thread() for b in post.message.buttons if b.action == "edit_article")
    form = desk.run(desk.app.form_of("edit_article", button.ref, maya.colleague))
    assert [field.initial for field in form.fields][:1] == [answers["title"]]
    with desk.store.read() as connection:
        assert articles.every(connection) == ()


@pytest.mark.parametrize("ref", ["", "x", "1", "9" * 40])
def test_no_article_is_made_of_what_is_no_reply(desk: Rehearsal, ref: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    assert desk.run(desk.app.form_of("make_article", ref, maya.colleague)) is None
    keeps(maya, ref, title="a title", text="a text", language="en")
    with desk.store.read() as connection:
        assert articles.every(connection) == ()
