"""How somebody uses a kiosk, and what kind of kiosk: with a finger or by keys alone, in their language, at their size of text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Browser, Locator, Page, Playwright

from tests.journeys.demo_process import CHROMIUM, CHROMIUM_ARGUMENTS, PATIENCE_MS

LARGE_TEXT = "--blink-settings=defaultFontSize=32"
"""What a person sets who wants text at 200 %."""
MOST_TABS = 120
"""More keys than the fullest screen has controls."""
LOCALES = {"en": "en-GB", "ar": "ar-EG"}
"""A kiosk speaks its browser's language until somebody chooses, and again when they are gone."""


class Hand(Protocol):
    """Presses what is on the screen."""

    def press(self, control: Locator) -> None: ...


class Finger:
    def press(self, control: Locator) -> None:
        control.tap()


class Keys:
    """Tab held down until there, then Enter; what is pressed must show that it has the focus.

    Held, since no person taps a key as fast as a test does: a kiosk takes that for a card reader.
    """

    def press(self, control: Locator) -> None:
        control.wait_for()
        page = control.page
        tabs = 0
        while not control.evaluate("each => each === document.activeElement"):
            assert tabs < MOST_TABS, f"no key leads to {control}"
            page.keyboard.down("Tab")
            tabs += 1
        if tabs:
            page.keyboard.up("Tab")
        seen = control.evaluate(SEEN_FOCUSED)
        assert seen is True, f"{control} has the focus and does not show it: {seen}"
        page.keyboard.press("Enter")


# Drawn round, and in the window.
SEEN_FOCUSED = """each => {
  const { outlineStyle, outlineWidth } = getComputedStyle(each);
  const { left, right, top, bottom } = each.getBoundingClientRect();
  const isInSight = left >= -1 && top >= -1 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
  return (outlineStyle !== "none" && outlineWidth !== "0px" && isInSight) || `${outlineStyle} ${left} ${right} ${top} ${bottom}`;
}"""

HANDS: dict[str, Hand] = {"finger": Finger(), "keys": Keys()}


@dataclass(frozen=True)
class Screen:
    """One kind of kiosk and of person before it."""

    hand: str
    language: str
    text_percent: int
    size: tuple[int, int]

    def __str__(self) -> str:
        return f"{self.hand}, {self.language}, {self.text_percent} %, {self.size[0]}x{self.size[1]}"


@dataclass
class Browsers:
    """Chromium, started once for each size of text."""

    playwright: Playwright
    _started: dict[int, Browser]

    def of(self, text_percent: int) -> Browser:
        if text_percent not in self._started:
            arguments = [*CHROMIUM_ARGUMENTS, *([LARGE_TEXT] if text_percent == 200 else [])]
            self._started[text_percent] = self.playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        return self._started[text_percent]

    def close(self) -> None:
        for started in self._started.values():
            started.close()


@contextmanager
def kiosk_page(browsers: Browsers, screen: Screen) -> Iterator[Page]:
    """A page of this kind whose clock can be moved; a page error fails the test."""
    context = browsers.of(screen.text_percent).new_context(
        viewport={"width": screen.size[0], "height": screen.size[1]},
        locale=LOCALES[screen.language],
        reduced_motion="reduce",
        has_touch=screen.hand == "finger",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.clock.install()
    try:
        yield page
    finally:
        context.close()
    assert not wrong, wrong
