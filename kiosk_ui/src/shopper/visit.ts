/** A list that was taken along from a kiosk: what its screen showed, in this page's memory alone. It follows nobody. */
import { batch, signal } from "@preact/signals";
import { troubleWords } from "../parts/trouble.tsx";
import { Refused, ask } from "../requests.ts";
import type { ChangeWishListItem, Guidance, TakeOver, TakenOver, WishList, WishState } from "../wire.gen.ts";
import { say } from "../words.ts";
import { overview, trouble } from "./card.ts";

export interface Visit {
  readonly wish_list: WishList;
  /** As the kiosk told it; null after this page was loaded anew, which forgot it. */
  readonly guidance: Guidance | null;
}

export const visit = signal<Visit | null>(null);
export const wasVisit = signal(false);

const LIST = "/api/shopper/wish-list";

function end(words: string | null): void {
  batch(() => {
    visit.value = null;
    overview.value = null;
    trouble.value = words;
  });
}

function failed(error: unknown): void {
  if (error instanceof Refused && error.status === 401) end(null);
  else trouble.value = troubleWords(error);
}

export async function takeOver(visit_secret: string): Promise<void> {
  try {
    const { wish_list, guidance } = await ask<TakenOver>("POST", "/api/shopper/visits", { visit_secret } satisfies TakeOver);
    visit.value = { wish_list, guidance };
  } catch (error) {
    const isOver = error instanceof Refused && (error.status === 401 || error.status === 422);
    end(isOver ? say("visit.too_old") : troubleWords(error));
  }
}

/** After a reload, and whenever the page is looked at again: the list may have been ticked off at a kiosk meanwhile. */
export async function refreshVisit(): Promise<void> {
  try {
    const wish_list = await ask<WishList>("GET", LIST);
    visit.value = { guidance: visit.peek()?.guidance ?? null, wish_list };
  } catch (error) {
    failed(error);
    if (visit.peek() === null) overview.value = null;
  }
}

export async function setVisited(sku: string, state: WishState): Promise<void> {
  try {
    const wish_list = await ask<WishList>("PUT", `${LIST}/items`, { sku, state } satisfies ChangeWishListItem);
    batch(() => {
      visit.value = { guidance: visit.peek()?.guidance ?? null, wish_list };
      trouble.value = null;
    });
  } catch (error) {
    failed(error);
  }
}

export async function endVisit(): Promise<void> {
  try {
    await ask<undefined>("DELETE", "/api/shopper/sessions");
  } catch (error) {
    if (!(error instanceof Refused && error.status === 401)) return failed(error);
  }
  end(null);
  wasVisit.value = true;
}
