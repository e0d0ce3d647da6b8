"""Attachments of the console page: what is taken in, and how it is given out."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from bot.channels import FileUnavailable
from bot.channels.console import LARGEST_FILE, ConsoleChannel
from bot.web import files
from bot.web.files import is_picture, url_of
from bot.web.people import newcomer
from crm_store.store import Store
from handlers.events import Arrival, Colleague, FileRef


async def nowhere(_arrivals: Any) -> None:
    raise AssertionError


def channel(store: Store) -> ConsoleChannel:
    return ConsoleChannel(store, receive=nowhere)


def request(body: bytes = b"", path: dict[str, str] | None = None, query: str = "", **headers: str) -> Request:
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "headers": told, "path_params": path or {}, "query_string": query.encode()}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


def give(store: Store, file: FileRef, fetch: files.Fetch | None = None) -> Any:
    query = url_of(file).partition("?")[2]
    asked = request(path={"channel": file.channel, "file_id": file.id}, query=query)
    return asyncio.run(files.give(asked, store, fetch))


def test_a_file_comes_back_as_it_was(sqlite_store: Store) -> None:
    file = asyncio.run(channel(sqlite_store).keep_file("Füße ☂.png", "image/png", b"\x89PNG"))
    answer = give(sqlite_store, file)
    assert (answer.status_code, answer.body, answer.media_type) == (200, b"\x89PNG", "image/png")
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''F%C3%BC%C3%9Fe%20%E2%98%82.png"
    assert asyncio.run(channel(sqlite_store).fetch(file)) == b"\x89PNG"


@pytest.mark.parametrize(
    ("mime", "kind", "shown"),
    [
        ("image/png", "photo", True),
        ("image/svg+xml", "document", False),
        ("audio/ogg", "audio", True),
        ("video/mp4", "video", True),
        ("text/html", "document", False),
        ("application/pdf", "document", False),
    ],
)
def test_only_what_cannot_run_is_shown_in_place(mime: str, kind: str, shown: bool, sqlite_store: Store) -> None:
    file = asyncio.run(channel(sqlite_store).keep_file("a", mime, b"<svg onload=alert(1)>"))
    assert file.kind == kind
    assert is_picture(file) == (mime == "image/png")
    answer = give(sqlite_store, file)
    assert answer.headers["content-disposition"].startswith("inline" if shown else "attachment")
    assert answer.media_type == (mime if shown else "application/octet-stream")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_file_of_another_platform_is_fetched(sqlite_store: Store) -> None:
    photo = FileRef("telegram", "AgAC/x y", "photo.jpg", "image/jpeg", account="7", kind="photo")
    asked: list[FileRef] = []

    async def fetch(file: FileRef) -> bytes:
        asked.append(file)
        return b"jpeg"

    assert is_picture(photo)
    assert give(sqlite_store, photo, fetch).body == b"jpeg"
    assert (asked[0].channel, asked[0].id, asked[0].account) == ("telegram", "AgAC/x y", "7")
    assert give(sqlite_store, photo).status_code == 404


def test_what_cannot_be_had_is_said(sqlite_store: Store) -> None:
    photo = FileRef("telegram", "1", "photo.jpg")

    async def fetch(file: FileRef) -> bytes:
        raise FileUnavailable(file, "it has expired")

    answer = give(sqlite_store, photo, fetch)
    assert (answer.status_code, answer.body) == (404, b"photo.jpg: it has expired")
    assert give(sqlite_store, FileRef("console", "1", "x"), fetch).status_code == 404


def take(store: Store, body: bytes, **headers: str) -> tuple[Any, ConsoleChannel]:
    console = channel(store)
    return asyncio.run(files.take(request(body, None, "", **headers), console)), console


def test_an_upload_is_kept_under_its_id(sqlite_store: Store) -> None:
    answer, console = take(sqlite_store, b"abc", x_file_name="a%20b.txt", content_type="text/plain; charset=x")
    (known,) = console._uploads.values()
    assert known.id.encode() in answer.body
    assert (known.name, known.mime, known.size) == ("a b.txt", "text/plain", 3)
    assert console.uploaded(known.id) == known
    assert console.uploaded("another") is None


@pytest.mark.parametrize("sent", ["", "nonsense", "text/html\tx", "a/b/c", "x" * 60 + "/y"])
def test_a_kind_that_is_none_is_told_by_the_name(sent: str, sqlite_store: Store) -> None:
    _, console = take(sqlite_store, b"abc", x_file_name="a.png", content_type=sent)
    (known,) = console._uploads.values()
    assert known.mime == "image/png"


def test_an_upload_has_an_end(sqlite_store: Store) -> None:
    answer, console = take(sqlite_store, bytes(LARGEST_FILE + 1), x_file_name="a")
    assert answer.status_code == 413
    assert not console._uploads


def test_arrivals_of_a_chat_wait_in_one_lane(sqlite_store: Store) -> None:
    taken: list[Arrival] = []

    async def receive(arrivals: Any) -> None:
        taken.extend(arrivals)

    console = ConsoleChannel(sqlite_store, receive=receive)
    chat, maya = newcomer("Ada").as_chat(), Colleague("console", "maya", "Maya")

    async def everything() -> None:
        first = await console.say(chat, "Hello")
        await console.edit(chat, first, "Hello!")
        await console.press(chat, first, "order", "1")
        await console.staff_say(maya, "tickets", "9", "Look")
        await console.staff_press(maya, "tickets", "9", "claim", "1")
        await console.staff_submit(maya, "9", "reply", "1", {"text": "Hi"})

    asyncio.run(everything())
    assert [one.lane for one in taken] == [f"console:{chat.chat}"] * 3 + ["console:9"] * 3
    assert len({one.source_id for one in taken}) == len(taken)
