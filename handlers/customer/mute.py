"""A chat that is not heard for a while: it flooded the desk, or staff muted it.

What it says is kept, and opens no ticket, is posted nowhere and answered once. Everybody's messages draw from a bucket
that fills again by itself: whoever finds it empty floods. All of that is settled before anything is read.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta

from crm_store import conversations
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import TicketView
from handlers import message as messages
from handlers.actions import (
    Action,
    Audit,
    Consented,
    FillBucket,
    Mute,
    ReplaceBody,
    Revise,
    Say,
    ShowCard,
    TellRoom,
    TellThread,
    Timeline,
    Unmute,
)
from handlers.customer import edited
from handlers.customer.commands import STOPPED
from handlers.customer.hearing import body_of, in_a_line, name_of, records, unheard
from handlers.desk import Desk, Flood, Policy
from handlers.events import Edited, Happened, Pressed, Said
from handlers.message import Button, Fact, Message
from handlers.texts import counted, text
from handlers.texts.dates import clock, moment

Event = Said | Edited | Pressed | Happened
#: until when a chat is muted for good
FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)
#: who mutes a chat that floods, as the store has it
THE_DESK = "the desk"
#: different messages that a summary holds, and its characters
_SHOWN, _LONGEST = 10, 1_000


def about(conversation_id: int, after: int) -> str:
    """What the alert of a mute is called in the outbox."""
    return f"mute:{conversation_id}:{after}"


@dataclass(frozen=True, slots=True)
class Facts:
    event: Event
    #: what there is to keep of it: a message, other words of one, or nothing
    kept: Said | ReplaceBody | None
    conversation: ConversationView
    #: the last message of the chat before this one
    last_id: int
    #: messages since the chat was muted
    count: int
    #: a mute that has run out since
    ended: "EndFacts | None"
    ticket: TicketView | None
    now: datetime
    policy: Policy

    @property
    def is_muted(self) -> bool:
        return mutes(self.conversation, self.now) or self.floods

    @property
    def floods(self) -> bool:
        return self.policy.flood.messages > 0 and self.left < 0

    @property
    def left(self) -> float:
        """What is in the bucket after this message."""
        chat = self.conversation
        return drawn(self.policy.flood, chat.bucket, chat.bucket_at, self.event.at)


def mutes(conversation: ConversationView, now: datetime) -> bool:
    """Whether a chat is muted at a time."""
    return conversation.muted_until is not None and now < conversation.muted_until


def drawn(flood: Flood, left: float | None, at: datetime | None, now: datetime) -> float:
    """What one message leaves in a bucket that held `left` at a time; below nothing: it was empty.

    >>> minute = Flood(messages=2, per=timedelta(minutes=1), mute=timedelta(minutes=10))
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> drawn(minute, None, None, nine), drawn(minute, 0.0, nine, nine), drawn(minute, 0.0, nine, nine + minute.per)
    (1.0, -1.0, 1.0)
    """
    if left is None or at is None:
        return flood.messages - 1.0
    filled = max(timedelta(0), now - at) / flood.per * flood.messages
    return min(float(flood.messages), left + filled) - 1.0


def gather(event: Event, desk: Desk) -> Facts | None:
    """None for what was heard before. Nothing is read for it: a flood costs as little as can be."""
    if isinstance(event, Said) and unheard(event, desk) is None:
        return None
    conversation = desk.conversation(event.chat)
    ended = None
    if conversation.muted_until is not None and not mutes(conversation, desk.now):
        ended = gather_end(conversation, desk)
        conversation = replace(conversation, muted_until=None, muted_by=None, bucket=None, bucket_at=None)
        desk.learn(event.chat, conversation)
    facts = Facts(event, None, conversation, 0, 0, ended, None, desk.now, desk.policy)
    if not facts.is_muted:
        return facts
    count, _ = conversations.heard_since(
        desk.connection, desk.cipher, conversation.id, conversation.muted_after or 0, 0
    )
    return replace(
        facts,
        kept=_to_keep(event, desk),
        last_id=conversations.last_message(desk.connection, conversation.id),
        count=count,
        ticket=_open_ticket(conversation, desk),
    )


def _to_keep(event: Event, desk: Desk) -> Said | ReplaceBody | None:
    match event:
        case Said():
            return unheard(event, desk)
        case Edited():
            return edited.unannounced(event, desk)
        case _:
            return None


def _open_ticket(conversation: ConversationView, desk: Desk) -> TicketView | None:
    latest = desk.latest_ticket(conversation)
    return latest if latest is not None and latest.is_open else None


def decide(facts: Facts | None) -> list[Action]:
    """For a chat that is heard: what the message takes from the bucket, and the end of a mute before it."""
    if facts is None:
        return []
    ended = [] if facts.ended is None else decide_end(facts.ended)
    if mutes(facts.conversation, facts.now):
        return [*_keep(facts), *(_told(facts) if facts.count == 0 and facts.kept is not None else [])]
    if facts.floods:
        return [*ended, *_mute(facts)]
    if facts.policy.flood.messages == 0:
        return ended
    latest = max(facts.event.at, facts.conversation.bucket_at or facts.event.at)
    return [*ended, FillBucket(facts.conversation.id, facts.left, latest)]


def _keep(facts: Facts) -> list[Action]:
    """Nothing said is lost, and who wants no more offers gets none."""
    ticket_id = None if facts.ticket is None else facts.ticket.id
    match facts.kept:
        case None:
            return []
        case ReplaceBody():
            return [facts.kept]
        case Said(text=words):
            chat = facts.conversation
            ends = words.strip().lower() == "/stop"
            refused = [Consented(chat.customer_id, kind, False, chat.channel) for kind in STOPPED if ends]
            return [*records(facts.kept, chat, ticket_id), *refused]


def _told(facts: Facts) -> list[Action]:
    """The one answer that a muted chat gets."""
    language = facts.conversation.language
    if facts.conversation.muted_by == THE_DESK and facts.conversation.muted_until is not None:
        at = clock(facts.conversation.muted_until, facts.policy.timezone, language)
        return [Say(facts.conversation, Message(text=text("mute.flood", language, at=at)))]
    return [Say(facts.conversation, Message(text=text("mute.staff", language)))]


def _mute(facts: Facts) -> list[Action]:
    until = facts.now + facts.policy.flood.mute
    muted = replace(facts.conversation, muted_until=until, muted_by=THE_DESK)
    done: list[Action] = [
        *_keep(facts),
        Mute(muted.id, until, THE_DESK, facts.last_id),
        Audit("bot", "muted", f"conversation:{muted.id}", f"until {until.isoformat()}"),
        *_told(replace(facts, conversation=muted)),
        TellRoom("alerts", _alert(facts, until), about=about(muted.id, facts.last_id)),
    ]
    if facts.ticket is not None:
        done += [Timeline(facts.ticket.id, "bot", "muted"), ShowCard(facts.ticket.id)]
    return done


def _alert(facts: Facts, until: datetime) -> Message:
    flood, zone = facts.policy.flood, facts.policy.timezone
    length = format_timedelta(flood.per, locale="en", threshold=1)
    last = in_a_line(body_of(facts.kept)) if isinstance(facts.kept, Said) else ""
    ticket = () if facts.ticket is None else (Fact(text("mute.alert.ticket"), f"#{facts.ticket.id}"),)
    return Message(
        title=text("mute.alert", person=name_of(facts.conversation), until=until_when(until, zone)),
        text=counted("mute.alert.text", flood.messages, length=length),
        quote=last,
        facts=ticket,
        buttons=(Button(text("unmute"), "unmute", str(facts.conversation.id)),),
    )


def until_when(until: datetime, zone: ZoneInfo) -> str:
    """How staff are told until when a chat is muted.

    >>> until_when(datetime(2026, 3, 2, 9, 45, tzinfo=UTC), ZoneInfo("UTC")), until_when(FOR_GOOD, ZoneInfo("UTC"))
    ('until 2 Mar 2026, 09:45', 'for good')
    """
    return text("mute.for_good") if until >= FOR_GOOD else text("mute.until", at=moment(until, zone))


# --- the end of a mute --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EndFacts:
    """A mute that is over."""

    conversation: ConversationView
    #: how many messages came in it, and the last of them, oldest first
    count: int
    last: tuple[MessageView, ...]
    ticket: TicketView | None
    policy: Policy


def gather_end(conversation: ConversationView, desk: Desk) -> EndFacts:
    after = conversation.muted_after or 0
    count, last = conversations.heard_since(desk.connection, desk.cipher, conversation.id, after, _SHOWN)
    return EndFacts(conversation, count, tuple(last), _open_ticket(conversation, desk), desk.policy)


def decide_end(facts: EndFacts, by: str | None = None) -> list[Action]:
    """The chat is heard again, and what was said meanwhile stands in one line. `by`: who ended it before its time."""
    chat, ticket = facts.conversation, facts.ticket
    over: list[Action] = [
        Unmute(chat.id),
        Audit(by or "bot", "unmuted", f"conversation:{chat.id}"),
        Revise(about(chat.id, chat.muted_after or 0), _ended(facts, by)),
    ]
    if ticket is not None:
        over += [Timeline(ticket.id, by or "bot", "unmuted"), ShowCard(ticket.id)]
        if by is not None:
            told = text("thread.unmuted", staff=by, person=name_of(chat))
            over.append(TellThread(ticket.id, Message(context=told)))
    if facts.count == 0:
        return over
    summary = Message(text=_summary(facts))
    return [*over, TellRoom("alerts", summary) if ticket is None else TellThread(ticket.id, summary)]


def _ended(facts: EndFacts, by: str | None) -> Message:
    """What the alert says once the mute is over."""
    until = facts.conversation.muted_until
    how = text("mute.ended.by", by=by) if by is not None else ""
    if by is None and until is not None:
        how = text("mute.ended.itself", at=moment(until, facts.policy.timezone))
    return Message(title=text("mute.ended", person=name_of(facts.conversation)), context=how)


def _summary(facts: EndFacts) -> str:
    person = name_of(facts.conversation)
    return counted("mute.summary", facts.count, person=person, words=said_in_short(facts.last))


def said_in_short(last: tuple[MessageView, ...]) -> str:
    """Messages in one line, what was repeated once."""
    said = dict.fromkeys(in_a_line(messages.decode(one.body)) for one in last)
    words = " · ".join(f"“{one}”" for one in said)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
