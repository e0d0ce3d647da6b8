"""The conversations in progress when the demo opens, as scripts that are played through the desk's own way in.

A script says who (one of the cast), what they and the staff do, and how many minutes ago. `event_of` makes a customer's
step the event that the console would have brought; a colleague's step is symbolic, because only the desk knows the
ticket and the thread it has become.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from sqlalchemy import select

from bot.demo.cast import (
    ADDRESS,
    ANGRY,
    BROKEN,
    CAST,
    EDITED,
    INVOICE,
    LATE,
    LONGEST,
    PRAISE,
    QUESTION,
    REFUND,
    RESOLVED,
    STATUS,
    STATUS_GERMAN,
    WRONG_SIZE,
    Role,
)
from bot.demo.shop import PHOTO, console_user
from crm_store.schema import Customer, Order
from crm_store.store import Store
from handlers.events import Chat, Colleague, Edited, FileRef, Said

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
#: what stands in a text for the number of the customer's newest order
_ORDER: Final = "{order}"


@dataclass(frozen=True, slots=True)
class Says:
    """The customer writes."""

    minutes_ago: int
    text: str
    photo: bool = False
    #: why it could not be handled, for one that waits on the failed list
    fails: str = ""


@dataclass(frozen=True, slots=True)
class Edits:
    """The customer changes the last message that was said."""

    minutes_ago: int
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A colleague presses Claim on the customer's ticket."""

    minutes_ago: int
    staff: str


@dataclass(frozen=True, slots=True)
class Note:
    """A colleague writes in the thread, for colleagues."""

    minutes_ago: int
    staff: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """A colleague answers the customer."""

    minutes_ago: int
    staff: str
    text: str
    #: why nobody knows whether it arrived, for one that staff have to decide about
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Resolve:
    """A colleague presses Resolve."""

    minutes_ago: int
    staff: str


FromCustomer = Says | Edits
FromStaff = Claim | Note | ReplyTo | Resolve
Step = FromCustomer | FromStaff


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation; its steps are in the order they happen."""

    customer_external_id: str
    chat: Chat
    steps: tuple[Step, ...]
    #: the photo, where one is sent
    photo: FileRef | None = None


class CastMissing(Exception):
    """The store does not hold the demo's shop."""

    def __init__(self, external_id: str) -> None:
        super().__init__(f"there is no customer {external_id} with an order: `make_shop` makes one")
        self.external_id = external_id


PHOTO_FILE: Final = FileRef("console", PHOTO, "box.png", "image/png", kind="photo")

_PLAYS: Final[tuple[tuple[Role, tuple[Step, ...]], ...]] = (
    (
        LONGEST,
        (
            Says(
                2 * _DAY + 5 * _HOUR + 12,
                "Guten Tag, bei meinen Trekkingstöcken hält die Klemmung nicht mehr, der untere Teil rutscht bei jedem"
                " Schritt durch. Nach zwei Touren darf das nicht kaputt sein. Bestellung {order}. Bekomme ich Ersatz?",
            ),
            Says(_DAY + 3 * _HOUR + 40, "Hat das schon jemand gelesen? Am Samstag wollte ich los."),
        ),
    ),
    (
        LATE,
        (
            Says(26 * _HOUR + 9, "Hi! Where is my order {order}?"),
            Says(
                26 * _HOUR + 5,
                "That's what it said a week ago as well. My rain jacket was due last Thursday and I'm a bit fed up by"
                " now, could you look into it please?",
            ),
            Claim(25 * _HOUR + 50, "Tom"),
            Note(
                25 * _HOUR + 46, "Tom", "Royal Mail shows no scan since it left the depot six days ago. Enquiry opened."
            ),
            ReplyTo(
                25 * _HOUR + 41,
                "Tom",
                "Hi Emma, I'm sorry about this. The parcel hasn't been scanned for six days, so I've opened an"
                " enquiry with"
                " Royal Mail. If it doesn't turn up by tomorrow noon we'll send you a new jacket by express.",
            ),
            Says(25 * _HOUR + 30, "Ok thank you Tom, fingers crossed 🤞"),
            Says(
                48,
                "It's past noon and still nothing. Could you send the new one please? We're off to Skye on Saturday.",
            ),
        ),
    ),
    (
        RESOLVED,
        (
            Says(
                23 * _HOUR + 2,
                "Oi! Meu pedido {order} chegou, mas veio um organizador a menos no kit. Faltou o pequeno.",
            ),
            Claim(22 * _HOUR + 51, "Maya"),
            Note(
                22 * _HOUR + 49, "Maya", "Packing list says 4, weight at dispatch is 40 g short. Clearly our mistake."
            ),
            ReplyTo(
                22 * _HOUR + 44,
                "Maya",
                "Olá, Rafael! Você tem razão, o erro foi nosso. Já reembolsamos um quarto do valor, e o organizador"
                " pequeno"
                " segue amanhã sem custo. Desculpe o incômodo!",
            ),
            Says(22 * _HOUR + 20, "Nossa, que rápido! Muito obrigado 😊"),
            Resolve(22 * _HOUR + 8, "Maya"),
        ),
    ),
    (
        REFUND,
        (
            Says(
                7 * _HOUR + 34,
                "Bonjour, mon matelas se dégonfle toutes les nuits. Je voudrais être remboursée plutôt qu'un"
                " échange, merci."
                " Commande {order}.",
            ),
            Claim(7 * _HOUR + 2, "Jonas"),
            ReplyTo(
                6 * _HOUR + 58,
                "Jonas",
                "Bonjour Camille, désolé pour ces nuits à plat ! Le remboursement est possible. Pouvez-vous me dire"
                " si la"
                " fuite vient de la valve ou du tissu ?",
            ),
            Says(6 * _HOUR + 15, "De la valve, on entend l'air sortir même quand elle est bien fermée."),
            Note(
                5 * _HOUR + 50,
                "Jonas",
                "Third Cloud 5 with a valve problem this month. @Maya shall we talk to the supplier?",
            ),
            Note(
                5 * _HOUR + 41, "Maya", "Yes, same batch as the two others. Refund her in full, she can keep the mat."
            ),
        ),
    ),
    (
        INVOICE,
        (
            Says(
                5 * _HOUR + 22,
                "Hallo, für die Buchhaltung brauche ich die Rechnung zu {order}. Vielen Dank!",
            ),
            Says(
                5 * _HOUR + 14,
                "Danke! Ich brauche die Rechnung aber auf die Firma ausgestellt: Leitner Design OG, UID ATU00000000.",
            ),
            Claim(4 * _HOUR + 55, "Priya"),
            ReplyTo(
                4 * _HOUR + 40, "Priya", "Hallo Katharina, gern. Die geänderte Rechnung kommt heute noch per E-Mail."
            ),
            Says(4 * _HOUR + 31, "Super, danke für die schnelle Antwort!"),
            Resolve(4 * _HOUR + 10, "Priya"),
        ),
    ),
    (
        WRONG_SIZE,
        (
            Says(
                3 * _HOUR + 17,
                "Hallo, kann ich kurz mit einem Menschen sprechen? Die Wanderschuhe aus {order} sind mir leider zu"
                " klein, obwohl ich sonst immer 43 trage. Geht auch 44?",
            ),
            Claim(3 * _HOUR + 1, "Maya"),
            ReplyTo(
                2 * _HOUR + 56,
                "Maya",
                "Hallo Lukas, klar! 44 ist auf Lager, ich habe dir ein Paar zurückgelegt. Das Rücksendeetikett ist"
                " unterwegs"
                " zu deiner E-Mail-Adresse.",
            ),
            Says(2 * _HOUR + 20, "Perfekt. Muss ich den Originalkarton nehmen? Den hat leider schon unsere Katze."),
        ),
    ),
    (
        PRAISE,
        (
            Says(
                2 * _HOUR + 41,
                "No problem at all, just wanted to say: three nights in the Cairngorms with the Fjell 2, gusts of 60"
                " mph, and"
                " we stayed bone dry. Brilliant tent, well done to whoever designed it! Happy to leave a review.",
            ),
            Claim(2 * _HOUR + 22, "Tom"),
            ReplyTo(
                2 * _HOUR + 18,
                "Tom",
                "Callum, you've made our day! I've passed it on to the design team. A review would be lovely.",
            ),
        ),
    ),
    (
        STATUS_GERMAN,
        (
            Says(118, "Hi, wo ist meine Bestellung {order}?"),
            Says(
                115,
                "Danke! Ich bin bis Montag verreist. Kann das Paket zu meinem Nachbarn in Nummer 12?",
                fails="the text was not read within 30 seconds",
            ),
        ),
    ),
    (QUESTION, (Says(96, "你好，请问 Fjell 2 帐篷防水吗？适合冬天用吗，总重量是多少？"),)),
    (
        ADDRESS,
        (
            Says(
                74,
                "Hola, acabo de ver que puse mi dirección antigua en el pedido {order}. Me he mudado a la Calle del"
                " Olmo 14,"
                " 3º B. ¿Podéis cambiar la dirección antes de que salga?",
            ),
            Says(71, "Prefiero hablar con una persona, por favor: no sé si llegará a tiempo."),
            Claim(66, "Priya"),
            Note(64, "Priya", "Not packed yet, warehouse holds it until I confirm."),
        ),
    ),
    (
        ANGRY,
        (
            Says(
                57,
                "ORDER {order} IS THREE WEEKS OLD AND ALL I GET IS 'IN TRANSIT'. THIS IS RIDICULOUS!! I WANT MY MONEY"
                " BACK TODAY",
            ),
            Says(55, "OR I'LL DISPUTE IT WITH MY BANK. WHERE IS MY JACKET???"),
        ),
    ),
    (
        EDITED,
        (
            Says(39, "Can I still add a second travel towel to {order}? In green please"),
            Edits(37, "Can I still add a second travel towel to {order}? In blue please, not green"),
            Claim(29, "Jonas"),
            ReplyTo(
                26,
                "Jonas",
                "Hi Sanne, of course: one blue towel is added to {order} and leaves in the same parcel.",
                doubt="the connection ended before the answer came",
            ),
        ),
    ),
    (
        BROKEN,
        (
            Says(
                21,
                "Just picked up {order} and look at the box! The stove inside is bent, it arrived broken and won't"
                " light.",
                photo=True,
            ),
            Says(19, "We leave for Yosemite on Friday, so I need a working one before then. What can you do?"),
        ),
    ),
    (
        STATUS,
        (
            Says(13, "Hi, where is my order {order}? Has it been sent?"),
            # only a person can ring the courier
            Says(
                11,
                "Thanks! I'm away until Tuesday, though. Could one of your people ask Royal Mail to hold the parcel"
                " until then?",
            ),
            Claim(9, "Maya"),
            ReplyTo(
                7,
                "Maya",
                "Hi Hannah, I've just rung them: the parcel waits for you at the depot until Friday. Take your ID"
                " along. Safe travels!",
            ),
            Says(6, "You're a star, Maya! Just what I needed."),
        ),
    ),
)


def scripts(store: Store) -> tuple[Script, ...]:
    """What the cast of the shop in this store has to say. Raises `CastMissing`."""
    orders = _newest_orders(store)
    missing = next((role.external_id for role in CAST if role.external_id not in orders), None)
    if missing is not None:
        raise CastMissing(missing)
    return tuple(_script(role, steps, *orders[role.external_id]) for role, steps in _PLAYS)


def _newest_orders(store: Store) -> dict[str, tuple[int, str]]:
    """The key and the newest order's number of each of the cast, by the shop's id."""
    cast = Customer.external_id.in_([role.external_id for role in CAST])
    columns = (Customer.external_id, Customer.id, Order.external_id.label("number"))
    query = select(*columns).join(Order, Order.customer_id == Customer.id).where(cast)
    with store.read() as connection:
        rows = connection.execute(query.order_by(Order.placed_at, Order.id)).all()
    return {row.external_id: (row.id, row.number) for row in rows if row.external_id is not None}


def _script(role: Role, steps: Sequence[Step], customer_id: int, order: str) -> Script:
    user = console_user(customer_id)
    chat = Chat("console", "console", user, user, role.name, language=role.language)
    told = tuple(_with_order(step, order) for step in steps)
    photo = PHOTO_FILE if any(isinstance(step, Says) and step.photo for step in steps) else None
    return Script(role.external_id, chat, told, photo)


def _with_order(step: Step, order: str) -> Step:
    match step:
        case Claim() | Resolve():
            return step
        case Says() | Edits() | Note() | ReplyTo():
            return replace(step, text=step.text.replace(_ORDER, order))
        case _:
            assert_never(step)


def in_order(played: Sequence[Script]) -> list[tuple[Script, int]]:
    """All steps of all scripts, each by its script and its place there, from the longest ago."""
    steps = [(script, place) for script in played for place in range(len(script.steps))]
    return sorted(steps, key=lambda step: -step[0].steps[step[1]].minutes_ago)


def at(step: Step, now: datetime) -> datetime:
    """When a step happens."""
    return now - timedelta(minutes=step.minutes_ago)


def event_of(script: Script, place: int, now: datetime) -> Said | Edited | None:
    """A customer's step as the console brings it; None for a colleague's step."""
    step = script.steps[place]
    match step:
        case Says(text=text, photo=photo):
            files = (script.photo,) if photo and script.photo else ()
            return Said(script.chat, _message_id(script, place), at(step, now), text, files)
        case Edits(text=text):
            said = max(n for n in range(place) if isinstance(script.steps[n], Says))
            return Edited(script.chat, _message_id(script, said), at(step, now), text)
        case Claim() | Note() | ReplyTo() | Resolve():
            return None
        case _:
            assert_never(step)


def _message_id(script: Script, place: int) -> str:
    return f"demo-{script.chat.chat}-{place}"


def colleague(name: str) -> Colleague:
    """A member of the demo's team as the console describes them."""
    return Colleague("console", name.lower(), name)
