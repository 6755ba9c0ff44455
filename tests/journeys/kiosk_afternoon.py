"""One afternoon at a kiosk, written once as steps: two shoppers, a tour of eight things, a walk away, a minute without server.

Each step presses what a person would press, walks where the screen leads, and looks for what would trouble anybody.
"""

from __future__ import annotations

import math

from playwright.sync_api import expect

from store_server.wire.shopping import WishState
from tests.journeys.kiosk_store import wait_until_kept
from tests.journeys.kiosk_visit import Visit
from tests.journeys.tour_plan import (
    AT_DOOR,
    AT_TILL,
    BY_BASKETS,
    BY_THE_STORE,
    FAR_EAST,
    FAR_WEST,
    INSTEAD,
    LIST,
    NOTE,
    OTHER_LIST,
    SOLD_OUT,
    Point,
    name_of,
)

FIRST, SECOND = "TAG-001", "TAG-002"
OUTAGE_MS = 60_000
WARNED_AFTER_MS = 35_500
"""Without a touch: just after the warning of the last ten seconds begins."""
LEAVES_WITHIN = 40
"""Looks until somebody who walked away is forgotten: 10 s, and what a position takes to follow them."""


class Afternoon(Visit):
    # --- the first shopper -------------------------------------------------------------------------------------------

    def nobody_near(self, language: str) -> None:
        self.page.goto(self.store.pairing_link())
        self.page.get_by_test_id("attract").wait_for()
        self.page.locator(".plan-fixture").first.wait_for()
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        expect(self.page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        wait_until_kept(self.page)
        self.at_rest = self.history()
        self.look("nobody near")

    def searches(self) -> None:
        """By the keys on the screen."""
        keys = self.page.locator(".keys")
        self.press_on(self.page.locator(".keys-button"))
        keys.wait_for()
        if self.page.get_by_test_id("alphabet").is_visible():  # letters of another writing first
            self.press("alphabet")
        for letter in OTHER_LIST[0]:
            self.press_on(keys.get_by_role("button", name=letter, exact=True))
        found = self.page.get_by_test_id(f"found-{OTHER_LIST[0]}")
        self.press_on(found.get_by_role("button"))
        self.page.locator(".shelf-face").wait_for(state="attached")
        self.look("found")
        self.brings_controls_down("found, low")
        self.press_on(self.page.locator(".keys-button"))
        self.press_on(self.page.locator(".search-line .plain").first)
        expect(found).to_have_count(0)

    def brings_controls_down(self, state: str) -> None:
        """As who sits before the screen does; and up again."""
        self.press("lower-controls")
        self.page.locator(".is-low").wait_for()
        self.look(state)
        self.press("lower-controls")
        expect(self.page.locator(".is-low")).to_have_count(0)

    def steps_up_and_taps(self) -> str:
        """Their shopper_id."""
        shopper_id = self.store.shopper(FIRST, LIST)
        self.store.step_up(FIRST)
        expect(self.tokens()).to_have_count(1)
        self.nothing_shown()
        self.look("token")
        self.press_on(self.tokens())
        for sku in LIST:
            self.page.get_by_test_id(f"wish-item-{sku}").wait_for()
        order = self.guidance()["order"]
        assert set(order) == set(LIST) - {SOLD_OUT}
        assert self.listed() == [*order, SOLD_OUT]
        expect(self.page.get_by_test_id("instruction")).to_have_attribute("data-kind", "go_to")
        self.page.get_by_test_id("way").wait_for()
        self.page.get_by_test_id("you-dot").wait_for(state="attached")
        self.look("guiding")
        return shopper_id

    def ticks(self, *skus: str) -> None:
        for sku in skus:
            self.press_for(f"tick-{sku}", sku, WishState.PICKED_UP)
        self.look("ticked")
        self.brings_controls_down("ticked, low")

    def answers_suggestions(self, shopper_id: str) -> None:
        suggestion = self.page.get_by_test_id("suggestion")
        expect(suggestion).to_contain_text(name_of(BY_THE_STORE))
        expect(suggestion).to_contain_text(NOTE)
        self.look("suggested by the store")
        self.press("suggestion-add")
        self.item(BY_THE_STORE, WishState.WANTED).wait_for()
        expect(suggestion).to_contain_text(name_of(BY_BASKETS))
        self.look("suggested by baskets")
        self.press("suggestion-never")
        expect(suggestion).to_have_count(0)
        assert self.store.opened.records.shoppers.dismissed(shopper_id) == {BY_BASKETS}
        expect(self.page.get_by_test_id(f"wish-item-{BY_BASKETS}")).to_have_count(0)

    def takes_what_is_there(self) -> None:
        self.page.get_by_test_id(f"instead-{SOLD_OUT}").wait_for()
        self.press_for(f"take-instead-{SOLD_OUT}", SOLD_OUT, WishState.SKIPPED)
        self.item(INSTEAD, WishState.WANTED).wait_for()
        self.look("taken instead")

    def thinks_again(self) -> None:
        """Asks what can be stopped, and stops nothing; stands there so long that the screen asks, and stays."""
        dialog = self.page.get_by_role("dialog")
        self.press("withdraw")
        self.look("what to stop")
        self.press_on(dialog.get_by_role("button").last)
        expect(dialog).to_have_count(0)
        self.wait(self.page, WARNED_AFTER_MS)
        self.page.get_by_test_id("idle-warning").wait_for()
        self.look("about to be cleared")
        self.press_on(dialog.get_by_role("button"))
        expect(dialog).to_have_count(0)
        self.page.get_by_test_id("offline-band").wait_for(state="detached")

    def strays(self) -> None:
        """To the end of the hall that is farther from what is next: the tour begins there now."""
        before = self.guidance()["order"]
        next_x_m = self.guidance()["next_item"]["place"]["x_m"]
        away: Point = FAR_EAST if next_x_m < (FAR_WEST[0] + FAR_EAST[0]) / 2 else FAR_WEST
        self.store.walk(FIRST, *self._round_the_rows(self.store.at[FIRST], away))
        assert self.store.stand(lambda: self.guidance()["order"][0] != before[0])
        after = self.guidance()["order"]
        assert set(after) == set(before)
        self.page.locator(f'.wish-item.is-next[data-testid="wish-item-{after[0]}"]').wait_for()
        assert self.listed() == after
        self.press_on(self.page.locator(".map-buttons button").last)  # where am I in all this?
        self.look("strayed")

    def goes_where_led(self) -> str:
        """Along the way on the screen until it says that this is the shelf; what stands there, ticked."""
        while (guidance := self.guidance())["kind"] != "arrived":
            self.store.walk(FIRST, *((x_m, y_m) for x_m, y_m in guidance["path"]))
            self.store.stand(lambda: self.guidance()["kind"] == "arrived")
        expect(self.page.get_by_test_id("instruction")).to_have_attribute("data-kind", "arrived")
        sku: str = self.guidance()["next_item"]["sku"]
        if "arrived" not in self.wrong:
            self.look("arrived")
        self.press_for("tick-next", sku, WishState.PICKED_UP)
        return sku

    def fetches_the_rest(self) -> None:
        while self.guidance()["kind"] != "to_checkout":
            self.goes_where_led()

    def pays(self) -> None:
        """Along the way on the screen to the till, until it says goodbye."""
        instruction = self.page.get_by_test_id("instruction")
        expect(instruction).to_have_attribute("data-kind", "to_checkout")
        expect(self.page.get_by_test_id("till")).to_have_count(1)
        assert math.dist(self.guidance()["path"][-1], AT_TILL) < 0.1
        self.look("to the till")
        while (guidance := self.guidance())["kind"] != "at_checkout":
            self.store.walk(FIRST, *((x_m, y_m) for x_m, y_m in guidance["path"]))
            self.store.stand(lambda: self.guidance()["kind"] == "at_checkout")
        expect(instruction).to_have_attribute("data-kind", "at_checkout")
        self.look("at the till")

    def leaves(self, *secrets: str) -> None:
        self.press("done")
        self.page.get_by_test_id("closed-message").wait_for()
        self.nothing_left(*secrets)
        self.look("left")

    @staticmethod
    def _round_the_rows(here: Point, there: Point) -> tuple[Point, ...]:
        """South of the shelves from one aisle to another."""
        south_m = 4.0
        return ((here[0], south_m), (there[0], south_m), there)

    # --- two at once, and gone ---------------------------------------------------------------------------------------

    def two_tokens(self) -> tuple[str, str]:
        """Neither is the default, each opens its own list; the second shopper's token and shopper_id."""
        shopper_id = self.store.shopper(SECOND, OTHER_LIST)
        self.store.step_up(FIRST, SECOND)
        expect(self.tokens()).to_have_count(2)
        expect(self.page.locator(".wish-item")).to_have_count(0)
        self.nothing_shown()
        self.look("two tokens")
        lists: dict[str, frozenset[str]] = {}
        names = self.tokens().evaluate_all("all => all.map((each) => each.dataset.testid)")
        for name in names:
            self.press(name)
            self.page.locator(".wish-item").first.wait_for()
            items = self.page.locator(".wish-item").evaluate_all("all => all.map((each) => each.dataset.testid)")
            lists[name] = frozenset(item.removeprefix("wish-item-") for item in items)
            self.press("done")
            expect(self.tokens()).to_have_count(2)
        own = frozenset({*LIST, BY_THE_STORE, INSTEAD})
        assert sorted(map(sorted, lists.values())) == sorted(map(sorted, (own, OTHER_LIST)))
        del self.store.at[FIRST]  # goes home
        return next(name for name, items in lists.items() if items == frozenset(OTHER_LIST)), shopper_id

    def walks_away(self, token: str, *secrets: str) -> None:
        self.press(token)
        self.page.get_by_test_id(f"wish-item-{OTHER_LIST[0]}").wait_for()
        token_id = self.shown()["opened"]["token"]["token_id"]
        self.store.walk(SECOND, AT_DOOR)
        self.page.get_by_test_id("leaving").wait_for()
        self.look("leaving")
        assert self.store.stand(lambda: self.shown()["opened"] is None, LEAVES_WITHIN)
        self.page.get_by_test_id("closed-message").wait_for()
        assert self.store.stand(lambda: not self.shown()["tokens"], LEAVES_WITHIN)
        expect(self.tokens()).to_have_count(0)
        self.nothing_left(token_id, *secrets)
        self.look("walked away")

    # --- without the server ------------------------------------------------------------------------------------------

    def comes_back(self) -> None:
        self.store.step_up(SECOND)
        self.press_on(self.tokens().first)
        self.page.get_by_test_id(f"wish-item-{OTHER_LIST[0]}").wait_for()

    def ticks_while_cut_off(self, sku: str, shopper_id: str) -> None:
        """A break of moments: what was ticked meanwhile is handed over."""
        self.page.context.set_offline(True)
        self.page.get_by_test_id("offline-band").wait_for()
        self.hand.press(self.page.get_by_test_id(f"tick-{sku}"))
        self.item(sku, WishState.PICKED_UP).wait_for()
        assert self.store.states(shopper_id)[sku] is WishState.WANTED
        with self.page.expect_response(lambda answer: answer.request.method == "PUT"):
            self.page.context.set_offline(False)
        self.page.get_by_test_id("offline-band").wait_for(state="detached")
        assert self.store.states(shopper_id)[sku] is WishState.PICKED_UP

    def a_minute_without_the_server(self, shopper_id: str) -> None:
        """It is ended and started anew: the screen is wiped and stays whole, and all that was on the list is there again."""
        before = self.store.states(shopper_id)
        self.store.end()
        self.page.get_by_test_id("offline-band").wait_for()
        self.look("offline")
        self.wait(self.page, OUTAGE_MS)
        expect(self.page.locator(".wish-item")).to_have_count(0)
        self.nothing_left(shopper_id)
        self.page.locator(".plan-fixture").first.wait_for()
        self.look("offline, nobody near")
        self.store.start()
        self.page.get_by_test_id("offline-band").wait_for(state="detached")
        self.comes_back()
        for sku, state in before.items():
            self.item(sku, state).wait_for()
        expect(self.page.get_by_test_id("instruction")).not_to_have_attribute("data-certainty", "unknown")
        self.page.get_by_test_id("you-dot").wait_for(state="attached")
        assert self.store.states(shopper_id) == before
        self.look("back")
