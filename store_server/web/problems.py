"""Exception -> status and problem document (RFC 9457), in one table."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from store_server.domain.plan_problems import Said, said
from store_server.domain.problem_words import words_of
from store_server.domain.told_problems import told_figures
from store_server.use_cases.refusals import (
    Conflict,
    NotAllowed,
    NotFound,
    NotProven,
    Refusal,
    TooMany,
    Unfit,
    WrongClock,
)
from store_server.wire.people import Problem

log = logging.getLogger(__name__)

_STATUS: dict[type[Refusal], tuple[int, str]] = {
    WrongClock: (401, "The clock is off"),
    NotProven: (401, "Not signed in"),
    NotAllowed: (403, "Not allowed"),
    NotFound: (404, "Not found"),
    Conflict: (409, "Does not fit what is there now"),
    Unfit: (422, "The content does not fit"),
    TooMany: (429, "Too many tries"),
}

_WORDS = {
    400: "The request is not well formed.",
    401: "Sign in first.",
    404: "There is nothing here.",
    405: "This address does not take this kind of request.",
    408: "The request took too long to arrive.",
    411: "Send the request's length.",
    415: "Send JSON, uncompressed, with Content-Type: application/json.",
}

_SAID = {403: said("request.not_allowed"), 413: said("request.too_large"), 500: said("request.failed")}
"""What people meet on a screen of any language; the rest is for programs."""


class BadBody(Exception):
    """A body that does not fit its contract: which status, and which fields by their path, never by their value."""

    def __init__(self, status: int, detail: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.fields = status, detail, fields


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    fields: tuple[str, ...] = (),
    server_at: datetime | None = None,
    said: Said | None = None,
) -> Response:
    """A problem document as an answer."""
    content = Problem(
        type="about:blank",
        title=title,
        status=status,
        detail=detail,
        fields=fields,
        server_at=server_at,
        code=None if said is None else said.message,
        figures=None if said is None else told_figures(said),
    )
    response = Response(content.model_dump_json(exclude_none=True), status, mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(status: int, title: str) -> Response:
    words = _SAID[status]
    return problem(status, title, words_of(words.message, words.figures), said=words)


def bad_body(error: ValidationError) -> BadBody:
    """What a validation error may say outside: field paths and kinds of error, never the input (requirement E6)."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if any(e["type"] == "too_long" and e["loc"] == ("sightings",) for e in errors):
        return BadBody(413, "A batch holds at most 500 sightings.", ("sightings",))
    fields = tuple(dict.fromkeys(".".join(str(part)[:64] for part in e["loc"]) or "(body)" for e in errors))[:20]
    kinds = ", ".join(dict.fromkeys(e["type"] for e in errors[:20]))
    return BadBody(422, f"These fields do not fit the contract ({kinds}): {', '.join(fields)}."[:1000], fields)


def without_message(error: BaseException) -> str:
    """Where an error came from, for the log: its kinds and lines, without messages, which may hold what was sent (E6)."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        lines += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__name__}\n"]
        cause = cause.__cause__ or cause.__context__
    return "".join(lines)


def answer_problems(app: Flask) -> None:
    """Answer every exception with a problem document."""

    @app.errorhandler(Refusal)
    def _refusal(refusal: Refusal) -> Response:
        status, title = next(_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS)
        server_at = refusal.server_at if isinstance(refusal, WrongClock) else None
        fields = refusal.fields if isinstance(refusal, Unfit) else ()
        response = problem(status, title, refusal.words, fields=fields, server_at=server_at, said=refusal.said)
        if isinstance(refusal, TooMany):
            response.headers["Retry-After"] = str(int(refusal.retry_after_s))
        return response

    @app.errorhandler(BadBody)
    def _body(bad: BadBody) -> Response:
        return problem(bad.status, "The request does not fit", bad.detail, fields=bad.fields)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        if status in _SAID:
            return _told(status, error.name)
        return problem(status, error.name, _WORDS.get(status, "The request was refused."))

    @app.errorhandler(Exception)
    def _unforeseen(error: Exception) -> Response:
        log.error("%s at %s\n%s", type(error).__name__, request.url_rule, without_message(error))
        return _told(500, "Something went wrong")
