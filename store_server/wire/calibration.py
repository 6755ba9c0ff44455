"""A floor's radio calibration, as a file and in the database."""

from __future__ import annotations

from enum import StrEnum
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


class Estimator(StrEnum):
    """How a position is found."""

    LIKELIHOOD_GRID = "likelihood_grid"
    """The likelihood of what was heard at each place of the floor."""
    TRILATERATION = "trilateration"
    """Least squares on ranges: what most systems do, easily explained, and the referee of the other."""


class ComparedEstimator(Message):
    """One estimator's errors on recordings left out of the calibration."""

    estimator: Estimator
    median_m: Annotated[float, Field(ge=0)]
    p95_m: Annotated[float, Field(ge=0)]


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
    path_loss_exponent_sd: Annotated[float, Field(ge=0, le=2)] = 0.0
    """How unsure the exponent is: 0 once a survey has measured it, else it is learned while a beacon moves."""
    spread_scale: Annotated[float, Field(gt=0, le=5)] = 1.0
    """What the spread is multiplied by, as recordings left out showed best."""
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
    """The stated 95 % radius, in metres, where the model's own circle would be 1 m; chosen so that it held on recordings left
    out."""
    radius_power: Annotated[float, Field(ge=0, le=2)] = 1.0
    """How the stated radius grows with the model's own circle. On one floor errors grow as the circle does or faster (1, 1.5);
    without a survey the circle says less of them than which building it is (0.5)."""
    usual_misfit: Annotated[float, Field(gt=0, le=100)] = 1.0
    """How far strengths are off at the likeliest place, as a mean of squared spreads, in half of all moments: receivers that
    contradict each other by more widen the radius."""
    estimator: Estimator = Estimator.LIKELIHOOD_GRID
    """Which one serves the floor: the one whose left-out errors were smaller."""
    compared: Annotated[tuple[ComparedEstimator, ...], Field(max_length=20)] = ()
    """What was tried on recordings left out, the one that serves first."""
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
