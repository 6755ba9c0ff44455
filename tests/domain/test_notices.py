"""The notice says exactly what was read, in each language the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.notices import LANGUAGES, NOTICE_VERSION, notice
from store_server.wire.privacy import Notice, Purpose

CONTROLLER = "Shop, 1 High Street"


def words(read: Notice) -> list[str]:
    """All that is read, in its order."""
    each = [(of.sentence, of.why, of.data, of.kept) for of in read.purposes]
    return [*read.promises, *(text for texts in each for text in texts)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_is_explained_once_and_in_order(language: str) -> None:
    read = notice(language, CONTROLLER)
    assert read.language == language
    assert [each.purpose for each in read.purposes] == list(Purpose)
    assert len(read.promises) == 9
    assert (read.version, read.controller) == (NOTICE_VERSION, CONTROLLER)


def test_the_notice_is_there_in_the_six_languages_of_the_screens() -> None:
    assert set(LANGUAGES) == {"en", "de", "fr", "es", "ar", "zh"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_and_nothing_is_left_in_english(language: str) -> None:
    texts = words(notice(language, CONTROLLER))
    assert all(text.strip() == text != "" for text in texts)
    assert language == "en" or not set(texts) & set(words(notice("en", CONTROLLER)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_promises_the_same_numbers(language: str) -> None:
    for text, english in zip(words(notice(language, CONTROLLER)), words(notice("en", CONTROLLER)), strict=True):
        assert re.findall(r"\d+", text) == re.findall(r"\d+", english), text


def test_what_shoppers_said_yes_to_in_english_is_still_what_is_read() -> None:
    assert notice("en", CONTROLLER).sha256 == "fc3f5084948e4a899bbc6d6c89533c96ac1da3ac01340ea0e98dd681d2463a42"


def test_the_same_words_have_the_same_hash_and_other_words_another() -> None:
    assert notice("en", CONTROLLER) == notice("en", CONTROLLER)
    assert notice("en", CONTROLLER).sha256 != notice("en", "Another shop").sha256
    assert len({notice(language, CONTROLLER).sha256 for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", ["it", "", "xx", "EN", "en-GB"])
def test_a_language_without_a_translation_is_read_in_english_and_says_so(language: str) -> None:
    assert notice(language, CONTROLLER) == notice("en", CONTROLLER)
    assert notice(language, CONTROLLER).language in LANGUAGES


@given(
    st.sampled_from(LANGUAGES),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=200),
)
def test_the_hash_survives_json(language: str, controller: str) -> None:
    read = notice(language, controller)
    assert Notice.model_validate_json(read.model_dump_json()) == read
