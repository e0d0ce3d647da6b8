"""What staff say a message means, and whose words may be learnt from."""

from datetime import timedelta

import pytest

from crm_store import conversations, corrections, customers
from crm_store.conversations import ChatPerson, NewMessage
from crm_store.store import Store
from tests.conftest import NOW


@pytest.fixture
def said(store: Store) -> tuple[int, int]:
    """A customer, and the id of a message of theirs."""
    with store.begin() as connection:
        person = ChatPerson("console", "console", "ada", "ada", "Ada", None, "en")
        conversation = conversations.enter(connection, store.cipher, person, NOW)
        message = NewMessage(conversation.id, "in", "customer", b"my vase came in pieces", NOW)
        return conversation.customer_id, conversations.record(connection, store.cipher, message)


def learnt(store: Store) -> list[tuple[bytes, str]]:
    with store.read() as connection:
        return [(one.body, one.intent) for one in corrections.to_learn_from(connection, store.cipher)]


def test_nobody_is_learnt_from_who_did_not_agree(store: Store, said: tuple[int, int]) -> None:
    customer, message = said
    with store.begin() as connection:
        corrections.correct(connection, message, "complaint", "Maya", NOW)

    assert learnt(store) == []

    with store.begin() as connection:
        customers.consent(connection, customer, "broadcast", True, "1", "console", NOW)

    assert learnt(store) == []


def test_who_agreed_is_learnt_from_until_they_change_their_mind(store: Store, said: tuple[int, int]) -> None:
    customer, message = said
    with store.begin() as connection:
        corrections.correct(connection, message, "complaint", "Maya", NOW)
        customers.consent(connection, customer, corrections.CONSENT, True, "1", "console", NOW)

    assert learnt(store) == [(b"my vase came in pieces", "complaint")]

    with store.begin() as connection:
        customers.consent(connection, customer, corrections.CONSENT, False, "1", "console", NOW + timedelta(days=1))

    assert learnt(store) == []


def test_the_last_word_on_a_message_counts(store: Store, said: tuple[int, int]) -> None:
    customer, message = said
    with store.begin() as connection:
        customers.consent(connection, customer, corrections.CONSENT, True, "1", "console", NOW)
        corrections.correct(connection, message, "review", "Tom", NOW)
        corrections.correct(connection, message, "complaint", "Maya", NOW)

    assert [intent for _, intent in learnt(store)] == ["complaint"]
