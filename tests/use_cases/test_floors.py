"""One floor, asked by many threads: the tick and every screen's request compute on the same shapes."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

import numpy as np

from store_server.adapters.plan_files import load_plan
from store_server.demo.demo_stores import supermarket_demo
from store_server.domain.kiosk_views import Bearer, Opened, Visitor
from store_server.domain.tokens import CatchmentPresence, choose_token
from store_server.domain.tracking import Track
from store_server.ports import LiveTrack, PlanRecord
from store_server.use_cases.floors import make_floor
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import ChangeWishListItem, Product, WishList
from tests.opened_store import TAGS, OpenedStore

ROUNDS, LOOKS = 6, 25


def test_kiosks_looked_at_by_many_threads_do_not_crash_the_shapes(opened: OpenedStore) -> None:
    demo = supermarket_demo()
    document = load_plan(demo.file("floorplan.json"), demo.file("planogram.csv"))
    plan = PlanRecord(1, opened.clock.now(), document, None)
    skus = [f"SKU{number:06d}" for number in (5, 305, 905, 1505)]
    opened.records.store.put_products([Product(sku=sku, name=sku, category="any") for sku in skus])
    shoppers = [opened.hand_out(label)[0] for label in TAGS]
    for shopper_id in shoppers:
        opened.give(shopper_id, Purpose.GUIDANCE)
        for sku in skus:
            opened.store.lists.put(shopper_id, ChangeWishListItem(sku=sku))
    now = opened.clock.now()
    standings = opened.store.spine.admissions.current(now).standings
    wrong: list[BaseException] = []
    for _ in range(ROUNDS):
        floor = make_floor(plan, now)  # new shapes: the crash is in their first use
        together = threading.Barrier(len(shoppers))

        def look(number: int, floor=floor, together=together) -> None:  # type: ignore[no-untyped-def]
            rng = random.Random(number)
            shopper_id, kiosk_key = shoppers[number], list(floor.floorplan.kiosks)[number]
            beacon_id = str(standings[shopper_id].beacon_id)
            bearer = Bearer(shopper_id, beacon_id, standings[shopper_id].epoch)
            token = choose_token(bytes([number] * 24), [])
            visitor = Visitor(bearer, token, CatchmentPresence(is_present=True))
            view = Opened(bearer, token, now.timestamp(), WishList(version=0, items=()))
            opened.live.change_kiosk_view(
                kiosk_key, lambda before: replace(before, visitors=(visitor,), opened=view, closed_reason=None)
            )
            together.wait()
            try:
                for _ in range(LOOKS):
                    x_m, y_m = rng.uniform(1, 59), rng.uniform(1, 31)
                    at_s = now.timestamp()
                    track = Track("t", beacon_id, x_m, y_m, 2.0, np.zeros(6), np.eye(6), at_s, at_s, at_s)
                    opened.live.save_tracks([LiveTrack(track, shopper_id, bearer.epoch)])
                    opened.store.spine.look_at_kiosk(floor, kiosk_key, standings, now)
            except BaseException as error:
                wrong.append(error)

        threads = [threading.Thread(target=look, args=(number,)) for number in range(len(shoppers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    guided = [opened.live.kiosk_view(key).opened for key in list(floor.floorplan.kiosks)[: len(shoppers)]]
    assert all(view is not None and view.guidance is not None for view in guided)
