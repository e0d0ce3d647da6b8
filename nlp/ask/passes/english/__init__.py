"""English, put in the words that the reader has: three jobs' ways of asking, then what is usual in all of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nlp.ask.numbers import with_digits
from nlp.ask.passes.days import with_stretches
from nlp.ask.passes.english.desk import at_the_desk
from nlp.ask.passes.english.noted import as_noted
from nlp.ask.passes.english.trade import in_traders_words
from nlp.ask.passes.english.usual import in_usual_words


def in_plain_english(text: str, now: datetime, zone: ZoneInfo) -> str:
    """A normalised text, spelt right, in the usual form: the first passes over English; Chinese as it is."""
    noted = as_noted(with_stretches(with_digits(text), now, zone))
    return in_usual_words(in_traders_words(at_the_desk(noted)))
