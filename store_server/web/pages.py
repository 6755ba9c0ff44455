"""Pages and what anybody may read: the screens' files, the notice, the published plan, products, the API's description."""

from __future__ import annotations

from datetime import timedelta
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from store_server.domain.notices import notice as make_notice
from store_server.use_cases import refusals
from store_server.web.audience import answer, store
from store_server.web.drawn_plan import drawn
from store_server.web.openapi import openapi_json
from store_server.wire.shopping import FoundProducts

pages = Blueprint("pages", __name__)

STATIC = Path(__file__).resolve().parent / "static"
SCREENS = {"": "index", "kiosk": "kiosk", "shopper": "shopper", "staff": "staff", "desk": "staff", "manager": "manager"}

KEPT_S = 31_536_000
ENCODINGS = {"br": "br", "gzip": "gz"}
"""What the build lays beside each file, by its ending, the smaller first: a store's server may have no other before it."""


@pages.get("/", defaults={"screen": ""})
@pages.get("/<any(kiosk, shopper, staff, desk, manager):screen>")
def page(screen: str) -> ResponseReturnValue:
    try:
        response = send_from_directory(STATIC, f"{SCREENS[screen]}.html", max_age=0)
    except NotFound:
        raise refusals.NotFound("The screens are not built yet: run `make install` on the server.") from None
    if screen == "kiosk":
        # Isolated, the kiosk's page has a process apart from its service worker's: when it hangs, the worker can still
        # lead the window out of it (kiosk_ui/src/kiosk/offline/watchdog.ts). A page in the same process could not leave.
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    return response


@pages.get("/kiosk-worker.js")
def kiosk_worker() -> ResponseReturnValue:
    """The kiosk's service worker: asked for anew at each look for an update, and never let before another screen."""
    response = send_from_directory(STATIC, "kiosk-worker.js", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/kiosk"
    return response


@pages.get("/assets/<path:name>")
def asset(name: str) -> ResponseReturnValue:
    # File names carry a hash of their content, so they may be kept for good.
    response = _smallest(STATIC / "assets", name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _smallest(folder: Path, name: str) -> Response:
    """The file as the build laid it there: compressed where the browser takes that, else as it is."""
    takes = request.accept_encodings
    as_it_is = takes.quality("identity") if "identity" in takes.values() else 0
    for encoding in sorted(ENCODINGS, key=takes.quality, reverse=True):
        if takes.quality(encoding) <= as_it_is:
            break  # not taken at all, or the file as it is liked no less
        try:
            response = send_from_directory(
                folder, f"{name}.{ENCODINGS[encoding]}", mimetype=guess_type(name)[0], max_age=KEPT_S
            )
        except NotFound:
            continue  # too small to be worth it, or no such file: then the answer below says so
        response.headers["Content-Encoding"] = encoding
        return response
    return send_from_directory(folder, name, max_age=KEPT_S)


@pages.get("/health")
def health() -> ResponseReturnValue:
    """Answers while the process serves and the database answers."""
    return Response(f'{{"status":"ok","plan_version":{store().records.plans.version()}}}', mimetype="application/json")


@pages.get("/.well-known/security.txt")
def security_txt() -> ResponseReturnValue:
    expires = (store().spine.clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    words = f"Contact: {request.host_url}\nExpires: {expires}\nPreferred-Languages: en\n"
    return Response(
        words + "# How to report: ask for the person named in the notice; see SECURITY.md.\n", mimetype="text/plain"
    )


@pages.get("/api/openapi.json")
def openapi() -> ResponseReturnValue:
    return Response(openapi_json(), mimetype="application/json")


@pages.get("/api/notice")
def notice() -> ResponseReturnValue:
    return answer(make_notice(request.args.get("language", "en")[:2], store().controller))


@pages.get("/api/plan")
def plan() -> ResponseReturnValue:
    floor = store().floors.current()
    if floor is None:
        raise refusals.NotFound("No floorplan is published yet.")
    return Response(drawn(floor.plan).model_dump_json(exclude_none=True), mimetype="application/json")


@pages.get("/api/products")
def products() -> ResponseReturnValue:
    limit = request.args.get("limit", "20")
    if not limit.isascii() or not limit.isdigit():
        raise refusals.Unfit("limit is a number of products, such as 20.")
    found: FoundProducts = store().lists.find(request.args.get("q", "").replace("\x00", ""), min(int(limit[:4]), 50))
    return answer(found)
