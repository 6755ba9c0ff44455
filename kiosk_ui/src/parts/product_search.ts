import { useEffect, useState } from "preact/hooks";
import { ask } from "../requests.ts";
import type { FoundProducts } from "../wire.gen.ts";
import { troubleWords } from "./trouble.tsx";

const WAIT_MS = 180; // between two letters of somebody typing

export interface ProductSearch {
  found: FoundProducts | null;
  trouble: string | null;
}

/** Asks for products while somebody types; an answer to a question no longer asked is dropped. */
export function useProductSearch(query: string): ProductSearch {
  const [answer, setAnswer] = useState<ProductSearch>({ found: null, trouble: null });
  const wanted = query.trim().slice(0, 100);
  useEffect(() => {
    if (wanted === "") {
      setAnswer({ found: null, trouble: null });
      return;
    }
    let isWanted = true;
    const timer = setTimeout(() => {
      ask<FoundProducts>("GET", `/api/products?${new URLSearchParams({ q: wanted, limit: "20" })}`).then(
        (found) => isWanted && setAnswer({ found, trouble: null }),
        (error: unknown) => isWanted && setAnswer({ found: null, trouble: troubleWords(error) }),
      );
    }, WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  return answer;
}
