"""Every sentence the desk says, by language."""

from handlers.texts import en

_CATALOGS = {"en": en.TEXTS}


def text(key: str, language: str | None = None, /, **values: object) -> str:
    """A sentence in a language (English where there is none), with its values filled in.

    >>> text("order.title", "en", number="10023")
    'Order 10023'
    """
    catalog = _CATALOGS.get((language or "en")[:2], en.TEXTS)
    return catalog.get(key, en.TEXTS[key]).format(**values)
