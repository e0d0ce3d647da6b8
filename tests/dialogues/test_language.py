"""Customers are answered in their language: the one they chose, else the one they write in."""

from pathlib import Path

from tests.dialogues.rehearsal import Rehearsal, quick
from tests.dialogues.test_order_status import an_order

GREETING = {
    "en": "This is My shop",
    "de": "Hier ist My shop",
    "fr": "Vous êtes chez My shop",
    "es": "Le atiende My shop",
    "pt": "Aqui é a My shop",
    "zh": "这里是My shop",
}


def test_a_first_word_in_another_language_than_the_platforms_is_answered_in_it(desk: Rehearsal) -> None:
    for language, words in (("de", "Guten Tag"), ("fr", "Bonjour"), ("es", "Hola, buenos días"), ("zh", "您好")):
        person = desk.customer("Ada", user=f"ada-{language}", language="en")

        person.says(words)

        person.sees(GREETING[language])


def test_somebody_who_says_hi_in_english_is_answered_in_the_language_of_their_platform(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="pt")

    ada.says("Hi")

    ada.sees(GREETING["pt"])


def test_who_begins_without_a_word_is_answered_in_the_language_of_their_platform(desk: Rehearsal) -> None:
    ada, bob = desk.customer("Ada", language="fr"), desk.customer("Bob", language="tr")

    ada.says("/start")
    bob.says("/start")

    ada.sees("Bonjour Ada ! Vous êtes chez My shop")
    bob.sees(GREETING["en"])


def test_the_shop_says_what_is_spoken_to_those_whose_language_nobody_knows(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, quick(language="es")) as desk:
        bob = desk.customer("Bob", language="tr")

        bob.says("/start")

        bob.sees(GREETING["es"])


def test_a_message_in_another_language_is_answered_in_it(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="en")

    ada.says("I want to complain, the lamp came in pieces")
    ada.says("Je voudrais être remboursé, la lampe est cassée")

    ada.sees("with our team")
    desk.staff("Maya").sees("Ada speaks French now.")
    desk.staff("Maya").sees("Language: French")
    ada.says("/help")
    ada.sees("Voici ce que je peux faire")


def test_a_word_or_a_number_changes_nothing(desk: Rehearsal) -> None:
    lin = desk.customer("Lin", language="zh")
    lin.says("我的台灯坏了，我要投诉")

    for words in ("ok", "10023", "thanks", "OK!", "iPhone 15 Pro"):
        lin.says(words)
    lin.says("/privacy")

    lin.sees("My shop为了回复您")
    desk.staff("Maya").does_not_see("speaks")


def test_a_chat_that_mixes_two_languages_is_not_answered_in_turns(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="en")
    english, german = "I would like to complain about my order", "Ich möchte mich über meine Bestellung beschweren"

    ada.says(english)
    for words in (german, english, german, english, german):
        ada.says(words)

    changes = [post for post in desk.staff("Maya").thread() if "speaks" in post.text]
    assert len(changes) == 1, "it became German, and stayed so"

    ada.says(english)
    ada.says("Please tell me when somebody will answer me")

    desk.staff("Maya").sees("Ada speaks English now.")


def test_a_customer_chooses_a_language_and_lets_go_of_it(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="en")

    ada.says("/language")
    ada.sees("Which language shall I answer in? Now: English.")
    ada.presses("Deutsch")
    ada.sees("Ab jetzt antworte ich Ihnen auf Deutsch.")

    ada.says("Where is my order? I have been waiting for two weeks")
    ada.sees("Um welche Bestellung geht es?")

    ada.says("/language auto")
    ada.sees("From now on I answer you in the language you write in.")
    ada.says("/language français")
    ada.sees("Désormais, je vous réponds en français.")
    ada.says("/language Klingon")
    ada.sees("Je ne parle pas Klingon.")


def test_staff_see_that_a_language_was_chosen_and_one_that_the_bot_does_not_have(desk: Rehearsal) -> None:
    ada, emre = desk.customer("Ada", language="en"), desk.customer("Emre", language="ja")
    maya = desk.staff("Maya")

    ada.says("The lamp came in pieces, I want to complain")
    ada.says("/language zh")
    maya.sees("Language: Chinese (chosen)", number=1)
    maya.sees("Ada speaks Chinese now.", number=1)

    emre.says("ランプが壊れていました、返金してください")
    maya.sees("Language: Japanese (the bot answers in English)", number=2)


def test_a_button_of_another_language_than_ours_only_asks_again(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="de")

    desk.run(desk.app.console.press(ada.chat, "", "language", "tlh"))

    ada.sees("In welcher Sprache soll ich antworten? Jetzt: Deutsch.")


def test_an_order_is_shown_in_the_customers_language_with_its_dates(desk: Rehearsal) -> None:
    an_order(desk, "NT-10023")
    told = {
        "en": ("Status: on its way", "Placed: 27 Feb 2026"),
        "de": ("Status: unterwegs", "Bestellt am: 27.02.2026"),
        "zh": ("状态: 运输中", "下单日期: 2026年2月27日"),
        "fr": ("Statut: en route", "Passée le: 27 févr. 2026"),
    }
    for language, lines in told.items():
        person = desk.customer("Ada", user=f"ada-{language}", language=language)

        person.says("NT-10023")

        for line in lines:
            person.sees(line)
