"""Whose turn it is, on every engine; nobody is given more than the cap, however many turns give at once."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store import conversations, duty, tickets
from crm_store.conversations import ChatPerson
from crm_store.duty import OnDuty
from crm_store.store import Store
from crm_store.tickets import NewTicket, StaffView
from handlers.staffing import Staffing, Team, hand_out, in_turn

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def person(store: Store, name: str, since: datetime | None = NOW) -> StaffView:
    with store.begin() as connection:
        staff = tickets.colleague(connection, "console", name.lower(), name, NOW)
        duty.set_duty(connection, staff.id, since)
        return staff


def opened(store: Store, who: str, at: datetime = NOW) -> int:
    with store.begin() as connection:
        chat = conversations.enter(connection, store.cipher, ChatPerson("console", "", who, who, who), at)
        number = tickets.new_number(connection, at)
        new = NewTicket(number, chat.id, chat.customer_id, "question", "normal", "wet", at)
        tickets.open_ticket(connection, store.cipher, new)
        return number


def turn(store: Store, who: str, cap: int) -> str | None:
    """A turn that opens a ticket and gives it to whoever's turn it is."""
    with store.begin() as connection:
        chat = conversations.enter(connection, store.cipher, ChatPerson("console", "", who, who, who), NOW)
        number = tickets.new_number(connection, NOW)
        people = duty.on_duty(connection, lock=True)
        one = in_turn(people, Staffing(assignment="round_robin", cap=cap), None)
        new = NewTicket(number, chat.id, chat.customer_id, "question", "normal", "wet", NOW)
        tickets.open_ticket(connection, store.cipher, new)
        if one is not None:
            duty.give(connection, number, one.staff, NOW + number * MINUTE)
        return one.staff.name if one else None


def test_turns_go_round_and_end_at_the_cap(store: Store) -> None:
    person(store, "Maya", NOW - MINUTE)
    person(store, "Noor")
    person(store, "Off", None)
    given = [turn(store, f"customer {number}", cap=2) for number in range(5)]
    assert given == ["Maya", "Noor", "Maya", "Noor", None]
    with store.read() as connection:
        assert [one.load for one in duty.on_duty(connection)] == [2, 2]
        assert len(duty.unassigned(connection)) == 1


def test_what_is_resolved_or_asleep_is_no_load(store: Store) -> None:
    maya = person(store, "Maya")
    first, second = opened(store, "ada"), opened(store, "bea")
    with store.begin() as connection:
        for number in (first, second):
            duty.give(connection, number, maya, NOW)
        found = tickets.get(connection, store.cipher, first)
        assert found is not None
        tickets.resolve(connection, found, NOW)
        assert [one.load for one in duty.on_duty(connection)] == [1]
        assert [ticket.id for ticket in duty.unanswered_of(connection, maya.id)] == [second]
        tickets.answered(connection, second, NOW, None)
        assert duty.unanswered_of(connection, maya.id) == []
        assert [one.load for one in duty.on_duty(connection)] == [1]


def test_a_ticket_given_to_nobody_is_unassigned(store: Store) -> None:
    maya, number = person(store, "Maya"), opened(store, "ada")
    with store.begin() as connection:
        duty.give(connection, number, maya, NOW)
        assert duty.unassigned(connection) == []
        duty.give(connection, number, None, NOW)
        assert [ticket.id for ticket in duty.unassigned(connection)] == [number]


def test_turns_at_once_give_nobody_more_than_the_cap(store: Store) -> None:
    for name in ("Maya", "Noor"):
        person(store, name)
    given: list[str | None] = []
    start = threading.Barrier(8)

    def run(number: int) -> None:
        start.wait()
        given.append(turn(store, f"customer {number}", cap=3))

    workers = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(given) == {"Maya": 3, "Noor": 3, None: 2}
    with store.read() as connection:
        assert [one.load for one in duty.on_duty(connection)] == [3, 3]


# --- the rule -----------------------------------------------------------------------------------------------------


def on_duty(number: int, name: str, load: int = 0, assigned_at: datetime | None = None) -> OnDuty:
    return OnDuty(StaffView(number, "slack", f"U{number}", name, "agent"), NOW, assigned_at, load)


def test_whoever_was_given_none_for_longest_is_next() -> None:
    people = [
        on_duty(1, "Maya", assigned_at=NOW),
        on_duty(2, "Noor", assigned_at=NOW - MINUTE),
        on_duty(3, "Olga", load=10),
    ]
    assert in_turn(people, Staffing(cap=10), None) == people[1]
    assert in_turn(people, Staffing(cap=11), None) == people[2]


def test_a_teams_ticket_goes_to_its_members_alone() -> None:
    billing = Team("billing", frozenset({"U2", "Olga"}))
    staffing = Staffing(cap=2, teams=(billing,))
    people = [on_duty(1, "Maya"), on_duty(2, "Noor", load=1), on_duty(3, "Olga", load=1)]
    assert in_turn(people, staffing, "billing") == people[1]
    assert in_turn([people[0]], staffing, "billing") is None
    assert in_turn(people, staffing, "a team of last year") == people[0]


@pytest.mark.parametrize(
    ("kind", "language", "team"),
    [("refund", "de-AT", "money"), ("refund", "en", "english"), ("question", "fr", None), ("question", None, None)],
)
def test_a_ticket_is_the_first_teams_that_fits(kind: str, language: str | None, team: str | None) -> None:
    money = Team("money", frozenset({"a"}), kinds=frozenset({"refund"}), languages=frozenset({"de"}))
    english = Team("english", frozenset({"a"}), languages=frozenset({"en"}))
    found = Staffing(teams=(money, english)).team_for(kind, language)
    assert (found.name if found else None) == team


def test_many_tickets_are_dealt_round() -> None:
    people = [on_duty(number, str(number)) for number in (1, 2, 3)]
    waiting = [duty.Unassigned(number, number, None) for number in range(8)]
    given = hand_out(waiting, people, Staffing(cap=2), NOW)
    assert [one.staff.id if one else None for _, one in given] == [1, 2, 3, 1, 2, 3, None, None]
    assert hand_out(waiting[:1], [replace(people[0], load=2)], Staffing(cap=2), NOW) == [(waiting[0], None)]
