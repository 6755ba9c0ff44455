"""Sightings as columns."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.sightings import columns

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["b1", "b2", "b3"]),
        st.sampled_from(["n1", "n2"]),
        st.floats(-127, -1),
        st.floats(0, 1e9),
    )
)


@given(ROWS)
def test_columns_hold_the_rows_in_their_order(rows: list[tuple[str, str, float, float]]) -> None:
    made = columns(rows)
    assert len(made) == len(rows)
    again = [
        (made.beacon_ids[b], made.node_ids[n], rssi_dbm, heard_s)
        for b, n, rssi_dbm, heard_s in zip(
            made.beacon_index, made.node_index, made.rssi_dbm.tolist(), made.heard_s.tolist(), strict=True
        )
    ]
    assert again == rows
    assert len(set(made.beacon_ids)) == len(made.beacon_ids)


@given(ROWS, st.data())
def test_a_mask_keeps_what_it_marks_and_the_places_of_beacons(
    rows: list[tuple[str, str, float, float]], data: st.DataObject
) -> None:
    made = columns(rows)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), dtype=bool)
    kept = made.where(mask)
    assert kept.heard_s.tolist() == [row[3] for row, keep in zip(rows, mask, strict=True) if keep]
    assert (kept.beacon_ids, kept.node_ids) == (made.beacon_ids, made.node_ids)


def test_named_beacons_and_nodes_keep_their_places_whether_met_or_not() -> None:
    made = columns([("b2", "n2", -60.0, 1.0)], beacon_ids=("b1", "b2"), node_ids=("n1",))
    assert (made.beacon_ids, made.node_ids) == (("b1", "b2"), ("n1", "n2"))
    assert (made.beacon_index.tolist(), made.node_index.tolist()) == ([1], [1])
    empty = columns([])
    assert len(empty) == 0
    assert empty.beacon_index.dtype == np.int64
    assert empty.rssi_dbm.dtype == np.float64
