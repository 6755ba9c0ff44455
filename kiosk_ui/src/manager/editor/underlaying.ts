/** The picture under the plan: where it lies, and how two measurements give it its scale. It is no part of the plan. */
import { computed, effect, signal } from "@preact/signals";
import { troubleWords } from "../../parts/trouble.tsx";
import type { AskUnderlayScale, PlacedUnderlay, PlanPicture, UnderlayMeasure, UnderlayScale } from "../../wire.gen.ts";
import type { Underlay } from "./canvas_props.ts";
import { asksUnderlay, sendFile, underlayPath } from "./draft_requests.ts";
import { draft, levelId, tool, userName } from "./editing.ts";

export const placed = signal<PlacedUnderlay | null>(null);
export const underlayTrouble = signal<string | null>(null);

export const underlay = computed((): Underlay | null => {
  const { picture, level_id, ...lies } = placed.value ?? { picture: null, level_id: null };
  if (!picture || !("x_m" in lies) || (level_id !== null && level_id !== levelId.value)) return null;
  const { width_px, height_px, picture_id } = picture;
  return { url: underlayPath(picture_id), width_px, height_px, ...lies };
});

/** Two clicked points whose distance is asked for; those measured before; what came out of them. */
export interface Measuring {
  readonly measures: readonly UnderlayMeasure[];
  readonly clicked: Pick<UnderlayMeasure, "from_px" | "to_px"> | null;
  readonly scale: UnderlayScale | null;
}
export const measuring = signal<Measuring | null>(null);
export const NEEDED = 2;

/** Whether the canvas should take two clicks on the picture. */
export const isClicking = computed(() => {
  const now = measuring.value;
  return now !== null && now.clicked === null && now.measures.length < NEEDED;
});

async function tried(act: () => Promise<void>): Promise<void> {
  try {
    await act();
    underlayTrouble.value = null;
  } catch (error) {
    underlayTrouble.value = troubleWords(error);
  }
}

export const fetchUnderlay = (): Promise<void> =>
  tried(async () => void (placed.value = await asksUnderlay<PlacedUnderlay>("GET", "underlay")));

export const place = (next: PlacedUnderlay): Promise<void> =>
  tried(async () => void (placed.value = await asksUnderlay<PlacedUnderlay>("PUT", "underlay", next)));

export const takeAway = (): Promise<void> => {
  endMeasuring();
  return place({ picture: null, level_id: null, m_per_px_x: 0.01, m_per_px_y: 0.01, x_m: 0, y_m: 0, opacity: 0.5 });
};

export function beginMeasuring(): void {
  measuring.value = { measures: [], clicked: null, scale: null };
  tool.value = "measure";
}

export function endMeasuring(): void {
  measuring.value = null;
  tool.value = "select";
}

const FIRST_WIDTH_M = 40; // until it is measured, about as wide as a shop

export async function addPicture(file: Blob): Promise<void> {
  const picture = await sendFile<PlanPicture>("underlays", file);
  const scale = FIRST_WIDTH_M / picture.width_px;
  await place({ picture, level_id: levelId.value, m_per_px_x: scale, m_per_px_y: scale, x_m: 0, y_m: 0, opacity: 0.6 });
  beginMeasuring();
}

export function measured(from_px: readonly [number, number], to_px: readonly [number, number]): void {
  const now = measuring.value;
  if (now && isClicking.value) measuring.value = { ...now, clicked: { from_px: [...from_px], to_px: [...to_px] } };
}

/** The length of what was clicked. With the second one the picture gets its scale. */
export function takeLength(length_m: number): Promise<void> {
  return tried(async () => {
    const now = measuring.value;
    if (!now?.clicked) return;
    const measures = [...now.measures, { ...now.clicked, length_m }];
    if (measures.length < NEEDED) {
      measuring.value = { measures, clicked: null, scale: null };
      return;
    }
    const question: AskUnderlayScale = { measures };
    try {
      const scale = await asksUnderlay<UnderlayScale>("POST", "underlay-scales", question);
      measuring.value = { measures, clicked: null, scale };
      const now_placed = placed.value;
      if (now_placed) await place({ ...now_placed, m_per_px_x: scale.m_per_px_x, m_per_px_y: scale.m_per_px_y });
    } catch (error) {
      measuring.value = { measures: now.measures, clicked: null, scale: null };
      throw error;
    }
  });
}

/** Whether a draft is open: the picture is asked for once then, not with every step. */
const isOpen = computed(() => userName.value !== null && draft.value !== null);
effect(() => {
  if (isOpen.value) void fetchUnderlay();
  else placed.value = null;
});
