/** What lies over and under the shapes: the picture to trace, the grid, accuracy, bays, names and the problems' marks. */
import L from "leaflet";
import { accuracyBox, clipOf, paintAccuracy } from "./accuracy_picture.ts";
import { bayTicks } from "./bays.ts";
import type { PlanCanvasProps } from "./canvas_props.ts";
import type { Draft, Feature } from "./draft.ts";
import { type DraftMap, at } from "./draft_map.ts";
import { linesOf } from "./feature_shapes.ts";
import { gridLines } from "./grid.ts";
import { namesOn } from "./names.ts";
import type { Box, Point } from "./shapes.ts";
import { shapesOfWkt } from "./wkt.ts";

/** Bays are drawn from this close on: farther away they are a smear. */
const BAYS_FROM_PX = 22;

/** While the plan is moved or zoomed, names and bays are not placed anew. */
const REST_MS = 120;

const boundsOf = (box: Box): L.LatLngBounds => L.latLngBounds(at([box.west, box.south]), at([box.east, box.north]));
const all = (lines: readonly (readonly Point[])[]): L.LatLng[][] => lines.map((line) => line.map(at));

export class Extras {
  private props: PlanCanvasProps | null = null;
  private shown: readonly Feature[] = [];
  private readonly names = L.layerGroup();
  private readonly named = new Map<string, L.Marker>();
  private readonly marks = L.layerGroup();
  private readonly evidence = L.layerGroup();
  private underlay: L.ImageOverlay | null = null;
  private accuracy: { readonly overlay: L.SVGOverlay; readonly canvas: HTMLCanvasElement; readonly place: string } | null = null;
  private accuracies = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly drawing: DraftMap) {
    for (const group of [this.names, this.marks, this.evidence]) group.addTo(drawing.map);
  }

  show(props: PlanCanvasProps, shown: readonly Feature[]): void {
    const was = this.props;
    this.props = props;
    this.shown = shown;
    if (was?.underlay !== props.underlay || was?.layers !== props.layers) this.drawUnderlay(props);
    if (was?.forecast !== props.forecast || was?.layers !== props.layers || was?.level_id !== props.level_id) this.drawAccuracy(props);
    const isOtherLevel = was?.level_id !== props.level_id;
    if (was?.problems !== props.problems || was?.shownProblem !== props.shownProblem || was?.layers !== props.layers || isOtherLevel) {
      this.drawProblems(props);
    }
    const isSame = was?.draft === props.draft && was.layers === props.layers && was.grid_m === props.grid_m && !isOtherLevel;
    // With the shapes, in one picture: a second one right after takes the machine's time from the checks.
    if (!isSame) this.drawSeen();
  }

  /** Draws anew what depends on the part of the plan that is seen, once it has come to rest there. */
  follow(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.drawSeen(), REST_MS);
  }

  private drawSeen(): void {
    clearTimeout(this.waiting);
    if (!this.props || !this.drawing.element.isConnected) return;
    const bounds = this.drawing.map.getBounds().pad(0.5);
    const seen = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    this.drawing.element.classList.remove("is-zooming");
    this.drawGrid(this.props, seen);
    this.drawBays(this.props.draft, seen);
    this.drawNames(this.props, seen);
  }

  /** Names are placed by the room there is for them: while that changes there are none, and no rounded corners, both for speed. */
  zoom(): void {
    this.names.clearLayers();
    this.named.clear();
    this.drawing.element.classList.add("is-zooming");
  }

  private drawGrid({ layers, grid_m }: PlanCanvasProps, seen: Box): void {
    const { fine, coarse } = layers.has("grid") ? gridLines(seen, grid_m, this.drawing.pixelsPerMetre()) : { fine: [], coarse: [] };
    this.drawing.drawLines("plan-grid", fine);
    this.drawing.drawLines("plan-grid is-coarse", coarse);
  }

  private drawBays(draft: Draft, seen: Box): void {
    const isNear = this.props?.layers.has("bays") && this.props.layers.has("fixtures") && this.drawing.pixelsPerMetre() >= BAYS_FROM_PX;
    const { filled, empty } = isNear ? bayTicks(draft, this.props?.level_id ?? null, seen) : { filled: [], empty: [] };
    this.drawing.drawLines("plan-bays", filled);
    this.drawing.drawLines("plan-bays is-empty", empty);
  }

  private drawNames({ layers }: PlanCanvasProps, seen: Box): void {
    const wanted = layers.has("labels") ? namesOn(this.shown, seen, this.drawing.pixelsPerMetre()) : [];
    const byWords = new Map(wanted.map((name) => [[name.kind, name.text, ...name.place].join(" "), name]));
    // Most stay where they are with each step: those are left alone.
    for (const [key, marker] of this.named) {
      if (byWords.has(key)) continue;
      this.names.removeLayer(marker);
      this.named.delete(key);
    }
    for (const [key, { text, place, width, height, kind }] of byWords) {
      if (this.named.has(key)) continue;
      const words = document.createElement("span");
      words.textContent = text;
      const icon = L.divIcon({ className: `plan-label is-${kind}`, html: words, iconSize: [width, height] });
      const marker = L.marker(at(place), { icon, interactive: false, keyboard: false, pane: "names" });
      this.named.set(key, marker.addTo(this.names));
    }
  }

  private drawUnderlay({ underlay, layers }: PlanCanvasProps): void {
    this.underlay?.remove();
    this.underlay = null;
    if (!underlay || !layers.has("underlay")) return;
    const { url, x_m, y_m, width_px, height_px, m_per_px_x, m_per_px_y, opacity } = underlay;
    const box = { west: x_m, south: y_m, east: x_m + width_px * m_per_px_x, north: y_m + height_px * m_per_px_y };
    this.underlay = L.imageOverlay(url, boundsOf(box), { pane: "underlay", opacity, alt: "", className: "plan-underlay" }).addTo(this.drawing.map);
  }

  private drawAccuracy({ draft, forecast, layers, level_id }: PlanCanvasProps): void {
    const level = draft.features.get(level_id ?? "");
    const isDrawn = layers.has("accuracy") && forecast?.level_id === level_id && forecast.columns > 0;
    this.drawing.element.classList.toggle("has-accuracy", isDrawn);
    if (!level || !forecast || !isDrawn) {
      this.accuracy?.overlay.remove();
      this.accuracy = null;
      return;
    }
    this.drawing.element.dataset["accuracies"] = String(++this.accuracies); // an interface: how many pictures there have been
    const box = accuracyBox(forecast);
    const clip = clipOf(box, linesOf(level));
    const place = JSON.stringify([box, clip]);
    // The picture that is there is painted over: a new one each time would be laid out and layered anew.
    if (this.accuracy?.place !== place) {
      this.accuracy?.overlay.remove();
      const canvas = document.createElement("canvas");
      canvas.style.clipPath = clip;
      // Leaflet lays out any element given as this; a canvas is what it needs here.
      const overlay = L.svgOverlay(canvas as unknown as SVGElement, boundsOf(box), { pane: "accuracy", className: "plan-accuracy" });
      this.accuracy = { overlay: overlay.addTo(this.drawing.map), canvas, place };
    }
    paintAccuracy(this.accuracy.canvas, forecast);
  }

  private drawProblems({ level_id, problems, shownProblem, layers }: PlanCanvasProps): void {
    this.marks.clearLayers();
    this.evidence.clearLayers();
    if (layers.has("problems")) {
      problems.forEach((problem, i) => {
        const { x_m, y_m, severity, is_accepted, problem_id } = problem;
        if (x_m === null || y_m === null || is_accepted || (problem.level_id ?? level_id) !== level_id) return;
        const number = document.createElement("span");
        number.textContent = String(i + 1);
        const isShown = problem_id === shownProblem?.problem_id;
        const className = `draft-problem ${severity === "error" ? "is-error" : ""} ${isShown ? "is-shown" : ""}`;
        const icon = L.divIcon({ className, html: number, iconSize: [0, 0] });
        L.marker(at([x_m, y_m]), { icon, interactive: false, keyboard: false, pane: "marks" }).addTo(this.marks);
      });
    }
    for (const { rings, line, point } of shapesOfWkt(shownProblem?.evidence_wkt ?? "")) {
      const options = { pane: "marks", renderer: this.drawing.renderer("marks"), className: "draft-evidence", interactive: false };
      if (rings) L.polygon(all(rings), options).addTo(this.evidence);
      else if (line) L.polyline(line.map(at), options).addTo(this.evidence);
      else if (point) L.circleMarker(at(point), { ...options, radius: 10 }).addTo(this.evidence);
    }
  }
}
