"""How much a caller may send before anybody knows who it is."""

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: in bytes: what platforms and the shop's software send is small
LARGEST_BODY = 2_000_000
_LIMITED = ("/telegram/webhook", "/slack/events", "/api/v1/")


class BodyLimit:
    """Turns larger bodies away, whether they say how long they are or not. Uploads of staff have their own limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_LIMITED):
            await self._app(scope, receive, send)
        elif _announced(scope) > LARGEST_BODY:
            await Response(status_code=413)(scope, receive, send)
        else:
            await self._app(scope, _counted(receive), send)


def _announced(scope: Scope) -> int:
    """The length that the request says it has; 0 when it does not, or says nonsense."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    # what is counted is what comes; a number of a thousand digits need not be read
    return int(said[:20]) if said.isdigit() else 0


def _counted(receive: Receive) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return counted
