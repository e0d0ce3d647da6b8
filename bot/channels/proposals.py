"""A language model as a channel: a turn asks by the outbox how a question is meant, what it says is an event."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from bot.channels import Call, FileUnavailable, Receive, Sent
from bot.config import LanguageModel
from bot.perform import PROPOSALS
from crm_store.money import Rates
from crm_store.store import Store
from handlers.events import Arrival, FileRef, Proposed, StaffAsked, StaffCommanded
from handlers.message import Message
from nlp.ask.learnt import Learnt
from nlp.ask.proposing import prompt

log = logging.getLogger(__name__)

#: the largest answer that is read, in bytes
_LARGEST = 256 * 1024


class NoProposal(Exception):
    """The model could not be asked, or said nothing that can be read. The sentence holds no question and no key."""


def connect(model: LanguageModel, key: str | None) -> httpx.AsyncClient:
    """What `complete` asks the model with."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(timeout=model.timeout.total_seconds(), headers=headers)


async def complete(client: httpx.AsyncClient, model: LanguageModel, messages: list[dict[str, str]]) -> str:
    """What an OpenAI-compatible endpoint answers to a chat (`POST /chat/completions`). Raises `NoProposal`."""
    url = f"{(model.url or '').rstrip('/')}/chat/completions"
    asked = {"model": model.name, "messages": messages, "temperature": 0, "stream": False}
    data = bytearray()
    try:
        async with client.stream("POST", url, json=asked) as response:
            if response.status_code != 200:
                raise NoProposal(f"it answers {response.status_code}")
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > _LARGEST:
                    raise NoProposal(f"its answer is larger than {_LARGEST // 1024} KB")
        said = httpx.Response(200, content=bytes(data)).json()["choices"][0]["message"]["content"]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoProposal(f"it cannot be reached: {type(error).__name__}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise NoProposal("its answer is no chat completion") from error
    if not isinstance(said, str):
        raise NoProposal("its answer holds no words")
    return said


class ProposalsChannel:
    """Asks once: whoever waited was told already that the question was not understood."""

    name = PROPOSALS

    def __init__(
        self,
        model: LanguageModel,
        key: str | None,
        store: Store,
        *,
        receive: Receive,
        rates: Rates,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._model = model
        self._store = store
        self._receive = receive
        self._rates = rates
        self._zone = zone
        self._now = now
        self._learnt = Learnt()
        self._client = connect(model, key)

    def split(self, message: Message) -> list[Message]:
        """A question is one."""
        return [message]

    async def perform(self, call: Call) -> Sent:
        """Has a question read; nothing comes of it where the model does not answer. Raises `StoreUnavailable`."""
        sent = Sent(str(call.outbox_id), call.place)
        if not isinstance(call.asked_by, StaffCommanded | StaffAsked):
            return sent
        messages = await asyncio.to_thread(self._messages, call.message.text)
        try:
            reply = await complete(self._client, self._model, messages)
        except NoProposal as error:
            log.warning("the language model proposed nothing: %s", error)
            return sent
        proposed = Proposed(call.asked_by, self._now(), reply)
        lane = f"{self.name}:{call.asked_by.staff.user}"
        await self._receive([Arrival(self.name, str(call.outbox_id), lane, proposed)])
        return sent

    def _messages(self, words: str) -> list[dict[str, str]]:
        now = self._now()
        with self._store.read() as connection:
            shop = self._learnt.shop(connection, self._rates, now)
        return prompt(words, shop, now, self._zone)

    async def find(self, call: Call) -> Sent | None:
        """A question that was broken off is asked again."""
        return None

    async def fetch(self, file: FileRef) -> bytes:
        """Raises `FileUnavailable`: there are no files here."""
        raise FileUnavailable(file, "it is nowhere")

    async def start(self) -> None:
        """Nothing to begin: connections are opened when they are needed."""

    async def stop(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
