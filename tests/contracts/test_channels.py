"""What every channel promises, over the local server that speaks for its platform."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.channels import Call, Op, OutcomeUnknown, Refused, Sent, TryLater
from handlers.events import FileRef, StaffCommanded, StaffPressed, StaffSubmitted
from handlers.message import Button, Fact, Message
from tests.contracts.rigs import OpenRig, OpenStaffRig, Rig, StaffRig, until
from tests.contracts.rigs import console as console_rigs
from tests.contracts.rigs import slack as slack_rigs
from tests.contracts.rigs import telegram as telegram_rigs


def _open_rigs() -> dict[str, OpenRig]:
    found: dict[str, OpenRig] = {"telegram polling": telegram_rigs.polling, "telegram webhook": telegram_rigs.webhook}
    if importlib.util.find_spec("tests.contracts.rigs.slack") is not None:
        found |= importlib.import_module("tests.contracts.rigs.slack").RIGS
    return found


RIGS = _open_rigs()
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with RIGS[request.param]() as opened:
        yield opened


def call(rig: Rig, message: Message, op: Op = "post", **more: Any) -> Call:
    return Call(outbox_id=7, op=op, account=rig.account, place=rig.place, message=message, thread=rig.thread, **more)


async def posted(rig: Rig, text: str) -> Sent:
    return await rig.channel.perform(call(rig, Message(text=text)))


def texts(rig: Rig) -> list[str]:
    return [post.text for post in rig.posts()]


def newest(rig: Rig) -> str:
    return rig.posts()[-1].text


# --- out ----------------------------------------------------------------------------------------------------------


async def test_a_post_arrives_and_says_where_it_stands(rig: Rig) -> None:
    sent = await posted(rig, "Your parcel is on its way")
    post = rig.posts()[-1]
    assert (post.platform_id, rig.place) == (sent.platform_id, sent.place)
    assert "Your parcel is on its way" in post.text


async def test_every_part_of_a_message_is_seen(rig: Rig) -> None:
    message = Message(
        title="Order 7",
        text="Ada writes",
        quote="Where is it?",
        facts=(Fact("Carrier", "DHL"),),
        context="Small print",
        buttons=(Button("Claim", "claim", "7"),),
    )
    await rig.channel.perform(call(rig, message))
    for words in ("Order 7", "Ada writes", "Where is it?", "Carrier", "DHL", "Small print"):
        assert words in newest(rig)


async def test_markup_in_a_text_stays_text(rig: Rig) -> None:
    await posted(rig, "<b>5 * 3 < 16</b> & _so_ [on](http://example.org)")
    assert "5 * 3" in newest(rig)
    assert "_so_" in newest(rig)


async def test_an_edit_changes_the_post(rig: Rig) -> None:
    sent = await posted(rig, "before")
    changed = await rig.channel.perform(call(rig, Message(text="after"), "edit", target=sent.platform_id))
    assert changed.platform_id == sent.platform_id
    assert "after" in newest(rig)
    assert not any("before" in text for text in texts(rig))


async def test_the_same_edit_twice_is_no_failure(rig: Rig) -> None:
    sent = await posted(rig, "before")
    for _ in range(2):
        await rig.channel.perform(call(rig, Message(text="after"), "edit", target=sent.platform_id))
    assert "after" in newest(rig)


async def test_a_deleted_post_is_gone(rig: Rig) -> None:
    sent = await posted(rig, "a mistake")
    await rig.channel.perform(call(rig, Message(), "delete", target=sent.platform_id))
    assert sent.platform_id not in [post.platform_id for post in rig.posts()]


async def test_deleting_twice_is_no_failure(rig: Rig) -> None:
    sent = await posted(rig, "a mistake")
    for _ in range(2):
        await rig.channel.perform(call(rig, Message(), "delete", target=sent.platform_id))


async def test_a_long_text_is_split_and_complete(rig: Rig) -> None:
    words = [f"word{number}" for number in range(9_000)]
    parts = rig.channel.split(Message(text=" ".join(words), buttons=(Button("Claim", "claim", "7"),)))
    before = len(rig.posts())
    for part in parts:
        await rig.channel.perform(call(rig, part))
    assert len(parts) > 1
    assert " ".join(texts(rig)[before:]).split()[: len(words)] == words
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]


async def test_a_file_arrives_byte_for_byte(rig: Rig) -> None:
    data = bytes(range(256)) * 300
    file = FileRef("store", "1", "Rechnung für Ada.pdf", "application/pdf", len(data))
    await rig.channel.perform(call(rig, Message(files=(file,)), "file", files=(data,)))
    assert rig.posts()[-1].files == (data,)


# --- what goes wrong ----------------------------------------------------------------------------------------------


async def test_a_rate_limit_says_how_long_to_wait(rig: Rig) -> None:
    rig.faults.rate_limit(rig.methods["post"], retry_after=17)
    with pytest.raises(TryLater) as caught:
        await posted(rig, "too fast")
    assert caught.value.after == 17
    assert not any("too fast" in text for text in texts(rig))


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_failing_platform_is_tried_again(rig: Rig, status: int) -> None:
    rig.faults.http_error(rig.methods["post"], status=status)
    with pytest.raises(TryLater):
        await posted(rig, "later")


async def test_a_call_that_was_cut_off_before_it_was_done_is_never_believed_done(rig: Rig) -> None:
    rig.faults.cut_before(rig.methods["post"])
    lost = call(rig, Message(text="lost on the way"))
    with pytest.raises((TryLater, OutcomeUnknown)):
        await rig.channel.perform(lost)
    if rig.finds:
        assert await rig.channel.find(lost) is None
    assert not any("lost on the way" in text for text in texts(rig))


async def test_a_call_that_was_done_before_it_was_cut_off_is_looked_for(rig: Rig) -> None:
    rig.faults.cut_after(rig.methods["post"])
    done = call(rig, Message(text="done, but unknown"))
    with pytest.raises(OutcomeUnknown):
        await rig.channel.perform(done)
    assert sum("done, but unknown" in text for text in texts(rig)) == 1
    if rig.finds:
        found = await rig.channel.find(done)
        assert found == Sent(rig.posts()[-1].platform_id, rig.place)
    else:
        with pytest.raises(OutcomeUnknown):
            await rig.channel.find(done)


async def test_a_call_that_the_platform_never_takes_is_refused_in_a_sentence(rig: Rig) -> None:
    rig.refuses()
    with pytest.raises(Refused) as caught:
        await rig.channel.perform(Call(7, "post", rig.account, rig.place, Message(text="to nobody")))
    assert caught.value.reason.endswith(".")
    assert not caught.value.blocked


# --- in -----------------------------------------------------------------------------------------------------------


async def test_what_a_person_says_comes_in(rig: Rig) -> None:
    rig.says("Wo ist mein Paket? 📦")
    await until(lambda: "Wo ist mein Paket? 📦" in rig.inbox.texts())
    await until(rig.acknowledged)


async def test_what_is_said_in_turn_stays_in_turn_and_in_one_lane(rig: Rig) -> None:
    for number in range(5):
        rig.says(f"message {number}")
    await until(lambda: len(rig.inbox.texts()) == 5)
    assert rig.inbox.texts() == [f"message {number}" for number in range(5)]
    assert len({arrival.lane for arrival in rig.inbox.stored.values()}) == 1


async def test_a_repeated_event_has_the_same_source_id(rig: Rig) -> None:
    rig.repeats()
    rig.says("twice")
    await until(lambda: len(rig.inbox.handed) == 2)
    assert len(rig.inbox.stored) == 1


async def test_events_out_of_order_are_all_kept(rig: Rig) -> None:
    rig.says_late("first", "second")
    await until(lambda: len(rig.inbox.stored) == 2)
    assert set(rig.inbox.texts()) == {"first", "second"}


async def test_nothing_is_acknowledged_before_it_is_stored(rig: Rig) -> None:
    rig.inbox.failures = 2
    rig.says("do not lose me")
    await until(lambda: rig.inbox.failures < 2)
    assert not rig.acknowledged()
    assert rig.inbox.texts() == []
    await until(lambda: rig.inbox.texts() == ["do not lose me"])
    await until(rig.acknowledged)


async def test_a_persons_file_is_fetched_byte_for_byte(rig: Rig) -> None:
    data = bytes(range(256)) * 300
    rig.sends_file("receipt.pdf", data)
    await until(rig.inbox.said)
    (file,) = rig.inbox.said()[0].files
    assert (file.name, file.account) == ("receipt.pdf", rig.account)
    assert await rig.channel.fetch(file) == data


async def test_a_channel_that_was_stopped_takes_up_what_came_in_between(rig: Rig) -> None:
    await rig.channel.stop()
    rig.says("while you were away")
    await rig.channel.start()
    await until(lambda: rig.inbox.texts() == ["while you were away"])


# --- where staff work ---------------------------------------------------------------------------------------------

STAFF_RIGS: dict[str, OpenStaffRig] = {**console_rigs.RIGS, **slack_rigs.RIGS}


@pytest_asyncio.fixture(params=STAFF_RIGS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[StaffRig]:
    async with STAFF_RIGS[request.param]() as opened:
        yield opened


async def heard(desk: StaffRig) -> Any:
    """The one thing the desk hears."""
    await until(lambda: desk.inbox.stored)
    (arrival,) = desk.inbox.stored.values()
    return arrival.event


async def test_a_command_comes_in_as_it_was_typed(desk: StaffRig) -> None:
    await desk.commands("/Ticket 12 tag <vip> & gift")
    said = await heard(desk)
    assert isinstance(said, StaffCommanded)
    assert (said.command, said.text) == ("/ticket", "12 tag <vip> & gift")
    assert (said.staff.user, said.staff.name) == (desk.staff, "ada")


async def test_a_commands_answer_is_seen_by_who_asked(desk: StaffRig) -> None:
    user = desk.staff
    await desk.commands("/ticket 12")
    said = await heard(desk)
    answer = Message(title="Ticket 12", facts=(Fact("Status", "open"),), buttons=(Button("Claim", "claim", "12"),))
    await desk.channel.perform(Call(9, "whisper", desk.account, said.place, answer, target=user, asked_by=said))
    (told,) = desk.told()
    assert [words in told for words in ("Ticket 12", "Status", "open")] == [True] * 3


async def test_a_form_of_every_kind_comes_back_with_what_it_was_about(desk: StaffRig) -> None:
    values = {"text": "On its way & <b>soon</b>", "priority": "low", "tags": "gift,vip", "until": "1772443800"}
    await desk.submits("edit", "T-7", values)
    filled = await heard(desk)
    assert isinstance(filled, StaffSubmitted)
    assert (filled.form, filled.ref, filled.values, filled.place) == ("edit", "T-7", values, desk.place)


async def test_a_button_comes_in_with_what_it_stands_for(desk: StaffRig) -> None:
    await desk.presses("claim", "12")
    pressed = await heard(desk)
    assert isinstance(pressed, StaffPressed)
    assert (pressed.action, pressed.ref, pressed.place, pressed.staff.user) == ("claim", "12", desk.place, desk.staff)


async def test_a_page_of_ones_own_is_taken_as_often_as_it_changes(desk: StaffRig) -> None:
    for number in range(3):
        page = Message(sections=(Message(title="Today", facts=(Fact("Opened", str(number)),)),))
        await desk.channel.perform(Call(9 + number, "home", desk.account, desk.staff, page, target=desk.staff))
    assert desk.told() == []
