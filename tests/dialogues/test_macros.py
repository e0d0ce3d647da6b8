"""Macros: kept by a command, filled in for the customer, sent by a form or by the command itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Config, Role, Roles, Slack
from handlers.events import Arrival, Colleague, StaffCommanded
from tests.dialogues.rehearsal import Rehearsal, StaffMember, quick
from tests.dialogues.test_order_status import a_customer, an_order


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    with Rehearsal(tmp_path, quick(undo_seconds=0)) as rehearsal:
        yield rehearsal


def commands(maya: StaffMember, typed: str) -> str:
    """What Maya is told of `/macro ...`."""
    staff: Colleague = maya.colleague
    event = StaffCommanded(staff, "tickets", maya.desk.time, "/macro", typed)
    source = f"command {len(maya.was_whispered())} {typed} {maya.desk.time}"
    maya.desk.run(maya.desk.app.receive([Arrival("console", source, "console:command", event)]))
    told = maya.was_whispered()
    return told[-1] if told else ""


def submits(maya: StaffMember, **answers: str) -> None:
    """The Reply form of the newest card, with these answers."""
    card = maya.card()
    number = card.about.removeprefix("card:")
    maya.desk.run(maya.desk.app.console.staff_submit(maya.colleague, card.id, "reply", number, answers))


def test_a_macro_is_kept_shown_and_deleted(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    assert commands(maya, "").startswith("There are no macros yet")
    assert commands(maya, "save Late: Sorry {customer.first_name}, it is late.") == "The macro late (en) is kept."
    assert commands(maya, "save late de: Entschuldigung, es dauert.") == "The macro late (de) is kept."
    assert commands(maya, "save late de: Es dauert leider.") == "The macro late (de) has its new text."
    assert commands(maya, "list") == "Macros\nlate (de, en)"
    assert commands(maya, "show LATE") == "late\nde: Es dauert leider.\nen: Sorry {customer.first_name}, it is late."
    assert commands(maya, "delete late fr") == "The macro late has no text in fr."
    assert commands(maya, "delete late de") == "The macro late is deleted."
    assert commands(maya, "list") == "Macros\nlate (en)"


def test_an_unknown_variable_is_refused_and_the_known_ones_are_named(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    told = commands(maya, "save hello: Hello {customer.mood}!")
    assert told.startswith("Not kept: {customer.mood} is no variable. These are: {customer.name},")
    assert "{order.total}" in told
    assert commands(maya, "list").startswith("There are no macros yet")


@pytest.mark.parametrize("typed", ["dance", "save", "save : x", "use late", "use late on " + "9" * 30, "delete"])
def test_what_makes_no_sense_is_answered_with_how_it_is_done(desk: Rehearsal, typed: str) -> None:
    assert commands(desk.staff("Maya"), typed).startswith("/macro: what there is")


@pytest.mark.parametrize(
    ("language", "said", "macro", "told"),
    [
        (
            "en",
            "my tent arrived with a broken pole",
            "Hello {customer.first_name}, your order {order.number} of {order.placed} over {order.total} "
            "is {order.status}.",
            "Hello Ada, your order NT-1 of February 27, 2026 over €89.90 is on its way.",
        ),
        (
            "de",
            "mein Zelt ist mit einer kaputten Stange angekommen",
            "Hallo {customer.first_name}, Ihre Bestellung {order.number} vom {order.placed} kostet {order.total}.",
            "Hallo Ada, Ihre Bestellung NT-1 vom 27. Februar 2026 kostet 89,90\xa0€.",
        ),
    ],
)
def test_a_macro_is_filled_in_as_the_customers_language_writes_it(
    desk: Rehearsal, language: str, said: str, macro: str, told: str
) -> None:
    key, token = a_customer(desk)
    an_order(desk, "NT-1", key)
    ada, maya = desk.customer("ada_l", language=language), desk.staff("Maya")
    ada.says(f"/start {token}")
    ada.says(said)
    commands(maya, f"save order {language}: {macro}")

    told_maya = commands(maya, "use order on 1")

    assert told_maya == "Ticket #1 is answered with the macro order: its thread shows when it leaves."
    assert ada.screen[-1] == told


def test_an_empty_variable_refuses_to_send_and_is_named(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    commands(maya, "save track: Your parcel {order.tracking} comes with {order.carrier}.")
    before = ada.screen
    empty = "{order.tracking}, {order.carrier}"
    assert commands(maya, "use track on 1").endswith(f"nothing is known for {empty} in the macro track.")
    assert ada.screen == before


def test_what_was_written_beside_a_macro_that_cannot_be_sent_is_not_lost(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    commands(maya, "save track: Your parcel {order.tracking} is on its way.")
    submits(maya, text="Dear Ada, I am sorry.", macro="track")
    maya.sees("Not sent: for this ticket nothing is known for {order.tracking}")
    maya.replies("Dear Ada, I am sorry. Your parcel 123 is on its way.", label="Edit")
    assert ada.screen[-1] == "Dear Ada, I am sorry. Your parcel 123 is on its way."


def test_the_form_offers_macros_and_sends_one_alone_or_below_the_text(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    assert len(desk.run(desk.app.form_of("reply", "1", maya.colleague)).fields) == 1
    commands(maya, "save bye: Kind regards, {agent.first_name} of {shop.name}")
    text, macro = desk.run(desk.app.form_of("reply", "1", maya.colleague)).fields
    assert (text.optional, macro.kind, [option.value for option in macro.options]) == (True, "one", ["bye"])

    submits(maya, text="", macro="bye")
    assert ada.screen[-1] == "Kind regards, Maya of My shop"
    submits(maya, text="We send a new one.", macro="bye")
    assert ada.screen[-1] == "We send a new one.\n\nKind regards, Maya of My shop"
    submits(maya, text="", macro="gone")
    maya.sees("There is no macro gone.")


def test_a_macro_in_another_language_than_the_customers_warns(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada", language="fr"), desk.staff("Maya")
    ada.says("ma tente est arrivée cassée, c'est inacceptable")
    commands(maya, "save bye en: We are sorry for the damage to your parcel.")
    before = ada.screen
    submits(maya, text="", macro="bye")
    maya.sees("The macro has no text in French: this is the one in English.")
    assert ada.screen == before
    maya.presses("Send anyway")
    assert ada.screen[-1] == "We are sorry for the damage to your parcel."


def test_the_total_of_an_order_is_not_told_to_who_only_knows_its_number(desk: Rehearsal) -> None:
    key, _ = a_customer(desk)
    an_order(desk, "NT-10023", key)
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("I want a refund for my order NT-10023")
    commands(maya, "save total: Your order costs {order.total}.")
    assert "{order.total}" in commands(maya, "use total on 1")
    eve.does_not_see("89.90")


def test_who_may_not_answer_neither_sends_nor_changes_macros(tmp_path: Path) -> None:
    roles = Roles(readers=Role(members=("rita",)))
    with Rehearsal(tmp_path, Config(slack=Slack(roles=roles))) as desk:
        ada, maya, rita = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Rita")
        ada.says("my parcel is wet")
        commands(maya, "save late: Sorry, it is late.")
        for typed in ("use late on 1", "delete late", "save late: changed"):
            assert "does not allow this: reply" in commands(rita, typed)
        assert commands(rita, "show late") == "late\nen: Sorry, it is late."
        desk.passes(minutes=1)
        ada.does_not_see("it is late")


def test_who_uses_a_macro_that_is_held_is_told_where_to_look(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    commands(maya, "save shout en: PLEASE READ OUR TERMS before you write.")
    told = commands(maya, "use shout on 1")
    assert told == "Not sent yet: the thread of ticket #1 tells what may be wrong with the macro shout."
    ada.does_not_see("PLEASE READ")
