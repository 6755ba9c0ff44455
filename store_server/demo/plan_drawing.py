"""A drawing board for the demo's invented floors: shapes in, a plan file and its planogram out, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from store_server.adapters.plan_files import COLUMNS

Point = tuple[float, float]

_NAMES = uuid.UUID("7a1d6c52-0d7e-4f53-8a43-2f1f6f2f9b11")


class Drawing:
    """A plan being drawn: features in order, planogram rows beside them. What is added is on the level begun last.

    Parameters
    ----------
    name : str
        Ids are made from it and the shapes' keys.
    outline : Polygon
    """

    def __init__(
        self, name: str, outline: shapely.Polygon, height_m: float, label: str | Mapping[str, str], **head: Any
    ) -> None:
        self._name = name
        self._head = head
        self._features: list[dict[str, Any]] = []
        self._rows: list[dict[str, Any]] = []
        self.begin_level(0, outline, height_m, {"en": label} if isinstance(label, str) else label)

    def begin_level(self, ordinal: int, outline: shapely.Polygon, height_m: float, names: Mapping[str, str]) -> None:
        """One more level, by its names in each language."""
        self._level_id = self._id(f"level/{ordinal}")
        self.add("level", f"level/{ordinal}", outline, ordinal=ordinal, name=dict(names), height_m=height_m)

    def add(self, feature_type: str, key: str, shape: BaseGeometry, **properties: Any) -> None:
        """One feature; coordinates are rounded to the millimetre."""
        geometry = json.loads(shapely.to_geojson(shapely.transform(shape, lambda at: np.round(at, 3))))
        self._features.append(
            {
                "type": "Feature",
                "id": self._id(key),
                "feature_type": feature_type,
                "geometry": geometry,
                "properties": {"key": key, "level_id": self._level_id, **properties},
            }
        )

    def fixture(self, key: str, shape: shapely.Polygon, category: str, department: str, height_m: float) -> None:
        self.add("fixture", key, shape, category=category, department=department, height_m=height_m)

    def kiosk(
        self,
        key: str,
        at: Point,
        display: Point,
        facing_deg: float,
        catchment_radius_m: float,
        seen_from: tuple[float, float, float, float] | None = None,
    ) -> None:
        """A kiosk of half a metre square; ``display`` is where a person stands to use it.

        ``seen_from`` (min_x, min_y, max_x, max_y) is drawn as the catchment of a large screen that is read from afar.
        """
        x, y = at
        self.add(
            "kiosk",
            f"kiosk/{key}",
            shapely.box(x - 0.25, y - 0.25, x + 0.25, y + 0.25),
            kiosk_key=key,
            display_point={"type": "Point", "coordinates": list(display)},
            catchment_radius_m=catchment_radius_m,
            facing_deg=facing_deg,
            **({} if seen_from is None else {"catchment": shapely.geometry.mapping(shapely.box(*seen_from))}),
        )

    def slots(
        self,
        fixture: str,
        side: str,
        face: tuple[Point, Point],
        facing: Point,
        bays: int,
        shelves: int,
        skus: Sequence[str],
        department: str,
    ) -> None:
        """Slots along one face, bay by bay from its first point, the lowest shelf first; ``skus`` one for each."""
        a, b = np.array(face[0]), np.array(face[1])
        for n, sku in enumerate(skus):
            bay, shelf = n // shelves + 1, n % shelves + 1
            x, y = a + (b - a) * (bay - 0.5) / bays
            key = f"{fixture}-{side}-{bay:02d}-{shelf}"
            cells = (
                key,
                fixture,
                side,
                bay,
                shelf,
                _metres(x),
                _metres(y),
                _metres(facing[0]),
                _metres(facing[1]),
                department,
                sku,
            )
            self._rows.append(dict(zip(COLUMNS, cells, strict=True)))

    def plan_text(self) -> str:
        """The plan file: one feature a line, so that a change shows as a line."""
        head = {
            "type": "FeatureCollection",
            "name": self._name,
            **self._head,
            "crs_local": {"units": "m", "axes": "x=east,y=north", "origin": [0.0, 0.0]},
        }
        lines = ",\n".join(json.dumps(feature, separators=(",", ":"), ensure_ascii=False) for feature in self._features)
        return json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n' + lines + "\n]}\n"

    def planogram_text(self) -> str:
        """The planogram file."""
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        return text.getvalue()

    @property
    def rows(self) -> Sequence[dict[str, Any]]:
        return self._rows

    def _id(self, key: str) -> str:
        return str(uuid.uuid5(_NAMES, f"{self._name}/{key}"))


def _metres(value: float) -> str:
    return f"{round(float(value), 3) + 0.0:g}"
