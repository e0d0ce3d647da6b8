"""What may be wrong with a reply, told before it leaves: whoever wrote it sends it anyway, or mends it.

Each check keeps silent unless it is sure: a warning that is usually wrong is pressed away unread.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError

from crm_store import composing, customers
from crm_store.composing import Composer
from crm_store.conversations import ConversationView
from crm_store.money import Rates, UnknownCurrency, exponent, format_minor
from crm_store.orders import OrderView
from crm_store.tickets import StaffView, TicketView
from handlers.desk import Desk
from handlers.staff import variables
from handlers.staff.checks import Check
from handlers.texts import text
from nlp.entities import find
from nlp.language import language_of
from nlp.meaning import NO_LANGUAGE, Amount, Entities, Reading

#: letters from which a text's language can be told surely; a Chinese letter is about a word
_ENOUGH, _ENOUGH_CHINESE = 25, 6
#: words of a reply that are compared with what is stored, of each kind
_LOOKED_UP = 10
#: how far from a word of refunds a negation turns it, in characters
_NEAR = 30
#: letters of a few words in capitals that are shouted
_SHOUTED = 14
#: what stands for a card's number once it was masked (`crm_store.masking`): what staff typed is masked as well
_MASKED = re.compile(r"•[• ]{7,}\d{4}")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a reply is held, in a sentence."""

    check: Check
    sentence: str


@dataclass(frozen=True, slots=True)
class Facts:
    words: str
    #: the language of the words, None where they do not surely tell
    language: str | None
    #: the languages the customer is answered in without surprise; empty: nobody knows
    expected: frozenset[str]
    entities: Entities
    #: what of the words belongs to another customer, as it is written
    others: tuple[str, ...]
    #: the order the ticket is about, where it is known
    order: OrderView | None
    #: the largest refund the author may promise, in minor units of the shop's currency
    limit: int | None
    rates: Rates
    shop: str
    #: who else answered since the author opened the form
    answered: tuple[Composer, ...]
    #: the language of the macro that was used, and that which it has no text in
    macro: tuple[str, str] | None
    checks: frozenset[str]
    zone: ZoneInfo


def gather(
    words: str,
    ticket: TicketView,
    conversation: ConversationView,
    staff: StaffView,
    desk: Desk,
    macro: tuple[str, str] | None = None,
) -> Facts:
    """`macro`: the language of the macro in the words, where it is not the customer's, and the customer's."""
    told, before = desk.reading(words), desk.reading(variables.said_in(ticket, conversation, desk))
    named = variables.order_of(ticket, conversation, desk)
    opened_at = composing.since(desk.connection, ticket.id, staff.id)
    answered = composing.answers_since(desk.connection, ticket.id, staff.id, opened_at) if opened_at else ()
    return Facts(
        words=words,
        language=sure_language(told),
        expected=frozenset(filter(None, ((conversation.language or "")[:2], sure_language(before)))),
        entities=told.entities,
        others=_of_others(told.entities, before.entities, conversation, desk),
        order=named.order if named is not None else None,
        limit=desk.policy.roles.limit_of(staff.user),
        rates=desk.policy.rates,
        shop=desk.policy.shop,
        answered=answered,
        macro=macro,
        checks=desk.policy.reply_checks,
        zone=desk.policy.timezone,
    )


def sure_language(reading: Reading) -> str | None:
    """The language of a text, where its words and the reader agree on it; a few words tell too little."""
    by_words = language_of(reading.text)
    letters = sum(map(str.isalpha, reading.text))
    if by_words == NO_LANGUAGE or letters < (_ENOUGH_CHINESE if by_words == "zh" else _ENOUGH):
        return None
    return by_words if reading.language == by_words else None


def _of_others(told: Entities, heard: Entities, conversation: ConversationView, desk: Desk) -> tuple[str, ...]:
    """What belongs to another customer and not to this one; not what this one said: nothing is given away by that."""
    connection, cipher, own = desk.connection, desk.cipher, conversation.customer_id
    found: list[str] = []
    for email in told.emails[:_LOOKED_UP]:
        owners = customers.who_has(connection, cipher, "email", email)
        if owners and own not in owners and email.casefold() not in map(str.casefold, heard.emails):
            found.append(email)
    for phone in told.phones[:_LOOKED_UP]:
        owners = customers.who_has(connection, cipher, "phone", phone)
        if owners and own not in owners and phone not in heard.phones:
            found.append(phone)
    for number in told.order_ids[:_LOOKED_UP]:
        order = desk.order(number)
        is_anothers = order is not None and order.customer_id is not None and order.customer_id != own
        if is_anothers and number.lower() not in map(str.lower, heard.order_ids):
            found.append(number)
    return tuple(found)


def decide(facts: Facts) -> tuple[Reason, ...]:
    """Everything that may be wrong; nothing for an ordinary reply."""
    return tuple(reason for reason in _found(facts) if reason.check in facts.checks)


def _found(facts: Facts) -> Iterator[Reason]:
    for one in facts.answered[-1:]:
        yield Reason("answered", text("guard.answered", staff=one.name, at=f"{one.at.astimezone(facts.zone):%H:%M}"))
    if facts.macro is not None:
        has, wanted = map(language_name, facts.macro)
        yield Reason("macro_language", text("guard.macro_language", language=has, wanted=wanted))
    elif facts.language is not None and facts.expected and facts.language not in facts.expected:
        wanted = " / ".join(map(language_name, sorted(facts.expected)))
        yield Reason("language", text("guard.language", language=language_name(facts.language), wanted=wanted))
    if facts.others:
        yield Reason("others_data", text("guard.others_data", found=", ".join(facts.others)))
    if numbers := [*facts.entities.cards, *_MASKED.findall(facts.words)]:
        yield Reason("card", text("guard.card", number=numbers[0]))
    if left := placeholders(facts.words):
        yield Reason("variable", text("guard.variable", found=", ".join(left)))
    if promised := promise(facts.words, facts.limit, facts.rates, facts.order):
        yield Reason("promise", promised)
    if is_shouted(facts.words, facts.shop):
        yield Reason("shouting", text("guard.shouting"))


def language_name(code: str) -> str:
    """A language as staff call it.

    >>> language_name("de"), language_name("xx")
    ('German', 'xx')
    """
    try:
        return str(Locale.parse(code).get_display_name("en"))
    except (ValueError, UnknownLocaleError):
        return code


# --- what was left to fill in -------------------------------------------------------------------------------------

_BRACKETED = re.compile(
    r"\{\{?[^{}\n]{1,60}\}?\}|\[[^\[\]\n]{1,40}\](?!\()|<[^<>\n]{1,40}>|【[^【】\n]{1,20}】|\b[X]{4,}\b|_{4,}"
)
_WORDS_TO_FILL = (
    "name|first name|last name|full name|your name|customer|customer name|agent|agent name|order|order number|order id|"
    "order no|date|amount|price|tracking|tracking number|link|url|product|item|address|insert|tbd|todo|reason|"
    "vorname|nachname|kundenname|ihr name|kunde|bestellnummer|datum|betrag|sendungsnummer|artikel|grund|"
    "nom|prénom|client|nom du client|numéro de commande|montant|numéro de suivi|lien|article|motif|votre nom|"
    "nombre|apellido|cliente|nombre del cliente|número de pedido|fecha|importe|número de seguimiento|enlace|motivo|"
    "nome|sobrenome|nome do cliente|número do pedido|data|valor|código de rastreio|"
    "姓名|名字|客户姓名|客户|订单号|日期|金额|快递单号|链接|商品"
)
_TO_FILL = frozenset(_WORDS_TO_FILL.split("|"))
#: what people write in brackets that is nothing to fill in
_FIGURES = frozenset({"PDF", "DHL", "UPS", "DPD", "GLS", "FAQ", "OK", "USB", "EU", "UK", "US", "SMS", "VAT", "IBAN"})
_CAPITALS = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ _-]+")


def placeholders(words: str) -> tuple[str, ...]:
    """What stands in a reply for something that was to be filled in.

    >>> placeholders("Dear [NAME], {order.number} comes on <date> [see below] (PDF)")
    ('[NAME]', '{order.number}', '<date>')
    """
    found = (match[0] for match in _BRACKETED.finditer(words))
    return tuple(dict.fromkeys(one for one in found if _is_to_fill(one)))


def _is_to_fill(written: str) -> bool:
    if written[0] in "{X_":
        return True
    inner = written[1:-1].strip()
    if inner.casefold().startswith(("insert ", "your ", "customer ")):
        return True
    return inner.casefold() in _TO_FILL or (bool(_CAPITALS.fullmatch(inner)) and inner not in _FIGURES)


# --- promises -----------------------------------------------------------------------------------------------------

#: words of money that goes to the customer, in every language at once: none is another word elsewhere
_GIVES_BACK = re.compile(
    r"refund|reimburs|compensat|money back|pay you back|(?:store|shop) credit|\bcredit(?:ing)? (?:you|your)|voucher"
    r"|goodwill|erstatt|zurückzu?zahl|zahlen .{0,40}zurück|überweisen .{0,40}zurück|gutschrift|gutschreib"
    r"|schreiben .{0,40}gut\b|entschädig|gutschein|geld zurück"
    r"|rembours|dédommag|indemnis|geste commercial|bon d['’]achat|\bavoir de\b|compens"
    r"|reembols|devolv|devolución|devolução|indemniz|abonar|\babono|vale de|cupón"
    r"|estorn|indeniz|ressarc|cupom"
    r"|退款|退还|退回|退给|退您|返还|返现|赔偿|补偿|赔付|优惠券|代金券",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|cannot|\w+n['’]t|unable|never|nicht|kein\w*|ne|n['’]\w+|pas|impossible|nunca|imposible|não|nao"
    r"|impossível)\b|\bno\b.{0,15}$|不能|无法|不可以|不予|不会|没有|没办法|不支持",
    re.IGNORECASE,
)
_IN_FULL = re.compile(
    r"\bfull(?:y)?\b|\bwhole (?:amount|order)\b|vollständig|voll(?:e[nrs]?)? (?:betrag|kaufpreis)"
    r"|gesamt(?:e[nrs]?)? betrag|komplett|intégral|totalité|\btotalmente\b|íntegr|importe (?:total|completo)"
    r"|valor (?:total|integral)|全额|全款|全部",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n+")


def promise(words: str, limit: int | None, rates: Rates, order: OrderView | None = None) -> str | None:
    """Says so when more money is promised than the author may give; None without a limit.

    >>> rates = Rates("EUR", {})
    >>> promise("We will refund you 250 €.", 100_00, rates)
    'It promises € 250.00, and the limit is € 100.00.'
    >>> promise("We cannot refund 250 €. The tent costs 300 €.", 100_00, rates) is None
    True
    """
    if limit is None:
        return None
    most = max((amount for part in _SENTENCE.split(words) for amount in _promised(part, rates, order)), default=None)
    if most is None or most <= limit:
        return None
    return text("guard.promise", amount=format_minor(most, rates.base), limit=format_minor(limit, rates.base))


def _promised(sentence: str, rates: Rates, order: OrderView | None) -> Iterator[int]:
    """The amounts that a sentence promises, in minor units of the shop's currency."""
    if not any(_is_meant(sentence, *match.span()) for match in _GIVES_BACK.finditer(sentence)):
        return
    amounts = find(sentence).amounts
    yield from filter(None, (_in_base(amount, rates) for amount in amounts))
    if not amounts and order is not None and _IN_FULL.search(sentence):
        yield from filter(None, (_order_in_base(order, rates),))


def _is_meant(sentence: str, start: int, end: int) -> bool:
    before = sentence[max(0, start - _NEAR) : start].rpartition(",")[2]
    after = sentence[end : end + _NEAR].partition(",")[0]
    # "no" turns what follows in Spanish, and is "in the" in Portuguese
    return _NOT.search(before) is None and _NOT.search(after + "\n\n") is None


def _in_base(amount: Amount, rates: Rates) -> int | None:
    try:
        minor = int(amount.value * Decimal(10) ** exponent(amount.currency))
        return rates.to_base(minor, amount.currency)
    except UnknownCurrency:
        return None


def _order_in_base(order: OrderView, rates: Rates) -> int | None:
    try:
        return rates.to_base(order.total, order.currency)
    except UnknownCurrency:
        return None


# --- shouting -----------------------------------------------------------------------------------------------------

_CAPITAL_WORDS = re.compile(r"(?<![\w-])[A-ZÀ-Þ]{2,}(?:[ ,!?.'’]+[A-ZÀ-Þ]{2,}(?![\w-])){2,}")


def is_shouted(words: str, shop: str = "") -> bool:
    """Whether a part of a text is in capitals that are no abbreviation, no number and not the shop's name.

    >>> is_shouted("PLEASE READ THE MANUAL"), is_shouted("The DHL, UPS and GPS labels are PDFs")
    (True, False)
    """
    rest = words.replace(shop, " ") if shop else words
    return any(_letters(match[0]) >= _SHOUTED for match in _CAPITAL_WORDS.finditer(rest))


def _letters(words: str) -> int:
    """The letters of the words that are no abbreviations."""
    return sum(len(word) for word in re.findall(r"[^\W\d_]+", words) if word not in _FIGURES)


# --- among staff --------------------------------------------------------------------------------------------------


def named(reasons: Iterable[Reason]) -> str:
    """The checks that found something, for the audit log and the timeline: never what they found."""
    return ", ".join(reason.check for reason in reasons)
