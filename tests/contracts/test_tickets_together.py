"""Tickets that become one, come apart, are split and linked: the same over every engine."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from crm_store import conversations, corrections, ticket_links, tickets
from crm_store.conversations import ChatPerson, ConversationView, NewMessage
from crm_store.store import Store
from crm_store.ticket_links import Link
from crm_store.tickets import NewTicket, TicketView
from tests.conftest import NOW


def chat_of(connection: Connection, store: Store, name: str, channel: str = "console") -> ConversationView:
    return conversations.enter(connection, store.cipher, ChatPerson(channel, "bot", name, name, name.title()), NOW)


def opened(connection: Connection, store: Store, chat: ConversationView) -> int:
    number = tickets.new_number(connection, NOW)
    new = NewTicket(number, chat.id, chat.customer_id, "refund", "normal", "wet", NOW, intent="refund", confidence=0.83)
    tickets.open_ticket(connection, store.cipher, new)
    return number


def said(connection: Connection, store: Store, chat: ConversationView, ticket: int, direction: str = "in") -> int:
    author = "customer" if direction == "in" else "staff"
    message = NewMessage(chat.id, direction, author, b"words", NOW, ticket_id=ticket)
    return conversations.record(connection, store.cipher, message)


def got(connection: Connection, store: Store, number: int) -> TicketView:
    ticket = tickets.get(connection, store.cipher, number)
    assert ticket is not None
    return ticket


def merged(connection: Connection, store: Store, number: int, into: int) -> None:
    tickets.set_merged(connection, number, into)
    tickets.resolve(connection, got(connection, store, number), NOW)


def latest(connection: Connection, store: Store, chat: ConversationView) -> int | None:
    ticket = tickets.latest_of(connection, store.cipher, chat.id)
    return None if ticket is None else ticket.id


def test_a_ticket_keeps_what_its_message_was_read_as(store: Store) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        number = opened(connection, store, chat)
        message = said(connection, store, chat, number)
        tickets.set_message(connection, number, message)
        corrections.correct(connection, message, "complaint", "Maya", NOW)
        ticket = got(connection, store, number)
        assert (ticket.intent, ticket.confidence, ticket.message_id) == ("refund", 0.83, message)
        assert (ticket.team, ticket.snoozed_until, ticket.merged_into_id) == (None, None, None)
        assert corrections.of_message(connection, message) == "complaint"
        assert corrections.of_message(connection, message + 1) is None


@pytest.mark.parametrize("kept_is_older", [True, False])
def test_messages_go_to_the_ticket_that_was_kept(store: Store, kept_is_older: bool) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        first, second = opened(connection, store, chat), opened(connection, store, chat)
        kept, gone = (first, second) if kept_is_older else (second, first)
        merged(connection, store, gone, kept)
        assert latest(connection, store, chat) == kept
        tickets.resolve(connection, got(connection, store, kept), NOW)
        assert latest(connection, store, chat) == kept
        assert tickets.merged_into(connection, kept) == [gone]

        tickets.set_merged(connection, gone, None)
        tickets.reopen(connection, got(connection, store, gone), NOW)
        assert latest(connection, store, chat) == gone
        assert tickets.merged_into(connection, kept) == []


def test_messages_of_another_chat_follow_a_chain_of_merges(store: Store) -> None:
    with store.begin() as connection:
        ada, bob, zoe = (chat_of(connection, store, name) for name in ("ada", "bob", "zoe"))
        one, two, three = (opened(connection, store, chat) for chat in (ada, bob, zoe))
        merged(connection, store, one, two)
        merged(connection, store, two, three)
        assert [latest(connection, store, chat) for chat in (ada, bob, zoe)] == [three, three, three]
        kept = tickets.kept(connection, store.cipher, one)
        assert kept is not None
        assert kept.id == three

        new = opened(connection, store, ada)  # an open ticket of the chat's own comes first
        assert latest(connection, store, ada) == new


def test_a_circle_of_merges_ends(store: Store) -> None:
    """No button makes one; a restored backup may."""
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        one, two = opened(connection, store, chat), opened(connection, store, chat)
        merged(connection, store, one, two)
        merged(connection, store, two, one)
        assert latest(connection, store, chat) in (one, two)


def test_a_message_and_those_after_it_move(store: Store) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        one, two = opened(connection, store, chat), opened(connection, store, chat)
        messages = [said(connection, store, chat, one, direction) for direction in ("in", "out", "in", "note")]
        other = said(connection, store, chat, two)
        conversations.move_messages(connection, one, messages[2], two)
        cipher = store.cipher
        assert [each.id for each in conversations.said_in_ticket(connection, cipher, one)] == messages[:2]
        assert [each.id for each in conversations.said_in_ticket(connection, cipher, two)] == [*messages[2:], other]


def test_a_ticket_is_answered_where_its_customer_spoke_last(store: Store) -> None:
    with store.begin() as connection:
        ada, abroad = chat_of(connection, store, "ada"), chat_of(connection, store, "ada abroad")
        number = opened(connection, store, ada)
        assert conversations.spoken_in(connection, number) is None
        said(connection, store, ada, number)
        said(connection, store, abroad, number)
        said(connection, store, ada, number, "out")
        assert conversations.spoken_in(connection, number) == abroad.id


def test_what_messages_said_before_is_kept_in_order(store: Store) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        message = said(connection, store, chat, opened(connection, store, chat))
        for minute, words in enumerate((b"second", b"third")):
            at = NOW + timedelta(minutes=minute)
            conversations.replace_body(connection, store.cipher, message, words, at)
        versions = conversations.versions_of(connection, store.cipher, [message, message + 1])
        assert versions == {message: [(NOW, b"words"), (NOW + timedelta(minutes=1), b"second")]}


def test_links_are_the_same_from_both_sides_and_made_once(store: Store) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        one, two, three = (opened(connection, store, chat) for _ in range(3))
        ticket_links.add(connection, two, one, "split")
        ticket_links.add(connection, one, two)
        ticket_links.add(connection, three, one)
        assert ticket_links.of(connection, one) == (Link(two, "split"), Link(three, "related"))
        assert ticket_links.of(connection, two) == (Link(one, "split"),)
        ticket_links.remove(connection, one, three)
        assert ticket_links.of(connection, three) == ()


def test_snoozed_tickets_are_found_when_their_time_has_come(store: Store) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        late, later, never, resolved = (opened(connection, store, chat) for _ in range(4))
        tickets.snooze(connection, late, NOW + timedelta(hours=2))
        tickets.snooze(connection, later, NOW + timedelta(hours=1))
        tickets.snooze(connection, never, None)
        tickets.snooze(connection, resolved, NOW)
        tickets.resolve(connection, got(connection, store, resolved), NOW)
        tickets.snooze(connection, resolved, NOW)  # what is resolved is not put aside
        assert got(connection, store, resolved).status == "resolved"
        assert tickets.due_to_wake(connection, NOW) == []
        assert tickets.due_to_wake(connection, NOW + timedelta(hours=2)) == [later, late]

        tickets.wake(connection, late)
        assert (got(connection, store, late).status, got(connection, store, late).snoozed_until) == ("open", None)
        assert tickets.due_to_wake(connection, NOW + timedelta(hours=3)) == [later]


def test_a_colleagues_open_tickets_begin_with_who_waits_longest(store: Store) -> None:
    with store.begin() as connection:
        chat = chat_of(connection, store, "ada")
        maya = tickets.colleague(connection, "console", "maya", "Maya", NOW)
        numbers = [opened(connection, store, chat) for _ in range(4)]
        for number in numbers:
            tickets.claim(connection, number, maya)
        tickets.set_waiting(connection, numbers[0], None)
        tickets.set_waiting(connection, numbers[1], NOW + timedelta(minutes=1))
        tickets.resolve(connection, got(connection, store, numbers[3]), NOW)
        mine = tickets.assigned_to(connection, store.cipher, maya.id)
        assert [ticket.id for ticket in mine] == [numbers[2], numbers[1], numbers[0]]
        tickets.unassign(connection, numbers[2])
        assert numbers[2] not in [ticket.id for ticket in tickets.assigned_to(connection, store.cipher, maya.id)]
        assert [one.name for one in tickets.everybody(connection)] == ["Maya"]
