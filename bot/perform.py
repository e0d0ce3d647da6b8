"""Carries actions out, inside the turn's transaction: the store changes, and what to say waits in the outbox."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import assert_never

import msgspec

from crm_store import (
    articles,
    asked,
    churn_list,
    composing,
    conversations,
    corrections,
    customers,
    digest_plans,
    duty,
    errands,
    files,
    flows,
    inbox,
    macros,
    merging_customers,
    orders,
    outbox,
    question_schedules,
    refunding,
    reviews,
    saved_segments,
    segment_sizes,
    surveys,
    tags,
    targets,
    ticket_links,
    tickets,
)
from crm_store.conversations import ConversationView, NewMessage
from crm_store.inbox import NewRow
from crm_store.outbox import Address, CallState, NewCall, PostView
from crm_store.tickets import NewTicket
from handlers import actions as act
from handlers import errands as shop
from handlers import events, routes
from handlers import message as messages
from handlers.desk import Desk, TooEarly
from handlers.events import (
    Colleague,
    ErrandSettled,
    Event,
    FileRef,
    FromStaff,
    Settled,
    Slot,
    StaffCameHome,
    StaffDeleted,
    StaffEdited,
    StaffPressed,
    StaffReacted,
    StaffSaid,
)
from handlers.message import Message
from handlers.staff import card, errand, home
from jobs import schedule

#: a message in parts that each fit one post of a channel
Split = Callable[[Message], list[Message]]

#: the channel that errands leave by
BACKOFFICE = "backoffice"
#: the channel that computes the scores of customers
SCORES = "scores"
#: the channel that asks a language model
PROPOSALS = "proposals"
_ALBUM = 10
#: how lanes begin that end at a customer
_CHAT = "chat:"
_PICTURES = ("photo", "video")
#: where the desk's own health is asked for, one question after another
_DOCTOR = Address("doctor", "", "doctor", "doctor", None)
#: and where words are read by a language model
_PROPOSALS = Address(PROPOSALS, "", PROPOSALS, PROPOSALS, None)


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
        language = (facts.conversation.speaks if facts.conversation else None) or ""
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
    #: the tickets opened in this turn, with the message each was opened for, as soon as that is kept
    _opened: dict[int, int | None] = field(default_factory=dict)
    #: when the replies were written that reached customers in this turn, by ticket
    _answered: dict[int, datetime] = field(default_factory=dict)
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    def perform(self, actions: list[act.Action]) -> None:
        """Carries the actions out. Raises what the store raises; then the transaction must be rolled back."""
        for action in actions:
            self._one(action)
        for ticket_id in self._cards:
            self._show_card(ticket_id)
        self._bring_home_up_to_date()

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
                tickets.open_ticket(connection, cipher, self._with_team(ticket))
                self._opened[ticket.id] = ticket.message_id
            case act.SetSubject(ticket_id=ticket_id, subject=subject):
                tickets.set_subject(connection, cipher, ticket_id, subject)
            case act.ClaimTicket(ticket_id=ticket_id, staff=staff):
                tickets.claim(connection, ticket_id, staff)
            case act.Unassign(ticket_id=ticket_id):
                tickets.unassign(connection, ticket_id)
            case act.SetPriority(ticket_id=ticket_id, priority=priority):
                tickets.set_priority(connection, ticket_id, priority)
            case act.SetKind(ticket_id=ticket_id, kind=kind):
                tickets.set_kind(connection, ticket_id, kind)
            case act.SetOrder(ticket_id=ticket_id, order_id=order_id):
                tickets.set_order(connection, ticket_id, order_id)
            case act.SetWaiting(ticket_id=ticket_id, since=since):
                tickets.set_waiting(connection, ticket_id, since)
            case act.SetFirstReply(ticket_id=ticket_id, at=replied):
                tickets.set_first_reply(connection, ticket_id, replied)
            case act.Correct(message_id=message_id, intent=intent, actor=actor):
                corrections.correct(connection, message_id, intent, actor, now)
            case act.AddTag(ticket_id=ticket_id, tag=tag):
                tags.add(connection, ticket_id, tag)
            case act.RemoveTag(ticket_id=ticket_id, tag=tag):
                tags.remove(connection, ticket_id, tag)
            case act.Snooze(ticket_id=ticket_id, until=until):
                tickets.snooze(connection, ticket_id, until)
            case act.Wake(ticket_id=ticket_id):
                tickets.wake(connection, ticket_id)
            case act.SetMerged(ticket_id=ticket_id, into=into):
                tickets.set_merged(connection, ticket_id, into)
            case act.MoveMessages(ticket_id=ticket_id, since=first, to=to):
                conversations.move_messages(connection, ticket_id, first, to)
            case act.LinkTickets(ticket_id=ticket_id, other_id=other_id, kind=kind):
                ticket_links.add(connection, ticket_id, other_id, kind)
            case act.UnlinkTickets(ticket_id=ticket_id, other_id=other_id):
                ticket_links.remove(connection, ticket_id, other_id)
            case act.KeepFile(id=file_id, name=name, mime=mime, data=data):
                files.keep(connection, cipher, f"store/{file_id}", name, mime, data, now)
            case act.ResolveTicket(ticket=resolved):
                tickets.resolve(connection, resolved, now)
            case act.ReopenTicket(ticket=reopened, waiting_since=since):
                tickets.reopen(connection, reopened, since)
            case act.CustomerWaits(ticket_id=ticket_id):
                tickets.customer_waits(connection, ticket_id, now)
            case act.Answered(ticket_id=ticket_id, at=at, waiting_since=since):
                tickets.answered(connection, ticket_id, at, since)
                self._answered[ticket_id] = at
            case act.GiveTicket(ticket_id=ticket_id, staff=given):
                duty.give(connection, ticket_id, given, now)
            case act.PromiseAnswer(ticket_id=ticket_id, by=by):
                targets.promise(connection, ticket_id, now, by)
            case act.MarkTarget(target_id=target_id, warned_at=warned, breached_at=breached, escalated=how_far):
                targets.mark(connection, target_id, warned_at=warned, breached_at=breached, escalated=how_far)
            case act.SetDuty(staff_id=staff_id, since=since):
                duty.set_duty(connection, staff_id, since)
            case act.Say():
                self._say(action)
            case act.ShowCard(ticket_id=ticket_id):
                self._card_first(ticket_id)
            case act.TellThread(ticket_id=ticket_id, message=message, about=about):
                self._queue(self._thread(ticket_id), message, about or self._new_name())
            case act.TellChannel(ticket_id=ticket_id, message=message):
                self._queue(self._beside(ticket_id), message, self._new_name())
            case act.TellRoom(room=room, message=message, about=about, place=place):
                where = self._room(f"{room}@{place}" if place else room, place or self.rooms.places[room])
                self._stand(where, message, about or self._new_name())
            case act.TellUnder(place=place, thread=thread, message=message):
                self._queue(self._under(place, thread), message, self._new_name())
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
            case act.Composes(ticket_id=ticket_id, staff_id=staff_id):
                composing.opened(connection, ticket_id, staff_id, now)
            case act.Composed(ticket_id=ticket_id, staff_id=staff_id):
                composing.closed(connection, ticket_id, staff_id)
            case act.SaveMacro(macro=macro):
                macros.save(connection, macro)
            case act.DeleteMacro(name=name, language=language):
                macros.remove(connection, name, language)
            case act.AnsweredBy(slug=slug, language=language):
                self._answered_by(slug, language)
            case act.Voted(message_id=message_id, helped=helped):
                articles.vote(connection, message_id, helped, now)
            case act.JoinTicket(message_id=message_id, ticket_id=ticket_id):
                articles.join_ticket(connection, message_id, ticket_id)
            case act.SaveArticle(article=article):
                articles.save(connection, article)
            case act.DeleteArticle(slug=slug, language=language):
                articles.remove(connection, slug, language)
            case act.SetBlocked(conversation_id=conversation_id, blocked=blocked):
                conversations.set_blocked(connection, conversation_id, now if blocked else None)
            case act.LinkChat():
                self._link(action)
            case act.MergeCustomers(kept_id=kept, merged_id=merged, actor=actor):
                merging_customers.merge(connection, cipher, kept, merged, actor, now)
            case act.UndoMerge(merge_id=merge_id):
                merging_customers.undo(connection, cipher, merge_id, now)
            case act.FillBucket(conversation_id=conversation_id, left=left, at=at):
                conversations.fill_bucket(connection, conversation_id, left, at)
            case act.Mute(conversation_id=conversation_id, until=until, by=by, after=after):
                conversations.mute(connection, conversation_id, until, by, after)
            case act.Unmute(conversation_id=conversation_id):
                conversations.unmute(connection, conversation_id)
            case act.SetLanguage(conversation_id=conversation_id, language=language):
                conversations.set_language(connection, conversation_id, language, action.writes_in, action.chosen)
            case act.Consented(customer_id=customer_id, kind=kind, given=given, channel=channel):
                version = self.desk.policy.consent_version
                customers.consent(connection, customer_id, kind, given, version, channel, now)
            case act.SurveyAsked(ticket_id=ticket_id):
                surveys.asked(connection, ticket_id, now)
            case act.SurveyMarked(ticket_id=ticket_id, mark=mark):
                surveys.marked(connection, ticket_id, mark, now)
            case act.SurveyCommented(ticket_id=ticket_id, words=words):
                surveys.commented(connection, cipher, ticket_id, words)
            case act.ReviewAsked(request=request):
                reviews.was_asked(connection, request, now)
            case act.KeepReview(order_id=order_id, review=review):
                reviews.put_review(connection, cipher, review)
                reviews.was_rated(connection, order_id, review.rating)
            case act.ReviewRead():
                reviews.was_read(connection, action.review_id, action.sentiment, action.aspects, now)
                if action.ticket_id is not None:
                    reviews.opened_ticket(connection, action.review_id, action.ticket_id)
            case act.KeepChurnList(at=at, listed=listed):
                churn_list.keep(connection, at, listed)
            case act.AssignAtRisk(customer_id=customer_id, staff_id=staff_id, actor=actor):
                churn_list.assign(connection, customer_id, staff_id, actor, now)
            case act.SnoozeAtRisk(customer_id=customer_id, until=until, actor=actor):
                churn_list.snooze(connection, customer_id, until, actor, now)
            case act.PlanDigest(plan=plan):
                digest_plans.keep(connection, plan)
            case act.KeepAsked(asked=kept):
                asked.keep(connection, kept)
            case act.SaveSegment(segment=segment, size=size):
                saved_segments.keep(connection, segment)
                if size is not None:
                    segment_sizes.keep(connection, segment.name, now, size)
            case act.ForgetSegment(name=name):
                saved_segments.forget(connection, name)
            case act.KeepSchedule(schedule=planned):
                question_schedules.keep(connection, planned)
            case act.ForgetSchedule(number=number):
                question_schedules.forget(connection, number)
            case act.ScheduleAnswered(number=number, at=at, value=value):
                question_schedules.answered(connection, number, at, value)
            case act.ScheduleFailed(number=number, at=at):
                question_schedules.failed(connection, number, at)
            case act.UnplanDigest(digest=digest):
                digest_plans.forget(connection, digest)
            case act.Enter(conversation_id=conversation_id, flow=flow):
                flows.put(connection, cipher, conversation_id, flow, now)
            case act.Leave(conversation_id=conversation_id):
                flows.end(connection, conversation_id)
            case act.Run():
                self._run(action)
            case act.OrderCancelled(order_id=order_id):
                orders.set_status(connection, order_id, "cancelled")
            case act.JoinErrand(key=key, ticket_id=ticket_id):
                errands.join(connection, key, ticket_id)
            case act.ShowHome(staff=staff, sections=sections):
                self._show_home(staff, sections)
            case act.Examine(staff=staff):
                self._add(_DOCTOR, "whisper", Message(), f"whisper:{staff.user}")
            case act.Propose(staff=staff, words=words):
                self._add(_PROPOSALS, "whisper", Message(text=words), f"whisper:{staff.user}")
            case act.ComputeScores(due=due, train=train):
                place = f"{'training' if train else 'scores'}@{due.isoformat()}"
                self._add(Address(SCORES, "", place, SCORES, None), "post", Message(), None)
            case act.PostDigest(digest=digest, asked_by=asked_by):
                self._hand_in(Slot(schedule.DIGESTS[digest], now, by_hand=True, asked_by=asked_by))
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
        key = conversations.record(self.desk.connection, self.desk.cipher, kept)
        opened = said.ticket_id
        if said.direction == "in" and opened in self._opened and self._opened[opened] is None:
            tickets.set_message(self.desk.connection, opened, key)
            self._opened[opened] = key

    def _link(self, link: act.LinkChat) -> None:
        connection, now = self.desk.connection, self.desk.now
        if not link.token:
            customers.join(connection, link.identity_id, link.customer_id, link.by, now)
        elif not customers.link(connection, self.desk.cipher, link.identity_id, link.customer_id, link.token, now):
            raise TooEarly("the link was used in another chat at this moment")  # the turn sees that when taken again

    def _refund(self, number: int) -> int:
        found = refunding.by_number(self.desk.connection, number)
        if found is None:
            raise LookupError(number)
        return found.id

    def _with_team(self, ticket: NewTicket) -> NewTicket:
        staffing = self.desk.policy.staffing
        if ticket.team is not None or not staffing.teams:
            return ticket
        here = ticket.conversation_id
        chat = None if here is None else conversations.look_at(self.desk.connection, self.desk.cipher, here)
        team = staffing.team_for(ticket.kind, chat.language if chat else None)
        return replace(ticket, team=team.name if team else None)

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

    def _answered_by(self, slug: str, language: str) -> None:
        connection, cipher = self.desk.connection, self.desk.cipher
        question = conversations.message_of_inbox(connection, cipher, self.desk.inbox_id)
        if question is None:
            raise LookupError(self.desk.inbox_id)
        articles.answered(connection, question.id, slug, language, self.desk.now)

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
        """Whatever changes a ticket shows its card anew: here its clocks follow."""
        ticket = self.desk.ticket(ticket_id)
        if ticket is None:
            return
        self._follow(ticket_id)
        facts = card.gather(ticket, self.desk)
        about = card.about(ticket_id)
        self._stand(self._room(about, self.rooms.for_ticket(facts)), card.show(facts, routes.FORMS), about)

    def _follow(self, ticket_id: int) -> None:
        ticket = targets.clocked(self.desk.connection, ticket_id)
        if ticket is None:
            return
        staffing, answered_at = self.desk.policy.staffing, self._answered.get(ticket_id)
        wanted, hours = staffing.targets_of(ticket.priority), staffing.calendar(ticket.team)
        targets.follow(self.desk.connection, ticket, wanted, hours, self.desk.now, answered_at)

    def _beside(self, ticket_id: int) -> Address:
        at = self._thread(ticket_id)
        return Address(at.channel, at.account, at.place, f"beside:{at.place}", None)

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

    def _under(self, place: str, thread: str) -> Address:
        """The thread of a message that a colleague wrote, which is known from here on by where it stands."""
        at = self._room(f"under:{place}:{thread}", place)
        if not thread:
            return at
        connection = self.desk.connection
        first = outbox.post_at(connection, at.channel, place, thread)
        about = first.about if first else f"asked:{self.desk.inbox_id}"
        if first is None:
            outbox.record_post(connection, 0, PostView(about, at.channel, 1, place, thread, None))
        return Address(at.channel, at.account, place, at.lane, about)

    def _whisper(self, whisper: act.Whisper) -> None:
        to = f"whisper:{whisper.staff.user}"
        thread = self._thread_at(whisper.staff.channel)
        address = Address(whisper.staff.channel, self.rooms.account, whisper.place, to, thread)
        for part in self._parts(whisper.staff.channel, whisper.message):
            self._add(address, "whisper", part, to)

    def _show_home(self, staff: Colleague, sections: tuple[Message, ...]) -> None:
        """A person's page shows this; of what has not left yet, the last is enough."""
        about = home.about(staff.user)
        outbox.supersede(self.desk.connection, about, staff.channel, "home", self.desk.now)
        address = Address(staff.channel, self.rooms.account, staff.user, about, None)
        self._add(address, "home", Message(sections=sections), about)

    def _bring_home_up_to_date(self) -> None:
        """Whoever has looked at their page sees there what became of what they did."""
        staff = self._whose_doing()
        if staff is None:
            return
        if outbox.is_shown(self.desk.connection, home.about(staff.user), staff.channel, "home"):
            self._show_home(staff, home.show(home.gather(staff, self.desk)))

    def _whose_doing(self) -> Colleague | None:
        """Whoever of staff did what this turn is about, or what it came of."""
        connection, event = self.desk.connection, self.event
        if isinstance(event, Settled):
            call = outbox.state_of(connection, event.outbox_id)
            cause = [] if call is None or call.inbox_id is None else [call.inbox_id]
            event = next(map(events.decode, inbox.events_of(connection, self.desk.cipher, cause)), None)
        if not isinstance(event, FromStaff) or isinstance(event, StaffCameHome):
            return None
        return event.staff

    def _hand_in(self, slot: Slot) -> None:
        """A job is asked for: it takes a turn of its own."""
        source = f"{slot.name}@{slot.due.isoformat()}#{self.desk.inbox_id}"
        row = inbox.NewRow("clock", source, f"job:{slot.job}", events.encode(slot))
        inbox.keep(self.desk.connection, self.desk.cipher, [row], self.desk.now)

    def _thread_at(self, channel: str) -> str | None:
        """The thread the turn's colleague is in, by the name of its post; None where they are in the room itself."""
        connection, event = self.desk.connection, self.event
        match event:
            case StaffSaid() | StaffEdited() | StaffDeleted():
                thread: str | None = event.thread
            case StaffPressed(thread=used_in) if used_in:
                thread = used_in
            case StaffReacted():
                marked = outbox.post_at(connection, channel, event.place, event.message_id)
                thread = (marked.thread or marked.platform_id) if marked else None
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
        for album in _albums(message.files):
            self._add(at, "file", Message(files=album), about, hold=hold, report=report)

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
