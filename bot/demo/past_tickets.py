"""The tickets of the demo's past, as an import would bring them: all resolved, with reply times and satisfaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bot.demo.life import DAY, Bought

#: name, and since how many days ago on the team
TEAM: Final = (("Maya", 900), ("Tom", 900), ("Jonas", 480), ("Priya", 260))
_SHARES: Final = (38, 27, 15, 20)
#: the median of each one's first reply, in working hours
_PACE: Final = {"Maya": 0.7, "Tom": 1.6, "Jonas": 2.8, "Priya": 0.9}


@dataclass(frozen=True, slots=True)
class PastTicket:
    bought: Bought
    kind: str
    priority: str
    assignee: str
    subject: str
    opened_at: datetime
    first_reply_at: datetime
    resolved_at: datetime
    csat: int | None


#: first line of what was asked, by kind and language
_SUBJECTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "order_status": {
        "en": (
            "Where is my parcel?",
            "No tracking update for a week",
            "Parcel late, need it for a trip",
            "Has it shipped yet?",
        ),
        "de": ("Wo bleibt mein Paket?", "Sendung bewegt sich nicht", "Seit einer Woche kein Update"),
        "fr": ("Où est mon colis ?", "Toujours rien reçu"),
        "es": ("¿Dónde está mi pedido?", "El paquete no llega"),
        "pt": ("Cadê meu pedido?", "O rastreio não atualiza"),
        "zh": ("快递还没到", "物流一直没有更新"),
    },
    "complaint": {
        "en": (
            "Arrived damaged",
            "Seam came apart",
            "Item missing from parcel",
            "Zip broken after a week",
            "Leaks in light rain",
        ),
        "de": ("Reißverschluss kaputt", "Ware beschädigt angekommen", "Naht gerissen"),
        "fr": ("Article arrivé cassé", "Couture déchirée"),
        "es": ("Llegó roto", "Producto defectuoso"),
        "pt": ("Produto com defeito", "Chegou quebrado"),
        "zh": ("收到时已经破损", "质量问题"),
    },
    "refund": {
        "en": ("Refund please", "When do I get my money back?", "Refund not on my account yet"),
        "de": ("Bitte um Rückerstattung", "Wo bleibt mein Geld?"),
        "fr": ("Demande de remboursement",),
        "es": ("Quiero un reembolso",),
        "pt": ("Pedido de reembolso",),
        "zh": ("申请退款",),
    },
    "return": {
        "en": ("Too small, exchange for a size up", "Return label?", "How do I send this back?"),
        "de": ("Umtausch in Größe L", "Retourenlabel fehlt"),
        "fr": ("Échange de taille", "Étiquette de retour"),
        "es": ("Cambio de talla",),
        "pt": ("Troca de tamanho",),
        "zh": ("换大一码",),
    },
    "invoice": {
        "en": ("Invoice with VAT number", "Copy of my receipt"),
        "de": ("Rechnung auf Firma ausstellen", "Rechnung fehlt"),
        "fr": ("Facture au nom de l'entreprise",),
        "es": ("Necesito la factura",),
        "pt": ("Preciso da nota fiscal",),
        "zh": ("开发票",),
    },
    "cancel_order": {
        "en": ("Please cancel, ordered twice", "Cancel my order"),
        "de": ("Bitte stornieren",),
        "fr": ("Annulation de commande",),
        "es": ("Cancelar el pedido",),
        "pt": ("Cancelar pedido",),
        "zh": ("取消订单",),
    },
    "change_address": {
        "en": ("Wrong house number", "Send it to my office instead"),
        "de": ("Adresse ändern",),
        "fr": ("Erreur dans l'adresse",),
        "es": ("Cambiar la dirección",),
        "pt": ("Mudar o endereço",),
        "zh": ("修改地址",),
    },
    "product": {
        "en": (
            "Does the mat fit the 2-person tent?",
            "Is this waterproof?",
            "Which size at 178 cm?",
            "Back in stock when?",
        ),
        "de": ("Welche Größe bei 1,82 m?", "Ist die Jacke wasserdicht?"),
        "fr": ("Quelle taille choisir ?",),
        "es": ("¿Qué talla me recomiendan?",),
        "pt": ("Qual tamanho escolher?",),
        "zh": ("该选什么尺码",),
    },
    "payment": {
        "en": ("Charged twice", "Voucher not accepted"),
        "de": ("Doppelt abgebucht",),
        "fr": ("Débité deux fois",),
        "es": ("Cobrado dos veces",),
        "pt": ("Cobrança duplicada",),
        "zh": ("重复扣款",),
    },
}
_SMALL_MATTERS: Final = ("invoice", "change_address", "product", "payment", "order_status")
_SMALL_SHARES: Final = (24, 16, 30, 8, 22)


def past_tickets(orders: list[Bought], random: Random, now: datetime) -> list[PastTicket]:
    """By the time of opening."""
    tickets = [ticket for bought in orders for ticket in _about(bought, random, now)]
    return sorted(tickets, key=lambda ticket: ticket.opened_at)


def _about(bought: Bought, random: Random, now: datetime) -> Iterator[PastTicket]:
    matter = _matter(bought, random)
    if matter is None or bought.person.role is not None:
        return
    kind, opened_at = matter
    ticket = _handled(bought, kind, opened_at, random, now)
    if ticket.resolved_at < now - timedelta(hours=3):
        yield ticket


def _matter(bought: Bought, random: Random) -> tuple[str, datetime] | None:
    """What somebody wrote about an order, and when; None for most orders."""
    arrived = bought.shipped.delivered_at if bought.shipped else None
    if "delivery" in bought.troubles and random.random() < 0.5:
        return "order_status", bought.at + (bought.person.country.transit[1] + random.uniform(2, 6)) * DAY
    if arrived and "quality" in bought.troubles and random.random() < 0.55:
        return random.choice(("complaint", "complaint", "refund")), arrived + random.uniform(0.1, 9) * DAY
    if arrived and "size" in bought.troubles and random.random() < 0.55:
        return "return", arrived + random.uniform(0.1, 5) * DAY
    if bought.refund and bought.status != "cancelled" and random.random() < 0.25:
        return "refund", bought.refund.at + random.uniform(1, 6) * DAY
    if bought.status == "cancelled" and random.random() < 0.4:
        return "cancel_order", bought.at + timedelta(hours=random.uniform(0.2, 1))
    if random.random() < 0.035:
        return random.choices(_SMALL_MATTERS, _SMALL_SHARES)[0], bought.at + random.uniform(0.05, 4) * DAY
    return None


def _handled(bought: Bought, kind: str, opened_at: datetime, random: Random, now: datetime) -> PastTicket:
    there = [(name, share) for (name, since), share in zip(TEAM, _SHARES, strict=True) if now - since * DAY < opened_at]
    assignee = random.choices([name for name, _ in there], [share for _, share in there])[0]
    first = _at_work(opened_at, timedelta(hours=_PACE[assignee] * random.lognormvariate(0, 0.9)))
    hours = random.lognormvariate(1.2, 1.1) * (2.5 if kind in ("complaint", "refund", "return") else 1.0)
    resolved = _at_work(first, timedelta(hours=hours / 3))
    subjects = _SUBJECTS[kind]
    return PastTicket(
        bought=bought,
        kind=kind,
        priority=_priority(kind, random),
        assignee=assignee,
        subject=random.choice(subjects.get(bought.person.language, subjects["en"])),
        opened_at=opened_at,
        first_reply_at=first,
        resolved_at=resolved,
        csat=_satisfaction(kind, resolved - opened_at, random) if random.random() < 0.42 else None,
    )


def _at_work(start: datetime, effort: timedelta) -> datetime:
    """The moment at which so much working time has passed: 7 to 19 UTC, less on Saturdays and Sundays."""
    at = start
    while True:
        begins = at.replace(hour=7, minute=0, second=0, microsecond=0)
        ends = begins + timedelta(hours={5: 8, 6: 4}.get(at.weekday(), 12))
        at = max(at, begins)
        if at + effort <= ends:
            return at + effort
        effort -= max(timedelta(0), ends - at)
        at = begins + DAY


def _priority(kind: str, random: Random) -> str:
    if kind in ("complaint", "payment"):
        return random.choices(("normal", "high", "urgent"), (50, 42, 8))[0]
    return random.choices(("low", "normal", "high"), (18, 72, 10))[0]


def _satisfaction(kind: str, took: timedelta, random: Random) -> int:
    stars = random.choices((5, 4, 3), (64, 26, 10))[0]
    stars -= random.choice((0, 0, 1, 2)) if kind in ("complaint", "refund") else 0
    stars -= random.choice((0, 1, 2)) if took > 2 * DAY else 0
    return max(1, stars)
