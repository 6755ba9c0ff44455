import { ArrowRight, Plus, Trash2, TriangleAlert } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { PairingOverview, Pairings, Product } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { addPairing, loadPairings, removePairing } from "./assortment_requests.ts";
import { ProductPicker } from "./product_picker.tsx";

const NOTE_LENGTH = 120;

function PairingLine({ pairing, onRemove }: { pairing: PairingOverview; onRemove: () => void }) {
  const { sku, with_sku, note, state } = pairing;
  const [name, with_name] = [pairing.name ?? sku, pairing.with_name ?? with_sku];
  return (
    <li class="category-line" data-testid={`pairing-${sku}-${with_sku}`}>
      <span>
        <span class="pairing-names">
          {name} <Icon of={ArrowRight} />
          <span class="only-spoken">{say("products.goes_with")}</span> {with_name}
        </span>
        {note !== null && <span class="quiet small">“{note}”</span>}
        {state !== "shown" && (
          <span class="status small" data-testid="pairing-state">
            <Icon of={TriangleAlert} />
            {say(`products.pairing_${state}`)}
          </span>
        )}
      </span>
      <button type="button" aria-label={say("products.remove_pairing", { name, with_name })} data-testid={`remove-${sku}-${with_sku}`} onClick={onRemove}>
        <Icon of={Trash2} />
      </button>
    </li>
  );
}

/** What the store picks to go with what: it comes first in suggestions. */
export function PairingList() {
  const [pairings, setPairings] = useState<readonly PairingOverview[] | null>(null);
  const [product, setProduct] = useState<Product | null>(null);
  const [withProduct, setWithProduct] = useState<Product | null>(null);
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const isSame = product !== null && product.sku === withProduct?.sku;

  async function take(question: Promise<Pairings>, words = ""): Promise<boolean> {
    try {
      setPairings((await question).pairings);
      setTrouble(null);
      setSaid(words);
      return true;
    } catch (error) {
      setTrouble(troubleWords(error));
      return false;
    }
  }
  useEffect(() => void take(loadPairings()), []);

  async function add(): Promise<void> {
    if (!product || !withProduct || isSame) return;
    const words = say("products.pairing_added", { name: product.name, with_name: withProduct.name });
    const wanted = { sku: product.sku, with_sku: withProduct.sku, note: note.trim() || null };
    if (await take(addPairing(wanted), words)) {
      setWithProduct(null);
      setNote("");
    }
  }

  return (
    <section class="stack" aria-label={say("products.pairings")}>
      <p>{say("products.pairings_detail")}</p>
      <form
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <h2>{say("products.new_pairing")}</h2>
        <div class="two">
          <ProductPicker label={say("products.on_the_list")} testid="pair-sku" chosen={product} onChoose={setProduct} />
          <ProductPicker label={say("products.offered_first")} testid="pair-with" chosen={withProduct} onChoose={setWithProduct} />
        </div>
        <label>
          {say("products.note")}
          <input type="text" maxLength={NOTE_LENGTH} autoComplete="off" data-testid="pair-note" value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        {isSame && <p class="quiet">{say("products.same_product")}</p>}
        <Trouble words={trouble} />
        <div>
          <button type="submit" class="primary" data-testid="add-pairing" disabled={!product || !withProduct || isSame}>
            <Icon of={Plus} />
            {say("products.add_pairing")}
          </button>
        </div>
      </form>
      <p role="status" class={said === "" ? "only-spoken" : "quiet"}>
        {said}
      </p>
      {pairings?.length === 0 && <p class="quiet">{say("products.no_pairings")}</p>}
      {pairings && pairings.length > 0 && (
        <ul class="card category-list">
          {pairings.map((pairing) => (
            <PairingLine
              key={`${pairing.sku} ${pairing.with_sku}`}
              pairing={pairing}
              onRemove={() => void take(removePairing({ sku: pairing.sku, with_sku: pairing.with_sku }), say("products.pairing_removed"))}
            />
          ))}
        </ul>
      )}
    </section>
  );
}
