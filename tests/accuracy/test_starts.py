from __future__ import annotations

import numpy as np

from store_server.domain.sightings import columns
from store_server.domain.surveys import Recording
from tests.accuracy.starts import EVERY_S, LASTS_S, pieces


def test_a_walk_is_cut_where_it_is_whole_and_a_piece_knows_nothing_of_before() -> None:
    truth_s = np.arange(0.0, 2 * EVERY_S + LASTS_S + 2)
    rows = [("b", "n1", -60.0, at_s) for at_s in truth_s.tolist()]
    walk = Recording("b", columns(rows), truth_s, np.stack([truth_s, truth_s], axis=1))
    cut = pieces(walk)
    assert [(each.sightings.heard_s.min(), each.sightings.heard_s.max()) for each in cut] == [
        (EVERY_S, EVERY_S + LASTS_S - 1),
        (2 * EVERY_S, 2 * EVERY_S + LASTS_S - 1),
    ]
    assert cut[1].truth_at(cut[1].sightings.heard_s[:1]).tolist() == [[2 * EVERY_S, 2 * EVERY_S]]


def test_of_a_walk_too_short_to_cut_there_is_no_piece() -> None:
    rows = [("b", "n1", -60.0, at_s) for at_s in (0.0, LASTS_S)]
    assert pieces(Recording("b", columns(rows), np.array([0.0, LASTS_S]), np.zeros((2, 2)))) == []
