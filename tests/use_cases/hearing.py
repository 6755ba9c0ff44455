"""A beacon that is heard in the opened store, and what its kiosk was told last."""

from __future__ import annotations

from store_server.wire.shopping import KioskState
from tests.fakes import RecordingMessenger
from tests.opened_store import AT_KIOSK, NODES, OpenedStore, rssi_at

LABEL = "TAG-001"


def step_up(opened: OpenedStore, sequence: int = 0, place: tuple[float, float] = AT_KIOSK) -> int:
    """The beacon is heard at this place until its bearer has a token at the kiosk; the next batch number."""
    for _ in range(6):
        opened.clock.move(0.5)
        hear(opened, sequence, place)
        opened.store.spine.tick()
        sequence += 1
    return sequence


def hear(opened: OpenedStore, sequence: int, place: tuple[float, float] = AT_KIOSK, label: str = LABEL) -> None:
    for node_id in NODES:
        opened.receive(node_id, [opened.heard(label, rssi_at(node_id, place))], sequence)


def last_state(messenger: RecordingMessenger) -> KioskState:
    return next(message for _, message in reversed(messenger.to_kiosks) if isinstance(message, KioskState))
