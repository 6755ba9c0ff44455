import { signal } from "@preact/signals";
import { Printer } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import type { BindTag, IssuedCard, TagList } from "../wire.gen.ts";
import { say } from "../words.ts";
import { askSignedIn } from "./session.ts";
import { TakeBack, WhoseTag } from "./tag_questions.tsx";

const TAGS_SHOWN = 60;

const tags = signal<TagList | null>(null);
const issued = signal<IssuedCard | null>(null);
const trouble = signal<string | null>(null);

export async function fetchTags(): Promise<void> {
  try {
    tags.value = await askSignedIn<TagList>("GET", "/api/staff/tags");
  } catch (error) {
    trouble.value = troubleWords(error);
  }
}

function HandOut() {
  const [picked, setPicked] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  const [isFamily, setIsFamily] = useState(false);
  const [known, setKnown] = useState("");
  const free = tags.value?.free ?? [];
  const fitting = free.filter((label) => label.toLowerCase().includes(filter.trim().toLowerCase()));
  const bind = async (): Promise<void> => {
    if (picked === null) return;
    const card_secret = known.trim() === "" ? null : known.trim();
    const message: BindTag = { tag_label: picked, is_family_tag: isFamily, card_secret };
    try {
      issued.value = await askSignedIn<IssuedCard>("POST", "/api/staff/bindings", message);
      trouble.value = null;
      setPicked(null);
      setKnown("");
      setIsFamily(false);
    } catch (error) {
      trouble.value = troubleWords(error);
    }
    await fetchTags();
  };
  if (tags.value && free.length === 0) return <p>{say("desk.no_free")}</p>;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void bind();
      }}
    >
      {free.length > 12 && (
        <label>
          {say("desk.filter")}
          <input value={filter} autoComplete="off" onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
      )}
      <div class="tag-grid" role="group" aria-label={say("desk.pick")}>
        {fitting.slice(0, TAGS_SHOWN).map((label) => (
          <button type="button" key={label} data-testid={`tag-${label}`} aria-pressed={picked === label} onClick={() => setPicked(label)}>
            {label}
          </button>
        ))}
      </div>
      {fitting.length > TAGS_SHOWN && <p class="quiet">{say("desk.more", { count: fitting.length - TAGS_SHOWN })}</p>}
      <label class="inline">
        <input type="checkbox" data-testid="family-tag" checked={isFamily} onChange={(event) => setIsFamily(event.currentTarget.checked)} />
        {say("desk.family")}
      </label>
      <label>
        {say("desk.known_card")}
        <input value={known} autoComplete="off" spellcheck={false} onInput={(event) => setKnown(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary" data-testid="bind" disabled={picked === null}>
        {picked === null ? say("desk.bind_none") : say("desk.bind", { label: picked })}
      </button>
    </form>
  );
}

function Card({ card }: { card: IssuedCard }) {
  return (
    <article class="printed-card stack tight" aria-label={say("desk.card", { label: card.tag_label })}>
      <h3>{say("desk.card", { label: card.tag_label })}</h3>
      <div class="printed-row">
        <img src={card.card_qr_png} alt={say("desk.qr")} width="180" height="180" />
        <div class="stack tight">
          <p>{say("desk.card_words")}</p>
          <p class="code card-url" data-testid="card-url">
            {card.card_url}
          </p>
        </div>
      </div>
      <p class="pin-line">
        {say("desk.tear_off")} {say("shopper.pin")}{" "}
        <strong class="code" data-testid="pin-value">
          {card.pin ?? say("desk.pin_stays")}
        </strong>
      </p>
    </article>
  );
}

/** Three big steps: hand out, switch on together, print. */
export function Desk() {
  useEffect(() => {
    void fetchTags();
    return () => (issued.value = null); // the card is shown once, to whoever is at the desk now
  }, []);
  const card = issued.value;
  const step = (order: number) => ({ class: `card stack step ${(card ? order > 1 : order === 1) ? "is-now" : "is-later"}` });
  return (
    <main class="page stack">
      <div class="row spread">
        <h1>{say("people.desk")}</h1>
        {tags.value && (
          <span class="quiet figures">{say("desk.count", { free: tags.value.free.length, bound: tags.value.bound_count })}</span>
        )}
      </div>
      <Trouble words={trouble.value} />
      <ol class="steps">
        <li {...step(1)}>
          <h2 data-step="1">{say("desk.hand_out")}</h2>
          {card ? <p>{say("desk.handed_out", { label: card.tag_label })}</p> : <HandOut />}
        </li>
        <li {...step(2)}>
          <h2 data-step="2">{say("desk.switch_on")}</h2>
          <p>{say("desk.switch_on_detail")}</p>
          {card && <Card card={card} />}
        </li>
        <li {...step(3)}>
          <h2 data-step="3">{say("desk.print")}</h2>
          <p>{say("desk.card_once")}</p>
          {card && (
            <div class="row">
              <button type="button" class="primary" data-testid="print" onClick={() => print()}>
                <Icon of={Printer} />
                {say("desk.print_button")}
              </button>
              <button type="button" data-testid="card-done" onClick={() => (issued.value = null)}>
                {say("desk.card_done")}
              </button>
            </div>
          )}
        </li>
      </ol>
      <div class="two">
        <TakeBack onDone={() => void fetchTags()} />
        <WhoseTag />
      </div>
    </main>
  );
}
