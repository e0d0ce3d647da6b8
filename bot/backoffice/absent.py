"""No back office: nothing of the shop's can be asked, so people do by hand what is to be done."""

from bot.backoffice import Done, Refused
from handlers.errands import Errand


class AbsentBackoffice:
    """The back office port of a desk without one."""

    async def carry_out(self, errand: Errand, key: str) -> Done:
        raise Refused("no back office is connected (backoffice.url): please do it by hand")

    async def look_up(self, key: str) -> Done | None:
        return None

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Nothing to end."""
