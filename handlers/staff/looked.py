"""A colleague opened a form, or their page, that shows what a customer said, bought or asked for: that is kept."""

from dataclasses import dataclass

from crm_store.tickets import StaffView
from handlers.actions import Action, Audit
from handlers.desk import Desk
from handlers.events import StaffOpened

#: what the audit log calls a look at what is a customer's, wherever it is taken
LOOKED = "looked"
#: what the reference of a form names, where it is no ticket
_OF = {
    **dict.fromkeys(("refund_partial", "refund_refuse"), "refund"),
    **dict.fromkeys(("edit_held", "edit_reply", "make_article"), "reply"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    event: StaffOpened
    staff: StaffView


def gather(event: StaffOpened, desk: Desk) -> Facts:
    return Facts(event, desk.colleague(event.staff))


def decide(facts: Facts) -> list[Action]:
    event = facts.event
    what = f"{_OF.get(event.action, 'ticket')}:{event.ref.partition('|')[0]}"[:100] if event.ref else event.action
    return [Audit(facts.staff.name, LOOKED, what, event.action)]
