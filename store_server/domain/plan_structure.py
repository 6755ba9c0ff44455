"""What must hold before a plan's geometry can be judged: ids, references, rings. Structure first.

Each check names the shape it is about by its ``key``; nothing here looks at how shapes lie to each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.plan_problems import Point, Problem, Rule, error, said
from store_server.wire.floorplans import (
    Feature,
    FixtureFeature,
    FloorplanDocument,
    KioskFeature,
    LevelFeature,
    LineGeometry,
    NodeFeature,
    PointGeometry,
    PolygonGeometry,
    Position,
    SlotFeature,
)

SMALLEST_AREA_M2 = 1e-4
"""A square centimetre: less is a slip of the pen."""

MAX_FIXTURES = 2000
"""A hypermarket has 200."""

MAX_SHAPE_CORNERS = 50_000
"""A hypermarket has 1,200."""

MAX_MEETINGS = 1_000_000
"""Pairs of edges whose boxes meet, each pair twice: a hypermarket has some 10,000. Two combs across each other have millions."""

SEGMENTS_AT_ONCE = 64
"""So that the count stops in time: 64 edges meeting all others are 3 million pairs."""

NAMED_AT_MOST = 20
"""Keys named in one problem; a thousand would help nobody."""

SLOTS_NAMED_AT_MOST = 200
"""Slots of one side of a fixture are named one and all: a long gondola has fifty."""


def polygon_of(geometry: PolygonGeometry) -> shapely.Polygon:
    """The polygon of a wire geometry, valid or not; heights are dropped.

    Coordinates are taken to the micrometre: finer ones mean nothing in a shop, and a corner 1e-137 m off its neighbour makes
    GEOS divide by nothing.
    """
    outer, *holes = ([(round(p[0], 6), round(p[1], 6)) for p in ring] for ring in geometry.coordinates)
    return shapely.Polygon(outer, holes)


def place_of(shape: BaseGeometry) -> Point | None:
    """A point to look at: inside the shape where it has an inside.

    >>> place_of(shapely.box(0, 0, 2, 2))
    (1.0, 1.0)
    >>> place_of(shapely.Polygon()) is None
    True
    """
    if shape.is_empty:
        return None
    point = shapely.point_on_surface(shape)
    return (round(float(point.x), 3), round(float(point.y), 3))


def structure_problems(document: FloorplanDocument) -> list[Problem]:
    """What keeps the document from being made into shapes at all; all of it errors.

    Parameters
    ----------
    document : FloorplanDocument

    Returns
    -------
    list of Problem
        Empty for a plan ``Floorplan.from_document`` accepts.
    """
    if tangled := list(too_detailed(document.features)):
        return tangled
    rings = [problem for feature in document.features for problem in ring_problems(feature)]
    return [*_levels(document), *_duplicates(document), *_references(document), *rings]


def too_detailed(features: Iterable[Feature]) -> Iterator[Problem]:
    """Plans no shop has, which would keep the geometry engine busy for hours: refused before it sees them."""
    features = list(features)
    fixtures = sum(isinstance(feature, FixtureFeature) for feature in features)
    if fixtures > MAX_FIXTURES:
        yield error(Rule.TOO_DETAILED, (), None, said("too_detailed.fixtures", count=fixtures, most=MAX_FIXTURES))
        return
    paths = _paths_of(features)
    corners = sum(map(len, paths))
    if corners > MAX_SHAPE_CORNERS:
        yield error(Rule.TOO_DETAILED, (), None, said("too_detailed.corners", count=corners, most=MAX_SHAPE_CORNERS))
    elif _meetings_at_most(paths) > MAX_MEETINGS:
        yield error(Rule.TOO_DETAILED, (), None, said("too_detailed.crossings"))


@dataclass(frozen=True, slots=True)
class Detail:
    """Whether a plan is too detailed, kept up with its editing.

    Attributes
    ----------
    meetings_at_most : int
        How often its edges can meet: counted anew only where the edits since might have made them too many.
    """

    is_too_much: bool
    meetings_at_most: int

    def after(self, features: Sequence[Feature], new: Iterable[Feature]) -> Detail:
        """The same after an edit.

        Parameters
        ----------
        features : sequence of Feature
            All there are now.
        new : iterable of Feature
            Those among them that were not so before.
        """
        paths, new_paths = _paths_of(features), _paths_of(new)
        corners, fixtures = sum(map(len, paths)), sum(isinstance(feature, FixtureFeature) for feature in features)
        if corners > MAX_SHAPE_CORNERS or fixtures > MAX_FIXTURES:
            return Detail(is_too_much=True, meetings_at_most=0)
        new_segments = sum(map(len, new_paths)) - len(new_paths)
        at_most = self.meetings_at_most + 2 * new_segments * (corners - len(paths))
        if self.is_too_much or at_most > MAX_MEETINGS:
            at_most = _meetings_at_most(paths)
        return Detail(at_most > MAX_MEETINGS, at_most)


def _paths_of(features: Iterable[Feature]) -> list[Sequence[Position]]:
    return [path for feature in features for geometry in _geometries(feature) for path in _paths(geometry)]


def _meetings_at_most(paths: Sequence[Sequence[Position]]) -> int:
    """How many pairs of edges lie so near that they may meet, each counted twice; no further than over ``MAX_MEETINGS``."""
    corners = sum(map(len, paths))
    segments_at_most = corners - len(paths)
    if segments_at_most**2 <= MAX_MEETINGS:
        return segments_at_most**2  # so few cannot meet so often, whatever they do
    at_m = np.array([position[:2] for path in paths for position in path])
    is_last = np.zeros(corners, dtype=np.bool_)
    is_last[np.cumsum([len(path) for path in paths]) - 1] = True
    segments = np.asarray(shapely.linestrings(np.stack([at_m[:-1], at_m[1:]], axis=1)[~is_last[:-1]]))
    tree = shapely.STRtree(segments)
    meetings = 0
    for first in range(0, len(segments), SEGMENTS_AT_ONCE):
        meetings += tree.query(segments[first : first + SEGMENTS_AT_ONCE]).shape[1]
        if meetings > MAX_MEETINGS:
            break
    return meetings


def _geometries(feature: Feature) -> Iterator[PointGeometry | LineGeometry | PolygonGeometry]:
    yield feature.geometry
    if isinstance(feature, KioskFeature) and feature.properties.catchment is not None:
        yield feature.properties.catchment


def _paths(geometry: PointGeometry | LineGeometry | PolygonGeometry) -> Sequence[Sequence[Position]]:
    if isinstance(geometry, PointGeometry):
        return ()
    return (geometry.coordinates,) if isinstance(geometry, LineGeometry) else geometry.coordinates


def _levels(document: FloorplanDocument) -> Iterator[Problem]:
    if not any(isinstance(feature, LevelFeature) for feature in document.features):
        yield error(Rule.NO_LEVEL, (), None, said("no_level"))


def _duplicates(document: FloorplanDocument) -> Iterator[Problem]:
    by_id: dict[str, list[str]] = defaultdict(list)
    by_key: dict[tuple[str, str], int] = defaultdict(int)
    by_node: dict[str, list[str]] = defaultdict(list)
    by_kiosk: dict[str, list[str]] = defaultdict(list)
    for feature in document.features:
        key = feature.properties.key
        by_id[feature.id].append(key)
        by_key[(feature.feature_type, key)] += 1
        if isinstance(feature, NodeFeature):
            by_node[feature.properties.node_key].append(key)
        elif isinstance(feature, KioskFeature):
            by_kiosk[feature.properties.kiosk_key].append(key)
    for feature_id, keys in by_id.items():
        if len(keys) > 1:
            yield error(Rule.DUPLICATE_ID, _unique(keys), None, said("duplicate_id", count=len(keys), id=feature_id))
    for (feature_type, key), count in by_key.items():
        if count > 1:
            words = said("duplicate_id.key", count=count, feature_type=feature_type, shape=key)
            yield error(Rule.DUPLICATE_ID, (key,), None, words)
    for name, keys in by_node.items():
        if len(keys) > 1:
            words = said("duplicate_id.node", name=name, count=len(keys))
            yield error(Rule.DUPLICATE_ID, _unique(keys), None, words)
    for name, keys in by_kiosk.items():
        if len(keys) > 1:
            words = said("duplicate_id.kiosk", name=name, count=len(keys))
            yield error(Rule.DUPLICATE_ID, _unique(keys), None, words)


def _references(document: FloorplanDocument) -> Iterator[Problem]:
    levels = {feature.id for feature in document.features if isinstance(feature, LevelFeature)}
    fixture_level = {
        feature.id: feature.properties.level_id for feature in document.features if isinstance(feature, FixtureFeature)
    }
    for feature in document.features:
        key = feature.properties.key
        level_id = feature.properties.level_id
        if level_id not in levels:
            words = said("unknown_reference.level", shape=key, level=level_id)
            yield error(Rule.UNKNOWN_REFERENCE, (key,), None, words)
        if not isinstance(feature, SlotFeature):
            continue
        on_level = fixture_level.get(feature.properties.fixture_id)
        if on_level is None:
            words = said("unknown_reference.fixture", shape=key, fixture=feature.properties.fixture_id)
        elif on_level != level_id:
            words = said("unknown_reference.other_level", shape=key)
        else:
            continue
        known_id = level_id if level_id in levels else None
        yield error(Rule.UNKNOWN_REFERENCE, (key,), _position(feature), words, level_id=known_id)


def _position(feature: SlotFeature) -> Point:
    x_m, y_m = feature.geometry.coordinates[:2]
    return (x_m, y_m)


def ring_problems(
    feature: Feature, polygon: Callable[[PolygonGeometry], shapely.Polygon] = polygon_of
) -> list[Problem]:
    """What is wrong with the rings of one shape.

    Parameters
    ----------
    polygon : callable
        How rings become polygons.
    """
    key = feature.properties.key
    drawn = (geometry for geometry in _geometries(feature) if isinstance(geometry, PolygonGeometry))
    level_id = feature.properties.level_id
    return [problem for geometry in drawn for problem in _ring(key, level_id, polygon(geometry))]


def _ring(key: str, level_id: str, polygon: shapely.Polygon) -> Iterator[Problem]:
    start: Point = (polygon.exterior.coords[0][0], polygon.exterior.coords[0][1])
    if not polygon.is_valid:
        reason = shapely.is_valid_reason(polygon)
        if polygon.convex_hull.area < SMALLEST_AREA_M2:
            yield error(Rule.NO_AREA, (key,), start, said("no_area", shape=key), level_id=level_id)
            return
        words = said("self_intersection", shape=key)
        yield error(Rule.SELF_INTERSECTION, (key,), _place_in(reason) or start, words, reason.lower(), level_id)
    elif polygon.area < SMALLEST_AREA_M2:
        evidence = f"{polygon.area:.6f} m2"
        yield error(Rule.NO_AREA, (key,), start, said("no_area", shape=key), evidence, level_id)


def _place_in(reason: str) -> Point | None:
    """The place GEOS names in ``Self-intersection[3 4]``."""
    try:
        x_m, y_m = (float(part) for part in reason[reason.index("[") + 1 : reason.index("]")].split()[:2])
    except ValueError:
        return None
    return (x_m, y_m)


def _unique(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))[:NAMED_AT_MOST]
