import { TriangleAlert } from "lucide";
import { useMemo, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { isRefused } from "./actions/outcome.ts";
import { type Shelving, facesOf, shelved, shelvingOf } from "./actions/shelving.ts";
import type { Draft, FeatureOf, Step } from "./draft.ts";

const USUAL_BAY_M = 1.33;
const USUAL_SHELVES = 4;

interface ShelvingFormProps {
  readonly draft: Draft;
  readonly fixture: FeatureOf<"fixture">;
  onStep(step: Step): void;
}

/** Products that stand on the fixture and no longer would. */
function lostBy(step: Step): number {
  const held = (side: "before" | "after"): number =>
    step.changes.filter((change) => change[side]?.feature_type === "shelf_slot" && "sku" in change[side].properties && change[side].properties.sku).length;
  return held("before") - held("after");
}

/** Bays and shelves of a fixture, made along its sides at once. */
export function ShelvingForm({ draft, fixture, onStep }: ShelvingFormProps) {
  const faces = facesOf(fixture);
  const now = shelvingOf(draft, fixture.id);
  const [sides, setSides] = useState<readonly string[]>(now?.sides ?? faces.slice(0, 2).map(({ side }) => side));
  const [isByWidth, setByWidth] = useState(now === null);
  const [count, setCount] = useState(now && "count" in now.bays ? now.bays.count : 5);
  const [width_m, setWidth] = useState(USUAL_BAY_M);
  const [shelves, setShelves] = useState(now?.shelves ?? USUAL_SHELVES);
  const asked: Shelving = { sides, bays: isByWidth ? { width_m } : { count }, shelves };
  const outcome = useMemo(() => shelved(draft, fixture.id, asked), [draft, fixture.id, sides, isByWidth, count, width_m, shelves]);
  const lost = isRefused(outcome) ? 0 : lostBy(outcome);
  const places = isRefused(outcome) ? 0 : outcome.changes.filter(({ after }) => after).length;
  const choose = (side: string): void => setSides(sides.includes(side) ? sides.filter((each) => each !== side) : [...sides, side]);
  return (
    <form
      class="stack tight shelving-form"
      data-testid="shelving-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRefused(outcome)) onStep(outcome);
      }}
    >
      <fieldset>
        <legend>{say("products.sides")}</legend>
        {faces.map(({ side, length_m }) => (
          <label key={side} class="inline">
            <input type="checkbox" checked={sides.includes(side)} data-testid={`side-${side}`} onChange={() => choose(side)} />
            {say("products.side_length", { side: say("products.side", { side }), metres: say("manager.metres", { metres: length_m }) })}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{say("products.bays")}</legend>
        <label class="inline">
          <input type="radio" name="bays-by" checked={isByWidth} onChange={() => setByWidth(true)} />
          {say("products.by_width")}
        </label>
        <label class="inline">
          <input type="radio" name="bays-by" checked={!isByWidth} data-testid="bays-by-count" onChange={() => setByWidth(false)} />
          {say("products.by_count")}
        </label>
        {isByWidth ? (
          <label>
            {say("products.bay_width")}
            <input type="number" min="0.2" max="20" step="any" value={width_m} data-testid="bay-width" onInput={(event) => setWidth(event.currentTarget.valueAsNumber)} />
          </label>
        ) : (
          <label>
            {say("products.bay_count")}
            <input type="number" min="1" max="200" value={count} data-testid="bay-count" onInput={(event) => setCount(event.currentTarget.valueAsNumber)} />
          </label>
        )}
      </fieldset>
      <label>
        {say("products.shelves")}
        <input type="number" min="1" max="50" value={shelves} data-testid="shelf-count" onInput={(event) => setShelves(event.currentTarget.valueAsNumber)} />
      </label>
      <p role="status" class="quiet figures" data-testid="shelving-says">
        {isRefused(outcome) ? say(outcome.refused, outcome.values ?? {}) : say("products.will_make", { places })}
      </p>
      {lost > 0 && (
        <p class="note">
          <Icon of={TriangleAlert} />
          <span>{say("products.lose_place", { count: lost })}</span>
        </p>
      )}
      <button type="submit" data-testid="make-shelves" disabled={isRefused(outcome)}>
        {say(now ? "products.make_anew" : "products.make_shelves")}
      </button>
    </form>
  );
}
