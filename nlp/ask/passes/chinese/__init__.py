"""Chinese, put in the words that the reader has: slips and frames first, then the desk's words, then what is usual."""

from collections.abc import Sequence

from nlp.ask.passes.chinese.desk import in_desk_words
from nlp.ask.passes.chinese.frames import unframed, without_slips
from nlp.ask.passes.chinese.usual import in_usual_form, without_whether


def in_plain_chinese(text: str, agents: Sequence[str]) -> str:
    """A normalised text in the usual form: the first passes over Chinese; English as it is."""
    return in_usual_form(unframed(in_desk_words(without_whether(without_slips(text)), agents)))
