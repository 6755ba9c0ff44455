"""What is looked for on a kiosk's screens is found where it is wrong, and only there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.kiosk_looks import troubles

pytestmark = pytest.mark.browser

SOUND = (
    '<!doctype html><html lang="{language}"><head><title>t</title></head>'
    "<body><main><h1>{words}</h1>{rest}</main></body></html>"
)


def seen(page: Page, rest: str, *, language: str = "en", words: str = "Peas", names: tuple[str, ...] = ()) -> list[str]:
    page.set_content(SOUND.format(rest=rest, language=language, words=words))
    return troubles(page, names)


def test_a_sound_screen_has_nothing_wrong_with_it(page: Page) -> None:
    button = '<button style="width: 64px; height: 64px">Go</button>'
    high_list = f'<div tabindex="0" style="height: 90px; overflow: auto">{"<p>so</p>" * 9}</div>'
    assert seen(page, f"<p>one</p><p>two</p>{button}{high_list}") == []


def test_words_over_words_are_found(page: Page) -> None:
    assert seen(page, '<p>under</p><p style="margin-top: -32px">over</p>') == ["over each other: under / over"]


def test_a_control_over_a_control_is_found(page: Page) -> None:
    wide = "display: block; width: 90px; height: 64px"
    found = seen(
        page, f'<button style="{wide}">A</button><button style="{wide}; margin-top: -9px; text-align: right">B</button>'
    )
    assert found == ["over each other: A / B"]


def test_what_lies_beyond_an_edge_that_does_not_scroll_is_found(page: Page) -> None:
    (found,) = seen(page, '<div class="low" style="height: 40px; overflow: hidden"><p>one</p><p>two</p></div>')
    assert found.endswith("px cut off below: low")


def test_a_list_squeezed_to_a_slit_is_found(page: Page) -> None:
    slit = '<div class="list" tabindex="0" style="height: 40px; overflow: auto"><p>one</p><p>two</p></div>'
    assert seen(page, slit) == ["a slit of 40 px: list"]


def test_words_of_another_language_are_found_but_for_names(page: Page) -> None:
    rest = '<p>أرز</p><button aria-label="Close" style="width: 64px; height: 64px">×</button><p lang="en">English</p>'
    found = seen(page, rest, language="ar", words="Jasmine Rice", names=("Rice", "Jasmine Rice"))
    assert found == ["not translated: Close"]
