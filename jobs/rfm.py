"""RFM by the clock: everybody's scores and segments, as of a moment."""

from collections import defaultdict

from crm_store import rfm
from jobs.scoring import Outcome, Scoring


def score(work: Scoring) -> Outcome:
    """Scores every buyer, a stretch of customers a transaction. Raises `StoreUnavailable`."""
    with work.store.read() as connection:
        scale = rfm.measure(connection, work.as_of)
        stretches = rfm.stretches(connection)
        is_first = rfm.is_first(connection)
    with work.store.begin() as connection:
        rfm.begin(connection, scale.as_of)
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    moved = 0
    for number, stretch in enumerate(stretches, 1):
        with work.store.begin() as connection:
            written = rfm.write(connection, scale, stretch, keeps_moves=not is_first)
        moved += written.moved
        for name, (customers, spend) in written.segments.items():
            totals[name] = (totals[name][0] + customers, totals[name][1] + spend)
        work.tell(f"rfm: {number:,} of {len(stretches):,} parts of the customers are scored")
    with work.store.begin() as connection:
        rfm.record(connection, scale, totals)
    return Outcome(scale.buyers, said(scale.buyers, moved, is_first=is_first))


def said(buyers: int, moved: int, *, is_first: bool) -> str:
    """What scoring came to, for people."""
    if not buyers:
        return "nobody has bought anything yet: there are no scores"
    buyers_said = f"{buyers:,} {'buyer has' if buyers == 1 else 'buyers have'} recency, frequency and monetary scores"
    if is_first:
        return f"{buyers_said}, for the first time"
    return f"{buyers_said}, {moved:,} {'customer' if moved == 1 else 'customers'} came into another segment"
