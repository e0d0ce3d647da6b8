"""Mutes that have run out end, whether or not the customer writes again: staff see what was said meanwhile."""

from dataclasses import dataclass

from crm_store import conversations
from handlers.actions import Action
from handlers.customer import mute
from handlers.desk import Desk
from handlers.events import Slot

#: mutes that one slot ends; the next one ends more
_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Facts:
    ended: tuple[mute.EndFacts, ...]


def is_wanted(desk: Desk) -> bool:
    """Whether a mute has run out."""
    return bool(conversations.mutes_over(desk.connection, desk.now, 1))


def gather(_: Slot, desk: Desk) -> Facts:
    over = conversations.mutes_over(desk.connection, desk.now, _TOGETHER)
    # as they stand once they are this turn's; in one order, so that nobody waits for what the other holds
    chats = [conversations.by_id(desk.connection, desk.cipher, key) for key in sorted(over)]
    ended = (chat for chat in chats if chat.muted_until is not None and not mute.mutes(chat, desk.now))
    return Facts(tuple(mute.gather_end(chat, desk) for chat in ended))


def decide(facts: Facts) -> list[Action]:
    return [action for one in facts.ended for action in mute.decide_end(one)]
