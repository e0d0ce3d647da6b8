"""What staff see of errands to the shop's back office: one whose outcome nobody knows stands in the thread, with what
they can do about it."""

from dataclasses import dataclass

from crm_store import errands as stored_errands
from crm_store import outbox
from crm_store.errands import ErrandView
from crm_store.money import format_minor
from crm_store.outbox import CallState
from crm_store.tickets import StaffView
from handlers import errands
from handlers.actions import Action, Audit, Revise, SendAgain, TakeAsSent, TellThread, Timeline, Whisper
from handlers.desk import Desk
from handlers.errands import CancelOrder, ChangeAddress, Errand, FetchInvoice, PayBack, lines_of, town_of
from handlers.events import ErrandSettled, StaffPressed, key_in
from handlers.message import Button, Fact, Message
from handlers.staff.looked import LOOKED
from handlers.texts import text

#: the buttons under an outcome that nobody knows; their ref is the call that carried the errand
AGAIN, WAS_DONE = "errand_again", "errand_done"
#: the button that shows the whole of an address to one colleague; its ref is the same
ADDRESS = "errand_address"


def about(outbox_id: int) -> str:
    """What the line about an errand is called in the outbox."""
    return f"errand:{outbox_id}"


def describe(errand: Errand) -> str:
    """What the shop was to do, without anybody's address.

    >>> describe(PayBack("NT-1", 4_495, "EUR"))
    'Pay back € 44.95 for order NT-1'
    """
    match errand:
        case PayBack(order=order, amount=amount, currency=currency):
            return text("errand.pay_back", amount=format_minor(amount, currency), order=order)
        case CancelOrder(order=order):
            return text("errand.cancel_order", order=order)
        case ChangeAddress(order=order):
            return text("errand.change_address", order=order)
        case FetchInvoice(order=order):
            return text("errand.fetch_invoice", order=order)


def said_by(staff: str) -> str:
    """The reason of an errand that counts as done because a colleague says so."""
    return text("errand.said_by", staff=staff or "—")


def line(event: ErrandSettled, outbox_id: int) -> Message:
    """What came of an errand, as it stands in a ticket's thread."""
    buttons: tuple[Button, ...] = ()
    if event.state == "unknown":
        buttons = (
            Button(text("errand.again"), AGAIN, str(outbox_id), "primary"),
            Button(text("errand.it_was_done"), WAS_DONE, str(outbox_id)),
        )
    context = text("errand.receipt", receipt=event.receipt) if event.receipt else ""
    facts: tuple[Fact, ...] = ()
    if isinstance(event.errand, ChangeAddress):
        # whoever reads the thread sees the town; where somebody lives is shown to who asks, and that is kept
        facts = (Fact(text("errand.new_address"), town_of(event.errand)),)
        buttons = (*buttons, Button(text("errand.show_address"), ADDRESS, str(outbox_id)))
    told = text(f"errand.{event.state}", reason=event.reason or text("errand.no_reason"))
    if event.state == "done" and event.reason:
        told = f"{told} {event.reason}"
    return Message(title=describe(event.errand), text=told, facts=facts, context=context, buttons=buttons)


@dataclass(frozen=True, slots=True)
class Facts:
    event: ErrandSettled
    errand: ErrandView | None
    #: whether a line about it stands in a thread
    is_told: bool


def gather(event: ErrandSettled, desk: Desk) -> Facts:
    errand = stored_errands.get(desk.connection, desk.cipher, event.key)
    is_told = errand is not None and outbox.address_of(desk.connection, about(errand.outbox_id)) is not None
    return Facts(event, errand, is_told)


def decide(facts: Facts) -> list[Action]:
    """An outcome that nobody knows is told in the errand's ticket; once that was told, whatever follows is as well.

    Everything else is told by the feature that asked for it; of money, all of it is (`handlers.staff.refund_paid`).
    """
    event, errand = facts.event, facts.errand
    if errand is None or isinstance(event.errand, PayBack):
        return []
    if facts.is_told:
        return [Revise(about(errand.outbox_id), line(event, errand.outbox_id))]
    if event.state != "unknown" or event.ticket_id is None:
        return []
    told = TellThread(event.ticket_id, line(event, errand.outbox_id), about=about(errand.outbox_id))
    return [Timeline(event.ticket_id, "bot", "errand unknown", type(event.errand).__name__), told]


@dataclass(frozen=True, slots=True)
class PressedFacts:
    event: StaffPressed
    call: CallState | None
    errand: ErrandView | None
    staff: StaffView


def gather_pressed(event: StaffPressed, desk: Desk) -> PressedFacts:
    outbox_id = key_in(event.ref)
    errand = None if outbox_id is None else stored_errands.of_call(desk.connection, desk.cipher, outbox_id)
    call = None if errand is None else outbox.state_of(desk.connection, errand.outbox_id)
    return PressedFacts(event, call, errand, desk.colleague(event.staff))


def decide_pressed(facts: PressedFacts) -> list[Action]:
    """The shop is asked again, under the same key, or a colleague says that it was done."""
    call, errand, staff = facts.call, facts.errand, facts.staff.name
    # money is paid by its request's own buttons, which know who may, and of other tries
    is_money = errand is not None and isinstance(errands.decode(errand.errand), PayBack)
    if call is None or errand is None or is_money or call.state != "maybe":
        return [Whisper(facts.event.staff, facts.event.place, Message(text=text("errand.nothing_to_do")))]
    again = facts.event.action == AGAIN
    done: list[Action] = [
        SendAgain(call.id) if again else TakeAsSent(call.id, staff),
        Audit(staff, facts.event.action, f"outbox:{call.id}"),
    ]
    if errand.ticket_id is not None:
        done.append(Timeline(errand.ticket_id, staff, "errand asked again" if again else "errand taken as done"))
    words = text("errand.asking_again", staff=staff) if again else said_by(staff)
    return [*done, Revise(about(call.id), Message(title=describe(errands.decode(errand.errand)), context=words))]


# --- where a parcel is to go ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddressFacts:
    event: StaffPressed
    staff: StaffView
    #: None where it is kept no longer
    errand: ChangeAddress | None


def gather_address(event: StaffPressed, desk: Desk) -> AddressFacts:
    outbox_id = key_in(event.ref)
    stored = None if outbox_id is None else stored_errands.of_call(desk.connection, desk.cipher, outbox_id)
    errand = None if stored is None else errands.decode(stored.errand)
    return AddressFacts(event, desk.colleague(event.staff), errand if isinstance(errand, ChangeAddress) else None)


def decide_address(facts: AddressFacts) -> list[Action]:
    """The whole address for the colleague who asked; whoever looks at it is written down."""
    event, errand = facts.event, facts.errand
    if errand is None:
        return [Whisper(event.staff, event.place, Message(text=text("errand.no_address")))]
    shown = Fact(text("errand.new_address"), "\n".join(lines_of(errand)))
    return [
        Audit(facts.staff.name, LOOKED, f"order:{errand.order}"[:100], "address"),
        Whisper(event.staff, event.place, Message(title=describe(errand), facts=(shown,))),
    ]
