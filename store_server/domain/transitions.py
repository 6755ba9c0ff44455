"""Stairs, lifts, escalators and ramps as ways from level to level: where one steps in, and how far it counts.

A way is drawn as a unit on each level it serves; ``connects`` names it. A unit is a room one enters or a shape one stands on.
What going by it costs is told in metres of walking, so that one sum weighs a longer walk against stairs. All figures are for a
storey of 4.5 m and a walk of 1.3 m/s, and the same up and down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import shapely
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import CARE_M, Point, polygons_in
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_problems import InvalidFloorplan, Rule, error, said
from store_server.domain.plan_structure import polygon_of
from store_server.wire.floorplans import FloorplanDocument, LevelFeature, UnitFeature

STAIRS_M = 40.0
"""A storey has 8.5 m of steps, taken at 0.35 (up) to 0.5 (down) of the speed on the flat as evacuation models have it: 20 m.
Twice that, as route planners count stairs double: people with shopping would rather walk a little."""

ESCALATOR_M = 25.0
"""9 m of belt at the usual 0.5 m/s, and the flat steps at its ends: 20 s."""

MOVING_WALKWAY_M = 55.0
"""22 m of belt at 12 degrees, 0.5 m/s."""

RAMP_M = 75.0
"""The length of a slope of 6 %, the steepest that counts as fit for wheelchairs (DIN 18040)."""

LIFT_WAIT_M = 40.0
"""30 s: what planners of lifts call a satisfactory wait. Paid once, however far it goes."""

LIFT_M = 15.0
"""4.5 m at 1 m/s, and the doors: 12 s a storey."""

STOREY_COSTS_M: Mapping[str, float] = MappingProxyType(
    {
        "escalator": ESCALATOR_M,
        "movingwalkway": MOVING_WALKWAY_M,
        "ramp": RAMP_M,
        "elevator": LIFT_M,
    }
)
"""By IMDF's category. Any other unit with a name to connect is taken for stairs: stairs, steps, and words we do not know."""

STEP_FREE_CATEGORIES = frozenset({"elevator", "ramp"})
"""Step-free unless the plan says otherwise. A word we do not know is not."""

REACH_M = 1.0
"""The wall of a closed cabin is 0.35 m from where a body can be; a unit further from the floor is not stepped into."""

BLOCKED_SHARE = 0.5
"""Of a unit's area under blocked areas. Less is a corner cordoned off, and one walks round it."""

MAX_LANDINGS = 400
"""A department store of eight levels has some fifty. Preparing grows with the square."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from level to level as people know it: its name (``connects``) and IMDF category."""

    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Unit:
    """What is drawn of a transition on one level."""

    transition: Transition
    level_id: str
    ordinal: int
    polygon: shapely.Polygon
    goes_up: bool
    goes_down: bool
    is_step_free: bool


@dataclass(frozen=True, slots=True)
class Landing:
    """A place where one steps into a unit."""

    unit: Unit
    at_m: Point


def units_in_use(
    document: FloorplanDocument, levels: Sequence[LevelFeature], floorplans: Mapping[str, Floorplan]
) -> list[Unit]:
    """The units that lead to another level. One that is blocked on any level is out of use on all.

    Parameters
    ----------
    floorplans : Mapping of level id to Floorplan
        As they are at the instant that counts.

    Raises
    ------
    InvalidFloorplan
        With TOO_DETAILED for more than ``MAX_LANDINGS`` units.
    """
    ordinals = {level.id: level.properties.ordinal for level in levels}
    units = [
        _unit_of(feature, feature.properties.connects, ordinals)
        for feature in document.features
        if isinstance(feature, UnitFeature) and feature.properties.connects is not None
    ]
    if len(units) > MAX_LANDINGS:
        raise too_many(len(units))
    shut = {unit.transition.name for unit in units if _is_blocked(unit, floorplans[unit.level_id])}
    levels_by_name: dict[str, set[str]] = {}
    for unit in units:
        levels_by_name.setdefault(unit.transition.name, set()).add(unit.level_id)
    return [u for u in units if u.transition.name not in shut and len(levels_by_name[u.transition.name]) > 1]


def too_many(count: int) -> InvalidFloorplan:
    """What is raised for more than ``MAX_LANDINGS`` units or landings."""
    evidence = f"{count} stairs and lifts, {MAX_LANDINGS} is the most"
    return InvalidFloorplan([error(Rule.TOO_DETAILED, (), None, said("too_detailed.fine"), evidence)])


def _unit_of(feature: UnitFeature, name: str, ordinals: Mapping[str, int]) -> Unit:
    p = feature.properties
    is_step_free = p.category in STEP_FREE_CATEGORIES if p.is_step_free is None else p.is_step_free
    return Unit(
        Transition(name, p.category),
        p.level_id,
        ordinals[p.level_id],
        polygon_of(feature.geometry),
        p.direction != "down",
        p.direction != "up",
        is_step_free,
    )


def _is_blocked(unit: Unit, floorplan: Floorplan) -> bool:
    covered = shapely.intersection(unit.polygon, shapely.union_all(list(floorplan.blocked_areas)))
    return bool(covered.area >= BLOCKED_SHARE * unit.polygon.area)


def landings_of(unit: Unit, floor: BaseGeometry) -> list[Landing]:
    """Where one steps in: in each part of the floor that runs into the unit, the place nearest the unit's middle.

    Where none does (the cabin is walled in, its door not drawn), in each part that comes within ``REACH_M`` of it. A part that
    lies all within the unit counts where there is no other: the inside of a walled cabin is floor too, but floor nobody gets to.

    Parameters
    ----------
    floor : Polygon or MultiPolygon
        Where the middle of the body can be.

    Returns
    -------
    list of Landing
        Empty for a unit away from the floor.
    """
    cabin = shapely.buffer(unit.polygon, CARE_M)
    parts = polygons_in(floor)
    outside = [part for part in parts if not shapely.covers(cabin, part)]
    lines = _into(unit, outside) or _up_to(unit, outside) or _into(unit, parts)
    return [Landing(unit, _first_of(line)) for line in lines]


def _into(unit: Unit, parts: Sequence[shapely.Polygon]) -> list[shapely.LineString]:
    middle = shapely.centroid(unit.polygon)
    insides = [shapely.intersection(part, unit.polygon) for part in parts]
    return [shapely.shortest_line(inside, middle) for inside in insides if not inside.is_empty]


def _up_to(unit: Unit, parts: Sequence[shapely.Polygon]) -> list[shapely.LineString]:
    lines = [shapely.shortest_line(part, unit.polygon) for part in parts]
    return [line for line in lines if line.length <= REACH_M]


def _first_of(line: shapely.LineString) -> Point:
    x_m, y_m = shapely.get_coordinates(line)[0]
    return (float(x_m), float(y_m))


def cost_m(start: Unit, end: Unit) -> float | None:
    """How many metres of walking it counts as to go from one unit to another; None where that cannot be.

    Where a way is called stairs on one level and a ramp on the other, the dearer counts.
    """
    if start.transition.name != end.transition.name or start.level_id == end.level_id:
        return None
    rise = end.ordinal - start.ordinal
    goes_up, goes_down = start.goes_up and end.goes_up, start.goes_down and end.goes_down
    # Levels of one ordinal lie side by side: who knows which is up.
    if (rise >= 0 and not goes_up) or (rise <= 0 and not goes_down):
        return None
    storeys = max(1, abs(rise))
    return max(_by_category_m(unit.transition.category, storeys) for unit in (start, end))


def _by_category_m(category: str, storeys: int) -> float:
    waited_m = LIFT_WAIT_M if category == "elevator" else 0.0
    return waited_m + storeys * STOREY_COSTS_M.get(category, STAIRS_M)
