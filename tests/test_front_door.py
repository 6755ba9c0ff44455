"""The nginx configuration a store copies: nginx takes it, and it keeps slow and large requests from the store server."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import request

from store_server.adapters.certificates import certify
from store_server.adapters.secrets_box import read_master_key
from store_server.app import create_app
from store_server.commands.running import serve
from store_server.settings import Settings
from tests.free_ports import free_port
from tests.served_store import served_store
from tests.tree import REPOSITORY

SHIPPED = REPOSITORY / "store_server" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
HOST = "store.example"
SERVER_THREADS = int(next(str(option.default) for option in serve.params if option.name == "threads"))

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not here: `make test` installs it")


@dataclass
class Behind:
    """What the server behind the front door was asked."""

    port: int
    asked: list[tuple[str, dict[str, str], int]] = field(default_factory=list)


@pytest.fixture
def behind() -> Iterator[Behind]:
    seen = Behind(0)

    class Ear(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", -1))
            self.rfile.read(max(length, 0))
            seen.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, length))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    seen.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield seen
    server.shutdown()
    thread.join()
    server.server_close()


def configuration(folder: Path, port: int, behind_port: int, patience: str = "1s") -> Path:
    """The shipped file with this test's places and ports; only how long to wait for a client is shortened."""
    text = SHIPPED.read_text("utf-8")
    for shipped, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    listen [::]:443 ssl;\n", ""),
        ("/etc/aisleway/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{behind_port};"),
        ("client_body_timeout     10s;", f"client_body_timeout     {patience};"),
        ("client_header_timeout   10s;", f"client_header_timeout   {patience};"),
    ):
        assert shipped in text, f"nginx.conf no longer says {shipped!r}"
        text = text.replace(shipped, here)
    (folder / "aisleway.conf").write_text(text, "utf-8")
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; master_process off;"
        f"events {{}} http {{ {places} include {folder}/aisleway.conf; }}",
        "utf-8",
    )
    certify(folder, [HOST], datetime.now(UTC))
    return whole


@contextmanager
def running(folder: Path, port: int) -> Iterator[None]:
    """nginx, as configured in this folder, from when it answers until the block ends."""
    assert NGINX is not None
    nginx = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        while True:
            assert nginx.poll() is None, (folder / "error.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except ConnectionRefusedError:
                continue
        yield
    finally:
        nginx.terminate()
        nginx.wait(10)


@pytest.fixture
def door(tmp_path: Path, behind: Behind) -> Iterator[int]:
    """nginx before who notes what comes through; its port."""
    port = free_port()
    configuration(tmp_path, port, behind.port)
    with running(tmp_path, port):
        yield port


def reach(port: int, from_address: str = "127.0.0.1") -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(from_address, 0))
    return context.wrap_socket(plain, server_hostname=HOST)


def ask(port: int, request: bytes, *, is_unread: bool = False) -> bytes:
    """Send these bytes over TLS; what comes back until the door closes.

    Where part of the request will stay unread, the door lingers after its answer, so only the answer is waited for.
    """
    with reach(port) as wrapped:
        wrapped.sendall(request)
        answer = b""
        while part := wrapped.recv(65536):
            answer += part
            if is_unread and b"</html>" in answer:
                break
        return answer


HEAD = f"Host: {HOST}\r\nConnection: close\r\nContent-Type: application/json\r\n".encode()


@needs_nginx
def test_nginx_takes_the_shipped_file(tmp_path: Path) -> None:
    assert NGINX is not None
    whole = configuration(tmp_path, free_port(), 8080)
    tried = subprocess.run([NGINX, "-t", "-p", str(tmp_path), "-c", str(whole)], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr


@needs_nginx
def test_a_whole_request_comes_through_with_the_address_it_came_from(door: int, behind: Behind) -> None:
    answer = ask(door, b"POST /api/x HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6\r\nContent-Length: 2\r\n" + HEAD + b"\r\n{}")
    assert answer.startswith(b"HTTP/1.1 200")
    path, headers, length = behind.asked[0]
    assert (path, length) == ("/api/x", 2)
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == HOST


@needs_nginx
def test_a_body_in_chunks_arrives_with_its_length_known(door: int, behind: Behind) -> None:
    ask(door, b"POST /api/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HEAD + b"\r\n2\r\n{}\r\n0\r\n\r\n")
    assert behind.asked[0][2] == 2


@needs_nginx
def test_a_body_too_large_is_refused_at_the_door(door: int, behind: Behind) -> None:
    answer = ask(door, b"POST /api/x HTTP/1.1\r\nContent-Length: 263169\r\n" + HEAD + b"\r\n", is_unread=True)
    assert answer.startswith(b"HTTP/1.1 413")
    assert behind.asked == []


@needs_nginx
def test_a_managers_file_comes_through_up_to_the_size_of_a_plan(door: int, behind: Behind) -> None:
    megabyte = b"POST /api/manager/draft/imports HTTP/1.1\r\nContent-Length: 1048576\r\n"
    answer = ask(door, megabyte + HEAD + b"\r\n" + b" " * 1_048_576)
    assert answer.startswith(b"HTTP/1.1 200")
    path, headers, length = behind.asked[0]
    assert (path, length) == ("/api/manager/draft/imports", 1_048_576)
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "https")
    too_large = f"POST /api/manager/draft/imports HTTP/1.1\r\nContent-Length: {26 * 1024**2}\r\n".encode()
    assert ask(door, too_large + HEAD + b"\r\n", is_unread=True).startswith(b"HTTP/1.1 413")


@needs_nginx
def test_a_body_that_never_ends_costs_the_store_server_no_thread(door: int, behind: Behind) -> None:
    answer = ask(door, b"POST /api/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HEAD + b"\r\n2\r\n{}\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408")
    assert behind.asked == []


@needs_nginx
def test_a_head_that_never_ends_costs_the_store_server_no_thread(door: int, behind: Behind) -> None:
    assert ask(door, b"POST /api/x HTTP/1.1\r\n") == b""
    assert behind.asked == []


@needs_nginx
@pytest.mark.timeout(300)
def test_t17_more_half_sent_requests_than_the_server_has_threads_keep_nobody_waiting(tmp_path: Path) -> None:
    head_alone = b"POST /api/sessions HTTP/1.1\r\nHost: " + HOST.encode()
    port = free_port()
    with served_store(tmp_path) as store, ExitStack() as held:
        # From a page of the store: anything else is refused before its body is read.
        lines = f"POST /api/sessions HTTP/1.1\r\nOrigin: {store.origin}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 99\r\n"
        half_a_body = lines.encode() + HEAD + b"\r\n{"
        configuration(tmp_path, port, store.port, patience="60s")
        with running(tmp_path, port):
            for n in range(2 * (SERVER_THREADS + 10)):  # from several addresses: one may hold a hundred
                sender = held.enter_context(reach(port, f"127.0.0.{2 + n // 80}"))
                sender.sendall(half_a_body if n % 2 else head_alone)
            begun_s = time.monotonic()
            answer = ask(port, b"GET /health HTTP/1.1\r\n" + HEAD + b"\r\n")
            took_ms = (time.monotonic() - begun_s) * 1000
    halves = f"{SERVER_THREADS + 10} half heads and as many half bodies"
    print(f"\n{halves}, {SERVER_THREADS} threads: health answered in {took_ms:.0f} ms")
    assert answer.startswith(b"HTTP/1.1 200")


@needs_nginx
def test_a_websocket_is_handed_on_as_one(door: int, behind: Behind) -> None:
    ask(
        door,
        b"GET /socket.io/ HTTP/1.1\r\nUpgrade: websocket\r\n" + HEAD.replace(b"close", b"Upgrade, close") + b"\r\n",
    )
    _, headers, _ = behind.asked[0]
    assert headers["upgrade"] == "websocket"
    assert headers["connection"] == "upgrade"


@needs_nginx
def test_nobodys_request_is_written_down(door: int, tmp_path: Path, behind: Behind) -> None:
    ask(door, b"POST /api/secret-of-a-card HTTP/1.1\r\nContent-Length: 2\r\n" + HEAD + b"\r\n{}")
    ask(door, b"POST /api/secret-of-a-card HTTP/1.1\r\nContent-Length: 263169\r\n" + HEAD + b"\r\n", is_unread=True)
    assert len(behind.asked) == 1
    for log in tmp_path.glob("*.log"):
        assert "secret-of-a-card" not in log.read_text()


@pytest.mark.parametrize(("proxies", "believed"), [(0, "127.0.0.1"), (1, "10.0.0.9")])
def test_only_the_address_our_own_proxy_names_is_believed(tmp_path: Path, proxies: int, believed: str) -> None:
    read_master_key(tmp_path / "store.key", create=True)
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'store.db'}",
        key_file=tmp_path / "store.key",
        proxies=proxies,
        runs_ticks=False,
    )
    app = create_app(settings)
    with app.test_client() as client:
        client.get("/health", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.9"})
        assert request.remote_addr == believed
