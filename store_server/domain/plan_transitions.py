"""Ways between levels, which are drawn on each level they serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from store_server.domain.plan_problems import Problem, Rule, said, warning
from store_server.domain.plan_structure import NAMED_AT_MOST, place_of, polygon_of
from store_server.wire.floorplans import Feature, UnitFeature


def lonely_transitions(features: Iterable[Feature]) -> Iterator[Problem]:
    """Stairs and lifts drawn on one level only: nobody is led over them."""
    by_name: dict[str, list[UnitFeature]] = defaultdict(list)
    for feature in features:
        if isinstance(feature, UnitFeature) and feature.properties.connects is not None:
            by_name[feature.properties.connects].append(feature)
    for name, units in by_name.items():
        level_ids = {unit.properties.level_id for unit in units}
        if len(level_ids) == 1:
            keys = [unit.properties.key for unit in units][:NAMED_AT_MOST]
            words = said("transition_alone", shape=keys[0], name=name)
            place = place_of(polygon_of(units[0].geometry))
            yield warning(Rule.TRANSITION_ALONE, keys, place, words, level_id=level_ids.pop())
