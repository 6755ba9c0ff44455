import { Copy } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { askSignedIn } from "../staff/session.ts";
import type { MadeCode, MakeCode } from "../wire.gen.ts";
import { say, sayInstant } from "../words.ts";

interface CodeMakerProps {
  kind: "node" | "kiosk";
  /** What stands on the plan. */
  keys: readonly string[];
}

/** A one-time code, shown once: for a kiosk as the link its own browser opens. */
export function CodeMaker({ kind, keys }: CodeMakerProps) {
  const [key, setKey] = useState("");
  const [made, setMade] = useState<MadeCode | null>(null);
  const [isCopied, setIsCopied] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const shown = made === null ? "" : kind === "kiosk" ? `${location.origin}/kiosk#code=${made.code}` : made.code;
  const make = async (): Promise<void> => {
    const message: MakeCode = { key: key || (keys[0] ?? "") };
    setMade(null);
    setIsCopied(false);
    try {
      setMade(await askSignedIn<MadeCode>("POST", `/api/manager/${kind}-codes`, message));
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleWords(error));
    }
  };
  return (
    <section class="card stack">
      <h2>{say(kind === "node" ? "manager.make_node_code" : "manager.make_kiosk_code")}</h2>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label>
          {say(kind === "node" ? "manager.node_key" : "manager.kiosk_key")}
          <select class="key-choice" data-testid={`${kind}-key`} value={key || keys[0]} onChange={(event) => setKey(event.currentTarget.value)}>
            {keys.map((known) => (
              <option value={known}>{known}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" data-testid={`make-${kind}-code`} disabled={keys.length === 0}>
          {say("manager.make")}
        </button>
      </form>
      <div role="status">
        {made && (
          <div class="stack tight">
            <p>{say(kind === "node" ? "manager.node_code" : "manager.kiosk_code", { key: made.key, at: sayInstant(made.expires_at) })}</p>
            <p class="code code-shown" data-testid={`${kind}-code`}>
              {shown}
            </p>
            <p class="quiet">{say(kind === "node" ? "manager.node_code_detail" : "manager.kiosk_code_detail")}</p>
            {isSecureContext && (
              <button
                type="button"
                onClick={() => void navigator.clipboard.writeText(shown).then(() => setIsCopied(true), () => setIsCopied(false))}
              >
                <Icon of={Copy} />
                {say(isCopied ? "manager.copied" : "manager.copy")}
              </button>
            )}
          </div>
        )}
      </div>
      <Trouble words={trouble} />
    </section>
  );
}
