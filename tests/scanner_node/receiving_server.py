"""A small real HTTP server with the node's routes: it proves signatures with the same wire models as the store server.

It keeps what it was sent, byte for byte, so that a test can search it for what must never be there.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from store_server.wire.message import Message
from store_server.wire.people import Problem
from store_server.wire.sightings import (
    BatchReceipt,
    EnrolledNode,
    EnrolNode,
    Envelope,
    NodeState,
    RotateNodeKey,
    Sighting,
    SightingBatch,
    ValidIds,
    key_fingerprint,
)
from tests.free_ports import free_port

CODE = "7KQ2-M4XD-9RTA-11ZB"
NODE_ID = "rpi-07"
BATCHES, VALID_IDS, SELF, KEYS = "/api/node/batches", "/api/node/valid-ids", "/api/node/self", "/api/node/keys"
REPLAY_WINDOW = 64


@dataclass
class ReceivedBatch:
    envelope: Envelope
    batch: SightingBatch
    at: datetime


@dataclass
class Answer:
    """What to answer instead of doing the work, or, with ``after_work``, instead of telling of it."""

    status: int
    message: Message | None = None
    after_work: bool = False
    hangs_up: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class ReceivingServer:
    """Set the attributes, start the node, wait on ``until``."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.changed = threading.Condition()
        self.public_key: bytes | None = None
        self.state = NodeState.CONFIRMED
        self.ids: tuple[str, ...] = ()
        self.version = "v1"
        self.accept_static_formats = False
        self.expires_in_s = 90.0
        self.ahead_s = 0.0  # how far this server's clock is before ours
        self.batches: list[ReceivedBatch] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.statuses: list[tuple[str, int]] = []
        self.next_answers: dict[str, list[Answer]] = {}
        self.known_boot = 0
        self.seen: dict[tuple[int, int], BatchReceipt] = {}
        self.highest = -1
        self.connections: set[socket.socket] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port or free_port()), _requests_for(self))
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "http" if tls is None else "https"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> ReceivingServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    @property
    def sightings(self) -> list[Sighting]:
        return [sighting for received in self.batches for sighting in received.batch.sightings]

    def until(self, condition: Callable[[], object], timeout_s: float = 20.0) -> None:
        """Wait until the condition holds; looked at after each request."""
        with self.changed:
            if not self.changed.wait_for(condition, timeout_s):
                raise AssertionError(f"did not come true within {timeout_s} s; answered so far: {self.statuses[-20:]}")

    def has_given_ids(self) -> bool:
        """A batch came after the set was handed out, so the node holds it."""
        paths = [path for path, status in self.statuses if status == 200]
        return (
            "/api/node/batches" in paths[paths.index("/api/node/valid-ids") :]
            if "/api/node/valid-ids" in paths
            else False
        )

    def set_ids(self, version: str, *ids: str) -> None:
        with self.changed:
            self.version, self.ids = version, ids

    def answer_next(self, path: str, *answers: Answer) -> None:
        self.next_answers.setdefault(path, []).extend(answers)

    # -- the routes ---------------------------------------------------------------------------------------------------

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        with self.changed:
            self.requests.append((method, path, headers, body))
            special = self.next_answers[path].pop(0) if self.next_answers.get(path) else None
            answer = (
                special if special is not None and not special.after_work else self._work(method, path, headers, body)
            )
            if special is not None:
                answer = special
            self.statuses.append((path, answer.status))
            self.changed.notify_all()
            return answer

    def _work(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if headers.get("content-encoding"):
            return problem(415, "Encoded")
        if (method, path) == ("POST", "/api/node/enrolments"):
            return self._enrol(body)
        envelope = self._proven(method, path, headers, body)
        if isinstance(envelope, Answer):
            return envelope
        if (method, path) == ("GET", "/api/node/self"):
            return Answer(200, self._about())
        if self.state is NodeState.PENDING:
            return problem(403, "Not confirmed")
        if (method, path) == ("GET", "/api/node/valid-ids"):
            return Answer(
                200,
                ValidIds(
                    version=self.version,
                    expires_in_s=self.expires_in_s,
                    accept_static_formats=self.accept_static_formats,
                    ids=self.ids,
                ),
            )
        if (method, path) == ("POST", "/api/node/batches"):
            return self._take_batch(envelope, body)
        if (method, path) == ("POST", "/api/node/keys"):
            self.public_key = base64.b64decode(RotateNodeKey.model_validate_json(body).public_key)
            return Answer(200, self._about())
        return problem(404, "No such thing")

    def _about(self) -> EnrolledNode:
        assert self.public_key is not None
        return EnrolledNode(node_id=NODE_ID, fingerprint=key_fingerprint(self.public_key), state=self.state)

    def _enrol(self, body: bytes) -> Answer:
        request = EnrolNode.model_validate_json(body)
        if request.code != CODE:
            return problem(401, "Code not valid")
        self.public_key = base64.b64decode(request.public_key)
        return Answer(201, self._about())

    def _proven(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Envelope | Answer:
        try:
            node_id, boot_id, sequence, sent_at = (headers[name.lower()] for name in Envelope.HEADERS)
            envelope = Envelope(
                node_id=node_id, boot_id=int(boot_id), sequence=int(sequence), sent_at=datetime.fromisoformat(sent_at)
            )
            signature = base64.b64decode(headers[Envelope.SIGNATURE_HEADER.lower()], validate=True)
            assert self.public_key is not None
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature, envelope.signed_bytes(method, path, body))
        except (KeyError, ValueError, ValidationError, InvalidSignature, AssertionError):
            return problem(401, "Not proven")
        if self.state is NodeState.REVOKED:
            return problem(401, "Revoked")
        if abs((envelope.sent_at - self.now()).total_seconds()) > 30:
            return problem(401, "Wrong clock", server_at=self.now())
        if envelope.boot_id < self.known_boot:
            return problem(409, "Older start")
        if envelope.boot_id > self.known_boot:
            self.known_boot, self.highest = envelope.boot_id, -1
        return envelope

    def _take_batch(self, envelope: Envelope, body: bytes) -> Answer:
        number = (envelope.boot_id, envelope.sequence)
        if number in self.seen:
            return Answer(409, self.seen[number])
        if envelope.sequence <= self.highest - REPLAY_WINDOW:
            return problem(409, "Sequence too old")
        batch = SightingBatch.model_validate_json(body)
        now = self.now()
        for sighting in batch.sightings:
            if not -30 <= (sighting.heard_at - now).total_seconds() <= 2:
                return problem(422, "heard_at out of range")
        self.highest = max(self.highest, envelope.sequence)
        receipt = BatchReceipt(
            node_id=envelope.node_id,
            boot_id=envelope.boot_id,
            sequence=envelope.sequence,
            received_at=now,
            valid_ids_version=self.version,
        )
        self.seen[number] = receipt
        self.batches.append(ReceivedBatch(envelope, batch, now))
        return Answer(200, receipt)


def problem(status: int, title: str, server_at: datetime | None = None) -> Answer:
    return Answer(
        status, Problem(type=f"/problems/{status}", title=title, status=status, detail=f"{title}.", server_at=server_at)
    )


def _requests_for(receiving: ReceivingServer) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            receiving.connections.add(self.connection)

        def finish(self) -> None:
            receiving.connections.discard(self.connection)
            with contextlib.suppress(OSError):
                super().finish()

        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = receiving.respond(self.command, self.path, headers, body)
            if answer.hangs_up:
                self.close_connection = True
                return
            content = json.dumps({}).encode() if answer.message is None else answer.message.model_dump_json().encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            with contextlib.suppress(ConnectionError):  # a node that was stopped does not wait for its answer
                self.end_headers()
                self.wfile.write(content)

        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def log_message(self, format: str, *args: object) -> None:
            """The test says what it has to say itself."""

    return Requests
