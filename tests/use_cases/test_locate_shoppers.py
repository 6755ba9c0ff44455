"""From a batch to a kiosk's screen, through everything."""

from __future__ import annotations

from store_server.wire.privacy import Purpose
from tests.opened_store import AT_KIOSK, KIOSK, NODES, OpenedStore, rssi_at


def test_a_guided_shopper_at_the_kiosk_gets_a_token_there(opened: OpenedStore) -> None:
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    for node_id in NODES:
        opened.node(node_id)
    for step in range(6):
        opened.clock.move(0.5)
        for node_id in NODES:
            opened.receive(node_id, [opened.heard(rssi_dbm=rssi_at(node_id, AT_KIOSK))], step)
        opened.store.spine.tick()
    (held,) = opened.live.tracks()
    assert abs(held.track.x_m - 12) < 2
    assert abs(held.track.y_m - 5) < 2
    assert len(opened.store.views.state(KIOSK).tokens) == 1
