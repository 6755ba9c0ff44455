/**
 * The one Trusted Types policy of these screens, reviewed here; the page's policy allows no other name.
 *
 * Leaflet asks once, while it loads, whether the browser draws SVG, by way of innerHTML; and it empties elements that way.
 * Those two strings pass. Any other text that reaches innerHTML is shown as text: nothing of ours needs more. Scripts by text are
 * refused, and by address all but one: the kiosk's service worker.
 */
const PASSES = new Set(["", "<svg/>"]);

export function asHarmlessHtml(text: string): string {
  if (PASSES.has(text)) return text;
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export function asOwnWorker(address: string): string {
  if (address === "/kiosk-worker.js") return address;
  throw new TypeError("No script is loaded from an address.");
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string; createScriptURL(address: string): string }): unknown;
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
factory?.createPolicy("default", { createHTML: asHarmlessHtml, createScriptURL: asOwnWorker });
