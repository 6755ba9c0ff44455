/** Choosing, moving, reshaping and turning what is there. Pure. */
import { duplicated } from "./actions/copies.ts";
import { featuresMoved, featuresTurned, moved, turned } from "./actions/moving.ts";
import { type Outcome, changesTo, chosenOf, drawnBy, isRefused, refuse, stepOf } from "./actions/outcome.ts";
import {
  cornerAdded,
  cornerMoved,
  cornerRemoved,
  cornersByLine,
  featureWithCorner,
  featureWithNewCorner,
  featuresResized,
  resized,
} from "./actions/reshaping.ts";
import { vetoOf } from "./actions/veto.ts";
import type { Feature } from "./draft.ts";
import { pointsOf } from "./feature_shapes.ts";
import { handleAt, handlesOf, keptRectangle, rectanglePulled, turnedBy } from "./handles.ts";
import { boxed, hitAt } from "./hits.ts";
import { type AtCorner, type HandEvent, IDLE, type Interaction, type Moving, type Reshaping, type Turn, type Turning } from "./interaction.ts";
import { type Held, type Scene, caught } from "./scene.ts";
import { type Point, boxOf, direction_deg, distance, minus, plus, roundedPoint } from "./shapes.ts";
import { snappedMove } from "./snapping.ts";

/** More corners than this are not tried one by one. */
const MOST_CORNERS = 16;
/** While more shapes than this are moved, they are judged when they are let go. */
const MOST_JUDGED = 40;
/** Pressing on these and drawing away chooses with a box: they lie under everything. */
const FLOOR: ReadonlySet<Feature["feature_type"]> = new Set(["section", "level"]);

function done(outcome: Outcome): Turn {
  if (isRefused(outcome)) return { next: IDLE, ...(outcome.refused === "canvas.no_change" ? {} : { refusal: outcome }) };
  const drawn = drawnBy(outcome);
  return { next: IDLE, step: outcome, ...(drawn.length > 0 ? { select: new Set(drawn) } : {}) };
}

/** The shapes as the gesture would leave them, without their slots; null where it cannot be. */
export function previewOf(scene: Scene, hand: Interaction): readonly Feature[] | null {
  const { draft, selection } = scene;
  switch (hand.kind) {
    case "moving":
      return featuresMoved(draft, chosenOf(draft, hand.ids), hand.by);
    case "turning":
      return featuresTurned(chosenOf(draft, selection), hand.pivot, hand.by_deg);
    case "at_corner": {
      const feature = draft.features.get(hand.feature_id);
      const from = feature && cornersByLine(feature)[hand.corner.line]?.[hand.corner.corner];
      const after = feature && from && featureWithCorner(draft, feature, hand.corner, plus(from, hand.by));
      return after ? [after] : null;
    }
    case "reshaping": {
      const { handle, to, isFree } = hand;
      const feature = draft.features.get(handle.feature_id);
      if (!feature) return null;
      if (handle.kind === "standing") return [withStanding(feature, to)];
      const rectangle = isFree ? null : keptRectangle(feature);
      if (rectangle) return featuresResized([feature], rectangle, rectanglePulled(feature, rectangle, handle, to));
      if (handle.kind === "edge") return [featureWithNewCorner(feature, handle.corner, to)];
      const after = featureWithCorner(draft, feature, handle.corner, to);
      return after && [after];
    }
    default:
      return [];
  }
}

function withStanding(feature: Feature, to: Point): Feature {
  if (feature.feature_type !== "kiosk") return feature;
  return { ...feature, properties: { ...feature.properties, display_point: { type: "Point", coordinates: [...roundedPoint(to)] } } };
}

function judged<H extends Moving | Reshaping | Turning | AtCorner>(scene: Scene, hand: H, isLoose: boolean): H {
  const after = previewOf(scene, hand);
  if (after === null) return { ...hand, veto: refuse("canvas.door_off_outline") };
  return { ...hand, veto: after.length > MOST_JUDGED ? null : vetoOf(scene.draft, after, isLoose) };
}

function letGo(scene: Scene, hand: Moving | Reshaping | Turning, held: Held): Turn {
  const { draft } = scene;
  if (hand.kind === "moving") {
    return done(held.ctrl ? duplicated(draft, hand.ids, hand.by, held.alt) : moved(draft, hand.ids, hand.by, held.alt));
  }
  if (hand.kind === "turning") {
    return hand.by_deg === 0 ? { next: IDLE } : done(turned(draft, scene.selection, hand.by_deg, hand.pivot, held.alt));
  }
  const { handle, to, isFree } = hand;
  const feature = draft.features.get(handle.feature_id);
  if (!feature || to === handle.at) return { next: IDLE };
  if (handle.kind === "standing") return done(stepOf("move", changesTo(draft, [withStanding(feature, to)])));
  const rectangle = isFree ? null : keptRectangle(feature);
  if (rectangle) return done(resized(draft, feature.id, rectanglePulled(feature, rectangle, handle, to), held.alt));
  if (handle.kind === "edge") return done(cornerAdded(draft, feature.id, handle.corner, to, held.alt));
  return done(cornerMoved(draft, feature.id, handle.corner, to, held.alt));
}

function toggled(selection: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

function beginMoving(scene: Scene, ids: ReadonlySet<string>, grabbed: Feature | null, from: Point, isByKeys = false): Moving {
  const corners = grabbed ? pointsOf(grabbed).slice(0, MOST_CORNERS) : [];
  const movable = [...ids].filter((id) => scene.draft.features.get(id)?.feature_type !== "level");
  return { kind: "moving", ids: new Set(movable), corners, from, by: [0, 0], isByKeys, snap: null, veto: null };
}

function pressed(scene: Scene, at: Point, held: Held): Turn {
  const handle = handleAt(handlesOf(scene), at, scene.reach_m);
  if (handle?.kind === "turn") {
    const turning: Turning = { kind: "turning", pivot: handle.pivot, from_deg: direction_deg(handle.pivot, at), by_deg: 0, snap: null, veto: null };
    return { next: turning };
  }
  if (handle) return { next: { kind: "reshaping", handle, to: handle.at, isFree: held.ctrl, snap: null, veto: null } };
  return { next: { kind: "pressing", at, hit: hitAt(scene.shown(), at, scene.reach_m), held } };
}

/** The press has become a drag: of what lies under it, or of a box that chooses. */
function drawnAway(scene: Scene, press: Interaction & { kind: "pressing" }, at: Point, held: Held): Turn {
  const { hit } = press;
  const isChosen = hit !== null && scene.selection.has(hit.id);
  if (!scene.isEditable) return { next: IDLE };
  const isMoved = hit !== null && hit.feature_type !== "level" && (isChosen || !FLOOR.has(hit.feature_type));
  if (!isMoved) return { next: { kind: "boxing", from: press.at, to: at, isAdding: press.held.shift } };
  const ids = isChosen ? scene.selection : new Set([hit.id]);
  const turn = handTurn(scene, beginMoving(scene, ids, hit, press.at), { kind: "move", at, held });
  return isChosen ? turn : { ...turn, select: ids };
}

function clicked(scene: Scene, press: Interaction & { kind: "pressing" }): Turn {
  const { hit, held } = press;
  if (hit === null) return { next: IDLE, ...(held.shift ? {} : { select: new Set<string>() }) };
  return { next: IDLE, select: held.shift ? toggled(scene.selection, hit.id) : new Set([hit.id]) };
}

function moveTo(scene: Scene, hand: Moving | Reshaping | Turning, at: Point, held: Held): Turn {
  if (hand.kind === "moving") {
    const { snap: mode, reach_m, grid_m } = scene;
    const by = minus(at, hand.from);
    const { by: to, snap } = held.alt
      ? { by: roundedPoint(by), snap: null }
      : snappedMove(hand.corners, by, scene.targets(hand.ids), { mode, reach_m, grid_m });
    return { next: judged(scene, { ...hand, by: to, snap }, held.alt) };
  }
  if (hand.kind === "turning") {
    const step_deg = held.alt ? 0.1 : held.shift || scene.snap === "angles" ? 15 : 1;
    const only = scene.selection.size === 1 ? chosenOf(scene.draft, scene.selection)[0] : undefined;
    const way = direction_deg(hand.pivot, at) - hand.from_deg;
    const by_deg = turnedBy(only, ((way + 540) % 360) - 180, step_deg);
    return { next: judged(scene, { ...hand, by_deg }, held.alt) };
  }
  const { handle } = hand;
  // A click on a handle changes nothing: only a drag does.
  if (hand.to === handle.at && distance(at, handle.at) <= scene.slip_m) return { next: hand };
  const feature = scene.draft.features.get(handle.feature_id);
  const corners = feature && handle.kind === "corner" ? (cornersByLine(feature)[handle.corner.line] ?? []) : [];
  const before = handle.kind === "corner" ? (corners.at(handle.corner.corner - 1) ?? null) : null;
  const snap = caught(scene, at, held, before, null, new Set([handle.feature_id]));
  return { next: judged(scene, { ...hand, to: snap?.at ?? roundedPoint(at), snap }, held.alt) };
}

function nudged(scene: Scene, hand: Interaction, by: Point): Turn {
  if (hand.kind === "moving" && hand.isByKeys) return { next: judged(scene, { ...hand, by: roundedPoint(plus(hand.by, by)) }, false) };
  if (hand.kind === "at_corner") return { next: judged(scene, { ...hand, by: roundedPoint(plus(hand.by, by)) }, false) };
  if (hand.kind !== "idle" || scene.selection.size === 0 || !scene.isEditable) return { next: hand };
  return nudged(scene, beginMoving(scene, scene.selection, null, [0, 0], true), by);
}

const AS_HELD: Held = { alt: false, shift: false, ctrl: false };

function settled(scene: Scene, hand: Interaction): Turn {
  if (hand.kind === "moving" && hand.isByKeys) return letGo(scene, hand, AS_HELD);
  if (hand.kind !== "at_corner" || (hand.by[0] === 0 && hand.by[1] === 0)) return { next: hand };
  const feature = scene.draft.features.get(hand.feature_id);
  const from = feature && cornersByLine(feature)[hand.corner.line]?.[hand.corner.corner];
  if (!from) return { next: IDLE };
  return { ...done(cornerMoved(scene.draft, hand.feature_id, hand.corner, plus(from, hand.by))), next: { ...hand, by: [0, 0], veto: null } };
}

/** The next corner of the one chosen shape, round and round. */
function nextCorner(scene: Scene, hand: Interaction, way: 1 | -1): Turn {
  const [only, ...others] = chosenOf(scene.draft, scene.selection);
  if (!only || others.length > 0 || only.geometry.type === "Point" || !scene.isEditable) return { next: hand };
  const all = cornersByLine(only).flatMap((corners, line) => corners.map((_, corner) => ({ line, corner })));
  const now = hand.kind === "at_corner" ? all.findIndex(({ line, corner }) => line === hand.corner.line && corner === hand.corner.corner) : -1;
  const corner = all[(now + way + all.length) % all.length] ?? all[0];
  return corner ? { next: { kind: "at_corner", feature_id: only.id, corner, by: [0, 0], snap: null, veto: null } } : { next: hand };
}

function erased(scene: Scene, hand: Interaction): Turn {
  if (hand.kind !== "at_corner") return { next: hand };
  return done(cornerRemoved(scene.draft, hand.feature_id, hand.corner));
}

/** A double click on a corner takes it away. */
function doubled(scene: Scene, at: Point): Turn {
  const handle = handleAt(handlesOf(scene), at, scene.reach_m);
  return handle?.kind === "corner" ? done(cornerRemoved(scene.draft, handle.feature_id, handle.corner)) : { next: IDLE };
}

export function handTurn(scene: Scene, hand: Interaction, event: HandEvent): Turn {
  switch (event.kind) {
    case "press":
      return pressed(scene, event.at, event.held);
    case "move":
      if (hand.kind === "pressing") {
        return distance(hand.at, event.at) > scene.slip_m ? drawnAway(scene, hand, event.at, event.held) : { next: hand };
      }
      if (hand.kind === "boxing") return { next: { ...hand, to: event.at } };
      if (hand.kind === "moving" || hand.kind === "reshaping" || hand.kind === "turning") return moveTo(scene, hand, event.at, event.held);
      return { next: hand };
    case "release":
      if (hand.kind === "pressing") return clicked(scene, hand);
      if (hand.kind === "moving" || hand.kind === "reshaping" || hand.kind === "turning") return letGo(scene, hand, event.held);
      if (hand.kind === "boxing") {
        const found = boxed(scene.shown(), boxOf([hand.from, hand.to]));
        return { next: IDLE, select: new Set(hand.isAdding ? [...scene.selection, ...found] : found) };
      }
      return { next: hand };
    case "double":
      return doubled(scene, event.at);
    case "nudge":
      return nudged(scene, hand, event.by);
    case "settle":
      return settled(scene, hand);
    case "corner":
      return nextCorner(scene, hand, event.way);
    case "erase":
      return erased(scene, hand);
    case "cancel":
      return hand.kind === "idle" ? { next: IDLE, select: new Set() } : { next: IDLE };
    default:
      return { next: hand };
  }
}
