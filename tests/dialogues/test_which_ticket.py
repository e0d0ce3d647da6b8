"""Which ticket a message belongs to."""

import pytest

from handlers.texts import text
from tests.dialogues.rehearsal import Rehearsal
from tests.dialogues.shop import linked


def test_while_an_older_ticket_is_open_again_messages_go_into_its_thread(desk: Rehearsal) -> None:
    ada, maya = desk.customer("Ada"), desk.staff("Maya")
    ada.says("my parcel is wet")
    maya.presses("Resolve", number=1)
    desk.passes(hours=73)
    ada.says("now the zip is broken")
    maya.presses("Resolve", number=2)
    maya.presses("Reopen", number=1)
    ada.says("the box is open as well")
    maya.sees("the box is open as well", number=1)
    assert len(desk.cards()) == 2
    assert desk.ticket(2).status == "resolved"


@pytest.mark.parametrize(
    ("language", "complaint", "wish", "key"),
    [
        ("en", "my parcel is wet", "please send me the invoice", "invoice.which"),
        ("zh", "包裹到的时候都湿了，我要投诉", "我想取消订单", "cancel_order.which"),
    ],
)
def test_what_the_desk_can_do_waits_for_no_answer_about_something_else(
    desk: Rehearsal, language: str, complaint: str, wish: str, key: str
) -> None:
    ada, maya = linked(desk, language=language, NT_1="paid", NT_2="paid"), desk.staff("Maya")
    ada.says(complaint)
    assert desk.ticket(1).is_open
    ada.says(wish)
    assert ada.screen[-1] == text(key, language)
    ada.presses(text("flow.never_mind", language))
    maya.writes("> Sorry, we look into it" if language == "en" else "> 很抱歉，我们马上处理")
    desk.passes(minutes=1)
    ada.says(wish)  # who talks with somebody tells them
    maya.sees(wish)
    assert len(desk.cards()) == 1
