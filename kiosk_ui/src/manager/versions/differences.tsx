import { useState } from "preact/hooks";
import type { FloorplanDocument, PlanDiff, ShapeDiff } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { levelNameOf, titleOf } from "../editor/step_words.ts";
import { DifferencePlan } from "./difference_plan.tsx";
import { effectWords } from "./effects.ts";

const KINDS = ["added", "moved", "removed", "changed"] as const;
const LISTED_AT_MOST = 200;

function Legend({ diff }: { diff: PlanDiff }) {
  return (
    <ul class="legend" data-testid="difference-legend">
      {KINDS.map((kind) => (
        <li>
          <span class={`swatch swatch-${kind}`} aria-hidden="true">
            {say(`versions.sign_${kind}`)}
          </span>
          {say(`versions.${kind}`)}: <span class="figures">{diff.shapes.filter(({ difference }) => difference === kind).length}</span>
        </li>
      ))}
    </ul>
  );
}

function Shapes({ shapes, onPoint }: { shapes: readonly ShapeDiff[]; onPoint: (diff: ShapeDiff | null) => void }) {
  return (
    <div class="difference-list">
      {KINDS.map((kind) => {
        const list = shapes.filter(({ difference }) => difference === kind);
        if (list.length === 0) return null;
        return (
          <details open={list.length <= 12}>
            <summary>
              {say(`versions.${kind}`)} ({list.length})
            </summary>
            <ul>
              {list.slice(0, LISTED_AT_MOST).map((diff) => {
                const shape = diff.after ?? diff.before;
                if (!shape) return null;
                return (
                  <li>
                    <button
                      type="button"
                      class="plain"
                      onFocus={() => onPoint(diff)}
                      onMouseEnter={() => onPoint(diff)}
                      onMouseLeave={() => onPoint(null)}
                      onBlur={() => onPoint(null)}
                      onClick={() => onPoint(diff)}
                    >
                      {say(`editor.type_${shape.feature_type}`)} {titleOf(shape)}
                    </button>
                  </li>
                );
              })}
              {list.length > LISTED_AT_MOST && <li class="quiet">{say("versions.more", { count: list.length - LISTED_AT_MOST })}</li>}
            </ul>
          </details>
        );
      })}
    </div>
  );
}

/** Two plans compared: on the plan, in a list, and by what it does. */
export function Differences({ diff, document }: { diff: PlanDiff; document: FloorplanDocument }) {
  const [pointedAt, setPointedAt] = useState<ShapeDiff | null>(null);
  const levels = document.features.filter((feature) => feature.feature_type === "level");
  const [level, setLevel] = useState<string | null>(null);
  const shown = level ?? levels[0]?.id ?? diff.shapes[0]?.before?.properties.level_id ?? null;
  const effects = diff.effects.flatMap((effect) => effectWords(effect) ?? []);
  const point = (next: ShapeDiff | null): void => {
    setPointedAt(next);
    const there = (next?.after ?? next?.before)?.properties.level_id;
    if (there) setLevel(there);
  };
  return (
    <div class="differences">
      <div class="stack tight">
        {levels.length > 1 && (
          <select aria-label={say("editor.level")} value={shown ?? ""} onChange={(event) => setLevel(event.currentTarget.value)}>
            {levels.map((each) => (
              <option value={each.id}>{levelNameOf(each)}</option>
            ))}
          </select>
        )}
        <DifferencePlan document={document} level_id={shown} shapes={diff.shapes} pointedAt={pointedAt} />
        <Legend diff={diff} />
      </div>
      <div class="stack">
        <section class="stack tight">
          <h3>{say("versions.effects")}</h3>
          {effects.length === 0 && diff.shapes.length === 0 && <p>{say("versions.no_difference")}</p>}
          <ul class="effects" data-testid="effects">
            {effects.map((words) => (
              <li>{words}</li>
            ))}
          </ul>
        </section>
        <section class="stack tight">
          <h3>{say("versions.shapes")}</h3>
          <Shapes shapes={diff.shapes} onPoint={point} />
        </section>
      </div>
    </div>
  );
}
