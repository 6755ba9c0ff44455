import { EyeOff } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { Categories, CategoryOverview } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { flagCategory } from "./assortment_requests.ts";

const FILTERED_FROM = 15;

interface CategoryListProps {
  readonly categories: readonly CategoryOverview[];
  onChanged(categories: Categories): void;
}

/** Which categories are sensitive: nothing of them is suggested, and nothing because of them. */
export function CategoryList({ categories, onChanged }: CategoryListProps) {
  const [filter, setFilter] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const shown = categories.filter(({ category }) => category.toLowerCase().includes(filter.trim().toLowerCase()));
  const sensitive = categories.filter(({ is_sensitive }) => is_sensitive).length;

  async function flag(category: string, is_sensitive: boolean): Promise<void> {
    setBusy(category);
    try {
      onChanged(await flagCategory({ category, is_sensitive }));
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleWords(error));
    } finally {
      setBusy(null);
    }
  }

  return (
    <section class="stack" aria-label={say("products.categories")}>
      <p>{say("products.sensitive_detail")}</p>
      <p class="figures quiet" role="status" data-testid="category-counts">
        {say("products.category_counts", { categories: categories.length, sensitive })}
      </p>
      {categories.length >= FILTERED_FROM && (
        <label class="short-field">
          {say("products.find_category")}
          <input type="search" autoComplete="off" data-testid="category-filter" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
      )}
      <Trouble words={trouble} />
      {categories.length === 0 ? (
        <p class="quiet">{say("products.no_products")}</p>
      ) : (
        <ul class="card category-list">
          {shown.map(({ category, products, is_sensitive, is_always_sensitive }) => (
            <li key={category} class="category-line">
              <span>
                {category}
                <span class="quiet small figures">{say("products.product_count", { count: products })}</span>
              </span>
              {is_always_sensitive ? (
                <span class="status quiet">
                  <Icon of={EyeOff} />
                  {say("products.always_sensitive")}
                </span>
              ) : (
                <span class="row tight">
                  {is_sensitive && (
                    <span class="status quiet">
                      <Icon of={EyeOff} />
                      {say("products.sensitive")}
                    </span>
                  )}
                  <button
                    type="button"
                    role="switch"
                    class="switch"
                    aria-checked={is_sensitive}
                    aria-label={say("products.is_sensitive", { category })}
                    aria-busy={busy === category}
                    data-testid={`sensitive-${category}`}
                    onClick={() => busy === null && void flag(category, !is_sensitive)}
                  />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
