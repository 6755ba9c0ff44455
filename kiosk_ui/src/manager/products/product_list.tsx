import { ChevronLeft, ChevronRight, EyeOff, TriangleAlert } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { sayPlace } from "../../guidance_words.ts";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { ShelvedProduct, ShelvedProducts } from "../../wire.gen.ts";
import { say, sayInstant } from "../../words.ts";
import { PAGE, type ProductPlacing, type ProductQuestion, loadProducts } from "./assortment_requests.ts";

const WAIT_MS = 180; // between two letters of somebody typing
const PLACINGS: readonly ProductPlacing[] = ["all", "placed", "unplaced"];

function Line({ found, onCategory }: { found: ShelvedProduct; onCategory: (category: string) => void }) {
  const { product, place, stock, stock_as_of, slots, is_category_sensitive } = found;
  return (
    <tr data-testid={`product-${product.sku}`}>
      <th scope="row" class="product-name">
        {product.name}
        <span class="quiet small figures">
          {product.sku}
          {product.brand !== null && ` · ${product.brand}`}
        </span>
      </th>
      <td>
        <button type="button" class="plain in-line" onClick={() => onCategory(product.category)}>
          {product.category}
        </button>
        {(product.is_sensitive || is_category_sensitive) && (
          <span class="status quiet small">
            <Icon of={EyeOff} />
            {say("products.sensitive")}
          </span>
        )}
      </td>
      <td>
        {place ? sayPlace(place) : <span class="quiet">{say("products.on_no_shelf")}</span>}
        {slots > 1 && <span class="quiet small"> {say("products.more_places", { count: slots - 1 })}</span>}
      </td>
      <td class="figures stock-cell">
        {stock === null ? <span class="quiet">{say("stock.unknown")}</span> : say("stock.count", { count: stock, at: sayInstant(stock_as_of ?? "") })}
      </td>
    </tr>
  );
}

function Unknown({ answer }: { answer: ShelvedProducts }) {
  if (answer.unknown_count === 0) return null;
  return (
    <details class="note" data-testid="unknown-on-shelf">
      <summary>
        <Icon of={TriangleAlert} /> {say("products.unknown_on_shelf", { count: answer.unknown_count })}
      </summary>
      <ul>
        {answer.unknown_on_shelf.map(({ sku, place }) => (
          <li key={sku}>
            <span class="code">{sku}</span> · {sayPlace(place)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Pages({ offset, matching, onPage }: { offset: number; matching: number; onPage: (offset: number) => void }) {
  if (matching <= PAGE) return null;
  return (
    <nav class="row" aria-label={say("products.pages")}>
      <button type="button" disabled={offset === 0} data-testid="page-back" onClick={() => onPage(Math.max(0, offset - PAGE))}>
        <Icon of={ChevronLeft} />
        {say("products.page_back")}
      </button>
      <span class="figures">{say("products.page", { first: offset + 1, last: Math.min(matching, offset + PAGE), all: matching })}</span>
      <button type="button" disabled={offset + PAGE >= matching} data-testid="page-on" onClick={() => onPage(offset + PAGE)}>
        {say("products.page_on")}
        <Icon of={ChevronRight} />
      </button>
    </nav>
  );
}

/** What the store sells, where each product stands on the published plan, and what is left of it. */
export function ProductList({ categories }: { categories: readonly string[] }) {
  const [question, setQuestion] = useState<ProductQuestion>({ query: "", category: "", placing: "all", offset: 0 });
  const [answer, setAnswer] = useState<ShelvedProducts | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const ask = (change: Partial<ProductQuestion>): void => setQuestion({ ...question, offset: 0, ...change });
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      loadProducts(question).then(
        (found) => isWanted && (setAnswer(found), setTrouble(null)),
        (error: unknown) => isWanted && setTrouble(troubleWords(error)),
      );
    }, answer === null ? 0 : WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [question]);
  const known = question.category === "" || categories.includes(question.category) ? categories : [...categories, question.category];
  return (
    <section class="stack" aria-label={say("products.list")}>
      {answer && (
        <p class="figures" data-testid="product-counts">
          {say("products.counts", { products: answer.in_catalogue, unplaced: answer.on_no_shelf })}
        </p>
      )}
      {answer && <Unknown answer={answer} />}
      <div class="product-filters">
        <label>
          {say("products.search")}
          <input
            type="search"
            autoComplete="off"
            maxLength={100}
            data-testid="product-query"
            value={question.query}
            onInput={(event) => ask({ query: event.currentTarget.value })}
          />
        </label>
        <label>
          {say("products.placing")}
          <select class="key-choice" data-testid="product-placing" value={question.placing} onChange={(event) => ask({ placing: event.currentTarget.value as ProductPlacing })}>
            {PLACINGS.map((placing) => (
              <option key={placing} value={placing}>
                {say(`products.placing_${placing}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {say("products.category")}
          <select class="key-choice" data-testid="product-category" value={question.category} onChange={(event) => ask({ category: event.currentTarget.value })}>
            <option value="">{say("products.any_category")}</option>
            {known.map((category) => (
              <option key={category} value={category}>
                {category}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Trouble words={trouble} />
      <p role="status" class={answer?.matching === 0 ? "quiet" : "only-spoken"}>
        {answer && (answer.in_catalogue === 0 ? say("products.no_products") : say("products.matching", { count: answer.matching }))}
      </p>
      {answer && answer.products.length > 0 && (
        <div class="card scrolling">
          <table class="product-table">
            <thead>
              <tr>
                <th scope="col">{say("products.product")}</th>
                <th scope="col">{say("products.category")}</th>
                <th scope="col">{say("products.place")}</th>
                <th scope="col">{say("products.stock")}</th>
              </tr>
            </thead>
            <tbody>
              {answer.products.map((found) => (
                <Line key={found.product.sku} found={found} onCategory={(category) => ask({ category })} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {answer && <Pages offset={question.offset} matching={answer.matching} onPage={(offset) => ask({ offset })} />}
    </section>
  );
}
