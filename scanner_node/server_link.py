"""One HTTPS connection to the store server: signed requests and what was answered, nothing decided here."""

from __future__ import annotations

import asyncio
import ssl
from types import TracebackType
from typing import NamedTuple, TypeVar

import aiohttp
from pydantic import ValidationError

from scanner_node.identity import NodeIdentity
from scanner_node.node_clock import NodeClock
from scanner_node.settings import ServerAddress, WrongSetting
from store_server.wire.message import Message
from store_server.wire.people import Problem
from store_server.wire.sightings import Envelope

_M = TypeVar("_M", bound=Message)

TIMEOUT_S = 3.0
LONGEST_ANSWER_BYTES = 8 * 1024 * 1024
"""200,000 valid ids are under 4 MiB; more is not ours."""


class NoAnswer(Exception):
    """The server was not reached or its answer broke off; the message is the reason in a few words."""


class WrongCertificate(NoAnswer):
    """Somebody answers, but not with a certificate of the store's own CA."""

    def __init__(self) -> None:
        super().__init__("its certificate does not come from the CA this node was given")


class Answer(NamedTuple):
    """What came back, and when on the steady clock."""

    status: int
    body: bytes
    sent_s: float
    answered_s: float

    def problem(self) -> Problem | None:
        """The answer as a problem document, where it is one."""
        return self.read(Problem)

    def read(self, kind: type[_M]) -> _M | None:
        """The answer as this message; None where it is something else."""
        try:
            return kind.model_validate_json(self.body)
        except ValidationError:
            return None


def tls_for(server: ServerAddress) -> ssl.SSLContext | bool:
    """TLS 1.2 or newer, trusting the store's own CA and no other (C1); True (aiohttp's default) for loopback http.

    Raises
    ------
    WrongSetting
        The CA file is not a certificate.
    """
    if server.ca_file is None:
        return True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(server.ca_file)
    except (ssl.SSLError, OSError) as error:
        raise WrongSetting(f"--ca {server.ca_file}: not a PEM certificate") from error
    return context


class ServerLink:
    """The connection. Follows no redirect, uses no proxy of the environment, keeps no cookie."""

    def __init__(self, server: ServerAddress, clock: NodeClock) -> None:
        self.origin = server.origin
        self._tls = tls_for(server)
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> ServerLink:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=2, ssl=self._tls, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, method: str, path: str, message: Message | None = None) -> Answer:
        """An unsigned request: enrolment only."""
        return await self._send(method, path, _body(message), {})

    async def send_signed(
        self,
        identity: NodeIdentity,
        method: str,
        path: str,
        message: Message | None = None,
        sequence: int | None = None,
    ) -> Answer:
        """A request under this node's name, signed now, with a new number unless it is a retry (requirement C2).

        Raises
        ------
        NoAnswer
        """
        body = _body(message)
        envelope = Envelope(
            node_id=identity.node_id,
            boot_id=identity.boot_id,
            sequence=identity.next_sequence() if sequence is None else sequence,
            sent_at=self._clock.now(),
        )
        headers = envelope.headers()
        headers[Envelope.SIGNATURE_HEADER] = identity.sign(envelope, method, path, body)
        return await self._send(method, path, body, headers)

    async def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._session is None:
            raise NoAnswer("not connected")
        if body:
            headers["Content-Type"] = "application/json"
        sent_s = self._clock.steady_s()
        try:
            async with self._session.request(
                method, self.origin + path, data=body or None, headers=headers, allow_redirects=False
            ) as response:
                content = await _read_bounded(response)
                return Answer(response.status, content, sent_s, self._clock.steady_s())
        except aiohttp.ClientConnectorCertificateError as error:
            raise WrongCertificate from error
        except aiohttp.ClientConnectorError as error:
            raise NoAnswer(error.strerror or "no connection") from error
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise NoAnswer("it does not answer" if isinstance(error, TimeoutError) else type(error).__name__) from error


def _body(message: Message | None) -> bytes:
    return b"" if message is None else message.model_dump_json().encode()


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > LONGEST_ANSWER_BYTES:
            raise NoAnswer("its answer is too long")
    return bytes(content)
