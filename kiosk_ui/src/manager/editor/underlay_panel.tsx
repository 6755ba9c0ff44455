import { useState } from "preact/hooks";
import { Trouble } from "../../parts/trouble.tsx";
import type { PlacedUnderlay } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { NEEDED, beginMeasuring, endMeasuring, measuring, place, placed, takeAway, takeLength, underlayTrouble } from "./underlaying.ts";

function LengthForm() {
  const [length, setLength] = useState("");
  const metres = Number(length);
  return (
    <form
      class="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        setLength("");
        void takeLength(metres);
      }}
    >
      <label>
        {say("editor.measured_length")}
        <input
          type="number"
          min={0.1}
          max={10_000}
          step="any"
          required
          autoFocus
          data-testid="measured-length"
          value={length}
          onInput={(event) => setLength(event.currentTarget.value)}
        />
      </label>
      <button type="submit" data-testid="take-length" disabled={!(metres > 0)}>
        {say("editor.take_length")}
      </button>
    </form>
  );
}

function Measuring() {
  const now = measuring.value;
  if (!now) {
    return (
      <button type="button" data-testid="measure-picture" onClick={beginMeasuring}>
        {say("editor.measure_picture")}
      </button>
    );
  }
  const { measures, clicked, scale } = now;
  return (
    <div class="stack tight" role="status" data-testid="measuring">
      {clicked === null && measures.length < NEEDED && <p>{say(measures.length === 0 ? "editor.measure_first" : "editor.measure_second")}</p>}
      {clicked !== null && <LengthForm />}
      {scale && (
        <p class={scale.is_stretched ? "note bad" : ""} data-testid="stretch">
          {say(scale.is_stretched ? "editor.stretched" : "editor.scaled", {
            stretch: scale.stretch,
            x: scale.m_per_px_x * 100,
            y: scale.m_per_px_y * 100,
          })}
        </p>
      )}
      <div class="row tight">
        {measures.length > 0 && (
          <button type="button" onClick={beginMeasuring}>
            {say("editor.measure_again")}
          </button>
        )}
        <button type="button" onClick={endMeasuring}>
          {say(scale ? "editor.done" : "app.cancel")}
        </button>
      </div>
    </div>
  );
}

/** How the picture under the plan lies. */
export function UnderlayPanel() {
  const now = placed.value;
  if (!now?.picture) return <Trouble words={underlayTrouble.value} />;
  const change = (part: Partial<PlacedUnderlay>): void => void place({ ...now, ...part });
  const metres = (name: "x_m" | "y_m", words: string) => (
    <label>
      {words}
      <input
        type="number"
        step="0.01"
        value={now[name]}
        onChange={(event) => Number.isFinite(event.currentTarget.valueAsNumber) && change({ [name]: event.currentTarget.valueAsNumber })}
      />
    </label>
  );
  return (
    <section class="stack" data-testid="underlay-panel">
      <h3>{say("editor.layer_underlay")}</h3>
      <Measuring />
      <label>
        {say("editor.opacity")}
        <input type="range" min={0} max={1} step={0.05} value={now.opacity} onChange={(event) => change({ opacity: event.currentTarget.valueAsNumber })} />
      </label>
      <div class="pair">
        {metres("x_m", say("editor.left_m"))}
        {metres("y_m", say("editor.bottom_m"))}
      </div>
      <button type="button" onClick={() => void takeAway()}>
        {say("editor.take_picture_away")}
      </button>
      <Trouble words={underlayTrouble.value} />
    </section>
  );
}
