"""What can be asked: a closed set of values. Nothing that was typed is in them but values of the shop's own."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

#: things of which there is a list: its rows are they
Subject = Literal["customers", "orders", "products", "refunds", "reviews", "tickets", "visits", "carts", "messages"]
Op = Literal["lt", "le", "eq", "ge", "gt"]
Bucket = Literal["day", "week", "month", "quarter", "year", "weekday", "hour"]
BUCKETS: tuple[str, ...] = get_args(Bucket)
#: whether a customer's first order lies in the time asked for: new, or returning
NEWNESS = "newness"
#: what a customer does, as rows that can be counted or summed
Event = Literal["orders", "items", "refunds", "reviews", "tickets", "visits", "carts", "messages"]
#: a number of rows, the sum of their money, the mean of their marks, the number of pieces in them, of categories, of
#: different articles
Tally = Literal["count", "money", "rating", "units", "categories", "goods"]


class CannotAsk(Exception):
    """A measure that cannot be cut or filtered in this way: the shop's data do not say it."""

    def __init__(self, measure: str, field: str) -> None:
        super().__init__(f"{measure} cannot be told by {field}")
        self.measure = measure
        self.field = field


class Window(msgspec.Struct, frozen=True):
    """A stretch of time: from `start` on, up to but without `end`; None is open."""

    start: datetime | None
    end: datetime | None


class Is(msgspec.Struct, frozen=True, tag="is"):
    """A field has one of these values."""

    field: str
    values: tuple[str | bool | int, ...]


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    """A number: money in minor units of the base currency, chances from 0 to 1."""

    field: str
    op: Op
    value: float


class During(msgspec.Struct, frozen=True, tag="during"):
    """A time of the row lies in a window."""

    field: str
    window: Window


class Did(msgspec.Struct, frozen=True, tag="did"):
    """A customer's (of products: a product's) rows of a kind, in a window and of some sort, come to this much."""

    event: Event
    op: Op = "ge"
    value: float = 1
    tally: Tally = "count"
    window: Window | None = None
    where: "tuple[Filter, ...]" = ()


class Not(msgspec.Struct, frozen=True, tag="not"):
    of: "Filter"


class Or(msgspec.Struct, frozen=True, tag="or"):
    any: "tuple[Filter, ...]"


class Among(msgspec.Struct, frozen=True, tag="among"):
    """Whose row it is, or the product it is about, is one of the so many that come first by a measure."""

    #: customer, product
    by: Literal["customer", "product"]
    measure: str
    count: int
    window: Window | None = None
    where: "tuple[Filter, ...]" = ()
    descending: bool = True


Filter = Is | Compare | During | Did | Not | Or | Among


class Than(msgspec.Struct, frozen=True, kw_only=True):
    """The number that another is set against."""

    measure: str
    where: "tuple[Filter, ...]" = ()
    window: Window | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One of: a list (`subject`), a number (`measure`), a table (`measure` and `by`), a comparison (`versus`, `than`).

    `measure` is a key of `measures.MEASURES`; with `subject` it is what the list is ordered by, if at all.
    """

    measure: str | None = None
    subject: Subject | None = None
    where: tuple[Filter, ...] = ()
    #: of the measure's own time
    window: Window | None = None
    #: a field, or a `Bucket`
    by: str | None = None
    #: a second one: a row for each pair of both
    then: str | None = None
    #: of what is counted or summed, how much on average a day, week, ... of the window
    mean: Bucket | None = None
    #: keep the groups that come to so much
    having: tuple[Op, float] | None = None
    #: keep the groups whose mean, or part, is of at least so many rows
    least: int | None = None
    #: a list's order: a field of its rows
    order: str | None = None
    descending: bool = True
    limit: int | None = None
    #: what 100 % is: of these the ones that are also `where`. In a table: each group's part of all
    share: bool = False
    of: tuple[Filter, ...] = ()
    #: in a table: what part of each group it is; 100 % are those of the group that are `of`
    within: bool = False
    #: of a share: the so many of a group that have most of it, as (field, how many)
    first: tuple[str, int] | None = None
    versus: Window | None = None
    #: by how many per cent it grew from `versus` to `window`; in a table: each group
    growth: bool = False
    #: by how much it exceeds another number; with `ratio`: how many times that it is, in a table each group's
    than: Than | None = None
    ratio: bool = False
    #: of a ratio: in per cent
    percent: bool = False
    #: in place of `limit`, and of how many `first` are: so many per cent of all there are, rounded up
    top_percent: float | None = None
    #: keep so many of `then` in each of `by`, by their values
    each: int | None = None
