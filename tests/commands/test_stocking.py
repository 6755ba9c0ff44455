"""Commands that fill the store: good files, bad files, hostile files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from store_server.adapters.secrets_box import KeyWrap, read_master_key
from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.adapters.system_clock import SystemClock
from store_server.app import hash_code
from store_server.commands.stocking import (
    MOST_LISTED,
    add_tags,
    create_manager,
    create_staff,
    enrol_node,
    import_baskets,
    import_catalogue,
    import_stock,
    pair_kiosk,
    publish_plan,
)
from store_server.ports import CodeKind, Credential
from store_server.wire.people import Role
from tests.fakes import OPENING
from tests.opened_store import PASSWORD, PLAN

CATALOGUE = "sku,name,category,price_minor\npeas,Peas,vegetables,149\nrice,Rice,grains,99\n"


class Shop:
    """A store on disk, and its commands."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        read_master_key(folder / "store.key", create=True)
        self.env = {"DATABASE_URL": url, "AISLEWAY_KEY_FILE": str(folder / "store.key")}
        self.database = Database(url)
        self.records = SqlRecords(self.database)

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run(self, command: Any, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(command, arguments, env=self.env, input=typed)

    def publish(self, document: Any = None, *more: str) -> Result:
        content = PLAN.model_dump_json(exclude_none=True) if document is None else json.dumps(document)
        return self.run(publish_plan, self.file("plan.json", content), *more)


@pytest.fixture
def shop(tmp_path: Path, sqlite_url: str) -> Iterator[Shop]:
    made = Shop(tmp_path, sqlite_url)
    yield made
    made.database.close()


# --- catalogue, stock, baskets ---------------------------------------------------------------------------------------


def test_a_catalogue_is_taken_and_taken_again(shop: Shop) -> None:
    for _ in range(2):
        done = shop.run(import_catalogue, shop.file("c.csv", CATALOGUE))
        assert done.exit_code == 0, done.stderr
        assert "2 products taken, 0 refused." in done.stdout
    peas = shop.records.store.product("peas")
    assert peas is not None
    assert (peas.name, peas.price_minor) == ("Peas", 149)


def test_bad_rows_are_listed_by_line_and_good_ones_taken(shop: Shop) -> None:
    secret = "\x00secret"
    text = CATALOGUE + f",nameless,x,1\nsalt,Salt,spices,-5\n{secret},x,y,1\noil,Oil,oils,3\n"
    done = shop.run(import_catalogue, shop.file("c.csv", text))
    assert done.exit_code == 1
    assert "3 products taken, 3 refused." in done.stdout
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["line 4", "line 5", "line 6"]
    assert "secret" not in done.stderr
    assert set(shop.records.store.products(["peas", "salt", "oil"])) == {"peas", "oil"}


def test_of_many_bad_rows_some_are_listed_and_the_rest_counted(shop: Shop) -> None:
    text = "sku,quantity\n" + "peas,many\n" * (MOST_LISTED + 7)
    done = shop.run(import_stock, shop.file("s.csv", text))
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "... and 7 more."
    assert len(done.stderr.splitlines()) == MOST_LISTED + 1


@pytest.mark.parametrize("command", [import_catalogue, import_stock, import_baskets])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"\xff\xfe\x00\x01" * 50,
        b"a,b,c\n1,2,3\n",
        b'sku,"quantity\n1,2',
        b"sku\n" + b"x" * 200_000,
    ],
)
def test_t31_a_file_that_is_none_is_refused_without_a_stumble(shop: Shop, command: Any, content: bytes) -> None:
    done = shop.run(command, shop.file("f.csv", content))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert done.stderr
    assert list(shop.records.store.baskets()) == []
    assert shop.records.store.find_products("a", 5) == []


@pytest.mark.parametrize("content", [b"not gzip at all", gzip.compress(b"sku,quantity\n1,2\n", mtime=0)[:-6]])
def test_a_broken_archive_is_refused(shop: Shop, content: bytes) -> None:
    done = shop.run(import_stock, shop.file("s.csv.gz", content))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)


def test_a_file_that_is_not_there_is_wrong_use(shop: Shop) -> None:
    for command in (import_catalogue, import_stock, import_baskets, publish_plan, add_tags):
        assert shop.run(command, str(shop.folder / "none.csv")).exit_code == 2
        assert shop.run(command, str(shop.folder)).exit_code == 2
        assert shop.run(command).exit_code == 2


def test_stock_is_taken_with_its_time(shop: Shop) -> None:
    done = shop.run(import_stock, shop.file("s.csv", "sku,quantity\npeas,7\nrice,0\n"))
    assert done.exit_code == 0, done.stderr
    stock = shop.records.store.stock(["peas", "rice"])
    assert {sku: row.quantity for sku, row in stock.items()} == {"peas": 7, "rice": 0}


def test_baskets_are_taken_without_their_shoppers_and_learned_from(shop: Shop, tmp_path: Path) -> None:
    rows = "".join(f"{n},shopper-{n},{sku}\n" for n in range(20) for sku in ("peas", "rice"))
    done = shop.run(import_baskets, shop.file("b.csv.gz", gzip.compress(f"basket_id,shopper_id,item\n{rows}".encode())))
    assert done.exit_code == 0, done.stderr
    assert "Learned from 20 baskets of 2 products." in done.stdout
    assert shop.records.store.complements() is not None
    for file in tmp_path.glob("store.db*"):
        assert b"shopper-1" not in file.read_bytes()


# --- the plan --------------------------------------------------------------------------------------------------------


def test_a_sound_plan_is_published(shop: Shop) -> None:
    done = shop.publish(None, "--note", "first")
    assert done.exit_code == 0, done.stderr
    assert "Published version 1" in done.stdout
    plan = shop.records.plans.current()
    assert plan is not None
    assert plan.document == PLAN


def test_a_plan_with_errors_is_not_published(shop: Shop) -> None:
    document = json.loads(PLAN.model_dump_json(exclude_none=True))
    for feature in document["features"]:
        if feature["feature_type"] == "opening":
            feature["geometry"]["coordinates"] = [[8, 3], [10, 3]]
    done = shop.publish(document)
    assert done.exit_code == 1
    assert "opening_off_outline" in done.stderr
    assert "Not published: 1 errors" in done.stderr
    assert shop.records.plans.version() == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"type": "FeatureCollection"}', b"\xff\xfe", b"[" * 100_000])
def test_t32_a_plan_that_is_none_is_not_published(shop: Shop, content: bytes) -> None:
    done = shop.run(publish_plan, shop.file("plan.json", content))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert shop.records.plans.version() == 0


def test_a_calibration_that_is_none_is_not_published(shop: Shop) -> None:
    for content in ("{}", "no json"):
        done = shop.publish(None, "--calibration", shop.file("cal.json", content))
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
    assert shop.records.plans.version() == 0


# --- people, nodes, kiosks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "role"), [(create_manager, Role.MANAGER), (create_staff, Role.STAFF)])
def test_a_user_is_made_with_a_hashed_password(shop: Shop, tmp_path: Path, command: Any, role: Role) -> None:
    done = shop.run(command, "ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.stderr
    assert PASSWORD not in done.output
    user = shop.records.people.user("ada")
    assert user is not None
    assert user.role is role
    for file in tmp_path.glob("store.db*"):
        assert PASSWORD.encode() not in file.read_bytes()


def test_a_manager_may_be_made_who_edits_the_plan_and_does_not_publish_it(shop: Shop) -> None:
    assert shop.run(create_manager, "ada", "--password", PASSWORD).exit_code == 0
    assert shop.run(create_manager, "kim", "--password", PASSWORD, "--may-not-publish").exit_code == 0
    rights = {name: shop.records.people.user(name) for name in ("ada", "kim")}
    assert {name: user is not None and user.may_publish for name, user in rights.items()} == {"ada": True, "kim": False}


def test_d3_a_new_password_ends_the_sessions_of_the_old(shop: Shop) -> None:
    shop.records.people.put_user("ada", Role.STAFF, "old")
    for token, name, credential in (("t1", "ada", Credential.STAFF), ("t2", "kim", Credential.STAFF)):
        shop.records.people.open_session(token, credential, name, OPENING, idle_s=99, absolute_s=99)
    assert shop.run(create_manager, "ada", "--password", PASSWORD).exit_code == 0
    assert shop.records.people.session("t1", OPENING) is None
    assert shop.records.people.session("t2", OPENING) is not None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ada", "short"),
        ("ada", ""),
        ("ada", "x" * 129),
        ("ada lovelace", PASSWORD),
        ("", PASSWORD),
        ("a" * 65, PASSWORD),
    ],
)
def test_a_name_or_password_that_could_never_sign_in_is_refused(shop: Shop, name: str, password: str) -> None:
    done = shop.run(create_manager, name, "--password", password)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert shop.records.people.user(name) is None


@pytest.mark.parametrize(("command", "key", "kind"), [(enrol_node, "rpi-01", "node"), (pair_kiosk, "kiosk-1", "kiosk")])
def test_a_code_is_printed_for_what_stands_on_the_plan(shop: Shop, command: Any, key: str, kind: str) -> None:
    assert shop.run(command, key).exit_code == 1, "no plan yet"
    shop.publish()
    done = shop.run(command, key)
    assert done.exit_code == 0, done.stderr
    assert shop.records.nodes.use_code(CodeKind(kind), hash_code(done.stdout.strip()), SystemClock().now()) == key
    unknown = shop.run(command, "elsewhere")
    assert unknown.exit_code == 1
    assert "draw it there first" in unknown.stderr


# --- beacons ---------------------------------------------------------------------------------------------------------

KEY = "0f" * 16


def tag_file(*tags: dict[str, Any], **head: Any) -> str:
    made = [{"label": "TAG-1", "identity_key": KEY, "exponent": 9, "clock_offset_s": 0.0, **tag} for tag in tags]
    return json.dumps({"format": "aisleway-tags-1", "tags": made, **head})


def test_tags_are_added_once_and_their_keys_are_wrapped(shop: Shop, tmp_path: Path) -> None:
    path = shop.file("tags.json", tag_file({}, {"label": "TAG-2"}))
    assert "2 beacons added, 0 were there already." in shop.run(add_tags, path).stdout
    assert "0 beacons added, 2 were there already." in shop.run(add_tags, path).stdout
    beacon = shop.records.shoppers.beacon_by_label("TAG-1")
    assert beacon is not None
    wrap = KeyWrap(read_master_key(tmp_path / "store.key"))
    assert wrap.unwrap(beacon.wrapped_key, beacon.beacon_id) == bytes.fromhex(KEY)
    for file in tmp_path.glob("store.db*"):
        assert bytes.fromhex(KEY) not in file.read_bytes()
        assert KEY.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        tag_file({"identity_key": KEY + "00"}),
        tag_file({"identity_key": "ZZ" * 16}),
        tag_file({"exponent": 16}),
        tag_file({"exponent": "9"}),
        tag_file({"label": "../../x"}),
        tag_file({"label": "x" * 33}),
        tag_file({}, {"clock_offset_s": "soon"}),
        tag_file({"owner": "Ada"}),
        tag_file({}, format="aisleway-tags-2"),
    ],
)
def test_a_tag_file_that_does_not_fit_names_its_fields_and_never_a_key(shop: Shop, content: str) -> None:
    done = shop.run(add_tags, shop.file("tags.json", content))
    assert done.exit_code == 1
    assert "these fields do not fit" in done.stderr
    assert KEY not in done.stderr
    assert shop.records.shoppers.free_labels() == []
