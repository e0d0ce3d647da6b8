"""What a handler may read: the store in this turn's transaction, the time, the text reader, the shop's rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crm_store import articles, conversations, customer_card, customers, duty, orders, outbox, tickets
from crm_store.conversations import ChatPerson, ConversationView
from crm_store.crypto import Cipher
from crm_store.customer_card import CustomerCard
from crm_store.forecasts import Kind
from crm_store.money import Rates
from crm_store.orders import OrderView
from crm_store.tickets import StaffView, TicketView
from handlers.events import Chat, Colleague, key_in
from handlers.refunds import Rules
from handlers.roles import EVERYBODY, Roles
from handlers.staffing import Staffing, in_turn
from nlp.articles import Article, parts_of
from nlp.ask.learnt import Learnt
from nlp.ask.vocabulary import Shop
from nlp.knowledge import NO_ARTICLES, Found, Knowledge
from nlp.meaning import Reader, Reading

T = TypeVar("T")


class TooEarly(Exception):
    """What the turn needs to know is being found out at this moment; it is to be taken again a little later."""


@dataclass(frozen=True, slots=True)
class Flood:
    """More messages than these in so long mute a chat, for how long; no messages: nothing is a flood."""

    messages: int
    per: timedelta
    mute: timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """What the shop settled in its configuration."""

    shop: str
    timezone: ZoneInfo
    #: begins a thread message that is to reach the customer
    reply_prefix: str
    #: how long a reply can be taken back
    undo: timedelta
    #: how long after its end a ticket is opened again by a new message
    reopen_within: timedelta
    #: how much of a file can be fetched from the customer's platform, in bytes
    largest_file: int
    #: what /privacy answers (empty: our own words), whom customers may ask, the version of what they agree to
    privacy_text: str
    privacy_contact: str
    consent_version: str
    #: what customers are answered in whose language is not known
    language: str
    flood: Flood
    #: the channel staff read customers' messages in, and the place there where they are alerted
    staff_channel: str
    alerts_place: str
    #: how long after the end of a ticket its customer is asked how it went
    survey_after: timedelta
    #: how long after delivery a customer is asked for a review, and how long they are then left alone
    review_after: timedelta
    review_every: timedelta
    #: the shop's own, in which sums over a customer's orders are told
    currency: str
    #: who of staff may do what
    roles: Roles = EVERYBODY
    #: where a telephone number without its country's code belongs (ISO 3166-1 alpha-2)
    country: str | None = None
    #: the digests that can be asked for by name
    digests: tuple[str, ...] = ()
    #: when they are due as configured, in cron's five fields
    crons: Mapping[str, str] = field(default_factory=dict)
    #: what can be given back, and who decides
    refunds: Rules = Rules()  # noqa: RUF009 - a frozen value
    #: when the desk is there, what it promises, and who answers what
    staffing: Staffing = field(default_factory=Staffing)
    #: whether the shop can be asked to do something (`handlers.errands`)
    has_backoffice: bool = True
    #: what other currencies are worth in the shop's own
    rates: Rates = field(default_factory=lambda: Rates("EUR", {}))
    #: what is looked at in a reply before it leaves (`handlers.staff.guard`)
    reply_checks: frozenset[str] = frozenset()
    #: how sure an article has to be before a customer is answered with it, and before staff are shown it
    knowledge_sure: float = 0.5
    knowledge_suggest: float = 0.4
    #: whether a language model can be asked what a question means
    has_language_model: bool = False
    #: how many questions may be on a schedule
    scheduled_questions: int = 20


class Explain(Protocol):
    """Finds why a model says what it says of customers: JSON by customer, of whom there is anything to tell."""

    def __call__(self, connection: Connection, kind: Kind, ids: Sequence[int], /) -> Mapping[int, str]: ...


def unexplained(_connection: Connection, _kind: Kind, _ids: Sequence[int]) -> Mapping[int, str]:
    """Where no model is at hand."""
    return {}


@dataclass(frozen=True, slots=True)
class Desk:
    """Facts are gathered here. Nothing is changed through it but what a turn needs to exist (a chat, a colleague)."""

    connection: Connection
    cipher: Cipher
    #: the inbox row this turn works on: the id of everything that comes of it
    inbox_id: int
    now: datetime
    reader: Reader
    policy: Policy
    #: who asks for a form, outside a turn
    asking: Colleague | None = None
    #: the articles of the shop's files
    knowledge: Knowledge = NO_ARTICLES
    #: the words of the shop's own that questions are asked in
    learnt: Learnt = field(default_factory=Learnt)
    #: why models say what they say
    explain: Explain = unexplained
    #: what was read already: facts do not change while they are gathered
    _known: dict[object, Any] = field(default_factory=dict)

    def reasons(self, kind: Kind, kept: Mapping[int, str | None]) -> Mapping[int, str | None]:
        """Why something is said of customers: what is kept, or else what is found out now."""
        missing = [key for key, why in kept.items() if why is None]
        return {**kept, **self.explain(self.connection, kind, missing)} if missing else kept

    def customer_card(self, key: int, **asked: Any) -> CustomerCard:
        """A customer's card (`customer_card.read`), with the reasons of what models say."""
        card = customer_card.read(self.connection, key, **asked)
        scores = card.scores
        if scores.churn_risk is not None:
            scores = replace(scores, churn_reasons=self.reasons("churn", {key: scores.churn_reasons}).get(key))
        if scores.propensity is not None:
            scores = replace(
                scores, propensity_reasons=self.reasons("propensity", {key: scores.propensity_reasons}).get(key)
            )
        return replace(card, scores=scores)

    def reading(self, text: str) -> Reading:
        """What a text means."""
        return self._once(("reading", text), lambda: self.reader.read(text))

    def vocabulary(self) -> Shop:
        """The words of the shop's own, as they were some minutes ago."""
        return self.learnt.shop(self.connection, self.policy.rates, self.now)

    def conversation(self, chat: Chat) -> ConversationView:
        """The conversation of a chat, made on first contact."""
        return self._once(chat, lambda: self._enter(chat))

    def _enter(self, chat: Chat) -> ConversationView:
        person = ChatPerson(chat.channel, chat.account, chat.chat, chat.user, chat.name, chat.username, chat.language)
        return conversations.enter(self.connection, self.cipher, person, self.now)

    def learn(self, chat: Chat, conversation: ConversationView) -> None:
        """The turn found out something about a conversation: so it is for everything that is gathered from here on."""
        self._known[chat] = conversation

    def _once(self, key: object, read: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = read()
        known: T = self._known[key]
        return known

    def conversation_of(self, ticket: TicketView) -> ConversationView | None:
        """The conversation a ticket is answered in; an imported ticket has none.

        Tickets of several chats of one customer may have become one: then it is the chat they wrote in last.
        """
        if ticket.conversation_id is None:
            return None
        own = conversations.by_id(self.connection, self.cipher, ticket.conversation_id)
        last = conversations.spoken_in(self.connection, ticket.id)
        if last is None or last == own.id:
            return own
        lately = conversations.by_id(self.connection, self.cipher, last)
        return lately if lately.customer_id == own.customer_id else own

    def latest_ticket(self, conversation: ConversationView) -> TicketView | None:
        """The conversation's newest open ticket, else the newest of all."""
        return self._once(("latest", conversation.id), lambda: self._latest(conversation.id))

    def _latest(self, conversation_id: int) -> TicketView | None:
        latest = tickets.latest_of(self.connection, self.cipher, conversation_id)
        if latest is None or latest.conversation_id in (None, conversation_id):
            return latest
        return self.ticket_held(latest.id)  # it was kept of two that were merged: another chat's turn may change it

    def ticket(self, ticket_id: int) -> TicketView | None:
        return tickets.get(self.connection, self.cipher, ticket_id)

    def ticket_kept(self, ticket_id: int) -> TicketView | None:
        """The ticket with a number, or the one it was merged into."""
        return tickets.kept(self.connection, self.cipher, ticket_id)

    def ticket_named(self, ref: str) -> TicketView | None:
        """The ticket a button or form names, perhaps with more after a bar; None for anything that is no ticket's
        number."""
        number = key_in(ref.partition("|")[0])
        return None if number is None else self.ticket_held(number)

    def ticket_at(self, channel: str, place: str, thread: str) -> TicketView | None:
        """The ticket whose card a thread hangs under."""
        number = self.number_at(channel, place, thread)
        return None if number is None else self.ticket_held(number)

    def number_at(self, channel: str, place: str, thread: str) -> int | None:
        """The number of the ticket whose card a thread hangs under; nothing is locked."""
        # the console page shows the threads of Slack as well
        posts = (outbox.post_at(self.connection, where, place, thread) for where in (channel, "slack"))
        post = next((post for post in posts if post is not None), None)
        if post is None and outbox.is_posting(self.connection, channel):
            raise TooEarly(f"where a post to {channel} stands is not known yet")
        if post is None or not post.about.startswith("card:"):
            return None
        return int(post.about.removeprefix("card:"))

    def number_under(self, channel: str, place: str, message_id: str, thread: str = "") -> int | None:
        """The number of the ticket whose card or thread a message belongs to, whoever wrote it; nothing is locked."""
        if thread:
            return self.number_at(channel, place, thread)
        post = outbox.post_at(self.connection, channel, place, message_id)
        if post is not None:
            return self.number_at(channel, place, post.thread or message_id)
        typed = conversations.message_typed_at(self.connection, self.cipher, f"{channel}/{place}/{message_id}")
        return None if typed is None else typed.ticket_id

    def ticket_held(self, ticket_id: int) -> TicketView | None:
        """The ticket as it stands once its conversation is this turn's: the customer's words come in another lane."""
        ticket = self.ticket(ticket_id)
        if ticket is None or ticket.conversation_id is None or self.connection.dialect.name == "sqlite":
            return ticket
        conversations.hold(self.connection, ticket.conversation_id)
        return self.ticket(ticket_id)

    def colleague(self, staff: Colleague) -> StaffView:
        """The staff member behind a platform account."""
        role = self.policy.roles.of(staff.user)
        return tickets.colleague(self.connection, staff.channel, staff.user, staff.name, self.now, role)

    def whose_turn(self, team: str | None) -> StaffView | None:
        """Who is given a new ticket of a team; nobody else gives them one until this turn ends."""
        if self.policy.staffing.assignment == "off":
            return None
        one = in_turn(duty.on_duty(self.connection, lock=True), self.policy.staffing, team)
        return one.staff if one else None

    def known_colleague(self, staff: Colleague) -> StaffView | None:
        """The staff member behind a platform account, where they did something before."""
        return tickets.known_colleague(self.connection, staff.channel, staff.user)

    def colleague_asking(self, staff: Colleague) -> StaffView:
        """The staff member who asks for a form; one who never did anything before is made by no look at a form."""
        known = self.known_colleague(staff)
        return known or StaffView(0, staff.channel, staff.user, staff.name or staff.user, "agent")

    def new_ticket_number(self, of: object = None) -> int:
        """A number nobody else gets. `of`: the message that opens the ticket, whose number is taken once a turn however
        often its facts are gathered; without it each is another."""
        if of is None:
            return tickets.new_number(self.connection, self.now)
        return self._once(("ticket number", of), self.new_ticket_number)

    def done_to(self, subject: str, action: str, lately: timedelta) -> frozenset[str]:
        """The different details with which the audit log says that something was done to a subject lately."""
        return customers.audited(self.connection, action, subject, self.now - lately)

    def times_done(self, action: str, lately: timedelta, *subjects: str) -> int:
        """How often the audit log says that something was done lately to that of some subjects it was done to most."""
        times = customers.audited_times(self.connection, action, subjects, self.now - lately)
        return max(times.values(), default=0)

    def article_for(self, question: str, language: str, more: tuple[Article, ...] = ()) -> Found | None:
        """The article in a language, of the shop's files or made by staff, that comes nearest to a question."""
        more = (*self._articles(), *more)
        key = ("article", question, language, more)
        return self._once(key, lambda: self.knowledge.find(question, language, more))

    def article_title(self, slug: str, language: str) -> str:
        """What an article is called; its slug when it is not there any more."""
        known = (*self._articles(), *self.knowledge.articles)
        return next((one.title for one in known if (one.slug, one.language) == (slug, language)), slug)

    def _articles(self) -> tuple[Article, ...]:
        """What staff made of replies."""
        return self._once("articles", self._read_articles)

    def _read_articles(self) -> tuple[Article, ...]:
        made = articles.every(self.connection)
        return tuple(Article(one.slug, one.language, one.title, parts_of(one.text)) for one in made)

    def order(self, number: str) -> OrderView | None:
        return orders.find_order(self.connection, number)

    def orders_of(self, conversation: ConversationView, limit: int = 5) -> tuple[OrderView, ...]:
        """The customer's newest orders."""
        return tuple(orders.orders_of(self.connection, conversation.customer_id, limit))
