"""Macros, articles, votes and open forms, on every engine."""

from datetime import timedelta

import pytest

from crm_store import articles, composing, conversations, customers, macros, tickets
from crm_store.articles import ArticleView
from crm_store.conversations import ChatPerson, NewMessage
from crm_store.customers import NewCustomer
from crm_store.macros import MacroView
from crm_store.store import Store
from crm_store.tickets import NewTicket
from tests.conftest import NOW

ONE = timedelta(minutes=1)


@pytest.fixture
def ticket(store: Store) -> int:
    """A ticket in a conversation, the customer's message in it, and two of staff: Maya (1) and Tom (2)."""
    with store.begin() as connection:
        person = ChatPerson("console", "console", "ada", "ada", "Ada", None, "en")
        conversation = conversations.enter(connection, store.cipher, person, NOW)
        number = tickets.new_number(connection, NOW)
        opened = NewTicket(number, conversation.id, conversation.customer_id, "question", "normal", "hello", NOW)
        tickets.open_ticket(connection, store.cipher, opened)
        for name in ("Maya", "Tom"):
            tickets.colleague(connection, "console", name.lower(), name, NOW)
        return number


def staff(store: Store, name: str) -> int:
    with store.read() as connection:
        found = tickets.known_colleague(connection, "console", name.lower())
    assert found is not None
    return found.id


def test_a_macro_has_one_text_a_language(store: Store) -> None:
    with store.begin() as connection:
        for language, words in (("en", "Sorry"), ("de", "Verzeihung"), ("en", "So sorry")):
            macros.save(connection, MacroView("late", language, words, "Maya", NOW))
        macros.save(connection, MacroView("Late", "en", "another name", "Maya", NOW))
    with store.begin() as connection:
        assert [(one.language, one.text) for one in macros.named(connection, "late")] == [
            ("de", "Verzeihung"),
            ("en", "So sorry"),
        ]
        assert len(macros.every(connection)) == 3
        assert macros.remove(connection, "late", "fr") == 0
        assert macros.remove(connection, "late", "de") == 1
        assert macros.remove(connection, "late") == 1
        assert [one.name for one in macros.every(connection)] == ["Late"]


def test_an_article_takes_the_place_of_its_namesake(store: Store) -> None:
    with store.begin() as connection:
        for words in ("old", "new 🙂"):
            articles.save(connection, ArticleView("pay", "en", "How?", words, "Maya", NOW))
        assert [one.text for one in articles.every(connection)] == ["new 🙂"]
        found = articles.get(connection, "pay", "en")
        assert found is not None
        assert found.at == NOW
        assert articles.remove(connection, "pay", "de") == 0
        assert articles.remove(connection, "pay", "en") == 1


def test_the_last_word_on_an_answer_counts(store: Store, ticket: int) -> None:
    with store.begin() as connection:
        conversation = conversations.at(connection, store.cipher, "console", "console", "ada")
        assert conversation is not None
        said = NewMessage(conversation.id, "in", "customer", b"how?", NOW)
        message = conversations.record(connection, store.cipher, said)
        assert articles.vote_on(connection, message) is None
        articles.answered(connection, message, "pay", "en", NOW)
        assert articles.last_vote(connection, conversation.id, NOW) is None
        last = articles.last_vote(connection, conversation.id, NOW - ONE)
        assert last is not None
        assert (last.slug, last.message_id, last.helped) == ("pay", message, None)
        for helped in (True, False):
            articles.vote(connection, message, helped, NOW + ONE)
        found = articles.vote_on(connection, message)
        assert found is not None
        assert (found.helped, found.at) == (False, NOW + ONE)
        articles.join_ticket(connection, message, ticket)
        heard = conversations.last_heard(connection, store.cipher, ticket)
        assert heard is not None
        assert heard.id == message


def test_who_has_the_form_open_is_known_until_they_send_it_in(store: Store, ticket: int) -> None:
    maya, tom = staff(store, "Maya"), staff(store, "Tom")
    with store.begin() as connection:
        composing.opened(connection, ticket, maya, NOW)
        composing.opened(connection, ticket, tom, NOW + ONE)
        composing.opened(connection, ticket, maya, NOW + 2 * ONE)
        assert [(one.name, one.at) for one in composing.who(connection, ticket, NOW)] == [
            ("Tom", NOW + ONE),
            ("Maya", NOW + 2 * ONE),
        ]
        assert [one.name for one in composing.who(connection, ticket, NOW + ONE)] == ["Maya"]
        composing.closed(connection, ticket, maya)
        assert composing.since(connection, ticket, maya) is None
        assert composing.since(connection, ticket, tom) == NOW + ONE


def test_who_else_answered_since_is_told(store: Store, ticket: int) -> None:
    maya, tom = staff(store, "Maya"), staff(store, "Tom")
    with store.begin() as connection:
        found = tickets.get(connection, store.cipher, ticket)
        assert found is not None
        assert found.conversation_id is not None
        ids = [
            conversations.record(
                connection,
                store.cipher,
                NewMessage(found.conversation_id, "out", "staff", b"", NOW + n * ONE, ticket_id=ticket, author_id=who),
            )
            for n, who in enumerate((maya, maya, tom, maya))
        ]
        conversations.mark_deleted(connection, ids[3], NOW)
        told = composing.answers_since(connection, ticket, tom, NOW)
    assert [(one.name, one.at) for one in told] == [("Maya", NOW + ONE)]


def test_a_customer_is_found_by_what_is_theirs(store: Store) -> None:
    with store.begin() as connection:
        grace = NewCustomer("C-9", "Grace", "Grace@shop.example", "+49 151 555 0199")
        key = customers.put_customer(connection, store.cipher, grace, NOW)
        assert customers.who_has(connection, store.cipher, "email", "grace@shop.example") == {key}
        assert customers.who_has(connection, store.cipher, "phone", "+491515550199") == {key}
        assert customers.who_has(connection, store.cipher, "email", "ada@shop.example") == frozenset()
