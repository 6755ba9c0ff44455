import { FileUp } from "lucide";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import { problemWords, saidWords } from "../../said_words.ts";
import type { DxfLayers, DxfMapping, ImportedPlan, LengthUnit, PlanProblem } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import type { Draft, Feature } from "./draft.ts";
import { sendFile } from "./draft_requests.ts";
import { DxfMappingForm, UnitChoice, guessedMapping } from "./dxf_mapping.tsx";
import { canvas, draft, perform, view } from "./editing.ts";
import { type ImportWay, MOST_CHANGES, importStep, isPlanogram } from "./import_step.ts";
import { showTab } from "./side_panels.tsx";
import { addPicture } from "./underlaying.ts";

const KINDS = [
  { kind: "picture", accepts: "image/png,image/jpeg" },
  { kind: "geojson", accepts: ".json,.geojson" },
  { kind: "imdf", accepts: ".zip,.imdf" },
  { kind: "dxf", accepts: ".dxf" },
  { kind: "planogram", accepts: ".csv,text/csv" },
] as const;
type Kind = (typeof KINDS)[number]["kind"];

function FileProblems({ list }: { list: readonly PlanProblem[] }) {
  if (list.length === 0) return null;
  return (
    <ul class="import-problems">
      {list.map((problem) => (
        <li class={`status ${problem.severity === "error" ? "bad" : ""}`}>
          <span>
            {say(problem.severity === "error" ? "manager.error" : "manager.warning")}: {problemWords(problem)}
            {problem.feature_keys.length < 2 && problem.x_m !== null && problem.y_m !== null && (
              <span class="quiet figures"> {say("editor.import_at", { x: problem.x_m, y: problem.y_m })}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface PreviewProps {
  plan: Draft;
  imported: ImportedPlan;
  /** What one unit of the file is, where that can be asked. */
  children?: ComponentChildren;
  onClose: () => void;
}

function Preview({ plan, imported, children, onClose }: PreviewProps) {
  const features = imported.features as readonly Feature[];
  const onlySlots = isPlanogram(features);
  const [way, setWay] = useState<ImportWay>(onlySlots || plan.features.size === 0 ? "replace" : "add");
  const counts = new Map<Feature["feature_type"], number>();
  for (const { feature_type } of features) counts.set(feature_type, (counts.get(feature_type) ?? 0) + 1);
  const step = importStep(plan, imported, way);
  const isTooMuch = step.changes.length > MOST_CHANGES;
  const take = (): void => {
    if (perform(step)) setTimeout(() => canvas.current?.fit());
    onClose();
  };
  return (
    <div class="stack" data-testid="import-preview">
      {features.length === 0 && <p class="note bad">{say("editor.import_nothing")}</p>}
      {features.length > 0 && (
        <ul class="counts">
          {[...counts].map(([feature_type, count]) => (
            <li class="figures">
              {say(`editor.type_${feature_type}`)}: {count}
            </li>
          ))}
        </ul>
      )}
      <FileProblems list={imported.problems} />
      {children}
      {imported.left_out.length > 0 && (
        <details>
          <summary>{say("editor.left_out", { count: imported.left_out.reduce((sum, { count }) => sum + count, 0) })}</summary>
          <ul>
            {imported.left_out.map(({ name, count, message, figures }) => (
              <li class="figures">
                {message === null ? name : saidWords(message, figures ?? {}, name)}: {count}
              </li>
            ))}
          </ul>
        </details>
      )}
      {features.length > 0 && plan.features.size > 0 && (
        <fieldset>
          <legend>{say("editor.import_how")}</legend>
          {(["add", "replace"] as const).map((each) => (
            <label class="inline">
              <input type="radio" name="way" value={each} checked={way === each} onChange={() => setWay(each)} />
              {say(each === "add" ? "editor.import_add" : onlySlots ? "editor.import_replace_slots" : "editor.import_replace")}
            </label>
          ))}
        </fieldset>
      )}
      {isTooMuch && <p class="note bad">{say("editor.import_too_much", { most: MOST_CHANGES })}</p>}
      <DialogButtons onClose={onClose}>
        {features.length > 0 && (
          <button type="button" class="primary" data-testid="take-import" disabled={isTooMuch} onClick={take}>
            {say("editor.import_take")}
          </button>
        )}
      </DialogButtons>
    </div>
  );
}

interface Chosen {
  readonly kind: Kind;
  readonly file: File;
}

/** A file of any kind, looked at before anything of it is taken. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [drawing, setDrawing] = useState<DxfLayers | null>(null);
  const [mapping, setMapping] = useState<DxfMapping | null>(null);
  const [imported, setImported] = useState<ImportedPlan | null>(null);
  const [unit, setUnit] = useState<LengthUnit | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const isSaved = view.value?.state === "saved";
  const plan = draft.value;
  const isDrawn = drawing !== null && drawing.layers.length > 0;

  const tried = async (act: () => Promise<void>): Promise<void> => {
    setIsBusy(true);
    setTrouble(null);
    try {
      await act();
    } catch (error) {
      setChosen(null);
      setImported(null);
      setTrouble(troubleWords(error));
    }
    setIsBusy(false);
  };
  const read = (kind: Kind, file: File): Promise<void> =>
    tried(async () => {
      setChosen({ kind, file });
      if (kind === "picture") {
        await addPicture(file);
        showTab("layers");
        onClose();
      } else if (kind === "dxf") {
        const found = await sendFile<DxfLayers>("dxf-layers", file);
        setDrawing(found);
        setMapping(guessedMapping(found));
      } else setImported(await sendFile<ImportedPlan>("imports", file, { format: kind }));
    });
  const readDrawing = (uses: DxfMapping): Promise<void> =>
    tried(async () => {
      if (!chosen) return;
      setMapping(uses);
      setImported(await sendFile<ImportedPlan>("imports", chosen.file, { format: "dxf", mapping: JSON.stringify(uses) }));
    });
  const readIn = (told: LengthUnit): Promise<void> =>
    mapping
      ? readDrawing({ ...mapping, unit: told })
      : tried(async () => {
          if (!chosen) return;
          setUnit(told);
          setImported(await sendFile<ImportedPlan>("imports", chosen.file, { format: chosen.kind, unit: told }));
        });
  const readAs = mapping?.unit ?? unit ?? imported?.unit ?? null;
  const asksUnit = mapping !== null || unit !== null || imported?.problems.some(({ rule }) => rule === "unlikely_size") === true;

  return (
    <Dialog title={say("editor.import_title")} onClose={onClose} isWide={isDrawn}>
      {!chosen && (
        <ul class="import-kinds">
          {KINDS.map(({ kind, accepts }) => (
            <li>
              <label class="button" aria-disabled={!isSaved}>
                <Icon of={FileUp} />
                <span>
                  {say(`editor.import_${kind}`)}
                  <span class="quiet small">{say(`editor.import_${kind}_detail`)}</span>
                </span>
                <input
                  type="file"
                  class="only-spoken"
                  data-testid={`import-${kind}`}
                  accept={accepts}
                  disabled={!isSaved || isBusy}
                  onChange={(event) => {
                    const file = event.currentTarget.files?.[0];
                    if (file) void read(kind, file);
                  }}
                />
              </label>
            </li>
          ))}
        </ul>
      )}
      {!isSaved && <p class="quiet">{say("versions.wait_for_saving")}</p>}
      {chosen && <p class="quiet">{chosen.file.name}</p>}
      {isBusy && <p role="status">{say("editor.reading")}</p>}
      {drawing && <FileProblems list={drawing.problems} />}
      {isDrawn && drawing && mapping && !imported && (
        <>
          <DxfMappingForm drawing={drawing} mapping={mapping} onChange={setMapping} />
          <DialogButtons onClose={onClose}>
            <button type="button" class="primary" data-testid="read-dxf" disabled={isBusy || mapping.unit === null} onClick={() => void readDrawing(mapping)}>
              {say("editor.import_look")}
            </button>
          </DialogButtons>
        </>
      )}
      {imported && plan && (
        <Preview plan={plan} imported={imported} onClose={onClose}>
          {asksUnit && readAs && <UnitChoice unit={readAs} isDisabled={isBusy} onChange={(told) => void readIn(told)} />}
        </Preview>
      )}
      <Trouble words={trouble} />
      {(!chosen || (drawing && !isDrawn)) && <DialogButtons onClose={onClose} />}
    </Dialog>
  );
}
