"""The envelope: every field is signed, and one spelling only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from store_server.wire.sightings import Envelope, Sighting, format_instant, key_fingerprint, static_ephemeral_id
from tests.fakes import OPENING

ENVELOPE = Envelope(node_id="rpi-01", boot_id=3, sequence=17, sent_at=OPENING)


def test_what_is_signed_is_written_line_by_line() -> None:
    assert ENVELOPE.signed_bytes("post", "/api/node/batches", b"").decode().split("\n") == [
        "aisleway-node-request-1",
        "POST",
        "/api/node/batches",
        "rpi-01",
        "3",
        "17",
        "2026-11-24T10:00:00.000Z",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]


@given(
    st.sampled_from(
        [("node_id", "rpi-02"), ("boot_id", 4), ("sequence", 18), ("sent_at", OPENING + timedelta(seconds=1))]
    )
)
def test_another_value_of_any_field_is_other_bytes(change: tuple[str, object]) -> None:
    changed = ENVELOPE.model_copy(update=dict([change]))
    assert changed.signed_bytes("POST", "/x", b"") != ENVELOPE.signed_bytes("POST", "/x", b"")


def test_headers_carry_the_envelope_there_and_back() -> None:
    headers = ENVELOPE.headers()
    assert tuple(headers) == Envelope.HEADERS
    fields = ("node_id", "boot_id", "sequence", "sent_at")
    assert Envelope.model_validate_strings(dict(zip(fields, headers.values(), strict=True))) == ENVELOPE


@given(st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)), st.integers(-23, 23))  # noqa: DTZ001
def test_an_instant_has_one_spelling_in_every_zone(at: datetime, hours: int) -> None:
    utc = at.replace(tzinfo=UTC)
    assert format_instant(utc.astimezone(timezone(timedelta(hours=hours)))) == format_instant(utc)
    assert len(format_instant(utc)) == len("2026-11-24T10:00:00.123Z")


def test_b3_a_sighting_says_nothing_else_of_the_sender() -> None:
    assert set(Sighting.model_fields) == {"ephemeral_id", "rssi_dbm", "heard_at"}


@pytest.mark.parametrize(
    "ephemeral_id", ["", "0" * 15, "0" * 17, "G" * 16, "A" * 16, "C0:FF:EE:00:00:01", "0" * 16 + "\n"]
)
def test_an_id_is_sixteen_small_hex_digits(ephemeral_id: str) -> None:
    with pytest.raises(ValidationError):
        Sighting(ephemeral_id=ephemeral_id, rssi_dbm=-60, heard_at=OPENING)


@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_static_ids_differ_by_identity_and_by_format(first: bytes, second: bytes) -> None:
    assert (static_ephemeral_id("ibeacon", first) == static_ephemeral_id("ibeacon", second)) is (first == second)
    assert static_ephemeral_id("ibeacon", first) != static_ephemeral_id("altbeacon", first)


def test_a_fingerprint_can_be_read_aloud() -> None:
    fingerprint = key_fingerprint(bytes(range(32)))
    assert [len(group) for group in fingerprint.split("-")] == [4] * 6
    assert fingerprint != key_fingerprint(bytes(32))
