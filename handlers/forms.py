"""Forms that staff fill in: a modal in Slack, a dialog on the console page."""

from typing import Literal

from handlers.value import Value

#: one: a choice among the options; several: any number of them, sent as their values with a comma between;
#: moment: a date with the time, sent as seconds since 1970
FieldKind = Literal["text", "one", "several", "moment"]


class Option(Value, frozen=True):
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
