/** Two people changed the same shapes: both figures beside each other, what differs in words, and whose is to stand. */
import { Dialog } from "../../parts/dialog.tsx";
import { say } from "../../words.ts";
import { pathOf } from "../versions/difference_plan.tsx";
import "./clash_dialog.css";
import { type ClashedShape, clashedShapes, differences } from "./clash_differences.ts";
import type { Draft, Feature } from "./draft.ts";
import { settleClash } from "./editing.ts";
import { boxOfFeatures } from "./feature_shapes.ts";
import type { Box } from "./shapes.ts";
import { keysOf, stepWords } from "./step_words.ts";
import type { SyncView } from "./sync_view.ts";

/** Around what differs: enough of the plan to see where it is. */
const ROOM_M = 2;
const ROWS_AT_MOST = 12;

const isDrawn = (feature: Feature | null): feature is Feature => feature !== null && feature.feature_type !== "shelf_slot";

function around(shapes: readonly ClashedShape[]): { level_id: string; box: Box } | null {
  const all = shapes.flatMap(({ before, theirs, mine }) => [before, theirs, mine]).filter(isDrawn);
  const level_id = all[0]?.properties.level_id;
  const box = boxOfFeatures(all.filter((feature) => feature.properties.level_id === level_id));
  if (level_id === undefined || !box) return null;
  const { west, south, east, north } = box;
  return { level_id, box: { west: west - ROOM_M, south: south - ROOM_M, east: east + ROOM_M, north: north + ROOM_M } };
}

function isNear(feature: Feature, { west, south, east, north }: Box): boolean {
  const box = boxOfFeatures([feature]);
  return box !== null && box.west <= east && box.east >= west && box.south <= north && box.north >= south;
}

interface FigureProps {
  words: string;
  testId: string;
  box: Box;
  still: readonly Feature[];
  before: readonly Feature[];
  drawn: readonly Feature[];
}

/** A piece of the plan: what lies around, how the shapes were (dashed), how they are here. */
function Figure({ words, testId, box, still, before, drawn }: FigureProps) {
  const { west, south, east, north } = box;
  return (
    <figure class="clash-figure">
      <figcaption>{words}</figcaption>
      <svg viewBox={`${west} ${-north} ${east - west} ${north - south}`} role="img" aria-label={words} data-testid={testId}>
        {still.map((feature) => (
          <path key={feature.id} class={`still still-${feature.feature_type}`} d={pathOf(feature)} />
        ))}
        {before.map((feature) => (
          <path key={feature.id} class="clash-before" d={pathOf(feature)} />
        ))}
        {drawn.map((feature) => (
          <path key={feature.id} class={`clash-shape ${feature.geometry.type === "LineString" ? "is-line" : ""}`} d={pathOf(feature)} />
        ))}
      </svg>
      {drawn.length === 0 && <p class="small">{say("editor.clash_removed")}</p>}
    </figure>
  );
}

function Figures({ plan, shapes, theirWords }: { plan: Draft; shapes: readonly ClashedShape[]; theirWords: string }) {
  const place = around(shapes);
  if (!place) return null;
  const { level_id, box } = place;
  const isHere = (feature: Feature | null): feature is Feature => isDrawn(feature) && feature.properties.level_id === level_id;
  const clashed = new Set(shapes.flatMap(({ before, theirs, mine }) => (before ?? theirs ?? mine)?.id ?? []));
  const still = [...plan.features.values()].filter((feature) => isHere(feature) && !clashed.has(feature.id) && isNear(feature, box));
  const shared = { box, still, before: shapes.map(({ before }) => before).filter(isHere) };
  return (
    <div class="clash-figures">
      <Figure words={theirWords} testId="clash-theirs" {...shared} drawn={shapes.map(({ theirs }) => theirs).filter(isHere)} />
      <Figure words={say("editor.clash_mine")} testId="clash-mine" {...shared} drawn={shapes.map(({ mine }) => mine).filter(isHere)} />
    </div>
  );
}

/** Whose stands is asked, never guessed. */
export function ClashQuestion({ now }: { now: SyncView }) {
  const clash = now.clashes[0];
  if (!clash) return null;
  const { author, waiting } = clash;
  const keys = keysOf(now.draft, waiting.step, clash.feature_ids);
  const rows = differences(now.draft, clash);
  const isOfOne = new Set(rows.map(({ shape }) => shape)).size === 1;
  const theirs = author === null ? say("editor.clash_theirs") : say("editor.clash_theirs_of", { author });
  return (
    <Dialog
      key={waiting.edit_id}
      title={author === null ? say("editor.clash_title_unknown") : say("editor.clash_title", { author })}
      onClose={() => settleClash(false)}
      isWide={true}
    >
      <p data-testid="clash">{say("editor.clash_detail", { step: stepWords(waiting.step), keys })}</p>
      <Figures plan={now.draft} shapes={clashedShapes(now.draft, clash)} theirWords={theirs} />
      {rows.length > 0 && (
        <div class="scrolling">
          <table data-testid="clash-differences">
            <thead>
              <tr>
                <th scope="col">{say("editor.clash_what")}</th>
                <th scope="col">{theirs}</th>
                <th scope="col">{say("editor.clash_mine")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, ROWS_AT_MOST).map((row) => (
                <tr>
                  <th scope="row">{isOfOne ? row.what : `${row.shape}: ${row.what}`}</th>
                  <td>{row.theirs}</td>
                  <td>{row.mine}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > ROWS_AT_MOST && <p class="quiet small">{say("versions.more", { count: rows.length - ROWS_AT_MOST })}</p>}
        </div>
      )}
      {now.clashes.length > 1 && <p class="quiet">{say("editor.clash_more", { count: now.clashes.length - 1 })}</p>}
      <div class="row foot">
        <button type="button" data-testid="keep-theirs" onClick={() => settleClash(false)}>
          {say("editor.keep_theirs")}
        </button>
        <button type="button" data-testid="mine-again" onClick={() => settleClash(true)}>
          {say("editor.mine_again")}
        </button>
      </div>
    </Dialog>
  );
}
