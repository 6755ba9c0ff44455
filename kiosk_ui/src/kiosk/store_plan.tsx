import { Maximize, Minus, Plus } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { FloorplanView } from "../floorplan_view.ts";
import { isToTill, nextSku, sayLevel } from "../guidance_words.ts";
import { Icon } from "../parts/icon.tsx";
import type { Point } from "../plan_frame.ts";
import { type PathEnd, WayLayer } from "../way_layer.ts";
import type { Certainty, FloorplanDocument, Guidance, LevelName, PublishedFloorplan, ShelfPlace, WishListItem } from "../wire.gen.ts";
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

const ARROWS = { up: "↑", down: "↓", across: "↔" } as const;

function dotWords(certainty: Certainty, [first, second]: readonly string[]): string {
  if (certainty === "sure") return say("map.you_sure");
  if (first === undefined) return say("map.you_near");
  return second === undefined ? say("map.you_near_zone", { zone: first }) : say("map.you_near_either", { first, second });
}

type KioskProperties = Extract<FloorplanDocument["features"][number], { feature_type: "kiosk" }>["properties"];

function propertiesOf(plan: PublishedFloorplan, kiosk_key: string): KioskProperties | null {
  for (const feature of plan.document.features) {
    if (feature.feature_type === "kiosk" && feature.properties.kiosk_key === kiosk_key) return feature.properties;
  }
  return null;
}

/** The level to show of a plan that has several; null of a plan that has one. */
function levelOf(plan: PublishedFloorplan, level_id: string | undefined): LevelName | null {
  const levels = plan.document.features.filter((feature) => feature.feature_type === "level");
  if (levels.length < 2) return null;
  const level = levels.find(({ id }) => id === level_id) ?? levels[0];
  if (level?.feature_type !== "level") return null;
  return { level_id: level.id, names: level.properties.name ?? { und: level.properties.key } };
}

/** The plan as this kiosk's visitor sees it: up is the way they face, and they are always on it. */
export function StorePlan({ plan, kiosk_key, guidance, items, place }: StorePlanProps) {
  const element = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const tongue = language.value;
  const isGuiding = guidance !== null;
  const properties = propertiesOf(plan, kiosk_key);
  // The kiosk's own level, with the part of the way that is on it; what somebody searched for is shown where it stands.
  const level = levelOf(plan, (isGuiding ? null : place?.level?.level_id) ?? properties?.level_id);
  const level_id = level?.level_id;
  const isShown = (other: string | null | undefined): boolean => level_id === undefined || (other ?? level_id) === level_id;

  useEffect(() => {
    if (!element.current) return;
    const [x_m, y_m] = (isShown(properties?.level_id) && properties?.display_point.coordinates) || [];
    const here: Point | null = x_m === undefined || y_m === undefined ? null : [x_m, y_m];
    const view = new FloorplanView(element.current, plan, {
      up_deg: properties?.facing_deg ?? 0,
      language: tongue,
      level_id,
      keepFree: here ? [here] : [],
    });
    const way = new WayLayer(view);
    if (here) way.markKiosk(here[0], here[1], say(isGuiding ? "map.this_screen" : "map.here"));
    drawn.current = { view, way, here };
    return () => {
      drawn.current = null;
      view.remove();
    };
  }, [plan, kiosk_key, tongue, isGuiding, level_id]);

  const isToPay = guidance !== null && isToTill(guidance);
  const wanted = guidance ? ((!isToPay && guidance.next_item?.place) || null) : place;
  const target = wanted !== null && isShown(wanted.level?.level_id) ? wanted : null;
  const path: Point[] = guidance !== null && isShown(guidance.level_id) ? guidance.path : [];
  const [crossing] = guidance?.crossings ?? [];
  const till = isToPay && !crossing ? path.at(-1) : undefined;
  const next_sku = guidance && nextSku(guidance);
  useEffect(() => {
    const here = items.filter((item) => isShown(item.place?.level?.level_id));
    const takes: PathEnd | null = crossing ? { what: "crossing", words: `${ARROWS[crossing.heading]} ${sayLevel(crossing.to_level)}` } : null;
    drawn.current?.way.leadAlong(path, target, till ? { what: "till", words: say("map.till") } : takes);
    drawn.current?.way.markItems(here, next_sku);
  }, [plan, tongue, isGuiding, level_id, guidance, items, target?.slot_key]);

  useEffect(() => {
    const now = drawn.current;
    if (!now) return;
    if (target === null && path.length === 0) return now.view.showAll();
    const ends: Point[] = target ? [[target.x_m, target.y_m]] : [];
    now.view.showPlaces([...ends, ...(now.here ? [now.here] : []), ...path]);
  }, [plan, tongue, isGuiding, level_id, target?.slot_key, till?.join(), crossing?.to_level.level_id, crossing?.means]);

  const moved = track.value;
  const certainty = guidance?.certainty ?? "unknown";
  const near = guidance?.near ?? [];
  useEffect(() => {
    const isSeen = isGuiding && certainty !== "unknown" && isShown(moved?.level_id);
    const now = drawn.current;
    now?.way.moveTo(isSeen ? moved : null, isSeen ? dotWords(certainty, near) : "");
    if (!now || !isSeen || moved === null || now.view.isInSight(moved.x_m, moved.y_m)) return;
    const places: Point[] = [[moved.x_m, moved.y_m]];
    if (target) places.push([target.x_m, target.y_m]);
    if (till) places.push(till);
    if (now.here) places.push(now.here);
    now.view.showPlaces(places);
  }, [plan, tongue, moved, isGuiding, level_id, certainty, near.join()]);

  const view = (): FloorplanView | undefined => drawn.current?.view;
  return (
    <section class="store-plan" aria-label={say("map.region")}>
      <div ref={element} class="store-plan-map" data-testid="map" role="group" aria-label={say("map.region")} />
      {level && (
        <p class="map-level" data-testid="map-level">
          {sayLevel(level)}
        </p>
      )}
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
