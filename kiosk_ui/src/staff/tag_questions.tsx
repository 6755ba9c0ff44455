import { useState } from "preact/hooks";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import type { ReturnTag, TagStatus } from "../wire.gen.ts";
import { type MessageKey, say, sayInstant } from "../words.ts";
import { askSignedIn } from "./session.ts";

interface LabelFormProps {
  title: MessageKey;
  detail: MessageKey | null;
  button: MessageKey;
  testid: string;
  /** Asks the server, answers what to say. */
  answer: (label: string) => Promise<string>;
}

function LabelForm({ title, detail, button, testid, answer }: LabelFormProps) {
  const [label, setLabel] = useState("");
  const [said, setSaid] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setSaid(null);
    setTrouble(null);
    try {
      setSaid(await answer(label.trim()));
      setLabel("");
    } catch (error) {
      setTrouble(troubleWords(error));
    }
  };
  return (
    <section class="card stack">
      <h2>{say(title)}</h2>
      {detail && <p>{say(detail)}</p>}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          {say("desk.tag_label")}
          <input
            data-testid={`${testid}-label`}
            required
            maxLength={32}
            pattern="[A-Za-z0-9\-]+"
            autoComplete="off"
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </label>
        <button type="submit" data-testid={testid}>
          {say(button)}
        </button>
      </form>
      <div role="status">{said && <p class="note good">{said}</p>}</div>
      <Trouble words={trouble} />
    </section>
  );
}

export function TakeBack({ onDone }: { onDone: () => void }) {
  const answer = async (label: string): Promise<string> => {
    const status = await askSignedIn<TagStatus>("POST", "/api/staff/returns", { tag_label: label } satisfies ReturnTag);
    onDone();
    return say("desk.returned", { label: status.tag_label });
  };
  return <LabelForm title="desk.return" detail="desk.return_detail" button="desk.return" testid="return" answer={answer} />;
}

/** All that may be answered: ours or not, handed out since when. Never to whom. */
export function WhoseTag() {
  const answer = async (label: string): Promise<string> => {
    const status = await askSignedIn<TagStatus>("GET", `/api/staff/tags/${encodeURIComponent(label)}`);
    return status.is_bound && status.bound_since
      ? say("desk.ours_bound", { label: status.tag_label, at: sayInstant(status.bound_since) })
      : say("desk.ours_free", { label: status.tag_label });
  };
  return <LabelForm title="desk.whose" detail="desk.whose_detail" button="desk.whose_button" testid="whose" answer={answer} />;
}
