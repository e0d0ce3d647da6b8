"""Which language a text is in, by its script and its commonest words."""

import re
from functools import cache
from typing import Final

from nlp.meaning import NO_LANGUAGE

_SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("uk", re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
#: words that carry grammar, and those a shop's customers open with; one that several languages share counts for each
_WORDS: Final = {
    "en": (
        "the a an and or of to in is are was were be been it its i me my you your we our they this that with for"
        " on at from not no have has had do does did can could would will when where what why how who please but"
        " so if am im ive dont cant didnt hasnt isnt just still yet any there here hello hi hey thanks thank"
        " order parcel refund get got received arrived invoice cancel address delivery shipping wheres whats"
        " good morning afternoon evening want need help like love some about after before because very too much many"
    ),
    "de": (
        "der die das ein eine einen einem einer und oder nicht ist sind war waren ich mir mich mein meine meinen"
        " meiner du sie wir ihr ihre uns es den dem des mit für auf von zu zum zur im in bei an aus wie wo was"
        " wann warum kann können könnte möchte habe hat haben hatte noch schon kein keine aber bitte danke hallo"
        " guten tag sehr auch nur bestellung paket rechnung lieferung leider gerne"
    ),
    "fr": (
        "le la les l un une des du de d et ou ne pas est sont était je j me m mon ma mes vous votre vos nous"
        " notre ce c cette ces il elle on que qu qui quoi où quand pourquoi comment avec pour sur dans par à au"
        " aux en n s y ai avez avons suis très mais bonjour merci svp colis commande facture remboursement"
        " livraison toujours rien"
    ),
    "es": (
        "el la los las un una unos y o no es son era yo me mi mis tu su sus usted ustedes nosotros lo le se que"
        " qué quién dónde donde cuándo cuando cómo como por para con sin en de del al a he ha han hemos tengo"
        " quiero puedo está están muy pero más hola gracias favor buenos días pedido paquete factura reembolso"
        " envío todavía"
    ),
    "pt": (
        "o a os as um uma uns e ou não é são era eu me meu minha meus você vocês seu sua nós lhe se que quem onde"
        " quando como por para com sem em de do da dos das no na nos nas ao à pelo pela tenho quero posso está"
        " estão muito mas mais olá oi obrigado obrigada favor bom dia pedido encomenda fatura reembolso entrega"
        " ainda"
    ),
    "nl": (
        "de het een en of niet is zijn was ik mij mijn je jij u uw wij we ons dit dat deze die met voor op van"
        " naar bij aan uit in te hoe waar wat wanneer waarom kan kunnen zou heb heeft hebben nog al geen maar"
        " graag bedankt hallo goed erg ook bestelling pakket factuur levering"
    ),
    "it": (
        "il lo la i gli le un uno una e o non è sono ero io mi mio mia miei lei voi noi si che chi dove quando"
        " come perché per con senza in di del della da al alla nel ho ha hanno vorrei posso molto ma più ciao"
        " grazie buongiorno favore ordine pacco fattura rimborso ancora"
    ),
    "pl": (
        "i w na z do się nie jest są był była ja mi mnie mój moja moje pan pani państwo to ten ta te co kto gdzie"
        " kiedy dlaczego jak czy dla od po za o ale już jeszcze bardzo mam mogę chcę proszę dziękuję dzień dobry"
        " cześć zamówienie paczka faktura zwrot przesyłka"
    ),
}
_LETTERS: Final = {"de": "äöüß", "fr": "çèêàùœî", "es": "ñ¿¡áíóú", "pt": "ãõçâêô", "pl": "łżźśćęąń", "it": "èòàù"}
_WORD = re.compile(r"[^\W\d_]+")
#: languages of which there are no examples: nothing but their scripts and words tells them
BY_WORDS_ALONE: Final = frozenset({*(language for language, _ in _SCRIPTS), "nl", "it", "pl"})


def language_of(text: str) -> str:
    """ISO 639-1, or `und` when nothing in the text tells.

    >>> [language_of(text) for text in ("Where is my parcel?", "Wo ist mein Paket?", "我的包裹在哪里", "12345")]
    ['en', 'de', 'zh', 'und']
    """
    script = _by_script(text)
    return script if script else _by_words(text.casefold())


def is_chinese(text: str) -> bool:
    """Whether what is written is in Chinese characters, apart from names and numbers."""
    return _by_script(text) == "zh"


def _by_script(text: str) -> str | None:
    """The language of the script, where it makes up a part of the text that is no mere quotation."""
    letters = sum(map(str.isalpha, text))
    for language, script in _SCRIPTS:
        found = len(script.findall(text))
        # a Chinese or Japanese letter is about a word; one of an alphabet is not
        if found * (4 if language in ("zh", "ja") else 2) > letters:
            return language
    return None


def _by_words(text: str) -> str:
    words = _WORD.findall(text.replace("'", " ").replace("’", " "))
    scores = {
        language: sum(word in known for word in words) + 0.6 * sum(map(text.count, _LETTERS.get(language, "")))
        for language, known in _known().items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 0 else NO_LANGUAGE


@cache
def _known() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in _WORDS.items()}
