/**
 * The draft on a map: one path for each style of shape, so that hundreds of shapes are a dozen paths, drawn again only where a shape
 * of that style is another. Nothing reads geometry back from here.
 */
import "../../trusted_types.ts";
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "../../map.css";
import "./plan_canvas.css";
import type { Feature } from "./draft.ts";
import { PANES, type Pane, type Piece, STYLES, type Style, piecesOf } from "./feature_pieces.ts";
import { FlatSvg } from "./flat_svg.ts";
import type { Box, Point } from "./shapes.ts";
import { zoomByWheel } from "./wheel_zoom.ts";

/** Above the map's own panes for pictures, below those for its controls. */
const FIRST_PANE = 210;
const PANE_STEP = 20;

/** The shapes at rest, and over them those of the same style that are being dragged. */
const SETS = ["resting", "dragged"] as const;
type SetName = (typeof SETS)[number];

interface Group {
  readonly path: L.Polyline;
  drawn: readonly Feature[];
}

export const at = ([x_m, y_m]: Point): L.LatLng => L.latLng(y_m, x_m);

const isSame = (one: readonly Feature[], other: readonly Feature[]): boolean =>
  one.length === other.length && one.every((feature, i) => feature === other[i]);

export class DraftMap {
  readonly map: L.Map;
  private readonly renderers = new Map<Pane, L.Renderer>();
  private readonly stopZooming: () => void;
  private readonly groups = new Map<`${SetName} ${Style}`, Group>();
  private readonly pieces = new WeakMap<Feature, readonly Piece[]>();
  private resting: readonly Feature[] = [];

  constructor(readonly element: HTMLElement) {
    this.map = L.map(element, {
      crs: L.CRS.Simple,
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0,
      zoomDelta: 0.5,
      minZoom: -3,
      maxZoom: 8,
      dragging: false,
      doubleClickZoom: false,
      keyboard: false,
      boxZoom: false,
      scrollWheelZoom: false, // it jumps: see wheel_zoom.ts
      zoomAnimation: false, // large plans stretched picture by picture are slower than drawn anew once
    });
    PANES.forEach((name, i) => (this.map.createPane(name).style.zIndex = String(FIRST_PANE + i * PANE_STEP)));
    this.map.setView([10, 15], 4, { animate: false });
    this.stopZooming = zoomByWheel(this.map, element);
    for (const [style, pane, isArea] of STYLES) {
      for (const set of SETS) this.groups.set(`${set} ${style}`, { path: this.newPath(style, pane, isArea), drawn: [] });
    }
  }

  /** The one SVG of a pane. */
  renderer(pane: Pane): L.Renderer {
    const known = this.renderers.get(pane);
    const renderer = known ?? new FlatSvg(pane);
    if (!known) this.renderers.set(pane, renderer);
    return renderer;
  }

  /** Draws these shapes, and what is being dragged in the place of what it was. */
  show(shown: readonly Feature[], dragged: ReadonlyMap<string, Feature>): void {
    const resting = dragged.size === 0 ? shown : shown.filter(({ id }) => !dragged.has(id));
    if (!isSame(resting, this.resting)) this.draw("resting", resting);
    this.resting = resting;
    this.draw("dragged", shown.flatMap(({ id }) => dragged.get(id) ?? []));
  }

  /** What else is drawn in a style: the grid, the bays. */
  drawLines(style: Style, lines: readonly (readonly Point[])[]): void {
    const path = this.groups.get(`resting ${style}`)?.path;
    if (path && (lines.length > 0 || !path.isEmpty())) path.setLatLngs(lines.map((line) => line.map(at)));
  }

  private draw(set: SetName, features: readonly Feature[]): void {
    const wanted = new Map<Style, { drawn: Feature[]; lines: L.LatLng[][] }>();
    for (const feature of features) {
      for (const { style, lines } of this.piecesOf(feature)) {
        const found = wanted.get(style) ?? { drawn: [], lines: [] };
        wanted.set(style, found);
        found.drawn.push(feature);
        for (const line of lines) found.lines.push(line.map(at));
      }
    }
    for (const [style] of STYLES) {
      const group = this.groups.get(`${set} ${style}`) as Group;
      const { drawn, lines } = wanted.get(style) ?? { drawn: [], lines: [] };
      if (isSame(group.drawn, drawn)) continue;
      group.path.setLatLngs(lines);
      group.drawn = drawn;
    }
  }

  private newPath(style: Style, pane: Pane, isArea: boolean): L.Polyline {
    const plain = { pane, renderer: this.renderer(pane), className: style, interactive: false, smoothFactor: 0, noClip: true };
    // Leaflet's types do not say that a polygon is a polyline.
    const path = isArea ? (L.polygon([], { ...plain, fillRule: "nonzero" }) as unknown as L.Polyline) : L.polyline([], plain);
    return path.addTo(this.map);
  }

  private piecesOf(feature: Feature): readonly Piece[] {
    const pieces = this.pieces.get(feature) ?? piecesOf(feature);
    this.pieces.set(feature, pieces);
    return pieces;
  }

  /** Pixels of one metre at the zoom shown. */
  pixelsPerMetre(): number {
    return this.map.getZoomScale(this.map.getZoom(), 0);
  }

  fit(box: Box): void {
    const bounds = L.latLngBounds(at([box.west, box.south]), at([box.east, box.north]));
    this.map.fitBounds(bounds, { animate: false, padding: [24, 24] });
  }

  remove(): void {
    this.stopZooming();
    this.map.remove();
  }
}
