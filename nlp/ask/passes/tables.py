"""Tables of patterns and of what is put in their place: each pass over a text has one of its own."""

import re
from collections.abc import Callable

#: a replacement, as `re.sub` takes it
Said = str | Callable[[re.Match[str]], str]
Table = tuple[tuple[re.Pattern[str], Said], ...]


def replaced(text: str, table: Table) -> str:
    """A text with every pattern replaced, in the order of the table: each may use what the one before it wrote.

    >>> replaced("cust list", ((re.compile("cust"), "customer"), (re.compile("customer list"), "customers")))
    'customers'
    """
    for pattern, said in table:
        text = pattern.sub(said, text)
    return text
