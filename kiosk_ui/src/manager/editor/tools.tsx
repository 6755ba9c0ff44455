import {
  ArrowUpDown,
  Ban,
  BrickWall,
  DoorOpen,
  type IconNode,
  LandPlot,
  Monitor,
  MousePointer2,
  Pentagon,
  RectangleHorizontal,
  Route,
  Router,
  Ruler,
  Scan,
  ShoppingCart,
  SquareDashed,
  Target,
} from "lucide";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import type { SnapMode, ToolName } from "./canvas_props.ts";
import { chooseSnap, gridM, snap, tool } from "./editing.ts";
import { isUpright } from "./room.ts";

interface Tool {
  readonly name: ToolName;
  readonly icon: IconNode;
  /** Pressed without Ctrl or Alt, outside of fields. */
  readonly letter: string;
}

export const TOOLS: readonly Tool[] = [
  { name: "select", icon: MousePointer2, letter: "V" },
  { name: "measure", icon: Ruler, letter: "M" },
  { name: "outline", icon: Scan, letter: "O" },
  { name: "wall", icon: BrickWall, letter: "W" },
  { name: "rectangle", icon: RectangleHorizontal, letter: "G" },
  { name: "polygon", icon: Pentagon, letter: "P" },
  { name: "zone", icon: LandPlot, letter: "Z" },
  { name: "aisle", icon: Route, letter: "A" },
  { name: "opening", icon: DoorOpen, letter: "E" },
  { name: "checkout", icon: ShoppingCart, letter: "C" },
  { name: "unit", icon: ArrowUpDown, letter: "L" },
  { name: "blocked_area", icon: Ban, letter: "B" },
  { name: "node", icon: Router, letter: "N" },
  { name: "kiosk", icon: Monitor, letter: "K" },
  { name: "catchment", icon: Target, letter: "S" },
  { name: "hole", icon: SquareDashed, letter: "H" },
];
const SNAPS: readonly SnapMode[] = ["lines", "grid", "angles", "off"];
const GRIDS_M = [0.05, 0.1, 0.25, 0.5, 1];

const ACROSS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 2, ArrowUp: -2 } as const;

/** One stop for the Tab key; arrows go from tool to tool, as in every toolbar. */
function onArrow(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = ACROSS[event.key as keyof typeof ACROSS] as number | undefined;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const next = step === undefined ? undefined : buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function Tools() {
  return (
    <section class="tools" aria-label={say("editor.tools")}>
      <div class="tool-grid" role="toolbar" aria-label={say("editor.tools")} onKeyDown={onArrow}>
        {TOOLS.map(({ name, icon, letter }) => (
          <button
            type="button"
            data-testid={`tool-${name}`}
            aria-pressed={tool.value === name}
            tabIndex={tool.value === name ? 0 : -1}
            aria-keyshortcuts={letter}
            onClick={() => (tool.value = name)}
          >
            <Icon of={icon} />
            <span>{say(`editor.tool_${name}`)}</span>
            <kbd aria-hidden="true">{letter}</kbd>
          </button>
        ))}
      </div>
      {!isUpright.value && <Catching />}
    </section>
  );
}

/** What catches the pointer, and how fine the grid is. */
export function Catching() {
  return (
    <>
      <label>
        {say("editor.snap")}
        <select value={snap.value} data-testid="snap" onChange={(event) => chooseSnap(event.currentTarget.value as SnapMode)}>
          {SNAPS.map((mode) => (
            <option value={mode}>{say(`editor.snap_${mode}`)}</option>
          ))}
        </select>
      </label>
      <label>
        {say("editor.grid")}
        <select value={gridM.value} data-testid="grid" onChange={(event) => (gridM.value = Number(event.currentTarget.value))}>
          {GRIDS_M.map((size) => (
            <option value={size}>{say("editor.grid_size", { size })}</option>
          ))}
        </select>
      </label>
      <p class="quiet small on-desk">{say("editor.snap_detail")}</p>
    </>
  );
}
