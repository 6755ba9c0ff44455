import { effect, signal } from "@preact/signals";
import { ListChecks, SlidersHorizontal } from "lucide";
import { LanguageRow, ThemeChoice } from "../parts/choices.tsx";
import { Icon } from "../parts/icon.tsx";
import { Loading, start } from "../parts/start.tsx";
import { Trouble, troubleWords } from "../parts/trouble.tsx";
import { takeFragment } from "../requests.ts";
import { language, say } from "../words.ts";
import { begin, closeCard, fetchNotice, overview, refresh, trouble } from "./card.ts";
import { Choices } from "./choices.tsx";
import { List } from "./list.tsx";
import { Scan } from "./scan.tsx";
import { refreshVisit, takeOver, visit } from "./visit.ts";
import { VisitedList } from "./visited_list.tsx";
import "./shopper.css";

const shown = signal<"choices" | "list">("choices");

function Opened() {
  const now = overview.value;
  if (now === null || now === "unknown") return null;
  return (
    <main class="page shopper-page stack">
      <h1>{say("shopper.title")}</h1>
      <p class="quiet">{now.beacon ? say("shopper.beacon", { label: now.beacon }) : say("shopper.no_beacon")}</p>
      <nav class="shopper-tabs" aria-label={say("shopper.title")}>
        <button type="button" data-testid="show-choices" aria-current={shown.value === "choices" ? "page" : undefined} onClick={() => (shown.value = "choices")}>
          <Icon of={SlidersHorizontal} />
          {say("shopper.choices")}
        </button>
        <button type="button" data-testid="show-list" aria-current={shown.value === "list" ? "page" : undefined} onClick={() => (shown.value = "list")}>
          <Icon of={ListChecks} />
          {say("shopper.list")}
        </button>
      </nav>
      <Trouble words={trouble.value} />
      {shown.value === "choices" ? <Choices overview={now} /> : <List />}
      <button
        type="button"
        onClick={() => void closeCard().catch((error: unknown) => (trouble.value = troubleWords(error)))}
      >
        {say("shopper.close")}
      </button>
    </main>
  );
}

function ShopperScreen() {
  return (
    <>
      <header class="bar">
        <LanguageRow />
        <ThemeChoice />
      </header>
      {visit.value !== null ? <VisitedList visit={visit.value} /> : overview.value === "unknown" ? <Loading /> : overview.value === null ? <Scan /> : <Opened />}
    </>
  );
}

const given = takeFragment();
start(ShopperScreen);
effect(() => {
  language.value; // what is read must be in the language that is shown
  void fetchNotice();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void (visit.value === null ? refresh() : refreshVisit());
});
const visit_secret = given.get("visit");
if (visit_secret) void takeOver(visit_secret);
else void begin(given.get("card"));
