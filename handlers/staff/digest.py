"""`/digest NAME`: a digest now, posted for everybody; `/digest NAME show` shows it to whoever asks alone."""

from dataclasses import dataclass

from crm_store.tickets import StaffView
from handlers.actions import Action, Audit, PostDigest, Whisper
from handlers.desk import Desk
from handlers.events import StaffCommanded
from handlers.message import Message
from handlers.roles import may
from handlers.texts import text

SHOW = "show"


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffCommanded
    staff: StaffView
    #: the digests there are
    names: tuple[str, ...]
    #: whether the colleague may post one for everybody
    may_post: bool


def gather(event: StaffCommanded, desk: Desk) -> Facts:
    staff = desk.colleague(event.staff)
    return Facts(event, staff, desk.policy.digests, may(staff.role, "digest", desk.policy.roles))


def decide(facts: Facts) -> list[Action]:
    name, *more = facts.event.text.lower().split() or [""]
    if name not in facts.names or more not in ([], [SHOW]):
        return [_whisper(facts, text("digest.which", names=", ".join(facts.names)))]
    kept = Audit(facts.staff.name, "digest", f"digest:{name}", SHOW if more else "")
    if more:
        return [kept, PostDigest(name, facts.event)]
    if not facts.may_post:
        return [_whisper(facts, text("digest.readers", name=name))]
    return [kept, PostDigest(name), _whisper(facts, text("digest.posted", name=name))]


def _whisper(facts: Facts, words: str) -> Whisper:
    return Whisper(facts.event.staff, facts.event.place, Message(text=words))
