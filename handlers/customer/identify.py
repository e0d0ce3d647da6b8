"""Who is this: somebody the shop knows shows it by their own telephone number, or by an order number with the e-mail
address it was ordered with. A name or an address proves nothing.

Whatever needs a known customer begins it (`begin`); `/link` does as well. What was wrong about a wrong answer is never
said, and wrong answers are counted by what was tried, not by what it would have found: so the counting tells nothing
either.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import msgspec

from crm_store import customers, orders, phones
from crm_store.conversations import ConversationView
from crm_store.customers import CustomerView
from crm_store.flows import FlowView
from crm_store.tickets import TicketView
from handlers.actions import Action, Audit, Enter, Leave, Say, TellThread
from handlers.customer import flow, linking, ticket
from handlers.customer.hearing import answered_by_bot, record
from handlers.customer.known import is_known
from handlers.desk import Desk, Policy
from handlers.events import Said, SharedContact
from handlers.message import Key, Message
from handlers.texts import text

NAME = "identify"
#: the telephone number or an order; an order; the e-mail address to it
Step = Literal["who", "order", "email"]

#: what the audit log calls a wrong answer, and how many there may be in a while: of a chat, and about an order or an
#: address
FAILED = "identify failed"
ATTEMPTS = 5
WINDOW = timedelta(hours=1)

_WHO = FlowView(NAME, "who")
#: what happens once the chat is linked: the message id of a sentence
_THEN = "then"
#: how many of a customer's orders a bare number can mean
_OWN = 200
#: what may be the number of an order: it has a digit
_NUMBER = re.compile(r"#?[^\W_][\w./#-]{0,39}")


def begin(conversation: ConversationView, then: str = "identify.now", because: str = "") -> list[Action]:
    """Asks who this is. `then`: the message id of the sentence told to a customer who has shown it (what they can do
    now); `because`: a sentence of why it is asked, in the customer's language."""
    language = conversation.language
    text(then, language)  # one that does not exist is found out now, not at the end
    question = f"{because} {text('identify.who', language)}".strip()
    return _ask(conversation, replace(_WHO, answers={_THEN: then}), question)


# --- /link --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskedFacts:
    said: Said
    conversation: ConversationView
    policy: Policy


def gather_asked(said: Said, desk: Desk) -> AskedFacts:
    return AskedFacts(said, desk.conversation(said.chat), desk.policy)


def decide_asked(facts: AskedFacts) -> list[Action]:
    heard = record(facts.said, facts.conversation, None)
    if is_known(facts.conversation):
        return [heard, _already(facts.conversation, facts.policy)]
    return [heard, *begin(facts.conversation)]


def _already(conversation: ConversationView, policy: Policy) -> Say:
    return Say(conversation, Message(text=text("link.already", conversation.language, shop=policy.shop)))


# --- the answers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shared:
    """A telephone number that was shared."""

    #: whether it is the sender's own, by Telegram's word
    is_own: bool
    #: the customers of the shop who have it
    owners: tuple[CustomerView, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """An order number with an e-mail address."""

    #: the one customer whom both belong to
    owner: CustomerView | None
    #: how often others were wrong lately, at the most: of this chat, with this number, with this address
    wrong: int
    #: what wrong answers are counted by
    subjects: tuple[str, ...]
    #: the customers whom the order or the address belongs to: somebody may be trying their account
    concerns: tuple[int, ...]

    @property
    def is_too_many(self) -> bool:
        return self.wrong >= ATTEMPTS

    @property
    def is_last(self) -> bool:
        return self.wrong + 1 >= ATTEMPTS


@dataclass(frozen=True, slots=True)
class Facts:
    answer: flow.Answer
    conversation: ConversationView
    shared: Shared | None
    #: the order number, as it was written now or before
    number: str
    tried: Tried | None
    open_tickets: tuple[TicketView, ...]
    #: what a ticket needs, should a person have to look
    for_ticket: ticket.Facts | None
    inbox_id: int
    policy: Policy


def gather(answer: flow.Answer, desk: Desk) -> Facts:
    conversation = desk.conversation(answer.event.chat)
    shared = _shared(answer.event, desk) if isinstance(answer.event, Said) else None
    number, email = _written(answer, desk)
    tried = _try(number, email, conversation, desk) if number and email else None
    is_stuck = not shared.is_own if shared is not None else not _goes_on(answer, number, email)
    for_person = (
        (is_stuck and answer.flow.misunderstood + 1 >= flow.PATIENCE)
        or (shared is not None and len(shared.owners) > 1)
        or (tried is not None and (tried.is_too_many or (tried.owner is None and tried.is_last)))
    )
    needed = for_person and isinstance(answer.event, Said)
    return Facts(
        answer,
        conversation,
        shared,
        number,
        tried,
        linking.open_tickets(conversation, desk),
        ticket.gather(answer.event, desk) if needed and isinstance(answer.event, Said) else None,
        desk.inbox_id,
        desk.policy,
    )


def _shared(said: Said, desk: Desk) -> Shared | None:
    contacts = [extra for extra in said.extras if isinstance(extra, SharedContact)]
    if not contacts:
        return None
    own = own_number(said)
    return Shared(False) if own is None else Shared(True, _owners(own, desk))


def own_number(said: Said) -> str | None:
    """The number of the sender's own account, where that is what they share: Telegram says whose a contact is, and what
    is passed on is another's word."""
    contacts = [extra for extra in said.extras if isinstance(extra, SharedContact)]
    if len(contacts) != 1 or said.forwarded_from or contacts[0].user != said.chat.user:
        return None
    return contacts[0].phone


def _owners(number: str, desk: Desk) -> tuple[CustomerView, ...]:
    country = desk.policy.country
    # platforms write it with the country's code, and often without the plus
    e164 = phones.international(f"+{number.strip().lstrip('+')}") or phones.international(number, country)
    if e164 is None:
        return ()
    keys = customers.with_phone(desk.connection, desk.cipher, e164, country)
    return tuple(filter(None, (linking.owner(key, desk) for key in keys)))


def _written(answer: flow.Answer, desk: Desk) -> tuple[str, str]:
    """The order number and the e-mail address, as far as they were written by now."""
    before = answer.flow.answers.get("number", "")
    if not answer.words:
        return before, ""
    found = desk.reading(answer.words).entities
    email = next(iter(found.emails), "")
    if answer.flow.step == "email":
        return before, email
    numbers = found.order_ids or _like_numbers(answer.words.replace(email, " "))
    return next(iter(numbers), ""), email


def _like_numbers(words: str) -> tuple[str, ...]:
    tokens = (token.strip(".,;:!?()\"'") for token in words.split())
    return tuple(token for token in tokens if _NUMBER.fullmatch(token) and any(map(str.isdecimal, token)))


def _goes_on(answer: flow.Answer, number: str, email: str) -> bool:
    return bool(email) if answer.flow.step == "email" else bool(number)


def _try(number: str, email: str, conversation: ConversationView, desk: Desk) -> Tried:
    connection, cipher = desk.connection, desk.cipher
    subjects = (
        f"conversation:{conversation.id}",
        f"order:{cipher.digest('attempt', _bare(number))}",
        f"email:{cipher.digest('attempt', email.casefold())}",
    )
    named = desk.order(number)
    with_address = customers.with_email(connection, cipher, email)
    matching = [key for key in with_address if _has(key, number, named, desk)]
    concerns = {*with_address, *([named.customer_id] if named is not None and named.customer_id is not None else [])}
    owner = linking.owner(matching[0], desk) if len(matching) == 1 else None
    wrong = desk.times_done(FAILED, WINDOW, *subjects)
    return Tried(owner, wrong, subjects, tuple(sorted(concerns)))


def _bare(number: str) -> str:
    """What wrong answers about an order are counted by, however its number is spelt.

    >>> _bare("#NT-010023"), _bare("nt 10023"), _bare("AB")
    ('10023', '10023', 'ab')
    """
    digits = "".join(sign for sign in number if sign.isdecimal()).lstrip("0")
    return digits or number.casefold()


def _has(customer_id: int, number: str, named: orders.OrderView | None, desk: Desk) -> bool:
    """Whether an order is a customer's; a number without its letters finds one of their own."""
    if named is not None:
        return named.customer_id == customer_id
    if not number.isdecimal():
        return False
    own = orders.orders_of(desk.connection, customer_id, _OWN)
    return any(re.fullmatch(rf"\D*{number}", order.external_id) for order in own)


def decide(facts: Facts) -> list[Action]:
    if is_known(facts.conversation):  # the shop told of it meanwhile
        return [*_heard(facts), Leave(facts.conversation.id), _already(facts.conversation, facts.policy)]
    if facts.shared is not None:
        return _decide_shared(facts, facts.shared)
    if facts.tried is not None:
        return _decide_tried(facts, facts.tried)
    if facts.number and facts.answer.flow.step != "email":
        return [*_heard(facts), *_next(facts, "email", "identify.email", number=facts.number)]
    return _not_understood(facts, f"identify.again.{facts.answer.flow.step}")


def _decide_shared(facts: Facts, shared: Shared) -> list[Action]:
    if not shared.is_own:
        return _not_understood(facts, "identify.foreign")
    match shared.owners:
        case ():
            return [*_heard(facts), *_next(facts, "order", "identify.phone_unknown")]
        case (owner,):
            return _known(facts, owner, "phone")
        case several:
            names = ", ".join(str(owner.external_id) for owner in several)
            return _to_person(facts, "identify.person", text("thread.identify.several", customers=names))


def _decide_tried(facts: Facts, tried: Tried) -> list[Action]:
    if tried.is_too_many:
        return _to_person(facts, "identify.person", text("thread.identify.too_many", limit=ATTEMPTS))
    if tried.owner is not None:
        return _known(facts, tried.owner, "order")
    wrong = _write_down(tried, facts.conversation, facts.inbox_id)
    if tried.is_last:
        return [*wrong, *_to_person(facts, "identify.person", text("thread.identify.too_many", limit=ATTEMPTS))]
    return [*_heard(facts), *wrong, *_next(facts, "order", "identify.wrong")]


def _write_down(tried: Tried, conversation: ConversationView, inbox_id: int) -> list[Action]:
    counted = [Audit("customer", FAILED, subject, f"inbox {inbox_id}") for subject in tried.subjects]
    about = [Audit("customer", FAILED, f"customer:{key}", f"conversation {conversation.id}") for key in tried.concerns]
    return [*counted, *about]


def _known(facts: Facts, owner: CustomerView, by: linking.By) -> list[Action]:
    then = facts.answer.flow.answers.get(_THEN, "identify.now")
    told = _welcome(facts.conversation, owner, facts.policy, then)
    done = linking.linked(facts.conversation, owner, facts.open_tickets, told, by)
    return [*_heard(facts), Leave(facts.conversation.id), *done]


def _welcome(conversation: ConversationView, owner: CustomerView, policy: Policy, then: str) -> Message:
    language = conversation.language
    name = linking.first_name(conversation, owner)
    words = text("identify.linked", language, name=name, shop=policy.shop)
    return Message(text=f"{words} {text(then, language)}")


def _heard(facts: Facts) -> list[Action]:
    return flow.heard(facts.answer, facts.conversation)


def _not_understood(facts: Facts, key: str) -> list[Action]:
    at = replace(facts.answer.flow, misunderstood=facts.answer.flow.misunderstood + 1)
    if at.misunderstood >= flow.PATIENCE and facts.for_ticket is not None:
        return _to_person(facts, "identify.person", text("thread.identify.not_understood"))
    return [*_heard(facts), *_ask(facts.conversation, at, text(key, facts.conversation.language))]


def _to_person(facts: Facts, key: str, note: str) -> list[Action]:
    """A person goes on: the message is in a ticket's thread, with the reason that the desk could not."""
    for_ticket = facts.for_ticket
    if for_ticket is None:
        raise LookupError(facts.conversation.id)
    number = for_ticket.number
    if number is None:
        assert for_ticket.ticket is not None, "a message that opens no ticket goes on with one"
        number = for_ticket.ticket.id
    told = text(key, facts.conversation.language, ticket=number)
    opened = ticket.decide(for_ticket, told)
    done = [Leave(facts.conversation.id), *opened]
    if for_ticket.number is None:  # the ticket was there, and its customer is told nothing new by it
        said = Message(text=told)
        done += [Say(facts.conversation, said, ticket_id=number), answered_by_bot(number, [said])]
    return [*done, TellThread(number, Message(context=note))]


def _next(facts: Facts, step: Step, key: str, **answers: str) -> list[Action]:
    at = flow.understood(facts.answer.flow, step, **answers)
    return _ask(facts.conversation, at, text(key, facts.conversation.language))


def _ask(conversation: ConversationView, at: FlowView, question: str) -> list[Action]:
    """Asks with keys, not buttons: only a key can share a number, and both cannot stand at once."""
    language = conversation.language
    keys = [Key(text("flow.never_mind", language))]
    if at.step == "who":
        keys.insert(0, Key(text("identify.share", language), shares_phone=True))
    return [Enter(conversation.id, at), Say(conversation, Message(text=question, keys=tuple(keys)))]


def put_keys_away(actions: Iterable[Action]) -> list[Action]:
    """What is decided about the last answer, with the keys of the questions taken away by what is said next."""
    decided = list(actions)
    if any(isinstance(action, Enter) for action in decided):
        return decided
    for place, action in enumerate(decided):
        if isinstance(action, Say) and not action.message.buttons:
            bare = msgspec.structs.replace(action.message, takes_keys_away=True)
            return [*decided[:place], replace(action, message=bare), *decided[place + 1 :]]
    return decided


# --- a number shared without being asked for ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedFacts:
    said: Said
    conversation: ConversationView
    owner: CustomerView
    open_tickets: tuple[TicketView, ...]
    policy: Policy


def shows(said: Said, desk: Desk) -> bool:
    """Whether a message is the sender's own number, and enough to know them by."""
    return _only_owner(said, desk) is not None


def _only_owner(said: Said, desk: Desk) -> CustomerView | None:
    number = own_number(said)
    if number is None or said.files or said.text or is_known(desk.conversation(said.chat)):
        return None
    owners = _owners(number, desk)
    return owners[0] if len(owners) == 1 else None


def gather_shared(said: Said, desk: Desk) -> SharedFacts:
    conversation = desk.conversation(said.chat)
    owner = _only_owner(said, desk)
    if owner is None:
        raise LookupError(conversation.id)
    return SharedFacts(said, conversation, owner, linking.open_tickets(conversation, desk), desk.policy)


def decide_shared(facts: SharedFacts) -> list[Action]:
    told = _welcome(facts.conversation, facts.owner, facts.policy, "identify.now")
    done = linking.linked(facts.conversation, facts.owner, facts.open_tickets, told, "phone")
    return [record(facts.said, facts.conversation, None), *put_keys_away(done)]
