"""What reading may come to when there is no question."""

from dataclasses import dataclass
from typing import assert_never

from crm_store.answering import NoAnswer, NoSuch, NotScored, TooSlow
from crm_store.question.grammar import CannotAsk


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood, or in more than one way: a word that stands in the way, if it is one, and why."""

    why: str
    word: str = ""
    #: questions that it may be, as this module knows them
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Understood well enough to know that the shop's data do not say it."""

    why: str


def declined(error: NoAnswer) -> Unclear | Unsupported:
    """What the store's refusal to answer comes to."""
    match error:
        case NotScored():
            return Unsupported("score")
        case TooSlow():
            return Unsupported("slow")
        case NoSuch():
            return Unclear("no_such", error.external_id)
        case CannotAsk():
            return Unclear("mix", error.field)
        case _:
            assert_never(error)


class Stop(Exception):
    def __init__(self, outcome: Unclear | Unsupported) -> None:
        super().__init__(outcome.why)
        self.outcome = outcome


def unclear(why: str, word: str = "", *perhaps: str) -> Stop:
    return Stop(Unclear(why, word, perhaps))
