import { type IconNode, ListChecks, LogOut, SkipForward, Undo2 } from "lucide";
import { h } from "preact";

/** What points onward, back or out, and so to the other side where writing runs from the right. Ways through the store never do. */
const FOLLOWS_WRITING: readonly IconNode[] = [ListChecks, LogOut, SkipForward, Undo2];

/** A lucide icon. It stands beside words and is never read out. */
export function Icon({ of }: { of: IconNode }) {
  return (
    <svg class={FOLLOWS_WRITING.includes(of) ? "icon follows-writing" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {of.map(([tag, attributes]) => h(tag as "path", attributes as Record<string, string>))}
    </svg>
  );
}
