"""A reply that may be wrong waits for a second look: sent anyway once, edited, or dropped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config, DeskConfig, Role, Roles, Slack
from crm_store import customers, tickets
from crm_store.customers import NewCustomer
from crm_store.schema import AuditEntry
from handlers import message as messages
from handlers.events import FileRef
from tests.dialogues.rehearsal import Rehearsal, StaffMember
from tests.dialogues.test_order_status import a_customer, an_order

SHOUTED = "PLEASE READ OUR TERMS before you write."
CALM = "Please have a look at our terms, they tell how it is done."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    limits = Slack(roles=Roles(agents=Role(refund_limit=100)))
    with Rehearsal(tmp_path, Config(desk=DeskConfig(undo_seconds=0), slack=limits)) as rehearsal:
        yield rehearsal


def told(desk: Rehearsal, words: str) -> int:
    """How often Ada was told something."""
    return sum(words in one for one in desk.customer("Ada").screen)


def warning(maya: StaffMember) -> str:
    return next(post.text for post in reversed(maya.thread()) if post.about.startswith("held:"))


def audited(desk: Rehearsal) -> list[tuple[str, str, str | None]]:
    query = select(AuditEntry.actor, AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id)
    with desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_bad_reply_is_held_and_leaves_once_when_it_is_sent_anyway(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    maya.replies(SHOUTED)
    assert told(desk, SHOUTED) == 0
    assert warning(maya) == (
        f"Reply by Maya, not sent yet\n• A part of it is in capitals, which reads as shouting.\n{SHOUTED}"
    )
    stale = next(b for p in maya.thread() for b in p.message.buttons if b.action == "send_anyway")

    tom.presses("Send anyway")
    assert told(desk, SHOUTED) == 1
    maya.sees("Tom sent it anyway:\n• A part of it is in capitals")
    maya.sees("Reply by Maya")
    assert ("Tom", "sent anyway", "shouting") in audited(desk)
    with desk.store.read() as connection:
        lines = [(line.actor, line.kind, line.detail) for line in tickets.timeline(connection, 1)]
    assert [*lines[-3:-1]] == [("Maya", "held", "shouting"), ("Tom", "sent anyway", "shouting")]

    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, "send_anyway", stale.ref))
    assert told(desk, SHOUTED) == 1
    assert "does not wait any more" in maya.was_whispered()[-1]


def test_all_that_is_wrong_stands_in_one_warning(desk: Rehearsal) -> None:
    key, _ = a_customer(desk)
    an_order(desk, "NT-7001", key)
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.replies("Dear [NAME], like for order NT-7001 we will refund you 250 EUR to card 4111 1111 1111 1111.")
    assert warning(maya).splitlines()[1:5] == [
        "• It names what belongs to another customer: NT-7001.",
        "• It holds a card number: •••• •••• •••• 1111.",
        "• Something was left to fill in: [NAME].",
        "• It promises € 250.00, and the limit is € 100.00.",
    ]
    assert told(desk, "Dear") == 0


@pytest.mark.parametrize("contact", ["ada@shop.example", "+49 151 555 0199"])
def test_what_belongs_to_another_customer_is_not_told_by_mistake(desk: Rehearsal, contact: str) -> None:
    with desk.store.begin() as connection:
        other = NewCustomer("C-9", "Grace", "ada@shop.example", "+49 151 555 0199")
        customers.put_customer(connection, desk.store.cipher, other, desk.time)
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.replies(f"We have written to you at {contact}, did you get it?")
    assert "belongs to another customer" in warning(maya)
    ada.says(f"no, and who is {contact}?")
    maya.replies(f"Please forget {contact}, that was my mistake.")
    assert told(desk, "my mistake") == 1  # the customer named it first


def test_the_language_of_the_conversation_is_kept(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada", language="de"), desk.staff("Maya")
    ada.says("mein Zelt ist kaputt angekommen, ich bin sehr enttäuscht")
    maya.replies("Thank you for your message, we will send you a new one tomorrow.")
    assert "It is in English, and the customer writes German." in warning(maya)
    maya.replies("Vielen Dank für Ihre Nachricht, wir schicken Ihnen morgen ein neues.", label="Edit")
    ada.sees("wir schicken Ihnen morgen ein neues")
    ada.does_not_see("Thank you for your message")
    maya.sees("Changed or taken back before it was sent.")


def test_a_typed_reply_is_mended_by_its_edit(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    typed = maya.writes(f"> {SHOUTED}")
    assert told(desk, SHOUTED) == 0
    assert "edit the message itself" in warning(maya)
    first = next(b for p in maya.thread() for b in p.message.buttons if b.action == "send_anyway")
    maya.edits(typed, "> I SAID PLEASE READ THEM before you write.")
    assert told(desk, "I SAID") == 0
    maya.edits(typed, f"> {CALM}")
    assert told(desk, CALM) == 1
    assert [post.buttons for post in maya.thread() if post.about.startswith("held:")] == [[], []]
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, "send_anyway", first.ref))
    assert told(desk, SHOUTED) == 0

    maya.edits(typed, f"> {CALM} Bye.")  # from here on it is an ordinary reply
    assert told(desk, f"{CALM} Bye.") == 1


def test_a_typed_reply_is_mended_by_the_form_of_its_warning(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    label = FileRef("console", "label", "label.pdf", "application/pdf")
    typed = maya.writes(f"> {SHOUTED}", label)
    assert SHOUTED in warning(maya)  # the console's thread shows what was typed nowhere else
    edit = next(b for p in maya.thread() for b in p.message.buttons if b.action == "edit_held")
    form = desk.run(desk.app.form_of(edit.action, edit.ref, tom.colleague))
    assert form.fields[0].initial == SHOUTED
    assert "Tom has the reply form open" in desk.run(desk.app.form_of("reply", "1", maya.colleague)).text

    maya.replies(CALM, label="Edit")
    assert told(desk, CALM) == 1
    assert messages.decode(desk.said_in("ada")[-1].body).files == (label,)
    maya.edits(typed, f"> {CALM} Bye.")
    assert maya.was_whispered()[-1].startswith("This changes nothing: the reply left as the form")
    assert (told(desk, SHOUTED), told(desk, "Bye")) == (0, 0)


def test_who_resolves_a_ticket_is_told_of_a_reply_that_was_not_sent(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    maya.replies(SHOUTED)
    tom.presses("Resolve")
    tom.sees("Tom resolved this ticket.\nA reply is held above and was not sent")
    maya.presses("Reopen")
    maya.presses("Send anyway")
    tom.presses("Resolve")
    assert [post.text for post in tom.thread() if "resolved" in post.text][-1] == "Tom resolved this ticket."


def test_who_resolves_a_ticket_is_told_of_a_reply_that_still_waits(tmp_path: Path) -> None:
    with Rehearsal(tmp_path) as desk:
        ada, maya = desk.customer("Ada"), desk.staff("Maya")
        ada.says("my parcel is wet")
        maya.replies(CALM)
        maya.presses("Resolve")
        maya.sees("Maya resolved this ticket.\nA reply has not reached the customer yet")


def test_a_typed_reply_that_is_sent_anyway_can_still_be_edited(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    typed = maya.writes(f"> {SHOUTED}")
    maya.presses("Send anyway")
    assert told(desk, SHOUTED) == 1
    maya.edits(typed, f"> {CALM}")
    assert told(desk, CALM) == 1
    assert told(desk, SHOUTED) == 0


@pytest.mark.parametrize("change", ["deleted", "made a note"])
def test_a_typed_reply_that_is_meant_no_more_is_dropped(desk: Rehearsal, change: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    typed = maya.writes(f"> {SHOUTED}")
    button = next(b for p in maya.thread() for b in p.message.buttons if b.action == "send_anyway")
    if change == "deleted":
        maya.deletes(typed)
    else:
        maya.edits(typed, SHOUTED)
    assert warning(maya) == "Changed or taken back before it was sent."
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, "send_anyway", button.ref))
    assert told(desk, SHOUTED) == 0


@pytest.mark.parametrize("ref", ["", "card", "9" * 40, "1", "12345678"])
@pytest.mark.parametrize("action", ["send_anyway", "edit_held"])
def test_a_forged_button_sends_nothing(desk: Rehearsal, action: str, ref: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    before = ada.screen
    assert desk.run(desk.app.form_of(action, ref, maya.colleague)) is None
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, action, ref))
    assert ada.screen == before
    assert "does not wait any more" in maya.was_whispered()[-1]


def test_who_opens_the_form_second_is_told_who_writes_already(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")

    def form(staff: StaffMember) -> str:
        return str(desk.run(desk.app.form_of("reply", "1", staff.colleague)).text)

    assert "reply form open" not in form(maya)
    desk.passes(minutes=2)
    assert form(tom).endswith("Maya has the reply form open since 09:30.")
    assert form(maya).endswith("Tom has the reply form open since 09:32.")
    desk.passes(minutes=14)
    assert "Maya has" in form(tom)  # she opened it again at 9:32
    desk.passes(minutes=2)
    assert "Maya has" not in form(tom)


def test_a_form_that_was_sent_in_is_open_no_more(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    maya.replies("We send a new one.")
    assert "reply form open" not in desk.run(desk.app.form_of("reply", "1", tom.colleague)).text


def test_who_was_answered_for_meanwhile_is_told_before_it_is_sent(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    desk.run(desk.app.form_of("reply", "1", tom.colleague))
    desk.passes(minutes=1)
    maya.replies("We send a new one.")
    tom_says = {"text": "Please send it back."}
    desk.run(desk.app.console.staff_submit(tom.colleague, tom.card().id, "reply", "1", tom_says))
    ada.does_not_see("Please send it back.")
    assert "Maya answered at 09:31, while this was written." in warning(tom)
    tom.replies("As Maya said: we send a new one.", label="Edit")
    ada.sees("As Maya said")


def test_an_edit_of_a_reply_that_was_sent_is_looked_at_before_it_leaves(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    typed = maya.writes(f"> {CALM}")
    maya.edits(typed, f"> {SHOUTED}")
    assert (told(desk, CALM), told(desk, SHOUTED)) == (1, 0)
    assert maya.was_whispered()[-1].startswith(
        "The edit was not sent: the customer still has the earlier words.\n• A part of it is in capitals"
    )

    (edit,) = desk.app.console.whispers("maya", 0)[-1].message.buttons
    form = desk.run(desk.app.form_of(edit.action, edit.ref, maya.colleague))
    answers = {"text": SHOUTED}

    def wrong() -> dict[str, str]:
        filled = desk.app.console.submitted(maya.colleague, form.name, form.ref, answers, "tickets")
        return dict(desk.run(desk.app.wrong_in(filled)))

    assert wrong()["text"].endswith("Mend the words, or tick that they are meant so.")
    desk.run(desk.app.console.staff_submit(maya.colleague, maya.card().id, form.name, form.ref, answers))
    assert told(desk, SHOUTED) == 0  # nor when the store was too slow to say so in the form
    answers["anyway"] = "yes"
    assert wrong() == {}
    desk.run(desk.app.console.staff_submit(maya.colleague, maya.card().id, form.name, form.ref, answers))
    assert (told(desk, CALM), told(desk, SHOUTED)) == (0, 1)
    assert ("Maya", "sent anyway", "shouting") in audited(desk)
