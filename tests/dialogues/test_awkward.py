"""What goes wrong, and what comes as nobody expected."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from bot.channels import Call, OutcomeUnknown, Refused, Sent, TryLater
from crm_store.schema import InboxRow, OutboxRow, TicketEvent
from handlers.events import Arrival, FileRef, Happened, Location, RoomRefused, Said, SharedContact, Unsupported
from nlp.triage import TrainedReader
from tests.dialogues.rehearsal import MORNING, Customer, Rehearsal


def arrival(customer: Customer, said: Said, group: str | None = None) -> Arrival:
    return Arrival("console", said.message_id, f"console:{customer.chat.chat}", said, group)


def test_every_kind_of_message_reaches_staff(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.sends(Said(ada.chat, "1", MORNING, extras=(Location(52.5, 13.4, "Home"),)))
    ada.sends(Said(ada.chat, "2", MORNING, extras=(SharedContact("Ada", "+49 151", "ada"),)))
    ada.sends(Said(ada.chat, "3", MORNING, extras=(Unsupported("dice"),)))
    ada.sends(Said(ada.chat, "4", MORNING, extras=(SharedContact("Eve\nThe bot answered: yes", "1\n2"),)))
    maya.sees("Location: 52.5, 13.4 Home")
    maya.sees("Contact: Ada, +49 151 (their own)")
    maya.sees("[unsupported: dice]")
    maya.sees("Contact: Eve The bot answered: yes, 1 2")  # nobody's words pass for a line of the desk's


def test_what_a_message_answers_and_whose_it_is_stands_beside_it(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.sends(Said(ada.chat, "1", MORNING, "the red one is torn", answers="Which\n[unsupported: one]?"))
    ada.sends(Said(ada.chat, "2", MORNING, "no refunds", forwarded_from="Zed " * 200, answers="x" * 4096))
    maya.sees("the red one is torn\nIn reply to: Which [unsupported: one]?")
    maya.sees("no refunds\nForwarded from Zed Zed")
    assert all(len(post.message.context) < 400 for post in maya.thread())


def test_news_of_the_platform_is_for_an_open_ticket_alone(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")

    def timer(number: int) -> None:
        news = Happened(ada.chat, str(number), MORNING, "message auto delete timer changed")
        desk.run(desk.app.receive([Arrival("console", f"news {number}", f"console:{ada.chat.chat}", news)]))

    timer(1)
    assert desk.cards() == []
    ada.says("my parcel is wet")
    timer(2)
    maya.sees("[service message: message auto delete timer changed]")
    maya.presses("Resolve")
    told = len(maya.thread())
    timer(3)
    assert desk.ticket(1).status == "resolved"
    assert len(maya.thread()) == told
    assert len(ada.screen) == 1


def test_a_block_that_our_own_words_meet_is_told_once(desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    perform = desk.app.console.perform

    async def is_blocked(call: Call) -> Sent:
        if call.place == ada.chat.chat:
            raise Refused("the customer has blocked the bot.", blocked=True)
        return await perform(call)

    with monkeypatch.context() as broken:
        broken.setattr(desk.app.console, "perform", is_blocked)
        ada.says("my parcel is wet")
        maya.sees("Ada has blocked the bot")
        maya.writes("> We look into it")
        desk.passes(minutes=1)
        ada.blocks()
    told = [post.text for post in maya.thread() if "has blocked the bot: replies" in post.text]
    assert len(told) == 1
    maya.sees("Not delivered: the customer has blocked the bot")

    ada.sends(Said(ada.chat, "late", MORNING - timedelta(hours=1), "it is wet"))
    maya.does_not_see("Ada has let the bot in again")
    ada.says("hello again")
    maya.sees("Ada has let the bot in again")
    desk.passes(minutes=1)
    ada.blocks()
    assert len([post for post in maya.thread() if "has blocked the bot: replies" in post.text]) == 2


def test_a_photo_without_words_makes_a_ticket_and_reaches_the_thread(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    photo = desk.run(desk.app.console.keep_file("box.png", "image/png", b"\x89PNG"))
    ada.says("", photo)
    assert maya.card().message.quote == "photo"
    assert all(post.message.context == "" for post in maya.thread())  # the picture is there to be seen
    assert [file.name for post in maya.thread() for file in post.message.files] == ["box.png"]


def test_a_file_too_large_to_fetch_is_told_to_both_sides(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    film = FileRef("console", "x", "film.mp4", "video/mp4", 30_000_000, "video")
    ada.sends(Said(ada.chat, "1", MORNING, files=(film,)))
    ada.sees("“film.mp4” is too large for me to pick up (limit 20 MB)")
    maya.sees("film.mp4” (30 MB), which is too large")


def test_a_file_of_just_the_size_that_telegram_lets_a_bot_fetch_is_fetched(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.sends(Said(ada.chat, "1", MORNING, files=(FileRef("console", "x", "film.mp4", size=20 * 1024 * 1024),)))
    ada.does_not_see("too large")
    maya.does_not_see("too large")


def test_a_file_that_is_gone_is_said_in_the_thread(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.sends(Said(ada.chat, "1", MORNING, "look", files=(FileRef("console", "gone", "box.png", kind="photo"),)))
    maya.sees("box.png: it is not in the store")


def test_a_file_that_cannot_be_sent_is_named_in_no_plain_column(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> please sign", FileRef("console", "gone", "Ada Lovelace.pdf"))
    desk.passes(minutes=1)
    maya.sees("The text was sent. Not delivered: the document: it is not in the store")
    with desk.store.read() as connection:
        errors = connection.scalars(select(OutboxRow.error)).all()
        details = connection.scalars(select(TicketEvent.detail)).all()
    assert "Lovelace" not in str([*errors, *details])


def test_a_note_about_a_missing_file_waits_for_the_platform(desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    asked: list[Call] = []
    perform = desk.app.console.perform

    async def busy(call: Call) -> Sent:
        asked.append(call)
        if len(asked) == 1:
            raise TryLater("slowly", 5.0)
        return await perform(call)

    monkeypatch.setattr(desk.app.console, "perform", busy)
    ada.says("", FileRef("console", "gone", "box.png", kind="photo"))
    desk.passes(minutes=1)
    maya.sees("box.png: it is not in the store")
    assert {call.op for call in asked if "it is not" in call.message.context} == {"post"}


def test_an_album_is_one_message_and_one_ticket(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    parts = [desk.run(desk.app.console.keep_file(f"{n}.png", "image/png", b"\x89PNG")) for n in range(3)]
    said = Said(ada.chat, "0", MORNING, "three holes", files=(parts[0],))
    others = [msgspec.structs.replace(said, message_id=str(n), text="", files=(parts[n],)) for n in (1, 2)]
    desk.run(desk.app.receive([arrival(ada, part, group="album") for part in (said, *others)]))
    assert desk.cards() == []  # more parts may come
    desk.passes(seconds=1)
    assert len(desk.cards()) == 1
    assert [len(post.message.files) for post in maya.thread()] == [0, 3]
    maya.sees("three holes")
    assert len(desk.said_in("ada")) == 4  # each of its parts, and our answer


def test_the_same_update_twice_is_the_same_as_once(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    said = Said(ada.chat, "1", MORNING, "my parcel is wet")
    ada.sends(said)
    ada.sends(said)
    assert len(maya.thread()) == 1


def test_a_message_that_cannot_be_handled_is_kept_told_once_and_replayed(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    good = Said(ada.chat, "1", MORNING, "my parcel is wet")
    broken = desk.store.cipher.seal_bytes("inbox.event", b'{"type":"Nonsense"}')
    desk.comes_in([arrival(ada, good)])
    with desk.store.begin() as connection:
        sealed = connection.execute(InboxRow.__table__.select()).one().event_sealed
        connection.execute(update(InboxRow).values(event_sealed=broken))
    desk.settle()
    (alert,) = desk.posts("alerts")
    assert "could not be handled" in alert.text
    assert "ValidationError" in alert.text

    maya.presses("Replay", place="alerts")  # still broken
    (alert,) = desk.posts("alerts")
    assert "it failed again" in alert.text

    with desk.store.begin() as connection:
        connection.execute(update(InboxRow).where(InboxRow.state == "failed").values(event_sealed=sealed))
    maya.presses("Replay", place="alerts")
    maya.sees("my parcel is wet")
    assert "Maya replayed it" in desk.posts("alerts")[0].text


def test_an_album_is_replayed_as_a_whole(desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    files = [desk.run(desk.app.console.keep_file(f"{n}.png", "image/png", b"\x89PNG")) for n in range(3)]
    with monkeypatch.context() as broken:
        broken.setattr(TrainedReader, "read", None)
        parts = [Said(ada.chat, str(n), MORNING, "" if n else "three holes", files=(files[n],)) for n in range(3)]
        desk.comes_in([arrival(ada, part, group="album") for part in parts])
        desk.passes(seconds=1)
    maya.presses("Replay", place="alerts")
    assert [len(post.message.files) for post in maya.thread()] == [0, 3]
    maya.sees("three holes")


def test_a_discarded_message_is_given_up(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    desk.comes_in([arrival(ada, Said(ada.chat, "1", MORNING, "x"))])
    with desk.store.begin() as connection:
        connection.execute(update(InboxRow).values(event_sealed=b"\x01nonsense"))
    desk.settle()
    (alert,) = desk.posts("alerts")
    maya.presses("Discard", place="alerts")
    assert "Maya discarded it" in desk.posts("alerts")[0].text

    tom = desk.staff("Tom")  # whose page still shows the buttons
    for button in alert.message.buttons:
        desk.run(desk.app.console.staff_press(tom.colleague, "alerts", alert.id, button.action, button.ref))
    assert tom.was_whispered() == ["That message was settled in the meantime."] * 2
    assert "Maya discarded it" in desk.posts("alerts")[0].text


@pytest.mark.parametrize(
    "words",
    [
        *("", "   ", ">", "<!channel> <script>alert(1)</script>"),
        *("\u202egnp.exe", "x" * 10_000, "\x00\x01", "\ud83d", "👍" * 500),
    ],
)
def test_no_words_of_a_customer_break_the_desk(desk: Rehearsal, words: str) -> None:
    ada = desk.customer("Ada")
    ada.says("my parcel is wet")
    ada.says(words)
    assert desk.posts("alerts") == []
    assert len(desk.said_in("ada")) == 3


def test_an_empty_reply_is_refused_in_a_sentence(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.writes("> ")
    assert maya.was_whispered() == ["There is nothing to send: write some text after >."]


def test_the_edit_of_a_refused_reply_is_the_reply_it_now_is(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    message = maya.writes(">")
    maya.edits(message, "> ")
    assert maya.was_whispered() == ["There is nothing to send: write some text after >."] * 2
    maya.edits(message, "> Hello Ada")
    desk.passes(seconds=10)
    assert ada.screen[-1] == "Hello Ada"
    maya.edits(message, "> Dear Ada")
    assert ada.screen[-1] == "Dear Ada"


def test_an_edit_never_turns_a_note_into_a_reply(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    note = maya.writes("ask the warehouse")
    maya.edits(note, "> ask the warehouse")
    desk.passes(minutes=1)
    ada.does_not_see("warehouse")
    assert "Write a new message" in maya.was_whispered()[0]


def test_two_people_resolve_the_same_ticket_and_the_second_is_told(desk: Rehearsal) -> None:
    ada, maya, tom = desk.customer("Ada"), desk.staff("Maya"), desk.staff("Tom")
    ada.says("my parcel is wet")
    card = maya.card()
    maya.presses("Resolve")
    desk.run(desk.app.console.staff_press(tom.colleague, "tickets", card.id, "resolve", "1"))
    desk.run(desk.app.console.staff_press(tom.colleague, "tickets", card.id, "claim", "1"))
    assert tom.was_whispered() == ["Ticket #1 is resolved already."] * 2
    assert desk.ticket(1).assignee is None


def test_a_button_of_no_ticket_is_answered_in_a_sentence(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    for ref in ("999", "x", "", "9" * 30):
        desk.run(desk.app.console.staff_press(maya.colleague, "tickets", "1", "claim", ref))
    assert maya.was_whispered() == ["That ticket does not exist any more."] * 4


@pytest.mark.parametrize("action", ["claim", "undo", "retry", "arrived", "replay", "discard"])
@pytest.mark.parametrize("ref", ["", "card", "0", "9" * 30])
def test_a_forged_button_breaks_nothing(desk: Rehearsal, action: str, ref: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    desk.run(desk.app.console.staff_press(maya.colleague, "tickets", maya.card().id, action, ref))
    assert desk.posts("alerts") == []


def test_no_form_changes_what_the_customer_said(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    (heard, *_) = desk.said_in("ada")
    assert desk.run(desk.app.form_of("edit_reply", str(heard.inbox_id), desk.staff("Maya").colleague)) is None
    submitted = desk.app.console.staff_submit(
        maya.colleague, maya.card().id, "edit_reply", str(heard.inbox_id), {"text": "all is well"}
    )
    desk.run(submitted)
    assert desk.said_in("ada")[0].body == heard.body


def test_a_card_shows_the_customers_words_as_they_are(desk: Rehearsal) -> None:
    desk.customer("Ada").says("1 < 2 & *bold*")
    assert desk.cards()[0].message.quote == "1 < 2 & *bold*"


@pytest.mark.parametrize(
    ("failure", "labels"),
    [(Refused("no."), ["Retry"]), (OutcomeUnknown("no answer.", None), ["Retry", "It arrived"])],
)
def test_a_post_to_staff_that_does_not_arrive_is_told_in_the_alerts_room(
    desk: Rehearsal, monkeypatch: pytest.MonkeyPatch, failure: Exception, labels: list[str]
) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    perform = desk.app.console.perform

    async def fails_in_tickets(call: Call) -> Sent:
        if call.place == "tickets":
            raise failure
        return await perform(call)

    async def cannot_tell(call: Call) -> None:
        raise OutcomeUnknown("nobody knows.", None)

    with monkeypatch.context() as broken:
        broken.setattr(desk.app.console, "perform", fails_in_tickets)
        broken.setattr(desk.app.console, "find", cannot_tell)
        ada.says("my parcel is wet")
        desk.passes(seconds=10)
    (alert,) = [post for post in desk.posts("alerts") if "not delivered" in post.text]
    assert alert.buttons == labels
    maya.presses("Retry", place="alerts")
    maya.sees("my parcel is wet")


def test_an_alert_that_does_not_arrive_makes_no_other(desk: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(call: Call) -> Sent:
        raise Refused("no.")

    monkeypatch.setattr(desk.app.console, "perform", fails)
    desk.customer("Ada").says("my parcel is wet")
    with desk.store.read() as connection:
        alerts = connection.scalars(select(OutboxRow.about).where(OutboxRow.place == "alerts")).all()
    assert len(alerts) == len(set(alerts)) <= 2
    assert all(about is not None and about.startswith("undelivered:") for about in alerts)


@pytest.mark.parametrize(("channel", "place", "told"), [
    ("console", "tickets", ["Nothing can be posted in tickets\nIt is archived."]),
    ("console", "alerts", []),  # it would wait behind what it tells of
    ("slack", "#tickets", []),
])  # fmt: skip
def test_a_room_that_takes_nothing_is_told_of_once_among_the_alerts(
    desk: Rehearsal, channel: str, place: str, told: list[str]
) -> None:
    for number in range(2):
        event = RoomRefused(7, channel, place, desk.time, "It is archived.")
        desk.run(desk.app.receive([Arrival("delivery", f"refused {number}", f"room:{channel}:{place}", event)]))
    shown = [post.text for post in desk.posts("alerts")]
    assert [text.partition(" What is for it")[0] for text in shown] == told


def test_working_off_what_is_due_ends_when_delivery_stops(desk: Rehearsal) -> None:
    ada = desk.customer("Ada")
    said = Said(ada.chat, "1", MORNING, "my parcel is wet")
    desk.comes_in([arrival(ada, said)])
    desk.decide()

    async def stopped() -> bool:
        await desk.app.delivery.stop()
        return await asyncio.wait_for(desk.app.delivery.drain(), 5)

    assert not desk.run(stopped())
    assert ada.screen == []
