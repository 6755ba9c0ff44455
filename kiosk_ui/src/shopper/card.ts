/** What the shopper page holds. The card's secret stays in memory for as long as the page is open, and nowhere else. */
import { batch, signal } from "@preact/signals";
import { troubleWords } from "../parts/trouble.tsx";
import { Refused, ask } from "../requests.ts";
import type {
  ChangeConsent,
  ChangePause,
  ChangeWishListItem,
  Notice,
  OpenCard,
  Purpose,
  RemoveWishListItem,
  ShopperOverview,
  WishList,
} from "../wire.gen.ts";
import { language } from "../words.ts";
import { refreshVisit } from "./visit.ts";

/** What a PIN is wanted for; it is done as soon as the PIN is right. */
export interface WantsPin {
  readonly kind: "purpose" | "list";
  readonly purpose: Purpose | null;
  readonly then: () => Promise<void>;
}

export const overview = signal<ShopperOverview | null | "unknown">("unknown");
export const notice = signal<Notice | null>(null);
export const wishList = signal<WishList | null>(null);
export const wantsPin = signal<WantsPin | null>(null);
export const trouble = signal<string | null>(null);
export const wasClosed = signal(false);
export const isSecretKnown = signal(false);

let card_secret: string | null = null;

export async function openCard(secret: string | null, pin: string | null): Promise<void> {
  const known = secret ?? card_secret;
  if (known === null) return;
  overview.value = await ask<ShopperOverview>("POST", "/api/shopper/sessions", { card_secret: known, pin } satisfies OpenCard);
  card_secret = known;
  isSecretKnown.value = true;
  wasClosed.value = false;
  await fetchWishList();
}

/** With the secret of the page's address, or with the session this browser still has. */
export async function begin(secret: string | null): Promise<void> {
  try {
    if (secret) await openCard(secret, null);
    else {
      overview.value = await ask<ShopperOverview>("GET", "/api/shopper/overview");
      await fetchWishList();
    }
  } catch (error) {
    // Neither the card nor its PIN: a page loaded anew that took over a list from a kiosk.
    if (!secret && error instanceof Refused && error.status === 403) return refreshVisit();
    overview.value = null;
    if (secret || !(error instanceof Refused && error.status === 401)) trouble.value = troubleWords(error);
  }
}

/** In the language that is shown: an answer that comes after another language was chosen is not what is wanted any more. */
export async function fetchNotice(): Promise<void> {
  const wanted = language.value;
  try {
    const answer = await ask<Notice>("GET", `/api/notice?${new URLSearchParams({ language: wanted })}`);
    if (wanted === language.peek()) notice.value = answer;
  } catch (error) {
    trouble.value = troubleWords(error);
  }
}

/** The list is shown to whoever has the card and its PIN; the card alone shows and switches off purposes. */
/** After the page was out of sight: the list may have been ticked off at a kiosk meanwhile. */
export async function refresh(): Promise<void> {
  if (overview.value === null || overview.value === "unknown") return;
  try {
    overview.value = await ask<ShopperOverview>("GET", "/api/shopper/overview");
    await fetchWishList();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) forget();
  }
}

async function fetchWishList(): Promise<void> {
  if (overview.value === null || overview.value === "unknown" || !overview.value.can_change) return;
  wishList.value = await ask<WishList>("GET", "/api/shopper/wish-list");
}

/** Does it, or asks for the PIN and then does it. */
async function attempt(task: () => Promise<void>, kind: WantsPin["kind"], purpose: Purpose | null = null): Promise<void> {
  try {
    await task();
    batch(() => {
      trouble.value = null;
      wantsPin.value = null;
    });
  } catch (error) {
    if (error instanceof Refused && error.status === 401) forget();
    if (error instanceof Refused && error.status === 403) {
      const isFirst = wantsPin.value === null || wantsPin.value.purpose !== purpose || wantsPin.value.kind !== kind;
      wantsPin.value = { kind, purpose, then: () => attempt(task, kind, purpose) };
      trouble.value = isFirst ? null : troubleWords(error);
    } else trouble.value = troubleWords(error);
  }
}

export function changeConsent(purpose: Purpose, isGiven: boolean): Promise<void> {
  const read = notice.value;
  const message: ChangeConsent = {
    purpose,
    event: isGiven ? "given" : "withdrawn",
    notice_sha256: isGiven ? (read?.sha256 ?? null) : null,
    language: read?.language ?? language.value,
  };
  const task = async (): Promise<void> => {
    overview.value = await ask<ShopperOverview>("POST", "/api/shopper/consents", message);
  };
  return attempt(task, "purpose", purpose);
}

export function changePause(is_paused: boolean): Promise<void> {
  const task = async (): Promise<void> => {
    overview.value = await ask<ShopperOverview>("POST", "/api/shopper/pause", { is_paused } satisfies ChangePause);
  };
  return attempt(task, "list");
}

/** Ask for the PIN that the list needs; the list is fetched with it. */
export function askForList(): void {
  wantsPin.value = { kind: "list", purpose: null, then: () => Promise.resolve() };
}

export function addProduct(sku: string): Promise<void> {
  const message: ChangeWishListItem = { sku, state: "wanted" };
  return attempt(async () => {
    wishList.value = await ask<WishList>("PUT", "/api/shopper/wish-list/items", message);
  }, "list");
}

export function removeProduct(sku: string): Promise<void> {
  const message: RemoveWishListItem = { sku };
  return attempt(async () => {
    wishList.value = await ask<WishList>("DELETE", "/api/shopper/wish-list/items", message);
  }, "list");
}

function forget(): void {
  card_secret = null;
  batch(() => {
    isSecretKnown.value = false;
    overview.value = null;
    wishList.value = null;
    wantsPin.value = null;
    trouble.value = null;
  });
}

export async function closeCard(): Promise<void> {
  await ask<undefined>("DELETE", "/api/shopper/sessions").catch((error: unknown) => {
    if (!(error instanceof Refused && error.status === 401)) throw error;
  });
  forget();
  wasClosed.value = true;
}
