"""The demo's manager, at the API like any manager: signs in, makes codes, confirms fingerprints."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import TypeVar

from store_server.wire.message import Message
from store_server.wire.people import ConfirmNode, MadeCode, MakeCode, SignIn
from store_server.wire.presence import NodeOverview, StoreOverview

_M = TypeVar("_M", bound=Message)


class Refused(Exception):
    """The server did not do it; the text is its own."""


class ManagerClient:
    """One signed-in manager."""

    def __init__(self, port: int, user_name: str, password: str) -> None:
        self._port = port
        self._cookie = ""
        self._send("POST", "/api/sessions", SignIn(user_name=user_name, password=password))

    def node_code(self, node_key: str) -> str:
        return self._post("/api/manager/node-codes", MakeCode(key=node_key), MadeCode).code

    def kiosk_code(self, kiosk_key: str) -> str:
        return self._post("/api/manager/kiosk-codes", MakeCode(key=kiosk_key), MadeCode).code

    def confirm(self, node_key: str, fingerprint: str) -> NodeOverview:
        request = ConfirmNode(node_key=node_key, fingerprint=fingerprint)
        return self._post("/api/manager/nodes/confirmations", request, NodeOverview)

    def overview(self) -> StoreOverview:
        return StoreOverview.model_validate_json(self._send("GET", "/api/staff/overview"))

    def _post(self, path: str, message: Message, answer: type[_M]) -> _M:
        return answer.model_validate_json(self._send("POST", path, message))

    def _send(self, method: str, path: str, message: Message | None = None) -> bytes:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            headers = {
                "Cookie": self._cookie,
                "Origin": f"http://localhost:{self._port}",
                "Host": f"localhost:{self._port}",
            }
            body = None
            if message is not None:
                headers["Content-Type"] = "application/json"
                body = message.model_dump_json()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
            for cookie in response.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(cookie).items():
                    self._cookie = f"{name}={morsel.value}"
        finally:
            connection.close()
        if response.status >= 400:
            try:
                words = json.loads(content)["detail"]
            except (ValueError, KeyError, TypeError):
                words = f"the server answered {response.status}"
            raise Refused(f"{path}: {words}")
        return content
