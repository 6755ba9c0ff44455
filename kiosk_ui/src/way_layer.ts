/** The live layer over a plan: the shopper's dot, the way to the next shelf or the till, items, "you are here". */
import L from "leaflet";
import type { FloorplanView } from "./floorplan_view.ts";
import { chevronsAlong } from "./path_chevrons.ts";
import { type Point, shelfFace } from "./plan_frame.ts";
import { shiftIntoSight } from "./plan_labels.ts";
import type { ShelfPlace, TrackMoved, WishListItem } from "./wire.gen.ts";

const GLIDE_MS = 450; // a little less than the time between two fixes, so that the dot has come to rest when the next one arrives
const FACE_HALF_WIDTH_M = 0.7;
const FAR_ABOVE_M = 3;

function sign(className: string, text = ""): L.DivIcon {
  const element = document.createElement("span");
  element.textContent = text;
  return L.divIcon({ className, html: element, iconSize: [0, 0] });
}

/** A sign where the path ends at no shelf: what takes one to another level, or the till. */
export interface PathEnd {
  readonly what: "crossing" | "till";
  readonly words: string;
}

export class WayLayer {
  private readonly way = L.layerGroup();
  private readonly items = L.layerGroup();
  private dot: L.Marker | null = null;
  private circle: L.Circle | null = null;
  private dotAt: L.LatLng | null = null;
  private here: L.Marker | null = null;
  private takes: L.Marker | null = null;
  private glide = 0;
  private path: readonly Point[] = [];
  private target: ShelfPlace | null = null;
  private end: PathEnd | null = null;

  constructor(private readonly view: FloorplanView) {
    this.way.addTo(view.map);
    this.items.addTo(view.map);
    view.map.on("zoomend", this.drawWay, this);
    view.map.on("moveend resize", this.keepWordsInSight, this);
  }

  markKiosk(x_m: number, y_m: number, words: string): void {
    const icon = sign("here-mark", words);
    this.here = L.marker(this.view.at(x_m, y_m), { icon, pane: "people", interactive: false, keyboard: false });
    this.here.addTo(this.view.map);
    this.keepWordsInSight();
  }

  /** Moves the dot there, gliding; null takes it away, with everything that says where it was. */
  moveTo(track: TrackMoved | null, words: string): void {
    cancelAnimationFrame(this.glide);
    if (track === null) {
      this.dot?.remove();
      this.circle?.remove();
      this.dot = this.circle = this.dotAt = null;
      return;
    }
    const to = this.view.at(track.x_m, track.y_m);
    this.dotAt = to;
    if (this.dot === null || this.circle === null) {
      this.circle = L.circle(to, { radius: track.accuracy_radius_m, className: "you-circle", pane: "people", interactive: false });
      this.dot = L.marker(to, { icon: sign("you-dot", words), pane: "people", interactive: false, keyboard: false });
      this.circle.addTo(this.view.map);
      this.dot.addTo(this.view.map);
      this.circle.getElement()?.setAttribute("data-testid", "accuracy");
    }
    const [dot, circle] = [this.dot, this.circle];
    const element = dot.getElement();
    element?.setAttribute("data-testid", "you-dot");
    element?.setAttribute("data-x-m", String(track.x_m));
    element?.setAttribute("data-y-m", String(track.y_m));
    if (element?.firstElementChild) element.firstElementChild.textContent = words;
    this.keepWordsInSight();
    circle.getElement()?.setAttribute("data-radius-m", String(track.accuracy_radius_m));
    const [from, fromRadius, began] = [dot.getLatLng(), circle.getRadius(), performance.now()];
    const step = (now: number): void => {
      const share = Math.min(1, this.view.map.options.zoomAnimation ? (now - began) / GLIDE_MS : 1);
      const place = L.latLng(from.lat + (to.lat - from.lat) * share, from.lng + (to.lng - from.lng) * share);
      dot.setLatLng(place);
      circle.setLatLng(place).setRadius(fromRadius + (track.accuracy_radius_m - fromRadius) * share);
      if (share < 1) this.glide = requestAnimationFrame(step);
    };
    this.glide = requestAnimationFrame(step);
  }

  leadAlong(path: readonly Point[], target: ShelfPlace | null, end: PathEnd | null = null): void {
    this.path = path;
    this.target = target;
    this.end = end;
    this.drawWay();
  }

  markItems(items: readonly WishListItem[], next_sku: string | null): void {
    this.items.clearLayers();
    for (const item of items) {
      if (item.place === null || item.sku === next_sku || item.state === "skipped") continue;
      const icon = sign(item.state === "picked_up" ? "item-mark is-picked-up" : "item-mark", item.state === "picked_up" ? "✓" : "");
      const place = this.view.at(item.place.x_m, item.place.y_m);
      L.marker(place, { icon, pane: "way", interactive: false, keyboard: false }).addTo(this.items);
    }
  }

  private drawWay(): void {
    this.way.clearLayers();
    this.takes = null;
    const { view, path, target } = this;
    const scale = view.pixelsPerMetre();
    const lines = (each: readonly (readonly Point[])[], className: string): void => {
      L.polyline(each.map((points) => view.all(points)), { className, pane: "way", interactive: false, smoothFactor: 0 }).addTo(this.way);
    };
    const line = (points: readonly Point[], className: string): void => lines([points], className);
    if (path.length > 1) {
      line(path, "way-casing");
      line(path, "way-line");
      lines(chevronsAlong(path, 44 / scale, 6 / scale), "way-chevron"); // one shape: the way is drawn anew with each step of the shopper
    }
    const [start, end] = [path[0], path.at(-1)];
    if (this.end && start && end) {
      const at = view.at(end[0], end[1]);
      const isAbove = at.lat > view.at(start[0], start[1]).lat + FAR_ABOVE_M; // else its words would lie beside the shopper's
      const icon = sign(`crossing-mark ${isAbove ? "" : "is-below"}`, this.end.words);
      this.takes = L.marker(at, { icon, pane: "people", zIndexOffset: 1000, interactive: false, keyboard: false }).addTo(this.way);
      this.takes.getElement()?.setAttribute("data-testid", this.end.what);
      this.keepWordsInSight();
    }
    if (target) {
      const ring = view.fixtureRing(target.fixture_key);
      const face = ring ? shelfFace(ring, target.x_m, target.y_m, FACE_HALF_WIDTH_M) : null;
      if (face) line(face, "shelf-glow");
      if (face) line(face, "shelf-face");
      const icon = sign("target-mark");
      L.marker(view.at(target.x_m, target.y_m), { icon, pane: "way", interactive: false, keyboard: false }).addTo(this.way);
    }
  }
  /** Words beside a place near the plan's edge are moved along; the dot's for where it glides to. */
  private keepWordsInSight(): void {
    const { map } = this.view;
    const room = map.getSize().x;
    for (const mark of [this.dot, this.here, this.takes]) {
      const words = mark?.getElement()?.firstElementChild;
      if (!mark || !(words instanceof HTMLElement)) continue;
      const { x } = map.latLngToContainerPoint(mark === this.dot && this.dotAt ? this.dotAt : mark.getLatLng());
      words.style.setProperty("--room", `${room}px`);
      words.style.setProperty("--aside", `${shiftIntoSight(x, words.offsetWidth, room)}px`);
    }
  }
}
