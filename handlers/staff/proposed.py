"""A language model says how a question may be meant that was not understood: whoever asked says whether it is so."""

from dataclasses import dataclass

from crm_store.asked import Asked
from crm_store.question.describing import describe
from handlers.actions import Action, KeepAsked, Whisper
from handlers.desk import Desk, Policy
from handlers.events import Proposed, StaffAsked, StaffPressed
from handlers.message import Button, Message
from handlers.staff import ask
from handlers.staff.ask import Place
from handlers.texts import text
from nlp.ask.lexing import is_chinese
from nlp.ask.proposing import proposed

#: the button under what was proposed
CONFIRM = "ask_confirm"


@dataclass(frozen=True, slots=True)
class Facts:
    at: Place
    #: None: what came back is no question that can be asked here
    asked: Asked | None
    policy: Policy


def gather(event: Proposed, desk: Desk) -> Facts:
    by = event.asked_by
    at = Place(by.staff, by.place, by.thread if isinstance(by, StaffAsked) else "")
    question = proposed(event.reply, by.text, desk.vocabulary(), desk.now, desk.policy.timezone)
    if question is None:
        return Facts(at, None, desk.policy)
    chinese = is_chinese(by.text)
    kept = Asked(desk.inbox_id, at.key, by.staff.user, desk.now, question, (), (), chinese, is_proposed=True)
    return Facts(at, kept, desk.policy)


def decide(facts: Facts) -> list[Action]:
    kept, policy = facts.asked, facts.policy
    if kept is None or kept.question is None:
        return []
    said = describe(kept.question, chinese=kept.is_chinese, now=kept.at, zone=policy.timezone, currency=policy.currency)
    message = Message(
        text=text("ask.proposed", kept.language, understood=said),
        context=text("ask.proposed.by", kept.language),
        buttons=(Button(text("ask.button.confirm", kept.language), CONFIRM, str(kept.id)),),
    )
    return [KeepAsked(kept), facts.at.tells(message)]


def gather_confirmed(event: StaffPressed, desk: Desk) -> ask.Facts | Whisper:
    before = ask.known(event.ref, desk)
    if before is None or before.question is None:
        return ask.gone(event)
    return ask.facts_of_changed(before.question, (), before, Place(event.staff, event.place, before.under), desk)
