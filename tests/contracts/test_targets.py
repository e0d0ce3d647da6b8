"""A ticket's clocks follow it, on every engine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from crm_store import conversations, targets, tickets
from crm_store.calendar import Calendar
from crm_store.conversations import ChatPerson, NewMessage
from crm_store.schema import Ticket, TicketTarget
from crm_store.store import Store
from crm_store.targets import Late, Share, Targets, TargetView
from crm_store.tickets import NewTicket, TicketView

#: Monday to Friday, nine to five
OFFICE = Calendar(ZoneInfo("UTC"), (((9 * 60, 17 * 60),),) * 5 + ((),) * 2)
#: a Monday
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WANTED = {
    "normal": Targets(4 * HOUR, 2 * HOUR, 16 * HOUR),
    "urgent": Targets(HOUR, HOUR, 4 * HOUR),
    "low": Targets(),
}


@dataclass
class Desk:
    """Tickets as they are changed by turns, each of which ends in `follow`."""

    store: Store

    def opens(self, at: datetime = NINE, priority: str = "normal", who: str = "ada") -> int:
        with self.store.begin() as connection:
            person = ChatPerson("console", "", who, who, who)
            chat = conversations.enter(connection, self.store.cipher, person, at)
            number = tickets.new_number(connection, at)
            new = NewTicket(number, chat.id, chat.customer_id, "question", priority, "wet", at)
            tickets.open_ticket(connection, self.store.cipher, new)
        self.follows(number, at)
        return number

    def follows(self, number: int, at: datetime, answered_at: datetime | None = None) -> None:
        with self.store.begin() as connection:
            ticket = targets.clocked(connection, number)
            assert ticket is not None
            targets.follow(connection, ticket, WANTED[ticket.priority], OFFICE, at, answered_at)

    def answers(self, number: int, at: datetime, waiting_since: datetime | None = None) -> None:
        with self.store.begin() as connection:
            tickets.answered(connection, number, at, waiting_since)
        self.follows(number, at + timedelta(seconds=10), at)

    def writes(self, number: int, at: datetime) -> None:
        """A reply that has not left yet."""
        with self.store.begin() as connection:
            ticket = tickets.get(connection, self.store.cipher, number)
            assert ticket is not None
            assert ticket.conversation_id is not None
            body = NewMessage(ticket.conversation_id, "out", "staff", b"{}", at, ticket_id=number)
            conversations.record(connection, self.store.cipher, body)

    def hears(self, number: int, at: datetime) -> None:
        with self.store.begin() as connection:
            tickets.customer_waits(connection, number, at)
        self.follows(number, at)

    def resolves(self, number: int, at: datetime) -> None:
        with self.store.begin() as connection:
            tickets.resolve(connection, self.ticket(number), at)
        self.follows(number, at)

    def reopens(self, number: int, at: datetime) -> None:
        with self.store.begin() as connection:
            tickets.reopen(connection, self.ticket(number), at)
        self.follows(number, at)

    def becomes(self, number: int, at: datetime, **values: object) -> None:
        with self.store.begin() as connection:
            connection.execute(update(Ticket).where(Ticket.id == number).values(**values))
        self.follows(number, at)

    def ticket(self, number: int) -> TicketView:
        with self.store.read() as connection:
            found = tickets.get(connection, self.store.cipher, number)
        assert found is not None
        return found

    def clocks(self, number: int) -> dict[str, TargetView]:
        with self.store.read() as connection:
            return {clock.kind: clock for clock in targets.clocks_of(connection, number)}

    def ended(self, kind: str) -> list[tuple[datetime | None, datetime | None, datetime | None]]:
        """When clocks of a kind were met, fell away and ran out."""
        columns = (TicketTarget.met_at, TicketTarget.dropped_at, TicketTarget.breached_at)
        with self.store.read() as connection:
            rows = connection.execute(select(*columns).where(TicketTarget.kind == kind).order_by(TicketTarget.id))
            return [(row.met_at, row.dropped_at, row.breached_at) for row in rows]

    def shares(self) -> list[tuple[str, str, int, int]]:
        with self.store.read() as connection:
            shares = targets.share_met(connection, NINE - DAY, NINE + 30 * DAY)
        return [(one.kind, one.priority, one.kept, one.of) for one in shares]

    def late(self, at: datetime) -> list[Late]:
        with self.store.read() as connection:
            return targets.late(connection, at, at)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def test_a_new_ticket_is_due_in_open_hours(desk: Desk) -> None:
    number = desk.opens(NINE + 6 * HOUR)
    clocks = desk.clocks(number)
    assert clocks["first_reply"].due_at == NINE + DAY + 2 * HOUR
    assert clocks["resolution"].due_at == NINE + 2 * DAY + 6 * HOUR
    assert "next_reply" not in clocks


def test_without_targets_nothing_is_promised(desk: Desk) -> None:
    number = desk.opens(priority="low")
    desk.answers(number, NINE + HOUR)
    desk.resolves(number, NINE + 2 * HOUR)
    assert desk.clocks(number) == {}
    assert desk.shares() == []


def test_clocks_stand_still_while_the_customer_is_to_speak(desk: Desk) -> None:
    number = desk.opens()
    desk.answers(number, NINE + 2 * HOUR)
    assert desk.ended("first_reply") == [(NINE + 2 * HOUR, None, None)]
    (resolution,) = desk.clocks(number).values()
    assert (resolution.running_since, resolution.due_at) == (None, None)
    assert desk.ticket(number).status == "pending"

    desk.hears(number, NINE + DAY)
    clocks = desk.clocks(number)
    assert clocks["next_reply"].due_at == NINE + DAY + 2 * HOUR
    # two hours and the ten seconds until the reply left were used on Monday
    assert clocks["resolution"].due_at == NINE + 2 * DAY + 6 * HOUR - timedelta(seconds=10)


def test_what_the_customer_says_meanwhile_starts_a_clock_of_its_own(desk: Desk) -> None:
    number = desk.opens()
    desk.answers(number, NINE + HOUR)
    desk.hears(number, NINE + 2 * HOUR)
    desk.hears(number, NINE + 3 * HOUR)
    assert desk.clocks(number)["next_reply"].started_at == NINE + 2 * HOUR
    desk.answers(number, NINE + 3 * HOUR, waiting_since=NINE + 3 * HOUR + timedelta(minutes=1))
    assert desk.ended("next_reply")[0] == (NINE + 3 * HOUR, None, None)
    assert desk.clocks(number)["next_reply"].started_at == NINE + 3 * HOUR + timedelta(minutes=1)


def test_a_snoozed_ticket_is_due_later_by_as_much(desk: Desk) -> None:
    number = desk.opens()
    desk.becomes(number, NINE + HOUR, status="snoozed")
    assert desk.clocks(number)["first_reply"].due_at is None
    assert desk.late(NINE + 5 * DAY) == []
    desk.becomes(number, NINE + 3 * HOUR, status="open")
    assert desk.clocks(number)["first_reply"].due_at == NINE + 6 * HOUR


def test_another_priority_is_another_target_of_which_as_much_is_used(desk: Desk) -> None:
    number = desk.opens()
    desk.becomes(number, NINE + HOUR / 2, priority="urgent")
    clocks = desk.clocks(number)
    assert clocks["first_reply"].due_at == NINE + HOUR
    assert clocks["resolution"].due_at == NINE + 4 * HOUR
    desk.becomes(number, NINE + 2 * HOUR, priority="low")
    assert desk.clocks(number) == {}
    desk.becomes(number, NINE + 3 * HOUR, priority="normal")
    assert desk.clocks(number)["first_reply"].due_at == NINE + 4 * HOUR


def test_more_time_takes_back_that_it_was_late(desk: Desk) -> None:
    number = desk.opens(priority="urgent")
    clock = desk.clocks(number)["first_reply"]
    with desk.store.begin() as connection:
        targets.mark(connection, clock.id, warned_at=NINE, breached_at=clock.due_at, escalated=2)
    desk.becomes(number, NINE + 2 * HOUR, priority="normal")
    clock = desk.clocks(number)["first_reply"]
    assert (clock.warned_at, clock.breached_at, clock.escalated) == (None, None, 0)


def test_resolved_is_met_and_opened_again_begins_again(desk: Desk) -> None:
    number = desk.opens()
    desk.answers(number, NINE + HOUR)
    desk.resolves(number, NINE + 2 * HOUR)
    assert desk.clocks(number) == {}
    assert desk.ended("resolution") == [(NINE + 2 * HOUR, None, None)]
    desk.reopens(number, NINE + DAY)
    clocks = desk.clocks(number)
    assert clocks["resolution"].due_at == NINE + 2 * DAY + 8 * HOUR
    assert clocks["next_reply"].due_at == NINE + DAY + 2 * HOUR


def test_a_merged_ticket_owes_nothing(desk: Desk) -> None:
    number, other = desk.opens(), desk.opens(who="bea")
    desk.becomes(number, NINE + HOUR, status="resolved", resolved_at=NINE + HOUR, merged_into_id=other)
    assert desk.clocks(number) == {}
    assert desk.ended("resolution")[0] == (None, NINE + HOUR, None)


def test_a_reply_on_its_way_counts_when_its_ticket_is_resolved(desk: Desk) -> None:
    answered, ignored = desk.opens(), desk.opens(who="bea")
    desk.writes(answered, NINE + HOUR)
    for number in (answered, ignored):
        desk.resolves(number, NINE + HOUR + timedelta(seconds=5))
    met, dropped = desk.ended("first_reply")
    assert met == (NINE + HOUR, None, None)
    assert dropped == (None, NINE + HOUR + timedelta(seconds=5), None)


def test_the_share_met_counts_what_was_kept_and_what_ran_out(desk: Desk) -> None:
    kept, late, never, fell_away, running = (desk.opens(who=who) for who in "abcde")
    desk.answers(kept, NINE + 3 * HOUR)
    desk.answers(late, NINE + 5 * HOUR)
    clock = desk.clocks(never)["first_reply"]
    with desk.store.begin() as connection:
        targets.mark(connection, clock.id, breached_at=clock.due_at)
    desk.resolves(fell_away, NINE + HOUR)
    urgent = desk.opens(priority="urgent", who="f")
    desk.answers(urgent, NINE + HOUR / 2)
    assert "first_reply" in desk.clocks(running)
    assert desk.shares() == [
        ("first_reply", "urgent", 1, 1),
        ("first_reply", "normal", 1, 3),
        ("resolution", "normal", 1, 1),
    ]
    assert Share("first_reply", "normal", 1, 4).value == 0.25


def test_written_in_time_is_in_time_whoever_was_quicker_to_call_it_late(desk: Desk) -> None:
    number = desk.opens()
    clock = desk.clocks(number)["first_reply"]
    with desk.store.begin() as connection:
        targets.mark(connection, clock.id, breached_at=clock.due_at, escalated=1)
    desk.answers(number, NINE + 4 * HOUR - timedelta(seconds=1))
    assert desk.ended("first_reply") == [(NINE + 4 * HOUR - timedelta(seconds=1), None, None)]


def test_what_ran_out_before_it_stood_still_ran_out(desk: Desk) -> None:
    number = desk.opens()
    desk.becomes(number, NINE + 6 * HOUR, status="snoozed")
    desk.becomes(number, NINE + 7 * HOUR, status="open")
    clock = desk.clocks(number)["first_reply"]
    assert clock.breached_at == NINE + 4 * HOUR
    assert clock.due_at == NINE + 7 * HOUR


def test_what_ran_out_stays_so_however_quick_the_answer_is_once_it_runs_again(desk: Desk) -> None:
    number = desk.opens()
    desk.becomes(number, NINE + 6 * HOUR, status="snoozed")
    desk.becomes(number, NINE + 7 * HOUR, status="open")
    desk.answers(number, NINE + 7 * HOUR)
    assert desk.ended("first_reply") == [(NINE + 7 * HOUR, None, NINE + 4 * HOUR)]


def test_late_is_what_runs_and_nothing_else(desk: Desk) -> None:
    number, paused, resolved = desk.opens(), desk.opens(who="bea"), desk.opens(who="cid")
    desk.answers(paused, NINE + HOUR)
    desk.resolves(resolved, NINE + HOUR)
    assert desk.late(NINE + 4 * HOUR - timedelta(seconds=1)) == []
    (late,) = desk.late(NINE + 4 * HOUR)
    assert (late.clock.ticket_id, late.clock.kind, late.is_answered) == (number, "first_reply", False)
    desk.writes(number, NINE + 4 * HOUR - timedelta(minutes=1))
    (late,) = desk.late(NINE + 4 * HOUR)
    assert late.is_answered
    (late,) = desk.late(NINE + 5 * HOUR)
    assert not late.is_answered, "a reply that does not arrive for an hour is none"


def test_a_promise_ends_with_the_answer_and_the_next_one_replaces_it(desk: Desk) -> None:
    number = desk.opens(priority="low")
    with desk.store.begin() as connection:
        targets.promise(connection, number, NINE, NINE + HOUR)
        assert targets.slipped(connection, NINE + HOUR - timedelta(seconds=1)) == []
        (late,) = targets.slipped(connection, NINE + HOUR)
        assert late.clock.ticket_id == number
        targets.promise(connection, number, NINE + HOUR, NINE + 2 * HOUR)
        assert targets.slipped(connection, NINE + HOUR) == []
        assert targets.promises_made(connection, number) == 2
    desk.hears(number, NINE + HOUR)
    assert list(desk.clocks(number)) == ["promise"]
    desk.answers(number, NINE + HOUR)
    assert desk.clocks(number) == {}
    assert desk.shares() == []


def test_the_queue_is_who_waits_at_the_same_priority_or_a_higher_one(desk: Desk) -> None:
    first = desk.opens()
    desk.opens(priority="urgent", who="bea")
    answered = desk.opens(who="cid")
    desk.answers(answered, NINE + HOUR)
    with desk.store.read() as connection:
        assert [targets.ahead(connection, priority) for priority in ("low", "normal", "high")] == [2, 2, 1]
        assert targets.ahead(connection, "normal", (first,)) == 1
        assert [one.first_reply_at for one in targets.replied_lately(connection, NINE)] == [NINE + HOUR]


def test_of_two_that_look_at_the_same_time_one_sees_it_done(desk: Desk) -> None:
    """Whoever holds the conversation looks again: what another turn did a moment ago is seen."""
    number = desk.opens()
    clock = desk.clocks(number)["first_reply"]
    done: list[int] = []

    def warn(mine: int) -> None:
        with desk.store.begin() as connection:
            if desk.store.dialect != "sqlite":
                conversations.hold(connection, desk.ticket(number).conversation_id or 0)
            again = targets.is_late(connection, clock.id, NINE)
            if again is not None and again.clock.warned_at is None:
                targets.mark(connection, clock.id, warned_at=NINE)
                done.append(mine)

    _together(warn)
    assert len(done) == 1


def _together(work: Callable[[int], None], threads: int = 6) -> None:
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        start.wait()
        work(number)

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
