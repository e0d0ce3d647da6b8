"""What waits in the outbox leaves in the order of its lane, and nothing that cannot leave now hides what can."""

from datetime import UTC, datetime
from typing import Any

from crm_store import outbox
from crm_store.outbox import CallState, NewCall, PostView
from crm_store.store import Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def add(store: Store, lane: str, op: str = "post", place: str = "#tickets", **more: Any) -> int:
    call = NewCall("slack", lane, place, op, b"", NOW, **more)
    with store.begin() as connection:
        return outbox.add(connection, store.cipher, [call], NOW)[0]


def stands(store: Store, outbox_id: int, about: str) -> None:
    with store.begin() as connection:
        outbox.settle(connection, outbox_id, "sent", NOW)
        outbox.record_post(connection, outbox_id, PostView(about, "slack", 1, "C1", f"{outbox_id}.0", None))


def due(store: Store, **more: Any) -> list[int]:
    with store.read() as connection:
        return [call.id for call in outbox.queued(connection, "slack", NOW, NOW, urgent="status:%", **more)]


def following(store: Store, lane: str) -> int | None:
    with store.read() as connection:
        call = outbox.next_in_lane(connection, lane, NOW)
    return None if call is None else call.id


def test_a_lane_in_which_somebody_waits_goes_first(store: Store) -> None:
    old, copy = add(store, "card:1"), add(store, "card:2")
    add(store, "card:2", about="status:7")
    whisper = add(store, "whisper:U1", "whisper", "C1")
    assert due(store) == [copy, whisper, old]


def test_what_is_for_one_place_does_not_hide_what_is_for_another(store: Store) -> None:
    cards = [add(store, f"card:{number}") for number in range(5)]
    alert = add(store, "alerts", place="#alerts")
    change = add(store, "change:card:9", "edit", about="card:9")
    assert due(store, each=2, limit=4) == [*cards[:2], alert, change]


def test_what_begins_threads_does_not_hide_what_is_said_in_those_of_the_same_place(store: Store) -> None:
    stands(store, add(store, "card:9"), "card:9")
    cards = [add(store, f"card:{number}") for number in range(5)]
    copy = add(store, "card:9", thread="card:9")
    assert due(store, each=2) == [*cards[:2], copy]


def test_a_post_waits_until_its_thread_stands(store: Store) -> None:
    card = add(store, "card:1", about="card:1")
    with store.begin() as connection:
        outbox.settle(connection, card, "failed", NOW, error="refused")
    copy = add(store, "card:1", thread="card:1")
    assert (due(store), following(store, "card:1")) == ([], None)
    with store.begin() as connection:
        outbox.retry(connection, card, NOW)
    stands(store, card, "card:1")
    assert (due(store), following(store, "card:1")) == ([copy], copy)


def test_a_change_waits_for_what_it_changes_but_not_for_the_rest_of_the_thread(store: Store) -> None:
    card = add(store, "card:1", about="card:1")
    change = add(store, "change:card:1", "edit", about="card:1")
    copy = add(store, "card:1", thread="card:1")
    assert due(store) == [card]
    stands(store, card, "card:1")
    assert due(store) == [change, copy]


def test_all_of_an_album_is_known_in_order_and_takes_no_other_part(store: Store) -> None:
    words, album, paper = (add(store, "chat:1", about="reply:1", op=op) for op in ("post", "file", "file"))
    with store.begin() as connection:
        for part, (key, more) in enumerate([(words, ()), (album, ("11", "12")), (paper, ())], 1):
            outbox.record_post(connection, key, PostView("reply:1", "slack", part, "C1", str(part), None), more)
        assert [post.platform_id for post in outbox.posts_about(connection, "reply:1", "slack")] == [
            "1", "2", "3", "11", "12"
        ]  # fmt: skip


def test_only_an_attempt_that_was_refused_leaves_no_doubt_after_a_retry(store: Store) -> None:
    def attempt(state: str) -> CallState:
        with store.begin() as connection:
            call = next(one for one in outbox.queued(connection, "slack", NOW, NOW) if one.id == key)
            assert outbox.begin_attempt(connection, call, NOW)
            outbox.settle(connection, key, state, NOW, error="why")
            found = outbox.state_of(connection, key)
            outbox.retry(connection, key, NOW)
        assert found is not None
        return found

    key = add(store, "card:1", about="card:1")
    refused, doubtful, refused_after, again = (attempt(state) for state in ("failed", "maybe", "failed", "failed"))
    assert [one.in_doubt for one in (refused, doubtful, refused_after, again)] == [False, True, True, True]
    assert [one.unseen for one in (refused, doubtful, refused_after, again)] == [True, False, False, False]


def test_what_is_withdrawn_is_made_no_more_but_for_what_is_under_way(store: Store) -> None:
    first, second, third = (add(store, "chat:1", about="reply:1") for _ in range(3))
    with store.begin() as connection:
        [head] = outbox.queued(connection, "slack", NOW, NOW)
        assert outbox.begin_attempt(connection, head, NOW)
        # an attempt of it may have arrived
        outbox.put_off(connection, second, NOW, "full", attempts=1)
        outbox.withdraw(connection, "reply:1", NOW)
        states = {call.id: call.state for call in outbox.states_about(connection, "reply:1")}
    assert states == {first: "sending", second: "cancelled", third: "cancelled"}
