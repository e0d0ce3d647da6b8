"""How many customers each saved segment has, counted by the clock: what `/segment NAME` draws."""

from crm_store import saved_segments, segment_sizes
from crm_store.answering import NO_ANSWER, PATIENCE, answer_in
from crm_store.question.grammar import Question
from jobs.scoring import Outcome, Scoring
from nlp.ask.learning import learn
from nlp.ask.segments import filters_of


def score(work: Scoring) -> Outcome:
    """Counts every segment, each in a transaction of its own; one that cannot be told is left out.

    Raises `StoreUnavailable`.
    """
    rates = work.rates
    with work.store.read() as connection:
        segments = saved_segments.every(connection)
        shop = learn(connection, rates, work.as_of) if segments else None
    counted = 0
    for segment in segments:
        assert shop is not None
        where = filters_of(segment.meaning, shop, work.as_of, work.timezone)
        if where is None:
            continue
        count = Question(measure="customers", where=where)
        with work.store.begin() as connection:
            try:
                size = answer_in(connection, count, work.as_of, work.timezone, rates, PATIENCE).value
            except NO_ANSWER:
                continue
            segment_sizes.keep(connection, segment.name, work.as_of, int(size or 0))
        counted += 1
        work.tell(f"segments: {counted:,} of {len(segments):,} are counted")
    if not segments:
        return Outcome(0, "no segment is saved")
    return Outcome(counted, f"{counted:,} of {len(segments):,} saved segments are counted")
