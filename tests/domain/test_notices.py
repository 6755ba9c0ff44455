"""The notice says exactly what was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.notices import LANGUAGES, NOTICE_VERSION, notice
from store_server.wire.privacy import Notice, Purpose

CONTROLLER = "Shop, 1 High Street"


def test_every_purpose_is_explained_once_and_in_order() -> None:
    read = notice("en", CONTROLLER)
    assert [each.purpose for each in read.purposes] == list(Purpose)
    assert len(read.promises) == 9
    assert (read.version, read.controller) == (NOTICE_VERSION, CONTROLLER)


def test_the_same_words_have_the_same_hash_and_other_words_another() -> None:
    assert notice("en", CONTROLLER) == notice("en", CONTROLLER)
    assert notice("en", CONTROLLER).sha256 != notice("en", "Another shop").sha256


@pytest.mark.parametrize("language", ["de", "", "xx", "EN", "en-GB"])
def test_a_language_without_a_translation_is_read_in_english_and_says_so(language: str) -> None:
    assert notice(language, CONTROLLER) == notice("en", CONTROLLER)
    assert notice(language, CONTROLLER).language in LANGUAGES


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=200))
def test_the_hash_survives_json(controller: str) -> None:
    read = notice("en", controller)
    assert Notice.model_validate_json(read.model_dump_json()) == read
