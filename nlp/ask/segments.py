"""What a saved segment means now: its words, read as questions are."""

from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.question.grammar import Filter, Not, Or, Question
from crm_store.saved_segments import Both, Meaning, Without
from nlp.ask.following import read_all
from nlp.ask.lexing import is_chinese
from nlp.ask.vocabulary import Shop


def filters_of(meaning: Meaning, shop: Shop, now: datetime, zone: ZoneInfo) -> tuple[Filter, ...] | None:
    """What holds for whoever belongs to a segment; None where its words do not say it in the shop's data now."""
    if isinstance(meaning, Both | Without):
        one, other = (filters_of(each, shop, now, zone) for each in (meaning.one, meaning.other))
        if one is None or other is None:
            return None
        return (*one, *other) if isinstance(meaning, Both) else (*one, _none_of(other))
    found = read_all(meaning, shop, now, zone)
    if not isinstance(found, Question) or found.subject != "customers" or not found.where:
        return None
    return found.where if (found.limit, found.top_percent, found.window) == (None, None, None) else None


def _none_of(where: tuple[Filter, ...]) -> Filter:
    """Whoever does not meet all of it."""
    negated = tuple(each.of if isinstance(each, Not) else Not(each) for each in where)
    return negated[0] if len(negated) == 1 else Or(negated)


def is_said_in_chinese(meaning: Meaning) -> bool:
    """Whether all of a segment was said in Chinese."""
    if isinstance(meaning, Both | Without):
        return is_said_in_chinese(meaning.one) and is_said_in_chinese(meaning.other)
    return is_chinese(meaning[-1])
