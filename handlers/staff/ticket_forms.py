"""The forms behind a card's buttons: Note, Snooze, More and Wrong kind. Each is sent in as changes of the ticket.

More shows everything that can be set as it is now; only what the colleague changed in it is changed, so that whatever
somebody else set meanwhile stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from crm_store import conversations, tags, ticket_links, tickets
from crm_store.tickets import TicketView
from handlers import message as messages
from handlers.customer.hearing import in_a_line, name_of
from handlers.customer.mute import until_when
from handlers.desk import Desk
from handlers.events import StaffPressed, StaffSubmitted, key_in
from handlers.forms import Field, Form, Option
from handlers.staff import changing, merging, muting, properties, snooze
from handlers.staff.changes import (
    Assign,
    Change,
    Export,
    Link,
    Merge,
    MuteChat,
    Note,
    Prioritise,
    Reread,
    Retag,
    SetKind,
    Snooze,
    Split,
    Unlink,
    Unmerge,
    UnmuteChat,
    Wake,
)
from handlers.texts import text
from handlers.texts.dates import moment

NOTE, SNOOZE, MORE, CORRECT = "note", "snooze", "more", "correct"
#: a button of cards that were posted before More muted
MUTE = "mute"
_NOBODY = "nobody"
#: a select's option is at most so long, and there are at most so many; of a name in a label
_LABEL, _OPTIONS, _PERSON = 75, 100, 40
#: characters of a form's reference
_REF = 1_500
_MOMENTS = ("1h", "4h", "tomorrow", "monday", "answer")
#: ends what goes on
_NOW = "now"


class Amiss(Exception):
    """What was sent in cannot be meant; the sentence says why."""


# --- what the buttons open ----------------------------------------------------------------------------------------


def _ticket(ref: str, desk: Desk) -> TicketView | None:
    """The ticket of a form; None where no form opens, and the press is answered with a sentence."""
    number = key_in(ref)
    ticket = None if number is None else desk.ticket(number)
    return None if ticket is None or ticket.merged_into_id is not None else ticket


def note_form(ref: str, desk: Desk) -> Form | None:
    ticket = _ticket(ref, desk)
    if ticket is None:
        return None
    field = Field("text", text("form.text"), multiline=True)
    return Form(NOTE, ref, text("form.note", ticket=ticket.id), text("form.save"), (field,), text("form.note.hint"))


def snooze_form(ref: str, desk: Desk) -> Form | None:
    ticket = _ticket(ref, desk)
    if ticket is None or not ticket.is_open:
        return None
    options = (*_moments(), Option(text("snooze.for.time"), "time"), *_wake(ticket))
    when = Field("when", text("form.snooze.when"), kind="one", options=options, initial=_MOMENTS[0])
    own = Field("at", text("form.snooze.at"), kind="moment", optional=True)
    return Form(SNOOZE, ref, text("form.snooze", ticket=ticket.id), text("form.snooze.do"), (when, own))


def _moments() -> Iterator[Option]:
    return (Option(text(f"snooze.for.{one}"), one) for one in _MOMENTS)


def _wake(ticket: TicketView) -> Iterator[Option]:
    if ticket.is_snoozed:
        yield Option(text("snooze.for.now"), _NOW)


def correct_form(ref: str, desk: Desk) -> Form | None:
    """What the ticket's first message means: staff's word is learnt from."""
    ticket = _ticket(ref, desk)
    if ticket is None or ticket.message_id is None:
        return None
    options = tuple(Option(properties.spoken(one), one) for one in properties.INTENTS)
    field = Field("intent", text("form.correct.intent"), kind="one", options=options, initial=ticket.intent or "")
    read = text("card.read_as", intent=properties.spoken(ticket.intent or "—"), sure=f"{ticket.confidence or 0:.0%}")
    told = f"{text('card.read')}: {read}"
    return Form(CORRECT, ref, text("form.correct", ticket=ticket.id), text("form.save"), (field,), told)


def more_form(ref: str, desk: Desk) -> Form | None:
    ticket = _ticket(ref, desk)
    if ticket is None:
        return None
    shown = Shown.of(ticket, desk).that_fits()
    also = (Option(text("form.export"), "export"),)
    fields = (
        Field("assignee", text("form.assignee"), kind="one", options=_colleagues(desk), initial=shown.assignee),
        Field("priority", text("form.priority"), kind="one", options=_PRIORITIES, initial=shown.priority),
        Field("kind", text("form.kind"), kind="one", options=_kinds(ticket), initial=shown.kind),
        *([] if shown.tags is None else [Field("tags", text("form.tags"), initial=shown.tags, optional=True)]),
        *([] if shown.links is None else [Field("links", text("form.links"), initial=shown.links, optional=True)]),
        Field("merge", text("form.merge"), optional=True, max_length=20),
        *_split_field(ticket, desk),
        *_snooze_field(ticket),
        *_mute_field(ticket, desk),
        Field("also", text("form.also"), kind="several", options=also, optional=True),
    )
    return Form(MORE, f"{ref}|{shown.written()}", text("form.more", ticket=ticket.id), text("form.save"), fields)


_PRIORITIES = tuple(Option(one, one) for one in properties.PRIORITIES)


def _kinds(ticket: TicketView) -> tuple[Option, ...]:
    """An imported ticket may have a kind that the desk does not give."""
    known = (*properties.KINDS, *(() if ticket.kind in properties.KINDS else (ticket.kind,)))
    return tuple(Option(properties.spoken(one), one) for one in known)


def _colleagues(desk: Desk) -> tuple[Option, ...]:
    everybody = tickets.everybody(desk.connection, limit=_OPTIONS - 1)
    twice = [one.name for one in everybody]
    named = (
        Option((one.name if twice.count(one.name) == 1 else f"{one.name} ({one.channel})")[:_LABEL], str(one.id))
        for one in everybody
    )
    return (Option(text("card.unassigned"), _NOBODY), *named)


def _split_field(ticket: TicketView, desk: Desk) -> Iterator[Field]:
    said = conversations.said_in_ticket(desk.connection, desk.cipher, ticket.id)
    heard = merging.heard_in(said)[1:][-merging.CHOICES :]
    zone = desk.policy.timezone
    options = tuple(
        Option(f"{moment(one.created_at, zone)}: {in_a_line(messages.decode(one.body))}"[:_LABEL], str(one.id))
        for one in heard
    )
    if options:
        yield Field("split", text("form.split"), kind="one", options=options, optional=True)


def _snooze_field(ticket: TicketView) -> Iterator[Field]:
    if ticket.is_open:
        yield Field("snooze", text("snooze"), kind="one", options=(*_moments(), *_wake(ticket)), optional=True)


def _mute_field(ticket: TicketView, desk: Desk) -> Iterator[Field]:
    number = ticket.conversation_id
    chat = None if number is None else conversations.look_at(desk.connection, desk.cipher, number)
    if chat is None:
        return
    label = text("form.mute", person=name_of(chat)[:_PERSON])
    options = [Option(text(f"mute.length.{length}"), length) for length in muting.LENGTHS]
    if chat.muted_until is not None:
        until = until_when(chat.muted_until, desk.policy.timezone)
        options.append(Option(text("form.unmute", until=until), _NOW))
    yield Field("mute", label, kind="one", options=tuple(options), optional=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the form showed as it opened."""

    assignee: str
    priority: str
    kind: str
    #: None: there are too many to be changed in a form
    tags: str | None
    links: str | None

    @classmethod
    def of(cls, ticket: TicketView, desk: Desk) -> "Shown":
        links = ticket_links.of(desk.connection, ticket.id)
        return cls(
            # an import names people who have no account here
            _NOBODY if ticket.assignee_id is None else str(ticket.assignee_id),
            ticket.priority,
            ticket.kind,
            ", ".join(tags.of(desk.connection, ticket.id)),
            ", ".join(str(link.ticket_id) for link in links),
        )

    @classmethod
    def read(cls, ref: str) -> "Shown":
        """What the reference of a form that was sent in says of it."""
        told = dict(parse_qsl(ref.partition("|")[2], keep_blank_values=True))
        assignee, priority, kind = (told.get(name, "") for name in ("assignee", "priority", "kind"))
        return cls(assignee, priority, kind, told.get("tags"), told.get("links"))

    def written(self) -> str:
        shown = {name: getattr(self, name) for name in ("assignee", "priority", "kind", "tags", "links")}
        return urlencode({name: value for name, value in shown.items() if value is not None})

    def that_fits(self) -> "Shown":
        """Without what would make the reference longer than a platform carries along."""
        for less in (self, replace(self, tags=None), replace(self, tags=None, links=None)):
            if len(less.written()) <= _REF:
                break
        return less


# --- what comes of them -------------------------------------------------------------------------------------------


def gather_submitted(event: StaffSubmitted, desk: Desk) -> changing.Facts:
    problem, changes = "", list[Change]()
    try:
        changes = list(_CHANGES[event.form](event, desk))
    except Amiss as amiss:
        problem = str(amiss)
    return changing.gather(event.staff, "", event.ref, changes, desk, problem)


def gather_shut(event: StaffPressed, desk: Desk) -> changing.Facts:
    """A button whose form did not open: the ticket is gone, was resolved, or went into another one."""
    ticket = desk.ticket_named(event.ref)
    problem = ""
    if ticket is not None:
        form = MORE if event.action == MUTE else event.action
        is_merged, key = ticket.merged_into_id is not None, f"form.{form}.shut"
        problem = changing.went(ticket) if is_merged else text(key, ticket=ticket.id)
    return changing.gather(event.staff, event.place, event.ref, (), desk, problem)


def gather_unmerge(event: StaffPressed, desk: Desk) -> changing.Facts:
    """Undo the merge."""
    return changing.gather(event.staff, event.place, event.ref, (Unmerge(),), desk)


def gather_sure(event: StaffPressed, desk: Desk) -> changing.Facts:
    """Merge anyway."""
    change = merging.sure(event)
    problem = text("ticket.gone") if change is None else ""
    return changing.gather(event.staff, event.place, event.ref, () if change is None else (change,), desk, problem)


def _note(event: StaffSubmitted, _: Desk) -> Iterator[Change]:
    yield Note(event.values.get("text", ""))


def _snooze(event: StaffSubmitted, desk: Desk) -> Iterator[Change]:
    when, at = event.values.get("when", ""), event.values.get("at", "").strip()
    if when == "time" or (at and not when):
        yield Snooze(_moment(at))
    else:
        yield _snoozed(when, desk)


def _snoozed(when: str, desk: Desk) -> Snooze | Wake:
    """What an option of the form means. Raises `Amiss`."""
    if when == _NOW:
        return Wake()
    try:
        return Snooze(snooze.until(when, desk.now, desk.policy.timezone))
    except snooze.NoTime:
        raise Amiss(text("snooze.no_time", said=when[:80])) from None


def _moment(said: str) -> datetime:
    """Seconds since 1970, as a form sends them."""
    if not (said.isdecimal() and len(said) < 12):
        raise Amiss(text("snooze.no_time", said=said[:80] or "—"))
    return datetime.fromtimestamp(int(said), UTC)


def _correct(event: StaffSubmitted, _: Desk) -> Iterator[Change]:
    yield Reread(event.values.get("intent", ""))


def _more(event: StaffSubmitted, desk: Desk) -> Iterator[Change]:
    """What differs from what the form showed; a field that was not sent was not changed."""
    shown, values = Shown.read(event.ref), event.values
    if (who := values.get("assignee", shown.assignee)) != shown.assignee:
        yield Assign(_account(who))
    if (priority := values.get("priority", shown.priority)) != shown.priority:
        yield Prioritise(priority)
    if (kind := values.get("kind", shown.kind)) != shown.kind:
        yield SetKind(kind)
    if shown.tags is not None:
        yield from _tags(_listed(shown.tags), _listed(values.get("tags", shown.tags)))
    if shown.links is not None:
        before, now = _numbers(shown.links), _numbers(values.get("links", shown.links))
        yield from (Link(number) for number in sorted(now - before))
        yield from (Unlink(number) for number in sorted(before - now))
    if at := key_in(values.get("split", "")):
        yield Split(at)
    if when := values.get("snooze", ""):
        yield _snoozed(when, desk)
    if length := values.get("mute", ""):
        yield UnmuteChat() if length == _NOW else MuteChat(length)
    if "export" in _listed(values.get("also", "")):
        yield Export()
    yield from (Merge(number) for number in _one_number(values))


def _account(who: str) -> int | None:
    if who == _NOBODY:
        return None
    number = key_in(who)
    if number is None:
        raise Amiss(text("assign.unknown", who=who[:40]))
    return number


def _one_number(values: Mapping[str, str]) -> set[int]:
    found = _numbers(values.get("merge", ""))
    if len(found) > 1:
        raise Amiss(text("form.one_number"))
    return found


def _listed(said: str) -> list[str]:
    return [one.strip() for one in said.split(",") if one.strip()]


def _tags(before: list[str], now: list[str]) -> Iterator[Change]:
    add, remove = tuple(one for one in now if one not in before), tuple(one for one in before if one not in now)
    if add or remove:
        yield Retag(add, remove)


def _numbers(said: str) -> set[int]:
    """Tickets' numbers, as people write them. Raises `Amiss`."""
    found = set()
    for one in _listed(said.replace(" ", ",")):
        number = key_in(one.lstrip("#"))
        if number is None:
            raise Amiss(text("ticket_command.no_number", said=one[:40]))
        found.add(number)
    return found


_CHANGES = {NOTE: _note, SNOOZE: _snooze, MORE: _more, CORRECT: _correct}
