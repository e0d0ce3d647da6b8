"""Every night customers are scored anew, every week their models are fitted anew as well.

Both take too long for a turn: what is decided here leaves by the outbox, as work of its own (`bot.scores`).
"""

from handlers.actions import Action, ComputeScores
from handlers.desk import Desk
from handlers.events import Slot


def gather(slot: Slot, _desk: Desk) -> Slot:
    return slot


def decide(slot: Slot) -> list[Action]:
    return [ComputeScores(slot.due)]


def decide_training(slot: Slot) -> list[Action]:
    return [ComputeScores(slot.due, train=True)]
