"""How kiosks do, as staff see it; and the catalogue a kiosk keeps for the time without its server."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from store_server.use_cases.keep_catalogue import HOLDS_FOR
from store_server.use_cases.watch_kiosks import SILENT_AFTER
from store_server.wire.people import Role
from store_server.wire.presence import KioskOverview, KioskPulse, KioskScreen, StoreOverview
from store_server.wire.privacy import Purpose
from store_server.wire.shopping import Catalogue, FoundProducts, Product
from tests.opened_store import KIOSK, NODES, PLAN, Browser, OpenedStore
from tests.use_cases.hearing import step_up

WELL = {"bundle": "98ca8f1506", "screen": "attract", "untouched_s": None}


def beat(kiosk: Browser, **changes: object) -> KioskPulse:
    answer = kiosk.ask("POST", "/api/kiosk/heartbeats", {**WELL, **changes})
    assert answer.status_code == 200, answer.data
    return KioskPulse.model_validate_json(answer.data)


def overview(opened: OpenedStore, staff: Browser) -> KioskOverview:
    (kiosk,) = StoreOverview.model_validate_json(staff.ask("GET", "/api/staff/overview").data).kiosks
    return kiosk


def test_staff_see_that_a_kiosk_is_there_what_it_runs_and_when_it_was_touched(opened: OpenedStore) -> None:
    kiosk, staff = opened.paired_kiosk(), opened.signed_in(Role.STAFF)
    now = opened.clock.move(60)
    beat(kiosk, screen="opened", untouched_s=4.5)
    assert overview(opened, staff) == KioskOverview(
        kiosk_key=KIOSK,
        is_paired=True,
        last_seen_at=now,
        screen=KioskScreen.OPENED,
        bundle="98ca8f1506",
        last_touch_at=now - timedelta(seconds=4.5),
    )


def test_a_kiosk_that_is_not_heard_of_counts_as_offline(opened: OpenedStore) -> None:
    kiosk, staff = opened.paired_kiosk(), opened.signed_in(Role.STAFF)
    assert overview(opened, staff).screen is KioskScreen.OFFLINE, "paired, and never heard of"
    beat(kiosk)
    opened.clock.move(SILENT_AFTER.total_seconds() - 1)
    assert overview(opened, staff).screen is KioskScreen.ATTRACT
    opened.clock.move(1)
    assert overview(opened, staff).screen is KioskScreen.OFFLINE
    beat(kiosk)
    assert overview(opened, staff).screen is KioskScreen.ATTRACT


def test_a_kiosk_that_is_not_paired_has_no_screen(opened: OpenedStore) -> None:
    staff = opened.signed_in(Role.STAFF)
    shown = overview(opened, staff)
    assert (shown.is_paired, shown.screen, shown.bundle) == (False, None, None)


def test_a_revoked_kiosk_is_asked_no_more_and_shown_as_unpaired(opened: OpenedStore) -> None:
    kiosk, manager = opened.paired_kiosk(), opened.signed_in(Role.MANAGER)
    beat(kiosk)
    assert manager.ask("POST", "/api/manager/kiosks/revocations", {"kiosk_key": KIOSK}).status_code == 200
    assert kiosk.ask("POST", "/api/kiosk/heartbeats", WELL).status_code == 401
    assert overview(opened, manager).screen is None


def test_the_answer_says_which_state_and_plan_hold(opened: OpenedStore) -> None:
    kiosk = opened.paired_kiosk()
    before = beat(kiosk)
    shown = kiosk.ask("GET", "/api/kiosk/state").get_json()
    assert (before.version, before.plan_version) == (shown["version"], shown["plan_version"])
    for node_id in NODES:
        opened.node(node_id)
    shopper_id, _ = opened.hand_out()
    opened.give(shopper_id, Purpose.GUIDANCE)
    step_up(opened)
    after = beat(kiosk)
    assert after.version > before.version
    assert after.version == kiosk.ask("GET", "/api/kiosk/state").get_json()["version"]


@pytest.mark.parametrize(
    "changes",
    [
        {"screen": "peas"},
        {"untouched_s": -1},
        {"untouched_s": "4"},
        {"bundle": ""},
        {"bundle": "<b>"},
        {"shopper_id": "0" * 32},
        {"query": "peas"},
    ],
)
def test_a_heartbeat_holds_nothing_but_how_the_screen_does(opened: OpenedStore, changes: dict[str, object]) -> None:
    assert opened.paired_kiosk().ask("POST", "/api/kiosk/heartbeats", {**WELL, **changes}).status_code == 422


# --- the catalogue ----------------------------------------------------------------------------------------------------


def catalogue(kiosk: Browser) -> Catalogue:
    return Catalogue.model_validate_json(kiosk.ask("GET", "/api/kiosk/catalogue").data)


def test_a_kiosk_keeps_every_product_as_a_search_would_find_it(opened: OpenedStore) -> None:
    opened.records.store.put_stock([("rice", 9)], opened.clock.now())
    kiosk = opened.paired_kiosk()
    found = FoundProducts.model_validate_json(kiosk.ask("GET", "/api/products?q=like").data)
    kept = catalogue(kiosk)
    assert kept.plan_version == 1
    assert {each.product.sku: each for each in kept.products} == {each.product.sku: each for each in found.products}
    assert len(kept.products) == 3


def test_what_has_not_changed_does_not_travel_again(opened: OpenedStore) -> None:
    kiosk = opened.paired_kiosk()
    etag = kiosk.ask("GET", "/api/kiosk/catalogue").headers["ETag"]
    again = kiosk.ask("GET", "/api/kiosk/catalogue", **{"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    opened.clock.move(HOLDS_FOR.total_seconds())
    assert kiosk.ask("GET", "/api/kiosk/catalogue", **{"If-None-Match": etag}).status_code == 304, "read anew, the same"


def test_new_products_come_within_minutes_and_a_new_plan_at_once(opened: OpenedStore) -> None:
    kiosk = opened.paired_kiosk()
    assert len(catalogue(kiosk).products) == 3
    opened.records.store.put_products([Product(sku="oats", name="Oats", category="Cereals")])
    assert len(catalogue(kiosk).products) == 3
    opened.clock.move(HOLDS_FOR.total_seconds())
    assert len(catalogue(kiosk).products) == 4
    without = PLAN.model_copy(update={"features": tuple(f for f in PLAN.features if f.feature_type != "shelf_slot")})
    opened.records.plans.publish(without, None, "test", "", opened.clock.now())
    kept = catalogue(kiosk)
    assert kept.plan_version == 2
    assert all(each.place is None for each in kept.products)


def test_the_catalogue_is_for_kiosks(opened: OpenedStore) -> None:
    assert opened.browser().ask("GET", "/api/kiosk/catalogue").status_code == 401
    assert json.loads(opened.paired_kiosk().ask("GET", "/api/kiosk/catalogue").data)["products"] != []
