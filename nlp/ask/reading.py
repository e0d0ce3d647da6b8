"""What a question asks. Every word that carries meaning has to find its place; one that does not is asked back."""

import re
from collections import deque
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import structs

from crm_store.question.grammar import CannotAsk, Did, Filter, Is, Question
from nlp.ask.accounting import all_said, more_than_read
from nlp.ask.among import Asked, among_the_first, asked_among
from nlp.ask.asking import (
    mark_negated,
    take_aggregate,
    take_extreme,
    take_order_total,
    take_row_averages,
    take_target,
    take_verbs,
)
from nlp.ask.clauses import take_clauses
from nlp.ask.comparing import (
    are_two_numbers,
    crossed,
    difference_of,
    percent_of,
    percent_sides,
    ratio_of,
    ratio_sides,
    share_of_those,
    share_sides,
    side_by_side,
    week_parts,
    week_sides,
)
from nlp.ask.conditions import take_bounds, take_values
from nlp.ask.crowds import take_crowds
from nlp.ask.deeds import name_deeds, take_sales
from nlp.ask.doubts import doubt_of
from nlp.ask.draft import MONEY, Draft
from nlp.ask.grouping import take_groups, take_time_group
from nlp.ask.leading import first_per_cent, of_the_first, part_of_the_first, sum_of_the_first, together
from nlp.ask.lexing import is_chinese, normalise
from nlp.ask.mending import misheard, spellings, spelt
from nlp.ask.outcomes import Stop, Unclear, Unsupported, unclear
from nlp.ask.passes.asides import without_asides
from nlp.ask.passes.chinese import in_plain_chinese
from nlp.ask.passes.chinese.hurried import in_reader_words
from nlp.ask.passes.chinese.spoken import in_standard_chinese, with_countries_named
from nlp.ask.passes.chinese.usual import WHICH_WEEK
from nlp.ask.passes.days import with_dates
from nlp.ask.passes.english import in_plain_english
from nlp.ask.passes.english.hurried import in_full, written_out
from nlp.ask.passes.english.spoken import spoken
from nlp.ask.passes.framing import framed, leave_out_goods, name_buyers, name_whom
from nlp.ask.passes.phrasing import plainly
from nlp.ask.passes.rewording import reworded
from nlp.ask.passes.turns import in_short
from nlp.ask.ranking import says_rank, take_limit, take_most, take_order_of_orders, take_rank
from nlp.ask.shaping import nothing_left, question_of
from nlp.ask.situation import without_situation
from nlp.ask.times import ImpossibleTime, WhichDay
from nlp.ask.vocabulary import Shop, with_codes_named, with_homes
from nlp.ask.windows import take_spans
from nlp.ask.wording import atoms_of

LONGEST = 500
#: what a text may be asked back for where one of its characters is another of that sound
_MISHEARD = ("word", "left", "mix", "share", "rank", "by", "neg", "two", "measure", "number")
#: a text with words that are not known is read so often with others in their place
_TRIES = 60

_WITH_AND_WITHOUT = re.compile(r"\bwith (?:and|vs\.?|versus|or) without\b")
#: of the ratio of refunds to orders in Germany both are of Germany
_LAST_OF_BOTH = re.compile(r"\b(?:in|from|for|by|among)\b")

#: 同时买过鞋包夹克: all of them, and nothing between them says so
_AT_ONCE = re.compile(r"同时(?:买|购买|下单|看|浏览|加购)")
#: said before what is asked
_GREETING = re.compile(
    r"^(?:(?:hi|hey|hello|good (?:morning|afternoon|evening)|please|pls|can you|could you|would you|quick question|quick q"
    r"|i(?:'d| would)? (?:like|want|need) to know|tell me|let me know|do you know|i wonder|wondering)\b[ ,:!.]*)+(?=\w)"
)


def read(text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    """The question that a text asks."""
    if len(text) > LONGEST:
        return Unclear("long")
    written = normalise(_with_the_country(text))
    outcome = _read_normalised(written, shop, now, zone)
    if isinstance(outcome, Unclear) and outcome.why in _MISHEARD and is_chinese(written):
        others = [_read_normalised(other, shop, now, zone) for other in misheard(written, shop)]
        heard = {each for each in others if isinstance(each, Question)}
        return heard.pop() if len(heard) == 1 else outcome
    return outcome


def _read_normalised(text: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    typed = in_plain_chinese(without_situation(text, shop), shop.values.get("agent", ()))
    if WHICH_WEEK.search(typed):
        return Unclear("window")
    typed = with_dates(typed, now, zone)
    asked_for = with_homes(spelt(in_full(_GREETING.sub("", typed)), shop), shop)
    written = in_standard_chinese(in_plain_english(asked_for, now, zone))
    if asked := asked_among(without_asides(written)):
        return _read_among(asked, shop, now, zone)
    said = _turned(written)
    folded = plainly(said)
    if not folded.strip(" ?!.,;:。？！，"):
        return Unclear("empty")
    if doubt := doubt_of(typed, said, folded):
        return doubt
    outcome = _read(said, shop, now, zone)
    if isinstance(outcome, Unclear) and outcome.why == "word":
        outcome = _mended(said, outcome, shop, now, zone)
    if isinstance(outcome, Question):
        return more_than_read(typed, outcome) or outcome
    return outcome


def _turned(text: str) -> str:
    """A text in the words that the reader has, by the later of the passes (`nlp.ask.passes`)."""
    written = spoken(without_asides(written_out(in_reader_words(text))))
    return in_short(side_by_side(reworded(framed(written))))


def _read_among(asked: Asked, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    """Who comes first is read by itself, and so is what is asked of them."""
    sides = [read(side, shop, now, zone) for side in (asked.lead, asked.rest)]
    for side in sides:
        if not isinstance(side, Question):
            return side
    try:
        leading, rest = (side for side in sides if isinstance(side, Question))
        return among_the_first(leading, rest, asked)
    except Stop as stop:
        return stop.outcome


def _read(said: str, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear | Unsupported:
    try:
        if sides := ratio_sides(said):
            one, other = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            return ratio_of(one, other, shared=_LAST_OF_BOTH.search(sides[1]) is not None)
        if sides := week_sides(said):
            one, other = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            return week_parts(one, other)
        if summed := together(said):
            all_of_it = _question(Draft(plainly(summed[0]), shop, now, zone))
            return sum_of_the_first(all_of_it, *summed[1:])
        if leading := of_the_first(said):
            return part_of_the_first(_question(Draft(plainly(leading[0]), shop, now, zone)), *leading[1:])
        if sides := percent_sides(said):
            try:
                one, other = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            except (Stop, CannotAsk):
                pass
            else:
                if are_two_numbers(one, other):
                    return percent_of(one, other)
        if sides := share_sides(said):
            whole, part = (_question(Draft(plainly(side), shop, now, zone)) for side in sides)
            return share_of_those(whole, part)
        return _question(Draft(plainly(said), shop, now, zone))
    except Stop as stop:
        return stop.outcome
    except WhichDay as error:
        return Unclear("which_day", str(error))
    except ImpossibleTime as error:
        return Unclear("time", str(error))
    except CannotAsk as error:
        return Unclear("mix", error.field)


def _mended(said: str, unclear: Unclear, shop: Shop, now: datetime, zone: ZoneInfo) -> Question | Unclear:
    """The one question that a text with misspelt words can be; where it can be several, they are asked back."""
    readings: dict[Question, str] = {}
    texts = deque([(said, unclear.word)])
    tries = 0
    while texts and tries < _TRIES:
        text, word = texts.popleft()
        for other in spellings(text, word, shop):
            tries += 1
            outcome = _read(other, shop, now, zone)
            if isinstance(outcome, Question):
                readings.setdefault(outcome, other)
            elif isinstance(outcome, Unclear) and outcome.why == "word" and outcome.word != word:
                texts.append((other, outcome.word))
    if len(readings) == 1:
        return next(iter(readings))
    return replace(unclear, perhaps=tuple(readings.values())[:3])


def _with_the_country(text: str) -> str:
    """US in capitals is the country, where not everything is."""
    text = with_codes_named(with_countries_named(text))
    return text if text.isupper() else re.sub(r"\bUS\b", "USA", text)


def _question(draft: Draft) -> Question:
    if both := _WITH_AND_WITHOUT.search(draft.text):
        # two groups that no field tells apart
        raise unclear("by", both[0])
    draft.atoms = atoms_of(draft)
    name_whom(draft)
    name_buyers(draft)
    leave_out_goods(draft)
    name_deeds(draft)
    mark_negated(draft)
    take_target(draft)
    take_sales(draft)
    take_most(draft)
    take_clauses(draft)
    take_order_of_orders(draft)
    _take_asking(draft)
    take_order_total(draft)
    take_row_averages(draft)
    take_extreme(draft)
    take_verbs(draft)
    take_crowds(draft)
    take_rank(draft)
    take_groups(draft)
    take_time_group(draft)
    take_aggregate(draft)
    take_bounds(draft)
    take_values(draft)
    take_spans(draft)
    take_limit(draft)
    question = question_of(draft)
    if draft.top_percent is not None:
        question = first_per_cent(question, draft.top_percent)
    if draft.differ:
        question = difference_of(question, draft)
    question = structs.replace(question, where=tuple(dict.fromkeys(question.where)))
    nothing_left(draft)
    if crossed(draft, question):
        raise unclear("two", "")
    all_said(draft, question)
    if _AT_ONCE.search(draft.text) and any(_of_any(each) for each in question.where):
        raise unclear("mix", "")
    return question


def _of_any(filter_: Filter) -> bool:
    """Whether somebody did it with any of several articles."""
    return isinstance(filter_, Did) and any(isinstance(each, Is) and len(each.values) > 1 for each in filter_.where)


def _take_asking(draft: Draft) -> None:
    """How many, how much, which, list: in what shape the answer is wanted."""
    differ = draft.take("differ")
    draft.differ = str(differ["differ"]) if differ is not None else ""
    draft.howmany = draft.take("howmany") is not None
    howmuch = draft.take("howmuch")
    draft.howmuch = howmuch is not None and howmuch.text != "是多少"
    if howmuch is not None and howmuch.text == "金额" and says_rank(draft):
        # 金额最高的: by amount
        draft.howmuch = False
    elif howmuch is not None and not draft.howmuch and not draft.measure:
        draft.howmany = True
    if (not draft.measure or draft.measure in MONEY) and draft.take("cur", draft.shop.currency):
        # in euros, which they are
        draft.howmuch = draft.howmuch or not draft.measure
    draft.howlong = draft.take("howlong") is not None
    draft.listed = draft.take("list") is not None
    draft.which = draft.take("which")
