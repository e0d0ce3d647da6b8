"""A server that speaks as a language model does (OpenAI's protocol), and says what it is told to say."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class LanguageModelServer:
    #: what comes next, words or JSON; one a question
    replies: list[Any] = field(default_factory=list)
    #: what was asked, and with which keys
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    status: int = 200
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def serving() -> Iterator[LanguageModelServer]:
    """It listens for as long as this goes on."""
    stand_in = LanguageModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.path == "/v1/chat/completions"
            stand_in.asked.append(asked)
            stand_in.keys.append(self.headers.get("authorization", ""))
            reply = stand_in.replies.pop(0)
            content = reply if isinstance(reply, str) else json.dumps(reply)
            self.answer({"choices": [{"message": {"role": "assistant", "content": content}}]})

        def do_GET(self) -> None:
            assert self.path == "/v1/models"
            self.answer({"data": [{"id": "small"}]})

        def answer(self, told: Any) -> None:
            self.send_response(stand_in.status)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand_in.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield stand_in
        server.shutdown()
