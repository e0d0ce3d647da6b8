"""The times of a question: which of them belong to what, and what they are compared with."""

from crm_store.question.compiling import buckets, start_of, step
from crm_store.question.grammar import Filter, Window
from nlp.ask.clauses import filters_of_clauses
from nlp.ask.draft import Draft
from nlp.ask.outcomes import unclear
from nlp.ask.times import Span

#: by what growth is told from one to the next
GROWING = ("day", "week", "month", "quarter", "year")


def has_two_spans(draft: Draft) -> bool:
    return len(draft.free("span")) + len(draft.unclaimed) > 1


def take_spans(draft: Draft) -> None:
    spans = [atom["span"] for atom in draft.free("span")]
    for atom in draft.free("span"):
        atom.used = True
    draft.spans = [*draft.unclaimed, *spans]


def place_spans(draft: Draft, clause_filters: list[Filter], comparing: bool) -> list[Span]:
    spans = list(draft.spans)
    if draft.clauses and spans and not comparing and draft.measure in ("", "customers", "buyers"):
        for clause in draft.clauses:
            if clause.span is None and spans:
                clause.span = spans.pop(0)
                if clause.twin is not None and clause.twin.span is None:
                    clause.twin.span = clause.span
        clause_filters[:] = filters_of_clauses(draft)
    if len(spans) > 2:
        raise unclear("two", "")
    return spans


def bucketed(draft: Draft, by: str, window: Window | None) -> Window:
    unit = "day" if by in ("weekday", "hour") else by
    if window is None:
        start = start_of(unit, draft.shop.since.astimezone(draft.zone))
        window = Window(start, draft.now)
    span = draft.spans[0] if draft.spans else None
    if span is not None and span.count and by not in ("weekday", "hour"):
        if span.unit == by:
            end = start_of(by, draft.now.astimezone(draft.zone))
            window = Window(step(by, end, -span.count), end)
        elif by in ("month", "quarter", "year", "week") and span.unit == "year" and by != "week":
            end = start_of(by, draft.now.astimezone(draft.zone))
            count = span.count * {"month": 12, "quarter": 4, "year": 1}[by]
            window = Window(step(by, end, -count), end)
    if window.start is None:
        window = Window(start_of(unit, draft.shop.since.astimezone(draft.zone)), window.end)
    if window.end is None:
        window = Window(window.start, draft.now)
    if len(buckets(unit, window, draft.zone)) > 4000:
        raise unclear("time", by)
    return window


def mean_window(draft: Draft, over: str, window: Window | None) -> Window:
    """The time that a mean over its days, weeks, ... is of: whole ones from its beginning on, or so many days."""
    span = draft.spans[0] if draft.spans else None
    if window is None:
        # from the first order, sign-up or visit on?
        raise unclear("window", "")
    if over == "day" and span is not None and span.count:
        return window
    found = bucketed(draft, over, window)
    start = found.start and found.start.astimezone(draft.zone)
    if over == "week" and window.start is not None and window.end is not None and not (span and span.count):
        # the year cuts weeks in two: its days are counted
        return window
    if start is None or start_of(over, start) != start:
        raise unclear("window", "")
    return found
