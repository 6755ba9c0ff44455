"""What a visit begins with and what one tick teaches, against one dense Gaussian over all unknowns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.domain.drifting import SMALLEST_POWER_SD_DB, RadioDrifts, Residuals, learn
from store_server.domain.positioning import FACTORY_CALIBRATION

NODES = ("n1", "n2", "n3")
UNSURE = FACTORY_CALIBRATION.model_copy(update={"drift_sd_db": 3.0, "power_sd_db": 4.0, "path_loss_exponent_sd": 0.6})


@pytest.mark.parametrize(("power_sd_db", "kept_sd_db"), [(4.0, 4.0), (0.1, SMALLEST_POWER_SD_DB)])
def test_a_visit_begins_with_the_calibrations_doubts(power_sd_db: float, kept_sd_db: float) -> None:
    calibration = UNSURE.model_copy(update={"power_sd_db": power_sd_db})
    begun = RadioDrifts.of([None], NODES, calibration).row(0)
    assert begun.node_ids == NODES
    assert begun.offset_variance_db2.tolist() == [9.0] * 3
    assert begun.power_variance_db2 == pytest.approx(kept_sd_db**2)
    assert begun.exponent_variance == pytest.approx(0.36)
    assert (begun.offset_db.tolist(), begun.power_db, begun.exponent) == ([0.0] * 3, 0.0, 0.0)


three = st.lists(st.floats(-12, 12), min_size=3, max_size=3)


@settings(max_examples=30)
@given(three, st.lists(st.floats(2, 40), min_size=3, max_size=3), three, st.floats(0.05, 0.8))
def test_a_tick_teaches_what_a_gaussian_over_offsets_power_and_exponent_would(
    mean_db: list[float], variance_db2: list[float], slope_db: list[float], rate: float
) -> None:
    before = RadioDrifts.of([None], NODES, UNSURE)
    residuals = Residuals(np.array([mean_db]), np.array([variance_db2]), np.array([slope_db]))
    after = learn(before, residuals, np.array([rate])).row(0)
    # Each anchor shows its own offset, the power they share, and the exponent by its slope.
    shows = np.column_stack([np.eye(3), np.ones(3), slope_db])
    prior = np.diag([9.0, 9.0, 9.0, 16.0, 0.36])
    gain = prior @ shows.T @ np.linalg.inv(shows @ prior @ shows.T + np.diag(variance_db2) / rate)
    mean, variance = gain @ mean_db, np.diag(prior - gain @ shows @ prior)
    assert [*after.offset_db, after.power_db, after.exponent] == pytest.approx(mean.tolist(), abs=1e-8)
    doubts = [*after.offset_variance_db2, after.power_variance_db2, after.exponent_variance]
    assert doubts == pytest.approx(variance.tolist(), abs=1e-8)
