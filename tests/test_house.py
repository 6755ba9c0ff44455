"""Who may import whom, by reading every import: an arrow that is not drawn here fails.

The rooms and their reasons are told in store_server/docs/architecture.md.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

from store_server.wire.__main__ import out_of_date
from tests.tree import REPOSITORY, committed, text_of

OUR_ROOMS = {
    "wire": set(),
    "settings": set(),
    "domain": {"wire"},
    "ports": {"wire", "domain"},
    "use_cases": {"wire", "domain", "ports"},
    "adapters": {"wire", "domain", "ports"},
    # `ports` holds the types a use case answers with; an edge reads them, and is still handed its use cases ready made.
    "web": {"wire", "domain", "ports", "use_cases"},
    # Everything below here puts parts together. The demo opens a store as `app` does, starts what a command starts, and
    # speaks to it as the edge's messages say; the commands open the same store without serving it.
    "app": {"wire", "domain", "ports", "use_cases", "adapters", "web", "settings"},
    "wsgi": {"app", "settings", "adapters"},
    "commands": {"wire", "domain", "ports", "use_cases", "adapters", "web", "settings", "app", "demo"},
    "demo": {"wire", "domain", "ports", "use_cases", "adapters", "web", "settings", "app", "commands"},
    "migrations": {"adapters"},  # the tables are the schema a migration ends at
}
"""Which rooms of store_server a room may import; its own files it may import anyway."""

SQL = {"alembic", "sqlalchemy", "sqlmodel"}
"""One library in three parts."""

OUTSIDE = {
    "wire": {"pydantic"},
    "settings": {"pydantic"},
    # A plan is read by the wire model, and pydantic's ValidationError is how that says what does not fit: plan_form alone.
    "domain": {"numpy", "scipy", "shapely", "pydantic"},
    "ports": set(),
    # The spine hands whole columns from step to step and asks a catchment who stands in it: arrays and shapes, no more.
    "use_cases": {"numpy", "shapely"},
    "adapters": {"PIL", "argon2", "bleak", "cryptography", "ezdxf", "flask_socketio", "numpy", "pydantic", "shapely"}
    | SQL,
    "web": {"flask", "werkzeug", "flask_socketio", "engineio", "pydantic", "openapi_pydantic"},
    "app": {"flask", "werkzeug", "flask_socketio", "apscheduler", "segno"},
    "wsgi": set(),
    "commands": {"bleak", "click", "flask_socketio", "numpy", "pydantic", "rich"},
    "demo": {"flask_socketio", "numpy", "shapely"},
    "migrations": SQL,
}
"""Which libraries of others a room may import."""

NODE_OUTSIDE = {"aiohttp", "bleak", "cryptography", "pydantic"}
"""All a Pi installs: nothing that wants a compiler, no web framework, no NumPy."""

IMPURE = {
    "asyncio",
    "http",
    "logging",
    "multiprocessing",
    "os",
    "pathlib",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
}
IMPURE |= {"ssl", "subprocess", "tempfile", "threading", "time", "urllib"}
"""What has no place in the domain: disk, network, clock, environment, threads, chance that no seed repeats."""

NOT_BELOW = {
    "ranging": {"positioning", "tracking"},
    "positioning": {"tracking", "guidance"},
    "floorplan": {"routing", "wish_lists", "guidance", "positioning", "tracking"},
    "routing": {"guidance"},
    "wish_lists": {"guidance"},
    "consent": {"positioning", "tracking", "guidance", "suggesting"},
}
"""Within the domain: what a lower step must never come to know, however far round."""

ONE_LIBRARY_EACH = SQL | {"PIL", "argon2", "bleak", "cryptography", "ezdxf", "flask_socketio", "redis"}
SECRETS_BOX = Path("store_server/adapters/secrets_box.py")
"""Passwords are one idea with keys and tokens, so argon2 stands beside cryptography there, and only there."""

WRITES_ENVIRONMENT_AT_IMPORT = {Path("scanner_node/bleak_radio.py")}
"""It takes BLEAK_LOGGING away before bleak reads it: that setting prints every sender's address."""


@cache
def modules_of(*programs: str) -> tuple[Path, ...]:
    return tuple(path for path in committed() if path.suffix == ".py" and path.parts[0] in programs)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse((REPOSITORY / path).read_text("utf-8"), str(path))


def room_of(path: Path) -> str:
    """``domain`` for store_server/domain/ranging.py, ``app`` for store_server/app.py."""
    return path.parts[1].removesuffix(".py")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """The full names of what a file imports anywhere in it; ``from a.b import c`` is both ``a.b`` and ``a.b.c``."""
    names: set[str] = set()
    for step in ast.walk(tree_of(path)):
        if isinstance(step, ast.Import):
            names.update(alias.name for alias in step.names)
        elif isinstance(step, ast.ImportFrom):
            assert step.level == 0, f"{path}: write the whole name of what is imported, as every other file does"
            assert step.module is not None
            names.add(step.module)
            names.update(f"{step.module}.{alias.name}" for alias in step.names)
    return frozenset(names)


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("store_server.")}


def libraries_imported(path: Path) -> set[str]:
    """Names that are neither ours nor Python's own."""
    first = {name.split(".")[0] for name in imports_of(path)}
    return first - set(sys.stdlib_module_names) - {"store_server", "scanner_node", "tests"}


def test_every_room_of_the_store_server_is_drawn() -> None:
    rooms = {room_of(path) for path in modules_of("store_server")} - {"__init__"}
    assert rooms <= set(OUR_ROOMS), "a new room needs its arrows in OUR_ROOMS and OUTSIDE"


def test_each_room_imports_only_the_rooms_drawn_for_it() -> None:
    wrong = {
        f"{path} -> {', '.join(sorted(forbidden))}"
        for path in modules_of("store_server")
        if room_of(path) != "__init__"
        and (forbidden := rooms_imported(path) - OUR_ROOMS[room_of(path)] - {room_of(path)})
    }
    assert not wrong


def test_each_room_imports_only_the_libraries_drawn_for_it() -> None:
    wrong = {
        f"{path} -> {', '.join(sorted(forbidden))}"
        for path in modules_of("store_server")
        if room_of(path) != "__init__" and (forbidden := libraries_imported(path) - OUTSIDE[room_of(path)])
    }
    assert not wrong


def test_only_the_plan_file_brings_pydantic_into_the_domain() -> None:
    users = {
        path.name
        for path in modules_of("store_server")
        if room_of(path) == "domain" and "pydantic" in libraries_imported(path)
    }
    assert users <= {"plan_form.py"}


def test_the_node_imports_the_contract_and_nothing_else_of_the_server() -> None:
    wrong = {
        f"{path} -> {name}"
        for path in modules_of("scanner_node")
        for name in imports_of(path)
        if name.startswith("store_server.") and not name.startswith("store_server.wire")
    }
    assert not wrong
    assert {name for path in modules_of("scanner_node") for name in libraries_imported(path)} <= NODE_OUTSIDE


def test_no_program_imports_the_node_or_the_tests() -> None:
    wrong = {
        f"{path} -> {name}"
        for path in modules_of("store_server", "scanner_node")
        for name in imports_of(path)
        if name.split(".")[0] == "tests" or (name.split(".")[0] == "scanner_node" and path.parts[0] == "store_server")
    }
    assert not wrong


def test_an_adapter_knows_one_outside_library() -> None:
    for path in modules_of("store_server"):
        if room_of(path) == "adapters" and path != SECRETS_BOX:
            found = libraries_imported(path) & ONE_LIBRARY_EACH
            assert len(found - SQL) + bool(found & SQL) <= 1, f"{path} knows {', '.join(sorted(found))}"


def test_the_domain_touches_nothing_outside_itself() -> None:
    for path in modules_of("store_server"):
        if room_of(path) == "domain":
            first = {name.split(".")[0] for name in imports_of(path)}
            assert not first & IMPURE, f"{path} imports {', '.join(sorted(first & IMPURE))}"
            for step in ast.walk(tree_of(path)):
                if isinstance(step, ast.Call) and isinstance(step.func, ast.Name):
                    assert step.func.id not in {"open", "print", "input"}, f"{path}, line {step.lineno}"
                if isinstance(step, ast.Attribute):
                    assert step.attr not in {"now", "utcnow", "today"}, f"{path}, line {step.lineno} reads a clock"


@cache
def below(module: str) -> frozenset[str]:
    """The domain files one file comes to know, through whatever others."""
    return known_by(module, frozenset({module}))


def known_by(module: str, on_the_way: frozenset[str]) -> frozenset[str]:
    path = Path(f"store_server/domain/{module}.py")
    direct = {name.split(".")[2] for name in imports_of(path) if name.startswith("store_server.domain.")}
    direct -= {module}
    assert not direct & on_the_way, f"a circle: {module} -> {', '.join(sorted(direct & on_the_way))}"
    return frozenset(direct).union(*(known_by(each, on_the_way | {each}) for each in direct))


@pytest.mark.parametrize("module", sorted(NOT_BELOW))
def test_a_lower_step_of_the_domain_does_not_know_a_higher_one(module: str) -> None:
    assert not below(module) & NOT_BELOW[module]


def test_the_domain_has_no_circles() -> None:
    for path in modules_of("store_server"):
        if room_of(path) == "domain" and path.stem != "__init__":
            below(path.stem)


def test_the_package_file_of_the_server_is_empty_so_a_node_loads_no_web_framework() -> None:
    assert text_of(Path("store_server/__init__.py")) == ""


def test_only_the_wsgi_file_reads_the_environment_at_import() -> None:
    for path in modules_of("store_server", "scanner_node"):
        if path == Path("store_server/wsgi.py") or path in WRITES_ENVIRONMENT_AT_IMPORT:
            continue
        for statement in tree_of(path).body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            for step in ast.walk(statement):
                assert not (isinstance(step, ast.Attribute) and step.attr in {"environ", "getenv"}), path


def test_peers_are_measured_against_and_never_used() -> None:
    peers = {"localization", "easy_trilateration"}
    for path in modules_of("store_server", "scanner_node", "tests"):
        if path.parts[:2] not in {("tests", "bench"), ("tests", "accuracy")}:
            assert not libraries_imported(path) & peers, path


def test_a_screen_takes_its_message_types_from_the_generated_file_alone() -> None:
    for path in committed():
        if path.suffix in {".ts", ".tsx"} and path.parts[:2] == ("kiosk_ui", "src"):
            text = text_of(path)
            assert text is not None
            assert "wire.schema.json" not in re.sub(r"/\*.*?\*/", "", text, count=1, flags=re.DOTALL), path
            if path.name != "connection.ts":
                assert not re.search(r"""from ["']socket\.io-client["']""", text), (
                    f"{path}: only connection.ts opens a socket"
                )


def test_the_generated_schemas_are_what_the_contract_says() -> None:
    assert out_of_date() == [], "run `make wire` and commit what it writes"
