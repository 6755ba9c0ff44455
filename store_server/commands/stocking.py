"""Commands that fill the store: the plan, the catalogue, stock, baskets, people, nodes, beacons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import click
from pydantic import Field, ValidationError

from store_server.adapters.plan_files import load_plan
from store_server.adapters.till_files import BadRow, BasketRow, StockRow, read_baskets, read_catalogue, read_stock
from store_server.commands.opening import fail, ports, records, store
from store_server.domain.complements import fit
from store_server.domain.plan_checks import problems
from store_server.ports import CodeKind, Credential
from store_server.use_cases.hand_out_beacons import NewTag
from store_server.wire.calibration import Calibration
from store_server.wire.message import Message
from store_server.wire.people import Role, SignIn, TagLabel

AT_ONCE = 5000
MOST_LISTED = 50
SHORTEST_PASSWORD = 15
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_Row = TypeVar("_Row")


def _take(rows: Iterable[_Row | BadRow], put: Callable[[list[_Row]], None], what: str) -> None:
    """Put good rows in parts, list the bad ones with line and reason; exit 1 where there was any."""
    taken, bad = 0, list[BadRow]()

    def good() -> Iterator[_Row]:
        for row in rows:
            if isinstance(row, BadRow):
                bad.append(row)
            else:
                yield row

    stream = good()
    while part := list(islice(stream, AT_ONCE)):
        put(part)
        taken += len(part)
        click.echo(f"\r{taken} {what} taken", nl=False)
    click.echo(f"\r{taken} {what} taken, {len(bad)} refused.")
    for row in bad[:MOST_LISTED]:
        click.echo(f"line {row.line_number}: {row.reason}", err=True)
    if len(bad) > MOST_LISTED:
        click.echo(f"... and {len(bad) - MOST_LISTED} more.", err=True)
    if bad:
        raise SystemExit(1)


@click.command("import-catalogue")
@click.argument("file", type=_FILE)
def import_catalogue(file: Path) -> None:
    """Take products from a CSV: sku,name,category[,brand,gtin,price_minor,is_sensitive]. Taking a file again changes nothing.

    \b
    Example:
      aisleway import-catalogue floorplans/demo_store.catalogue.csv
    """
    _take(read_catalogue(file), records().store.put_products, "products")


@click.command("import-stock")
@click.argument("file", type=_FILE)
def import_stock(file: Path) -> None:
    """Take stock levels from a CSV: sku,quantity.

    \b
    Example:
      aisleway import-stock floorplans/demo_store.stock.csv
    """
    opened = ports()

    def put(rows: list[StockRow]) -> None:
        opened.records.store.put_stock([(row.sku, row.quantity) for row in rows], opened.clock.now())

    _take(read_stock(file), put, "stock levels")


@click.command("import-baskets")
@click.argument("file", type=_FILE)
def import_baskets(file: Path) -> None:
    """Take what was bought together from a CSV: basket_id,item[,...]; then learn suggestions from all baskets.

    Shopper numbers in the file are not kept.

    \b
    Example:
      aisleway import-baskets floorplans/demo_store.baskets.csv.gz
    """
    opened = ports()

    def put(rows: list[BasketRow]) -> None:
        opened.records.store.put_basket_items([(row.basket_id, row.item) for row in rows])

    try:
        _take(read_baskets(file), put, "basket rows")
    finally:
        learned = fit(opened.records.store.baskets())
        opened.records.store.save_complements(learned, opened.clock.now())
        click.echo(f"Learned from {learned.baskets} baskets of {len(learned.skus)} products.")


@click.command("publish-plan")
@click.argument("file", type=_FILE)
@click.option("--planogram", type=_FILE, help="CSV of shelf slots and what stands in them.")
@click.option("--calibration", type=_FILE, help="What `aisleway calibrate` wrote.")
@click.option("--note", default="", help="What changed, for the plan's history.")
def publish_plan(file: Path, planogram: Path | None, calibration: Path | None, note: str) -> None:
    """Check a floorplan and make it the store's. With errors in it nothing is published.

    \b
    Example:
      aisleway publish-plan floorplans/demo_store.floorplan.json --planogram floorplans/demo_store.planogram.csv
    """
    try:
        document = load_plan(file, planogram)
        measured = None if calibration is None else Calibration.model_validate_json(calibration.read_bytes())
    except (ValueError, OSError) as error:
        fail(f"This plan cannot be read: {error}")
    found = problems(document)
    errors = [problem for problem in found if problem.severity == "error"]
    for problem in errors[:MOST_LISTED]:
        click.echo(f"{problem.rule}: {problem.words}", err=True)
    if errors:
        fail(f"Not published: {len(errors)} errors. Mend them, then publish again.")
    opened = ports()
    version = opened.records.plans.publish(document, measured, "command line", note, opened.clock.now())
    click.echo(f"Published version {version}, {len(found)} warnings (see `aisleway check-plan`).")


def _create_user(user_name: str, role: Role, password: str, *, may_publish: bool = True) -> None:
    if len(password) < SHORTEST_PASSWORD:
        fail(f"A password has at least {SHORTEST_PASSWORD} characters. Three or four words are fine.")
    try:
        SignIn(user_name=user_name, password=password)
    except ValidationError:
        fail("A name has up to 64 letters, digits and . @ _ -; a password has at most 128 characters.")
    opened = ports()
    opened.records.people.put_user(user_name, role, opened.passwords.hash(password), may_publish=may_publish)
    # Whoever is signed in with the old password is no longer (requirement D3).
    opened.records.people.close_sessions_of([Credential.STAFF, Credential.MANAGER], user_name)
    click.echo(f"{user_name} may now sign in as {role.value}.")


@click.command("create-manager")
@click.argument("user_name")
@click.password_option(help="Asked for where it is left out.")
@click.option("--may-not-publish", is_flag=True, help="May edit the floorplan; somebody else publishes it.")
def create_manager(user_name: str, password: str, may_not_publish: bool) -> None:
    """Make a manager, or give one a new password.

    \b
    Example:
      aisleway create-manager ada
      aisleway create-manager kim --may-not-publish
    """
    _create_user(user_name, Role.MANAGER, password, may_publish=not may_not_publish)


@click.command("create-staff")
@click.argument("user_name")
@click.password_option(help="Asked for where it is left out.")
def create_staff(user_name: str, password: str) -> None:
    """Make a member of staff, or give one a new password.

    \b
    Example:
      aisleway create-staff kim
    """
    _create_user(user_name, Role.STAFF, password)


@click.command("disable-user")
@click.argument("user_name")
def disable_user(user_name: str) -> None:
    """Let somebody who left sign in no more; what they have open ends within seconds. A new password lets them in again.

    \b
    Example:
      aisleway disable-user kim
    """
    people = records().people
    if not people.disable_user(user_name):
        fail(f"There is nobody of the name {user_name}. Names are told apart by capital letters.")
    people.close_sessions_of([Credential.STAFF, Credential.MANAGER], user_name)
    click.echo(f"{user_name} may no longer sign in.")


@click.command("enrol-node")
@click.argument("node_key")
def enrol_node(node_key: str) -> None:
    """Print a one-time code for a node that stands on the plan; type it on the Raspberry Pi within ten minutes.

    \b
    Example:
      aisleway enrol-node rpi-03
    """
    _print_code(CodeKind.NODE, node_key)


@click.command("pair-kiosk")
@click.argument("kiosk_key")
def pair_kiosk(kiosk_key: str) -> None:
    """Print a one-time code for a kiosk that stands on the plan; type it on its screen within ten minutes.

    \b
    Example:
      aisleway pair-kiosk kiosk-1
    """
    _print_code(CodeKind.KIOSK, kiosk_key)


def _print_code(kind: CodeKind, key: str) -> None:
    from store_server.use_cases.refusals import Refusal

    try:
        made = store().enrolment.make_code(kind, key)
    except Refusal as refusal:
        fail(refusal.words)
    click.echo(made.code)


class _Tag(Message):
    label: TagLabel
    identity_key: str = Field(pattern=r"^[0-9a-f]{32}$")
    exponent: int = Field(ge=0, le=15)
    clock_offset_s: float


class _TagFile(Message):
    format: str = Field(pattern="^aisleway-tags-1$")
    tags: tuple[_Tag, ...]


@click.command("add-tags")
@click.argument("file", type=_FILE)
def add_tags(file: Path) -> None:
    """Take beacons into the store's stock from the file `aisleway provision-tag` wrote; delete the file afterwards.

    \b
    Example:
      aisleway provision-tag --address C0:FF:EE:00:00:01 --label TAG-001 --out tags.json
      aisleway add-tags tags.json
    """
    try:
        content = _TagFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        paths = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False)[:10])
        fail(f"{file} is not a tag file; these fields do not fit: {paths}")
    desk = store().desk
    added = sum(
        desk.add_tag(NewTag(tag.label, bytes.fromhex(tag.identity_key), tag.exponent, tag.clock_offset_s))
        for tag in content.tags
    )
    click.echo(f"{added} beacons added, {len(content.tags) - added} were there already.")


COMMANDS = (
    import_catalogue,
    import_stock,
    import_baskets,
    publish_plan,
    create_manager,
    create_staff,
    disable_user,
    enrol_node,
    pair_kiosk,
    add_tags,
)
