"""A message becomes a ticket, staff answer, the ticket ends and begins again."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.channels import Call, OutcomeUnknown, Refused, Sent
from bot.config import Config, Secrets
from handlers import message as messages
from handlers.events import Arrival, Said
from tests.dialogues.colleague import reacts
from tests.dialogues.rehearsal import MORNING, Rehearsal


def test_a_message_becomes_a_ticket_and_the_answer_comes_back(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada Lovelace"), desk.staff("Maya")

    ada.says("The blue jacket arrived torn, I am very disappointed")

    ada.sees("request #1")
    maya.sees("Ada Lovelace")
    maya.sees("arrived torn")
    assert maya.card().buttons == ["Claim", "Reply", "Resolve", "Note", "Snooze", "Wrong kind?", "More"]

    maya.replies("I am sorry! A new one leaves today.")
    ada.does_not_see("A new one leaves today")
    maya.sees("Leaves in 10 s")

    desk.passes(seconds=11)
    ada.sees("A new one leaves today")
    maya.sees("Sent 09:30.")


def test_the_customers_further_messages_go_into_the_thread(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says("and the box is open")
    ada.says("hello?")

    assert len(desk.cards()) == 1
    assert [post.message.quote for post in maya.thread()] == ["my parcel is wet", "and the box is open", "hello?"]
    assert len(ada.screen) == 1


def test_a_new_tickets_thread_begins_with_what_was_said_just_before(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("good morning")
    desk.passes(days=2)
    ada.says("hello")
    ada.says("where is my order?")
    ada.says("my parcel is wet")

    before, said = maya.thread()
    assert before.message.title == "Said before"
    assert [(fact.label, fact.value[:24]) for fact in before.message.facts] == [
        ("The bot", "Hello Ada! This is My sh"),
        ("Ada", "where is my order?"),
        ("The bot", "Which order is it about?"),
    ]
    assert said.message.quote == "my parcel is wet"

    maya.presses("Resolve")
    desk.passes(hours=73)
    ada.says("now the zip is broken")
    assert len(maya.thread(2)) == 1


def test_a_long_message_is_cut_on_the_card_at_a_word(desk: Rehearsal) -> None:
    desk.customer("Ada").says("The blue jacket arrived torn. " * 10)
    quote = desk.cards()[0].message.quote
    assert quote.endswith("arrived torn. The blue jacket…")
    assert len(quote) <= 200


def test_what_staff_write_in_the_thread_stays_inside(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("she is a difficult one")
    desk.passes(minutes=1)
    ada.does_not_see("difficult")


def test_a_thread_message_with_the_prefix_reaches_the_customer(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> Sorry for that!")
    desk.passes(seconds=10)
    assert ada.screen[-1] == "Sorry for that!"


def test_a_reply_can_be_taken_back_for_ten_seconds(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> You are an idiot")
    desk.passes(seconds=9)
    maya.presses("Undo")
    desk.passes(minutes=5)
    ada.does_not_see("idiot")
    maya.sees("Taken back")


def test_undo_comes_too_late_once_it_left(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> Sorry")
    undo = next(button for post in maya.thread() for button in post.message.buttons if button.label == "Undo")
    desk.passes(seconds=10)
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, undo.action, undo.ref))
    assert maya.was_whispered() == ["Too late: it has left already."]
    ada.sees("Sorry")


def test_a_customer_is_answered_once_the_reply_has_left(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    desk.passes(minutes=5)
    written = desk.time
    maya.replies("Sorry for that!")
    assert desk.ticket(1).waiting_since == MORNING
    assert desk.ticket(1).first_reply_at is None

    desk.passes(seconds=10)
    assert desk.ticket(1).waiting_since is None
    assert desk.ticket(1).first_reply_at == written
    maya.does_not_see("Waiting since")

    desk.passes(minutes=5)
    maya.replies("Sorry for that, Ada!", label="Edit")
    assert desk.ticket(1).first_reply_at == written


@pytest.mark.parametrize("second_thought", ["undo", "delete"])
def test_a_reply_taken_back_leaves_the_customer_waiting(desk: Rehearsal, second_thought: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    desk.passes(minutes=5)
    message = maya.writes("> You are an idiot")
    if second_thought == "undo":
        maya.presses("Undo")
    else:
        maya.deletes(message)
    desk.passes(minutes=5)
    ada.does_not_see("idiot")
    assert desk.ticket(1).waiting_since == MORNING
    assert desk.ticket(1).first_reply_at is None


@pytest.mark.parametrize(
    ("failure", "label"), [(Refused("blocked.", blocked=True), "Retry"), (OutcomeUnknown("no answer.", None), "Retry"),
                           (OutcomeUnknown("no answer.", None), "It arrived")]
)  # fmt: skip
def test_a_reply_that_does_not_arrive_leaves_the_customer_waiting(
    desk: Rehearsal, monkeypatch: pytest.MonkeyPatch, failure: Exception, label: str
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    perform = desk.app.console.perform

    async def fails_for_ada(call: Call) -> Sent:
        if call.place == "ada":
            raise failure
        return await perform(call)

    async def cannot_tell(call: Call) -> None:
        raise OutcomeUnknown("nobody knows.", None)

    written = desk.time
    maya.writes("> Sorry for that!")
    with monkeypatch.context() as broken:
        broken.setattr(desk.app.console, "perform", fails_for_ada)
        broken.setattr(desk.app.console, "find", cannot_tell)
        desk.passes(seconds=10)
    assert desk.ticket(1).waiting_since == MORNING
    assert desk.ticket(1).first_reply_at is None
    maya.sees("Waiting since")

    maya.presses(label)
    assert desk.ticket(1).waiting_since is None
    assert desk.ticket(1).first_reply_at == written


def test_what_the_customer_says_while_a_reply_waits_is_still_to_be_answered(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    desk.passes(minutes=5)
    maya.writes("> Sorry for that!")
    desk.passes(seconds=5)
    asked = desk.time
    ada.says("and where is my money?")
    desk.passes(seconds=10)
    ada.sees("Sorry for that!")
    assert desk.ticket(1).waiting_since == asked
    assert desk.ticket(1).first_reply_at == MORNING + timedelta(minutes=5)

    maya.writes("> It is on its way")
    desk.passes(seconds=10)
    assert desk.ticket(1).waiting_since is None


def test_what_the_customer_changes_while_a_reply_waits_is_still_to_be_answered(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    parcel = ada.says("my parcel is wet")
    desk.passes(minutes=5)
    maya.writes("> Sorry for that!")
    desk.passes(seconds=5)
    changed = desk.time
    ada.edits(parcel, "my parcel is lost")
    desk.passes(seconds=10)
    assert desk.ticket(1).waiting_since == changed

    maya.writes("> We look for it")
    desk.passes(seconds=10)
    assert desk.ticket(1).waiting_since is None


def test_an_edit_of_an_earlier_reply_leaves_the_newer_wait_as_it_is(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> It leaves on Monday")
    desk.passes(seconds=10)
    ada.says("which one?")
    desk.passes(minutes=1)
    maya.writes("> The next one")
    desk.passes(minutes=1)
    asked = desk.time
    ada.says("at what time?")
    maya.edits(message, "> It leaves on Tuesday")
    assert desk.ticket(1).waiting_since == asked


def test_claim_resolve_and_reopen_change_the_card(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Claim")
    maya.sees("Assignee: Maya")
    assert "Claim" not in maya.card().buttons
    reacts(maya, "eyes", maya.card().id)
    assert maya.was_whispered() == ["Ticket #1 is yours already."]
    assert [post.text for post in maya.thread()].count("Maya took this ticket.") == 1
    maya.presses("Resolve")
    assert maya.card().buttons == ["Reopen", "Reply", "Note", "More"]
    maya.presses("Reopen")
    assert desk.ticket(1).status == "open"


def test_a_ticket_taken_over_says_from_whom(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    maya.presses("Claim")
    reacts(tom, "eyes", tom.card().id)
    maya.sees("Tom took this ticket over from Maya.")
    maya.sees("Assignee: Tom")


def test_a_new_message_soon_after_reopens_and_later_opens_a_linked_one(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Resolve")
    desk.passes(hours=71)
    ada.says("it is wet again")
    assert desk.ticket(1).status == "open"
    ada.sees("opened your request #1 again")
    maya.sees("Ada wrote again: this ticket is open again.")

    maya.presses("Resolve")
    desk.passes(hours=73)
    ada.says("now the zip is broken")
    assert desk.ticket(2).follows_id == 1
    maya.sees("Follows #1", number=2)


def test_a_customers_edit_shows_before_and_after(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    message = ada.says("my parcel is wet")
    ada.edits(message, "my parcel is dry")
    maya.sees("Before: my parcel is wet\nAfter: my parcel is dry")
    maya.sees("Ada edited a message")
    assert maya.card().message.quote == "my parcel is dry"
    assert desk.ticket(1).subject == "my parcel is dry"

    later = ada.says("my parcel is dry")
    ada.edits(later, "or is it?")
    assert maya.card().message.quote == "my parcel is dry"


def test_a_staff_edit_of_a_sent_reply_changes_what_the_customer_reads(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> It leaves on Monday")
    desk.passes(seconds=10)
    maya.edits(message, "> It leaves on Tuesday")
    assert ada.screen[-1] == "It leaves on Tuesday"


def test_a_staff_edit_before_it_left_changes_what_leaves(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes("> It leaves on Monday")
    maya.edits(message, "> It leaves on Tuesday")
    desk.passes(seconds=10)
    assert ada.screen[-1] == "It leaves on Tuesday"
    assert not any("Monday" in line for line in ada.screen)


def test_a_reply_from_the_form_is_edited_by_a_form(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.replies("It leaves on Monday")
    desk.passes(minutes=10)
    maya.replies("It leaves on Tuesday", label="Edit")
    assert ada.screen[-1] == "It leaves on Tuesday"
    maya.sees("It leaves on Tuesday\nEdited 09:40.")

    desk.passes(days=1)
    maya.replies("It leaves on Wednesday", label="Edit")
    maya.sees("Edited 3 Mar 2026, 09:40.")


def test_the_reply_form_says_whom_it_is_for_and_what_they_said_last(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada Lovelace"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.says("and the box\nis open")
    maya.writes("she is right")
    form = desk.run(desk.app.form_of("reply", "1", desk.staff("Maya").colleague))
    assert (form.title, form.text) == ("Reply to Ada Lovelace", "Ada Lovelace: and the box · is open")
    for ref in ("999", "x", "9" * 30):
        assert desk.run(desk.app.form_of("reply", ref, desk.staff("Maya").colleague)).title == "Reply"


def test_a_blocked_bot_is_told_to_staff(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.blocks()
    maya.sees("Ada has blocked the bot")
    desk.passes(minutes=1)
    ada.blocks(False)
    maya.sees("Ada has let the bot in again")


def test_greetings_and_commands_need_no_person(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("hello")
    ada.says("/help")
    ada.says("/privacy")
    ada.says("/stop")
    assert desk.cards() == []
    assert len(ada.screen) == 4


def test_privacy_names_the_platforms_that_carry_the_chat(tmp_path: Path) -> None:
    with Rehearsal(tmp_path / "alone") as desk:
        ada = desk.customer("Ada")
        ada.says("/privacy")
        ada.does_not_see("Slack")
        ada.does_not_see("Telegram")
    secrets = Secrets(telegram_bot_token="42:" + "a" * 35, slack_bot_token="xoxb-1", slack_app_token="xapp-1")
    with Rehearsal(tmp_path / "connected", Config(secrets=secrets)) as desk:
        ada = desk.customer("Ada")
        telegram = replace(ada.chat, channel="telegram", account="bot")
        desk.comes_in([Arrival("telegram", "1", "telegram:ada", Said(telegram, "1", desk.time, "/privacy"))])
        desk.decide()
        told = messages.decode(desk.said_in("ada")[-1].body).text
        assert "This chat runs over Telegram, which keeps it too." in told
        assert "Our staff read and answer in Slack, which keeps a copy." in told


@pytest.mark.parametrize("command", ["/Help", "/PRIVACY", "/Stop@ShopBot", "/START"])
def test_a_command_is_known_however_it_is_written(desk: Rehearsal, command: str) -> None:
    ada = desk.customer("Ada")
    ada.says(command)
    assert len(ada.screen) == 1
    assert desk.posts("alerts") == []


def test_a_photo_reaches_staff_whatever_its_words_begin_with(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    photo = desk.run(desk.app.console.keep_file("torn.png", "image/png", b"\x89PNG"))
    ada.says("/help it came torn", photo)
    maya.sees("torn.png")


def test_a_thank_you_does_not_reopen_what_was_resolved(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Resolve")
    ada.says("Thanks a lot!")
    ada.sees("You are welcome")
    maya.sees("Thanks a lot!")
    assert desk.ticket(1).status == "resolved"
    ada.says("thanks, but it is still broken")
    assert desk.ticket(1).status == "open"


@pytest.mark.parametrize("hello", ["Hi there!", "Guten Tag", "你好"])
def test_a_hello_does_not_reopen_what_was_resolved_and_what_follows_does(desk: Rehearsal, hello: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Resolve")
    ada.says(hello)
    assert not desk.ticket(1).is_open
    assert "request #1" not in ada.screen[-1]
    ada.says("the parcel you sent again is wet too")
    assert desk.ticket(1).is_open


@pytest.mark.parametrize(
    ("language", "can"),
    [
        ("en", "get an invoice"),
        ("zh", "要发票"),
        ("de", "Rechnung"),
        ("fr", "facture"),
        ("es", "factura"),
        ("pt", "fatura"),
    ],
)
def test_help_names_what_the_desk_does_by_itself(desk: Rehearsal, language: str, can: str) -> None:
    ada = desk.customer("Ada", language=language)
    ada.says("/help")
    assert can in ada.screen[-1]
    assert "/link" in ada.screen[-1]


def test_an_unknown_command_is_answered_with_help_and_makes_no_ticket(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    ada.says("/foo@ShopBot")
    ada.sees("I do not know /foo. Here is what I can do")
    assert desk.cards() == []
