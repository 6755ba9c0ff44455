"""staff and managers <-> store_server: sign-in, the desk, enrolment."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from store_server.wire.calibration import ComparedEstimator, Estimator
from store_server.wire.floorplans import FeatureId
from store_server.wire.message import Instant, Key, Label, Message

UserName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w.@-]+$")]
TagLabel = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9-]+$")]


class Role(StrEnum):
    STAFF = "staff"
    MANAGER = "manager"


class SignIn(Message):
    """POST /api/sessions."""

    user_name: UserName
    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class SignedIn(Message):
    """Answer to SignIn, and GET /api/sessions/mine."""

    user_name: UserName
    role: Role
    expires_at: Instant


class BindTag(Message):
    """POST /api/staff/bindings: hand this beacon out, to a new card or, with the card's secret, to a known one."""

    tag_label: TagLabel
    is_family_tag: bool = False
    card_secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")] | None = None


class IssuedCard(Message):
    """Shown and printed once; the server keeps hashes only."""

    tag_label: TagLabel
    card_url: Annotated[str, StringConstraints(max_length=300)]
    """The secret stands in the fragment, which a browser never sends."""
    card_qr_png: Annotated[str, StringConstraints(max_length=20_000)]
    """A data: URI."""
    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None
    """None where a known card got another beacon: its PIN stays."""


class ReturnTag(Message):
    """POST /api/staff/returns: unbind."""

    tag_label: TagLabel


class TagStatus(Message):
    """GET /api/staff/tags/<label>: all that "whose tag is this" may answer (requirement A6)."""

    tag_label: TagLabel
    is_bound: bool
    bound_since: Instant | None


class TagList(Message):
    """GET /api/staff/tags: the tags that can be handed out now, and how many are out."""

    free: tuple[TagLabel, ...]
    bound_count: Annotated[int, Field(ge=0)]


class MakeCode(Message):
    """POST /api/manager/node-codes and /api/manager/kiosk-codes: for a node or kiosk that stands on the plan."""

    key: Key


class MadeCode(Message):
    """Shown once; its hash is kept until it is used or past."""

    key: Key
    code: str
    expires_at: Instant


class ConfirmNode(Message):
    """POST /api/manager/nodes/confirmations: the manager compared the fingerprint on both sides."""

    node_key: Key
    fingerprint: str


class RevokeNode(Message):
    """POST /api/manager/nodes/revocations."""

    node_key: Key


class RevokeKiosk(Message):
    """POST /api/manager/kiosks/revocations."""

    kiosk_key: Key


class PlanProblem(Message):
    """One thing to mend in a floorplan, as ``aisleway check-plan`` and the editor show it."""

    severity: Annotated[str, StringConstraints(pattern=r"^(error|warning)$")]
    rule: Key
    feature_keys: tuple[Label, ...]
    level_id: FeatureId | None = None
    """The level it is on; None where it is about the whole plan."""
    x_m: float | None
    y_m: float | None
    words: Label
    """In English, for whoever does not know the message."""
    message: Key
    """Which sentence says it, in any language; stable."""
    figures: Annotated[dict[Key, float | Label], Field(max_length=12)]
    """What stands in that sentence: numbers, their unit in the name, and names."""


class PositionsReport(Message):
    """How far positions on the published plan can be trusted."""

    survey_points: Annotated[int, Field(ge=0)]
    """Places the calibration was measured at; 0: nobody has surveyed the floor."""
    estimator: Estimator
    """Which one serves the floor."""
    compared: Annotated[tuple[ComparedEstimator, ...], Field(max_length=20)]
    """Errors on recordings left out of the calibration, the serving one's first; empty where none were."""
    radius_held: Annotated[float, Field(ge=0, le=1)] | None
    """Share of those errors within the stated 95 % radius."""


class PlanReport(Message):
    """GET /api/manager/plan-report."""

    plan_version: int
    problems: tuple[PlanProblem, ...]
    positions: PositionsReport | None = None


class Problem(Message):
    """RFC 9457 problem document: every error answer of every route."""

    type: Annotated[str, StringConstraints(max_length=200)]
    title: Label
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, StringConstraints(max_length=1000)]
    """What to mend, in plain words."""
    fields: tuple[str, ...] = ()
    """Paths of the fields that were wrong; never their values."""
    server_at: Instant | None = None
    """The server's time, where the sender's clock was the trouble."""
    code: Key | None = None
    """Which sentence ``detail`` is, for screens that say it in their reader's language; stable."""
    figures: Annotated[dict[Key, float | Label], Field(max_length=12)] | None = None
    """What stands in that sentence."""
