"""A shopper at a kiosk, for tests of what their screen shows."""

from __future__ import annotations

from store_server.domain.complements import fit
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, OpenedShopper, Suggestion
from tests.opened_store import AT_KIOSK, KIOSK, NODES, OpenedStore, rssi_at


class Tapped:
    """A shopper with peas on the list, whose token was tapped at the kiosk."""

    def __init__(self, opened: OpenedStore) -> None:
        self.opened = opened
        baskets = [(str(n), sku) for n in range(60) for sku in ("peas", "rice")]
        baskets += [(str(n), "salt") for n in range(100, 200)]
        opened.records.store.put_basket_items(baskets)
        opened.records.store.save_complements(fit(opened.records.store.baskets()), opened.clock.now())
        shopper_id, _ = opened.hand_out()
        self.shopper_id = shopper_id
        opened.give(shopper_id, Purpose.GUIDANCE, Purpose.SUGGESTIONS)
        opened.store.lists.put(shopper_id, ChangeWishListItem(sku="peas"))
        for node_id in NODES:
            opened.node(node_id)
        self._batches = 0
        self.stand(4)
        state = opened.store.views.state(KIOSK)
        opened.store.at_kiosk.tap(KIOSK, state.tokens[0].token_id)

    def stand(self, seconds: int) -> None:
        """At the kiosk, heard by all nodes."""
        for _ in range(seconds):
            for node_id in NODES:
                heard = [self.opened.heard(rssi_dbm=rssi_at(node_id, AT_KIOSK))]
                self.opened.receive(node_id, heard, self._batches)
            self._batches += 1
            self.opened.store.spine.tick()
            self.opened.clock.move(1)

    def shown(self) -> OpenedShopper:
        """The screen after the next tick."""
        self.opened.store.spine.tick()
        shown = self.opened.store.views.state(KIOSK).opened
        assert shown is not None
        return shown

    def suggestion(self) -> Suggestion | None:
        return self.shown().suggestion

    def suggested(self) -> str | None:
        suggestion = self.suggestion()
        return None if suggestion is None else suggestion.sku
