"""A floor's radio calibration, as a file and in the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from store_server.wire.message import Instant, Key, Message, Metres


class AnchorCalibration(Message):
    """One receiver, as measured."""

    node_id: Key
    x_m: Metres
    y_m: Metres
    z_m: Metres | None = None
    offset_db: Annotated[float, Field(ge=-60, le=60)] = 0.0
    """How much louder than the floor's model this receiver hears."""


class Calibration(Message):
    """``aisleway calibrate`` writes it, the estimator reads it.

    The issue-wide parameters of the log-distance model, per-receiver offsets, and where a survey exists its residuals.
    """

    format: Annotated[str, StringConstraints(pattern=r"^aisleway-calibration-1$")] = "aisleway-calibration-1"
    made_at: Instant | None = None
    measured_power_dbm: Annotated[float, Field(ge=-127, le=20)]
    """RSSI at 1 m."""
    path_loss_exponent: Annotated[float, Field(ge=0.5, le=8)]
    shadowing_sd_db: Annotated[float, Field(gt=0, le=30)]
    power_sd_db: Annotated[float, Field(ge=0, le=30)] = 0.0
    """Spread of the beacons' own power: near 0 for a store's own tags, large for unknown phones."""
    beacon_height_m: Annotated[float, Field(ge=0, le=10)] = 1.2
    anchors: Annotated[tuple[AnchorCalibration, ...], Field(max_length=10_000)] = ()
    survey_points: Annotated[int, Field(ge=0)] = 0
    survey_xy_m: Annotated[tuple[tuple[Metres, Metres], ...], Field(max_length=5000)] = ()
    survey_residual_db: Annotated[tuple[tuple[float | None, ...], ...], Field(max_length=5000)] = ()
    """One row a survey point, one column an anchor: measured mean minus model; None where not heard."""
    cross_validated_median_m: Annotated[float, Field(ge=0)] | None = None
    cross_validated_p95_m: Annotated[float, Field(ge=0)] | None = None
