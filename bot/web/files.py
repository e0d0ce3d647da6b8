"""Attachments of the console page: taken in, and shown again."""

import asyncio
import mimetypes
import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.channels import FileUnavailable, TryLater
from bot.channels.console import LARGEST_FILE, PICTURES, ConsoleChannel
from crm_store import files
from crm_store.store import Store
from handlers.events import FileRef

#: the bytes of a file of any channel; raises `FileUnavailable`, `TryLater`
Fetch = Callable[[FileRef], Awaitable[bytes]]
_LONGEST_NAME = 200
_MIME = re.compile(r"[a-z0-9!#$&^_.+-]{1,49}/[a-z0-9!#$&^_.+-]{1,49}")
#: what people send is shown or saved, never run: even a page of HTML gets no scripts and no origin
_SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def url_of(file: FileRef) -> str:
    """Where the page finds a file."""
    about = {"name": file.name, "mime": file.mime, "account": file.account}
    known = urlencode({key: value for key, value in about.items() if value})
    return f"/files/{quote(file.channel, safe='')}/{quote(file.id, safe='')}?{known}"


def is_picture(file: FileRef) -> bool:
    """Whether browsers show it in place."""
    return file.mime in PICTURES or (file.kind == "photo" and file.channel != "console")


async def take(request: Request, channel: ConsoleChannel) -> Response:
    """Stores an uploaded file and says by what id a message may name it."""
    name = unquote(request.headers.get("x-file-name", ""))[-_LONGEST_NAME:] or "file"
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    mime = sent if _MIME.fullmatch(sent) else mimetypes.guess_type(name)[0] or "application/octet-stream"
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > LARGEST_FILE:
                return PlainTextResponse(f"Files may have up to {LARGEST_FILE // 1_000_000} MB.", 413)
    except ClientDisconnect:
        return PlainTextResponse("The upload was broken off.", 400)
    kept = await channel.keep_file(name, mime, bytes(data))
    return JSONResponse({"id": kept.id, "name": kept.name, "mime": kept.mime, "size": kept.size, "kind": kept.kind})


async def give(request: Request, store: Store, fetch: Fetch | None) -> Response:
    """A file's bytes: from the store, else from the platform it lies on."""
    params, query = request.path_params, request.query_params
    file = FileRef(
        params["channel"],
        params["file_id"],
        query.get("name", "file")[:_LONGEST_NAME],
        query.get("mime", "application/octet-stream")[:100],
        account=query.get("account", ""),
    )
    kept = await asyncio.to_thread(_from_store, store, file)
    if kept is not None:
        return _response(*kept)
    if fetch is None or file.channel == "console":
        return PlainTextResponse("There is no such file here.", 404)
    try:
        return _response(file.name, file.mime, await fetch(file))
    except FileUnavailable as error:
        return PlainTextResponse(str(error), 404)
    except TryLater as error:
        return PlainTextResponse(error.reason, 503)


def _from_store(store: Store, file: FileRef) -> tuple[str, str, bytes] | None:
    with store.read() as connection:
        known = files.find(connection, store.cipher, f"{file.channel}/{file.id}")
        if known is None:
            return None
        return known.name, known.mime, files.read(connection, store.cipher, known.id)


def _response(name: str, mime: str, data: bytes) -> Response:
    shown = mime in PICTURES or (mime.startswith(("audio/", "video/")) and _MIME.fullmatch(mime) is not None)
    headers = {
        "content-disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": _SANDBOX,
        "cache-control": "private, max-age=86400, immutable",
    }
    return Response(data, media_type=mime if shown else "application/octet-stream", headers=headers)
