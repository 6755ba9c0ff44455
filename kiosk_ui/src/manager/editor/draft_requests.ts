/** Every question the editor has for the server, in one place. */
import { Unreachable, ask, refusalOf } from "../../requests.ts";
import { askSignedIn, signedIn } from "../../staff/session.ts";
import type {
  AccuracyForecast,
  AskForecast,
  AskMend,
  AskNextNode,
  DiscardDraft,
  DraftAuthors,
  DraftEdits,
  DraftProblems,
  DraftState,
  EditSaved,
  FeatureChange,
  Mend,
  MovedShape,
  NextNode,
  PlanDiff,
  PlanEdit,
  PlanVersion,
  PlanVersions,
  PublishDraft,
  PublishedFloorplan,
  RollBack,
  SentEdit,
} from "../../wire.gen.ts";

const AT = "/api/manager";

export const loadDraft = (): Promise<DraftState> => askSignedIn("GET", `${AT}/draft`);
export const loadAuthors = (): Promise<DraftAuthors> => askSignedIn("GET", `${AT}/draft/authors`);
export const editsSince = (revision: number): Promise<DraftEdits> => askSignedIn("GET", `${AT}/draft/edits?since=${revision}`);
/** What an edit moves is said by its new place alone, where nothing else of it changes: a shelf takes hundreds of slots with it. */
function inShort(edit: PlanEdit): SentEdit {
  const changes: FeatureChange[] = [];
  const moved: MovedShape[] = [];
  for (const change of edit.changes) {
    const { before, after } = change;
    const isMoved = before && after && before.feature_type === after.feature_type && before.properties === after.properties;
    if (isMoved) moved.push({ id: after.id, geometry: after.geometry });
    else changes.push(change);
  }
  return { ...edit, changes, moved };
}

/** The answer says what became of a list of problems, too, where one is named. */
export const saveEdit = (edit: PlanEdit, list_id: string | null = null): Promise<EditSaved> =>
  askSignedIn("POST", `${AT}/draft/edits${list_id === null ? "" : `?problems=${list_id}`}`, inShort(edit));
export const loadProblems = (): Promise<DraftProblems> => askSignedIn("GET", `${AT}/draft/problems`);
export const askMend = (question: AskMend): Promise<Mend> => askSignedIn("POST", `${AT}/draft/mends`, question);
export const askForecast = (question: AskForecast): Promise<AccuracyForecast> => askSignedIn("POST", `${AT}/draft/forecasts`, question);
export const askNextNode = (question: AskNextNode): Promise<NextNode> => askSignedIn("POST", `${AT}/draft/next-node`, question);
export const publishDraft = (order: PublishDraft): Promise<PlanVersion> => askSignedIn("POST", `${AT}/draft/publications`, order);
export const discardDraft = (order: DiscardDraft): Promise<DraftState> => askSignedIn("POST", `${AT}/draft/discards`, order);
export const loadVersions = (): Promise<PlanVersions> => askSignedIn("GET", `${AT}/plan-versions`);
export const loadVersion = (version: number): Promise<PublishedFloorplan> => askSignedIn("GET", `${AT}/plan-versions/${version}`);
export const rollBack = (order: RollBack): Promise<PlanVersion> => askSignedIn("POST", `${AT}/plan-versions/rollbacks`, order);
export const loadDiff = (from: number, to: number | "draft"): Promise<PlanDiff> =>
  askSignedIn("GET", `${AT}/plan-diff?${new URLSearchParams({ from: String(from), to: String(to) })}`);

/** Sends a file as it is. A refusal carries the server's words, as with `ask`. */
export async function sendFile<Answer>(path: string, file: Blob, query: Record<string, string> = {}): Promise<Answer> {
  const search = new URLSearchParams(query).toString();
  let response: Response;
  try {
    response = await fetch(`${AT}/draft/${path}${search && `?${search}`}`, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      headers: { "content-type": "application/octet-stream" },
      body: file,
    });
  } catch {
    throw new Unreachable(path);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as Answer;
  if (response.ok) throw new Unreachable(path); // it broke off in the middle
  if (response.status === 401) signedIn.value = null;
  if (response.status >= 502 && response.status <= 504) throw new Unreachable(path);
  throw refusalOf(response.status, body);
}

/** A picture is of one level, the other formats of the whole plan. */
export const exportPath = (format: string, level_id: string | null): string =>
  `${AT}/draft/exports?format=${format}${format === "png" && level_id !== null ? `&level_id=${encodeURIComponent(level_id)}` : ""}`;
export const underlayPath = (picture_id: string): string => `${AT}/draft/underlays/${picture_id}`;
export const asksUnderlay = <Answer>(method: "GET" | "POST" | "PUT", path: string, message?: unknown): Promise<Answer> =>
  ask<Answer>(method, `${AT}/draft/${path}`, message);
