"""A customer edits what they said, or says it twice."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from handlers.events import Arrival, Chat, Edited, FileRef, Said
from tests.dialogues.rehearsal import Rehearsal


@dataclass
class Ada:
    """A customer whose platform numbers updates and messages apart."""

    desk: Rehearsal
    numbers: int = 0

    @property
    def chat(self) -> Chat:
        return self.desk.customer("Ada").chat

    def said(self, message_id: str, text: str = "", *files: FileRef) -> Said:
        return Said(self.chat, message_id, self.desk.time, text, files)

    def edited(self, message_id: str, text: str = "", *files: FileRef, after: int = 0) -> Edited:
        return Edited(self.chat, message_id, self.desk.time + timedelta(seconds=after), text, files)

    def brings(self, *events: Said | Edited, group: str | None = None) -> None:
        numbers = range(self.numbers, self.numbers + len(events))
        self.numbers = numbers.stop
        lane = f"console:{self.chat.chat}"
        self.desk.comes_in(
            [
                Arrival("console", f"update {number}", lane, event, group)
                for number, event in zip(numbers, events, strict=True)
            ]
        )
        self.desk.passes(seconds=2)

    def photo(self, name: str) -> FileRef:
        kept: FileRef = self.desk.run(self.desk.app.console.keep_file(name, "image/png", b"\x89PNG"))
        return kept


@pytest.fixture
def ada(desk: Rehearsal) -> Ada:
    return Ada(desk)


def files_in(desk: Rehearsal) -> list[str]:
    return [file.name for post in desk.staff("Maya").thread() for file in post.message.files]


def test_the_parts_of_an_album_are_put_in_the_order_of_their_numbers(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(*(ada.said(str(n), f"hole {n}", ada.photo(f"{n}.png")) for n in (11, 9, 10)), group="album")
    assert files_in(desk) == ["9.png", "10.png", "11.png"]
    desk.staff("Maya").sees("hole 9\nhole 10\nhole 11")


def test_parts_of_an_album_that_come_again_are_not_shown_again(desk: Rehearsal, ada: Ada) -> None:
    parts = [ada.said(str(n), "", ada.photo(f"{n}.png")) for n in range(3)]
    ada.brings(*parts[:2], group="album")
    ada.brings(*parts, group="album")
    assert files_in(desk) == ["0.png", "1.png", "2.png"]


def test_a_message_under_another_update_number_is_shown_once(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.said("1", "ship to Oslo"), ada.said("1", "ship to Oslo"))
    assert len(desk.staff("Maya").thread()) == 1
    assert len(desk.customer("Ada").screen) == 1


def test_an_edit_that_overtakes_its_message_stands(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.edited("1", "ship to Bergen", after=5), ada.said("1", "ship to Oslo"))
    desk.staff("Maya").sees("ship to Bergen")
    desk.staff("Maya").does_not_see("Oslo")
