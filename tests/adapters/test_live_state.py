"""What ``LiveState`` promises; every adapter of the port passes these."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from store_server.adapters import memory_live
from store_server.adapters.memory_live import MemoryLive
from store_server.domain.consent import Admission, Admitted, admit
from store_server.domain.kiosk_views import Bearer, KioskView, Visitor
from store_server.domain.tokens import CatchmentPresence, choose_token
from store_server.domain.tracking import Track
from store_server.ports import LiveKiosk, LiveState, LiveTrack
from store_server.wire.presence import KioskScreen
from store_server.wire.shopping import ClosedReason
from store_server.wire.sightings import Sighting
from tests.fakes import OPENING

NOW_S = OPENING.timestamp()


@pytest.fixture(params=[MemoryLive])
def live(request: pytest.FixtureRequest) -> LiveState:
    made: LiveState = request.param()
    return made


def heard(*bearers: tuple[str, str, int], node_id: str = "n1") -> Admitted:
    """One sighting each of (beacon_id, shopper_id, epoch), now."""
    ids = {f"{i:016x}": Admission(beacon, shopper, epoch, 0.0) for i, (beacon, shopper, epoch) in enumerate(bearers)}
    return admit(node_id, [Sighting(ephemeral_id=e, rssi_dbm=-60, heard_at=OPENING) for e in ids], ids)


def track(beacon_id: str = "b1", shopper_id: str = "s1", epoch: int = 0, last_fix_s: float = NOW_S) -> LiveTrack:
    moved = Track("t" * 32, beacon_id, 1.0, 2.0, 1.0, np.zeros(6), np.eye(6), last_fix_s, last_fix_s, last_fix_s)
    return LiveTrack(moved, shopper_id, epoch)


def view_of(shopper_id: str = "s1", epoch: int = 0, version: int = 1) -> KioskView:
    token = choose_token(bytes(range(24)), [])
    return KioskView(version, (Visitor(Bearer(shopper_id, "b1", epoch), token, CatchmentPresence(True)),))


def heard_in(live: LiveState, since_s: float = NOW_S - 10) -> set[str]:
    window = live.window(since_s).sightings
    return {window.beacon_ids[i] for i in window.beacon_index}


def names_in(kept: object) -> set[str]:
    """All strings a state holds, however deep."""
    if isinstance(kept, str):
        return {kept}
    inside: Iterable[object] = vars(kept).values() if isinstance(kept, MemoryLive) else ()
    if isinstance(kept, dict):
        inside = [*kept, *kept.values()]
    elif isinstance(kept, tuple | list | set | deque):
        inside = kept
    elif is_dataclass(kept):
        inside = [getattr(kept, each.name) for each in fields(kept)]
    return set().union(*map(names_in, inside))


def test_what_was_admitted_is_in_the_window_with_its_bearer(live: LiveState) -> None:
    live.add(heard(("b1", "s1", 3), ("b2", "s2", 0)))
    live.add(heard(("b2", "s2", 0), node_id="n2"))
    window = live.window(NOW_S - 1)
    assert window.bearers == {"b1": ("s1", 3), "b2": ("s2", 0)}
    sightings = window.sightings
    rows = {
        (sightings.beacon_ids[b], sightings.node_ids[n])
        for b, n in zip(sightings.beacon_index, sightings.node_index, strict=True)
    }
    assert rows == {("b1", "n1"), ("b2", "n1"), ("b2", "n2")}
    assert sightings.heard_s.tolist() == [NOW_S] * 3


def test_an_empty_state_has_an_empty_window(live: LiveState) -> None:
    window = live.window(0)
    assert (len(window.sightings), window.bearers) == (0, {})
    live.add(heard())
    assert len(live.window(0).sightings) == 0


def test_what_is_older_than_the_window_is_left_out_and_gone(live: LiveState) -> None:
    live.add(heard(("b1", "s1", 0)))
    assert heard_in(live, NOW_S + 1) == set()
    assert heard_in(live, NOW_S - 100) == set(), "an old sighting does not come back"


def test_nothing_of_a_passed_epoch_is_stored(live: LiveState) -> None:
    live.raise_epoch("s1", 2)
    live.add(heard(("b1", "s1", 1), ("b2", "s2", 0)))
    live.save_tracks([track(epoch=1), track("b2", "s2")])
    assert heard_in(live) == {"b2"}
    assert [held.shopper_id for held in live.tracks()] == ["s2"]
    live.add(heard(("b1", "s1", 2)))
    live.save_tracks([track(epoch=2)])
    assert heard_in(live) == {"b1", "b2"}
    assert {held.shopper_id for held in live.tracks()} == {"s1", "s2"}


def test_nothing_of_a_passed_epoch_is_returned(live: LiveState) -> None:
    live.add(heard(("b1", "s1", 1), ("b2", "s2", 0)))
    live.change_kiosk_view("k1", lambda _: view_of(epoch=1))
    live.raise_epoch("s1", 2)
    window = live.window(NOW_S - 1)
    assert (heard_in(live), set(window.bearers)) == ({"b2"}, {"b2"})
    assert live.kiosk_view("k1").visitors == ()


def test_an_epoch_never_goes_back(live: LiveState) -> None:
    live.raise_epoch("s1", 5)
    live.raise_epoch("s1", 4)
    with live.while_current([("s1", 4)]) as may_emit:
        assert not may_emit
    with live.while_current([("s1", 5), ("s2", 0)]) as may_emit:
        assert may_emit
    with live.while_current([]) as may_emit:
        assert may_emit


def test_an_epoch_waits_until_what_stands_on_it_was_emitted(live: LiveState) -> None:
    raised = threading.Event()

    def withdraw() -> None:
        live.raise_epoch("s1", 1)
        raised.set()

    with live.while_current([("s1", 0)]) as may_emit:
        assert may_emit
        thread = threading.Thread(target=withdraw)
        thread.start()
        assert not raised.wait(0.05), "held still while the message goes out"
    thread.join()
    assert raised.is_set()


def test_a_forgotten_beacon_leaves_no_sighting_and_no_track(live: LiveState) -> None:
    live.add(heard(("b1", "s1", 0), ("b2", "s2", 0)))
    live.add(heard(("b1", "s1", 0)))
    live.save_tracks([track(), track("b2", "s2")])
    live.forget("b1")
    live.forget("b9")
    assert heard_in(live) == {"b2"}
    assert [held.track.beacon_id for held in live.tracks()] == ["b2"]


def test_nobody_is_remembered_longer_than_their_sightings(live: LiveState) -> None:
    live.add(heard(("b1", "s1", 0), ("b2", "s2", 0)))
    live.forget("b1")
    assert not {"b1", "s1"} & names_in(live)
    assert {"b2", "s2"} <= names_in(live)
    live.window(NOW_S + 1)
    assert not {"b2", "s2"} & names_in(live)


def test_who_comes_back_is_heard_again(live: LiveState) -> None:
    for _ in range(2):
        live.add(heard(("b1", "s1", 0), ("b2", "s2", 0)))
        live.forget("b2")
        assert live.window(NOW_S - 1).bearers == {"b1": ("s1", 0)}
        live.window(NOW_S + 1)
    assert heard_in(live) == set()


def test_a_beacon_handed_on_stands_on_its_later_bearer(live: LiveState) -> None:
    live.add(heard(("b1", "s1", 1)))
    live.raise_epoch("s1", 2)
    live.add(heard(("b1", "s2", 0)))
    window = live.window(NOW_S - 1)
    assert window.bearers == {"b1": ("s2", 0)}
    assert len(window.sightings) == 1


def test_tracks_past_their_time_are_dropped(live: LiveState) -> None:
    live.save_tracks([track(last_fix_s=NOW_S), track("b2", "s2", last_fix_s=NOW_S - 60)])
    live.drop_older(NOW_S - 59)
    assert [held.track.beacon_id for held in live.tracks()] == ["b1"]


def test_nodes_are_known_by_when_they_were_last_heard(live: LiveState) -> None:
    live.note_node("n1", NOW_S)
    live.note_node("n1", NOW_S - 5)
    live.note_node("n2", NOW_S - 5)
    assert live.nodes_heard_since(NOW_S - 1) == {"n1"}
    assert live.nodes_heard_since(NOW_S - 5) == {"n1", "n2"}


def test_a_view_written_under_a_passed_epoch_loses_the_shopper_and_says_so(live: LiveState) -> None:
    live.change_kiosk_view("k1", lambda _: view_of(version=7))
    live.raise_epoch("s1", 1)
    after = live.change_kiosk_view("k1", lambda view: view)
    assert (after.visitors, after.version) == ((), 8)
    assert live.kiosk_views()["k1"] == after
    assert live.kiosk_view("k2") == KioskView()


def test_two_changes_of_a_view_at_once_both_count(live: LiveState) -> None:
    gate = threading.Barrier(8)

    def work() -> None:
        gate.wait()
        for _ in range(25):
            live.change_kiosk_view("k1", lambda view: replace(view, version=view.version + 1))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert live.kiosk_view("k1").version == 200


def test_a_flood_pushes_out_its_own_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_live, "MOST_BATCHES", 3)
    live = MemoryLive()
    for number in range(5):
        live.add(heard((f"b{number}", f"s{number}", 0)))
    assert heard_in(live) == {"b2", "b3", "b4"}


def test_closing_says_why(live: LiveState) -> None:
    live.change_kiosk_view("k1", lambda _: KioskView(closed_reason=ClosedReason.DONE))
    assert live.kiosk_view("k1").closed_reason is ClosedReason.DONE


def test_of_each_kiosk_the_last_word_counts(live: LiveState) -> None:
    first = LiveKiosk(OPENING, "a", KioskScreen.ATTRACT, None)
    last = replace(first, screen=KioskScreen.OPENED, last_touch_at=OPENING)
    for kiosk_key, said in (("k1", first), ("k2", first), ("k1", last)):
        live.note_kiosk(kiosk_key, said)
    assert live.kiosks() == {"k1": last, "k2": first}
