"""The API's description, made from the wire models and the authorization table: there is no second schema to keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class

from store_server.web.roles import ENDPOINTS
from store_server.wire import (
    assortment,
    calls,
    drafts,
    levels,
    people,
    plan_versions,
    presence,
    privacy,
    sent_edits,
    shopping,
    sightings,
    visits,
)
from store_server.wire import plan_files as files
from store_server.wire.message import WIRE_VERSION, Message

FILE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the API: where, what goes in, what comes out."""

    method: str
    path: str
    endpoint: str
    takes: type[Message] | None
    gives: type[Message] | None
    status: int = 200
    takes_file: str | None = None
    """The media type, where what goes in is a file as it is."""
    gives_file: str | None = None
    """Its media type."""


ROUTES = (
    Route("post", "/api/node/enrolments", "node.enrol", sightings.EnrolNode, sightings.EnrolledNode, 201),
    Route("get", "/api/node/self", "node.about_self", None, sightings.EnrolledNode),
    Route("get", "/api/node/valid-ids", "node.valid_ids", None, sightings.ValidIds),
    Route("post", "/api/node/batches", "node.batches", sightings.SightingBatch, sightings.BatchReceipt),
    Route("post", "/api/node/keys", "node.rotate_key", sightings.RotateNodeKey, sightings.EnrolledNode),
    Route("post", "/api/kiosk/pairings", "kiosk.pair", shopping.PairKiosk, shopping.KioskPaired, 201),
    Route("get", "/api/kiosk/self", "kiosk.about_self", None, shopping.KioskPaired),
    Route("get", "/api/kiosk/state", "kiosk.state", None, shopping.KioskState),
    Route("get", "/api/kiosk/catalogue", "kiosk.catalogue", None, shopping.Catalogue),
    Route("post", "/api/kiosk/heartbeats", "kiosk.heartbeat", presence.KioskHeartbeat, presence.KioskPulse),
    Route("post", "/api/kiosk/taps", "kiosk.tap", shopping.TapToken, shopping.KioskState),
    Route("post", "/api/kiosk/cards", "kiosk.read_card", visits.ReadCard, shopping.KioskState),
    Route("post", "/api/kiosk/leave", "kiosk.leave", None, shopping.KioskState),
    Route("post", "/api/kiosk/touches", "kiosk.touch", None, None, 204),
    Route("put", "/api/kiosk/ways", "kiosk.choose_ways", levels.ChooseWays, shopping.KioskState),
    Route("post", "/api/kiosk/hand-offs", "kiosk.offer_hand_off", visits.OfferHandOff, visits.OfferedHandOff, 201),
    Route("get", "/api/kiosk/call", "kiosk.call", None, calls.KioskCall),
    Route("post", "/api/kiosk/call", "kiosk.call_staff", None, calls.KioskCall),
    Route("delete", "/api/kiosk/call", "kiosk.take_back_call", None, calls.KioskCall),
    Route("put", "/api/kiosk/wish-list/items", "kiosk.put_item", visits.ChangeVisitItem, shopping.KioskState),
    Route("delete", "/api/kiosk/wish-list/items", "kiosk.remove_item", visits.RemoveVisitItem, shopping.KioskState),
    Route(
        "post",
        "/api/kiosk/suggestion-answers",
        "kiosk.answer_suggestion",
        visits.AnswerVisitSuggestion,
        shopping.KioskState,
    ),
    Route("post", "/api/kiosk/consents", "kiosk.change_consent", privacy.ChangeConsent, shopping.KioskState),
    Route("post", "/api/shopper/sessions", "shopper.open_card", privacy.OpenCard, privacy.ShopperOverview, 201),
    Route("post", "/api/shopper/visits", "shopper.take_over", visits.TakeOver, visits.TakenOver, 201),
    Route("delete", "/api/shopper/sessions", "shopper.close_card", None, None, 204),
    Route("get", "/api/shopper/overview", "shopper.overview", None, privacy.ShopperOverview),
    Route("post", "/api/shopper/consents", "shopper.change_consent", privacy.ChangeConsent, privacy.ShopperOverview),
    Route("post", "/api/shopper/pause", "shopper.pause", privacy.ChangePause, privacy.ShopperOverview),
    Route("get", "/api/shopper/wish-list", "shopper.wish_list", None, shopping.WishList),
    Route("put", "/api/shopper/wish-list/items", "shopper.put_item", shopping.ChangeWishListItem, shopping.WishList),
    Route(
        "delete", "/api/shopper/wish-list/items", "shopper.remove_item", shopping.RemoveWishListItem, shopping.WishList
    ),
    Route("post", "/api/sessions", "staff.sign_in", people.SignIn, people.SignedIn, 201),
    Route("delete", "/api/sessions", "staff.sign_out", None, None, 204),
    Route("get", "/api/sessions/mine", "staff.who_am_i", None, people.SignedIn),
    Route("get", "/api/staff/overview", "staff.overview", None, presence.StoreOverview),
    Route("get", "/api/staff/calls", "staff.calls", None, calls.HelpCalls),
    Route("post", "/api/staff/calls/acknowledgements", "staff.acknowledge_call", calls.AnswerCall, calls.HelpCalls),
    Route("post", "/api/staff/calls/endings", "staff.end_call", calls.AnswerCall, calls.HelpCalls),
    Route("get", "/api/staff/tags", "staff.tags", None, people.TagList),
    Route("get", "/api/staff/tags/{tag_label}", "staff.tag_status", None, people.TagStatus),
    Route("post", "/api/staff/bindings", "staff.bind_tag", people.BindTag, people.IssuedCard, 201),
    Route("post", "/api/staff/returns", "staff.return_tag", people.ReturnTag, people.TagStatus),
    Route("post", "/api/manager/node-codes", "manager.node_code", people.MakeCode, people.MadeCode, 201),
    Route("post", "/api/manager/kiosk-codes", "manager.kiosk_code", people.MakeCode, people.MadeCode, 201),
    Route(
        "post", "/api/manager/nodes/confirmations", "manager.confirm_node", people.ConfirmNode, presence.NodeOverview
    ),
    Route("post", "/api/manager/nodes/revocations", "manager.revoke_node", people.RevokeNode, presence.NodeOverview),
    Route(
        "post", "/api/manager/kiosks/revocations", "manager.revoke_kiosk", people.RevokeKiosk, presence.KioskOverview
    ),
    Route("get", "/api/manager/plan-report", "manager.plan_report", None, people.PlanReport),
    Route("get", "/api/manager/draft", "plans.draft", None, drafts.DraftState),
    Route("get", "/api/manager/draft/edits", "plans.edits", None, drafts.DraftEdits),
    Route("get", "/api/manager/draft/authors", "plans.authors", None, drafts.DraftAuthors),
    Route("post", "/api/manager/draft/edits", "plans.save_edit", sent_edits.SentEdit, drafts.EditSaved, 201),
    Route("get", "/api/manager/draft/problems", "plans.problems", None, drafts.DraftProblems),
    Route("post", "/api/manager/draft/mends", "plans.mend", drafts.AskMend, drafts.Mend),
    Route("post", "/api/manager/draft/forecasts", "plans.forecast", drafts.AskForecast, drafts.AccuracyForecast),
    Route("post", "/api/manager/draft/next-node", "plans.next_node", drafts.AskNextNode, drafts.NextNode),
    Route("post", "/api/manager/draft/imports", "plan_files.read", None, files.ImportedPlan, takes_file=FILE),
    Route("post", "/api/manager/draft/dxf-layers", "plan_files.layers", None, files.DxfLayers, takes_file=FILE),
    Route("get", "/api/manager/draft/exports", "plan_files.write", None, None, gives_file=FILE),
    Route(
        "post", "/api/manager/draft/underlays", "plan_files.add_picture", None, files.PlanPicture, 201, takes_file=FILE
    ),
    Route("get", "/api/manager/draft/underlays/{picture_id}", "plan_files.picture", None, None, gives_file="image/png"),
    Route(
        "post", "/api/manager/draft/underlay-scales", "plan_files.scale", files.AskUnderlayScale, files.UnderlayScale
    ),
    Route("get", "/api/manager/draft/underlay", "plan_files.underlay", None, files.PlacedUnderlay),
    Route("put", "/api/manager/draft/underlay", "plan_files.place", files.PlacedUnderlay, files.PlacedUnderlay),
    Route("get", "/api/manager/plan-diff", "plans.diff", None, plan_versions.PlanDiff),
    Route(
        "post",
        "/api/manager/draft/publications",
        "plans.publish",
        plan_versions.PublishDraft,
        plan_versions.PlanVersion,
        201,
    ),
    Route("post", "/api/manager/draft/discards", "plans.discard", plan_versions.DiscardDraft, drafts.DraftState),
    Route("get", "/api/manager/plan-versions", "plans.versions", None, plan_versions.PlanVersions),
    Route("get", "/api/manager/plan-versions/{version}", "plans.version", None, plan_versions.PublishedFloorplan),
    Route(
        "post",
        "/api/manager/plan-versions/rollbacks",
        "plans.roll_back",
        plan_versions.RollBack,
        plan_versions.PlanVersion,
        201,
    ),
    Route("get", "/api/manager/products", "assortment.products", None, assortment.ShelvedProducts),
    Route(
        "post",
        "/api/manager/products/lookups",
        "assortment.look_up",
        assortment.LookUpProducts,
        assortment.LookedUpProducts,
    ),
    Route("get", "/api/manager/categories", "assortment.categories", None, assortment.Categories),
    Route(
        "post",
        "/api/manager/categories/flags",
        "assortment.flag_category",
        assortment.FlagCategory,
        assortment.Categories,
    ),
    Route("get", "/api/manager/pairings", "assortment.pairings", None, assortment.Pairings),
    Route("post", "/api/manager/pairings", "assortment.add_pairing", assortment.AddPairing, assortment.Pairings, 201),
    Route(
        "delete", "/api/manager/pairings", "assortment.remove_pairing", assortment.RemovePairing, assortment.Pairings
    ),
    Route(
        "post",
        "/api/manager/catalogue-imports",
        "assortment.import_catalogue",
        None,
        assortment.ImportedRows,
        takes_file="text/csv",
    ),
    Route(
        "post",
        "/api/manager/stock-imports",
        "assortment.import_stock",
        None,
        assortment.ImportedRows,
        takes_file="text/csv",
    ),
    Route("get", "/api/notice", "pages.notice", None, privacy.Notice),
    Route("get", "/api/plan", "pages.plan", None, plan_versions.PublishedFloorplan),
    Route("get", "/api/products", "pages.products", None, shopping.FoundProducts),
)

_QUERIES = {
    "pages.products": ("q", "limit"),
    "pages.notice": ("language",),
    "plans.edits": ("since",),
    "plans.diff": ("from", "to"),
    "plan_files.read": ("format", "mapping", "unit"),
    "plan_files.write": ("format", "level_id"),
    "assortment.products": ("q", "category", "placing", "offset", "limit"),
    "assortment.import_catalogue": ("only",),
    "assortment.import_stock": ("only",),
}


BYTES = {"type": "string", "format": "binary"}


def _operation(route: Route) -> dict[str, object]:
    who = ", ".join(sorted(c.value for c in ENDPOINTS[route.endpoint]))
    problem: dict[str, object] = {"application/problem+json": {"schema": PydanticSchema(schema_class=people.Problem)}}
    answer: dict[str, object] = {"description": "Done"}
    if route.gives is not None:
        answer["content"] = {"application/json": {"schema": PydanticSchema(schema_class=route.gives)}}
    if route.gives_file is not None:
        answer["content"] = {route.gives_file: {"schema": BYTES}}
    operation: dict[str, object] = {
        "operationId": route.endpoint.replace(".", "_"),
        "summary": f"May be called by: {who}",
        "responses": {str(route.status): answer, "default": {"description": "A problem", "content": problem}},
    }
    if route.takes is not None:
        content: dict[str, object] = {"application/json": {"schema": PydanticSchema(schema_class=route.takes)}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.takes_file is not None:
        operation["requestBody"] = {"required": True, "content": {route.takes_file: {}}}
    names = [(name, "query") for name in _QUERIES.get(route.endpoint, ())]
    names += [(name, "path") for name in re.findall(r"\{(\w+)\}", route.path)]
    if names:
        operation["parameters"] = [
            {"name": name, "in": where, "required": where == "path", "schema": {"type": "string"}}
            for name, where in names
        ]
    return operation


@cache
def openapi_json() -> str:
    """The document, OpenAPI 3.1, as JSON."""
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = _operation(route)
    document = OpenAPI.model_validate(
        {"info": {"title": "Aisleway store server", "version": f"wire {WIRE_VERSION}"}, "paths": paths}
    )
    made = construct_open_api_with_schema_class(document)
    return made.model_dump_json(by_alias=True, exclude_none=True)
