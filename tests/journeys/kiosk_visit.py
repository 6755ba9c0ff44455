"""What somebody does at a kiosk and sees there, whatever their hands: pressed, listed, looked at, and gone without a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Response

from store_server.wire.shopping import WishState
from tests.journeys.kiosk_hands import Hand
from tests.journeys.kiosk_looks import troubles
from tests.journeys.kiosk_store import everything_kept
from tests.journeys.tour_plan import NOTE, PRODUCTS
from tests.journeys.walked_store import WalkedStore

NAMES = (*(product.name for product in PRODUCTS), NOTE, "Our store")
Wait = Callable[[Page, int], None]


@dataclass
class Visit:
    store: WalkedStore
    page: Page
    hand: Hand
    wait: Wait
    """For so many milliseconds of the screen's time."""
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """By state of the screen, in the order they were met: what is wrong with it."""
    at_rest: Any = None
    """The page's history while nobody had been here."""

    def __post_init__(self) -> None:
        # On a busy machine a walk takes longer than a screen waits for a touch: somebody stays there and shows it.
        self.store.meanwhile = lambda: self.page.keyboard.press("Shift")

    def press(self, test_id: str) -> None:
        self.press_on(self.page.get_by_test_id(test_id))

    def press_on(self, control: Locator) -> None:
        self.hand.press(control)
        # A screen tells of touches at most once in 5 s. The store's time runs faster here than its own: the touch is told for it.
        self.page.request.post(f"{self.store.origin}/api/kiosk/touches", headers={"Origin": self.store.origin})

    def press_for(self, test_id: str, sku: str, state: WishState) -> None:
        """What brings this item into this state, on the screen and, answered, at the server."""
        with self.page.expect_response(lambda answer: _is_told(answer, sku, state)):
            self.press(test_id)
        self.item(sku, state).wait_for()

    def look(self, state: str) -> None:
        self.wrong[state] = troubles(self.page, NAMES)

    def item(self, sku: str, state: WishState) -> Locator:
        return self.page.locator(f'[data-testid="wish-item-{sku}"][data-state="{state.value}"]')

    def tokens(self) -> Locator:
        return self.page.locator('[data-testid^="token-"]')

    def listed(self) -> list[str]:
        """What is still to be fetched, in the order the list shows it."""
        wanted = self.page.locator('.wish-item[data-state="wanted"]')
        names = wanted.evaluate_all("all => all.map((each) => each.dataset.testid)")
        return [name.removeprefix("wish-item-") for name in names]

    def shown(self) -> Any:
        """What the server last gave this screen to show."""
        return self.page.request.get(f"{self.store.origin}/api/kiosk/state").json()

    def guidance(self) -> Any:
        opened = self.shown()["opened"]
        assert opened is not None, "the list is not open any more"
        return opened["guidance"]

    # --- privacy -----------------------------------------------------------------------------------------------------

    def nothing_shown(self) -> None:
        content = self.page.content()
        assert [product.name for product in PRODUCTS if product.name in content] == []

    def nothing_left(self, *secrets: str) -> None:
        """Of whoever was here: on the page, in its storage and caches, in its history."""
        self.nothing_shown()
        kept = everything_kept(self.page)
        assert set(kept["answers"]) == {"/api/plan", "/api/kiosk/self", "/api/kiosk/catalogue", "/kiosk/confirmed-at"}
        assert all(path == "/kiosk" or path.startswith("/assets/") for path in kept["files"])
        assert kept["elsewhere"] == []
        for mark in (*secrets, "wish_list", "picked_up", "guidance", "accuracy_radius_m"):
            assert not [path for path, text in kept["answers"].items() if mark in text], mark
        assert self.history() == self.at_rest

    def history(self) -> Any:
        return self.page.evaluate("[history.length, history.state, location.pathname, location.search, location.hash]")


def _is_told(answer: Response, sku: str, state: WishState) -> bool:
    """Whether this answers the request that brings the item into this state."""
    if answer.request.method != "PUT":
        return False
    sent = answer.request.post_data_json
    return sent is not None and (sent["sku"], sent["state"]) == (sku, state.value)
