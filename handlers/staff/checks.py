"""What can be looked at in a reply before it leaves: one name a check (`handlers.staff.guard`)."""

from typing import Final, Literal, get_args

Check = Literal["language", "others_data", "card", "variable", "promise", "shouting", "answered", "macro_language"]
CHECKS: Final[tuple[Check, ...]] = get_args(Check)
