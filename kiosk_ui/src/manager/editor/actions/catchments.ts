/** Where a kiosk serves shoppers: drawn around it, or offered as half a disc before its screen. Pure. */
import type { Draft, Feature, FeatureOf } from "../draft.ts";
import { linesOf } from "../feature_shapes.ts";
import { type Point, type Ring, alongFrom, boxOf, centreOf, direction_deg, distance, isAt, isInRing, ringOf } from "../shapes.ts";
import { type Outcome, chosenOf, refuse } from "./outcome.ts";
import { withProperties } from "./properties.ts";
import { vetoOf } from "./veto.ts";

type Kiosk = FeatureOf<"kiosk">;

/** Corners of half a disc besides its straight side: one each 10 degrees. */
const ARC_CORNERS = 18;

const isKiosk = (feature: Feature): feature is Kiosk => feature.feature_type === "kiosk";
const standing = ({ properties }: Kiosk): Point => properties.display_point.coordinates as unknown as Point;

/** The chosen kiosk, where there is one; else the one whose people stand in the area, of several the one nearest to its middle. */
export function kioskFor(draft: Draft, level_id: string | null, chosen: Iterable<string>, corners: readonly Point[]): Kiosk | null {
  const here = (feature: Feature): feature is Kiosk => isKiosk(feature) && feature.properties.level_id === level_id;
  const first = chosenOf(draft, chosen).find(here);
  if (first) return first;
  const ring = ringOf(corners);
  const centre = centreOf(boxOf(corners));
  const within = [...draft.features.values()].filter(here).filter((kiosk) => isInRing(standing(kiosk), ring));
  return within.sort((a, b) => distance(standing(a), centre) - distance(standing(b), centre))[0] ?? null;
}

/** The step that gives a kiosk this area, in place of its circle or of what was drawn before. */
export function catchmentDrawn(draft: Draft, kiosk: Kiosk | null, corners: readonly Point[], isLoose = false): Outcome {
  if (!kiosk) return refuse("canvas.no_kiosk_here");
  const catchment = { type: "Polygon", coordinates: [ringOf(corners).map((point) => [...point])] };
  // Judged as any area of the floor is, under the kiosk's own name.
  const area = { ...kiosk, geometry: catchment } as Feature;
  return vetoOf(draft, [area], isLoose) ?? withProperties(draft, [kiosk.id], { catchment });
}

/** Half a disc before the screen, as far as its circle reaches: who stands behind a screen does not see it. */
export function halfDisc(kiosk: Kiosk): Point[] {
  const { catchment_radius_m, facing_deg } = kiosk.properties;
  const body = centreOf(boxOf(linesOf(kiosk)[0] as Ring));
  const place = standing(kiosk);
  // People face the screen; facing is clockwise from north, and they stand on the other side of it.
  const out_deg = isAt(body, place) ? 270 - facing_deg : direction_deg(body, place);
  const radius_m = catchment_radius_m + distance(body, place);
  return Array.from({ length: ARC_CORNERS + 1 }, (_, i) => alongFrom(body, out_deg - 90 + (i * 180) / ARC_CORNERS, radius_m));
}

export function halfDiscOffered(draft: Draft, kiosk: Kiosk): Outcome {
  return catchmentDrawn(draft, kiosk, halfDisc(kiosk), true);
}
