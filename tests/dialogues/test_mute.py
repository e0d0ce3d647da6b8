"""A chat that floods the desk, or that staff mute: nothing of it is lost, and nobody is kept from their work."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import FloodConfig, Moment
from crm_store import customers
from crm_store.schema import AuditEntry, Conversation, TicketEvent
from handlers.events import Arrival, FileRef, Said, Slot, StaffCommanded
from handlers.message import Message
from nlp.meaning import Reading
from tests.dialogues.colleague import fills, opens, sends
from tests.dialogues.rehearsal import Customer, Rehearsal, StaffMember, quick

_number = count()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rehearsal]:
    """Five messages a minute are no flood."""
    flood = FloodConfig(messages=5, per=Moment(minutes=1), mute=Moment(minutes=10))
    with Rehearsal(tmp_path, quick(flood=flood)) as rehearsal:
        yield rehearsal


def flood(customer: Customer, messages: int = 8) -> None:
    for number in range(messages):
        customer.says(f"buy my watches {number}")


def alerts(desk: Rehearsal) -> list[str]:
    return [post.text for post in desk.posts("alerts")]


def the_clock_strikes(desk: Rehearsal) -> None:
    desk.run(desk.app.take_slot(Slot("mutes", desk.time)))


def types(staff: StaffMember, command: str) -> None:
    event = StaffCommanded(staff.colleague, "tickets", staff.desk.time, command)
    arrival = Arrival("console", f"command {next(_number)}", "console:tickets", event)
    staff.desk.run(staff.desk.app.receive([arrival]))


def whispered(staff: StaffMember) -> Message:
    return staff.desk.app.console.whispers(staff.colleague.user, 0)[-1].message


# --- a flood ------------------------------------------------------------------------------------------------------


def test_a_flood_is_kept_answered_once_and_told_to_staff_once(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")

    flood(ada, 12)

    assert len([one for one in desk.said_in("ada") if one.direction == "in"]) == 12, "nothing is lost"
    assert [told for told in ada.screen if "faster than we can read" in told] == [ada.screen[-1]]
    ada.sees("I read on at 09:40")
    maya.sees("buy my watches 4")
    maya.does_not_see("buy my watches 5")
    maya.sees("Muted: until 2 Mar 2026, 09:40, by the desk")
    (alert,) = alerts(desk)
    assert "Ada writes too fast and is muted until 2 Mar 2026, 09:40" in alert
    assert "More than 5 messages in 1 minute" in alert


def test_a_flood_opens_no_tickets(desk: Rehearsal) -> None:
    ada = desk.customer("Ada", language="fr")
    for _ in range(5):
        ada.says("Bonjour")

    ada.says("Je veux être remboursé pour ma commande")
    ada.says("Je veux être remboursé pour ma commande")

    assert desk.cards() == []
    ada.sees("Vous écrivez plus vite que nous ne pouvons lire. Je reprends la lecture à 09:40")


def test_a_flood_is_told_in_chinese(desk: Rehearsal) -> None:
    lin = desk.customer("Lin", language="zh")

    for _ in range(6):
        lin.says("我的台灯坏了，我要投诉")

    lin.sees("您写得太快，我们来不及看。我会在 09:40 继续阅读")


def test_a_flood_costs_no_reading(desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = desk.customer("Ada")
    flood(ada, 6)
    reads: list[str] = []
    read = type(desk.app.reader).read

    def listening(reader: object, text: str) -> Reading:
        reads.append(text)
        return read(desk.app.reader, text)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.app.reader), "read", listening)
    flood(ada, 6)

    assert reads == []


def test_what_was_said_in_a_flood_stands_in_one_line_once_it_is_over(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    flood(ada, 8)

    desk.passes(minutes=9)
    the_clock_strikes(desk)
    maya.does_not_see("While muted")
    desk.passes(minutes=2)
    the_clock_strikes(desk)
    the_clock_strikes(desk)

    maya.sees("While muted, Ada wrote 3 messages: “buy my watches 5” · “buy my watches 6” · “buy my watches 7”")
    assert len([post for post in maya.thread() if "While muted" in post.text]) == 1
    maya.does_not_see("Muted:")
    assert ["The mute ended at 2 Mar 2026, 09:40." in alert for alert in alerts(desk)] == [True]
    ada.says("sorry about that")
    maya.sees("sorry about that")


def test_whoever_writes_after_their_mute_is_heard_at_once(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    flood(ada, 8)

    desk.passes(minutes=11)
    ada.says("are you there again?")

    maya.sees("While muted, Ada wrote 3 messages")
    maya.sees("are you there again?")
    flood(ada, 4)
    assert len(alerts(desk)) == 1, "the bucket was full again"


def test_without_a_ticket_the_line_stands_among_the_alerts(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    for words in ("Hello", "Hello", "Hello", "Hello", "Hello", "my lamp is broken", "my lamp is broken"):
        ada.says(words)

    desk.passes(minutes=11)
    the_clock_strikes(desk)

    assert any("While muted, Ada wrote 2 messages: “my lamp is broken”" in alert for alert in alerts(desk))


def test_who_writes_at_the_pace_of_people_is_never_muted(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")

    for number in range(30):
        ada.says(f"and another thing, number {number}")
        desk.passes(seconds=13)

    assert alerts(desk) == []


def test_an_album_counts_as_one_message_and_one_chats_flood_is_no_others(desk: Rehearsal) -> None:
    ada, bob = desk.customer("Ada"), desk.customer("Bob")
    photos = tuple(FileRef("console", f"{number}", f"{number}.jpg", kind="photo") for number in range(9))

    ada.says("these are all the photos I have", *photos)
    flood(bob, 5)
    ada.says("what do you think?")

    assert alerts(desk) == []


def test_edits_and_presses_draw_from_the_bucket_too_and_an_edit_is_kept(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    message = ada.says("my lamp is broken, I want to complain")

    for number in range(12):
        ada.edits(message, f"edit {number}")

    (kept,) = [one for one in desk.said_in("ada") if one.direction == "in"]
    assert b"edit 11" in kept.body
    maya.does_not_see("edit 5")
    assert len(alerts(desk)) == 1


def test_who_wants_no_more_offers_gets_none_although_they_are_muted(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    flood(ada, 7)

    ada.says("/stop")

    with desk.store.read() as connection:
        customer = connection.scalar(select(Conversation.customer_id))
        assert customers.consents(connection, customer or 0) == {
            "broadcast": False,
            "training": False,
            "surveys": False,
        }
    ada.does_not_see("Done:")


def test_a_shop_can_go_without_a_limit(tmp_path: Path) -> None:
    with Rehearsal(tmp_path, quick(flood=FloodConfig(messages=0))) as desk:
        ada = desk.customer("Ada")
        flood(ada, 30)
        assert alerts(desk) == []


# --- staff --------------------------------------------------------------------------------------------------------


def test_staff_mute_a_chat_and_think_better_of_it(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada", language="de"), desk.staff("Maya")
    ada.says("Kaufen Sie meine Uhren, sehr billig und sehr gut")

    fills(maya, "More", mute="1d")
    ada.says("Kaufen Sie noch mehr Uhren von mir")
    ada.says("Hallo?")

    maya.sees("Maya muted Ada until 3 Mar 2026, 09:30.")
    maya.does_not_see("noch mehr Uhren")
    assert [told for told in ada.screen if "wird zurzeit nicht beantwortet" in told] == [ada.screen[-1]]

    assert fills(maya, "More", mute="now") == ""
    ada.says("Danke, ich bin wieder da")

    maya.sees("Maya unmuted Ada.")
    maya.sees("While muted, Ada wrote 2 messages: “Kaufen Sie noch mehr Uhren von mir” · “Hallo?”")
    maya.sees("Danke, ich bin wieder da")


def test_a_chat_is_muted_for_good(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("buy my watches")

    fills(maya, "More", mute="good")
    desk.passes(days=400)
    the_clock_strikes(desk)
    ada.says("still here")

    maya.sees("Muted: for good, by Maya")
    maya.does_not_see("still here")


def test_more_offers_the_end_of_a_mute_where_there_is_one(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("buy my watches")
    form = opens(maya, "More")
    assert form is not None
    (field,) = (one for one in form.fields if one.name == "mute")
    assert [option.label for option in field.options] == ["1 hour", "1 day", "1 week", "For good"]
    assert sends(maya, form, mute="now") == "That chat is not muted."

    fills(maya, "More", mute="1h")
    again = opens(maya, "More")
    assert again is not None
    (field,) = (one for one in again.fields if one.name == "mute")
    assert field.options[-1].label == "No longer (muted until 2 Mar 2026, 10:30)"


@pytest.mark.parametrize("length", ["2y", "-1", "9" * 40])
def test_a_length_that_nobody_offered_mutes_nobody(desk: Rehearsal, length: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("buy my watches")

    assert fills(maya, "More", mute=length) == "This chat was not muted: choose for how long."
    maya.does_not_see("Muted:")


def test_the_muted_chats_are_listed_and_let_go_from_the_list(desk: Rehearsal) -> None:
    ada, bob, maya = desk.customer("Ada"), desk.customer("Bob"), desk.staff("Maya")
    types(maya, "/spam")
    assert whispered(maya).text == "No chat is muted."
    flood(ada, 7)
    flood(bob, 6)

    types(maya, "/spam")

    told = whispered(maya)
    assert told.title == "2 muted chats"
    assert [fact.label for fact in told.facts] == ["Bob", "Ada"]
    assert told.facts[1].value == "until 2 Mar 2026, 09:40, by the desk · 2 messages since · “buy my watches 6”"
    button = told.buttons[1]
    assert button.label == "Unmute Ada"
    press = desk.app.console.staff_press(maya.colleague, "tickets", "whisper", button.action, button.ref)
    desk.run(press)
    types(maya, "/spam")
    assert whispered(maya).title == "1 muted chat"


@pytest.mark.parametrize("ref", ["999", "card", "", "9" * 40])
def test_a_button_for_a_chat_that_is_not_muted_says_so(desk: Rehearsal, ref: str) -> None:
    maya = desk.staff("Maya")

    desk.run(desk.app.console.staff_press(maya.colleague, "alerts", "1", "unmute", ref))

    assert maya.was_whispered() == ["That chat is not muted."]


def test_two_people_let_a_chat_go_and_the_second_is_told(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    flood(ada, 7)
    ref = desk.posts("alerts")[0].message.buttons[0].ref

    desk.run(desk.app.console.staff_press(maya.colleague, "alerts", "1", "unmute", ref))
    desk.run(desk.app.console.staff_press(tom.colleague, "alerts", "1", "unmute", ref))

    assert tom.was_whispered() == ["That chat is not muted."]
    (alert,) = alerts(desk)
    assert "Maya ended the mute." in alert


def test_all_of_it_stands_in_the_timeline_and_the_audit_log(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    flood(ada, 7)
    fills(maya, "More", mute="now")
    fills(maya, "More", mute="1h")

    told = history(desk)

    assert told["timeline"] == [("bot", "muted"), ("Maya", "unmuted"), ("Maya", "muted")]
    assert told["audit"] == [("bot", "muted"), ("Maya", "unmuted"), ("Maya", "muted")]


def history(desk: Rehearsal) -> dict[str, list[tuple[str, str]]]:
    with desk.store.read() as connection:
        events = connection.execute(select(TicketEvent.actor, TicketEvent.kind).order_by(TicketEvent.id)).all()
        entries = connection.execute(select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id)).all()
    return {
        "timeline": [(actor, kind) for actor, kind in events if "muted" in kind],
        "audit": [(actor, action) for actor, action in entries if "muted" in action],
    }


def test_time_is_that_of_the_platform_so_a_backlog_is_no_flood(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    began = desk.time
    for number in range(12):
        desk.time = began.replace(minute=30 + number)
        desk.comes_in([said_at(ada, number, desk.time)])
    desk.passes(hours=1)

    assert alerts(desk) == [], "twelve messages of twelve minutes, worked off together"


def said_at(customer: Customer, number: int, at: datetime) -> Arrival:
    said = Said(customer.chat, str(number), at, f"message {number}")
    return Arrival("console", f"said {number}", f"console:{customer.chat.chat}", said)
