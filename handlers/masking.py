"""What comes in, with the card numbers in it masked: what is not stored cannot be lost.

People's words are masked, and the names of their files; ids of platforms are not: some are as long as a card's number.
"""

from msgspec.structs import replace

from crm_store.masking import Spares, masked
from handlers.events import (
    Blocked,
    Edited,
    ErrandSettled,
    Event,
    Extra,
    FileRef,
    Happened,
    Location,
    Pressed,
    Said,
    SharedContact,
    StaffAsked,
    StaffCommanded,
    StaffEdited,
    StaffSaid,
    StaffSubmitted,
    Unsupported,
)

#: digits of a telephone number at the most (ITU-T E.164): what is longer on a contact card is none
_PHONE = 15


def without_cards(event: Event, spares: Spares) -> Event:
    """The event as it may be stored; `hidden` in it says that something was masked."""
    if isinstance(event, Said | Edited | Pressed | Happened | Blocked):
        username = event.chat.username and masked(event.chat.username)
        event = replace(event, chat=replace(event.chat, name=masked(event.chat.name), username=username))
    match event:
        case Said() | Edited():
            return _from_customer(event, spares)
        case Happened():
            return replace(event, what=masked(event.what, spares))
        case StaffSaid():
            words, files = masked(event.text, spares), _files(event.files, spares)
            hidden = words != event.text or files != event.files
            return replace(event, text=words, files=files, hidden=hidden) if hidden else event
        case StaffEdited() | StaffCommanded() | StaffAsked():
            words = masked(event.text, spares)
            return replace(event, text=words, hidden=True) if words != event.text else event
        case StaffSubmitted():
            values = {name: masked(value, spares) for name, value in event.values.items()}
            return replace(event, values=values, hidden=True) if values != event.values else event
        case ErrandSettled():
            return replace(event, reason=masked(event.reason, spares), files=_files(event.files, spares))
        case _:
            return event


def _from_customer(event: Said | Edited, spares: Spares) -> Said | Edited:
    """A quotation is masked too; whoever quotes what they sent long ago sends no number."""
    words, files = masked(event.text, spares), _files(event.files, spares)
    extras = tuple(_extra(extra, spares) for extra in event.extras)
    hidden = (words, files, extras) != (event.text, event.files, event.extras)
    return replace(
        event,
        text=words,
        files=files,
        extras=extras,
        answers=masked(event.answers, spares),
        forwarded_from=masked(event.forwarded_from, spares),
        hidden=hidden,
    )


def _files(files: tuple[FileRef, ...], spares: Spares) -> tuple[FileRef, ...]:
    return tuple(replace(file, name=masked(file.name, spares)) for file in files)


def _extra(extra: Extra, spares: Spares) -> Extra:
    match extra:
        case Location():
            return replace(extra, title=masked(extra.title, spares))
        case SharedContact():
            is_phone = sum(map(str.isdecimal, extra.phone)) <= _PHONE
            phone = extra.phone if is_phone else masked(extra.phone, spares)
            return replace(extra, name=masked(extra.name, spares), phone=phone)
        case Unsupported():
            return replace(extra, what=masked(extra.what, spares))
