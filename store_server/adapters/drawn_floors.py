"""What a folder says about its floor: a floorplan, or walls and obstacles as lists of corners."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import shapely
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry

from store_server.adapters.recordings import CsvFile
from store_server.domain.floorplan import Floorplan, InvalidFloorplan
from store_server.domain.obstacle_loss import FloorObstacles
from store_server.domain.positioning import Anchor
from store_server.wire.floorplans import FloorplanDocument

PLAN_NAMES = ("*.floorplan.json", "*.geojson", "*.floorplan.json.gz", "*.geojson.gz")

NEAR_OUTLINE_M = 1.0
"""Receivers hang on the outer face of a drawn outline as well as on its inner one."""


def read_floor(folder: Path, anchors: tuple[Anchor, ...], problems: list[str]) -> FloorObstacles | None:
    """The floor's shapes, or None where the folder has none.

    A floorplan (``*.floorplan.json`` or ``*.geojson``) is taken before ``walls.csv`` ([shape_id,]x_m,y_m: corners in order, a
    closed ring round the receivers being the outline) and ``obstacles.csv`` (shape_id,x_m,y_m: what stands on the floor).
    """
    plans = sorted(path for pattern in PLAN_NAMES for path in folder.glob(pattern))
    if plans:
        return _read_plan(plans[0], problems)
    walls = _read_shapes(folder, "walls.csv", problems)
    solids = [_solid(ring) for ring in _read_shapes(folder, "obstacles.csv", problems)]
    if not walls and not solids:
        return None
    outline = _outline(walls, anchors)
    lines = tuple(
        (shapely.LineString(w), None) for w in walls if len(w) > 1 and (outline is None or not _is_ring_of(w, outline))
    )
    walkable = outline if outline is None or not solids else outline.difference(shapely.union_all(np.array(solids)))
    return FloorObstacles(outline, walkable, lines, tuple((solid, None) for solid in solids if not solid.is_empty))


def _read_plan(path: Path, problems: list[str]) -> FloorObstacles | None:
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return FloorObstacles.of(Floorplan.from_document(FloorplanDocument.model_validate_json(content)))
    except ValidationError as fault:
        problems.extend(
            f"{path.name}: {'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in fault.errors()
        )
    except InvalidFloorplan as fault:
        problems.extend(f"{path.name}: {problem.words}" for problem in fault.problems)
    except (OSError, EOFError) as fault:
        problems.append(f"{path.name}: the file cannot be read ({fault}); save or copy it again.")
    return None


def _read_shapes(folder: Path, name: str, problems: list[str]) -> list[list[tuple[float, float]]]:
    file = CsvFile(folder, name, problems)
    shapes: dict[str, list[tuple[float, float]]] = {}
    if not file.exists:
        return []
    for line, row in file.rows(("x_m", "y_m"), ("shape_id",)):
        x_m, y_m = file.number(line, row, "x_m"), file.number(line, row, "y_m")
        if x_m is not None and y_m is not None:
            shapes.setdefault(row.get("shape_id", ""), []).append((x_m, y_m))
    return list(shapes.values())


def _solid(corners: list[tuple[float, float]]) -> BaseGeometry:
    return shapely.make_valid(shapely.Polygon(corners)) if len(corners) > 2 else shapely.Polygon()


def _outline(walls: list[list[tuple[float, float]]], anchors: tuple[Anchor, ...]) -> BaseGeometry | None:
    """The largest closed ring, if it goes round most of the receivers."""
    rings = [_solid(corners) for corners in walls if len(corners) > 3 and corners[0] == corners[-1]]
    if not rings or not anchors:
        return None
    largest = max(rings, key=lambda ring: float(ring.area))
    reach = shapely.buffer(largest, NEAR_OUTLINE_M)
    held = shapely.contains_xy(reach, [anchor.x_m for anchor in anchors], [anchor.y_m for anchor in anchors])
    return largest if 2 * int(held.sum()) > len(anchors) else None


def _is_ring_of(corners: list[tuple[float, float]], outline: BaseGeometry) -> bool:
    return len(corners) > 3 and corners[0] == corners[-1] and bool(_solid(corners).equals(outline))
