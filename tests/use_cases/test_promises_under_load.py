"""Withdrawal works at once and everywhere (requirements B4 to B6) while batches and ticks never pause."""

from __future__ import annotations

import threading
from typing import Any

from store_server.ports import LiveTrack
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import KioskState
from tests.opened_store import KIOSK, NODES, OpenedStore
from tests.use_cases.hearing import LABEL, hear, last_state


class Traffic:
    """Batches and ticks without pause, in threads of their own, until left."""

    def __init__(self, opened: OpenedStore) -> None:
        self.opened = opened
        self.rounds = 0
        self.failures: list[BaseException] = []
        self._stopping = threading.Event()
        self._round = threading.Condition()
        self._threads = [threading.Thread(target=self._run, args=(work,)) for work in (self._send, self._tick)]

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        assert self.failures == []

    def _run(self, work: Any) -> None:
        try:
            while not self._stopping.is_set():
                work()
        except BaseException as error:
            self.failures.append(error)

    def _send(self) -> None:
        hear(self.opened, self.rounds)
        with self._round:
            self.rounds += 1
            self._round.notify_all()

    def _tick(self) -> None:
        self.opened.store.spine.tick()

    def wait_for(self, condition: Any) -> None:
        """Until it holds; looked at after each round of batches."""
        with self._round:
            assert self._round.wait_for(lambda: condition() or self.failures, timeout=60)

    def wait_rounds(self, count: int) -> None:
        target = self.rounds + count
        self.wait_for(lambda: self.rounds >= target)


def test_t04_nothing_is_stored_or_emitted_after_the_answer_to_a_withdrawal(
    opened: OpenedStore,
) -> None:
    for node_id in NODES:
        opened.node(node_id)
    shopper_id, _ = opened.hand_out(LABEL)
    stored: list[LiveTrack] = []
    with Traffic(opened) as traffic:
        for _ in range(20):
            opened.clock.move(2)
            opened.give(shopper_id, Purpose.GUIDANCE)
            traffic.wait_for(lambda: bool(opened.store.views.state(KIOSK).tokens))
            opened.withdraw(shopper_id, Purpose.GUIDANCE)
            answered = len(opened.messenger.to_kiosks)
            stored += opened.live.tracks()
            assert opened.stored_sightings() == 0
            traffic.wait_rounds(3)
            assert opened.stored_sightings() == 0
            stored += opened.live.tracks()
            for _, message in opened.messenger.to_kiosks[answered:]:
                assert isinstance(message, KioskState)
                assert (message.tokens, message.opened) == ((), None)
            assert last_state(opened.messenger).tokens == ()
    assert stored == []
