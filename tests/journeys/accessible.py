"""What anybody would stumble over on a screen: found by axe, and by measuring whether all of it can be seen."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.tree import REPOSITORY

AXE = REPOSITORY / "kiosk_ui/node_modules/axe-core/axe.min.js"

# A page wider than the window; and words wider than the control they stand in, but where an ellipsis says so.
CUT_OFF = """() => {
  const words = "button, .button, summary, label, th, td, p, h2, h3, li";
  const cut = [...document.querySelectorAll(words)].filter((each) => {
    const { overflow, textOverflow } = getComputedStyle(each);
    const isCut = each.clientWidth > 4 && each.scrollWidth > each.clientWidth + 2;
    return isCut && each.checkVisibility() && overflow !== "auto" && textOverflow !== "ellipsis";
  });
  const { scrollWidth } = document.documentElement;
  const wide = scrollWidth > innerWidth ? [`the page is ${scrollWidth} px wide`] : [];
  return [...wide, ...cut.map((each) => `cut off: ${each.className} ${each.textContent}`.slice(0, 100))];
}"""


def faults(page: Page) -> list[str]:
    """Each with the first element it was found on; empty where there are none. While a dialog is open, it is all there is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    asked = "axe.run(document.querySelector('dialog[open]') ?? document, { resultTypes: ['violations'] })"
    found = page.evaluate(asked)["violations"]
    return [*(f"{each['id']}: {each['nodes'][0]['html']}" for each in found), *page.evaluate(CUT_OFF)]


# What a finger is to hit, and is smaller than it; a box to tick counts with its words.
SMALL = """() => {
  const hit = "button, .button, summary, select, textarea, input:not([type=file])";
  const small = [...document.querySelectorAll(hit)].filter((each) => {
    const target = (each.matches("[type=checkbox], [type=radio]") && each.closest("label")) || each;
    const { width, height } = target.getBoundingClientRect();
    return each.checkVisibility() && Math.min(width, height) < 43.5;
  });
  return small.map((each) => `small: ${each.className} ${each.dataset.testid ?? each.textContent}`.slice(0, 100));
}"""


def small_targets(page: Page) -> list[str]:
    """Controls less than 44 px high or wide."""
    found: list[str] = page.evaluate(SMALL)
    return found
