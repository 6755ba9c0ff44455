"""What may be, exactly at the edge of what may not."""

from __future__ import annotations

import numpy as np
import pytest

from store_server.domain.consent import admit_recording
from store_server.domain.fixes import NoFixReason
from store_server.domain.plausibility import LOUD_RANGE_M, no_fix_reasons
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.domain.ranging import log_distance_rssi_dbm, rssi_window
from store_server.domain.sightings import columns

LOUD_DBM = float(
    log_distance_rssi_dbm(LOUD_RANGE_M, FACTORY_CALIBRATION.measured_power_dbm, FACTORY_CALIBRATION.path_loss_exponent)
)


@pytest.mark.parametrize(
    ("east_dbm", "reason"), [(LOUD_DBM, None), (float(np.nextafter(LOUD_DBM, 0.0)), NoFixReason.IMPOSSIBLE)]
)
def test_only_what_is_louder_than_at_the_loud_range_is_loud(east_dbm: float, reason: NoFixReason | None) -> None:
    nodes = ("west", "middle", "east")
    rows = [("b", "west", -50.0, 1.0), ("b", "middle", -90.0, 1.0), ("b", "east", east_dbm, 1.0)]
    is_far = np.array([[False, False, True], [False, False, False], [True, False, False]])
    window = rssi_window(admit_recording(columns(rows)), nodes, 1.0)
    assert no_fix_reasons(window, 1.0, np.zeros(3), is_far, FACTORY_CALIBRATION) == [reason]
