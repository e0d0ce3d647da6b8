"""Somebody sends a card number: it is in no column of the store, and they are told not to."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from crm_store.schema import Table
from handlers.events import Arrival, FileRef, Location, Said, SharedContact
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.test_order_status import an_order

CARD = "4111 1111 1111 1111"
DIGITS = "4111111111111111"


def stored(desk: Rehearsal) -> Iterator[tuple[str, str]]:
    """Every text in every column of the store, sealed ones opened."""
    with desk.store.read() as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column in table.columns:
                    value = row[column.name]
                    name = f"{table.name}.{column.name.removesuffix('_sealed')}"
                    if isinstance(value, bytes) and column.name.endswith("_sealed"):
                        yield name, desk.store.cipher.open_bytes(name, value).decode("utf-8", "replace")
                    elif isinstance(value, str):
                        yield name, value


def holds_the_card(desk: Rehearsal) -> list[str]:
    return [name for name, value in stored(desk) if DIGITS in re.sub(r"\D", "", value)]


def test_a_card_number_is_in_no_column_and_the_customer_is_told_once(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")

    ada.says(f"I want a refund, my card is {CARD}")
    ada.says(f"once more: {DIGITS}")

    assert holds_the_card(desk) == []
    maya.sees("my card is •••• •••• •••• 1111")
    maya.sees("once more: ••••••••••••1111")
    assert len([told for told in ada.screen if "I have hidden the card number" in told]) == 1


def test_it_is_told_in_chinese_and_french(desk: Rehearsal) -> None:
    lin, chloe = desk.customer("Lin", language="zh"), desk.customer("Chloé", language="fr")

    lin.says("我要退款，卡号是４１１１１１１１１１１１１１１１")
    chloe.says(f"Je veux être remboursée, ma carte est le {CARD}")

    lin.sees("我已隐去您消息中的卡号")
    chloe.sees("J’ai masqué le numéro de carte")
    assert holds_the_card(desk) == []


def test_nothing_that_comes_in_brings_a_card_number_into_the_store(desk: Rehearsal) -> None:
    ada = desk.customer(f"Ada {CARD}", user="ada")
    maya = desk.staff("Maya")
    message = ada.says("The lamp is broken, I want to complain")

    ada.edits(message, f"The lamp is broken, charge {CARD}")
    ada.says("see the photo", FileRef("console", "f1", f"{DIGITS}.jpg", kind="photo"))
    extras = (Location(1.0, 2.0, CARD), SharedContact(CARD, DIGITS, None))
    ada.sends(Said(ada.chat, "m9", desk.time, "", extras=extras, answers=CARD, forwarded_from=CARD))
    maya.writes(f"the card was {CARD}")
    maya.writes(f"> is {CARD} yours?")
    maya.replies(f"is {CARD} really yours?")
    maya.sees("It holds a card number")
    maya.presses("Send anyway")
    note = maya.writes("a note")
    maya.edits(note, f"a note about {CARD}")
    desk.run(desk.app.console.keep_file(f"{CARD}.pdf", "application/pdf", b"%PDF"))
    desk.passes(minutes=1)

    assert holds_the_card(desk) == []
    ada.sees("is •••• •••• •••• 1111 really yours?")
    ada.sees("I have hidden the card number")


def test_a_number_that_is_an_orders_or_a_parcels_stays_whole(desk: Rehearsal) -> None:
    an_order(desk, "5123456789010")
    ada = desk.customer("Ada")

    ada.says("where is my order 5123456789010?")

    ada.sees("Order 5123456789010")
    ada.does_not_see("hidden the card number")


def test_an_album_with_a_card_number_in_one_caption_is_told_of(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="de")
    for number, words in enumerate(("mein Schaden", f"und meine Karte {CARD}")):
        photo = FileRef("console", f"p{number}", f"{number}.jpg", kind="photo")
        said = Said(ada.chat, f"m{number}", desk.time, words, (photo,))
        desk.comes_in([Arrival("console", f"a{number}", "console:ada", said, "album-1")])
    desk.passes(seconds=2)

    ada.sees("Ich habe die Kartennummer in Ihrer Nachricht unkenntlich gemacht")
    assert holds_the_card(desk) == []
