"""A floor's radio calibration, as a file and in the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from store_server.wire.message import Instant, Key, Message, Metres

Decibels = Annotated[float, Field(ge=-127, le=127)]


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

    The floor-wide parameters of the log-distance model, per-receiver offsets, and where a survey exists its residuals.
    The defaults are those of a floor nobody has surveyed.
    """

    format: Annotated[str, StringConstraints(pattern=r"^aisleway-calibration-1$")] = "aisleway-calibration-1"
    made_at: Instant | None = None
    measured_power_dbm: Annotated[float, Field(ge=-127, le=20)]
    """RSSI at 1 m."""
    path_loss_exponent: Annotated[float, Field(ge=0.5, le=8)]
    shadowing_sd_db: Annotated[float, Field(gt=0, le=30)]
    """Spread about the model at 0 m."""
    shadowing_growth_db_per_m: Annotated[float, Field(ge=0, le=2)] = 0.0
    """How much the spread grows with each metre of distance."""
    power_sd_db: Annotated[float, Field(ge=0, le=30)] = 0.0
    """Spread of the beacons' own power: near 0 for a store's own tags, large for unknown phones."""
    drift_sd_db: Annotated[float, Field(ge=0, le=10)] = 2.0
    """How far each receiver's offset wanders from visit to visit; 0: offsets are never adapted while a beacon moves."""
    beacon_height_m: Annotated[float, Field(ge=0, le=10)] = 1.2
    wall_loss_db: Annotated[float, Field(ge=0, le=30)] = 1.5
    """For each wall crossed that does not state its own."""
    fixture_loss_db_per_m: Annotated[float, Field(ge=0, le=30)] = 4.0
    """For each metre of shelving crossed, before it saturates."""
    anchors: Annotated[tuple[AnchorCalibration, ...], Field(max_length=10_000)] = ()
    survey_points: Annotated[int, Field(ge=0)] = 0
    survey_xy_m: Annotated[tuple[tuple[Metres, Metres], ...], Field(max_length=5000)] = ()
    survey_residual_db: Annotated[tuple[tuple[Decibels | None, ...], ...], Field(max_length=5000)] = ()
    """One row a survey point, one column an anchor: measured mean minus model; None where not heard."""
    survey_visit: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=5000)] = ()
    """Which survey points were measured on one visit; each visit has its own drift."""
    residual_sd_db: Annotated[float, Field(ge=0, le=30)] = 3.0
    """Spread of the residual map before it is measured: the part of the shadowing that stays at its place."""
    residual_noise_db: Annotated[float, Field(ge=0.1, le=30)] = 2.0
    """How far one survey point's residual is off the map's truth."""
    residual_length_m: Annotated[float, Field(gt=0, le=100)] = 3.0
    """Over how many metres the residual map keeps its likeness."""
    radius_scale: Annotated[float, Field(gt=0, le=20)] = 1.0
    """What the stated 95 % radius is widened by, so that it held on recordings left out."""
    cross_validated_median_m: Annotated[float, Field(ge=0)] | None = None
    cross_validated_p95_m: Annotated[float, Field(ge=0)] | None = None
    cross_validated_coverage: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of left-out errors within the stated radius."""

    @model_validator(mode="after")
    def _rows_and_columns_agree(self) -> Calibration:
        if len(self.survey_residual_db) != len(self.survey_xy_m):
            raise ValueError("survey_residual_db has one row for each point of survey_xy_m")
        if len(self.survey_visit) != len(self.survey_xy_m):
            raise ValueError("survey_visit has one entry for each point of survey_xy_m")
        if any(len(row) != len(self.anchors) for row in self.survey_residual_db):
            raise ValueError("each row of survey_residual_db has one entry for each of anchors")
        if len({anchor.node_id for anchor in self.anchors}) != len(self.anchors):
            raise ValueError("each node_id stands once in anchors")
        return self
