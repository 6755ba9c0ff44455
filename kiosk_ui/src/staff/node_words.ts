/** A node's state and radio in words, and whether somebody must look at it. */
import type { NodeHealth, NodeOverview } from "../wire.gen.ts";
import { say } from "../words.ts";

const SILENT_AFTER_S = 15; // a node sends at least an empty batch each second
const SKEW_WORTH_SAYING_S = 2;

export interface Verdict {
  readonly words: string;
  readonly mood: "good" | "bad" | "quiet";
}

export function judgeNode(node: NodeOverview, at: string): Verdict {
  if (node.state === "pending") return { words: say("node.pending"), mood: "bad" };
  if (node.state === "revoked") return { words: say("node.revoked"), mood: "quiet" };
  const age_s = node.last_batch_at === null ? Infinity : (Date.parse(at) - Date.parse(node.last_batch_at)) / 1000;
  return age_s > SILENT_AFTER_S ? { words: say("node.silent"), mood: "bad" } : { words: say("node.confirmed"), mood: "good" };
}

export function judgeHealth(health: NodeHealth | null): Verdict {
  if (health === null) return { words: say("radio.none"), mood: "quiet" };
  const words = [
    health.radio === "listening"
      ? say("radio.listening", { count: Math.round(health.advertisements_per_s) })
      : say(`radio.${health.radio}`),
  ];
  const skew_s = Math.abs(health.clock_skew_s ?? 0);
  if (skew_s >= SKEW_WORTH_SAYING_S) words.push(say("radio.skew", { seconds: Math.round(skew_s) }));
  if (health.sightings_dropped > 0) words.push(say("radio.dropped", { count: health.sightings_dropped }));
  const isWell = health.radio === "listening" && words.length === 1;
  return { words: words.join(" · "), mood: isWell ? "good" : health.radio === "starting" ? "quiet" : "bad" };
}
