"""“Change filter” under an answer: one part of its question becomes something else, and that question is answered.

What is typed is read as a follow-up is. The form says at once what does not fit; whoever sends it in all the same, as
the shop's words may have changed since, is told so instead of an answer.
"""

from collections.abc import Sequence
from dataclasses import replace

from crm_store.asked import Asked
from crm_store.question.grammar import Compare, Did, During, Is, Not, Question
from crm_store.question.measures import CHANCES, MONEY
from crm_store.question.values import in_chinese, values_of
from handlers.actions import Whisper
from handlers.desk import Desk
from handlers.events import StaffSubmitted
from handlers.forms import Field, Form, Option
from handlers.message import Message
from handlers.staff import ask
from handlers.texts import text
from nlp.ask.changing import Changed, changed, lines_of
from nlp.ask.following import read_all
from nlp.ask.vocabulary import Shop

PART, VALUE = "part", "value"
_LONGEST = 200
#: values of which one is offered as an example
_TRIED = 8


def form(ref: str, desk: Desk) -> Form | None:
    """What chooses a part of the question and says what it becomes; nothing for one not kept any more."""
    kept = ask.known(ref, desk)
    parts = {} if kept is None or kept.question is None else ask.parts_of(kept.question, kept, desk.policy)
    if kept is None or not parts:
        return None
    language = kept.language
    options = tuple(Option(said, part) for part, said in parts.items())
    fields = (
        Field(PART, text("ask.change.part", language), kind="one", options=options, initial=options[0].value),
        Field(VALUE, text("ask.change.value", language), max_length=_LONGEST, optional=True),
    )
    title, save = text("ask.change.title", language), text("form.send", language)
    return Form(ask.CHANGE, ref, title, save, fields, language=language)


def wrong_in_form(event: StaffSubmitted, desk: Desk) -> dict[str, str]:
    """What keeps a filled-in form from being taken, by its field; nothing is locked. The turn looks again."""
    kept = ask.known(event.ref, desk)
    if kept is None or kept.question is None:
        return {}  # about no field: the turn tells why
    outcome = _changed(event, kept, kept.question, desk)
    if not isinstance(outcome, str):
        return {}
    return {VALUE if event.values.get(PART, "") in ask.parts_of(kept.question, kept, desk.policy) else PART: outcome}


def gather_submitted(event: StaffSubmitted, desk: Desk) -> ask.Facts | Whisper:
    kept = ask.known(event.ref, desk)
    if kept is None or kept.question is None:
        return Whisper(event.staff, event.place, Message(text=text("ask.gone")))
    change = _changed(event, kept, kept.question, desk)
    if isinstance(change, str):
        return Whisper(event.staff, event.place, Message(text=change))
    lines = lines_of(change, kept.words, desk.vocabulary(), desk.now, desk.policy.timezone)
    at = ask.Place(event.staff, event.place, kept.under)
    return ask.facts_of_changed(change.question, lines, kept, at, desk)


def _changed(event: StaffSubmitted, kept: Asked, question: Question, desk: Desk) -> Changed | str:
    """The question as it is changed, or the sentence of why it is not."""
    shop, zone, language = desk.vocabulary(), desk.policy.timezone, kept.language
    part, typed = event.values.get(PART, ""), event.values.get(VALUE, "").strip()[:_LONGEST]
    parts = ask.parts_of(question, kept, desk.policy)
    if part not in parts:
        return text("ask.change.which", language)
    # "the last 30 days" are those before now, as far as its words still ask for the same
    anew = read_all(kept.words, shop, desk.now, zone)
    if (
        isinstance(anew, Question)
        and ask.parts_of(anew, replace(kept, at=desk.now), desk.policy).keys() == parts.keys()
    ):
        question = anew
    found = changed(question, part, typed, shop, desk.now, zone)
    if found is not None:
        return found
    examples = _examples(question, part, shop, language)
    # what is offered does fit
    example = next((one for one in examples if changed(question, part, one, shop, desk.now, zone)), "")
    if typed and not example and changed(question, part, "", shop, desk.now, zone) is not None:
        # open, unassigned: of these there is no other one that is typed
        return text("ask.change.leave", language, typed=typed[:80], part=parts[part])
    example = example or next(iter(examples), parts[part])
    if not typed:
        return text("ask.change.stays", language, part=parts[part], example=example)
    return text("ask.change.unfit", language, typed=typed[:80], part=parts[part], example=example)


def _examples(question: Question, part: str, shop: Shop, language: str | None) -> tuple[str, ...]:
    """What could be typed for a part."""
    if not part.startswith("where"):
        return (text(f"ask.change.example.{'by' if part == 'then' else part}", language),)
    filter_ = question.where[int(part.removeprefix("where"))]
    filter_ = filter_.of if isinstance(filter_, Not) else filter_
    values = filter_.where[0] if isinstance(filter_, Did) and filter_.where else filter_
    match values:
        case Is(field="country"):
            return (text("ask.change.example.country", language),)
        case Is(field=name, values=now):
            return _values(name, now, shop, chinese=language == "zh")
        case During():
            return (text("ask.change.example.window", language),)
        case Compare(field=name) if name in CHANCES:
            return (text("ask.change.example.chance", language),)
        case Compare(field=name) if name in MONEY:
            return (text("ask.change.example.amount", language),)
        case Did(tally="money"):
            return (text("ask.change.example.amount", language),)
        case _:
            return (text("ask.change.example.number", language),)


def _values(field: str, now: Sequence[object], shop: Shop, *, chinese: bool) -> tuple[str, ...]:
    """Other values of a field, as they are typed."""
    others = [one for one in (*values_of(field), *shop.values.get(field, ())) if one not in now][:_TRIED]
    named = [in_chinese(field, one) for one in others] if chinese else others
    return (*named, *others)
