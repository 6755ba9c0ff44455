"""Edits for tests, as an editor makes them."""

from __future__ import annotations

import secrets

from store_server.use_cases.edit_floorplans import Drafts
from store_server.wire.drafts import EditKind, FeatureChange
from store_server.wire.floorplans import Feature, FixtureFeature
from store_server.wire.sent_edits import SentEdit


def shelf(drafts: Drafts) -> FixtureFeature:
    found = drafts.held().draft.features["A"]
    assert isinstance(found, FixtureFeature)
    return found


def moved(feature: FixtureFeature, by_m: float) -> FixtureFeature:
    ring = tuple((x + by_m, y) for x, y in (p[:2] for p in feature.geometry.coordinates[0]))
    return feature.model_copy(update={"geometry": feature.geometry.model_copy(update={"coordinates": (ring,)})})


def edit(drafts: Drafts, *changes: tuple[Feature | None, Feature | None], **more: object) -> SentEdit:
    held = drafts.held()
    return SentEdit.model_validate(
        {
            "edit_id": secrets.token_hex(16),
            "draft_id": held.draft_id,
            "base_revision": held.revision,
            "kind": EditKind.MOVE,
            "what": "A",
            "changes": tuple(FeatureChange(before=before, after=after) for before, after in changes),
            **more,
        }
    )
