"""Whom to ask what, and what reviews say, on every engine."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from crm_store import conversations, reviews, surveys, tickets
from crm_store.conversations import ChatPerson, ConversationView
from crm_store.money import Rates
from crm_store.orders import NewItem, NewOrder, put_order
from crm_store.reviews import NewReview, RequestView
from crm_store.schema import Conversation, Review, ReviewAspect, Ticket
from crm_store.store import Store
from crm_store.tickets import NewTicket

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def ada(store: Store) -> ConversationView:
    person = ChatPerson("telegram", "bot", "77", "77", "Ada")
    with store.begin() as connection:
        return conversations.enter(connection, store.cipher, person, AT)


def a_ticket(store: Store, chat: ConversationView, **values: object) -> int:
    """One that was resolved after an answer."""
    with store.begin() as connection:
        number = tickets.new_number(connection, AT)
        opened = NewTicket(number, chat.id, chat.customer_id, "refund", "normal", "my money", AT)
        tickets.open_ticket(connection, store.cipher, opened)
        changed = {"status": "resolved", "resolved_at": AT, "first_reply_at": AT, **values}
        connection.execute(update(Ticket).where(Ticket.id == number).values(changed))
        return number


def an_order(store: Store, chat: ConversationView, number: str, delivered: datetime = AT) -> int:
    order = NewOrder(
        number, chat.customer_id, delivered - DAY, "delivered", "EUR", 900, items=(NewItem("MUG", 1, 900),),
        delivered_at=delivered,
    )  # fmt: skip
    with store.begin() as connection:
        return put_order(connection, Rates("EUR", {"USD": Decimal(1)}), order)


def test_resolved_tickets_that_were_answered_are_due_once(store: Store, ada: ConversationView) -> None:
    number = a_ticket(store, ada)
    a_ticket(store, ada, first_reply_at=None)
    a_ticket(store, ada, merged_into_id=number)
    a_ticket(store, ada, resolved_at=AT - 3 * DAY)
    with store.begin() as connection:
        assert surveys.due(connection, AT - DAY, AT, 10) == [(number, ada.id)]
        surveys.asked(connection, number, AT)
        assert surveys.due(connection, AT - DAY, AT, 10) == []
        surveys.marked(connection, number, 4, AT)
        surveys.commented(connection, store.cipher, number, "gut 🙂")
        asked = surveys.survey(connection, number)
        assert asked is not None
        assert (asked.conversation_id, asked.mark, asked.marked_at) == (ada.id, 4, AT)
        assert surveys.comment(connection, store.cipher, number) == "gut 🙂"
        assert surveys.survey(connection, number + 99) is None
        period = surveys.satisfaction(connection, AT, AT + DAY)
        assert (period.asked, period.marks, period.satisfied) == (1, 1, 1)
        assert surveys.satisfaction(connection, AT + DAY, AT + 2 * DAY).score is None


def test_who_cannot_be_reached_or_is_in_a_ticket_is_not_due(store: Store, ada: ConversationView) -> None:
    a_ticket(store, ada)
    with store.begin() as connection:
        connection.execute(update(Conversation).values(muted_until=AT + DAY))
        assert surveys.due(connection, AT - DAY, AT, 10) == []
        connection.execute(update(Conversation).values(muted_until=None))
    a_ticket(store, ada, status="open", resolved_at=None)
    with store.read() as connection:
        assert surveys.due(connection, AT - DAY, AT, 10) == []


def test_a_review_is_read_until_it_changes(store: Store, ada: ConversationView) -> None:
    order = an_order(store, ada, "NT-1")
    told = NewReview("R-1", ada.customer_id, 2, AT, "MUG", order, "broke 🙁")
    with store.begin() as connection:
        key = reviews.put_review(connection, store.cipher, told)
        (found,) = reviews.unread(connection, store.cipher, AT, 10)
        assert (found.id, found.order, found.product, found.text) == (key, "NT-1", None, "broke 🙁")
        assert found.conversation_id == ada.id
        for aspects in ({"quality": -1.0, "size": 0.5}, {"quality": -0.5}):
            reviews.was_read(connection, key, -0.75, aspects, AT)
            kept = connection.execute(select(ReviewAspect.aspect, ReviewAspect.sentiment)).all()
            assert {row.aspect: row.sentiment for row in kept} == aspects
        assert reviews.unread(connection, store.cipher, AT, 10) == []
        assert connection.scalar(select(Review.sentiment)) == -0.75
        reviews.opened_ticket(connection, key, 12)
        reviews.put_review(connection, store.cipher, told)
        (again,) = reviews.unread(connection, store.cipher, AT, 10)
        assert again.ticket_id == 12
        assert reviews.unread(connection, store.cipher, AT - DAY, 10) == []


def test_one_delivered_order_a_customer_is_asked_about(store: Store, ada: ConversationView) -> None:
    first, second = an_order(store, ada, "NT-1"), an_order(store, ada, "NT-2", AT + timedelta(hours=1))
    an_order(store, ada, "NT-0", AT - 30 * DAY)
    with store.begin() as connection:
        window = (AT - DAY, AT + DAY, AT - 30 * DAY, 10)
        (due,) = reviews.to_ask(connection, *window)
        assert due == RequestView(second, "NT-2", ada.customer_id, ada.id)
        reviews.was_asked(connection, due, AT)
        assert reviews.to_ask(connection, *window) == []
        # a month later the other one might be
        (later,) = reviews.to_ask(connection, AT - DAY, AT + DAY, AT, 10)
        assert later.order_id == first
        reviews.was_rated(connection, second, 4)
        asked = reviews.request_for(connection, second)
        assert asked == RequestView(second, "NT-2", ada.customer_id, ada.id, 4)
        assert reviews.request_for(connection, first) is None


def test_a_customer_with_two_chats_is_asked_in_the_newest(store: Store, ada: ConversationView) -> None:
    an_order(store, ada, "NT-1")
    with store.begin() as connection:
        other = {
            "channel": "console", "account": "", "chat": "ada", "identity_id": ada.identity_id,
            "customer_id": ada.customer_id, "created_at": AT,
        }  # fmt: skip
        newest = connection.execute(insert(Conversation).values(other)).inserted_primary_key
        assert newest is not None
        (due,) = reviews.to_ask(connection, AT - DAY, AT + DAY, AT, 10)
        assert due.conversation_id == newest[0]
