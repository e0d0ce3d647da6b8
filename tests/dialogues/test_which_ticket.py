"""Which ticket a message belongs to."""

from tests.dialogues.rehearsal import Rehearsal


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
