"""Which checkouts are open, by what the plan has blocked."""

from __future__ import annotations

from datetime import UTC, datetime

from store_server.domain.checkouts import open_checkouts
from store_server.domain.floorplan import Floorplan
from tests.domain.floors import area, document, feature, plan

BY_DAY, BY_NIGHT = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 22, tzinfo=UTC)


def test_a_till_in_a_blocked_area_is_shut_for_as_long_as_that_is_blocked() -> None:
    one, two = (
        feature("amenity", key, {"type": "Point", "coordinates": [x_m, 2]}, category="checkout")
        for key, x_m in (("till-1", 15.0), ("till-2", 5.0))
    )
    shut = area("blocked_area", "B", (4, 1, 6, 3), from_at="2026-03-01T20:00:00Z")
    raw = document(plan(one, two, shut))
    both = Floorplan.from_document(raw, at=BY_DAY)
    assert open_checkouts(both) == both.checkouts
    assert len(both.checkouts) == 2
    assert open_checkouts(Floorplan.from_document(raw, at=BY_NIGHT)) == ((15.0, 2.0),)


def test_a_desk_without_a_till_is_shut_by_what_lies_over_its_middle() -> None:
    desks = [area("fixture", f"C{k}", (5 * k, 2, 5 * k + 1, 4), category="checkout_desk") for k in (1, 2)]
    shut = area("blocked_area", "B", (4.5, 1.5, 6.5, 4.5))
    assert open_checkouts(Floorplan.from_document(document(plan(*desks, shut)))) == ((10.5, 3.0),)
