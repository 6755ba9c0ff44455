/** Calls for help from kiosks: on every page of staff and managers, above all else, one tap to take. */
import { effect, signal } from "@preact/signals";
import { BellRing, UserCheck } from "lucide";
import { inOrder } from "../in_order.ts";
import { Icon } from "../parts/icon.tsx";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import type { AnswerCall, HelpCall, HelpCalls } from "../wire.gen.ts";
import { say, sayInstant } from "../words.ts";
import { askSignedIn } from "./session.ts";

const calls = signal<readonly HelpCall[]>([]);
const trouble = signal<string | null>(null);

const inTurn = inOrder<HelpCalls | null>((told) => {
  calls.value = told?.calls ?? [];
  trouble.value = null;
});
export const takeCalls = inTurn.told;

export async function fetchCalls(): Promise<void> {
  await askSignedIn<HelpCalls>("GET", "/api/staff/calls").then(inTurn.asked(), () => undefined); // the page says already what is wrong
}

async function answerCall(call: HelpCall, how: "acknowledgements" | "endings"): Promise<void> {
  const take = inTurn.asked();
  try {
    const message: AnswerCall = { call_id: call.call_id };
    take(await askSignedIn<HelpCalls>("POST", `/api/staff/calls/${how}`, message));
  } catch (error) {
    await fetchCalls();
    trouble.value = troubleWords(error);
  }
}

/** A page that lies behind others says in its title that somebody waits. */
export function countCallsInTitle(): void {
  const title = document.title;
  effect(() => {
    const waiting = calls.value.filter((call) => call.done_at === null && call.acknowledged_at === null).length;
    document.title = waiting === 0 ? title : `(${waiting}) ${title}`;
  });
}

function OpenCall({ call }: { call: HelpCall }) {
  const kiosk = call.kiosk_key;
  const isTaken = call.acknowledged_at !== null;
  return (
    <li class="open-call" data-testid={`call-${kiosk}`} data-state={isTaken ? "coming" : "waiting"}>
      <Icon of={isTaken ? UserCheck : BellRing} />
      <p>
        <strong>{say("calls.waiting", { kiosk })}</strong>{" "}
        <span class="figures">
          {isTaken
            ? say("calls.coming", { name: call.acknowledged_by ?? "", at: sayInstant(call.acknowledged_at ?? call.called_at) })
            : say("calls.since", { at: sayInstant(call.called_at) })}
        </span>
      </p>
      {isTaken ? (
        <button type="button" data-testid={`end-${kiosk}`} aria-label={say("calls.end_kiosk", { kiosk })} onClick={() => void answerCall(call, "endings")}>
          {say("calls.end")}
        </button>
      ) : (
        <button
          type="button"
          data-testid={`take-${kiosk}`}
          aria-label={say("calls.take_kiosk", { kiosk })}
          onClick={() => void answerCall(call, "acknowledgements")}
        >
          {say("calls.take")}
        </button>
      )}
    </li>
  );
}

export function OpenCalls() {
  const open = calls.value.filter((call) => call.done_at === null);
  return (
    <section class={open.length > 0 || trouble.value ? "open-calls" : "open-calls is-empty"} role="alert" aria-label={say("calls.title")}>
      {open.length > 0 && (
        <ul>
          {open.map((call) => (
            <OpenCall key={call.call_id} call={call} />
          ))}
        </ul>
      )}
      {trouble.value && <Trouble words={trouble.value} />}
    </section>
  );
}

/** Who went where, as far as it is kept. */
export function LastCalls() {
  const done = calls.value.filter((call) => call.done_at !== null);
  if (done.length === 0) return <p class="quiet">{say("calls.none")}</p>;
  return (
    <table class="stacking" data-testid="last-calls">
      <thead>
        <tr>
          <th>{say("staff.kiosk")}</th>
          <th>{say("calls.called")}</th>
          <th>{say("calls.taken")}</th>
          <th>{say("calls.done")}</th>
        </tr>
      </thead>
      <tbody>
        {done.map((call) => (
          <tr key={call.call_id}>
            <th scope="row">{call.kiosk_key}</th>
            <td class="figures" data-column={say("calls.called")}>
              {sayInstant(call.called_at)}
            </td>
            <td class="figures" data-column={say("calls.taken")}>
              {call.acknowledged_at !== null && say("calls.by", { at: sayInstant(call.acknowledged_at), name: call.acknowledged_by ?? "" })}
            </td>
            <td class="figures" data-column={say("calls.done")}>
              {call.done_at !== null &&
                (call.done_by === null
                  ? say("calls.taken_back", { at: sayInstant(call.done_at) })
                  : say("calls.by", { at: sayInstant(call.done_at), name: call.done_by }))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
