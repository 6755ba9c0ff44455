/** Every question the products screen has for the server, in one place. */
import { Unreachable, refusalOf } from "../../requests.ts";
import { askSignedIn, signedIn } from "../../staff/session.ts";
import type {
  AddPairing,
  Categories,
  FlagCategory,
  ImportedRows,
  Pairings,
  RemovePairing,
  ShelvedProducts,
} from "../../wire.gen.ts";

/** Which products one wants to see, by where they stand on the published plan. */
export type ProductPlacing = "all" | "placed" | "unplaced";

const AT = "/api/manager";
/** As the server bounds it. */
export const MAX_IMPORT_BYTES = 20 * 1024 * 1024;
export const PAGE = 50;

export interface ProductQuestion {
  readonly query: string;
  readonly category: string;
  readonly placing: ProductPlacing;
  readonly offset: number;
}

export function loadProducts({ query, category, placing, offset }: ProductQuestion): Promise<ShelvedProducts> {
  const asked = new URLSearchParams({ q: query, category, placing, offset: String(offset), limit: String(PAGE) });
  return askSignedIn("GET", `${AT}/products?${asked}`);
}

export const loadCategories = (): Promise<Categories> => askSignedIn("GET", `${AT}/categories`);
export const flagCategory = (flag: FlagCategory): Promise<Categories> => askSignedIn("POST", `${AT}/categories/flags`, flag);
export const loadPairings = (): Promise<Pairings> => askSignedIn("GET", `${AT}/pairings`);
export const addPairing = (pairing: AddPairing): Promise<Pairings> => askSignedIn("POST", `${AT}/pairings`, pairing);
export const removePairing = (pairing: RemovePairing): Promise<Pairings> => askSignedIn("DELETE", `${AT}/pairings`, pairing);

/** Sends the till's file as it is; with `isOnlyCheck` nothing is taken. */
export async function sendRows(kind: ImportedRows["kind"], file: Blob, isOnlyCheck: boolean): Promise<ImportedRows> {
  const path = `${AT}/${kind}-imports${isOnlyCheck ? "?only=check" : ""}`;
  let response: Response;
  try {
    const headers = { "content-type": "text/csv" };
    response = await fetch(path, { method: "POST", credentials: "same-origin", cache: "no-store", headers, body: file });
  } catch {
    throw new Unreachable(path);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as ImportedRows;
  if (response.status === 401) signedIn.value = null;
  if (response.status >= 502 && response.status <= 504) throw new Unreachable(path);
  throw refusalOf(response.status, body);
}
