"""A customer was told when to expect an answer, and it did not come: they are told again, once for each promise."""

from dataclasses import dataclass
from datetime import datetime

from crm_store import conversations, targets
from crm_store.conversations import ConversationView
from crm_store.targets import Late
from handlers.actions import Action, MarkTarget, PromiseAnswer, Say
from handlers.customer import promise
from handlers.customer.hearing import answered_by_bot
from handlers.customer.promise import Expected
from handlers.desk import Desk
from handlers.events import Slot
from handlers.message import Message
from handlers.texts import text

#: promises a ticket is worth: somebody who was put off so often believes no further one
_PROMISES = 3
_MOST = 50


@dataclass(frozen=True, slots=True)
class Case:
    late: Late
    conversation: ConversationView
    #: None: nothing more is promised
    expected: Expected | None


@dataclass(frozen=True, slots=True)
class Facts:
    cases: tuple[Case, ...]
    now: datetime


def is_wanted(desk: Desk) -> bool:
    return bool(targets.slipped(desk.connection, desk.now))


def gather(slot: Slot, desk: Desk) -> Facts:
    cases = []
    for one in targets.slipped(desk.connection, desk.now)[:_MOST]:
        conversation = conversations.by_id(desk.connection, desk.cipher, one.conversation_id)
        again = targets.is_late(desk.connection, one.clock.id, desk.now)
        if again is None or again.clock.breached_at is not None or again.is_answered:
            continue
        made = targets.promises_made(desk.connection, one.clock.ticket_id)
        more = promise.expected(again.priority, again.team, desk, one.clock.ticket_id) if made < _PROMISES else None
        cases.append(Case(again, conversation, more))
    return Facts(tuple(cases), desk.now)


def decide(facts: Facts) -> list[Action]:
    return [action for case in facts.cases for action in _decide(case, facts)]


def _decide(case: Case, facts: Facts) -> list[Action]:
    clock, language = case.late.clock, case.conversation.language
    broken = MarkTarget(clock.id, breached_at=clock.due_at or facts.now)
    if case.conversation.blocked_at is not None:
        return [broken]
    when, by = promise.told(case.expected, facts.now, language) if case.expected else ("", None)
    said = Message(text="\n".join(part for part in (text("promise.slipped", language), when) if part))
    return [
        broken,
        Say(case.conversation, said, ticket_id=clock.ticket_id),
        *([] if by is None else [PromiseAnswer(clock.ticket_id, by)]),
        answered_by_bot(clock.ticket_id, [said]),
    ]
