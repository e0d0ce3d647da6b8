"""Staff mute a chat from its ticket, end the mute of one, and look through those that are muted."""

from dataclasses import dataclass
from datetime import timedelta

from crm_store import conversations
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, Mute, ShowCard, Timeline, Whisper
from handlers.customer import mute
from handlers.customer.hearing import name_of
from handlers.customer.mute import FOR_GOOD, THE_DESK, until_when
from handlers.desk import Desk, Policy
from handlers.events import StaffCommanded, StaffPressed, key_in
from handlers.message import Button, Fact, Message
from handlers.staff.changes import MuteChat, UnmuteChat
from handlers.staff.looked import LOOKED
from handlers.staff.scene import Scene
from handlers.texts import counted, text

#: how long staff can mute a chat for; None: for good
LENGTHS: dict[str, timedelta | None] = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "1w": timedelta(weeks=1),
    "good": None,
}
#: chats that the list holds
_LISTED = 20


# --- mute ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    scene: Scene
    change: MuteChat
    conversation: ConversationView | None
    #: the last message of the chat so far, or before the mute that this one replaces
    last_id: int


def gather(change: MuteChat, scene: Scene, desk: Desk) -> Facts:
    chat = desk.conversation_of(scene.ticket)
    last_id = 0 if chat is None else conversations.last_message(desk.connection, chat.id)
    if chat is not None and chat.muted_until is not None and chat.muted_after is not None:
        last_id = chat.muted_after  # what was said in the mute so far is shown when this one ends
    return Facts(scene, change, chat, last_id)


def decide(facts: Facts) -> list[Action]:
    scene, chat, length = facts.scene, facts.conversation, facts.change.length
    if chat is None:
        return scene.whisper(text("mute.no_chat"))
    if length not in LENGTHS:
        return scene.whisper(text("mute.no_length"))
    lasts = LENGTHS[length]
    until = FOR_GOOD if lasts is None else scene.now + lasts
    spoken = until_when(until, scene.policy.timezone)
    return [
        Mute(chat.id, until, scene.staff.name, facts.last_id),
        Timeline(scene.ticket.id, scene.staff.name, "muted", length),
        Audit(scene.staff.name, "muted", f"conversation:{chat.id}", length),
        scene.tell(text("thread.muted", staff=scene.staff.name, person=name_of(chat), until=spoken)),
        ShowCard(scene.ticket.id),
    ]


# --- unmute -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnmuteFacts:
    event: StaffPressed
    #: None where the chat is not muted, or there is none
    muted: mute.EndFacts | None
    staff: StaffView


def gather_unmute(event: StaffPressed, desk: Desk) -> UnmuteFacts:
    number = key_in(event.ref)
    known = None if number is None else conversations.look_at(desk.connection, desk.cipher, number)
    # as it stands once it is this turn's
    chat = None if known is None else conversations.by_id(desk.connection, desk.cipher, known.id)
    muted = None if chat is None or chat.muted_until is None else mute.gather_end(chat, desk)
    return UnmuteFacts(event, muted, desk.colleague(event.staff))


def decide_unmute(facts: UnmuteFacts) -> list[Action]:
    if facts.muted is None:
        return [Whisper(facts.event.staff, facts.event.place, Message(text=text("mute.not_muted")))]
    return mute.decide_end(facts.muted, by=facts.staff.name)


@dataclass(frozen=True, slots=True)
class OfTicketFacts:
    scene: Scene
    #: None where its chat is not muted, or it has none
    muted: mute.EndFacts | None


def gather_unmute_of(_: UnmuteChat, scene: Scene, desk: Desk) -> OfTicketFacts:
    chat = desk.conversation_of(scene.ticket)
    return OfTicketFacts(scene, None if chat is None or chat.muted_until is None else mute.gather_end(chat, desk))


def decide_unmute_of(facts: OfTicketFacts) -> list[Action]:
    if facts.muted is None:
        return facts.scene.whisper(text("mute.not_muted"))
    return mute.decide_end(facts.muted, by=facts.scene.staff.name)


# --- the list -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Muted:
    conversation: ConversationView
    count: int
    last: tuple[MessageView, ...]


@dataclass(frozen=True, slots=True)
class ListFacts:
    event: StaffCommanded
    #: those muted last come first
    muted: tuple[Muted, ...]
    #: how many there are
    total: int
    staff: StaffView
    policy: Policy


def gather_list(event: StaffCommanded, desk: Desk) -> ListFacts:
    total, chats = conversations.muted(desk.connection, desk.cipher, desk.now, _LISTED)
    since = (
        (chat, *conversations.heard_since(desk.connection, desk.cipher, chat.id, chat.muted_after or 0, 1))
        for chat in chats
    )
    muted = tuple(Muted(chat, count, tuple(last)) for chat, count, last in since)
    return ListFacts(event, muted, total, desk.colleague(event.staff), desk.policy)


def decide_list(facts: ListFacts) -> list[Action]:
    looked = Audit(facts.staff.name, LOOKED, "muted chats", str(facts.total))
    return [looked, Whisper(facts.event.staff, facts.event.place, _list(facts))]


def _list(facts: ListFacts) -> Message:
    if not facts.muted:
        return Message(text=text("spam.nobody"))
    return Message(
        title=counted("spam.title", facts.total),
        facts=tuple(Fact(name_of(one.conversation), _line(one, facts.policy)) for one in facts.muted),
        buttons=tuple(
            Button(
                text("unmute.person", person=name_of(one.conversation)[:_LISTED]), "unmute", str(one.conversation.id)
            )
            for one in facts.muted
        ),
    )


def _line(one: Muted, policy: Policy) -> str:
    chat = one.conversation
    until = until_when(chat.muted_until or FOR_GOOD, policy.timezone)
    return counted("spam.line", one.count, until=until, by=by_whom(chat), words=mute.said_in_short(one.last)).rstrip(
        " ·"
    )


def by_whom(conversation: ConversationView) -> str:
    """Who muted a chat, for staff."""
    return text("mute.desk") if conversation.muted_by == THE_DESK else conversation.muted_by or "—"
