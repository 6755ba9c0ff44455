"""The nginx configuration a store copies: nginx takes it, and it keeps slow and large requests from the store server."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import request

from store_server.adapters.secrets_box import read_master_key
from store_server.app import create_app
from store_server.settings import Settings
from tests.free_ports import free_port
from tests.tree import REPOSITORY

SHIPPED = REPOSITORY / "store_server" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
HOST = "store.example"

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


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def configuration(folder: Path, port: int, behind_port: int) -> Path:
    """The shipped file with this test's places and ports; only how long to wait for a client is shortened."""
    text = SHIPPED.read_text("utf-8")
    for shipped, here in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    listen [::]:443 ssl;\n", ""),
        ("/etc/aisleway/", f"{folder}/"),
        ("/var/log/nginx/", f"{folder}/"),
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{behind_port};"),
        ("client_body_timeout     10s;", "client_body_timeout     1s;"),
        ("client_header_timeout   10s;", "client_header_timeout   1s;"),
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
    make_certificate(folder)
    return whole


@pytest.fixture
def door(tmp_path: Path, behind: Behind) -> Iterator[int]:
    """nginx, running; its port."""
    assert NGINX is not None
    port = free_port()
    whole = configuration(tmp_path, port, behind.port)
    running = subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(whole)], stderr=subprocess.DEVNULL)
    try:
        while True:
            assert running.poll() is None, (tmp_path / "error.log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except ConnectionRefusedError:
                continue
        yield port
    finally:
        running.terminate()
        running.wait(10)


def ask(port: int, request: bytes, *, is_unread: bool = False) -> bytes:
    """Send these bytes over TLS; what comes back until the door closes.

    Where part of the request will stay unread, the door lingers after its answer, so only the answer is waited for.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as wrapped,
    ):
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
