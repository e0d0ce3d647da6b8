"""Send my order elsewhere: the address is shown back, and the shop is asked once it is confirmed."""

import pytest
from sqlalchemy import select

from crm_store.schema import RecordedErrand
from handlers import errands
from handlers.errands import ChangeAddress
from handlers.texts import text
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.shop import becomes, linked


def addresses(desk: Rehearsal) -> list[ChangeAddress]:
    """What the shop was asked to send where, and did."""
    with desk.store.read() as connection:
        done = connection.scalars(select(RecordedErrand.errand_sealed).where(RecordedErrand.state == "done"))
        found = [errands.decode(desk.store.cipher.open_bytes("recorded_errands.errand", sealed)) for sealed in done]
    return [errand for errand in found if isinstance(errand, ChangeAddress)]


def test_an_address_in_one_message_is_shown_back_and_goes_to_the_shop(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid", NT_2="shipped")
    ada.says("I want to change my delivery address")
    ada.sees("Where shall order NT-1 go?")
    ada.says("Ada Lovelace\nMusterweg 5\n10115 Berlin")
    assert ada.screen[-1] == (
        "Order NT-1 would go to:\nAda Lovelace\nMusterweg 5\n10115 Berlin\nGermany\nIs that right?"
    )
    assert addresses(desk) == []
    ada.presses("Yes, send it there")
    assert ada.screen[-1] == "Done: order NT-1 goes to the new address."
    assert addresses(desk) == [ChangeAddress("NT-1", "Ada Lovelace", "Musterweg 5", "10115", "Berlin", "", "DE")]


def test_an_address_line_by_line_in_chinese(desk: Rehearsal) -> None:
    ada = linked(desk, language="zh", country="CN", NT_1="paid", NT_2="pending")
    ada.says("我想改收货地址")
    ada.sees("哪个订单要改收货地址？")
    ada.presses("NT-2")
    ada.presses("逐项填写")
    ada.says("世纪大道100号")
    ada.presses("没有了")
    ada.says("200120")
    ada.says("上海")
    ada.presses("中国")
    ada.sees("订单 NT-2 将寄到：\n世纪大道100号\n200120 上海\n中国\n对吗？")
    ada.says("对")
    assert ada.screen[-1] == "已办好：订单 NT-2 将寄到新地址。"
    assert addresses(desk) == [ChangeAddress("NT-2", "世纪大道100号", "", "200120", "上海", "", "CN")]


def test_what_an_address_lacks_is_asked_for_alone(desk: Rehearsal) -> None:
    ada = linked(desk, country=None, NT_1="paid")
    ada.says("change my delivery address")
    ada.says("Musterweg 5")
    assert ada.screen[-1] == "The postcode, please."
    ada.says("somewhere")
    assert ada.screen[-1] == "That does not look right to me. The postcode, please."
    ada.says("10115")
    ada.says("Berlin")
    assert ada.screen[-1] == "The country, please."
    ada.says("Alemania")
    ada.sees("Musterweg 5\n10115 Berlin\nGermany")


def test_a_wrong_address_is_given_anew(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("change my delivery address")
    ada.says("Musterweg 5, 10115 Berlin")
    ada.presses("No, another address")
    ada.says("12 High Street, London SW1A 1AA, United Kingdom")
    ada.sees("12 High Street\nSW1A 1AA London\nUnited Kingdom")
    ada.says("yes")
    assert [(errand.city, errand.country) for errand in addresses(desk)] == [("London", "GB")]


def test_never_mind_leaves_the_address_as_it_is(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("change my delivery address")
    ada.presses("Line by line")
    ada.says("Musterweg 5")
    ada.says("never mind")
    assert ada.screen[-1].startswith("All right, I leave it as it is.")
    ada.presses("Nothing more")
    assert ada.screen[-1].startswith("That button no longer works")
    assert addresses(desk) == []


def test_two_answers_that_are_no_address_bring_a_person_and_a_photo_is_none(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    photo = desk.run(desk.app.console.keep_file("label.png", "image/png", b"\x89PNG"))
    ada.says("change my delivery address")
    ada.says("", photo)
    ada.sees("I could not read that as an address.")
    ada.says("the usual one, you know")
    maya.sees("the usual one, you know")
    ada.sees("request #1")


def test_a_good_answer_after_a_bad_one_counts_from_nothing_again(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("change my delivery address")
    ada.says("over there")
    ada.presses("Line by line")
    ada.says("?!")
    assert ada.screen[-1].startswith("That does not look right to me. Street and number")
    assert desk.cards() == []


def test_a_person_is_there_on_request(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    ada.says("change my delivery address")
    ada.says("I want to speak to a person")
    maya.sees("I want to speak to a person")


def test_an_order_that_left_meanwhile_keeps_its_address(desk: Rehearsal) -> None:
    ada, maya = linked(desk, NT_1="paid"), desk.staff("Maya")
    ada.says("change my delivery address")
    ada.says("Musterweg 5, 10115 Berlin")
    becomes(desk, "NT-1", "shipped")
    ada.presses("Yes, send it there")
    ada.sees("Order NT-1 has left us already, so its address can no longer be changed.")
    assert addresses(desk) == []
    ada.presses("Ask a person")
    maya.sees("about order NT-1")


def test_a_line_of_any_length_or_signs_is_taken_or_asked_for_again(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid")
    ada.says("change my delivery address")
    ada.presses("Line by line")
    ada.says("x" * 4_000)
    assert ada.screen[-1].startswith("That does not look right to me.")
    ada.says("Weg 1\u202e\x00 '; DROP TABLE orders;--")
    ada.presses("Nothing more")
    ada.presses("There is none")
    ada.says("Berlin")
    ada.presses("Germany")
    ada.sees("Weg 1 '; DROP TABLE orders;--\nBerlin\nGermany")
    ada.says("yes")
    assert [(errand.line1, errand.postcode) for errand in addresses(desk)] == [("Weg 1 '; DROP TABLE orders;--", "")]


def test_a_chat_that_is_not_linked_gets_a_person(desk: Rehearsal) -> None:
    eve, maya = desk.customer("Eve"), desk.staff("Maya")
    eve.says("I want to change my delivery address")
    maya.sees("I want to change my delivery address")


@pytest.mark.parametrize(
    ("language", "wish", "street", "town"),
    [
        ("en", "please send it to Hauptstr. 5, 10115 Berlin instead", "Hauptstr. 5", "10115 Berlin"),
        ("de", "Bitte schickt es stattdessen an Hauptstr. 5, 10115 Berlin", "Hauptstr. 5", "10115 Berlin"),
        (
            "en",
            "Please change my delivery address:\nAda Lovelace\nMusterweg 5\n10115 Berlin",
            "Musterweg 5",
            "10115 Berlin",
        ),
    ],
)
def test_an_address_told_with_the_wish_is_shown_back_at_once(
    desk: Rehearsal, language: str, wish: str, street: str, town: str
) -> None:
    ada = linked(desk, language=language, NT_1="paid")
    ada.says(wish)
    assert street in ada.screen[-1]
    assert town in ada.screen[-1]
    assert text("change_address.yes", language) in [button.label for button in desk.sent_to("ada")[-1].buttons]
    assert desk.cards() == []
    ada.presses(text("change_address.yes", language))
    assert text("change_address.asked", language, order="NT-1") in ada.screen


def test_an_address_told_with_the_wish_is_kept_while_the_order_is_chosen(desk: Rehearsal) -> None:
    ada = linked(desk, NT_1="paid", NT_2="paid")
    ada.says("please send it to Hauptstr. 5, 10115 Berlin instead")
    assert ada.screen[-1] == text("change_address.which", "en")
    ada.presses("NT-2")
    assert "Hauptstr. 5\n10115 Berlin\nGermany" in ada.screen[-1]
    ada.presses("No, another address")
    assert ada.screen[-1] == text("change_address.ask", "en", order="NT-2")


def test_what_a_chinese_address_lacks_is_asked_for(desk: Rehearsal) -> None:
    ada = linked(desk, language="zh", country="CN", NT_1="paid")
    ada.says("请把订单改寄到北京市朝阳区建国路5号 100000")
    assert ada.screen[-1] == text("change_address.city", "zh")
    ada.says("北京")
    assert "北京市朝阳区建国路5号" in ada.screen[-1]
