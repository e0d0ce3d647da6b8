"""The labels of a ticket, over every engine."""

import pytest

from crm_store import conversations, tags, tickets
from crm_store.conversations import ChatPerson
from crm_store.store import Store
from crm_store.tickets import NewTicket
from tests.conftest import NOW


@pytest.fixture
def number(store: Store) -> int:
    """A ticket."""
    with store.begin() as connection:
        chat = conversations.enter(connection, store.cipher, ChatPerson("console", "", "ada", "ada", "Ada"), NOW)
        number = tickets.new_number(connection, NOW)
        opened = NewTicket(number, chat.id, chat.customer_id, "question", "normal", "hello", NOW)
        tickets.open_ticket(connection, store.cipher, opened)
    return number


def test_a_tag_is_there_once_however_often_it_is_added(store: Store, number: int) -> None:
    with store.begin() as connection:
        tags.add(connection, number, "vip")
        tags.add(connection, number, tags.ABUSE)
        tags.add(connection, number, "vip")

        assert tags.of(connection, number) == ("abuse", "vip")


def test_a_tag_is_gone_once_it_is_removed(store: Store, number: int) -> None:
    with store.begin() as connection:
        tags.add(connection, number, "vip")

        assert tags.remove(connection, number, "vip")
        assert not tags.remove(connection, number, "vip")
        assert tags.of(connection, number) == ()


def test_what_is_too_long_for_a_tag_is_cut_the_same_way_each_time(store: Store, number: int) -> None:
    with store.begin() as connection:
        tags.add(connection, number, "x" * 100)

        assert tags.of(connection, number) == ("x" * tags.LONGEST,)
        assert tags.remove(connection, number, "x" * 100)
