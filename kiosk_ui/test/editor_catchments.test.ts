import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { catchmentDrawn, halfDiscOffered, kioskFor } from "../src/manager/editor/actions/catchments.ts";
import { drawn } from "../src/manager/editor/actions/drawing.ts";
import { isRefused } from "../src/manager/editor/actions/outcome.ts";
import { withProperties } from "../src/manager/editor/actions/properties.ts";
import type { Draft, FeatureOf } from "../src/manager/editor/draft.ts";
import { beginDrawing } from "../src/manager/editor/drawing_gesture.ts";
import { turnOf } from "../src/manager/editor/hand.ts";
import type { Interaction } from "../src/manager/editor/interaction.ts";
import { type Point, type Ring, area_m2, isInRing } from "../src/manager/editor/shapes.ts";
import { done, hall, onlyOf } from "./editor_plans.ts";

type Kiosk = FeatureOf<"kiosk">;

const AROUND: readonly Point[] = [[18, 6], [24, 6], [24, 12], [18, 12]];

/** A hall with kiosks where people stand 0.6 m south of these places. */
function withKiosks(...places: Point[]): { draft: Draft; level_id: string; kiosks: Kiosk[] } {
  const { draft: first, level_id } = hall();
  const draft = places.reduce((d, place) => done(d, (now) => drawn(now, level_id, "kiosk", [place])), first);
  const kiosks = [...draft.features.values()].filter((f): f is Kiosk => f.feature_type === "kiosk");
  return { draft, level_id, kiosks };
}

const ringIn = (draft: Draft, id: string): Ring => (draft.features.get(id) as Kiosk).properties.catchment?.coordinates[0] as unknown as Ring;

test("an area is the chosen kiosk's; without one, that of the kiosk whose people stand in it", () => {
  const { draft, level_id, kiosks } = withKiosks([5, 10], [20, 10], [21, 9.5]);
  const [far, , middle] = kiosks as [Kiosk, Kiosk, Kiosk];
  assert.equal(kioskFor(draft, level_id, [far.id], AROUND)?.id, far.id);
  assert.equal(kioskFor(draft, level_id, [], AROUND)?.id, middle.id, "of two the one nearer to the area's middle");
  assert.equal(kioskFor(draft, level_id, [], [[0, 0], [2, 0], [2, 2]]), null);
  assert.equal(kioskFor(draft, "upstairs", [far.id], AROUND), null);
  assert.deepEqual(catchmentDrawn(draft, null, AROUND), { refused: "canvas.no_kiosk_here", values: {} });
});

test("typed by keys alone, an area becomes the kiosk's and the kiosk stays chosen", () => {
  const { draft, level_id, kiosks } = withKiosks([20, 10]);
  const kiosk = kiosks[0] as Kiosk;
  const shared = { draft, level_id, selection: new Set([kiosk.id]), tool: "catchment", snap: "off", grid_m: 0.1, isEditable: true } as const;
  const scene = { ...shared, reach_m: 0.3, slip_m: 0.1, shown: () => [], targets: () => ({ corners: [], edges: [] }) };
  let hand: Interaction = beginDrawing("catchment", [0, 0]);
  for (const key of "18;6") hand = turnOf(scene, hand, { kind: "type", key }).next;
  hand = turnOf(scene, hand, { kind: "finish" }).next;
  for (const key of "6x6") hand = turnOf(scene, hand, { kind: "type", key }).next;
  const { step, select, tool } = turnOf(scene, hand, { kind: "finish" });
  assert.deepEqual([step?.kind, step?.what, tool, [...(select ?? [])]], ["set", kiosk.properties.key, "select", [kiosk.id]]);
  const after = step?.changes[0]?.after as Kiosk;
  assert.deepEqual(after.geometry, kiosk.geometry, "the screen itself stays where it is");
  assert.equal(area_m2(after.properties.catchment?.coordinates[0] as unknown as Ring), 36);
});

test("what is no area, or leaves the outline, is refused; loosely only the first", () => {
  const { draft, kiosks } = withKiosks([20, 10]);
  const kiosk = kiosks[0] as Kiosk;
  const outside: Point[] = [[18, 6], [40, 6], [40, 12]];
  const refusal = (corners: readonly Point[], isLoose: boolean): string | null => {
    const outcome = catchmentDrawn(draft, kiosk, corners, isLoose);
    return isRefused(outcome) ? outcome.refused : null;
  };
  assert.equal(refusal(outside, false), "canvas.leaves_outline");
  assert.equal(refusal(outside, true), null);
  assert.equal(refusal([[18, 6], [24, 12], [24, 6], [18, 11]], true), "canvas.crosses_itself");
});

test("half a disc lies before the screen: whoever stands there is in it, whoever is behind is not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 359 }), fc.double({ min: 0.5, max: 20, noNaN: true }), (facing_deg, radius_m) => {
      const { draft, kiosks } = withKiosks([15, 10]);
      const { id } = kiosks[0] as Kiosk;
      const along = (length_m: number): Point => {
        const radians = ((270 - facing_deg) * Math.PI) / 180;
        return [15 + length_m * Math.cos(radians), 10 + length_m * Math.sin(radians)];
      };
      const display_point = { type: "Point", coordinates: along(0.6) };
      const faced = done(draft, (d) => withProperties(d, [id], { facing_deg, catchment_radius_m: radius_m, display_point }));
      const ring = ringIn(done(faced, (d) => halfDiscOffered(d, faced.features.get(id) as Kiosk)), id);
      assert.ok(isInRing(along(0.6), ring) && isInRing(along(radius_m + 0.55), ring));
      assert.ok(!isInRing(along(-0.1), ring) && !isInRing(along(radius_m + 0.65), ring));
    }),
  );
});

test("half a disc is found by the facing where people stand in the screen's own middle", () => {
  const { draft, kiosks } = withKiosks([15, 10]);
  const { id } = kiosks[0] as Kiosk;
  const east = done(draft, (d) => withProperties(d, [id], { facing_deg: 90, display_point: { type: "Point", coordinates: [15, 10] } }));
  const ring = ringIn(done(east, (d) => halfDiscOffered(d, onlyOf(east, "kiosk") as Kiosk)), id);
  assert.ok(isInRing([13, 10], ring) && !isInRing([17, 10], ring), "they face east, so they stand west of it");
});
