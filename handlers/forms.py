"""Forms that staff fill in: a modal in Slack, a dialog on the console page."""

from handlers.events import Value


class Field(Value, frozen=True):
    name: str
    label: str
    multiline: bool = False
    initial: str = ""
    max_length: int = 3_000


class Form(Value, frozen=True):
    """`ref` comes back with the answers: it says what the form was about."""

    name: str
    ref: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    #: a line above the fields
    text: str = ""
