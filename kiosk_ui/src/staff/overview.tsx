import { CircleCheck, CircleMinus, TriangleAlert } from "lucide";
import type { ComponentChildren } from "preact";
import { Icon } from "../parts/icon.tsx";
import { Trouble } from "../parts/trouble.tsx";
import type { KioskOverview, NodeOverview, StoreOverview } from "../wire.gen.ts";
import { say, sayInstant } from "../words.ts";
import { LastCalls } from "./calls.tsx";
import { judgeKiosk } from "./kiosk_words.ts";
import { type Verdict, judgeHealth, judgeNode } from "./node_words.ts";
import { isConnected, store, storeTrouble } from "./store_now.ts";

/** What to put in the last column of a row: the manager's buttons; staff only look. */
type Actions<Row> = ((row: Row) => ComponentChildren) | null;

function Said({ verdict }: { verdict: Verdict }) {
  const icon = { good: CircleCheck, bad: TriangleAlert, quiet: CircleMinus }[verdict.mood];
  return (
    <span class={`status ${verdict.mood}`}>
      <Icon of={icon} />
      {verdict.words}
    </span>
  );
}

const sayLast = (at: string | null): string => (at === null ? say("staff.never") : sayInstant(at));

export function NodesTable({ overview, actions }: { overview: StoreOverview; actions: Actions<NodeOverview> }) {
  if (overview.nodes.length === 0) return <p>{say("staff.no_nodes")}</p>;
  return (
    <div class="scrolling" tabIndex={0} role="region" aria-label={say("people.nodes")}>
      <table class="stacking">
        <thead>
          <tr>
            <th>{say("staff.node")}</th>
            <th>{say("staff.state")}</th>
            <th>{say("staff.health")}</th>
            <th>{say("staff.last")}</th>
            {actions && <th>{say("staff.fingerprint")}</th>}
            {actions && <td />}
          </tr>
        </thead>
        <tbody>
          {overview.nodes.map((node) => (
            <tr key={node.node_key} data-testid={`node-${node.node_key}`} data-state={node.state}>
              <th scope="row">{node.node_key}</th>
              <td data-column={say("staff.state")}>
                <Said verdict={judgeNode(node, overview.at)} />
              </td>
              <td data-column={say("staff.health")}>
                <Said verdict={judgeHealth(node.health)} />
              </td>
              <td class="figures" data-column={say("staff.last")}>{sayLast(node.last_batch_at)}</td>
              {actions && <td class="code" data-column={say("staff.fingerprint")}>{node.fingerprint}</td>}
              {actions && (
                <td>
                  <div class="row-buttons">{actions(node)}</div>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function KiosksTable({ overview, actions }: { overview: StoreOverview; actions: Actions<KioskOverview> }) {
  if (overview.kiosks.length === 0) return <p>{say("staff.no_kiosks")}</p>;
  return (
    <div class="scrolling" tabIndex={0} role="region" aria-label={say("people.kiosks")}>
      <table class="stacking">
        <thead>
          <tr>
            <th>{say("staff.kiosk")}</th>
            <th>{say("staff.state")}</th>
            <th>{say("staff.last")}</th>
            <th>{say("staff.last_touch")}</th>
            <th>{say("staff.bundle")}</th>
            {actions && <td />}
          </tr>
        </thead>
        <tbody>
          {overview.kiosks.map((kiosk) => (
            <tr key={kiosk.kiosk_key} data-testid={`kiosk-${kiosk.kiosk_key}`} data-screen={kiosk.screen ?? "unpaired"}>
              <th scope="row">{kiosk.kiosk_key}</th>
              <td data-column={say("staff.state")}>
                <Said verdict={judgeKiosk(kiosk)} />
              </td>
              <td class="figures" data-column={say("staff.last")}>{sayLast(kiosk.last_seen_at)}</td>
              <td class="figures" data-column={say("staff.last_touch")}>
                <span data-testid="last-touch">{sayLast(kiosk.last_touch_at)}</span>
              </td>
              <td class="code" data-column={say("staff.bundle")}>{kiosk.bundle ?? "–"}</td>
              {actions && (
                <td>
                  <div class="row-buttons">{actions(kiosk)}</div>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function StoreLine({ overview }: { overview: StoreOverview }) {
  const live: Verdict = overview.positions_are_live
    ? { words: say("staff.live"), mood: "good" }
    : { words: say("staff.not_live"), mood: "bad" };
  return (
    <div class="card row spread" role="status">
      <Said verdict={live} />
      <span class="quiet">{say("staff.plan_version", { version: overview.plan_version })}</span>
      <span class="quiet figures">
        {say(isConnected.value ? "staff.as_of" : "staff.disconnected", { at: sayInstant(overview.at) })}
      </span>
    </div>
  );
}

/** The whole store on one page, in words. */
export function Overview() {
  const overview = store.value;
  return (
    <main class="page stack">
      <h1>{say("people.overview")}</h1>
      <Trouble words={storeTrouble.value} />
      {overview && (
        <>
          <StoreLine overview={overview} />
          <section class="card stack tight">
            <h2>{say("people.nodes")}</h2>
            <NodesTable overview={overview} actions={null} />
          </section>
          <section class="card stack tight">
            <h2>{say("people.kiosks")}</h2>
            <KiosksTable overview={overview} actions={null} />
          </section>
          <section class="card stack tight">
            <h2>{say("calls.last")}</h2>
            <LastCalls />
          </section>
        </>
      )}
    </main>
  );
}
