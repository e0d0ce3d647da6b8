"""A customer edits what they said, or says it twice."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from handlers.events import Arrival, Chat, Edited, FileRef, Said, Unsupported
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


def test_an_exchanged_photo_is_shown_with_both_names(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.said("1", "here it is", ada.photo("box.png")))
    ada.brings(ada.edited("1", "here it is", ada.photo("jacket.png")))
    desk.staff("Maya").sees("Before: here it is\nbox.png\nAfter: here it is\njacket.png")
    assert files_in(desk) == ["box.png", "jacket.png"]


def test_new_words_of_a_photo_show_the_photo_no_second_time(desk: Rehearsal, ada: Ada) -> None:
    box = FileRef("console", "today", "box.png", unique="the box")
    ada.brings(ada.said("1", "here it is", box))
    ada.brings(ada.edited("1", "here it was", FileRef("console", "tomorrow", "box.png", unique="the box")))
    desk.staff("Maya").sees("Before: here it is\nAfter: here it was")
    assert len(desk.staff("Maya").thread()) == 3  # the words, the file that is gone, the edit


def test_an_exchanged_file_too_large_to_fetch_is_told_to_both_sides(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.said("1", "here it is", ada.photo("box.png")))
    film = FileRef("console", "x", "film.mp4", "video/mp4", 30_000_000, "video")
    ada.brings(ada.edited("1", "here it is", film))
    desk.customer("Ada").sees("“film.mp4” is too large")
    desk.staff("Maya").sees("film.mp4” (30 MB), which is too large")


def test_each_part_of_an_album_is_known_by_its_own_number(desk: Rehearsal, ada: Ada) -> None:
    parts = [ada.said(str(n), "three holes" if n == 9 else "", ada.photo(f"{n}.png")) for n in (9, 10, 11)]
    ada.brings(*parts, group="album")
    ada.brings(ada.edited("10", "this one", *parts[1].files))
    maya = desk.staff("Maya")
    maya.sees("Before: …\nAfter: this one")
    ada.brings(ada.edited("11", "", ada.photo("better.png")))
    maya.sees("Before: 11.png\nAfter: better.png")
    assert len(desk.cards()) == 1
    assert all(post.message.quote or post.message.files or post.message.facts for post in maya.thread())


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


def test_of_two_edits_the_later_one_stands_whichever_comes_first(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.said("1", "ship to Oslo"))
    ada.brings(ada.edited("1", "ship to Bergen", after=9), ada.edited("1", "ship to Bodø", after=5))
    assert b"Bergen" in desk.said_in("ada")[0].body
    desk.staff("Maya").does_not_see("Bodø")


def test_an_edit_of_nothing_into_nothing_is_no_message(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.edited("7"))
    assert desk.cards() == []


def test_an_edit_of_what_no_ticket_holds_brings_all_of_it(desk: Rehearsal, ada: Ada) -> None:
    ada.brings(ada.said("1", "hello"))
    ada.brings(Edited(ada.chat, "1", desk.time, "hello", (ada.photo("box.png"),), (Unsupported("hologram"),)))
    desk.staff("Maya").sees("[unsupported: hologram]")
    assert files_in(desk) == ["box.png"]


def test_after_an_answer_an_edit_waits_for_another(desk: Rehearsal, ada: Ada) -> None:
    maya = desk.staff("Maya")
    ada.brings(ada.said("1", "ship to Oslo"))
    maya.writes("> We do!")
    desk.passes(minutes=1)
    maya.does_not_see("Waiting since")
    ada.brings(ada.edited("1", "ship to Bergen"))
    maya.sees("Waiting since")


def test_an_edit_soon_after_the_end_reopens_the_ticket_and_later_opens_another(desk: Rehearsal, ada: Ada) -> None:
    maya = desk.staff("Maya")
    ada.brings(ada.said("1", "ship to Oslo"))
    maya.presses("Resolve")
    ada.brings(ada.edited("1", "ship to Bergen"))
    maya.sees("After: ship to Bergen")
    assert desk.ticket(1).status == "open"
    desk.customer("Ada").sees("opened your request #1 again")

    maya.presses("Resolve")
    desk.passes(hours=73)
    ada.brings(ada.edited("1", "ship to Bodø"))
    maya.sees("ship to Bodø", number=2)
    assert desk.ticket(1).status == "resolved"


def test_an_edit_of_an_ended_ticket_goes_where_a_message_would(desk: Rehearsal, ada: Ada) -> None:
    maya = desk.staff("Maya")
    ada.brings(ada.said("1", "ship to Oslo"))
    maya.presses("Resolve")
    desk.passes(hours=73)
    ada.brings(ada.said("2", "now the zip is broken"))
    ada.brings(ada.edited("1", "ship to Bergen"))
    maya.sees("After: ship to Bergen", number=2)
    assert desk.ticket(1).status == "resolved"


def test_a_thank_you_in_other_words_reopens_nothing(desk: Rehearsal, ada: Ada) -> None:
    maya = desk.staff("Maya")
    ada.brings(ada.said("1", "ship to Oslo"))
    maya.presses("Resolve")
    ada.brings(ada.said("2", "Thanks!"))
    ada.brings(ada.edited("2", "Thank you!"))
    maya.sees("After: Thank you!")
    assert desk.ticket(1).status == "resolved"
