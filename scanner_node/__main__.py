"""``aisleway-node``: run a scanner node, enrol it, check it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from scanner_node.identity import CA_FILE, StateProblem, load_identity
from scanner_node.settings import NodeSettings, ServerAddress, WrongSetting, default_state_dir

_ABOUT = """\
Hears the beacons that shoppers carry and tells the store server, signed, what it heard.
Forwards only ids the server names as valid just now; everything else is dropped unseen."""

_ABOUT_RUN = f"""{_ABOUT}

Other uses, each with its own --help:
  aisleway-node enrol    make this machine a node of the store, with a code from the manager's screen
  aisleway-node check    does the radio hear, does the server answer"""

_EXAMPLE_RUN = """\
example:
  aisleway-node --server https://store.example:8443 --radio bleak:

Exit codes: 0 stopped on request, 1 the state folder cannot be used, 2 wrong use."""

_EXAMPLE_ENROL = """\
example:
  aisleway-node enrol --server https://store.example:8443 --ca store-ca.pem --code 7KQ2-M4XD-9RTA-11ZB

Exit codes: 0 enrolled (and confirmed, unless --no-wait), 1 refused, 2 wrong use."""

_EXAMPLE_CHECK = """\
example:
  aisleway-node check --radio bleak: --server https://store.example:8443

Exit codes: 0 all is well, 1 something is not (said on stderr), 2 wrong use."""


def _parser(name: str, about: str, example: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=name,
        description=about,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--state",
        type=Path,
        default=None,
        metavar="DIR",
        help="where this node keeps its key and name (default: the user's own place)",
    )
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="the store's own CA certificate, needed for https (kept by enrol)"
    )
    return parser


def _run_parser() -> argparse.ArgumentParser:
    parser = _parser("aisleway-node", _ABOUT_RUN, _EXAMPLE_RUN)
    parser.add_argument(
        "--server", required=True, metavar="URL", help="the store server; plain http only on this machine"
    )
    parser.add_argument(
        "--radio", default="bleak:", metavar="SPEC", help="bleak: or bleak:hci1 or replay:FILE (default bleak:)"
    )
    parser.add_argument(
        "--scan",
        choices=("active", "passive"),
        default="active",
        help="active (default) gives every strength; passive hears our frames alone, where BlueZ can",
    )
    parser.add_argument(
        "--batch-age", type=float, default=0.25, metavar="S", help="longest wait before a batch goes (default 0.25)"
    )
    parser.add_argument(
        "--spool", type=float, default=30.0, metavar="S", help="how long sightings wait for a lost server (default 30)"
    )
    parser.add_argument(
        "--silent-after",
        type=float,
        default=10.0,
        metavar="S",
        help="restart a scanner that hears nobody for this long (default 10)",
    )
    parser.add_argument(
        "--health-every", type=float, default=5.0, metavar="S", help="how often to say how this node is (default 5)"
    )
    parser.add_argument(
        "--rotate-key-after", type=float, default=90.0, metavar="DAYS", help="a new key after this long (default 90)"
    )
    return parser


def _enrol_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "aisleway-node enrol",
        "Makes this machine's key (it never leaves it), shows its fingerprint, and waits until a manager confirms it.",
        _EXAMPLE_ENROL,
    )
    parser.add_argument("--server", required=True, metavar="URL", help="the store server")
    parser.add_argument(
        "--code", required=True, help="the one-time code from the manager's screen; good for ten minutes"
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the manager")
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "aisleway-node check", "Says in plain words whether the radio hears and the server answers.", _EXAMPLE_CHECK
    )
    parser.add_argument("--server", metavar="URL", help="the store server; left out: only the radio is checked")
    parser.add_argument(
        "--radio", default="bleak:", metavar="SPEC", help="bleak: or bleak:hci1 or replay:FILE (default bleak:)"
    )
    parser.add_argument("--listen", type=float, default=3.0, metavar="S", help="how long to listen (default 3)")
    return parser


def _server(arguments: argparse.Namespace, state_dir: Path) -> ServerAddress:
    kept = state_dir / CA_FILE
    return ServerAddress.checked(arguments.server, arguments.ca or (kept if kept.is_file() else None))


def _run(words: Sequence[str]) -> int:
    arguments = _run_parser().parse_args(words)
    state_dir = arguments.state or default_state_dir()
    settings = NodeSettings(
        server=_server(arguments, state_dir),
        radio=arguments.radio,
        state_dir=state_dir,
        scans_passively=arguments.scan == "passive",
        batch_age_s=arguments.batch_age,
        health_every_s=arguments.health_every,
        spool_s=arguments.spool,
        silent_after_s=arguments.silent_after,
        rotate_key_after_days=arguments.rotate_key_after,
    )
    from scanner_node.running import run_node  # --help and mistakes need no network library

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    asyncio.run(run_node(settings, load_identity(state_dir)))
    return 0


def _enrol(words: Sequence[str]) -> int:
    arguments = _enrol_parser().parse_args(words)
    state_dir = arguments.state or default_state_dir()
    server = ServerAddress.checked(arguments.server, arguments.ca)
    from scanner_node.enrolling import enrol

    return asyncio.run(enrol(server, arguments.code, state_dir, waits=not arguments.no_wait))


def _check(words: Sequence[str]) -> int:
    arguments = _check_parser().parse_args(words)
    state_dir = arguments.state or default_state_dir()
    from scanner_node.checking import check

    server = _server(arguments, state_dir) if arguments.server else None
    return asyncio.run(check(arguments.radio, server, state_dir, listens_s=arguments.listen))


def main(words: Sequence[str] | None = None) -> int:
    """The console script; returns the exit code."""
    given = list(sys.argv[1:] if words is None else words)
    use = {"enrol": _enrol, "check": _check}.get(given[0]) if given else None
    try:
        return use(given[1:]) if use else _run(given)
    except WrongSetting as problem:
        sys.stderr.write(f"aisleway-node: {problem}\n")
        return 2
    except StateProblem as problem:
        sys.stderr.write(f"aisleway-node: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
