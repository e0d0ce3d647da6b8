"""A customer in Telegram shows who they are, with the running product on the other side."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from crm_store import customers
from crm_store.customers import NewCustomer
from crm_store.schema import Customer, Identity
from tests.end_to_end.desk import PATIENCE, RunningDesk
from tests.end_to_end.people import card_of, sees
from tests.wire.slack import SlackServer
from tests.wire.telegram import TelegramServer, TelegramUser

PHONE = "+491701234567"


@pytest.fixture
def ada(telegram: TelegramServer) -> TelegramUser:
    return telegram.user(first_name="Ada", last_name="Lovelace")


@pytest.fixture(autouse=True)
def ada_of_the_shop(desk: RunningDesk) -> None:
    with desk.store() as store, store.begin() as connection:
        told = NewCustomer("C-7", name="Ada Lovelace", phone="0170 1234567", country="DE")
        customers.put_customer(connection, store.cipher, told, datetime.now(UTC))


def linked_to(desk: RunningDesk, person: TelegramUser) -> str | None:
    mine = (Identity.channel == "telegram", Identity.user == str(person.id))
    with desk.store() as store, store.read() as connection:
        owner = select(Customer.external_id).join(Identity, Identity.customer_id == Customer.id)
        return connection.scalar(owner.where(*mine))


def test_the_key_that_shares_ones_own_number_links_and_goes_away(desk: RunningDesk, ada: TelegramUser) -> None:
    ada.says("/link")
    ada.wait_for("I have to know who you are", PATIENCE)
    assert ada.keyboard == [["Share my phone number"], ["Never mind"]]
    ada.presses("Share my phone number")
    ada.wait_for("Thank you, Ada: this chat is now connected to your Wire Shop account", PATIENCE)
    assert ada.keyboard == []
    assert linked_to(desk, ada) == "C-7"


def test_a_contact_that_is_not_the_senders_own_never_links(
    desk: RunningDesk, slack: SlackServer, telegram: TelegramServer, ada: TelegramUser
) -> None:
    eve = telegram.user(first_name="Eve", last_name="Moriarty")
    eve.says("/link")
    eve.wait_for("I have to know who you are", PATIENCE)
    eve.sends_contact(PHONE, of=ada.id)
    eve.wait_for("That is not your own contact", PATIENCE)
    eve.sends_contact(PHONE, own=False)
    eve.wait_for("a colleague will help you here", PATIENCE)
    eve.sends_contact(PHONE, forwarded_from="Ada Lovelace")
    sees(slack, card_of(slack, "Eve Moriarty"), "Forwarded from Ada Lovelace")
    assert linked_to(desk, eve) is None
    assert eve.keyboard == []
