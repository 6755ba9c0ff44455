"""The floorplan editor as a manager uses it in Chromium: mouse, keyboard, dialogs; and what the server holds meanwhile."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.served_store import PASSWORD

DESKTOP, TABLET = (1280, 800), (1024, 768)
# What saves a step; not what asks for others' steps.
SAVES = re.compile(r"/api/manager/draft/edits(\?problems=.*)?$")


def traced_picture(width_px: int, height_px: int, margin_px: int) -> bytes:
    """A scan of a plan: a rectangle on paper."""
    picture = Image.new("RGB", (width_px, height_px), "white")
    edge = (margin_px, margin_px, width_px - margin_px, height_px - margin_px)
    ImageDraw.Draw(picture).rectangle(edge, outline="black", width=3)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@dataclass
class PlanPage:
    page: Page

    def sign_in(self, user_name: str) -> None:
        self.page.get_by_label("Name").first.fill(user_name)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.get_by_test_id("editor").wait_for()

    # --- what the server holds -------------------------------------------------------------------------------------

    def draft_text(self) -> str:
        """The draft's document as the server gives it, once all steps are saved."""
        self.saved()
        asked = "async () => { const a = await fetch('/api/manager/draft'); return await a.text(); }"
        text: str = self.page.evaluate(asked)
        begin, end = text.index('"document":'), text.index(',"edits":')
        return text[begin:end]

    def features(self, feature_type: str) -> list[dict[str, Any]]:
        """Of the draft, by key."""
        self.saved()
        asked = (
            "async () => { const a = await fetch('/api/manager/draft'); return (await a.json()).document.features; }"
        )
        features: list[dict[str, Any]] = self.page.evaluate(asked)
        found = [feature for feature in features if feature["feature_type"] == feature_type]
        return sorted(found, key=lambda feature: str(feature["properties"]["key"]))

    def saved(self) -> None:
        # What was done before is shown with the next picture: until then the page says "Saved" of what was before.
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        expect(self.page.get_by_test_id("sync-state")).to_contain_text("Saved")

    # --- hands -----------------------------------------------------------------------------------------------------

    def send_file(self, kind: str, name: str, mime_type: str, content: bytes) -> None:
        """Choose a file of this kind in the import dialog."""
        self.page.get_by_test_id("import").click()
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("dialog").get_by_text(kind).first.click()
        chooser.value.set_files({"name": name, "mimeType": mime_type, "buffer": content})

    def click_picture(self, x_px: float, y_px: float, width_px: int, height_px: int) -> None:
        """Click a pixel of the picture that is traced."""
        box = self.page.locator("img.leaflet-image-layer").bounding_box()
        assert box is not None
        x, y = box["x"] + x_px * box["width"] / width_px, box["y"] + y_px * box["height"] / height_px
        self.page.mouse.move(x, y)
        self.page.mouse.click(x, y)

    def tool(self, letter: str) -> None:
        self.page.get_by_test_id("plan").focus()
        self.page.keyboard.press(letter)

    def draw(self, letter: str, *typed: str) -> None:
        """Draw by keyboard alone: each measure typed and entered, Enter at the end."""
        self.tool(letter)
        for measure in typed:
            self.page.keyboard.type(measure)
            self.page.keyboard.press("Enter")

    def choose(self, key: str) -> None:
        self.page.get_by_test_id("find").fill(key)
        self.page.get_by_test_id("find").press("Enter")
        expect(self.page.get_by_test_id("properties").get_by_role("heading").first).to_have_text(key)

    def set_depth(self, key: str, depth_m: str) -> None:
        self.choose(key)
        self.page.get_by_test_id("field-depth").fill(depth_m)
        self.page.get_by_test_id("field-depth").press("Enter")

    def undo_all(self) -> int:
        """To the beginning; how many steps that were."""
        steps = 0
        while self.page.get_by_test_id("undo").is_enabled():
            self.page.get_by_test_id("undo").click()
            steps += 1
        return steps

    def redo_all(self) -> int:
        steps = 0
        while self.page.get_by_test_id("redo").is_enabled():
            self.page.get_by_test_id("redo").click()
            steps += 1
        return steps

    def problems(self, rule_words: str) -> Any:
        """The listed problems that say this."""
        return self.page.get_by_test_id("problem").filter(has_text=rule_words)
