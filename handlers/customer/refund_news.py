"""What a customer is told of a request for money back, in their language."""

from collections.abc import Iterable

from crm_store.conversations import ConversationView
from crm_store.refunding import RequestedLine, RequestView
from handlers.actions import Say
from handlers.message import Message
from handlers.texts import text
from handlers.texts.money import money

#: a line of an order that has a very long name
_NAME = 80


def item(quantity: int, name: str) -> str:
    """Pieces of a line, as people name them."""
    return f"{quantity} × {short(name)}"


def short(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1] + "…"


def items(lines: Iterable[RequestedLine]) -> str:
    return ", ".join(item(line.quantity, line.name or line.sku) for line in lines)


def news(
    conversation: ConversationView | None, request: RequestView, key: str, because: str = "", receipt: str = ""
) -> list[Say]:
    """A sentence about a request; nothing where there is no chat to say it in. `because`: staff's own words; `receipt`:
    what the shop calls the payment, for whoever asks their bank."""
    if conversation is None:
        return []
    language = conversation.language
    said = text(key, language, amount=money(request.amount, request.currency, language), order=request.order)
    if because:
        said += "\n" + text("refund.because", language, reason=because)
    if receipt:
        said += "\n" + text("refund.receipt", language, receipt=receipt)
    return [Say(conversation, Message(text=said), ticket_id=request.ticket_id)]
