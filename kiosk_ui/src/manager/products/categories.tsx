import { EyeOff, Snowflake } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { Categories, CategoryFlag, CategoryOverview } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { flagCategory } from "./assortment_requests.ts";

const FILTERED_FROM = 15;

interface CategoryListProps {
  readonly categories: readonly CategoryOverview[];
  onChanged(categories: Categories): void;
}

/** Which categories are sensitive, so that nothing is suggested of them or because of them; and which are fetched last. */
export function CategoryList({ categories, onChanged }: CategoryListProps) {
  const [filter, setFilter] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const shown = categories.filter(({ category }) => category.toLowerCase().includes(filter.trim().toLowerCase()));
  const sensitive = categories.filter(({ is_sensitive }) => is_sensitive).length;

  async function flag(category: string, flag: CategoryFlag, is_on: boolean): Promise<void> {
    setBusy(`${flag} ${category}`);
    try {
      onChanged(await flagCategory({ category, flag, is_on }));
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
      <p>{say("products.last_detail")}</p>
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
          {shown.map(({ category, products, is_sensitive, is_always_sensitive, is_fetched_last }) => (
            <li key={category} class="category-line">
              <span>
                {category}
                <span class="quiet small figures">{say("products.product_count", { count: products })}</span>
              </span>
              <span class="row category-flags">
                <span class="row tight">
                  <span class="status quiet" aria-hidden="true">
                    <Icon of={Snowflake} />
                    {say("products.last")}
                  </span>
                  <button
                    type="button"
                    role="switch"
                    class="switch"
                    aria-checked={is_fetched_last}
                    aria-label={say("products.is_last", { category })}
                    aria-busy={busy === `last ${category}`}
                    data-testid={`last-${category}`}
                    onClick={() => busy === null && void flag(category, "last", !is_fetched_last)}
                  />
                </span>
                <span class="row tight">
                  <span class="status quiet" aria-hidden={!is_always_sensitive}>
                    <Icon of={EyeOff} />
                    {say(is_always_sensitive ? "products.always_sensitive" : "products.sensitive")}
                  </span>
                  {!is_always_sensitive && (
                    <button
                      type="button"
                      role="switch"
                      class="switch"
                      aria-checked={is_sensitive}
                      aria-label={say("products.is_sensitive", { category })}
                      aria-busy={busy === `sensitive ${category}`}
                      data-testid={`sensitive-${category}`}
                      onClick={() => busy === null && void flag(category, "sensitive", !is_sensitive)}
                    />
                  )}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
