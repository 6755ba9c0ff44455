import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog, DialogButtons } from "../parts/dialog.tsx";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { NodesTable, StoreLine } from "../staff/overview.tsx";
import { askSignedIn } from "../staff/session.ts";
import { fetchStore, store, storeTrouble } from "../staff/store_now.ts";
import type { ConfirmNode, NodeOverview, RevokeNode } from "../wire.gen.ts";
import { say } from "../words.ts";
import { CodeMaker } from "./codes.tsx";
import { fetchPlan, nodeKeys } from "./plan_now.ts";

interface Asked {
  node: NodeOverview;
  kind: "confirm" | "revoke";
}

const asked = signal<Asked | null>(null);
const trouble = signal<string | null>(null);

async function answer({ node, kind }: Asked): Promise<void> {
  asked.value = null;
  try {
    if (kind === "confirm") {
      const message: ConfirmNode = { node_key: node.node_key, fingerprint: node.fingerprint };
      await askSignedIn<NodeOverview>("POST", "/api/manager/nodes/confirmations", message);
    } else {
      await askSignedIn<NodeOverview>("POST", "/api/manager/nodes/revocations", { node_key: node.node_key } satisfies RevokeNode);
    }
    trouble.value = null;
  } catch (error) {
    trouble.value = troubleWords(error);
  }
  await fetchStore();
}

function Question({ question }: { question: Asked }) {
  const { node, kind } = question;
  const close = (): void => void (asked.value = null);
  const isConfirm = kind === "confirm";
  return (
    <Dialog title={say(isConfirm ? "manager.confirm_title" : "manager.revoke_title", { key: node.node_key })} onClose={close}>
      {isConfirm && <p class="code code-shown">{node.fingerprint}</p>}
      <p>{say(isConfirm ? "manager.confirm_detail" : "manager.revoke_node_detail")}</p>
      <DialogButtons onClose={close}>
        <button type="button" data-testid={`${kind}-now`} onClick={() => void answer(question)}>
          {say(isConfirm ? "manager.confirm_same" : "manager.revoke")}
        </button>
      </DialogButtons>
    </Dialog>
  );
}

export function Nodes() {
  useEffect(() => void fetchPlan(), []);
  const overview = store.value;
  const actions = (node: NodeOverview) => (
    <>
      {node.state === "pending" && (
        <button
          type="button"
          class="primary"
          data-testid={`confirm-${node.node_key}`}
          aria-label={say("manager.confirm_node", { key: node.node_key })}
          onClick={() => (asked.value = { node, kind: "confirm" })}
        >
          {say("manager.confirm")}
        </button>
      )}
      {node.state !== "revoked" && (
        <button
          type="button"
          data-testid={`revoke-${node.node_key}`}
          aria-label={say("manager.revoke_key", { key: node.node_key })}
          onClick={() => (asked.value = { node, kind: "revoke" })}
        >
          {say("manager.revoke")}
        </button>
      )}
    </>
  );
  return (
    <main class="page wide stack">
      <h1>{say("people.nodes")}</h1>
      <Trouble words={trouble.value ?? storeTrouble.value} />
      {overview && <StoreLine overview={overview} />}
      <section class="card">{overview && <NodesTable overview={overview} actions={actions} />}</section>
      <CodeMaker kind="node" keys={nodeKeys.value} />
      {asked.value && <Question question={asked.value} />}
    </main>
  );
}
