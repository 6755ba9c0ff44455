import { Router } from "lucide";
import { Icon } from "../../parts/icon.tsx";
import { Trouble } from "../../parts/trouble.tsx";
import type { AccuracyForecast } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { BANDS_M, colourOf } from "./accuracy_picture.ts";
import type { FeatureOf } from "./draft.ts";
import { canvas, draft, layers, levelId, perform, select, showLayer, view } from "./editing.ts";
import { forecast, forecastTrouble, isProposing, proposal, propose, targetM } from "./forecasting.ts";

const TARGETS_M = { least: 1, most: 8, step: 0.5 };

function figure(value: number | null): string {
  return value === null ? say("editor.unknown") : say("manager.metres", { metres: value });
}

function Figures({ before, after }: { before: AccuracyForecast; after?: AccuracyForecast }) {
  const rows = [
    [say("editor.within_target", { target: targetM.value }), (f: AccuracyForecast) => say("editor.share", { share: f.within_target })],
    [say("editor.half_within"), (f: AccuracyForecast) => figure(f.median_m)],
    [say("editor.most_within"), (f: AccuracyForecast) => figure(f.p95_m)],
  ] as const;
  return (
    <table class="figures fitting" data-testid="forecast">
      {after && (
        <thead>
          <tr>
            <td />
            <th scope="col">{say("editor.now")}</th>
            <th scope="col">{say("editor.with_node")}</th>
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map(([words, of]) => (
          <tr>
            <th scope="row">{words}</th>
            <td>{of(before)}</td>
            {after && <td>{of(after)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The colours on the plan, in metres. */
function Legend() {
  const [least, most] = [BANDS_M[0], BANDS_M[BANDS_M.length - 1] as number];
  return (
    <ul class="accuracy-legend small figures" aria-label={say("editor.legend")}>
      {BANDS_M.map((metres, i) => (
        <li>
          <span aria-hidden="true" style={{ background: colourOf(metres * 10 - 1) }} />
          {metres === least ? say("editor.legend_below", { metres }) : say("editor.legend_metres", { from: BANDS_M[i - 1] as number, metres })}
        </li>
      ))}
      <li>
        <span aria-hidden="true" style={{ background: colourOf(most * 10) }} />
        {say("editor.legend_worst", { metres: most })}
      </li>
      <li>
        <span aria-hidden="true" class="hatched" />
        {say("editor.legend_none")}
      </li>
    </ul>
  );
}

function freeNodeKey(): string {
  const taken = new Set([...(draft.value?.features.values() ?? [])].map((feature) => feature.properties.key));
  let number = 1;
  while (taken.has(`rpi-${String(number).padStart(2, "0")}`)) number++;
  return `rpi-${String(number).padStart(2, "0")}`;
}

function takeProposal(): void {
  const place = proposal.value;
  const level_id = levelId.value;
  if (!place || level_id === null) return;
  const key = freeNodeKey();
  const after: FeatureOf<"scanner_node"> = {
    type: "Feature",
    id: crypto.randomUUID(),
    feature_type: "scanner_node",
    geometry: { type: "Point", coordinates: [place.x_m, place.y_m] },
    properties: { key, level_id, node_key: key, z_m: place.z_m },
  };
  if (perform({ kind: "draw", what: key, changes: [{ before: null, after }] })) select([after.id]);
  proposal.value = null;
}

function Proposal() {
  const found = proposal.value;
  if (!found) {
    return (
      <button type="button" data-testid="next-node" disabled={isProposing.value || view.value?.state !== "saved"} onClick={() => void propose()}>
        <Icon of={Router} />
        {say(isProposing.value ? "editor.proposing" : "editor.next_node")}
      </button>
    );
  }
  return (
    <div class="stack tight" data-testid="proposal">
      <h3>{say("editor.next_node_at", { x: found.x_m, y: found.y_m, z: found.z_m })}</h3>
      <Figures before={found.before} after={found.after} />
      <div class="row tight">
        <button type="button" data-testid="add-node" onClick={takeProposal}>
          {say("editor.add_node")}
        </button>
        <button type="button" onClick={() => canvas.current?.showPlace(found.x_m, found.y_m)}>
          {say("editor.show")}
        </button>
        <button type="button" class="plain" onClick={() => (proposal.value = null)}>
          {say("app.cancel")}
        </button>
      </div>
    </div>
  );
}

export function AccuracyPanel({ isEditable }: { isEditable: boolean }) {
  const isShown = layers.value.has("accuracy");
  return (
    <div class="stack">
      <label class="inline">
        <input
          type="checkbox"
          data-testid="show-accuracy"
          checked={isShown}
          onChange={(event) => showLayer("accuracy", event.currentTarget.checked)}
        />
        {say("editor.layer_accuracy")}
      </label>
      <p class="quiet small">{say("editor.accuracy_detail")}</p>
      <label>
        {say("editor.target", { target: targetM.value })}
        <input
          type="range"
          data-testid="target"
          min={TARGETS_M.least}
          max={TARGETS_M.most}
          step={TARGETS_M.step}
          value={targetM.value}
          onInput={(event) => (targetM.value = event.currentTarget.valueAsNumber)}
        />
      </label>
      {isShown && forecast.value && !proposal.value && <Figures before={forecast.value} />}
      {isEditable && <Proposal />}
      {isShown && <Legend />}
      <Trouble words={forecastTrouble.value} />
    </div>
  );
}
