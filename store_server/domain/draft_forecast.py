"""The forecast of a level that is being drawn: what changed since it was last asked is worked out, the rest is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.accuracy_forecast import UNSURVEYED, DrawnShape, ForecastFloor, outline_wall
from store_server.domain.fixes import Anchor
from store_server.domain.floor_shapes import area_of
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_structure import polygon_of
from store_server.wire.calibration import Calibration
from store_server.wire.drafts import AccuracyForecast, FeatureChange
from store_server.wire.floorplans import (
    BlockedAreaFeature,
    Feature,
    FixtureFeature,
    KioskFeature,
    LevelFeature,
    NodeFeature,
    PolygonGeometry,
    SlotFeature,
    WallFeature,
)

RadioFeature = LevelFeature | FixtureFeature | WallFeature | KioskFeature | BlockedAreaFeature | NodeFeature
"""What a forecast looks at; zones and slots weaken nothing."""

OUTLINE = " outline"
"""Name of the outline among the shapes: no feature's id begins with a space."""


@dataclass(frozen=True, slots=True, eq=False)
class LevelDrawn:
    """One level of a draft, ready to be forecast.

    Attributes
    ----------
    features : Mapping of feature id to RadioFeature
        What is drawn on the level.
    floor : ForecastFloor
    """

    level_id: str
    calibration: Calibration
    features: Mapping[str, RadioFeature]
    floor: ForecastFloor

    @classmethod
    def of(cls, level_id: str, calibration: Calibration, features: Mapping[str, RadioFeature]) -> LevelDrawn:
        """From nothing."""
        level = features.get(level_id)
        outline = _area(level.geometry) if isinstance(level, LevelFeature) else shapely.Polygon()
        shapes = {
            feature_id: shape
            for feature_id, feature in features.items()
            if (shape := _shape(feature, calibration)) is not None
        }
        shapes[OUTLINE] = outline_wall(outline, calibration)
        floor = ForecastFloor.drawn(outline, shapes, _anchors(features), calibration)
        return cls(level_id, calibration, features, floor)

    def with_features(self, features: Mapping[str, RadioFeature]) -> LevelDrawn:
        """With these instead; only what differs is worked out, unless it is the outline."""
        if features.get(self.level_id) != self.features.get(self.level_id):
            return LevelDrawn.of(self.level_id, self.calibration, features)
        shapes = {OUTLINE: self.floor.shapes[OUTLINE]}
        for feature_id, feature in features.items():
            was = self.features.get(feature_id)
            is_same = was is feature or was == feature
            shape = self.floor.shapes.get(feature_id) if is_same else _shape(feature, self.calibration)
            if shape is not None:
                shapes[feature_id] = shape
        # Nodes first: what is then cast for each of them is only what has changed.
        floor = self.floor.with_anchors(_anchors(features)).with_shapes(shapes)
        return LevelDrawn(self.level_id, self.calibration, features, floor)


@dataclass
class ForecastCache:
    """The level that was last asked about, as it was drawn then; safe to share, as what it holds is replaced whole.

    What is being dragged is held, too: once it is let go and saved, or dragged on, little differs from it.
    """

    _saved: tuple[Draft, str, Mapping[str, RadioFeature]] | None = None
    _drawn: LevelDrawn | None = None

    def drawn(
        self,
        draft: Draft,
        level_id: str,
        calibration: Calibration | None = None,
        changes: Sequence[FeatureChange] = (),
    ) -> LevelDrawn:
        """A level of a draft with some changes made to it.

        Parameters
        ----------
        draft : Draft
        level_id : str
        calibration : Calibration or None
            The floor's own, with the nodes where they were calibrated; None: the factory's.
        changes : sequence of FeatureChange
            What is being dragged and not saved yet; what they say of before is not looked at.
        """
        calibration = calibration or UNSURVEYED
        features = dict(self._features(draft, level_id))
        for change in changes:
            # Where it was among the others, or else at their end.
            after = {} if change.after is None else _on_level([change.after], level_id)
            if after:
                features |= after
            else:
                features.pop(change.feature_id, None)
        held = self._drawn
        if held is None or (held.level_id, held.calibration) != (level_id, calibration):
            self._drawn = held = LevelDrawn.of(level_id, calibration, features)
        elif not _are_same(held.features, features):
            self._drawn = held = held.with_features(features)
        return held

    def _features(self, draft: Draft, level_id: str) -> Mapping[str, RadioFeature]:
        """Those on the level as it is saved."""
        saved = self._saved
        if saved is None or saved[0] is not draft or saved[1] != level_id:
            self._saved = saved = (draft, level_id, _on_level(draft.features.values(), level_id))
        return saved[2]


def forecast(
    draft: Draft,
    level_id: str,
    calibration: Calibration | None,
    target_m: float,
    changes: Sequence[FeatureChange] = (),
    cache: ForecastCache | None = None,
) -> AccuracyForecast:
    """How exact positions would be on a level of a draft with some changes made to it.

    Parameters
    ----------
    draft : Draft
    level_id : str
        A level the draft does not have has no cells.
    calibration : Calibration or None
        None: the factory's.
    target_m : float
    changes : sequence of FeatureChange
    cache : ForecastCache or None
        Given, what has not changed since it was last asked is not worked out again.
    """
    drawn = (cache or ForecastCache()).drawn(draft, level_id, calibration, changes)
    return drawn.floor.forecast().message(level_id, target_m)


def _are_same(one: Mapping[str, RadioFeature], other: Mapping[str, RadioFeature]) -> bool:
    return len(one) == len(other) and all(
        was is not None and (was is feature or was == feature)
        for feature_id, feature in other.items()
        for was in [one.get(feature_id)]
    )


def _on_level(features: Iterable[Feature], level_id: str) -> dict[str, RadioFeature]:
    return {
        feature.id: feature
        for feature in features
        if not isinstance(feature, SlotFeature)  # almost all are slots
        and isinstance(feature, RadioFeature)
        and level_id == (feature.id if isinstance(feature, LevelFeature) else feature.properties.level_id)
    }


def _area(geometry: PolygonGeometry) -> BaseGeometry:
    return area_of(shapely.make_valid(polygon_of(geometry)))  # a plan that is being drawn may cross itself


def _shape(feature: RadioFeature, calibration: Calibration) -> DrawnShape | None:
    if isinstance(feature, FixtureFeature):
        return DrawnShape.fixture(_area(feature.geometry), feature.properties.height_m)
    if isinstance(feature, WallFeature):
        stated_db = feature.properties.attenuation_db
        line = shapely.LineString([position[:2] for position in feature.geometry.coordinates])
        return DrawnShape.wall(line, calibration.wall_loss_db if stated_db is None else stated_db)
    if isinstance(feature, KioskFeature):
        return DrawnShape.closed(_area(feature.geometry))
    if isinstance(feature, BlockedAreaFeature) and feature.properties.from_at is None is feature.properties.until_at:
        return DrawnShape.closed(_area(feature.geometry))
    return None


def _anchors(features: Mapping[str, RadioFeature]) -> list[Anchor]:
    return [
        Anchor(
            feature.properties.node_key,
            float(feature.geometry.coordinates[0]),
            float(feature.geometry.coordinates[1]),
            feature.properties.z_m,
        )
        for feature in features.values()
        if isinstance(feature, NodeFeature)
    ]
