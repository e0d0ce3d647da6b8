"""What digests have in common: how a number and its change are written, the note of a late one, and the buttons that
open what is behind a number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm_store.periods import Period
from crm_store.schema import from_ms, to_ms
from handlers.message import Button, Message
from handlers.texts import text
from handlers.texts.dates import day, moment
from handlers.texts.money import money

#: what the buttons do: open a list, and say what the numbers mean
LIST, MEANING = "digest_list", "digest_meaning"
#: so long after its time a digest says that it is late
_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a button opens: a list, the time it is about, and what else tells which one it is."""

    name: str
    since: datetime
    until: datetime
    which: str = ""

    @property
    def ref(self) -> str:
        """As a button carries it; short, as callback data has to be.

        >>> from datetime import UTC
        >>> Listing("fell", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)).ref
        'fell|19cabd83800|19ccfe4bc00|'
        """
        return f"{self.name}|{to_ms(self.since):x}|{to_ms(self.until):x}|{self.which}"

    @property
    def period(self) -> Period:
        return Period(self.since, self.until)


def listing_in(ref: str) -> Listing | None:
    """What a button's reference names; None for what is none of ours.

    >>> listing_in("fell|19cabd83800|19ccfe4bc00|").since, listing_in("12")
    (datetime.datetime(2026, 3, 2, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    parts = ref.split("|", 3)
    try:
        name, since, until, which = parts
        return Listing(name, from_ms(int(since, 16)), from_ms(int(until, 16)), which)
    except (ValueError, OverflowError):
        return None


def opens(label: str, listing: Listing) -> Button:
    return Button(label, LIST, listing.ref)


def explains(digest: str) -> Button:
    """The button that says what a digest's numbers mean."""
    return Button(text("digests.meaning"), MEANING, digest)


def late_note(due: datetime, now: datetime, zone: ZoneInfo, language: str | None = None) -> str:
    """What stands under a digest that comes long after its time; empty for one that does not."""
    return text("digests.late", language, at=moment(now, zone, language)) if now - due > _LATE else ""


def unscored(title: str, digest: str) -> Message:
    """A digest of scores that nobody computed yet."""
    return Message(title=title, text=text("digests.no_scores"), buttons=(explains(digest),))


# --- numbers ------------------------------------------------------------------------------------------------------


def changed(number: int, before: int | None) -> str:
    """A count, with its change.

    >>> changed(1200, 1195), changed(3, 3), changed(3, 10), changed(3, None)
    ('1,200 (+5)', '3 (=)', '3 (-7)', '3')
    """
    return f"{number:,}" if before is None else f"{number:,} ({difference(number - before)})"


def difference(by: int) -> str:
    """
    >>> difference(1500), difference(-2), difference(0)
    ('+1,500', '-2', '=')
    """
    return f"{by:+,}" if by else "="


def money_changed(amount: int, before: int | None, currency: str) -> str:
    """A sum of minor units, with its change in per cent; of nothing and of less than nothing there are none.

    >>> money_changed(150_00, 100_00, "EUR"), money_changed(150_00, -5_00, "EUR"), money_changed(-1_00, 0, "EUR")
    ('€150.00 (+50 %)', '€150.00 (before: -€5.00)', '-€1.00 (before: €0.00)')
    """
    written = money(amount, currency)
    if before is None:
        return written
    if before <= 0 and amount != before:
        return text("digests.before", now=written, before=money(before, currency))
    return f"{written} ({percent(amount, before)})"


def percent(number: float, before: float) -> str:
    """How much more, of something above zero.

    >>> percent(150, 100), percent(99.9, 100), percent(0, 0)
    ('+50 %', '-0.1 %', '=')
    """
    if number == before:
        return "="
    by = (number - before) / before * 100
    return f"{by:+,.0f} %" if abs(by) >= 10 else f"{by:+.1f} %"


def decimal_changed(number: float | None, before: float | None, places: int = 2) -> str:
    """A mean with its change; a dash where there is none.

    >>> decimal_changed(4.25, 4.0), decimal_changed(None, 4.0), decimal_changed(4.0, None)
    ('4.25 (+0.25)', '—', '4.00')
    """
    if number is None:
        return "—"
    if before is None:
        return f"{number:.{places}f}"
    by = round(number, places) - round(before, places)
    return f"{number:.{places}f} ({f'{by:+.{places}f}' if round(by, places) else '='})"


def days_of(period: Period, zone: ZoneInfo) -> str:
    """The days of a period of whole days.

    >>> from datetime import UTC
    >>> days_of(Period(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)), ZoneInfo("UTC"))
    '2 Mar 2026 - 8 Mar 2026'
    """
    return f"{day(period.start, zone)} - {day(period.end - timedelta(milliseconds=1), zone)}"
