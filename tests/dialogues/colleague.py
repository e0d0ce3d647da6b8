"""What a colleague does beside pressing buttons: types commands, puts emoji on posts, fills in forms."""

from handlers.events import Arrival, StaffCommanded, StaffReacted, StaffSubmitted
from handlers.forms import Form
from tests.dialogues.rehearsal import StaffMember


def commands(staff: StaffMember, typed: str) -> str:
    """Types `/ticket …`; what they were whispered last, if this whispered anything."""
    before = len(staff.was_whispered())
    event = StaffCommanded(staff.colleague, "tickets", staff.desk.time, "/ticket", typed)
    _comes_in(staff, event)
    return whispered(staff, before)


def reacts(staff: StaffMember, emoji: str, post: str) -> str:
    before = len(staff.was_whispered())
    _comes_in(staff, StaffReacted(staff.colleague, "tickets", post, staff.desk.time, emoji))
    return whispered(staff, before)


def opens(staff: StaffMember, label: str, number: int | None = None) -> Form | None:
    """The form that a button of the card opens."""
    button = next(button for button in staff.card(number).message.buttons if button.label == label)
    form: Form | None = staff.desk.run(staff.desk.app.form_of(button.action, button.ref, staff.colleague))
    return form


def fills(staff: StaffMember, label: str, number: int | None = None, **answers: str) -> str:
    """Opens a card's form and sends it in: every field as it stands but those that are answered."""
    form = opens(staff, label, number)
    assert form is not None
    return sends(staff, form, **answers)


def sends(staff: StaffMember, form: Form, **answers: str) -> str:
    before = len(staff.was_whispered())
    assert answers.keys() <= {field.name for field in form.fields}, "the form has no such field"
    values = {field.name: field.initial for field in form.fields} | answers
    _comes_in(staff, StaffSubmitted(staff.colleague, staff.desk.time, form.name, form.ref, values))
    return whispered(staff, before)


def whispered(staff: StaffMember, before: int) -> str:
    said = staff.was_whispered()[before:]
    assert len(said) <= 1, f"whispered more than once: {said}"
    return said[0] if said else ""


def _comes_in(staff: StaffMember, event: StaffCommanded | StaffReacted | StaffSubmitted) -> None:
    _NUMBER[0] += 1
    staff.desk.run(staff.desk.app.receive([Arrival("console", f"typed {_NUMBER[0]}", "console:typed", event)]))


_NUMBER = [0]
