/**
 * The one plan view of all screens: metres to Leaflet's CRS.Simple, drawn as SVG so that the themes' CSS colours it.
 *
 * A plan of a large shop has a few hundred shapes (bays and slots are not drawn), which SVG moves without effort.
 */
import "./trusted_types.ts";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "./map.css";
import { type Frame, type Point, centroid, frameWithUp, spanInside } from "./plan_frame.ts";
import { type LabelBox, fittingLabels } from "./plan_labels.ts";
import type { FloorplanDocument, PublishedFloorplan } from "./wire.gen.ts";

type Feature = FloorplanDocument["features"][number];
const LABEL_FONT_PX = 14;
/** Steps of zoom: half as large again. */
const WORTH_COMING_CLOSER = Math.log2(1.5);

function onLevel(features: readonly Feature[], level_id: string | undefined): readonly Feature[] {
  if (level_id === undefined) return features;
  return features.filter((each) => (each.feature_type === "level" ? each.id : each.properties.level_id) === level_id);
}

/** The frame moved so that it shows as much of the plan as it can; centred on the plan along which it is the longer one. */
function movedInside(frame: L.LatLngBounds, plan: L.LatLngBounds): L.LatLngBounds {
  const [south, north] = spanInside([frame.getSouth(), frame.getNorth()], [plan.getSouth(), plan.getNorth()]);
  const [west, east] = spanInside([frame.getWest(), frame.getEast()], [plan.getWest(), plan.getEast()]);
  return L.latLngBounds(L.latLng(south, west), L.latLng(north, east));
}

export interface FloorplanViewOptions {
  /** Up on the screen, clockwise from the plan's north. */
  up_deg?: number;
  /** Nodes, scale bar and north: for people who run the store. */
  isForPeopleOfTheStore?: boolean;
  /** May the plan be dragged and zoomed by hand. */
  isMovable?: boolean;
  language?: string;
  /** Of a plan of several levels, the one to show; all that is drawn where it is not said. */
  level_id?: string | undefined;
  /** Places that zone names must not cover. */
  keepFree?: readonly Point[];
}

export class FloorplanView {
  readonly map: L.Map;
  readonly frame: Frame;
  private readonly labels = L.layerGroup();
  private readonly bounds: L.LatLngBounds;
  private readonly features: readonly Feature[];
  private readonly resized: ResizeObserver;
  private framed: () => L.LatLngBounds;

  constructor(
    readonly element: HTMLElement,
    readonly plan: PublishedFloorplan,
    private readonly options: FloorplanViewOptions = {},
  ) {
    this.frame = frameWithUp(options.up_deg ?? 0);
    this.features = onLevel(plan.document.features, options.level_id);
    const isMovable = options.isMovable ?? true;
    this.map = L.map(element, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0,
      zoomDelta: 0.5,
      minZoom: -3,
      maxZoom: 7,
      dragging: isMovable,
      touchZoom: isMovable,
      scrollWheelZoom: isMovable,
      doubleClickZoom: isMovable,
      keyboard: isMovable,
      boxZoom: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    if (!isMovable) element.removeAttribute("tabindex");
    for (const [name, order] of [["zones", 300], ["fixtures", 350], ["way", 420], ["people", 450]] as const) {
      this.map.createPane(name).style.zIndex = String(order);
    }
    this.bounds = this.boundsOf(this.features);
    this.framed = () => this.bounds;
    this.map.fitBounds(this.bounds, { animate: false });
    this.drawPlan(this.features);
    this.labels.addTo(this.map);
    this.drawLabels();
    this.map.on("zoomend", () => this.drawLabels());
    if (options.isForPeopleOfTheStore) L.control.scale({ imperial: false, maxWidth: 160 }).addTo(this.map);
    this.resized = new ResizeObserver(() => {
      this.map.invalidateSize({ animate: false });
      this.map.fitBounds(this.framed(), { animate: false });
    });
    this.resized.observe(element);
  }

  /** Plan metres to Leaflet's place. */
  at(x_m: number, y_m: number): L.LatLng {
    const [x, y] = this.frame.turn(x_m, y_m);
    return L.latLng(y, x);
  }

  all(points: readonly (readonly number[])[]): L.LatLng[] {
    return points.map((point) => this.at(point[0] as number, point[1] as number));
  }

  /** Pixels of one metre at the zoom shown. */
  pixelsPerMetre(): number {
    return this.map.getZoomScale(this.map.getZoom(), 0);
  }

  /** Whether the place is on the screen, not right at its edge. */
  isInSight(x_m: number, y_m: number): boolean {
    return this.map.getBounds().pad(-0.04).contains(this.at(x_m, y_m));
  }

  showAll(): void {
    this.show(() => this.bounds);
  }

  /**
   * Shows these places with room around them, never closer than `least_m` across: a picture people can find themselves in. The
   * whole plan where that is hardly smaller; else nothing beside the plan is shown where the plan itself would be cut.
   */
  showPlaces(places: readonly Point[], least_m = 22): void {
    const bounds = L.latLngBounds(this.all(places));
    const centre = bounds.getCenter();
    const half = least_m / 2;
    bounds.extend(L.latLng(centre.lat - half, centre.lng - half)).extend(L.latLng(centre.lat + half, centre.lng + half));
    const frame = movedInside(bounds.pad(0.08), this.bounds);
    this.show(() => {
      const closer = this.map.getBoundsZoom(frame) - this.map.getBoundsZoom(this.bounds);
      return closer < WORTH_COMING_CLOSER ? this.bounds : frame;
    });
  }

  private show(framed: () => L.LatLngBounds): void {
    this.framed = framed;
    this.map.fitBounds(framed(), { animate: false }); // an animated fit ends wrongly when the screen is laid out anew meanwhile
  }

  fixtureRing(fixture_key: string): Point[] | null {
    const fixture = this.plan.document.features.find(
      (feature) => feature.feature_type === "fixture" && feature.properties.key === fixture_key,
    );
    return fixture?.feature_type === "fixture" ? (fixture.geometry.coordinates[0] as unknown as Point[]) : null;
  }

  remove(): void {
    this.resized.disconnect();
    this.map.remove();
  }

  private boundsOf(features: readonly Feature[]): L.LatLngBounds {
    const levels = features.filter((feature) => feature.feature_type === "level");
    const shapes = levels.length > 0 ? levels : features;
    const bounds = L.latLngBounds([]);
    for (const feature of shapes) {
      if (feature.geometry.type === "Polygon") bounds.extend(L.latLngBounds(this.all(feature.geometry.coordinates[0] ?? [])));
    }
    return (bounds.isValid() ? bounds : L.latLngBounds(this.all([[0, 0], [10, 10]]))).pad(0.02);
  }

  private drawPlan(features: readonly Feature[]): void {
    const inPane = (pane: string, className: string): L.PolylineOptions => ({ pane, className, interactive: false });
    const polygon = (rings: readonly (readonly number[][])[], options: L.PolylineOptions): L.Polygon =>
      L.polygon(rings.map((ring) => this.all(ring)), options);
    let zones = 0;
    for (const level of features) {
      if (level.feature_type === "level") polygon(level.geometry.coordinates, inPane("fixtures", "plan-outline")).addTo(this.map);
    }
    for (const feature of features) {
      let shape: L.Layer | null = null;
      if (feature.feature_type === "level") shape = polygon(feature.geometry.coordinates, inPane("tilePane", "plan-level"));
      else if (feature.feature_type === "section") {
        shape = polygon(feature.geometry.coordinates, inPane("zones", `plan-zone plan-zone-${zones++ % 4}`));
      } else if (feature.feature_type === "fixture") {
        shape = polygon(feature.geometry.coordinates, inPane("fixtures", "plan-fixture"));
      } else if (feature.feature_type === "blocked_area") {
        shape = polygon(feature.geometry.coordinates, inPane("fixtures", "plan-blocked"));
      } else if (feature.feature_type === "kiosk") {
        shape = polygon(feature.geometry.coordinates, inPane("fixtures", "plan-kiosk"));
      } else if (feature.feature_type === "unit" && feature.properties.connects && this.options.level_id !== undefined) {
        shape = polygon(feature.geometry.coordinates, inPane("fixtures", "plan-crossing"));
      } else if (feature.feature_type === "wall") shape = L.polyline(this.all(feature.geometry.coordinates), inPane("fixtures", "plan-wall"));
      else if (feature.feature_type === "opening") {
        shape = L.polyline(this.all(feature.geometry.coordinates), inPane("fixtures", "plan-opening"));
      } else if (feature.feature_type === "scanner_node" && this.options.isForPeopleOfTheStore) {
        const place = feature.geometry.coordinates;
        shape = L.circleMarker(this.at(place[0] as number, place[1] as number), { radius: 6, ...inPane("fixtures", "plan-node") });
      }
      shape?.addTo(this.map);
    }
  }

  private takenBoxes(): LabelBox[] {
    const kept = (this.options.keepFree ?? []).map(([x, y]) => ({ ...this.pixelOf(x, y), width: 150, height: 64 }));
    if (!this.options.isForPeopleOfTheStore) return kept;
    return this.features.flatMap((feature) => {
      if (feature.feature_type !== "scanner_node") return [];
      const [x, y] = feature.geometry.coordinates;
      return [{ ...this.pixelOf(x as number, y as number), width: 12, height: 12 }];
    });
  }

  private pixelOf(x_m: number, y_m: number): { x: number; y: number } {
    const { x, y } = this.map.project(this.at(x_m, y_m));
    return { x, y };
  }

  private drawLabels(): void {
    this.labels.clearLayers();
    const wanted: (LabelBox & { text: string })[] = [];
    const scale = this.pixelsPerMetre();
    for (const feature of this.features) {
      if (feature.feature_type !== "section" || !feature.properties.name) continue;
      const names = feature.properties.name;
      const text = names[this.options.language ?? "en"] ?? names["en"] ?? Object.values(names)[0] ?? "";
      const ring = feature.geometry.coordinates[0] as unknown as Point[];
      const [x, y] = centroid(ring);
      const pixel = this.map.project(this.at(x, y));
      const font_px = LABEL_FONT_PX * (this.element.closest(".kiosk") ? 1.35 : 1);
      const width = text.length * font_px * 0.58;
      const span = L.latLngBounds(this.all(ring));
      if ((span.getEast() - span.getWest()) * scale < width) continue; // a name wider than its zone names the wrong one
      wanted.push({ text, x: pixel.x, y: pixel.y, width, height: font_px * 1.3 });
    }
    for (const label of fittingLabels(wanted, this.takenBoxes())) {
      const words = document.createElement("span");
      words.textContent = label.text;
      const icon = L.divIcon({ className: "plan-label", html: words, iconSize: [label.width + 8, label.height] });
      const place = this.map.unproject([label.x, label.y]);
      L.marker(place, { icon, interactive: false, keyboard: false, pane: "way" }).addTo(this.labels);
    }
  }
}
