"""Carries actions out, inside the turn's transaction: the store changes, and what to say waits in the outbox."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import assert_never

import msgspec

from crm_store import conversations, customers, errands, flows, inbox, outbox, refunding, tickets
from crm_store.conversations import ConversationView, NewMessage
from crm_store.inbox import NewRow
from crm_store.outbox import Address, CallState, NewCall
from handlers import actions as act
from handlers import errands as shop
from handlers import events
from handlers import message as messages
from handlers.desk import Desk
from handlers.events import ErrandSettled, Event, FileRef, StaffDeleted, StaffEdited, StaffPressed, StaffSaid
from handlers.message import Message
from handlers.staff import card, errand

#: a message in parts that each fit one post of a channel
Split = Callable[[Message], list[Message]]

#: the channel that errands leave by
BACKOFFICE = "backoffice"
_ALBUM = 10
#: how lanes begin that end at a customer
_CHAT = "chat:"
_PICTURES = ("photo", "video")


@dataclass(frozen=True, slots=True)
class Route:
    """Tickets of a kind (priority, language, bot) have their card elsewhere; an empty set matches all."""

    place: str
    kinds: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rooms:
    """Where staff are: the channel and, by room, the place there."""

    channel: str
    places: Mapping[act.Room, str]
    account: str = ""
    routes: tuple[Route, ...] = ()

    def for_ticket(self, facts: card.Facts) -> str:
        """Where a ticket's card belongs: the first route that matches, else the room of tickets."""
        language = (facts.conversation.language if facts.conversation else None) or ""
        account = facts.conversation.account if facts.conversation else ""
        for route in self.routes:
            wanted = (
                (route.kinds, facts.ticket.kind),
                (route.priorities, facts.ticket.priority),
                (route.languages, language[:2]),
                (route.accounts, account),
            )
            if all(not allowed or value in allowed for allowed, value in wanted):
                return route.place
        return self.places["tickets"]


@dataclass(frozen=True, slots=True)
class Performer:
    """One turn's actions, carried out in order."""

    desk: Desk
    rooms: Rooms
    splits: Mapping[str, Split]
    #: what the turn is about
    event: Event | None = None
    #: cards to show; shown once, at the end, however many actions changed the ticket
    _cards: dict[int, None] = field(default_factory=dict)
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    def perform(self, actions: list[act.Action]) -> None:
        """Carries the actions out. Raises what the store raises; then the transaction must be rolled back."""
        for action in actions:
            self._one(action)
        for ticket_id in self._cards:
            self._show_card(ticket_id)

    def _one(self, action: act.Action) -> None:
        connection, cipher, now = self.desk.connection, self.desk.cipher, self.desk.now
        match action:
            case act.Record():
                self._record(action)
            case act.ReplaceBody(message_id=message_id, body=body, at=at):
                conversations.replace_body(connection, cipher, message_id, messages.encode(body), at or now)
            case act.MarkDeleted(message_id=message_id):
                conversations.mark_deleted(connection, message_id, now)
            case act.Timeline(ticket_id=ticket_id, actor=actor, kind=kind, detail=detail):
                tickets.add_event(connection, ticket_id, now, actor, kind, detail)
            case act.Audit(actor=actor, action=what, subject=subject, detail=more):
                customers.audit(connection, now, actor, what, subject, more)
            case act.OpenTicket(ticket=ticket):
                tickets.open_ticket(connection, cipher, ticket)
            case act.SetSubject(ticket_id=ticket_id, subject=subject):
                tickets.set_subject(connection, cipher, ticket_id, subject)
            case act.ClaimTicket(ticket_id=ticket_id, staff=staff):
                tickets.claim(connection, ticket_id, staff)
            case act.ResolveTicket(ticket=resolved):
                tickets.resolve(connection, resolved, now)
            case act.ReopenTicket(ticket=reopened, waiting_since=since):
                tickets.reopen(connection, reopened, since)
            case act.CustomerWaits(ticket_id=ticket_id):
                tickets.customer_waits(connection, ticket_id, now)
            case act.Answered(ticket_id=ticket_id, at=at, waiting_since=since):
                tickets.answered(connection, ticket_id, at, since)
            case act.Say():
                self._say(action)
            case act.ShowCard(ticket_id=ticket_id):
                self._card_first(ticket_id)
            case act.TellThread(ticket_id=ticket_id, message=message, about=about):
                self._queue(self._thread(ticket_id), message, about or self._new_name())
            case act.TellRoom(room=room, message=message, about=about):
                self._stand(self._room(room, self.rooms.places[room]), message, about or self._new_name())
            case act.Whisper():
                self._whisper(action)
            case act.Revise(about=about, message=message, report=report):
                self._revise(about, message, report)
            case act.Withdraw(about=about):
                outbox.withdraw(connection, about, now)
            case act.Retract(about=about):
                self._retract(about)
            case act.SendAgain(outbox_id=outbox_id):
                outbox.retry(connection, outbox_id, now)
            case act.TakeAsSent(outbox_id=outbox_id, staff=staff):
                if outbox.accept(connection, outbox_id, now):
                    self._take_as_done(outbox_id, staff)
            case act.SetBlocked(conversation_id=conversation_id, blocked=blocked):
                conversations.set_blocked(connection, conversation_id, now if blocked else None)
            case act.LinkChat(identity_id=identity_id, customer_id=customer_id, token=token):
                customers.link(connection, cipher, identity_id, customer_id, token, now)
            case act.Consented(customer_id=customer_id, kind=kind, given=given, channel=channel):
                version = self.desk.policy.consent_version
                customers.consent(connection, customer_id, kind, given, version, channel, now)
            case act.Enter(conversation_id=conversation_id, flow=flow):
                flows.put(connection, cipher, conversation_id, flow, now)
            case act.Leave(conversation_id=conversation_id):
                flows.end(connection, conversation_id)
            case act.Run():
                self._run(action)
            case act.RequestRefund(request=request):
                refunding.request(connection, request)
            case act.JudgeRefund(number=number, staff_id=staff_id, verdict=verdict, amount=amount):
                refunding.say(connection, self._refund(number), staff_id, verdict, amount, now)
            case act.SetRefundAmount(number=number, amount=amount):
                refunding.set_amount(connection, self._refund(number), amount)
            case act.ApproveRefund(number=number):
                refunding.approve(connection, self._refund(number))
            case act.EndRefund(number=number, status=status):
                refunding.end(connection, self._refund(number), status)
            case act.AskRefundAgain(number=number, expires_at=expires_at):
                refunding.ask_again(connection, self._refund(number), expires_at)
            case act.TakeIn(ticket_id=ticket_id, conversation_id=conversation_id, since=since):
                conversations.take_in(connection, conversation_id, ticket_id, since)
            case act.JoinErrand(key=key, ticket_id=ticket_id):
                errands.join(connection, key, ticket_id)
            case act.ShowHome():
                raise NotImplementedError
            case act.Replay(inbox_id=inbox_id):
                inbox.replay(connection, [inbox_id])
            case act.Discard(inbox_id=inbox_id):
                inbox.discard(connection, [inbox_id])
            case _:
                assert_never(action)

    # --- what is kept ---------------------------------------------------------------------------------------------

    def _record(self, said: act.Record) -> None:
        kept = NewMessage(
            said.conversation_id,
            said.direction,
            said.author_kind,
            messages.encode(said.body),
            said.at,
            ticket_id=said.ticket_id,
            inbox_id=None if said.is_further else self.desk.inbox_id,
            author_id=said.author_id,
            platform_id=said.platform_id,
            source=said.source,
        )
        conversations.record(self.desk.connection, self.desk.cipher, kept)

    def _refund(self, number: int) -> int:
        found = refunding.by_number(self.desk.connection, number)
        if found is None:
            raise LookupError(number)
        return found.id
    # --- what the back office does --------------------------------------------------------------------------------

    def _run(self, run: act.Run) -> None:
        """Queues the errand, unless its key was used before. Those about one order leave in the order they came."""
        order, now = run.errand.order, self.desk.now
        # what the call says is for people who look through calls; the errand itself is kept beside it
        words = messages.encode(Message(text=errand.describe(run.errand)))
        call = NewCall(
            BACKOFFICE, f"errand:{order}", order, "errand", words, now, inbox_id=self.desk.inbox_id, report=True
        )
        errands.queue(
            self.desk.connection,
            self.desk.cipher,
            run.key,
            shop.encode(run.errand),
            call,
            now,
            conversation_id=run.conversation_id,
            ticket_id=run.ticket_id,
        )

    def _take_as_done(self, outbox_id: int, staff: str) -> None:
        """Somebody says that an errand was done: what follows of it follows now."""
        connection, cipher, now = self.desk.connection, self.desk.cipher, self.desk.now
        done = errands.of_call(connection, cipher, outbox_id)
        if done is None:
            return
        errands.settle(connection, done.key, "done", now)
        event = ErrandSettled(
            done.key,
            now,
            shop.decode(done.errand),
            "done",
            errand.said_by(staff),
            conversation_id=done.conversation_id,
            ticket_id=done.ticket_id,
        )
        row = NewRow("delivery", f"{outbox_id}:said:{self.desk.inbox_id}", errands.lane_of(done), events.encode(event))
        inbox.keep(connection, cipher, [row], now)

    # --- what is said ---------------------------------------------------------------------------------------------

    def _say(self, said: act.Say) -> None:
        chat = said.conversation
        address = Address(chat.channel, chat.account, chat.chat, chat_lane(chat), None)
        self._queue(address, said.message, said.about, hold=said.hold, report=said.report)
        if said.about is None:  # the desk's own words; those of staff are recorded by who decided them
            body = messages.encode(said.message)
            own = NewMessage(chat.id, "out", "bot", body, self.desk.now, ticket_id=said.ticket_id)
            conversations.record(self.desk.connection, self.desk.cipher, own)

    def _card_first(self, ticket_id: int) -> None:
        """A new card is posted before what the same turn puts in its thread; one that stands is brought up to date."""
        if outbox.address_of(self.desk.connection, card.about(ticket_id)) is None:
            self._show_card(ticket_id)
        self._cards[ticket_id] = None

    def _show_card(self, ticket_id: int) -> None:
        ticket = self.desk.ticket(ticket_id)
        if ticket is None:
            return
        facts = card.gather(ticket, self.desk)
        about = card.about(ticket_id)
        self._stand(self._room(about, self.rooms.for_ticket(facts)), card.show(facts), about)

    def _thread(self, ticket_id: int) -> Address:
        """The thread of a ticket's card; a ticket that was imported gets its card now."""
        about = card.about(ticket_id)
        at = outbox.address_of(self.desk.connection, about)
        if at is None:
            self._show_card(ticket_id)
            at = outbox.address_of(self.desk.connection, about)
        if at is None:
            raise LookupError(about)
        return Address(at.channel, at.account, at.place, at.lane, about)

    def _room(self, lane: str, place: str) -> Address:
        return Address(self.rooms.channel, self.rooms.account, place, lane, None)

    def _whisper(self, whisper: act.Whisper) -> None:
        to = f"whisper:{whisper.staff.user}"
        thread = self._thread_at(whisper.staff.channel)
        address = Address(whisper.staff.channel, self.rooms.account, whisper.place, to, thread)
        self._add(address, "whisper", whisper.message, to)

    def _thread_at(self, channel: str) -> str | None:
        """The thread the turn's colleague is in, by the name of its post; None where they are in the room itself."""
        connection, event = self.desk.connection, self.event
        match event:
            case StaffSaid() | StaffEdited() | StaffDeleted():
                thread: str | None = event.thread
            case StaffPressed():
                pressed = outbox.post_at(connection, channel, event.place, event.message_id)
                thread = pressed.thread if pressed else None
            case _:
                return None
        first = outbox.post_at(connection, channel, event.place, thread) if thread else None
        return first.about if first and outbox.find_post(connection, first.about, channel) else None

    def _new_name(self) -> str:
        """What is posted among staff has a name, so that it is known where it stands."""
        return f"line:{self.desk.inbox_id}:{next(self._names)}"

    def _stand(self, address: Address, message: Message, about: str) -> None:
        """Posts, or changes what stands about the same already."""
        if outbox.address_of(self.desk.connection, about) is None:
            self._queue(address, message, about)
        else:
            self._revise(about, message, report=False)

    def _revise(self, about: str, message: Message, report: bool) -> None:
        """Each part by what became of it: one that has not left says the new words, one that has is edited."""
        at = outbox.address_of(self.desk.connection, about)
        if at is None:
            return
        parts = self._parts(at.channel, message)
        calls = enumerate(outbox.states_about(self.desk.connection, about), 1)
        words = [(number, call) for number, call in calls if call.op == "post" and call.state != "cancelled"]
        for part, (number, call) in zip(parts, words, strict=False):
            self._revise_part(at, about, number, call, part, report=report)
        for part in parts[len(words) :]:
            self._add(at, "post", part, about, report=report)
        for number, call in words[len(parts) :]:
            self._drop_part(at, about, number, call)

    def _revise_part(
        self, at: Address, about: str, number: int, call: CallState, part: Message, *, report: bool
    ) -> None:
        connection, cipher, words = self.desk.connection, self.desk.cipher, messages.encode(part)
        if not outbox.revise(connection, cipher, call.id, words) and not outbox.revise_edit(
            connection, cipher, about, number, words
        ):
            self._add(at, "edit", part, about, report=report, part=number)

    def _drop_part(self, at: Address, about: str, number: int, call: CallState) -> None:
        if not outbox.cancel_call(self.desk.connection, call.id, self.desk.now):
            self._add(at, "delete", Message(), about, part=number)

    def _retract(self, about: str) -> None:
        at = outbox.address_of(self.desk.connection, about)
        if at is not None:
            self._add(at, "delete", Message(), about)

    def _queue(
        self,
        at: Address,
        message: Message,
        about: str | None,
        *,
        hold: timedelta = timedelta(0),
        report: bool = False,
    ) -> None:
        """One outbox row for each call it takes: the words in parts that fit, then the files."""
        words = msgspec.structs.replace(message, files=())
        if words != Message():
            for part in self._parts(at.channel, words):
                self._add(at, "post", part, about, hold=hold, report=report)
        for files in _albums(message.files):
            self._add(at, "file", Message(files=files), about, hold=hold, report=report)

    def _parts(self, channel: str, message: Message) -> list[Message]:
        """The message in posts that fit; what goes to a platform that is not connected now waits as it is."""
        return self.splits[channel](message) if channel in self.splits else [message]

    def _add(
        self,
        at: Address,
        op: str,
        message: Message,
        about: str | None,
        *,
        hold: timedelta = timedelta(0),
        report: bool = False,
        part: int | None = None,
    ) -> None:
        lane = at.lane
        if op in ("edit", "delete") and not lane.startswith(_CHAT):
            # staff see a card change at once, whatever waits to be said under it
            lane = f"change:{about}"
        call = NewCall(
            at.channel,
            lane,
            at.place,
            op,
            messages.encode(message),
            self.desk.now + hold,
            account=at.account,
            about=about,
            thread=at.thread,
            inbox_id=self.desk.inbox_id,
            report=report,
            part=part,
        )
        outbox.add(self.desk.connection, self.desk.cipher, [call], self.desk.now)


def chat_lane(chat: ConversationView) -> str:
    """The lane of what goes to a customer; delivery tells by it who is on the other end."""
    return f"{_CHAT}{chat.channel}:{chat.account}:{chat.chat}"


def _albums(files: tuple[FileRef, ...]) -> list[tuple[FileRef, ...]]:
    """The files of each call: pictures that came together stay together, anything else goes singly."""
    pictures = [file for file in files if file.kind in _PICTURES]
    others = [(file,) for file in files if file.kind not in _PICTURES]
    albums = [tuple(pictures[start : start + _ALBUM]) for start in range(0, len(pictures), _ALBUM)]
    return [*albums, *others]
