"""A customer edits a message: staff see what it said before and what it says now."""

from dataclasses import dataclass, field
from datetime import datetime

from crm_store import conversations
from crm_store.conversations import ConversationView, MessageView
from crm_store.tickets import TicketView
from handlers import message as messages
from handlers.actions import Action, CustomerWaits, ReplaceBody, SetSubject, ShowCard, Timeline
from handlers.customer import ticket
from handlers.customer.hearing import context_of, described, name_of, show_with_files, subject_of
from handlers.desk import Desk, Policy
from handlers.events import Edited, FileRef, Said
from handlers.message import Fact, Message
from handlers.texts import text


@dataclass(frozen=True, slots=True)
class Facts:
    event: Edited
    conversation: ConversationView
    #: the message as it was kept
    kept: MessageView
    #: the ticket it belongs to now
    ticket: TicketView
    #: whether it is the first message of its ticket, whose words the card shows
    opens: bool
    #: whether it says no more than thank you
    is_thanks: bool
    now: datetime
    policy: Policy
    before: Message = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", messages.decode(self.kept.body))


def as_new(event: Edited, desk: Desk) -> Said | None:
    """The edit as a message of its own, when what was edited is in no ticket that goes on: then it is read afresh."""
    kept = _kept(event, desk)
    if kept is not None and (_ticket(event, kept, desk) is not None or not _changes(event, kept)):
        return None
    said = Said(
        event.chat,
        event.message_id,
        event.at,
        event.text,
        event.files,
        event.extras,
        event.answers,
        event.forwarded_from,
        hidden=event.hidden,
    )
    return said if said.text or said.files or said.extras else None


def unannounced(event: Edited, desk: Desk) -> Said | ReplaceBody | None:
    """What is kept of an edit that nobody is told of: a message of its own, other words of one, or nothing."""
    kept = _kept(event, desk)
    if kept is None:
        return as_new(event, desk)
    return ReplaceBody(kept.id, _now(event, messages.decode(kept.body)), event.at) if _changes(event, kept) else None


def gather(event: Edited, desk: Desk) -> Facts | None:
    kept = _kept(event, desk)
    if kept is None or not _changes(event, kept):
        return None
    goes_on = _ticket(event, kept, desk)
    if goes_on is None:
        return None
    is_thanks = not event.files and desk.reading(event.text).route == "thanks"
    opens = conversations.opening_of(desk.connection, goes_on.id) == kept.id
    return Facts(event, desk.conversation(event.chat), kept, goes_on, opens, is_thanks, desk.now, desk.policy)


def decide(facts: Facts | None) -> list[Action]:
    if facts is None:
        return []
    goes_on, now = facts.ticket, _now(facts.event, facts.before)
    changed: list[Action] = [
        ReplaceBody(facts.kept.id, now, facts.event.at),
        Timeline(goes_on.id, "customer", "edited"),
        *([SetSubject(goes_on.id, subject_of(now))] if facts.opens else []),
        *show_with_files(_told(facts), facts.conversation, goes_on.id, facts.policy),
    ]
    if not goes_on.is_open:
        if facts.is_thanks:
            return changed
        again = ticket.answer(facts.conversation, "ticket.reopened", goes_on.id)
        return [*ticket.reopen(goes_on, facts.conversation, facts.now), *changed, again]
    shows = facts.opens or goes_on.is_snoozed or goes_on.waiting_since is None
    card = [ShowCard(goes_on.id)] if shows else []
    return [*changed, CustomerWaits(goes_on.id), *ticket.woken(goes_on, "customer"), *card]


def _kept(event: Edited, desk: Desk) -> MessageView | None:
    conversation = desk.conversation(event.chat)
    return conversations.message_from_customer(desk.connection, desk.cipher, conversation.id, event.message_id)


def _ticket(event: Edited, kept: MessageView, desk: Desk) -> TicketView | None:
    """The message's own ticket while it is open, else another that is; else its own, when it was resolved lately."""
    own = desk.ticket_kept(kept.ticket_id) if kept.ticket_id is not None else None
    if own is None or own.is_open:
        return own
    latest = desk.latest_ticket(desk.conversation(event.chat))
    if latest is not None and latest.is_open:
        return latest
    return own if ticket.continues(own, desk) else None


def _changes(event: Edited, kept: MessageView) -> bool:
    """Whether an edit says something else than what is kept, and is not older than that: edits may overtake."""
    if event.at < (kept.edited_at or kept.created_at):
        return False
    before = messages.decode(kept.body)
    return event.text != before.text or bool(_new_files(event, before)) or bool(_new_extras(event, before))


def _new_files(event: Edited, before: Message) -> tuple[FileRef, ...]:
    known = {file.unique or file.id for file in before.files}
    return tuple(file for file in event.files if (file.unique or file.id) not in known)


def _new_extras(event: Edited, before: Message) -> str:
    now = described(event.extras, event.chat.user)
    return "" if now in before.context else now


def _now(event: Edited, before: Message) -> Message:
    return Message(text=event.text, context=context_of(event) or before.context, files=event.files or before.files)


def _told(facts: Facts) -> Message:
    """Before and after; files are named on both sides when one was exchanged, and the new one is shown."""
    event, before, files = facts.event, facts.before, _new_files(facts.event, facts.before)
    was = [before.text, *(file.name for file in before.files if files)]
    now = [event.text, *(file.name for file in event.files if files), _new_extras(event, before)]
    return Message(
        title=text("thread.edited", person=name_of(facts.conversation)),
        facts=(Fact(text("thread.before"), _lines(was)), Fact(text("thread.after"), _lines(now))),
        files=files,
    )


def _lines(words: list[str]) -> str:
    return "\n".join(line for line in words if line) or "…"
