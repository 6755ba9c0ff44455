import { Maximize, Minus, Plus } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { FloorplanView } from "../floorplan_view.ts";
import { Icon } from "../parts/icon.tsx";
import type { Point } from "../plan_frame.ts";
import { WayLayer } from "../way_layer.ts";
import type { Certainty, Guidance, PublishedFloorplan, ShelfPlace, WishListItem } from "../wire.gen.ts";
import { language, say } from "../words.ts";
import { track } from "./showing.ts";

interface StorePlanProps {
  plan: PublishedFloorplan;
  kiosk_key: string;
  guidance: Guidance | null;
  items: readonly WishListItem[];
  /** A place somebody searched for, shown without a way to it. */
  place: ShelfPlace | null;
}

interface Drawn {
  view: FloorplanView;
  way: WayLayer;
  here: Point | null;
}

function dotWords(certainty: Certainty, [first, second]: readonly string[]): string {
  if (certainty === "sure") return say("map.you_sure");
  if (first === undefined) return say("map.you_near");
  return second === undefined ? say("map.you_near_zone", { zone: first }) : say("map.you_near_either", { first, second });
}

/** The plan as this kiosk's visitor sees it: up is the way they face, and they are always on it. */
export function StorePlan({ plan, kiosk_key, guidance, items, place }: StorePlanProps) {
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const tongue = language.value;
  const isGuiding = guidance !== null;

  useEffect(() => {
    if (!element.current) return;
    const kiosk = plan.document.features.find(
      (feature) => feature.feature_type === "kiosk" && feature.properties.kiosk_key === kiosk_key,
    );
    const properties = kiosk?.feature_type === "kiosk" ? kiosk.properties : null;
    const [x_m, y_m] = properties?.display_point.coordinates ?? [];
    const here: Point | null = x_m === undefined || y_m === undefined ? null : [x_m, y_m];
    const view = new FloorplanView(element.current, plan, {
      up_deg: properties?.facing_deg ?? 0,
      language: tongue,
      keepFree: here ? [here] : [],
    });
    const way = new WayLayer(view);
    if (here) way.markKiosk(here[0], here[1], say(isGuiding ? "map.this_screen" : "map.here"));
    drawn.current = { view, way, here };
    return () => {
      drawn.current = null;
      view.remove();
    };
  }, [plan, kiosk_key, tongue, isGuiding]);

  const target = guidance ? (guidance.next_item?.place ?? null) : place;
  const next_sku = guidance?.next_item?.sku ?? null;
  useEffect(() => {
    drawn.current?.way.leadAlong(guidance?.path ?? [], target);
    drawn.current?.way.markItems(items, next_sku);
  }, [plan, tongue, isGuiding, guidance, items, target?.slot_key]);

  useEffect(() => {
    const now = drawn.current;
    if (!now) return;
    if (target === null) return now.view.showAll();
    const path: Point[] = guidance?.path ?? [];
    now.view.showPlaces([[target.x_m, target.y_m], ...(now.here ? [now.here] : []), ...path]);
  }, [plan, tongue, isGuiding, target?.slot_key]);

  const moved = track.value;
  const certainty = guidance?.certainty ?? "unknown";
  const near = guidance?.near ?? [];
  useEffect(() => {
    const isShown = isGuiding && certainty !== "unknown";
    const now = drawn.current;
    now?.way.moveTo(isShown ? moved : null, isShown ? dotWords(certainty, near) : "");
    if (!now || !isShown || moved === null || now.view.isInSight(moved.x_m, moved.y_m)) return;
    const places: Point[] = [[moved.x_m, moved.y_m]];
    if (target) places.push([target.x_m, target.y_m]);
    if (now.here) places.push(now.here);
    now.view.showPlaces(places);
  }, [plan, tongue, moved, isGuiding, certainty, near.join()]);

  const view = (): FloorplanView | undefined => drawn.current?.view;
  return (
    <section class="store-plan" aria-label={say("map.region")}>
      <div ref={element} class="store-plan-map" data-testid="map" role="group" aria-label={say("map.region")} />
      <div class="map-buttons">
        <button type="button" aria-label={say("map.closer")} onClick={() => view()?.map.zoomIn()}>
          <Icon of={Plus} />
        </button>
        <button type="button" aria-label={say("map.farther")} onClick={() => view()?.map.zoomOut()}>
          <Icon of={Minus} />
        </button>
        <button type="button" aria-label={say("map.whole")} onClick={() => view()?.showAll()}>
          <Icon of={Maximize} />
        </button>
      </div>
    </section>
  );
}
