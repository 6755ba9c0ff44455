import type { IconNode } from "lucide";
import { h } from "preact";

/** A lucide icon. It stands beside words and is never read out. */
export function Icon({ of }: { of: IconNode }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {of.map(([tag, attributes]) => h(tag as "path", attributes as Record<string, string>))}
    </svg>
  );
}
