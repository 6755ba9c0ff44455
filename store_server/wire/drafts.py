"""Drafting a floorplan: named edits between the editor and the server, what is wrong with the draft, how exact it would be.

A plan is a set of shapes and a header. An edit says of each shape it touches how it was before and how it is after: it can be
undone by turning it round, and it fits only a draft in which those shapes are still as they were.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from store_server.wire.floorplans import Feature, FeatureId, FloorplanDocument, LocalFrame
from store_server.wire.message import Identifier, Instant, Label, Message
from store_server.wire.people import PlanProblem

MAX_EDIT_BYTES = 24 * 1024 * 1024
"""All slots of a hypermarket, before and after."""

MAX_CHANGES = 25_000

Revision = Annotated[int, Field(ge=0)]
Version = Annotated[int, Field(ge=0)]


class EditKind(StrEnum):
    """What an edit did, as the history and the undo button name it."""

    DRAW = "draw"
    MOVE = "move"
    TURN = "turn"
    RESHAPE = "reshape"
    RESIZE = "resize"
    CUT_HOLE = "cut_hole"
    DUPLICATE = "duplicate"
    ARRAY = "array"
    PASTE = "paste"
    ALIGN = "align"
    DISTRIBUTE = "distribute"
    REMOVE = "remove"
    SET = "set"
    """Properties: names, heights, flags."""
    SHELVE = "shelve"
    """Bays and shelves of a fixture made anew."""
    PLACE_PRODUCT = "place_product"
    IMPORT = "import"
    MEND = "mend"
    ACCEPT = "accept"
    """A warning is meant so."""
    RESTORE = "restore"
    """An older version's shapes, back in the draft."""


class PlanHeader(Message):
    """What a plan says of itself beside its shapes."""

    name: Label
    crs_local: LocalFrame
    accepted: Annotated[tuple[Label, ...], Field(max_length=1000)] = ()
    """Ids of warnings that are meant so."""
    synthetic: bool | None = None
    generator: Label | None = None
    attribution: Label | None = None


class HeaderChange(Message):
    before: PlanHeader
    after: PlanHeader


class FeatureChange(Message):
    """One shape before and after; drawn where there is no before, removed where there is no after."""

    before: Feature | None = None
    after: Feature | None = None

    @model_validator(mode="after")
    def _is_a_change_of_one_shape(self) -> FeatureChange:
        known = [feature.id for feature in (self.before, self.after) if feature is not None]
        if len(known) == 0 or known[0] != known[-1]:
            raise ValueError("a change is of one shape: before, after or both, with the same id")
        return self

    @property
    def feature_id(self) -> FeatureId:
        feature = self.before or self.after
        assert feature is not None  # noqa: S101 (the validator has looked)
        return feature.id


class PlanEdit(Message):
    """One step. Sent twice it is taken once (``edit_id``)."""

    edit_id: Identifier
    draft_id: Identifier
    base_revision: Revision
    """The draft this was made on. Where others have edited since, it is taken all the same if none of its shapes changed."""
    kind: EditKind
    what: Label
    """The shape's key, or how many: for the history."""
    changes: Annotated[tuple[FeatureChange, ...], Field(max_length=MAX_CHANGES)] = ()
    header: HeaderChange | None = None
    undoes: Revision | None = None
    """The revision this takes back."""
    redoes: Revision | None = None
    """The revision (of an undoing edit) this takes back."""


class SavedEdit(Message):
    """An edit as the draft's history holds it."""

    revision: Revision
    author: Label
    at: Instant
    edit: PlanEdit


class DraftProblem(PlanProblem):
    """A problem of the draft."""

    problem_id: Label
    """Stable while the problem is: its rule and the shapes it is about."""
    is_new: bool
    """Not there in the published version."""
    is_accepted: bool
    mend: EditKind | None
    """What one click would do; None: by hand."""
    evidence_wkt: str | None = None
    """The shape that shows it: an overlap, a gap."""


class DraftProblems(Message):
    """GET /api/manager/draft/problems: the draft's problems at a revision."""

    revision: Revision
    list_id: Identifier
    """Names this list, for whoever asks later what became of it."""
    problems: tuple[DraftProblem, ...]


class PlacedProblem(Message):
    at: Annotated[int, Field(ge=0)]
    """Its place in the list it comes into."""
    problem: DraftProblem


class ProblemsChange(Message):
    """What became of a list of problems: take out what is gone, then put in what has come, the first place first."""

    revision: Revision
    list_id: Identifier
    """Names the list this makes."""
    from_list_id: Identifier | None
    """Names the list this is to be done to; None: the empty one."""
    gone: tuple[Label, ...]
    """Ids of problems that are mended, or say or stand something else now."""
    come: tuple[PlacedProblem, ...]


class EditSaved(Message):
    """The answer to an edit."""

    revision: Revision
    others: tuple[SavedEdit, ...] = ()
    """What others did between ``base_revision`` and this, for the editor to catch up."""
    problems: ProblemsChange | None = None
    """What became of the list named in ``?problems=``, so that nobody needs to ask for it after each step."""


class DraftEdits(Message):
    """GET /api/manager/draft/edits?since=: what has happened since a revision, oldest first."""

    draft_id: Identifier
    revision: Revision
    edits: tuple[SavedEdit, ...]
    published_version: Version = 0
    """The version in use now: another may have been published, or gone back to, beside the draft."""


class AuthorSteps(Message):
    author: Label
    steps: Annotated[int, Field(ge=1)]


class DraftAuthors(Message):
    """GET /api/manager/draft/authors: whose steps the draft holds, without those that were taken back; the most first."""

    draft_id: Identifier
    revision: Revision
    authors: tuple[AuthorSteps, ...]


class DraftState(Message):
    """GET /api/manager/draft: the draft, and the steps that can be taken back."""

    draft_id: Identifier
    base_version: Version
    """The published version it began as; 0: an empty store's."""
    published_version: Version
    revision: Revision
    document: FloorplanDocument
    edits: tuple[SavedEdit, ...]
    """The last steps, oldest first."""
    may_publish: bool


class DraftChanged(Message):
    """To everyone who has the draft open: somebody edited it, published it or threw it away."""

    draft_id: Identifier
    revision: Revision
    author: Label


class AskMend(Message):
    """POST /api/manager/draft/mends: the edit that would mend a problem, for the editor to make its own."""

    draft_id: Identifier
    revision: Revision
    problem_id: Label


class Mend(Message):
    kind: EditKind
    what: Label
    changes: tuple[FeatureChange, ...]


class AskForecast(Message):
    """POST /api/manager/draft/forecasts: how exact positions would be, with these changes made to the draft."""

    draft_id: Identifier
    revision: Revision
    level_id: FeatureId
    changes: Annotated[tuple[FeatureChange, ...], Field(max_length=500)] = ()
    """What is being dragged, not saved yet."""
    target_m: Annotated[float, Field(gt=0, le=50)] = 3.0


class AccuracyForecast(Message):
    """Expected error on a grid of square cells, and what follows from it."""

    level_id: FeatureId
    origin_m: Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
    """The lower left corner of the first cell."""
    cell_m: Annotated[float, Field(gt=0)]
    columns: Annotated[int, Field(ge=0, le=1000)]
    error_dm: tuple[int, ...]
    """Expected median error in decimetres, row by row from the south, west to east; -1 where nobody walks,
    999 where there is no position."""
    heard: tuple[int, ...]
    """Nodes heard there; -1 where nobody walks."""
    median_m: float | None
    p95_m: float | None
    within_target: Annotated[float, Field(ge=0, le=1)]
    """Share of the walkable floor."""


class AskNextNode(Message):
    """POST /api/manager/draft/next-node: where one more node would help most."""

    draft_id: Identifier
    revision: Revision
    level_id: FeatureId
    target_m: Annotated[float, Field(gt=0, le=50)] = 3.0


class NextNode(Message):
    x_m: float
    y_m: float
    z_m: float
    before: AccuracyForecast
    after: AccuracyForecast
