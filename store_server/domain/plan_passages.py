"""Whether people get to the shelves: slots facing the floor, aisles wide enough, everything reachable from a door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from store_server.domain.floor_shapes import WALL_HALF_THICKNESS_M, Slot, grown, polygons_in
from store_server.domain.floorplan import Floorplan
from store_server.domain.plan_placing import is_deeper
from store_server.domain.plan_problems import Problem, Rule, error, warning
from store_server.domain.plan_structure import NAMED_AT_MOST, SLOTS_NAMED_AT_MOST, place_of

STEP_FREE_M = 0.9
"""The narrowest passage for a wheelchair or a pram (ISO 21542 asks 0.9 m of a doorway)."""

GAP_M = 0.34
"""Narrower is a gap between things, not a passage anybody tries."""

ON_FACE_M = 0.1
"""A slot farther than this from its fixture does not belong to it; a fixture nearer than this before a slot shuts it."""

INSIDE_M = 5.0
"""Fixtures are less deep than this."""

CARE_M = 0.002
"""Twice the millimetre the floor itself is drawn with."""

DOOR_REACH_M = 1.0
"""A door leads to the floor that begins this near it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Finding:
    """What is wrong with one slot, and with what else."""

    rule: Rule
    slot: Slot
    other: str | None
    width_m: float


def passages(floorplan: Floorplan) -> Iterator[Problem]:
    """Everything between a door and a shelf."""
    faced = _grouped(_facing(floorplan))
    yield from faced
    yield from _unreachable(floorplan, {key for problem in faced for key in problem.feature_keys if _is_shut(problem)})
    yield from _narrow(floorplan, faced)


def _is_shut(problem: Problem) -> bool:
    return problem.rule in (Rule.SLOT_OFF_FIXTURE, Rule.FACING_INTO_FIXTURE)


def _things(floorplan: Floorplan) -> tuple[list[str], list[BaseGeometry]]:
    """Keys and shapes of what narrows a passage; the outline is not among them."""
    keys = [fixture.key for fixture in floorplan.fixtures]
    shapes: list[BaseGeometry] = [fixture.polygon for fixture in floorplan.fixtures]
    for kiosk in floorplan.kiosks.values():
        keys.append(kiosk.feature_key)
        shapes.append(kiosk.polygon)
    for wall in floorplan.walls:
        keys.append(wall.key)
        shapes.append(shapely.buffer(wall.line, WALL_HALF_THICKNESS_M, cap_style="square", join_style="mitre"))
    return keys, shapes


def _facing(floorplan: Floorplan) -> list[_Finding]:
    """What the slots look at: their own fixture, another one, or floor that is too narrow."""
    slots = list(floorplan.slots.values())
    if not slots:
        return []
    at_m = np.array([(slot.x_m, slot.y_m) for slot in slots])
    facing = np.array([slot.facing for slot in slots])
    own_index = {fixture.key: index for index, fixture in enumerate(floorplan.fixtures)}
    own = np.array([own_index[slot.fixture_key] for slot in slots])
    keys, shapes = _things(floorplan)
    own_shape = np.array(shapes, dtype=object)[own]
    points = shapely.points(at_m)
    is_off = shapely.distance(own_shape, points) > ON_FACE_M
    is_into, exit_m = _into_own(at_m, facing, own_shape)
    start_m = at_m + exit_m[:, None] * facing
    width_m, other = _clear_widths(start_m, facing, own, shapes, floorplan.outline)
    findings = []
    for i, slot in enumerate(slots):
        blocker = keys[other[i]] if other[i] >= 0 else None
        if is_off[i]:
            findings.append(_Finding(Rule.SLOT_OFF_FIXTURE, slot, None, 0.0))
        elif is_into[i]:
            findings.append(_Finding(Rule.FACING_INTO_FIXTURE, slot, None, 0.0))
        elif width_m[i] < ON_FACE_M and blocker is not None:
            findings.append(_Finding(Rule.FACING_INTO_FIXTURE, slot, blocker, float(width_m[i])))
        elif width_m[i] < STEP_FREE_M - CARE_M:
            findings.append(_Finding(Rule.AISLE_TOO_NARROW, slot, blocker, float(width_m[i])))
    return findings


def _into_own(at_m: Floats, facing: Floats, own_shape: NDArray[np.object_]) -> tuple[NDArray[np.bool_], Floats]:
    """Which slots face into their own fixture, and how far inside it the others lie, measured along their facing."""
    points = shapely.points(at_m)
    on_face = (shapely.distance(shapely.boundary(own_shape), points) < 0.02) | ~shapely.intersects(own_shape, points)
    # On the face: a hand's breadth on, the floor must have begun; a slot facing along its shelf fails as well.
    touching = shapely.distance(own_shape, shapely.points(at_m + ON_FACE_M * facing)) < ON_FACE_M / 2
    is_into, exit_m = touching.copy(), np.zeros(len(at_m))
    inside = np.flatnonzero(~on_face)
    ahead_m, behind_m = (
        shapely.length(
            shapely.intersection(
                shapely.linestrings(np.stack([at_m[inside], at_m[inside] + sign * facing[inside]], axis=1)),
                own_shape[inside],
            )
        )
        for sign in (INSIDE_M, -INSIDE_M)
    )
    is_into[inside] = ahead_m > behind_m + 0.01
    exit_m[inside] = ahead_m
    return is_into, exit_m


def _clear_widths(
    start_m: Floats, facing: Floats, own: NDArray[np.int64], shapes: Sequence[BaseGeometry], outline: BaseGeometry
) -> tuple[Floats, NDArray[np.int64]]:
    """Clear width before each slot up to ``STEP_FREE_M``, and the thing that ends it (-1: nothing, or the outer wall)."""
    rays = np.asarray(shapely.linestrings(np.stack([start_m, start_m + STEP_FREE_M * facing], axis=1)))
    points = np.asarray(shapely.points(start_m))
    width_m = np.full(len(start_m), np.inf)
    other = np.full(len(start_m), -1, dtype=np.int64)
    leaving = np.flatnonzero(~shapely.covers(outline, rays))
    beyond = shapely.distance(shapely.difference(rays[leaving], outline), points[leaving])
    width_m[leaving] = np.where(np.isnan(beyond), np.inf, beyond)
    shape_array = np.array(shapes, dtype=object)
    met_by, met = shapely.STRtree(shape_array).query(rays, predicate="intersects")
    is_other = own[met_by] != met
    met_by, met = met_by[is_other], met[is_other]
    met_m = np.asarray(shapely.distance(shapely.intersection(rays[met_by], shape_array[met]), points[met_by]))
    # Nearest last, so that the last write is the one that stays; ties go to the first shape of the document.
    for k in np.lexsort((met, met_m))[::-1]:
        if met_m[k] <= width_m[met_by[k]]:
            width_m[met_by[k]] = met_m[k]
            other[met_by[k]] = met[k]
    return width_m, other


def _grouped(findings: Sequence[_Finding]) -> list[Problem]:
    """One problem for each side of a fixture and rule: twenty slots at one aisle have one trouble."""
    groups: dict[tuple[Rule, str, str, str | None], list[_Finding]] = defaultdict(list)
    for finding in findings:
        groups[(finding.rule, finding.slot.fixture_key, finding.slot.side, finding.other)].append(finding)
    problems = []
    for (rule, fixture, side, other), found in groups.items():
        narrowest = min(found, key=lambda finding: finding.width_m)
        slots = [finding.slot.key for finding in found]
        what = slots[0] if len(slots) == 1 else f"{len(slots)} slots of {fixture}, side {side}"
        verb = "lies" if len(slots) == 1 else "lie"
        evidence = f"{narrowest.width_m:.2f} m"
        if rule is Rule.SLOT_OFF_FIXTURE:
            words = f"{what} {verb} more than {ON_FACE_M * 100:.0f} cm from {fixture}: move them to its face."
            evidence = ""
        elif rule is Rule.FACING_INTO_FIXTURE:
            blocker = other or fixture
            words = f"{what}: the facing points into {blocker}, not at the floor. Turn it, or move {blocker}."
        else:
            until = other or "the outer wall"
            words = f"{what}: only {evidence} of floor before the shelf, up to {until}; {STEP_FREE_M} m are needed."
        keys = [*slots[:SLOTS_NAMED_AT_MOST], fixture, *([other] if other else [])]
        problems.append(error(rule, keys, (narrowest.slot.x_m, narrowest.slot.y_m), words, evidence))
    return problems


def _unreachable(floorplan: Floorplan, shut: set[str]) -> Iterator[Problem]:
    """Slots nobody gets to from a door; those whose facing is wrong already are not counted again."""
    slots = [slot for slot in floorplan.slots.values() if slot.key not in shut]
    if not slots:
        return
    reachable = _reachable_floor(floorplan)
    shapely.prepare(reachable)
    reached = shapely.dwithin(reachable, shapely.points([slot.standing_m for slot in slots]), CARE_M)
    groups: dict[tuple[str, str], list[Slot]] = defaultdict(list)
    for slot, is_reached in zip(slots, reached, strict=True):
        if not (is_reached and slot.has_standing_room):
            groups[(slot.fixture_key, slot.side)].append(slot)
    for (fixture, side), found in groups.items():
        keys = [slot.key for slot in found]
        what = keys[0] if len(keys) == 1 else f"{len(keys)} slots of {fixture}, side {side},"
        words = f"{what} cannot be reached on foot: make room before the shelf and a way to it from an entrance."
        yield error(Rule.SLOT_UNREACHABLE, (*keys[:SLOTS_NAMED_AT_MOST], fixture), (found[0].x_m, found[0].y_m), words)


def _reachable_floor(floorplan: Floorplan) -> BaseGeometry:
    """The parts of the floor that doors lead to; the largest part where no door does."""
    parts = polygons_in(floorplan.standing_area)
    doors = shapely.MultiPoint(list(floorplan.entrances)) if floorplan.entrances else None
    led_to = [part for part in parts if doors is not None and shapely.distance(part, doors) <= DOOR_REACH_M]
    return shapely.MultiPolygon(led_to or sorted(parts, key=lambda part: part.area)[-1:])


def _narrow(floorplan: Floorplan, faced: Sequence[Problem]) -> Iterator[Problem]:
    """Passages no slot faces through which no wheelchair comes: what is lost when the floor is shrunk and grown back."""
    wide = grown(grown(floorplan.walkable_area, -STEP_FREE_M / 2 + CARE_M), STEP_FREE_M / 2 - CARE_M)
    keys, shapes = _things(floorplan)
    said = [set(problem.feature_keys) for problem in faced if problem.rule is Rule.AISLE_TOO_NARROW]
    tree = shapely.STRtree(shapes)
    for part in polygons_in(shapely.difference(floorplan.walkable_area, wide)):
        if not is_deeper(part, GAP_M):
            continue
        ends = polygons_in(shapely.intersection(shapely.buffer(part, 0.01), wide))
        beside = [keys[i] for i in sorted(tree.query(shapely.buffer(part, 0.01), predicate="intersects").tolist())]
        if len(ends) < 2 or not beside or any(set(beside) <= known for known in said):
            continue
        words = f"The passage at {', '.join(beside[:3])} is narrower than {STEP_FREE_M} m: no wheelchair or pram comes through."
        yield warning(Rule.AISLE_TOO_NARROW, beside[:NAMED_AT_MOST], place_of(part), words, part.wkt)
