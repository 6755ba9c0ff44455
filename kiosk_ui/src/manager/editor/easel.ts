/** The map, the hand and what is shown of both: takes events in plan metres, and tells the page what came of them. */
import { signal } from "@preact/signals";
import { say } from "../../words.ts";
import { changesTo, isRefused, type Outcome, drawnBy } from "./actions/outcome.ts";
import type { PlanCanvasProps } from "./canvas_props.ts";
import type { Draft, Feature } from "./draft.ts";
import { DraftMap } from "./draft_map.ts";
import { Extras } from "./extras.ts";
import { boxOfFeatures } from "./feature_shapes.ts";
import { layAside, takenUp } from "./half_drawn.ts";
import { begun, turnOf } from "./hand.ts";
import { previewOf } from "./hand_gestures.ts";
import { type HandEvent, IDLE, type Interaction } from "./interaction.ts";
import type { Scene } from "./scene.ts";
import { type Box, type Point, boxOf } from "./shapes.ts";
import { type SnapTargets, targetsOf } from "./snapping.ts";
import { shownOf } from "./shown.ts";

/** Where the plan's metres lie on the screen. */
export interface View {
  readonly west: number;
  readonly north: number;
  readonly pixelsPerMetre: number;
  readonly width: number;
  readonly height: number;
}

const NOTHING_YET: Box = { west: 0, south: 0, east: 40, north: 25 };
const REACH_PX = { fine: 10, coarse: 22 };
const SLIP_PX = { fine: 4, coarse: 10 };

export class Easel {
  readonly drawing: DraftMap;
  readonly hand = signal<Interaction>(IDLE);
  readonly view = signal<View>({ west: 0, north: 0, pixelsPerMetre: 1, width: 0, height: 0 });
  /** Where the keys have moved the cross; null while a pointer leads. */
  readonly cross = signal<Point | null>(null);
  readonly pointer = signal<Point>([0, 0]);
  /** Fingers need more room than a mouse. */
  readonly isCoarse = signal(matchMedia("(pointer: coarse)").matches);
  private readonly extras: Extras;
  private readonly resized: ResizeObserver;
  private kept: { key: readonly unknown[]; shown: readonly Feature[] } = { key: [], shown: [] };
  private caught: { key: readonly unknown[]; targets: SnapTargets } | null = null;
  private veto: unknown = null;
  private isDragging = false;
  private lastShown: readonly unknown[] = [];
  private hasFitted = false;

  /** Counts what the page has changed, for the overlay to follow. */
  private readonly changed = signal(0);

  constructor(
    readonly element: HTMLElement,
    private props: PlanCanvasProps,
  ) {
    this.drawing = new DraftMap(element);
    this.extras = new Extras(this.drawing);
    const { map } = this.drawing;
    map.on("move zoom resize", () => this.look());
    map.on("zoomstart", () => this.extras.zoom());
    map.on("moveend", () => this.extras.follow());
    this.resized = new ResizeObserver(() => {
      map.invalidateSize({ animate: false, pan: false }); // what opens below it does not move the plan under the pointer
      if (!this.hasFitted) this.fit();
    });
    this.resized.observe(element);
    this.fit();
    this.redraw(true);
    this.begin();
  }

  /** What the page shows now. */
  update(props: PlanCanvasProps): void {
    const was = this.props;
    this.props = props;
    const { draft, level_id, selection, tool, snap, grid_m, layers, problems, shownProblem, forecast, underlay, isEditable } = props;
    const shown = [draft, level_id, selection, tool, snap, grid_m, layers, problems, shownProblem, forecast, underlay, isEditable];
    if (isSameKey(shown, this.lastShown)) return;
    this.lastShown = shown;
    const isOther = was.level_id !== props.level_id || was.tool !== props.tool || was.isEditable !== props.isEditable;
    // A draft that changed under the hand has ended its gesture; a drawing goes on.
    const isUnderHand = was.draft !== props.draft && this.hand.value.kind !== "drawing" && this.hand.value.kind !== "measuring";
    if (isOther) layAside(this.hand.value, was.level_id);
    if (isOther || (isUnderHand && !this.isAtCornerStill(props.draft))) this.begin();
    const hadLevel = this.hasFitted && boxOfLevel(was) !== null;
    const isFirstPicture = !was.underlay && underlay && boxOfLevel(props) === null; // it is traced: all of it is to be seen
    // What is told of the plan (problems, accuracy) comes while something is dragged, too: that stays under the hand then.
    this.redraw(was.draft !== draft || was.level_id !== level_id || was.layers !== layers);
    this.changed.value = this.changed.peek() + 1;
    if (was.level_id !== props.level_id || (!hadLevel && boxOfLevel(props)) || isFirstPicture) this.fit();
  }

  private isAtCornerStill(draft: Draft): boolean {
    const hand = this.hand.value;
    return hand.kind === "idle" || (hand.kind === "at_corner" && draft.features.has(hand.feature_id));
  }

  scene(): Scene {
    this.changed.value;
    const { draft, level_id, selection, tool, snap, grid_m, isEditable } = this.props;
    const metre = this.drawing.pixelsPerMetre();
    const [reach, slip] = this.isCoarse.value ? [REACH_PX.coarse, SLIP_PX.coarse] : [REACH_PX.fine, SLIP_PX.fine];
    return {
      ...{ draft, level_id, selection, tool, snap, grid_m, isEditable },
      reach_m: reach / metre,
      slip_m: slip / metre,
      shown: () => this.shown(),
      targets: (without) => this.targets(without),
    };
  }

  take(event: HandEvent): void {
    if ("at" in event) this.pointer.value = event.at;
    const { next, step, select, tool, refusal, measured } = turnOf(this.scene(), this.hand.value, event);
    this.setHand(next);
    if (select) this.props.onSelect(select);
    if (step) this.props.onStep(step);
    if (step && select) this.props.onSelect(select);
    if (tool) this.props.onTool(tool);
    if (refusal) this.props.onSay(say(refusal.refused, refusal.values ?? {}));
    else if (step || select) this.props.onSay("");
    if (measured) this.tellMeasured(...measured);
  }

  /** Does what a key or button asks for at once, outside any gesture. */
  act(outcome: Outcome): void {
    if (isRefused(outcome)) {
      this.props.onSay(say(outcome.refused, outcome.values ?? {}));
      return;
    }
    this.props.onStep(outcome);
    this.props.onSay("");
    const drawn = drawnBy(outcome);
    if (drawn.length > 0) this.props.onSelect(new Set(drawn));
  }

  say(words: string): void {
    this.props.onSay(words);
  }

  select(ids: Iterable<string>): void {
    this.props.onSelect(new Set(ids));
  }

  fit(): void {
    this.hasFitted = this.element.clientWidth > 0;
    // What opened or closed beside the plan may have changed its size, and the observer may not have told of it yet.
    this.drawing.map.invalidateSize({ animate: false, pan: false });
    this.drawing.fit(boxOfLevel(this.props) ?? boxOfUnderlay(this.props) ?? NOTHING_YET);
  }

  showBox(box: Box): void {
    this.drawing.fit(box);
  }

  /** The plan is left: what is half drawn waits for its coming back. */
  readonly leave = (): void => layAside(this.hand.value, this.props.level_id);

  remove(): void {
    this.leave();
    this.resized.disconnect();
    this.drawing.remove();
  }

  private begin(): void {
    const { tool, level_id, isEditable } = this.props;
    this.setHand((isEditable && takenUp(tool, level_id)) || begun(this.scene(), this.pointer.value));
  }

  private tellMeasured(from: Point, to: Point): void {
    const { underlay, onMeasured } = this.props;
    if (underlay && onMeasured) {
      const { x_m, y_m, m_per_px_x, m_per_px_y, height_px } = underlay;
      const pixel = ([x, y]: Point): [number, number] => [(x - x_m) / m_per_px_x, height_px - (y - y_m) / m_per_px_y];
      onMeasured(pixel(from), pixel(to));
      this.setHand(begun(this.scene(), this.pointer.value));
    } else this.props.onSay(say("canvas.measured", { metres: Math.hypot(to[0] - from[0], to[1] - from[1]) }));
  }

  private setHand(next: Interaction): void {
    const was = this.hand.value;
    this.hand.value = next;
    const { draft } = this.props;
    const after = previewOf(this.scene(), next);
    const veto = "veto" in next ? next.veto : null;
    if (veto && veto.refused !== this.veto) this.props.onSay(say(veto.refused, veto.values ?? {}));
    else if (!veto && this.veto && "veto" in was) this.props.onSay("");
    this.veto = veto?.refused ?? null;
    this.element.classList.toggle("is-refused", veto !== null);
    if (!after) return;
    if (after.length > 0) this.props.onDragging(changesTo(draft, after));
    else if (this.isDragging) this.props.onDragging(null);
    if (after.length > 0 || this.isDragging) this.drawing.show(this.shown(), new Map(after.map((feature) => [feature.id, feature])));
    this.isDragging = after.length > 0;
  }

  private redraw(isAnotherPlan: boolean): void {
    this.extras.show(this.props, this.shown());
    this.element.classList.toggle("is-traced", this.props.underlay !== null && this.props.layers.has("underlay"));
    if (!isAnotherPlan) return;
    this.drawing.show(this.shown(), new Map());
    this.element.dataset["shapes"] = String(this.shown().length); // an interface, too: how many are drawn
    this.isDragging = false;
    this.look();
  }

  private shown(): readonly Feature[] {
    const { draft, level_id, layers } = this.props;
    const key = [draft, level_id, layers];
    if (!isSameKey(this.kept.key, key)) this.kept = { key, shown: shownOf(draft, level_id, layers) };
    return this.kept.shown;
  }

  private targets(without: ReadonlySet<string>): SnapTargets {
    const { draft, level_id } = this.props;
    const key = [draft, level_id, this.view.value, [...without].join(" ")];
    if (this.caught && isSameKey(this.caught.key, key)) return this.caught.targets;
    const bounds = this.drawing.map.getBounds();
    const view = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    this.caught = { key, targets: targetsOf(draft, level_id, view, without) };
    return this.caught.targets;
  }

  private look(): void {
    const { map } = this.drawing;
    const size = map.getSize();
    const corner = map.containerPointToLatLng([0, 0]);
    const pixelsPerMetre = this.drawing.pixelsPerMetre();
    this.view.value = { west: corner.lng, north: corner.lat, pixelsPerMetre, width: size.x, height: size.y };
    // An interface: tests and other tools find a place of the plan on the screen by these.
    Object.assign(this.element.dataset, { west: corner.lng, north: corner.lat, pixelsPerMetre });
  }
}

const isSameKey = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, i) => value === other[i]);

function boxOfLevel({ draft, level_id }: PlanCanvasProps): Box | null {
  const level = level_id === null ? undefined : draft.features.get(level_id);
  return level ? boxOfFeatures([level]) : null;
}

function boxOfUnderlay({ underlay }: PlanCanvasProps): Box | null {
  if (!underlay) return null;
  const { x_m, y_m, width_px, height_px, m_per_px_x, m_per_px_y } = underlay;
  return boxOf([[x_m, y_m], [x_m + width_px * m_per_px_x, y_m + height_px * m_per_px_y]]);
}

