/** Every deed by keys: arrows lead a cross or move what is chosen, Enter does what a click does, letters and Ctrl do the rest. */
import { say } from "../../words.ts";
import { type Clip, clipOf, duplicated, pasted } from "./actions/copies.ts";
import { turned } from "./actions/moving.ts";
import { removed } from "./actions/properties.ts";
import type { Feature } from "./draft.ts";
import type { Easel } from "./easel.ts";
import { boxOfFeatures } from "./feature_shapes.ts";
import { isBusy } from "./interaction.ts";
import type { Held, Scene } from "./scene.ts";
import { type Point, centreOf, plus, roundedPoint } from "./shapes.ts";
import { titleOf } from "./step_words.ts";
import { isMeasureKey } from "./typed_measures.ts";

const ARROWS: Readonly<Record<string, Point>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** The cross goes exactly where the keys send it. */
const EXACT: Held = { alt: true, shift: false, ctrl: false };
const FINE_M = 0.01;
const TURN_DEG = 15;
const AWAY_M = 0.5;
const ZOOM = 0.5;

/** Copied shapes, for as long as the page is open: they can be pasted on another level. */
let clip: Clip = [];

/** Shapes in the order of reading: from the top, then from the left. */
function inReadingOrder(features: readonly Feature[]): Feature[] {
  const corner = (feature: Feature): Point => {
    const box = boxOfFeatures([feature]);
    return box ? [box.west, box.north] : [0, 0];
  };
  return features
    .filter(({ feature_type }) => feature_type !== "level")
    .map((feature) => ({ feature, at: corner(feature) }))
    .sort((a, b) => b.at[1] - a.at[1] || a.at[0] - b.at[0])
    .map(({ feature }) => feature);
}

function describe(feature: Feature): string {
  const box = boxOfFeatures([feature]);
  const [x, y] = box ? centreOf(box) : [0, 0];
  return say("canvas.chosen", { type: say(`editor.type_${feature.feature_type}`), name: titleOf(feature), x, y });
}

export class KeyInput {
  constructor(private readonly easel: Easel) {}

  /** True where the key was one of the plan's. */
  down(event: KeyboardEvent): boolean {
    const scene = this.easel.scene();
    if (event.ctrlKey || event.metaKey) return this.withControl(event, scene);
    const arrow = ARROWS[event.key];
    if (arrow) return this.arrow(arrow, event, scene);
    const hand = this.easel.hand.value;
    if (hand.kind === "drawing" && isMeasureKey(event.key, hand.typed)) {
      this.easel.take({ kind: "type", key: event.key });
      return true;
    }
    return this.named(event, scene);
  }

  up(event: KeyboardEvent): void {
    if (ARROWS[event.key]) this.easel.take({ kind: "settle" });
  }

  private named(event: KeyboardEvent, scene: Scene): boolean {
    const { easel } = this;
    const { map } = easel.drawing;
    switch (event.key) {
      case "Enter":
        return this.enter(scene);
      case " ":
        return easel.cross.value !== null && this.click();
      case "Escape":
        easel.take({ kind: "cancel" });
        return true;
      case "Backspace":
      case "Delete":
        return this.erase(scene);
      case "Tab":
        return this.tab(event.shiftKey ? -1 : 1, scene);
      case ".":
      case ",":
        return this.cycle(event.key === "." ? 1 : -1, scene);
      case "+":
      case "=":
        map.setZoom(map.getZoom() + ZOOM);
        return true;
      case "-":
        map.setZoom(map.getZoom() - ZOOM);
        return true;
      case "f":
      case "F":
        easel.fit();
        return true;
      case "r":
      case "R":
        if (!scene.isEditable || scene.selection.size === 0) return false;
        easel.act(turned(scene.draft, scene.selection, event.shiftKey ? TURN_DEG : -TURN_DEG));
        return true;
      default:
        return false;
    }
  }

  private withControl(event: KeyboardEvent, scene: Scene): boolean {
    const { easel } = this;
    const { draft, selection, level_id, isEditable } = scene;
    switch (event.key.toLowerCase()) {
      case "a":
        easel.select(scene.shown().flatMap(({ id, feature_type }) => (feature_type === "level" ? [] : [id])));
        return true;
      case "c":
        clip = clipOf(draft, selection);
        easel.say(clip.length > 0 ? say("canvas.copied") : say("canvas.nothing_chosen"));
        return true;
      case "v":
        if (isEditable) easel.act(pasted(draft, level_id, clip, roundedPoint(easel.cross.value ?? easel.pointer.value)));
        return true;
      case "d":
        if (isEditable) easel.act(duplicated(draft, selection, [AWAY_M, -AWAY_M]));
        return true;
      default:
        return false;
    }
  }

  private arrow(way: Point, event: KeyboardEvent, scene: Scene): boolean {
    const { easel } = this;
    const metres = event.altKey ? FINE_M : event.shiftKey ? scene.grid_m * 10 : scene.grid_m;
    const by: Point = [way[0] * metres, way[1] * metres];
    const hand = easel.hand.value;
    const isMoved = scene.selection.size > 0 && scene.isEditable && (hand.kind === "idle" || hand.kind === "at_corner" || hand.kind === "moving");
    if (isMoved) easel.take({ kind: "nudge", by });
    else this.lead(roundedPoint(plus(easel.cross.value ?? this.start(), by)));
    return true;
  }

  /** The cross begins where the pointer was, if that is in sight. */
  private start(): Point {
    const { map } = this.easel.drawing;
    const [x, y] = this.easel.pointer.value;
    const { lng, lat } = map.getBounds().contains([y, x]) ? { lng: x, lat: y } : map.getCenter();
    const { grid_m } = this.easel.scene();
    return [Math.round(lng / grid_m) * grid_m, Math.round(lat / grid_m) * grid_m];
  }

  private lead(to: Point): void {
    const { map } = this.easel.drawing;
    this.easel.cross.value = to;
    if (!map.getBounds().pad(-0.05).contains([to[1], to[0]])) map.panTo([to[1], to[0]], { animate: false });
    this.easel.take({ kind: "move", at: to, held: EXACT });
  }

  private click(): boolean {
    const at = this.easel.cross.value;
    if (!at) return false;
    this.easel.take({ kind: "press", at, held: EXACT });
    this.easel.take({ kind: "release", at, held: EXACT });
    return true;
  }

  private enter(scene: Scene): boolean {
    const hand = this.easel.hand.value;
    if (hand.kind === "drawing" && (hand.typed !== "" || this.easel.cross.value === null)) {
      this.easel.take({ kind: "finish" });
      return true;
    }
    if (hand.kind === "measuring" && this.easel.cross.value === null) {
      this.easel.take({ kind: "finish" });
      return true;
    }
    if (this.easel.cross.value && (hand.kind !== "idle" || scene.selection.size === 0)) return this.click();
    if (scene.selection.size !== 1) return this.easel.cross.value !== null && this.click();
    return this.corner(1);
  }

  /** Enter goes to a shape's corners, Tab from one to the next, arrows move it, Escape leaves them. */
  private corner(way: 1 | -1): boolean {
    this.easel.take({ kind: "corner", way });
    const hand = this.easel.hand.value;
    if (hand.kind !== "at_corner") return false;
    this.easel.say(say("canvas.at_corner", { number: hand.corner.corner + 1 }));
    return true;
  }

  private erase(scene: Scene): boolean {
    const hand = this.easel.hand.value;
    if (hand.kind !== "idle") this.easel.take({ kind: "erase" });
    else if (!scene.isEditable || scene.selection.size === 0) return false;
    else {
      const { draft, selection } = scene;
      this.easel.select([]);
      this.easel.act(removed(draft, selection));
    }
    return true;
  }

  /** Tab leaves the plan as it leaves everything, unless something is chosen on it: then it goes on to the next. */
  private tab(way: 1 | -1, scene: Scene): boolean {
    if (this.easel.hand.value.kind === "at_corner") return this.corner(way);
    return scene.selection.size > 0 && !isBusy(this.easel.hand.value) && this.cycle(way, scene);
  }

  private cycle(way: 1 | -1, scene: Scene): boolean {
    const all = inReadingOrder(scene.shown());
    const [first] = scene.selection;
    const now = all.findIndex(({ id }) => id === first);
    const next = now < 0 ? all[way === 1 ? 0 : all.length - 1] : all[now + way];
    if (!next) {
      // Behind the last shape the focus goes on to the rest of the page.
      this.easel.select([]);
      return false;
    }
    this.easel.select([next.id]);
    this.easel.say(describe(next));
    const box = boxOfFeatures([next]);
    const { map } = this.easel.drawing;
    if (box && !map.getBounds().contains([centreOf(box)[1], centreOf(box)[0]])) map.panTo([centreOf(box)[1], centreOf(box)[0]], { animate: false });
    return true;
  }
}
