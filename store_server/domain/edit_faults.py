"""What an edit may not do although it fits the draft: nothing at all, take a name that is taken, end before it begins.

Refused is only what somebody sets by hand, where it can be told at the field. What was there before may always come back (undo,
restore), and a file or a shape drawn at the same moment as another is taken as it is: the list of problems tells of those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from store_server.domain.plan_edits import Draft
from store_server.domain.plan_problems import Said, said
from store_server.wire.drafts import EditKind, PlanEdit
from store_server.wire.floorplans import BlockedAreaFeature, Feature, KioskFeature, NodeFeature

Name = tuple[str, str, str]
"""The field that holds it, the type of shape it must be the only one in, and the name."""


@dataclass(frozen=True, slots=True)
class EditFault:
    """
    Attributes
    ----------
    field : str
        The path of the field in the edit.
    said : Said
        What is wrong with it, and what to do.
    """

    field: str
    said: Said


def is_empty(edit: PlanEdit) -> bool:
    """Whether the draft after the edit is the draft before it."""
    is_header_same = edit.header is None or edit.header.before == edit.header.after
    return is_header_same and all(change.before == change.after for change in edit.changes)


def fault_of(edit: PlanEdit, after: Draft) -> EditFault | None:
    """The first thing an edit may not do; None where it may be saved.

    Parameters
    ----------
    after : Draft
        The draft with the edit in it.
    """
    if is_empty(edit):
        return EditFault("changes", said("edit.empty"))
    if edit.undoes is not None or edit.redoes is not None or edit.kind is EditKind.RESTORE:
        return None
    return next(_faults(edit, after), None)


def _faults(edit: PlanEdit, after: Draft) -> Iterator[EditFault]:
    for index, change in enumerate(edit.changes):
        if isinstance(change.after, BlockedAreaFeature) and change.after != change.before:
            p = change.after.properties
            if p.from_at is not None and p.until_at is not None and p.until_at <= p.from_at:
                yield EditFault(f"changes.{index}.after.properties.until_at", said("edit.ends_first", shape=p.key))
    if edit.kind is EditKind.IMPORT:
        return
    taken: Mapping[Name, int] | None = None
    for index, change in enumerate(edit.changes):
        if change.before is None or change.after is None or not _is_renamed(change.before, change.after):
            continue
        for name in set(names_of(change.after)) - set(names_of(change.before)):
            if taken is None:
                taken = Counter(each for feature in after.features.values() for each in names_of(feature))
            if taken[name] > 1:
                yield EditFault(f"changes.{index}.after.properties.{name[0]}", _taken(*name))


def _taken(field: str, feature_type: str, name: str) -> Said:
    if field == "node_key":
        return said("edit.node_taken", name=name)
    if field == "kiosk_key":
        return said("edit.kiosk_taken", name=name)
    return said("edit.key_taken", feature_type=feature_type, name=name)


def _is_renamed(before: Feature, after: Feature) -> bool:
    """Told without making the names: an edit may move all slots of a hypermarket."""
    if before.properties.key != after.properties.key:
        return True
    return isinstance(after, NodeFeature | KioskFeature) and names_of(before) != names_of(after)


def names_of(feature: Feature) -> tuple[Name, ...]:
    """What nothing else of its type may be called.

    The key is for people and files, the device's for the program that runs there.
    """
    key = ("key", feature.feature_type, feature.properties.key)
    if isinstance(feature, NodeFeature):
        return (key, ("node_key", feature.feature_type, feature.properties.node_key))
    if isinstance(feature, KioskFeature):
        return (key, ("kiosk_key", feature.feature_type, feature.properties.kiosk_key))
    return (key,)
