"""E-mail addresses in a question: the customer's id takes their place before anything is read, kept or sent."""

from collections.abc import Callable, Sequence

from nlp.ask.outcomes import Unclear
from nlp.entities import EMAIL

#: what is kept of an address that means nobody, or several
_HIDDEN = "…@…"


def with_ids(text: str, owners: Callable[[str], Sequence[str]]) -> tuple[str, Unclear | None]:
    """A text with the shop's ids of those whose addresses stood in it, and why it cannot be read where there is no one.

    `owners` tells the ids of the customers who have an address.

    >>> with_ids("orders of Ada@example.com", lambda address: ["C1"] if address == "Ada@example.com" else [])
    ('orders of C1', None)
    """
    unclear: Unclear | None = None
    found: list[str] = []
    at = 0
    for match in EMAIL.finditer(text):
        ids = owners(match[0])
        if len(ids) != 1:
            unclear = unclear or Unclear("addresses" if ids else "address")
        found += [text[at : match.start()], ids[0] if len(ids) == 1 else _HIDDEN]
        at = match.end()
    return "".join((*found, text[at:])), unclear
