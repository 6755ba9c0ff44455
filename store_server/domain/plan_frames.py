"""Where a file's numbers lie: degrees of longitude and latitude, metres, another unit; and the way from there to our metres.

The frame is a tangent plane at the origin, true to a millimetre over the size of a shop. North stays up: nothing is turned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.plan_files import LengthUnit

_EQUATOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563

FARTHEST_LATITUDE_DEG = 85.0
"""Nearer to a pole no metres are made of degrees of longitude."""

STORE_DEG = 0.05
"""All of a store lies this near its middle, which is some 5 km; a drawing in metres is never so small."""

FARTHEST_M = 50_000.0
"""A plan is moved to the origin from farther away: surveyors' grids begin in the sea."""

METRES = {
    LengthUnit.MILLIMETRE: 0.001,
    LengthUnit.CENTIMETRE: 0.01,
    LengthUnit.DECIMETRE: 0.1,
    LengthUnit.METRE: 1.0,
    LengthUnit.INCH: 0.0254,
    LengthUnit.FOOT: 0.3048,
}

Place = Callable[[float, float], tuple[float, float]]
LonLat = tuple[float, float]


def metres_per_degree(latitude_deg: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude (WGS 84).

    >>> [round(metres) for metres in metres_per_degree(0.0)]
    [111319, 110574]
    """
    e2 = _FLATTENING * (2 - _FLATTENING)
    sine = math.sin(math.radians(latitude_deg))
    across_m = _EQUATOR_M / math.sqrt(1 - e2 * sine * sine)
    along_m = across_m * (1 - e2) / (1 - e2 * sine * sine)
    return math.radians(across_m) * math.cos(math.radians(latitude_deg)), math.radians(along_m)


def in_degrees(origin_lonlat: Sequence[float]) -> Place:
    """From metres to longitude and latitude, to a hundredth of a millimetre."""
    longitude, latitude = origin_lonlat
    east_m, north_m = metres_per_degree(latitude)
    return lambda x, y: (round(longitude + x / east_m, 10), round(latitude + y / north_m, 10))


def in_metres(origin_lonlat: Sequence[float]) -> Place:
    """From longitude and latitude to metres, to the millimetre."""
    longitude, latitude = origin_lonlat
    east_m, north_m = metres_per_degree(latitude)
    return lambda x, y: (round((x - longitude) * east_m, 3), round((y - latitude) * north_m, 3))


def scaled(unit: LengthUnit, features: Iterable[Any]) -> Place:
    """From a drawing's unit to metres; from its lower-left corner where it lies too far away for a floor."""
    metres = METRES[unit]
    at = positions_in(features)
    corner = at.min(axis=0) if len(at) else np.zeros(2)
    if np.abs(corner).max() * metres <= FARTHEST_M:
        corner = np.zeros(2)
    x0, y0 = float(corner[0]), float(corner[1])
    if metres == 1.0 and x0 == y0 == 0.0:
        return lambda x, y: (x, y)
    return lambda x, y: (round((x - x0) * metres, 4), round((y - y0) * metres, 4))


def origin_in_degrees(document: FloorplanDocument) -> LonLat | None:
    """Longitude and latitude of the plan's origin; None where it does not say, or lies where degrees are no use."""
    stated = document.crs_local.origin_lonlat
    return None if stated is None or abs(stated[1]) > FARTHEST_LATITUDE_DEG else (stated[0], stated[1])


def stated_origin(stated: Any) -> LonLat | None:
    """An origin as a file says it, where it is one.

    >>> stated_origin([8.54, 47.37]), stated_origin([854, 47.37]), stated_origin("Zurich")
    ((8.54, 47.37), None, None)
    """
    is_pair = isinstance(stated, list | tuple) and len(stated) == 2 and all(map(_is_number, stated))
    return (stated[0], stated[1]) if is_pair and _are_degrees(stated) else None


def found_origin(features: Iterable[Any], levels: Iterable[Any]) -> LonLat | None:
    """The lower-left corner of the levels, else of everything, in degrees; None where the coordinates are no degrees.

    What lies far from the middle of all is not counted: one slip of a digit moves no store.
    """
    at = positions_in(features)
    if not len(at):
        return None
    middle = np.median(at, axis=0)
    near = at[(np.abs(at - middle) <= STORE_DEG).all(axis=1)]
    if not _are_degrees(middle) or 2 * len(near) < len(at):
        return None
    of_levels = positions_in(levels)
    of_levels = of_levels[(np.abs(of_levels - middle) <= STORE_DEG).all(axis=1)] if len(of_levels) else of_levels
    west, south = (of_levels if len(of_levels) else near).min(axis=0)
    return (float(west), float(south))


def origin_of(stated: Any, features: Sequence[Any], levels: Sequence[Any]) -> LonLat:
    """The origin of a file that can only be in degrees: what it says, else the lower-left corner of its levels.

    Raises
    ------
    InvalidFloorplan
        Where it holds no coordinates, or those of a shape, which is named, are no degrees.
    """
    found = stated_origin(stated) or found_origin(features, levels)
    if found is not None:
        return found
    for feature in features:
        for at in positions_in([feature]):
            if not _are_degrees(at):
                raise _no_degrees(feature, at)
    scattered = positions_in(levels) if len(positions_in(levels)) else positions_in(features)
    if not len(scattered):
        raise InvalidFloorplan([error(Rule.NOT_A_PLAN, (), None, said("not_a_plan.no_coordinates"))])
    west, south = scattered.min(axis=0)
    return (float(west), float(south))


def _no_degrees(feature: Any, at: np.ndarray) -> InvalidFloorplan:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    given = properties if isinstance(properties, dict) else {}
    key = next((str(k)[:64] for k in (given.get("key"), (feature or {}).get("id")) if isinstance(k, str) and k), None)
    x, y = float(at[0]), float(at[1])
    words = (
        said("not_a_plan.no_degrees", shape=key, x=x, y=y) if key else said("not_a_plan.origin_no_degrees", x=x, y=y)
    )
    return InvalidFloorplan([error(Rule.NOT_A_PLAN, (key,) if key else (), None, words)])


def positions_in(features: Iterable[Any]) -> np.ndarray:
    """All positions that are numbers, shape (n, 2)."""
    found = [at[:2] for feature in features for at in positions_of(feature) if _is_number(at[0]) and _is_number(at[1])]
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _is_number(value: Any) -> bool:
    # A float is compared with whole numbers of any length without being made of them.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _are_degrees(at: Sequence[float] | np.ndarray) -> bool:
    return bool(abs(at[0]) <= 180 and abs(at[1]) <= FARTHEST_LATITUDE_DEG)


def positions_of(feature: Any) -> list[tuple[Any, ...]]:
    """All positions in a feature's geometry, whatever they are."""
    found: list[tuple[Any, ...]] = []
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    waiting = [geometry.get("coordinates")] if isinstance(geometry, dict) else []
    while waiting:
        part = waiting.pop()
        if not isinstance(part, list) or not part:
            continue
        if isinstance(part[0], list):
            waiting.extend(part)
        elif len(part) >= 2:
            found.append(tuple(part))
    return found


def reframe(features: list[dict[str, Any]], place: Place) -> None:
    """Move all coordinates in place, those of display points and catchments as well."""

    def moved(part: Any) -> Any:
        if isinstance(part, list | tuple) and part:
            if all(isinstance(value, int | float) for value in part) and len(part) >= 2:
                return [*place(part[0], part[1]), *part[2:]]
            return [moved(inner) for inner in part]
        return part

    for feature in features:
        properties = feature["properties"]
        for geometry in (feature["geometry"], properties.get("display_point"), properties.get("catchment")):
            if isinstance(geometry, dict) and "coordinates" in geometry:
                geometry["coordinates"] = moved(geometry["coordinates"])
