"""The desk is killed again and again in the middle of its work, and nothing is lost or said twice among staff."""

import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import func, select

from crm_store.schema import InboxRow, OutboxRow, Ticket
from tests.end_to_end.conftest import NewDesk
from tests.end_to_end.desk import PATIENCE, RunningDesk, until
from tests.wire.server import Json
from tests.wire.slack import SlackServer
from tests.wire.telegram import TelegramServer, TelegramUser

CUSTOMERS, MESSAGES, REPLIES, KILLS = 25, 20, 5, 50
#: what each kill waits for: calls at a platform, or time alone
MOMENTS = ("chat.postMessage", "chat.postMessage", "chat.update", "sendMessage", "sendMessage", "getUpdates", "time")
#: up to how many such calls: what is said between two kills brings hardly more, and a desk at rest is no wreck
CALLS = {"chat.postMessage": 12, "chat.update": 6, "sendMessage": 4, "getUpdates": 3, "time": 1}
#: how often each stage of the work has to be hit
HITS = 3
SLOW = ("chat.postMessage", "chat.update", "sendMessage", "conversations.replies", "conversations.history")


@dataclass
class Told:
    """One customer, and what both sides have said so far."""

    name: str
    person: TelegramUser
    messages: int = 0
    replies: int = 0
    card: str = ""

    def message(self, number: int) -> str:
        return f"my jacket arrived torn, {self.name} message {number:02}"

    def reply(self, number: int) -> str:
        return f"we are sorry, {self.name} reply {number:02}"


@dataclass
class Stream:
    """People who keep writing, whatever becomes of the desk."""

    slack: SlackServer
    telegram: TelegramServer
    chance: random.Random
    people: list[Told] = field(init=False)

    def __post_init__(self) -> None:
        names = [f"Customer{number:02}" for number in range(CUSTOMERS)]
        self.people = [Told(name, self.telegram.user(first_name=name)) for name in names]

    def customers_say(self, count: int) -> None:
        for _ in range(count):
            waiting = [one for one in self.people if one.messages < MESSAGES]
            if not waiting:
                return
            one = self.chance.choice(waiting)
            one.messages += 1
            one.person.says(one.message(one.messages))

    def staff_reply(self, count: int) -> None:
        """Each in a thread where the desk has heard the reply before: Slack itself may bring two in the wrong order."""
        self._look_for_cards()
        open_events = self._unheard()
        free = [one for one in self.people if one.card and one.replies < REPLIES and one.card not in open_events]
        for one in self.chance.sample(free, min(count, len(free))):
            one.replies += 1
            self.slack.say("mia", "#tickets", f"&gt; {one.reply(one.replies)}", one.card)

    def is_over(self) -> bool:
        return all(one.messages == MESSAGES and one.replies == REPLIES for one in self.people)

    def _look_for_cards(self) -> None:
        with self.slack.lock:
            posts = self.slack.workspace.room("#tickets").messages.items()
            cards = {ts: str(raw) for ts, raw in posts if raw.get("thread_ts", ts) == ts}
        for one in self.people:
            one.card = one.card or next((ts for ts, text in cards.items() if one.name in text), "")

    def _unheard(self) -> set[str]:
        with self.slack.lock:
            said = [one.body["event"] for one in self.slack.deliveries if not one.acked and "event" in one.body]
        return {event.get("thread_ts", "") for event in said if event.get("text", "").startswith("&gt;")}


@dataclass(frozen=True, slots=True)
class Wreck:
    """What lay about when the process was killed."""

    #: updates that Telegram still keeps, rows without a turn, calls not begun
    unacknowledged: int
    unworked: int
    queued: int
    #: calls begun and not settled: posts that stand in Slack, posts that do not, edits, messages to customers
    posted: int
    unposted: int
    edits: int
    messages: int

    @property
    def was_busy(self) -> bool:
        return any(getattr(self, name) for name in Wreck.__slots__)


def test_fifty_kills_lose_no_message_and_post_nothing_twice(
    store_url: str, new_desk: NewDesk, slack: SlackServer, telegram: TelegramServer
) -> None:
    seed = int(os.environ.get("SHOPDESK_TEST_SEED") or random.randrange(10**6))
    print(f"SHOPDESK_TEST_SEED={seed}")
    chance = random.Random(seed)
    # Slack gives an event up after three tries; here the desk dies oftener than that within a minute
    slack.retry_delays = (0.0, *[0.2] * 30)
    desk = new_desk(store_url, desk={"undo_seconds": 0, "hold_uncertain": "2h"})
    stream = Stream(slack, telegram, chance)

    wrecks = [kill_once(desk, stream, chance) for _ in range(KILLS)]
    # where chance left a stage out, it is killed on
    while min(hits(wrecks).values()) < HITS and len(wrecks) < 2 * KILLS:
        wrecks.append(kill_once(desk, stream, chance))
    slack.faults.clear()
    slack.hear_acks()  # those not yet lost: Slack sends an event again, but no press of a button
    telegram.faults.clear()
    finish(desk, stream)

    check_staff_saw_everything_once(slack, stream)
    check_customers_read_every_reply(stream)
    check_store(desk, slack)
    check_kills_hit(wrecks)


def kill_once(desk: RunningDesk, stream: Stream, chance: random.Random) -> Wreck:
    """People write, the platforms are slow here and there, and at some moment of it the desk dies and is started."""
    spoil(stream, chance)
    moment = chance.choice(MOMENTS)
    number = chance.randint(1, CALLS[moment])
    seen = count(stream, moment)
    stream.customers_say(chance.randint(5, 12))
    stream.staff_reply(chance.randint(1, 4))
    if moment == "time":
        time.sleep(chance.uniform(0, 0.5))
    else:
        wait_at_most(lambda: count(stream, moment) >= seen + number)
        time.sleep(chance.choice((0, chance.uniform(0, 0.05))))
    desk.kill()
    wreck = look_at(desk, stream)
    desk.begin()
    if chance.random() < 0.8:  # else it may be killed while it starts
        desk.wait_ready()
    return wreck


def spoil(stream: Stream, chance: random.Random) -> None:
    """Slow answers, so that kills fall between a request and its answer; lost acknowledgements; repetitions."""
    for method in chance.choices(SLOW, k=4):
        server = stream.telegram if method == "sendMessage" else stream.slack
        how = {"skip": chance.randint(0, 4), "before": chance.random() < 0.5}
        server.faults.slow(method, seconds=chance.uniform(0.1, 0.6), **how)
    if chance.random() < 0.3:
        stream.telegram.faults.http_error("getUpdates", 502, when=lambda args: bool(args.get("offset")))
    if chance.random() < 0.3:
        stream.slack.lose_acks()
    if chance.random() < 0.3:
        stream.telegram.duplicate()


def count(stream: Stream, method: str) -> int:
    server = stream.slack if "." in method else stream.telegram
    return len(server.calls_of(method))


def wait_at_most(condition: Callable[[], bool], seconds: float = 4.0) -> None:
    """A kill waits for its moment, but not for one that this cycle does not have."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.002)


def look_at(desk: RunningDesk, stream: Stream) -> Wreck:
    with desk.store() as store, store.read() as connection:
        new = connection.scalar(select(func.count()).where(InboxRow.state == "new")) or 0
        open_calls = select(OutboxRow.id, OutboxRow.channel, OutboxRow.op, OutboxRow.state)
        calls = connection.execute(open_calls.where(OutboxRow.state.in_(("queued", "sending")))).all()
    with stream.slack.lock:
        standing = {outbox_id(raw) for raw in stream.slack.workspace.room("#tickets").messages.values()}
    begun = [call for call in calls if call.state == "sending"]
    posts = [call.id in standing for call in begun if call.channel == "slack" and call.op == "post"]
    edits = sum(call.op == "edit" for call in begun)
    told = sum(call.channel == "telegram" for call in begun)
    pending = len(stream.telegram.pending)
    return Wreck(pending, new, len(calls) - len(begun), posts.count(True), posts.count(False), edits, told)


def outbox_id(raw: Json) -> int | None:
    """The call a post was made by, as its metadata says."""
    found: int | None = raw.get("metadata", {}).get("event_payload", {}).get("id")
    return found


def finish(desk: RunningDesk, stream: Stream) -> None:
    """No more kills: everybody says the rest, and staff press Retry wherever Telegram's outcome is unknown."""
    desk.wait_ready()

    def is_finished() -> bool:
        stream.customers_say(CUSTOMERS * MESSAGES)
        stream.staff_reply(CUSTOMERS)
        # the desk first, then what it shows: nothing can follow when it is idle and no line is in doubt
        return stream.is_over() and desk.is_idle() and not retry(stream.slack)

    until(is_finished, "everything is said and settled", timeout=4 * PATIENCE, pause=0.2)


def retry(slack: SlackServer) -> int:
    """Presses every Retry there is, as a person would; returns how many."""
    doubtful = [one for one in slack.posts("#tickets") if "Retry" in one.buttons]
    for line in doubtful:
        assert slack.press(line.ts, "Retry", "mia").wait(PATIENCE)
    for line in doubtful:
        slack.until(partial(is_decided, slack, line.ts), PATIENCE, "Retry is taken")
    return len(doubtful)


def is_decided(slack: SlackServer, ts: str) -> bool:
    return "Retry" not in slack.message("#tickets", ts).buttons


# --- what must hold -----------------------------------------------------------------------------------------------


def check_staff_saw_everything_once(slack: SlackServer, stream: Stream) -> None:
    posts = slack.posts("#tickets")
    ids = Counter(outbox_id(one.raw) for one in posts)
    assert [post for post, times in ids.items() if times > 1] == []
    # nothing was refused, and every turn could be taken
    assert slack.ephemerals == []
    assert slack.posts("#alerts") == []
    for one in stream.people:
        cards = [post for post in posts if post.thread_ts in (None, post.ts) and one.name in post.shown]
        assert len(cards) == 1, one.name
        shown = [post.shown for post in posts if post.thread_ts == cards[0].ts and post.ts != cards[0].ts]
        heard = numbers(shown, rf"{one.name} message (\d\d)")
        assert heard == list(range(1, MESSAGES + 1)), one.name
        lines = [text for text in shown if text.startswith(("Sent", "Being sent", "Maybe", "Not delivered"))]
        assert len(lines) == REPLIES, (one.name, lines)
        assert all(line.startswith("Sent") for line in lines), (one.name, lines)


def check_customers_read_every_reply(stream: Stream) -> None:
    for one in stream.people:
        read = numbers(one.person.texts, rf"{one.name} reply (\d\d)")
        first_read = list(dict.fromkeys(read))
        assert first_read == list(range(1, REPLIES + 1)), (one.name, one.person.texts)


def numbers(texts: Sequence[str], pattern: str) -> list[int]:
    return [int(found) for text in texts for found in re.findall(pattern, text)]


def check_store(desk: RunningDesk, slack: SlackServer) -> None:
    """The store agrees: every call made once, every ticket one, nothing on a failed list."""
    with desk.store() as store, store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Ticket)) == CUSTOMERS
        assert connection.scalar(select(func.count()).where(InboxRow.state != "done")) == 0
        rows = connection.execute(select(OutboxRow.id, OutboxRow.channel, OutboxRow.op, OutboxRow.state)).all()
    posted = {outbox_id(one.raw) for one in slack.posts("#tickets")}
    assert posted == {row.id for row in rows if row.channel == "slack" and row.op == "post"}
    assert {row.state for row in rows if row.channel == "slack"} == {"sent"}
    # what the desk says of itself is not repeated by anybody; replies of staff are
    assert {row.state for row in rows} <= {"sent", "maybe"}


def check_kills_hit(wrecks: Sequence[Wreck]) -> None:
    """The kills fell while work was under way, at every stage of it."""
    found = hits(wrecks)
    print(f"of {len(wrecks)} kills, so many left something {found}")
    assert sum(one.was_busy for one in wrecks) >= 0.8 * len(wrecks)
    assert min(found.values()) >= HITS, found


def hits(wrecks: Sequence[Wreck]) -> dict[str, int]:
    """Of each stage, how many kills fell into it."""
    return {name: sum(bool(getattr(one, name)) for one in wrecks) for name in Wreck.__slots__}
