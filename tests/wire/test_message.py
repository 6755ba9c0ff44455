"""What every message promises: strict, frozen, bounded, closed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from store_server.wire.__main__ import main, messages, out_of_date
from store_server.wire.message import Identifier, Instant, Key, Label, Message, Sku

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("message", messages(), ids=lambda message: str(message.__name__))
@settings(max_examples=15)
@given(content=JSON)
def test_nothing_but_a_refusal_comes_of_any_json(message: type[Message], content: Any) -> None:
    for text in (json.dumps(content), json.dumps(dict.fromkeys(message.model_fields, content))):
        try:
            read = message.model_validate_json(text)
        except ValidationError:
            continue
        assert message.model_validate_json(read.model_dump_json()) == read


@pytest.mark.parametrize("message", messages(), ids=lambda message: str(message.__name__))
def test_every_message_is_strict_frozen_and_hides_what_was_sent(message: type[Message]) -> None:
    config = message.model_config
    assert config["strict"]
    assert config["frozen"]
    assert config["hide_input_in_errors"]
    assert config["allow_inf_nan"] is False
    assert message.event_name() == message.event_name().lower()


def test_messages_are_closed_but_for_shapes_on_a_plan() -> None:
    open_ones = {message.__name__ for message in messages() if message.model_config["extra"] != "forbid"}
    assert all(name.endswith("Properties") for name in open_ones), "only other tools' properties are let through"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Key, ["a", "rpi-07", "G001-W-01-2", "a" * 64], ["", "a" * 65, "a b", "ä", "a\n", "\x00", "'"]),
        (Identifier, ["0" * 32], ["0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 32 + "\n"]),
        (Sku, ["1", "Ä 1/2"], ["", "a" * 65, "a\x00", "a\nb", "\x7f"]),
        (Label, ["x", "two\nlines", "<b>"], ["", "a" * 201, "a\x00", "\x1b[31m"]),
        (
            Instant,
            ["2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123+02:00"],
            ["1999-12-31T23:59:59Z", "2026-11-24", ""],
        ),
        (Instant, [], ["2026-11-24T10:00:00", "9999-12-31T23:59:59Z", "2201-01-01T00:00:00Z", 1764000000, None]),
    ],
)
def test_the_building_blocks_take_what_fits_and_nothing_else(kind: Any, good: list[Any], bad: list[Any]) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    for value in good:
        adapter.validate_json(json.dumps(value), strict=True)
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_json(json.dumps(value), strict=True)


def test_an_instant_is_aware() -> None:
    read: datetime = TypeAdapter(Instant).validate_json('"2026-11-24T12:00:00+02:00"')
    assert read == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_the_committed_schemas_are_what_the_contract_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert out_of_date() == []
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""
