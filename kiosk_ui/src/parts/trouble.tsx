import { TriangleAlert } from "lucide";
import { Refused, Unreachable } from "../requests.ts";
import { say } from "../words.ts";
import { Icon } from "./icon.tsx";

/** What to tell a person about a question that failed: the server's own words where it had some. */
export function troubleWords(error: unknown): string {
  if (error instanceof Unreachable) return say("app.unreachable");
  if (error instanceof Refused && error.detail) return error.detail;
  return say("app.refused");
}

export function Trouble({ words }: { words: string | null }) {
  return (
    <div role="alert">
      {words && (
        <p class="note bad">
          <Icon of={TriangleAlert} />
          <span dir="auto">{words}</span>
        </p>
      )}
    </div>
  );
}
