"""Forms that staff fill in: a modal in Slack, a dialog on the console page."""

from datetime import UTC, datetime
from typing import Literal

from handlers.value import Value

#: one: a choice among the options; several: any number of them, sent as their values with a comma between;
#: moment: a date with the time, sent as seconds since 1970
FieldKind = Literal["text", "one", "several", "moment"]


class Option(Value, frozen=True):
    """The value is at most 100 characters without a comma."""

    label: str
    value: str


class Field(Value, frozen=True):
    name: str
    label: str
    multiline: bool = False
    initial: str = ""
    max_length: int = 3_000
    kind: FieldKind = "text"
    options: tuple[Option, ...] = ()
    optional: bool = False


class Form(Value, frozen=True):
    """`ref` comes back with the answers: it says what the form was about."""

    name: str
    ref: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    #: a line above the fields
    text: str = ""
    #: what all of it is said in; None: as staff are told anything else
    language: str | None = None


def chosen(answer: str) -> tuple[str, ...]:
    """What was chosen in a field of kind `several`.

    >>> chosen("vip,urgent"), chosen("")
    (('vip', 'urgent'), ())
    """
    return tuple(one for one in answer.split(",") if one)


def moment(answer: str) -> datetime | None:
    """The time that was chosen in a field of kind `moment`; None for none, and for what is no time.

    >>> moment("1772443800"), moment(""), moment("9" * 40)
    (datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.timezone.utc), None, None)
    """
    if not answer.isascii() or not answer.isdecimal() or len(answer) > 11:
        return None
    return datetime.fromtimestamp(int(answer), UTC)
