"""A shopper's way through the store at its kiosk, by finger and by keys, in both writing directions, at every size and text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Page, sync_playwright

from store_server.wire.shopping import WishState
from tests.journeys.kiosk_afternoon import Afternoon
from tests.journeys.kiosk_hands import HANDS, Browsers, Screen, kiosk_page
from tests.journeys.kiosk_visit import Wait
from tests.journeys.tour_plan import BY_THE_STORE, INSTEAD, LIST, OTHER_LIST, SOLD_OUT
from tests.journeys.walked_store import WalkedStore, walked_store
from tests.opened_store import OpenedStore

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

UPRIGHT, WIDE, TABLET = (1080, 1920), (1920, 1080), (768, 1024)
FEW = (
    Screen("finger", "en", 100, UPRIGHT),
    Screen("keys", "ar", 200, TABLET),
)
"""Each hand, language and text size once; every other combination is among the long tests."""
ALL = tuple(Screen(*each) for each in product(HANDS, ("en", "ar"), (100, 200), (UPRIGHT, WIDE, TABLET)))
STATES = (
    "nobody near",
    "found",
    "found, low",
    "token",
    "guiding",
    "ticked",
    "ticked, low",
    "suggested by the store",
    "suggested by baskets",
    "taken instead",
    "what to stop",
    "about to be cleared",
    "arrived",
    "strayed",
    "to the till",
    "at the till",
    "left",
    "two tokens",
    "leaving",
    "walked away",
    "offline",
    "offline, nobody near",
    "back",
)


@pytest.fixture(scope="module")
def browsers() -> Iterator[Browsers]:
    with sync_playwright() as playwright:
        started = Browsers(playwright, {})
        yield started
        started.close()


@pytest.fixture
def store(opened: OpenedStore) -> Iterator[WalkedStore]:
    with walked_store(opened) as served:
        yield served


def pass_at_once(page: Page, ms: int) -> None:
    page.clock.fast_forward(ms)


def pass_truly(page: Page, ms: int) -> None:
    page.wait_for_timeout(ms)


def walk_through(store: WalkedStore, page: Page, screen: Screen, wait: Wait) -> dict[str, list[str]]:
    """The whole afternoon; what is wrong with each state of the screen."""
    visit = Afternoon(store, page, HANDS[screen.hand], wait)
    visit.nobody_near(screen.language)
    visit.searches()
    first = visit.steps_up_and_taps()
    visit.ticks("apples", "bread")
    visit.answers_suggestions(first)
    visit.takes_what_is_there()
    visit.thinks_again()
    visit.goes_where_led()
    visit.strays()
    visit.fetches_the_rest()
    visit.pays()
    fetched = dict.fromkeys((*LIST, BY_THE_STORE, INSTEAD), WishState.PICKED_UP)
    assert store.states(first) == {**fetched, SOLD_OUT: WishState.SKIPPED}
    visit.leaves(first)
    token, second = visit.two_tokens()
    visit.walks_away(token, second)
    visit.comes_back()
    visit.ticks_while_cut_off(OTHER_LIST[0], second)
    visit.a_minute_without_the_server(second)
    assert store.states(second) == {OTHER_LIST[0]: WishState.PICKED_UP, OTHER_LIST[1]: WishState.WANTED}
    return visit.wrong


@pytest.mark.parametrize("screen", FEW, ids=str)
def test_a_shopper_finds_everything_and_leaves_nothing(store: WalkedStore, browsers: Browsers, screen: Screen) -> None:
    with kiosk_page(browsers, screen) as page:
        wrong = walk_through(store, page, screen, pass_at_once)
    assert tuple(wrong) == STATES
    assert {state: found for state, found in wrong.items() if found} == {}


@pytest.mark.long
@pytest.mark.parametrize("screen", ALL, ids=str)
def test_the_same_on_every_screen_with_a_true_minute_without_the_server(
    store: WalkedStore, browsers: Browsers, screen: Screen
) -> None:
    with kiosk_page(browsers, screen) as page:
        wrong = walk_through(store, page, screen, pass_truly)
    assert tuple(wrong) == STATES
    assert {state: found for state, found in wrong.items() if found} == {}
