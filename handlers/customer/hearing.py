"""What every customer's message becomes: a record, and a copy in the ticket's thread for staff to read."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

import msgspec

from crm_store import conversations
from crm_store.conversations import ConversationView
from handlers.actions import Action, Record, Say, TellThread
from handlers.desk import Desk, Policy
from handlers.events import Edited, Extra, FileRef, Location, Said, SharedContact, Unsupported
from handlers.message import Message, plain
from handlers.texts import text
from handlers.texts.lines import in_one, shortened

_MEGABYTE = 1_000_000
#: characters of a line that stands for a whole message, and of a name
_LINE, _NAME = 200, 100


def name_of(conversation: ConversationView) -> str:
    """What staff call the customer: the shop's name for them, else the platform's."""
    return conversation.customer_name or conversation.person or f"customer {conversation.customer_id}"


def first_name(conversation: ConversationView) -> str:
    """What the desk calls the customer; empty for somebody without a name."""
    return (conversation.customer_name or conversation.person or "").split(" ")[0]


def hello(name: str, language: str | None) -> str:
    """How the desk greets, with a name or without."""
    return text("hello.name", language, name=name) if name else text("hello", language)


def joined(parts: list[Said]) -> Said:
    """An album as one message: the files of all parts, the words of those that have some, in the order they were sent.

    The platform counts its messages: of two numbers the longer one, else the greater, is the later.
    """
    parts = sorted(parts, key=lambda part: (len(part.message_id), part.message_id))
    return msgspec.structs.replace(
        parts[0],
        text="\n".join(part.text for part in parts if part.text),
        files=tuple(file for part in parts for file in part.files),
        extras=tuple(extra for part in parts for extra in part.extras),
        parts=tuple(parts),
        hidden=any(part.hidden for part in parts),
    )


def unheard(said: Said, desk: Desk) -> Said | None:
    """What of a message is not kept yet: what comes again, or after its own edit, is heard once."""
    conversation = desk.conversation(said.chat)
    parts = said.parts or (said,)
    new = [
        part
        for part in parts
        if not (part.message_id and conversations.knows(desk.connection, conversation.id, part.message_id))
    ]
    if len(new) == len(parts):
        return said
    return joined(new) if new else None


def body_of(said: Said) -> Message:
    """What the message says, as it is kept."""
    return Message(text=said.text, context=context_of(said), files=said.files)


def record(said: Said, conversation: ConversationView, ticket_id: int | None) -> Record:
    """The message as it is kept."""
    return Record(
        conversation.id,
        "in",
        "customer",
        body_of(said),
        said.at,
        ticket_id=ticket_id,
        platform_id=said.message_id,
    )


def records(said: Said, conversation: ConversationView, ticket_id: int | None) -> list[Action]:
    """The message as it is kept, an album part by part: each has an id of its own, by which an edit finds it."""
    first, *rest = (record(part, conversation, ticket_id) for part in said.parts or (said,))
    return [first, *(replace(part, is_further=True) for part in rest)]


def put_in_thread(
    said: Said, conversation: ConversationView, ticket_id: int, inbox_id: int, policy: Policy
) -> list[Action]:
    """The message in the ticket's thread."""
    copy = Message(title=name_of(conversation), quote=said.text, context=context_of(said), files=said.files)
    return show_with_files(copy, conversation, ticket_id, policy, about=f"said:{inbox_id}")


def show_with_files(
    copy: Message, conversation: ConversationView, ticket_id: int, policy: Policy, about: str | None = None
) -> list[Action]:
    """A post in the ticket's thread; of a file too large to fetch, staff and the customer are told."""
    small = tuple(file for file in copy.files if not _too_large(file, policy))
    large = tuple(file for file in copy.files if _too_large(file, policy))
    person = name_of(conversation)
    limit = policy.largest_file // _MEGABYTE
    notes = [copy.context]
    notes += [
        text("thread.file_too_large", person=person, name=file.name, size=_megabytes(file), limit=limit)
        for file in large
    ]
    copy = msgspec.structs.replace(copy, context="\n".join(note for note in notes if note), files=small)
    sorry = [
        Say(conversation, Message(text=text("file.too_large", conversation.language, name=file.name, limit=limit)))
        for file in large
    ]
    return [TellThread(ticket_id, copy, about=about), *sorry]


def answered_by_bot(ticket_id: int, answers: Sequence[Message]) -> TellThread:
    """A line in the ticket's thread: what the customer was told by no person, so that nobody tells them again."""
    words = "\n".join(text("thread.bot_answered", words=in_a_line(answer)) for answer in answers)
    return TellThread(ticket_id, Message(context=words))


def in_a_line(message: Message) -> str:
    """A message as one line of moderate length.

    >>> in_a_line(Message(title="Order 7", text="It is\\non its way"))
    'Order 7 · It is · on its way'
    """
    return shortened(" · ".join(plain(message).splitlines()), _LINE)


def subject_of(body: Message) -> str:
    """A line that tells what a customer's message is: its words, else what came with it."""
    words = in_one(body.text.strip() or body.context, _LINE)
    return words or ", ".join(file.kind.replace("_", " ") for file in body.files) or "…"


def context_of(said: Said | Edited) -> str:
    """What staff have to know of a message beside its words: whose they are, what they answer, what came with them."""
    lines = []
    if said.forwarded_from:
        lines.append(text("thread.forwarded", name=in_one(said.forwarded_from, _NAME)))
    if said.answers:
        lines.append(text("thread.answers", words=in_one(said.answers, _LINE)))
    lines.append(described(said.extras, said.chat.user))
    return "\n".join(line for line in lines if line)


def _too_large(file: FileRef, policy: Policy) -> bool:
    return file.size is not None and file.size > policy.largest_file


def _megabytes(file: FileRef) -> int:
    return round((file.size or 0) / _MEGABYTE)


def described(extras: tuple[Extra, ...], user: str) -> str:
    """What came with a message that is neither words nor a file."""
    return "\n".join(_describe(extra, user) for extra in extras)


def _describe(extra: Extra, user: str) -> str:
    match extra:
        case Location(latitude=latitude, longitude=longitude, title=title):
            place = in_one(title, _LINE)
            return text("thread.location", latitude=latitude, longitude=longitude, title=place).strip()
        case SharedContact(name=name, phone=phone, user=owner):
            key = "thread.contact_own" if owner == user else "thread.contact"
            return text(key, name=in_one(name, _NAME), phone=in_one(phone, _NAME))
        case Unsupported(what=what):
            return text("thread.unsupported", what=what)
        case _:
            assert_never(extra)
