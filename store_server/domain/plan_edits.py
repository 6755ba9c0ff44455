"""A draft as a set of shapes, and edits that fit it or do not. Nothing is half done: an edit is applied whole or refused.

A document's shapes stand in one order, that of ``ORDER`` and then of key and id, so that undoing everything gives the same bytes
as never having done it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from weakref import ReferenceType, ref

from store_server.wire.drafts import FeatureChange, HeaderChange, PlanEdit, PlanHeader, SavedEdit
from store_server.wire.floorplans import MAX_FEATURES, Feature, FloorplanDocument, LocalFrame
from store_server.wire.sent_edits import SentEdit

ORDER = (
    *("level", "section", "aisle", "unit", "wall", "opening", "fixture", "blocked_area", "amenity", "kiosk"),
    *("scanner_node", "shelf_slot"),
)
"""What lies beneath comes first."""

_RANK = {feature_type: rank for rank, feature_type in enumerate(ORDER)}


def document_order(feature: Feature) -> tuple[int, str, str]:
    """What shapes are sorted by in a document: their type, then key, then id."""
    return (_RANK[feature.feature_type], feature.properties.key, feature.id)


class EditDoesNotFit(ValueError):
    """The draft is no longer as the edit found it.

    Attributes
    ----------
    feature_ids : tuple of str
        The shapes somebody else has changed; empty where it is the header.
    """

    def __init__(self, feature_ids: Iterable[str]) -> None:
        self.feature_ids = tuple(feature_ids)
        super().__init__(f"changed meanwhile: {', '.join(self.feature_ids[:5]) or 'the header'}")


class OtherGeometry(ValueError):
    """A shape is to be moved that has another kind of geometry.

    Attributes
    ----------
    index : int
        Its place in the edit's ``moved``.
    """

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__(f"moved.{index} has another kind of geometry")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Draft:
    """The shapes by id, and what the plan says of itself.

    Attributes
    ----------
    origin : (weak reference to the draft before, ids of the shapes that its edit touched) or None
        So that who knew that one need not look through twenty thousand shapes for what is new.
    """

    header: PlanHeader
    features: MappingProxyType[str, Feature]
    origin: tuple[ReferenceType[Draft], tuple[str, ...]] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def empty(cls, name: str) -> Draft:
        """A plan nobody has drawn yet."""
        return cls(PlanHeader(name=name, crs_local=LocalFrame()), MappingProxyType({}))

    @classmethod
    def of(cls, document: FloorplanDocument) -> Draft:
        """A document's shapes; of several with one id the last counts (``structure_problems`` finds those)."""
        return cls(header_of(document), MappingProxyType({feature.id: feature for feature in document.features}))

    def document(self) -> FloorplanDocument:
        """The draft as a document, its shapes in the one order."""
        ordered = sorted(self.features.values(), key=document_order)
        # The parts are messages already: nothing is left to validate.
        return FloorplanDocument.model_construct(
            type="FeatureCollection",
            features=tuple(ordered),
            **{name: getattr(self.header, name) for name in PlanHeader.model_fields},
        )

    def edited(self, edit: PlanEdit) -> Draft:
        """The draft after an edit.

        Raises
        ------
        EditDoesNotFit
            When a shape it touches, or the header, is not as the edit says it was.
        """
        if misfits := [change.feature_id for change in edit.changes if not self._fits(change)]:
            raise EditDoesNotFit(misfits)
        if edit.header is not None and edit.header.before != self.header:
            raise EditDoesNotFit(())
        # A view gives a copy of what it shows by this at once; ``dict`` would ask it key by key.
        features = self.features | {}
        for change in edit.changes:
            if change.after is None:
                features.pop(change.feature_id, None)
            else:
                features[change.feature_id] = change.after
        header = self.header if edit.header is None else edit.header.after
        touched = tuple(change.feature_id for change in edit.changes)
        return Draft(header, MappingProxyType(features), (ref(self), touched))

    def spelled_out(self, sent: SentEdit) -> PlanEdit:
        """The edit with every shape it moves before and after, as this draft has them.

        Raises
        ------
        EditDoesNotFit
            When the draft does not have them.
        OtherGeometry
        """
        changes = list(sent.changes)
        if misfits := [moved.id for moved in sent.moved if moved.id not in self.features]:
            raise EditDoesNotFit(misfits)
        for index, moved in enumerate(sent.moved):
            before = self.features[moved.id]
            if type(moved.geometry) is not type(before.geometry):
                raise OtherGeometry(index)
            after = before.model_copy(update={"geometry": moved.geometry})
            changes.append(FeatureChange(before=before, after=after))
        # The parts are messages already: nothing is left to validate.
        fields = {name: getattr(sent, name) for name in PlanEdit.model_fields}
        return PlanEdit.model_construct(**fields | {"changes": tuple(changes)})

    def _fits(self, change: FeatureChange) -> bool:
        feature = self.features.get(change.feature_id)
        return feature is change.before or feature == change.before

    def touched_since(self, draft: Draft) -> tuple[str, ...] | None:
        """The ids of what an edit of that very draft touched to make this one; None where this was made otherwise."""
        return self.origin[1] if self.origin is not None and self.origin[0]() is draft else None

    @property
    def is_full(self) -> bool:
        """Whether it holds more shapes than a document may."""
        return len(self.features) > MAX_FEATURES


def header_of(document: FloorplanDocument) -> PlanHeader:
    """What the document says of itself."""
    return PlanHeader(**{name: getattr(document, name) for name in PlanHeader.model_fields})


def turned_round(edit: PlanEdit) -> tuple[tuple[FeatureChange, ...], HeaderChange | None]:
    """The changes and header change that take the edit back."""
    changes = tuple(FeatureChange(before=change.after, after=change.before) for change in reversed(edit.changes))
    header = None if edit.header is None else HeaderChange(before=edit.header.after, after=edit.header.before)
    return changes, header


def changes_between(before: Draft, after: Draft) -> tuple[FeatureChange, ...]:
    """What makes one set of shapes the other."""
    ids = dict.fromkeys([*before.features, *after.features])
    return tuple(
        FeatureChange(before=was, after=now)
        for feature_id in ids
        if (was := before.features.get(feature_id)) != (now := after.features.get(feature_id))
    )


def steps_by_author(edits: Iterable[SavedEdit]) -> dict[str, int]:
    """How many steps of each person a draft holds, the most first; what was taken back is not in it.

    >>> steps_by_author([])
    {}
    """
    all_edits = list(edits)
    gone = {saved.edit.undoes for saved in all_edits}
    held = (saved.author for saved in all_edits if saved.edit.undoes is None and saved.revision not in gone)
    return dict(Counter(held).most_common())
