import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  Copy,
  FlipHorizontal2,
  FlipVertical2,
  Grid2x2,
  type IconNode,
  RotateCcw,
  RotateCw,
  Trash,
} from "lucide";
import { Icon } from "../../parts/icon.tsx";
import { type MessageKey, say } from "../../words.ts";
import { aligned, distributed } from "./actions/arranging.ts";
import { duplicated } from "./actions/copies.ts";
import { mirrored, turned } from "./actions/moving.ts";
import type { Outcome } from "./actions/outcome.ts";
import { removed } from "./actions/properties.ts";
import { act } from "./doing.ts";
import type { Draft } from "./draft.ts";

const DUPLICATE_BY_M = 1;

interface Deed {
  readonly name: string;
  readonly words: MessageKey;
  readonly icon: IconNode;
  readonly keys?: string;
  does(plan: Draft, ids: ReadonlySet<string>): Outcome;
}

const ARRANGE: readonly Deed[] = [
  { name: "align-left", words: "editor.align_left", icon: AlignStartVertical, does: (plan, ids) => aligned(plan, ids, "left") },
  { name: "align-centre-x", words: "editor.align_centre_x", icon: AlignCenterVertical, does: (plan, ids) => aligned(plan, ids, "centre_x") },
  { name: "align-right", words: "editor.align_right", icon: AlignEndVertical, does: (plan, ids) => aligned(plan, ids, "right") },
  { name: "align-top", words: "editor.align_top", icon: AlignStartHorizontal, does: (plan, ids) => aligned(plan, ids, "top") },
  { name: "align-centre-y", words: "editor.align_centre_y", icon: AlignCenterHorizontal, does: (plan, ids) => aligned(plan, ids, "centre_y") },
  { name: "align-bottom", words: "editor.align_bottom", icon: AlignEndHorizontal, does: (plan, ids) => aligned(plan, ids, "bottom") },
  { name: "distribute-x", words: "editor.distribute_x", icon: AlignHorizontalDistributeCenter, does: (plan, ids) => distributed(plan, ids, "x") },
  { name: "distribute-y", words: "editor.distribute_y", icon: AlignVerticalDistributeCenter, does: (plan, ids) => distributed(plan, ids, "y") },
];

const TURN: readonly Deed[] = [
  { name: "turn-left", words: "editor.turn_left", icon: RotateCcw, does: (plan, ids) => turned(plan, ids, 90) },
  { name: "turn-right", words: "editor.turn_right", icon: RotateCw, keys: "R", does: (plan, ids) => turned(plan, ids, -15) },
  { name: "flip-x", words: "editor.flip_x", icon: FlipHorizontal2, does: (plan, ids) => mirrored(plan, ids, "left_right") },
  { name: "flip-y", words: "editor.flip_y", icon: FlipVertical2, does: (plan, ids) => mirrored(plan, ids, "top_bottom") },
];

function Deeds({ deeds, plan, ids, title }: { deeds: readonly Deed[]; plan: Draft; ids: ReadonlySet<string>; title: string }) {
  return (
    <div class="deeds" role="group" aria-label={title}>
      {deeds.map(({ name, words, icon, keys, does }) => (
        <button
          type="button"
          data-testid={name}
          aria-label={say(words)}
          title={say(words)}
          {...(keys ? { "aria-keyshortcuts": keys } : {})}
          onClick={() => act(does(plan, ids))}
        >
          <Icon of={icon} />
        </button>
      ))}
    </div>
  );
}

interface ShapeActionsProps {
  plan: Draft;
  ids: ReadonlySet<string>;
  onArray: () => void;
}

/** What can be done to the selected shapes as wholes. */
export function ShapeActions({ plan, ids, onArray }: ShapeActionsProps) {
  return (
    <div class="stack tight">
      {ids.size > 1 && <Deeds deeds={ARRANGE} plan={plan} ids={ids} title={say("editor.arrange")} />}
      <Deeds deeds={TURN} plan={plan} ids={ids} title={say("editor.turn")} />
      <div class="row tight">
        <button type="button" data-testid="duplicate" aria-keyshortcuts="Control+D" onClick={() => act(duplicated(plan, ids, [DUPLICATE_BY_M, -DUPLICATE_BY_M]))}>
          <Icon of={Copy} />
          {say("editor.duplicate")}
        </button>
        <button type="button" data-testid="array" onClick={onArray}>
          <Icon of={Grid2x2} />
          {say("editor.array")}
        </button>
        <button type="button" data-testid="remove" aria-keyshortcuts="Delete" onClick={() => act(removed(plan, ids))}>
          <Icon of={Trash} />
          {say("editor.remove")}
        </button>
      </div>
    </div>
  );
}
