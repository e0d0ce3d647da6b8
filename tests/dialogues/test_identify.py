"""Who is this: a chat is joined to a customer by proof, and by nothing less."""

import pytest
from sqlalchemy import select

from crm_store import conversations, customers
from crm_store.customers import NewCustomer
from crm_store.flows import FlowView
from crm_store.schema import AuditEntry, Conversation, Customer, Flow, Identity
from handlers.customer import identify
from handlers.message import Key
from handlers.texts import LANGUAGES, text
from tests.dialogues.rehearsal import MORNING, Rehearsal
from tests.dialogues.rehearsal import Customer as Person
from tests.dialogues.test_order_status import an_order

EMAIL = "ada@example.com"
LINKED = "this chat is now connected to your My shop account"


@pytest.fixture(autouse=True)
def ada_of_the_shop(desk: Rehearsal) -> None:
    a_customer(desk, "C-7", name="Ada Lovelace", email=EMAIL, phone="0151 2345 6789", country="DE")
    an_order(desk, "NT-10023", key_of(desk, "C-7"))


def a_customer(desk: Rehearsal, external_id: str, **known: str) -> int:
    with desk.store.begin() as connection:
        return customers.put_customer(connection, desk.store.cipher, NewCustomer(external_id, **known), MORNING)  # type: ignore[arg-type]


def key_of(desk: Rehearsal, external_id: str) -> int:
    with desk.store.read() as connection:
        key = connection.scalar(select(Customer.id).where(Customer.external_id == external_id))
    assert key is not None
    return key


def linked_to(desk: Rehearsal, person: Person) -> tuple[str | None, str]:
    """The shop's id of a chat's customer, and how it came to be theirs."""
    query = (
        select(Customer.external_id, Identity.linked_by)
        .join(Conversation, Conversation.customer_id == Customer.id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Conversation.chat == person.chat.chat)
    )
    with desk.store.read() as connection:
        row = connection.execute(query).one()
    return row.external_id, row.linked_by


def in_a_flow(desk: Rehearsal) -> bool:
    with desk.store.read() as connection:
        return connection.execute(select(Flow)).first() is not None


# --- the telephone number -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", ["+4915123456789", "4915123456789"])
def test_a_customer_is_known_by_their_own_number(desk: Rehearsal, phone: str) -> None:
    ada = desk.customer("ada_l")
    ada.says("/link")
    assert ada.keys == ["Share my phone number", "Never mind"]
    ada.shares_phone(phone)
    assert ada.screen[-1].startswith(f"Thank you, Ada: {LINKED}. You can ask about your orders")
    assert linked_to(desk, ada) == ("C-7", "phone")
    assert ada.keys == []
    assert not in_a_flow(desk)
    ada.says("where is my parcel?")
    ada.sees("Order NT-10023")
    assert desk.cards() == []


def test_a_german_customer_is_known_by_their_own_number(desk: Rehearsal) -> None:
    ada = desk.customer("ada_l", language="de")
    ada.says("/link")
    ada.sees("Damit ich Ihnen helfen kann, muss ich wissen, wer Sie sind.")
    assert ada.keys == ["Meine Telefonnummer teilen", "Doch nicht"]
    ada.shares_phone("+4915123456789")
    ada.sees("Vielen Dank, Ada: Dieser Chat ist jetzt mit Ihrem Konto bei My shop verbunden.")
    assert linked_to(desk, ada) == ("C-7", "phone")


@pytest.mark.parametrize(
    ("of", "forwarded_from"), [("somebody-else", ""), ("", ""), (None, "Ada Lovelace")], ids=["other", "none", "passed"]
)
def test_a_contact_that_is_not_the_senders_own_never_links(
    desk: Rehearsal, of: str | None, forwarded_from: str
) -> None:
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.shares_phone("+4915123456789", of=of, forwarded_from=forwarded_from)  # without being asked
    maya.sees("+4915123456789", 1)
    eve.says("/link")
    eve.shares_phone("+4915123456780", of=of, forwarded_from=forwarded_from)
    eve.sees("That is not your own contact")
    desk.passes(seconds=1)
    eve.shares_phone("+4915123456789", of=of, forwarded_from=forwarded_from)
    eve.sees("I cannot tell for certain who you are, so a colleague will help you here")
    assert linked_to(desk, eve) == (None, "chat")
    assert not in_a_flow(desk)


def test_a_number_that_several_customers_have_goes_to_a_person(desk: Rehearsal) -> None:
    a_customer(desk, "C-8", phone="+49 151 23456789")
    ada, maya = desk.customer("ada_l"), desk.staff("Maya")
    ada.says("/link")
    ada.shares_phone("+4915123456789")
    ada.sees("a colleague will help you here (request #1)")
    maya.sees("belongs to several customers (C-7, C-8)")
    assert linked_to(desk, ada) == (None, "chat")


def test_the_number_of_another_country_with_the_same_digits_is_another_number(desk: Rehearsal) -> None:
    a_customer(desk, "C-9", phone="(491) 512-3450", country="US")
    stranger = desk.customer("Stranger")
    stranger.says("/link")
    stranger.shares_phone("+4915123450")
    stranger.sees("I find no customer with this phone number")
    assert linked_to(desk, stranger) == (None, "chat")


def test_an_own_number_links_without_being_asked_for(desk: Rehearsal) -> None:
    ada, maya = desk.customer("ada_l"), desk.staff("Maya")
    ada.says("my parcel is wet")
    ada.shares_phone("+4915123456789")
    ada.sees(LINKED)
    maya.sees("ada_l shared their own telephone number: this chat is now connected to customer C-7.")
    maya.sees("NT-10023")
    assert maya.card().message.title.endswith("Ada Lovelace")


# --- an order and its address -------------------------------------------------------------------------------------


def test_a_customer_is_known_by_an_order_and_its_address(desk: Rehearsal) -> None:
    ada = desk.customer("ada_l")
    ada.says("/link")
    ada.says("it is nt-10023")
    ada.sees("Which e-mail address did you use for this order?")
    assert ada.keys == ["Never mind"]
    ada.says("Ada@Example.com")
    ada.sees(LINKED)
    assert linked_to(desk, ada) == ("C-7", "order")
    assert ada.keys == []
    ada.says("/link")
    assert ada.screen[-1] == "This chat is already connected to your My shop account. Just write what you need."


def test_a_french_customer_is_known_by_an_order_and_its_address_in_one_message(desk: Rehearsal) -> None:
    ada = desk.customer("ada_l", language="fr")
    ada.says("/link")
    ada.says(f"commande 10023, {EMAIL}")
    ada.sees("Merci, Ada : cette conversation est maintenant reliée à votre compte My shop.")
    assert linked_to(desk, ada) == ("C-7", "order")


def test_a_wrong_answer_does_not_tell_what_was_wrong(desk: Rehearsal) -> None:
    told = []
    for number, email in (("NT-10023", "eve@example.com"), ("NT-99999", EMAIL), ("NT-99999", "eve@example.com")):
        eve = desk.customer(f"eve-{number}-{email}")
        eve.says("/link")
        eve.says(number)
        eve.says(email)
        told.append(eve.screen)
        assert linked_to(desk, eve) == (None, "chat")
    assert told[0] == told[1] == told[2]
    assert told[0][-1].startswith("That order number and that e-mail address do not belong together.")


def test_a_name_and_a_postal_address_prove_nothing(desk: Rehearsal) -> None:
    eve = desk.customer("Ada Lovelace")
    eve.says("/link")
    eve.says("I am Ada Lovelace, Weg, Berlin")
    eve.sees("I could not read that.")
    eve.says("Ada Lovelace!")
    eve.sees("so a colleague will help you here (request #1)")
    assert linked_to(desk, eve) == (None, "chat")


def test_after_five_wrong_answers_of_a_chat_a_person_takes_over(desk: Rehearsal) -> None:
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("/link")
    for number in range(5):
        eve.says(f"NT-1000{number}")
        eve.says(f"eve{number}@example.com")
    eve.sees("so a colleague will help you here (request #1)")
    maya.sees("5 wrong answers within an hour")
    # what is right comes too late
    eve.says("/link")
    eve.says("NT-10023")
    eve.says(EMAIL)
    assert eve.screen[-1].startswith("I cannot tell for certain who you are")
    assert linked_to(desk, eve) == (None, "chat")
    desk.passes(hours=1, seconds=1)
    eve.says("/link")
    eve.says("NT-10023")
    eve.says(EMAIL)
    assert linked_to(desk, eve) == ("C-7", "order")


@pytest.mark.parametrize(
    ("number", "email"),
    [("NT-10023", "eve{}@example.com"), ("NT-2000{}", EMAIL), ("NT-99999", "e{}@x.com"), ("NT-3000{}", "no@x.com")],
    ids=["an order there is", "an address there is", "no order", "no address"],
)
def test_an_order_or_an_address_can_be_tried_five_times_from_all_chats_whether_it_exists_or_not(
    desk: Rehearsal, number: str, email: str
) -> None:
    for place in range(5):
        eve = desk.customer(f"eve{place}")
        eve.says("/link")
        eve.says(number.format(place))
        eve.says(email.format(place))
    eve.sees("so a colleague will help you here")
    another = desk.customer("another")
    another.says("/link")
    another.says(number.format(8).replace("NT-", "nt "))
    another.says(email.format(8))
    another.sees("so a colleague will help you here")


def test_wrong_answers_are_in_the_audit_log_without_what_was_written(desk: Rehearsal) -> None:
    eve = desk.customer("Eve")
    eve.says("/link")
    eve.says("NT-10023")
    eve.says("eve@example.com")
    with desk.store.read() as connection:
        rows = connection.execute(select(AuditEntry).where(AuditEntry.action == identify.FAILED)).all()
    assert {row.subject.partition(":")[0] for row in rows} == {"conversation", "order", "email", "customer"}
    assert f"customer:{key_of(desk, 'C-7')}" in {row.subject for row in rows}
    kept = " ".join(f"{row.subject} {row.detail}" for row in rows)
    assert "10023" not in kept
    assert "eve" not in kept


# --- leaving, and what goes along ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_that_ends_it_does_in_every_language(desk: Rehearsal, language: str) -> None:
    ada = desk.customer("ada_l", language=language)
    ada.says("/link")
    ada.says(ada.keys[-1])
    assert ada.screen[-1] == text("flow.ended", language)
    assert ada.keys == []
    assert not in_a_flow(desk)


def test_a_person_is_there_on_request(desk: Rehearsal) -> None:
    ada, maya = desk.customer("ada_l"), desk.staff("Maya")
    ada.says("/link")
    ada.says("I want to talk to a human")
    maya.sees("I want to talk to a human")
    assert ada.keys == []
    assert not in_a_flow(desk)


def test_a_link_of_the_shop_ends_the_question(desk: Rehearsal) -> None:
    with desk.store.begin() as connection:
        token = customers.make_link(connection, desk.store.cipher, key_of(desk, "C-7"), MORNING)
    ada = desk.customer("ada_l")
    ada.says("/link")
    ada.says(f"/start {token}")
    ada.sees("chat is now connected to your My shop account")
    assert ada.keys == []
    assert not in_a_flow(desk)


def test_no_ticket_number_is_lost_on_answers_that_open_none(desk: Rehearsal) -> None:
    """A colleague who looks for the numbers between two tickets finds none missing."""
    ada = desk.customer("Ada")
    ada.says("/link")
    for number in ("NT-99991", "NT-99992", "NT-99993"):  # each is a wrong answer by itself, and a known question
        ada.says(number)
        ada.says("where is my order NT-99999?")
    ada.says("nobody@example.com")
    for _ in range(3):
        ada.says("NT-10023 nobody@example.com")
    ada.sees("a colleague will help you here")
    desk.customer("Bo").says("my parcel is wet")
    assert [card.about for card in desk.cards()] == ["card:1", "card:2"]


def test_consents_and_tickets_go_along(desk: Rehearsal) -> None:
    ada, maya = desk.customer("ada_l"), desk.staff("Maya")
    ada.says("/stop")
    ada.says("my parcel is wet")
    ada.says("/link")
    ada.says("NT-10023")
    ada.says(EMAIL)
    maya.sees("ada_l named an order and its e-mail address: this chat is now connected to customer C-7.")
    key = key_of(desk, "C-7")
    assert desk.ticket(1).customer_id == key
    with desk.store.read() as connection:
        assert customers.consents(connection, key) == {"broadcast": False, "training": False, "surveys": False}
        subjects = connection.scalars(select(AuditEntry.subject).where(AuditEntry.action == "link")).all()
        assert subjects == [f"customer:{key}"]


def test_too_many_links_that_do_not_work_are_not_even_looked_at(desk: Rehearsal) -> None:
    eve = desk.customer("Eve")
    for number in range(5):
        eve.says(f"/start guess-{number}")
    with desk.store.begin() as connection:
        token = customers.make_link(connection, desk.store.cipher, key_of(desk, "C-7"), MORNING)
    eve.says(f"/start {token}")
    assert eve.screen[-1].startswith("Too many links did not work in a short time.")
    assert linked_to(desk, eve) == (None, "chat")
    desk.passes(hours=1, seconds=1)
    eve.says(f"/start {token}")
    assert linked_to(desk, eve) == ("C-7", "link")


def test_a_link_ends_after_a_week(desk: Rehearsal) -> None:
    with desk.store.begin() as connection:
        token = customers.make_link(connection, desk.store.cipher, key_of(desk, "C-7"), MORNING)
    ada = desk.customer("ada_l")
    desk.passes(days=7)
    ada.says(f"/start {token}")
    ada.sees("This link has expired or was used before")
    assert linked_to(desk, ada) == (None, "chat")


def test_help_names_the_command(desk: Rehearsal) -> None:
    ada = desk.customer("ada_l")
    ada.says("/help")
    assert "/link: connect this chat to your customer account" in ada.screen[-1]


# --- for other flows ----------------------------------------------------------------------------------------------


def test_what_needs_a_known_customer_says_why_and_what_comes_next() -> None:
    chat = conversations.ConversationView(1, "console", "", "c", 2, 3, "de", None, "Ada", None, None, None)
    enter, ask = identify.begin(chat, then="identify.help", because="Für eine Rückgabe.")
    assert enter.flow == FlowView("identify", "who", {"then": "identify.help"})  # type: ignore[union-attr]
    assert ask.message.text.startswith("Für eine Rückgabe. Damit ich Ihnen")  # type: ignore[union-attr]
    assert ask.message.keys[0] == Key("Meine Telefonnummer teilen", shares_phone=True)  # type: ignore[union-attr]
    with pytest.raises(KeyError):
        identify.begin(chat, then="no.such.sentence")


def test_an_answer_after_days_begins_anew(desk: Rehearsal) -> None:
    ada = desk.customer("ada_l")
    ada.says("/link")
    desk.passes(days=3)
    ada.says("NT-10023")
    ada.sees("Order NT-10023")
