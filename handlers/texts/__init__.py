"""Every sentence the desk says, by language: `<language>/<feature>.po`, Babel catalogs whose message ids are our keys.

What customers are told stands in every language of `LANGUAGES`; `staff*.po` in English alone, but for
`zh/staff_ask.po`: staff ask in Chinese too.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

#: what customers are answered in
LANGUAGES = ("en", "zh", "de", "fr", "es", "pt")
#: by whose habits a language's dates and amounts are written
_LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN", "pt": "pt_BR"}
#: as every catalog's header has them. Babel's own have a third form in three of the languages, for whole millions
_ONE_OR_MORE = "nplurals=2; plural=(n != 1);"
PLURALS = {
    "en": _ONE_OR_MORE,
    "zh": "nplurals=1; plural=0;",
    "de": _ONE_OR_MORE,
    "fr": "nplurals=2; plural=(n > 1);",
    "es": _ONE_OR_MORE,
    "pt": _ONE_OR_MORE,
}
_HERE = Path(__file__).parent


def text(key: str, language: str | None = None, /, **values: object) -> str:
    """A sentence in a language (English where there is none), with its values filled in. Raises `KeyError`.

    >>> text("order.title", "en", number="10023")
    'Order 10023'
    """
    said = _sentences(spoken(language)).gettext(key)
    if said == key:
        raise KeyError(key)
    return said.format(**values)


def counted(key: str, number: int, language: str | None = None, /, **values: object) -> str:
    """A sentence that depends on a number, by the language's plural rule; `{n}` in it is the number."""
    said = _sentences(spoken(language)).ngettext(key, key, number)
    if said == key:
        raise KeyError(key)
    return said.format(n=number, **values)


def spoken(language: str | None) -> str:
    """The language of ours that a customer is answered in.

    >>> spoken("pt-BR"), spoken("zh-hans"), spoken("tr"), spoken(None)
    ('pt', 'zh', 'en', 'en')
    """
    return of_ours(language) or "en"


def of_ours(language: str | None) -> str | None:
    """A language as one of `LANGUAGES`; None for one that we do not speak, or none at all.

    >>> of_ours("pt-BR"), of_ours("ZH_hant"), of_ours("tr"), of_ours("deutsch"), of_ours(None)
    ('pt', 'zh', None, None, None)
    """
    short = (language or "").lower().replace("_", "-").partition("-")[0]
    return short if short in LANGUAGES else None


@cache
def locale_of(language: str | None) -> Locale:
    """By whose habits a customer's dates and amounts are written.

    >>> str(locale_of("pt")), str(locale_of("de"))
    ('pt_BR', 'de')
    """
    short = spoken(language)
    return Locale.parse(_LOCALES.get(short, short))


@cache
def _sentences(language: str) -> GNUTranslations:
    """All sentences of a language; what it has none for, in English."""
    whole = catalog(language)
    packed = BytesIO()
    write_mo(packed, whole)
    packed.seek(0)
    sentences = GNUTranslations(packed)
    if language != "en":
        sentences.add_fallback(_sentences("en"))
    return sentences


def catalog(language: str) -> Catalog:
    """What stands in a language's files, as one catalog."""
    whole = Catalog(locale=language)
    whole.mime_headers = [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", PLURALS[language])]
    for file in sorted((_HERE / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id:
                    whole[message.id] = message
    return whole
