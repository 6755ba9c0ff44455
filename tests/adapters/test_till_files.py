from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.adapters import till_files
from store_server.adapters.till_files import (
    BadRow,
    BasketRow,
    QueryRow,
    StockRow,
    read_baskets,
    read_catalogue,
    read_queries,
    read_stock,
)
from store_server.wire.shopping import Product

READERS: list[Callable[[Path], Iterator[Any]]] = [read_catalogue, read_stock, read_baskets, read_queries]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes | str, str], Path]:
    def written(content: bytes | str, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


Write = Callable[..., Path]


def bad(found: Iterator[Any]) -> list[tuple[int, str]]:
    return [(row.line_number, row.reason) for row in found if isinstance(row, BadRow)]


def test_a_catalogue_row_becomes_a_product(write: Write) -> None:
    path = write(
        "sku,name,category,brand,gtin,price_minor,is_sensitive\n"
        "1,Spaghetti,pasta,Millbrook,2000000000015,149,no\n2,Gin,spirits,,,,YES\n"
    )
    assert list(read_catalogue(path)) == [
        Product(sku="1", name="Spaghetti", category="pasta", brand="Millbrook", gtin="2000000000015", price_minor=149),
        Product(sku="2", name="Gin", category="spirits", is_sensitive=True),
    ]


def test_columns_may_stand_in_any_order_with_others_between_them(write: Write) -> None:
    path = write("\ufeffName, SKU ,colour,category\r\nMilk,1,white,dairy\r\n\r\n")
    assert list(read_catalogue(path)) == [Product(sku="1", name="Milk", category="dairy")]


def test_a_quoted_comma_belongs_to_its_cell(write: Write) -> None:
    found = list(read_catalogue(write('sku,name,category\n1,"Peas, 500 g",frozen\n')))
    assert found == [Product(sku="1", name="Peas, 500 g", category="frozen")]


def test_a_packed_file_is_read_like_a_plain_one(write: Write) -> None:
    assert list(read_stock(write(gzip.compress(b"sku,quantity\n1,5\n"), "s.csv.gz"))) == [StockRow("1", 5)]


def test_baskets_keep_shopper_and_order_where_the_file_has_them(write: Write) -> None:
    path = write("basket_id,shopper_id,sequence,item\n7,ann,3,milk\n8,,,tea\n")
    assert list(read_baskets(path)) == [BasketRow("7", "milk", "ann", 3), BasketRow("8", "tea")]
    first = date(2026, 5, 31).toordinal()
    assert list(read_baskets(write("basket_id,date,item\n7,2026-05-31,milk\n8,2026-06-01,milk\n"))) == [
        BasketRow("7", "milk", None, first),
        BasketRow("8", "milk", None, first + 1),
    ]


def test_the_same_product_twice_in_a_basket_is_no_error(write: Write) -> None:
    assert bad(read_baskets(write("basket_id,item\n7,milk\n7,milk\n"))) == []


def test_queries_are_read(write: Write) -> None:
    assert list(read_queries(write("query_id,item\nq,milk\n"))) == [QueryRow("q", "milk")]


def test_good_rows_are_kept_and_each_bad_one_is_told_by_line_and_reason(write: Write) -> None:
    path = write(b"sku,quantity\n1,5\n2,-3\n3,many\n4,1.5\n1,9\n,4\n7,99999999999\n8\n9,2,extra\n10,\n11,1\n")
    found = list(read_stock(path))
    assert [row for row in found if isinstance(row, StockRow)] == [StockRow("1", 5), StockRow("11", 1)]
    assert bad(iter(found)) == [
        (3, "quantity: must not be negative"),
        (4, "quantity: must be a whole number"),
        (5, "quantity: must be a whole number"),
        (6, "sku: stands in the file a second time; the first row was taken"),
        (7, "sku: 1 to 64 characters, none of them a control character"),
        (8, "quantity: at most 1000000000"),
        (9, "1 columns where the first line names 2"),
        (10, "3 columns where the first line names 2"),
        (11, "quantity: must be a whole number"),
    ]


def test_bad_products_are_told_column_by_column_and_without_what_was_in_them(write: Write) -> None:
    path = write(
        "sku,name,category,brand,gtin,is_sensitive,price_minor\n"
        "1,,,x,12,no,\n2,Tea,tea,,,perhaps,\n3,Tea,tea,,,no,-1\n4,secret\x07,tea,,,,\n5,Jam,jam,,,,1\n5,Jam,jam,,,,1\n"
    )
    reasons = dict(bad(read_catalogue(path)))
    assert [part.split(":")[0] for part in reasons[2].split("; ")] == ["name", "category", "gtin"]
    assert reasons[3] == "is_sensitive: must be yes or no"
    assert reasons[4] == "price_minor: must not be negative"
    assert reasons[5].startswith("name:")
    assert reasons[7].startswith("sku: stands in the file a second time")
    assert "secret" not in str(reasons)


def test_a_sku_refused_once_may_come_right_later(write: Write) -> None:
    found = list(read_catalogue(write("sku,name,category\n1,,tea\n1,Tea,tea\n")))
    assert found[1] == Product(sku="1", name="Tea", category="tea")


def test_a_date_that_is_none_is_told(write: Write) -> None:
    assert bad(read_baskets(write("basket_id,date,item\n7,31.5.2026,milk\n"))) == [
        (2, "date: must be written like 2026-05-31")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "missing: sku, quantity"),
        (b"sku;quantity\n1;5\n", "separated by commas; missing: sku, quantity"),
        (b"sku,amount\n1,5\n", "missing: quantity"),
        (b"sku,quantity,sku\n1,5,2\n", "names a column twice"),
        ("sku,quantity\n1,5\n".encode("utf-16"), "not UTF-8"),
        (b"PK\x03\x04\x00\x00", "NUL"),
        (b"x" * 200_000, "longer than 64 kB"),
        (b'sku,"quantity\n', "a quote is opened"),
    ],
)
def test_without_its_header_a_file_is_refused_as_a_whole(write: Write, content: bytes, words: str) -> None:
    found = list(read_stock(write(content)))
    assert len(found) == 1
    assert isinstance(found[0], BadRow)
    assert found[0].line_number == 1
    assert words in found[0].reason


def test_one_spoilt_line_spoils_no_other(write: Write) -> None:
    lines = [b"sku,quantity", b"1,5", b'2,"5', b"3,\xff", b"4,\x00", b"5," + b"9" * 300_000, b"6,6", b"7,7"]
    found = list(read_stock(write(b"\n".join(lines))))
    assert [row for row in found if isinstance(row, StockRow)] == [StockRow("1", 5), StockRow("6", 6), StockRow("7", 7)]
    assert [line for line, _ in bad(iter(found))] == [3, 4, 5, 6]


def test_a_cut_off_packed_file_gives_its_good_rows_and_says_where_it_ends(write: Write) -> None:
    content = gzip.compress(b"sku,quantity\n" + b"".join(b"%d,5\n" % n for n in range(50_000)))
    found = list(read_stock(write(content[: len(content) // 2], "s.csv.gz")))
    assert len(found) > 1000
    assert bad(iter(found))[0][1] == "the packed file is damaged from here on: pack it again"


@pytest.mark.parametrize("content", [b"not packed at all", b"\x1f\x8b\x08\x00garbage that is none", b"\x1f"])
def test_a_file_that_only_claims_to_be_packed_is_refused(write: Write, content: bytes) -> None:
    assert bad(read_stock(write(content, "s.csv.gz"))) == [
        (1, "the packed file is damaged from here on: pack it again")
    ]


def test_a_file_made_to_fill_the_disk_is_given_up(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(till_files, "MAX_FILE_BYTES", 1024**2)
    bomb = write(gzip.compress(b"sku,quantity\n1,5\n" + b"0" * 4 * 1024**2), "s.csv.gz")
    assert bad(read_stock(bomb)) == [(3, "the file is larger than 0 GB: split it")]


@pytest.mark.parametrize("read", READERS)
def test_a_file_that_is_not_there_is_the_callers_mistake(read: Callable[[Path], Iterator[Any]], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "none.csv"))


HEADERS = [
    b"sku,name,category,gtin,price_minor\n",
    b"sku,quantity\n",
    b"basket_id,shopper_id,date,item\n",
    b"query_id,item\n",
    b"",
]
LINES = st.lists(
    st.binary(max_size=30) | st.text(max_size=20).map(lambda t: t.encode()) | st.sampled_from([b"1,2", b"1,-2"])
)


@pytest.mark.parametrize("read", READERS)
@given(header=st.sampled_from(HEADERS), lines=LINES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_content_whatever_makes_a_reader_raise(
    read: Callable[[Path], Iterator[Any]], tmp_path: Path, header: bytes, lines: list[bytes]
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(header + b"\n".join(lines))
    line_count = path.read_bytes().count(b"\n") + 1
    for row in read(path):
        if isinstance(row, BadRow):
            assert 1 <= row.line_number <= line_count
            assert row.reason
