import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { FloorplanDocument, PlanDiff, PlanVersion, PlanVersions } from "../../wire.gen.ts";
import { say, sayInstant } from "../../words.ts";
import { loadDiff, loadDraft, loadVersion, loadVersions, rollBack } from "../editor/draft_requests.ts";
import { fetchPlan, report } from "../plan_now.ts";
import { Differences } from "./differences.tsx";
import { Positions } from "./positions.tsx";

const versions = signal<PlanVersions | null>(null);
const trouble = signal<string | null>(null);
const asked = signal<PlanVersion | null>(null);
const done = signal<string | null>(null);

async function fetchVersions(): Promise<void> {
  try {
    versions.value = await loadVersions();
    trouble.value = null;
  } catch (error) {
    trouble.value = troubleWords(error);
  }
}

async function goBackTo({ version }: PlanVersion): Promise<void> {
  asked.value = null;
  try {
    const made = await rollBack({ version, note: "" });
    done.value = say("versions.published", { version: made.version });
    trouble.value = null;
  } catch (error) {
    trouble.value = troubleWords(error);
  }
  await Promise.all([fetchVersions(), fetchPlan()]);
}

interface Compared {
  readonly diff: PlanDiff;
  readonly document: FloorplanDocument;
}

/** Any two versions, or a version and the draft. */
function Comparison({ known }: { known: PlanVersions }) {
  const numbers = known.versions.map(({ version }) => version);
  const [from, setFrom] = useState(numbers[1] ?? numbers[0] ?? 0);
  const [to, setTo] = useState<number | "draft">(known.draft_id === null ? (numbers[0] ?? 0) : "draft");
  const [compared, setCompared] = useState<Compared | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const compare = async (): Promise<void> => {
    try {
      const [diff, { document }] = await Promise.all([loadDiff(from, to), to === "draft" ? loadDraft() : loadVersion(to)]);
      setCompared({ diff, document });
      setFailure(null);
    } catch (error) {
      setFailure(troubleWords(error));
    }
  };
  return (
    <section class="card stack">
      <h2>{say("versions.compare")}</h2>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          void compare();
        }}
      >
        <label>
          {say("versions.compare_from")}
          <select data-testid="compare-from" value={from} onChange={(event) => setFrom(Number(event.currentTarget.value))}>
            {numbers.map((version) => (
              <option value={version}>{say("versions.version", { version })}</option>
            ))}
          </select>
        </label>
        <label>
          {say("versions.compare_to")}
          <select
            data-testid="compare-to"
            value={to}
            onChange={(event) => setTo(event.currentTarget.value === "draft" ? "draft" : Number(event.currentTarget.value))}
          >
            {known.draft_id !== null && <option value="draft">{say("versions.draft")}</option>}
            {numbers.map((version) => (
              <option value={version}>{say("versions.version", { version })}</option>
            ))}
          </select>
        </label>
        <button type="submit" data-testid="compare">
          {say("versions.compare")}
        </button>
      </form>
      <Trouble words={failure} />
      {compared && <Differences key={`${compared.diff.from_version} ${compared.diff.to_version}`} {...compared} />}
    </section>
  );
}

function Row({ each, isRunning, mayPublish }: { each: PlanVersion; isRunning: boolean; mayPublish: boolean }) {
  return (
    <tr>
      <th scope="row">
        {say("versions.version", { version: each.version })} {isRunning && <span class="tag">{say("versions.running")}</span>}
      </th>
      <td data-column={say("versions.who")}>{say("versions.by", { author: each.author, at: sayInstant(each.published_at) })}</td>
      <td data-column={say("versions.note")}>
        {each.rolled_back_to !== null && <>{say("versions.rolled_back_to", { version: each.rolled_back_to })} </>}
        {each.note}
      </td>
      <td>
        {!isRunning && mayPublish && (
          <button
            type="button"
            data-testid={`roll-back-${each.version}`}
            aria-label={say("versions.roll_back_version", { version: each.version })}
            onClick={() => (asked.value = each)}
          >
            {say("versions.roll_back")}
          </button>
        )}
      </td>
    </tr>
  );
}

/** What was published, by whom and why; what differs; the way back; and how exact positions are on the plan in use. */
export function Versions() {
  useEffect(() => void Promise.all([fetchVersions(), fetchPlan()]), []);
  const known = versions.value;
  const question = asked.value;
  return (
    <main class="page wide stack">
      <h1>{say("versions.title")}</h1>
      <Trouble words={trouble.value} />
      <div role="status">{done.value && <p class="note good">{done.value}</p>}</div>
      {!known && trouble.value === null && <p role="status">{say("app.loading")}</p>}
      {known && (
        <section class="card stack">
          {known.versions.length === 0 && <p>{say("versions.none")}</p>}
          {known.versions.length > 0 && (
            <div class="scrolling" tabIndex={0} role="region" aria-label={say("versions.title")}>
              <table class="stacking" data-testid="versions">
                <thead>
                  <tr>
                    <th scope="col">{say("versions.number")}</th>
                    <th scope="col">{say("versions.who")}</th>
                    <th scope="col">{say("versions.note")}</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {known.versions.map((each, index) => (
                    <Row key={each.version} each={each} isRunning={index === 0} mayPublish={known.may_publish} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {!known.may_publish && <p class="quiet">{say("versions.ask_somebody")}</p>}
        </section>
      )}
      {known && known.versions.length > 0 && <Comparison key={`${known.versions.length} ${known.draft_id}`} known={known} />}
      {report.value?.positions && <Positions positions={report.value.positions} />}
      {question && (
        <Dialog title={say("versions.roll_back_title", { version: question.version })} onClose={() => (asked.value = null)}>
          <p>{say("versions.roll_back_detail")}</p>
          <DialogButtons onClose={() => (asked.value = null)}>
            <button type="button" data-testid="roll-back-now" onClick={() => void goBackTo(question)}>
              {say("versions.roll_back")}
            </button>
          </DialogButtons>
        </Dialog>
      )}
    </main>
  );
}
