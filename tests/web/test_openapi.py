"""The API's description is the API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from openapi_pydantic import OpenAPI

from store_server.web.openapi import ROUTES
from store_server.wire.people import Problem
from tests.opened_store import OpenedStore


def described(opened: OpenedStore) -> dict[str, Any]:
    answer = opened.app.test_client().get("/api/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document: dict[str, Any] = json.loads(answer.data)
    return document


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_document_is_openapi_and_every_reference_resolves(opened: OpenedStore) -> None:
    document = described(opened)
    assert OpenAPI.model_validate(document).openapi.startswith("3.1")
    found = set(references(document))
    assert found
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step.replace("~1", "/").replace("~0", "~")]
        assert place["type"] or place["anyOf"]


def test_it_lists_exactly_the_routes_there_are(opened: OpenedStore) -> None:
    served = {
        (re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule), method.lower(), rule.endpoint)
        for rule in opened.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.endpoint != "pages.openapi"
    }
    assert {(route.path, route.method, route.endpoint) for route in ROUTES} == served
    paths = described(opened)["paths"]
    assert {(path, method) for path, methods in paths.items() for method in methods} == {s[:2] for s in served}


def test_every_operation_names_its_problems_and_who_may_call_it(opened: OpenedStore) -> None:
    document = described(opened)
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    for operation in operations:
        schema = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{Problem.__name__}"}
        assert operation["summary"].startswith("May be called by: ")
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))


def test_nothing_in_it_is_null(opened: OpenedStore) -> None:
    def nulls(node: Any, path: str = "") -> Iterator[str]:
        if node is None:
            yield path
        for key, value in node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else []):
            yield from nulls(value, f"{path}/{key}")

    assert [path for path in nulls(described(opened)) if not path.endswith("/default")] == []
