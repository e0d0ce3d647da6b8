"""The weekly digest of segments."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from bot.config import Config, Role
from tests.dialogues.digesting import audited, bought, facts, moved, scored, segments, strikes
from tests.dialogues.rehearsal import Rehearsal

#: a Monday
NINE = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
NIGHT = NINE - timedelta(hours=6)
WEEK = timedelta(days=7)


def a_week_of_moves(desk: Rehearsal) -> None:
    desk.time = NINE
    segments(desk, NIGHT - WEEK, champions=(3, 90_000), at_risk=(2, 20_000))
    segments(desk, NIGHT, champions=(2, 70_000), at_risk=(2, 30_000), loyal=(2, 25_000))
    ada = bought(desk, "Ada", (NINE - 30 * WEEK, 40_000))
    bea = bought(desk, "Bea", (NINE - 30 * WEEK, 5_000), (NINE - WEEK / 2, 5_000))
    cid = bought(desk, "Cid", (NINE - WEEK, 10_000))
    moved(desk, ada, NIGHT, "champions", "at risk")
    moved(desk, bea, NIGHT, "at risk", "loyal")
    moved(desk, cid, NIGHT, None, "loyal")
    for key, recency, frequency, segment in ((ada, 1, 4, "at risk"), (bea, 4, 4, "loyal"), (cid, 4, 4, "loyal")):
        scored(desk, key, recency=recency, frequency=frequency, segment=segment)


def test_it_says_what_each_segment_has_and_what_changed_most(desk: Rehearsal) -> None:
    a_week_of_moves(desk)
    post = strikes(desk, "rfm", NINE)

    assert post.message.title == "Customers by segment · 9 Mar 2026"
    assert post.message.text.splitlines() == [
        "Loyal changed most: 2 customers, 2 more than on 2 Mar 2026.",
        "The largest move: 1 customer went from no order yet to loyal.",
        "From champions fell: 1, who have spent €400.00 in all; came back: 1.",
    ]
    assert facts(post.message) == {"Buyers": "6 (+1)", "Revenue of all time": "€1,250.00 (+14 %)"}
    table = post.message.table
    assert table is not None
    assert table.rows[0] == ("Champions", "2", "-1", "€700.00", "-€200.00", "56%")
    assert table.rows[2] == ("Potential loyalist", "0", "=", "€0.00", "=", "0%")
    chart = post.message.chart
    assert chart is not None
    assert (chart.kind, chart.categories) == ("heat", ("F 1", "F 2", "F 3", "F 4", "F 5"))
    assert [one.label for one in chart.series] == ["R 5", "R 4", "R 3", "R 2", "R 1"]
    assert chart.series[1].values == (0, 0, 0, 2, 0)
    assert chart.alt == "Customers by recency and frequency. 2 at R 4, F 4; 1 at R 1, F 4."


def test_its_buttons_open_the_lists_for_who_pressed_alone(desk: Rehearsal) -> None:
    a_week_of_moves(desk)
    strikes(desk, "rfm", NINE)
    maya = desk.staff("Maya")
    maya.presses("Fell from champions (1)", place="digests")
    maya.presses("Came back (1)", place="digests")
    maya.presses("At risk (2)", place="digests")
    maya.presses("What the numbers mean", place="digests")

    fell, back, at_risk, meaning = maya.was_whispered()
    assert "Ada (C-Ada) | ada@mail.test | at risk | 1 | €400.00" in fell
    assert "Bea (C-Bea)" in back
    assert "Ada (C-Ada)" in at_risk
    assert "Champions" not in fell
    assert "champions 5/4-5" in meaning
    assert audited(desk, "looked") == [("Maya", "digest:fell"), ("Maya", "digest:back"), ("Maya", "digest:segment")]


def test_readers_see_no_contacts_in_a_list(tmp_path: Path) -> None:
    config = Config()
    roles = replace(config.slack.roles, readers=Role(members=("rob",)))
    config = replace(config, slack=replace(config.slack, roles=roles))
    with Rehearsal(tmp_path, config) as desk:
        a_week_of_moves(desk)
        strikes(desk, "rfm", NINE)
        rob = desk.staff("Rob")
        rob.presses("Fell from champions (1)", place="digests")
        (told,) = rob.was_whispered()
        assert "Ada (C-Ada)" in told
        assert "mail.test" not in told


def test_without_scores_it_says_what_is_missing(desk: Rehearsal) -> None:
    post = strikes(desk, "rfm", NINE)
    assert "shopdesk score" in post.text


def test_a_shop_without_buyers_says_so(desk: Rehearsal) -> None:
    segments(desk, NIGHT, champions=(0, 0), new=(0, 0))
    assert "Nobody has bought anything yet" in strikes(desk, "rfm", NINE).text


def test_the_first_time_there_is_nothing_to_compare_with(desk: Rehearsal) -> None:
    segments(desk, NIGHT, new=(1, -500))
    post = strikes(desk, "rfm", NINE)
    assert "for the first time" in post.text
    assert facts(post.message) == {"Buyers": "1", "Revenue of all time": "-€5.00"}
    table = post.message.table
    assert table is not None
    assert table.rows[3] == ("New", "1", "", "-€5.00", "", "—")


def test_a_week_in_which_nothing_moved_says_so(desk: Rehearsal) -> None:
    for at in (NIGHT - WEEK, NIGHT):
        segments(desk, at, new=(1, 500))
    text = strikes(desk, "rfm", NINE).text
    assert "Every segment has as many customers as on 2 Mar 2026." in text
    assert "Nobody moved" in text


def test_a_late_one_says_so_and_tells_the_numbers_of_its_time(desk: Rehearsal) -> None:
    a_week_of_moves(desk)
    segments(desk, NINE + timedelta(hours=1), champions=(99, 1))
    desk.time = NINE + timedelta(hours=2)
    post = strikes(desk, "rfm", NINE)
    assert "Posted late, at 9 Mar 2026, 11:00" in post.text
    assert facts(post.message)["Buyers"] == "6 (+1)"
