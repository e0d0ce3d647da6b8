"""What staff do beside the thread: commands, shortcuts, emoji, and the page of their own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from bot.channels.console import COMMANDS
from bot.config import Config, Role, Roles, Slack
from crm_store.schema import OutboxRow, Post, Refund, RefundDecision, Staff, Ticket, TicketTarget
from handlers import message as messages
from handlers.events import Arrival, Event, Slot, StaffCameHome, StaffPressed, StaffReacted, StaffSubmitted
from handlers.message import Message, plain
from jobs import schedule
from tests.dialogues.rehearsal import Rehearsal, StaffMember

BROKEN = "The jacket arrived torn, I want a refund"


def types(staff: StaffMember, typed: str) -> None:
    """A command, on the console page."""
    console = staff.desk.app.console
    staff.desk.run(console.staff_command(console.commanded(staff.colleague, typed)))


def happens(desk: Rehearsal, event: Event, source: str = "") -> None:
    arrival = Arrival("console", source or f"{event}", "console:somewhere", event)
    desk.run(desk.app.receive([arrival]))


def comes_home(staff: StaffMember) -> str:
    source = f"home {staff.colleague.user} {staff.desk.time}"
    happens(staff.desk, StaffCameHome(staff.colleague, staff.desk.time), source)
    return plain(page(staff))


def page(staff: StaffMember) -> Message:
    """What the person's own page shows."""
    shown = select(OutboxRow.message_sealed).where(OutboxRow.op == "home", OutboxRow.place == staff.colleague.user)
    with staff.desk.store.read() as connection:
        sealed = connection.scalar(shown.where(OutboxRow.state == "sent").order_by(OutboxRow.id.desc()).limit(1))
    assert sealed is not None, "there is no page"
    return messages.decode(staff.desk.store.cipher.open_bytes("outbox.message", sealed))


@pytest.fixture
def ranked(tmp_path: Path) -> Iterator[Rehearsal]:
    """A desk where Bo is a manager and Rita looks on."""
    roles = Roles(managers=Role(members=("bo",)), readers=Role(members=("rita",)))
    with Rehearsal(tmp_path, Config(slack=Slack(roles=roles))) as rehearsal:
        yield rehearsal


# --- commands -----------------------------------------------------------------------------------------------------


def test_a_command_nobody_knows_is_answered_with_those_there_are(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    types(maya, "/brew tea")
    types(maya, "help")
    unknown, helped = maya.was_whispered()
    assert "There is no command /brew" in unknown
    assert "/digest [name] [show]: Post a digest now" in helped


def test_a_digest_is_posted_for_everybody(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    types(maya, "/digest waiting")
    assert "Open tickets" in desk.posts("digests")[0].text
    assert maya.was_whispered() == ["The digest “waiting” is on its way to the digests' channel."]


def test_a_digest_is_shown_to_whoever_asks_alone(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya, noor = desk.staff("Maya"), desk.staff("Noor")
    for _ in range(2):
        types(maya, "/digest waiting show")
    assert desk.posts("digests") == []
    assert noor.was_whispered() == []
    assert [("Open tickets: 1" in told) for told in maya.was_whispered()] == [True, True]


@pytest.mark.parametrize("typed", ["/digest", "/digest tea", "/digest waiting for godot", "/DIGEST show"])
def test_a_digest_that_is_none_is_answered_with_those_there_are(desk: Rehearsal, typed: str) -> None:
    maya = desk.staff("Maya")
    types(maya, typed)
    assert maya.was_whispered() == [
        f"Say which digest: {', '.join(schedule.digests())}. With “show” behind it, only you see it."
    ]
    assert desk.posts("digests") == []


def test_readers_see_a_digest_and_post_none(ranked: Rehearsal) -> None:
    rita = ranked.staff("Rita")
    types(rita, "/digest waiting")
    types(rita, "/digest waiting show")
    assert ranked.posts("digests") == []
    refused, shown = rita.was_whispered()
    assert "not post it" in refused
    assert "Nothing waits" in shown


def test_a_digest_by_hand_takes_nothing_from_the_clocks(desk: Rehearsal) -> None:
    types(desk.staff("Maya"), "/digest waiting")
    happens(desk, Slot("waiting", desk.time))
    assert len(desk.posts("digests")) == 2


def test_a_manager_has_the_desk_examined(ranked: Rehearsal) -> None:
    maya, bo = ranked.staff("Maya"), ranked.staff("Bo")
    types(maya, "/doctor")
    assert maya.was_whispered() == ["Only managers can have the desk examined."]
    types(bo, "/doctor")
    begun, found = bo.was_whispered()
    assert "Looking at the desk" in begun
    assert "⚠ telegram: no token: customers cannot write\n→ set TELEGRAM_BOT_TOKEN" in found
    assert found.index("⚠") < found.index("✓"), "what is not well comes first"


def test_where_nobody_is_named_a_manager_everybody_has_the_desk_examined(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    types(maya, "/doctor")
    assert "Looking at the desk" in maya.was_whispered()[0]


# --- shortcuts and emoji ------------------------------------------------------------------------------------------


def test_a_shortcut_does_what_the_tickets_button_does_from_any_message_of_its_thread(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    note = maya.writes("I look into it")
    card = maya.card().id
    press = StaffPressed(maya.colleague, "tickets", note, desk.time, "claim", thread=card)
    happens(desk, press)
    assert desk.ticket(1).assignee == "Maya"
    happens(desk, press, "again")
    assert maya.was_whispered() == ["Ticket #1 is yours already."]


def test_a_shortcut_opens_the_form_of_its_tickets_button(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    used = StaffPressed(maya.colleague, "tickets", maya.card().id, desk.time, "reply", thread=maya.card().id)
    form = desk.run(desk.app.form_for(used))
    assert (form.title, form.ref) == ("Reply to Ada", "1")


def test_the_shortcut_on_a_reply_makes_an_article_of_it(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya, answer = desk.staff("Maya"), "Rain jackets are washed at 30 degrees and dried in the air."
    typed = maya.writes(f"> {answer}")
    maya.replies(f"{answer} Never in the dryer.")
    desk.passes(minutes=1)
    line = next(post for post in maya.thread() if post.about.startswith("status:") and "dryer" in post.text)
    for message, words in ((typed, answer), (line.id, f"{answer} Never in the dryer.")):
        used = StaffPressed(maya.colleague, "tickets", message, desk.time, "make_article", thread=maya.card().id)
        form = desk.run(desk.app.form_for(used))
        assert form.name == "article"
        assert words in [field.initial for field in form.fields]

    on_the_card = StaffPressed(
        maya.colleague, "tickets", maya.card().id, desk.time, "make_article", thread=maya.card().id
    )
    assert desk.run(desk.app.form_for(on_the_card)) is None
    happens(desk, on_the_card)
    assert maya.was_whispered()[-1] == "An article is made of a reply that was sent: use the shortcut on one."


@pytest.mark.parametrize("action", ["claim", "reply", "nonsense"])
def test_a_shortcut_on_a_message_of_no_ticket_says_so(desk: Rehearsal, action: str) -> None:
    maya = desk.staff("Maya")
    used = StaffPressed(maya.colleague, "lunch", "1.0", desk.time, action, thread="1.0")
    assert desk.run(desk.app.form_for(used)) is None
    happens(desk, used)
    (told,) = maya.was_whispered()
    assert "belongs to no ticket" in told


def test_a_command_is_given_by_a_form_where_none_can_be_typed(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    used = StaffPressed(maya.colleague, "maya", "", desk.time, "command")
    form = desk.run(desk.app.form_for(used))
    assert "/digest" in [option.value for option in form.fields[0].options]
    answers = {"command": "/digest", "text": " waiting show "}
    happens(desk, StaffSubmitted(maya.colleague, desk.time, form.name, form.ref, answers, "maya"))
    happens(desk, StaffSubmitted(maya.colleague, desk.time, form.name, "9", {"command": "rm -rf"}, "maya"))
    shown, unknown = maya.was_whispered()
    assert "Nothing waits" in shown
    assert "There is no command" in unknown


@pytest.mark.parametrize("on", ["card", "customer's words", "note"])
def test_an_emoji_does_what_a_button_does_on_any_post_of_a_ticket(desk: Rehearsal, on: str) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says(BROKEN)
    ada.says("and it is wet")
    note = maya.writes("I look into it")
    ts = {"card": maya.card().id, "customer's words": maya.thread()[-1].id, "note": note}[on]
    for emoji in ("heart", "eyes", "white_check_mark"):
        happens(desk, StaffReacted(maya.colleague, "tickets", ts, desk.time, emoji))
    ticket = desk.ticket(1)
    assert (ticket.assignee, ticket.status) == ("Maya", "resolved")
    happens(desk, StaffReacted(maya.colleague, "tickets", ts, desk.time, "repeat"))
    assert desk.ticket(1).status == "open"


def test_an_emoji_elsewhere_says_nothing_to_the_desk(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    for place, ts in (("lunch", "1.0"), ("tickets", "999"), ("tickets", "")):
        happens(desk, StaffReacted(maya.colleague, place, ts, desk.time, "white_check_mark"))
    assert desk.ticket(1).status == "open"
    assert maya.was_whispered() == []


# --- the page of one's own ----------------------------------------------------------------------------------------


def test_the_page_of_one_who_has_nothing_to_do(desk: Rehearsal) -> None:
    shown = comes_home(desk.staff("Maya"))
    assert "Today\nOpened: 0\nResolved: 0\nUnanswered: 0\nLongest wait: –\nFirst reply, median: –" in shown
    assert "No ticket is yours" in shown
    assert "approval" not in shown
    assert "not delivered" not in shown


def test_the_queue_is_ones_own_by_what_is_due_then_by_priority_then_by_the_wait(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    for number, name in enumerate(("Ada", "Bea", "Cid", "Dee", "Eve"), 1):
        desk.customer(name).says(BROKEN)
        desk.passes(hours=1)
        if name != "Eve":
            maya.presses("Claim", number=number)
    desk.staff("Noor").presses("Claim", number=5)
    with desk.store.begin() as connection:
        connection.execute(update(Ticket).where(Ticket.id != 2).values(priority="normal"))
        connection.execute(update(Ticket).where(Ticket.id == 2).values(priority="urgent"))
        promise = {"ticket_id": 3, "kind": "first_reply", "started_at": desk.time, "target": 1, "used": 0}
        ends = {"running_since": desk.time, "due_at": desk.time - timedelta(minutes=5), "escalated": 0}
        connection.execute(insert(TicketTarget).values(**promise, **ends))
    shown = comes_home(maya)
    places = [shown.index(name) for name in ("Cid", "Bea", "Ada", "Dee")]
    assert places == sorted(places)
    assert "Eve" not in shown
    assert "4 tickets" in shown
    assert "overdue by 5 min" in shown
    assert "urgent · waits 4 h" in shown


def test_a_page_that_was_opened_follows_what_its_owner_does(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    assert "No ticket is yours" in comes_home(maya)
    maya.presses("Claim")
    assert "Ada" in plain(page(maya))
    assert [button.label for button in page(maya).sections[2].buttons] == ["Reply", "Resolve"]
    assert page(maya).sections[2].of == messages.Post("tickets", maya.card().id)
    maya.writes("> A new one leaves today")
    desk.passes(minutes=1)
    assert "answered" in plain(page(maya)), "the reply has left since"
    assert "First reply, median: 0 min" in plain(page(maya))
    maya.presses("Resolve")
    assert "No ticket is yours" in plain(page(maya))


def test_a_page_nobody_opened_is_not_kept(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    desk.staff("Maya").presses("Claim")
    with desk.store.read() as connection:
        assert connection.scalar(select(OutboxRow.id).where(OutboxRow.op == "home")) is None


def test_only_the_last_of_what_waits_to_be_shown_is_shown(desk: Rehearsal) -> None:
    maya = desk.staff("Maya")
    for number in range(3):
        event = StaffCameHome(maya.colleague, desk.time)
        desk.comes_in([Arrival("console", f"home {number}", "console:home:maya", event)])
    desk.decide()
    with desk.store.read() as connection:
        states = list(connection.scalars(select(OutboxRow.state).where(OutboxRow.op == "home").order_by(OutboxRow.id)))
    assert states == ["cancelled", "cancelled", "queued"]


def refund(desk: Rehearsal, decided_by: str = "", **values: object) -> None:
    asked = {
        "amount": 4_999,
        "currency": "EUR",
        "amount_base": 4_999,
        "status": "requested",
        "created_at": desk.time,
        "ticket_id": 1,
        "requested_by": "Noor",
        "expires_at": desk.time + timedelta(hours=5),
    }
    with desk.store.begin() as connection:
        made = connection.execute(insert(Refund).values(asked | values)).inserted_primary_key
        if decided_by:
            staff = connection.scalar(select(Staff.id).where(Staff.name == decided_by))
            said = {"refund_id": made[0], "staff_id": staff, "verdict": "approve", "amount": 1, "at": desk.time}
            connection.execute(insert(RefundDecision).values(said))


def test_what_waits_for_ones_word_is_what_others_asked_for_and_is_not_over(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    refund(desk)
    long_ago: datetime = desk.time - timedelta(days=1)
    refund(desk, amount=1_111, expires_at=long_ago)
    refund(desk, amount=2_222, status="paid")
    comes_home(maya)  # a colleague whom the desk knows
    refund(desk, amount=3_333, requested_by="Maya", decided_by="Maya")
    refund(desk, amount=5_555, ticket_id=None, expires_at=None)
    shown = comes_home(maya)
    assert "Waiting for my approval" in shown
    assert "€ 49.99 · #1 · Ada\nasked for by Noor · ends in 5 h" in shown
    (asked,) = [section for section in page(maya).sections if "49.99" in section.text]
    assert [button.action for button in asked.buttons] == ["refund_approve", "refund_partial", "refund_refuse"]
    assert {button.ref for button in asked.buttons} == {"1"}
    assert not [amount for amount in ("11.11", "22.22", "33.33", "55.55") if amount in shown]


def test_readers_are_asked_for_no_word(ranked: Rehearsal) -> None:
    ranked.customer("Ada").says(BROKEN)
    refund(ranked)
    assert "Waiting for my approval" in comes_home(ranked.staff("Bo"))
    assert "Waiting for my approval" not in comes_home(ranked.staff("Rita"))


def test_what_was_not_delivered_is_told_and_sent_again_from_the_page(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    maya.writes("> A new one leaves today")
    desk.passes(minutes=1)
    with desk.store.begin() as connection:
        connection.execute(delete(Post).where(Post.about.like("reply:%")))
        reply = OutboxRow.about.like("reply:%")
        connection.execute(update(OutboxRow).where(reply).values(state="failed", error="chat not found"))
    shown = comes_home(maya)
    assert "1 message was not delivered" in shown
    assert "#1 · console\nchat not found" in shown
    (retry,) = [button for section in page(maya).sections for button in section.buttons if button.action == "retry"]
    desk.run(desk.app.console.staff_press(maya.colleague, "maya", "page", retry.action, retry.ref))
    assert "not delivered" not in plain(page(maya))
    assert COMMANDS not in shown


def test_what_else_failed_is_counted_so_that_no_number_is_higher_elsewhere(desk: Rehearsal) -> None:
    desk.customer("Ada").says(BROKEN)
    maya = desk.staff("Maya")
    assert "failed" not in comes_home(maya)
    with desk.store.begin() as connection:
        connection.execute(update(OutboxRow).where(OutboxRow.about == "card:1").values(state="failed"))
    desk.passes(seconds=1)
    assert "1 other thing failed: a post to staff" in comes_home(maya)
