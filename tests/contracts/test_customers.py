"""Customers and their chats, the same on every engine."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from crm_store import conversations, customers
from crm_store.conversations import ChatPerson, ConversationView
from crm_store.schema import Customer, CustomerStats
from crm_store.store import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _customer(connection: Connection, name: str) -> int:
    key = connection.execute(insert(Customer), {"external_id": name, "created_at": NOW}).inserted_primary_key
    return int(key[0])


def _chat(store: Store, connection: Connection, user: str) -> ConversationView:
    person = ChatPerson("telegram", "1", user, user, "Ada")
    return conversations.enter(connection, store.cipher, person, NOW)


def _link(store: Store, connection: Connection, chat: ConversationView, customer: int) -> None:
    token = customers.make_link(connection, store.cipher, customer, NOW)
    assert customers.link(connection, store.cipher, chat.identity_id, customer, token, NOW)


def test_somebody_who_only_wrote_has_numbers_too(store: Store) -> None:
    with store.begin() as connection:
        someone = _chat(store, connection, "77").customer_id
        assert connection.scalars(select(CustomerStats.customer_id).where(CustomerStats.orders == 0)).all() == [someone]


def test_what_was_refused_in_a_chat_stays_refused_when_it_is_linked(store: Store) -> None:
    with store.begin() as connection:
        ada = _customer(connection, "ada")
        customers.consent(connection, ada, "broadcast", True, "1", "shop", NOW - HOUR)
        chat = _chat(store, connection, "77")
        customers.consent(connection, chat.customer_id, "broadcast", False, "1", "telegram", NOW)
        customers.consent(connection, chat.customer_id, "training", False, "1", "telegram", NOW)
        _link(store, connection, chat, ada)
        assert customers.consents(connection, ada) == {"broadcast": False, "training": False}


def test_the_newest_word_of_each_kind_counts_when_chats_are_linked(store: Store) -> None:
    with store.begin() as connection:
        ada = _customer(connection, "ada")
        chat = _chat(store, connection, "77")
        customers.consent(connection, chat.customer_id, "broadcast", True, "1", "telegram", NOW - HOUR)
        customers.consent(connection, chat.customer_id, "training", True, "1", "console", NOW)
        customers.consent(connection, ada, "broadcast", False, "1", "shop", NOW)
        _link(store, connection, chat, ada)
        assert customers.consents(connection, ada) == {"broadcast": False}


def test_a_refusal_stays_with_both_when_one_of_two_chats_goes_to_another_customer(store: Store) -> None:
    with store.begin() as connection:
        ada, bob = _customer(connection, "ada"), _customer(connection, "bob")
        first, second = _chat(store, connection, "77"), _chat(store, connection, "78")
        for chat in (first, second):
            _link(store, connection, chat, ada)
        customers.consent(connection, ada, "broadcast", False, "1", "telegram", NOW)
        _link(store, connection, first, bob)
        assert customers.consents(connection, ada) == customers.consents(connection, bob) == {"broadcast": False}


def test_the_shops_own_word_counts_until_the_person_says_something(store: Store) -> None:
    with store.begin() as connection:
        ada = _customer(connection, "ada")
        assert customers.consents(connection, ada) == {}
        connection.execute(update(Customer).values(marketing_consent=True))
        assert customers.consents(connection, ada) == {"broadcast": True}
        customers.consent(connection, ada, "broadcast", False, "1", "telegram", NOW - HOUR)
        assert customers.consents(connection, ada) == {"broadcast": False}
