"""What would trouble somebody before a kiosk, beyond what ``accessible`` finds on any screen: found by measuring it."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.journeys.accessible import faults, small_targets

# Words and controls drawn over each other; what lies beyond an edge that does not scroll; a scrolled part too low to read in.
# The map lays its own labels, and what counts down lies over everything: neither is looked at.
BADLY_LAID = """() => {
  const scope = document.querySelector("dialog[open]") ?? document.body;
  const passedOver = ".leaflet-container, .leaving, .only-spoken, option";
  const clipped = (rect, element) => {
    let { left, right, top, bottom } = rect;
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) {
      if (getComputedStyle(each).overflowY === "visible") continue;
      const edge = each.getBoundingClientRect();
      [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    return { left, right, top, bottom };
  };
  const drawn = [];
  const texts = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || element.closest(passedOver) || !element.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const spare = (bottom - top) / 5; // a letter is lower than its line
      drawn.push([text, text.data, clipped({ left, right, top: top + spare, bottom: bottom - spare }, element)]);
    }
  }
  const controls = [...scope.querySelectorAll("button, select, input")]
    .filter((each) => !each.closest(passedOver) && each.checkVisibility())
    .map((each) => [each, each.dataset.testid ?? each.textContent, clipped(each.getBoundingClientRect(), each)]);
  const over = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const found = [];
  for (const parts of [drawn, controls]) {
    parts.forEach(([one, words, rect], i) => {
      const other = parts.slice(i + 1).find(([two, , at]) => two !== one && over(rect, at));
      if (other) found.push(`over each other: ${words} / ${other[1]}`);
    });
  }
  for (const each of scope.querySelectorAll("*")) {
    if (each.closest(passedOver) || !each.checkVisibility() || each.clientHeight < 4) continue;
    const { overflowY } = getComputedStyle(each);
    const hidden = each.scrollHeight - each.clientHeight;
    if (["hidden", "clip"].includes(overflowY) && hidden > 2) found.push(`${hidden} px cut off below: ${each.className}`);
    const isSlit = overflowY === "auto" && hidden > 2 && each.clientHeight < 88;
    if (isSlit) found.push(`a slit of ${each.clientHeight} px: ${each.className}`);
  }
  return found.map((each) => each.slice(0, 120));
}"""

# All that is written or spoken, but what a language calls itself and what the map's library says of itself.
WORDS = """() => {
  const passedOver = "[lang]:not(html), .leaflet-control, script, style";
  const shown = (element) => !element.closest(passedOver) && (element.tagName === "OPTION" || element.checkVisibility());
  const words = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (text.data.trim() && shown(text.parentElement)) words.push(text.data);
  }
  for (const each of document.body.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (!shown(each)) continue;
    words.push(...["aria-label", "title", "placeholder"].map((name) => each.getAttribute(name) ?? ""));
  }
  return words;
}"""

_LATIN = re.compile(r"[A-Za-z]{2,}")


def untranslated(page: Page, names: tuple[str, ...]) -> list[str]:
    """Words in Latin letters on a screen in Arabic, but for these names that the store gave."""
    found: list[str] = []
    for words in page.evaluate(WORDS):
        left = words
        for name in sorted(names, key=len, reverse=True):
            left = left.replace(name, "")
        if _LATIN.search(left):
            found.append(f"not translated: {words.strip()}"[:120])
    return found


def troubles(page: Page, names: tuple[str, ...]) -> list[str]:
    """All that is wrong with what is shown now; ``names`` are what the store calls its goods and places."""
    found = [*faults(page), *small_targets(page), *page.evaluate(BADLY_LAID)]
    if page.evaluate("document.documentElement.lang") == "ar":
        found += untranslated(page, names)
    return found
