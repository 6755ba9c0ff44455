from __future__ import annotations

import pytest

from store_server.domain.radio_parameters import RadioParameters


@pytest.mark.parametrize(
    "wrong",
    [
        {"path_loss_exponent": 0.0},
        {"shadowing_correlation_m": -1.0},
        {"shadowing_sd_db": -0.1},
        {"best_reception": 1.2},
        {"measured_power_dbm": float("nan")},
    ],
)
def test_parameters_that_mean_nothing_are_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RadioParameters(**wrong)
