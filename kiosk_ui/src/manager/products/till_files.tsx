import { FileUp, TriangleAlert } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { Trouble, troubleWords } from "../../parts/trouble.tsx";
import type { ImportedRows } from "../../wire.gen.ts";
import { say } from "../../words.ts";
import { MAX_IMPORT_BYTES, sendRows } from "./assortment_requests.ts";

type Kind = ImportedRows["kind"];

function Refused({ rows }: { rows: ImportedRows }) {
  if (rows.refused === 0) return null;
  return (
    <div class="stack tight">
      <p class="status">
        <Icon of={TriangleAlert} />
        {say("products.rows_refused", { count: rows.refused })}
      </p>
      <div class="scrolling refused-rows" tabIndex={0} role="group" aria-label={say("products.refused_list")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say("products.line")}</th>
              <th scope="col">{say("products.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.refused_rows.map(({ line_number, reason }) => (
              <tr key={line_number}>
                <td class="figures">{line_number}</td>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.refused > rows.refused_rows.length && <p class="quiet">{say("products.more_refused", { count: rows.refused - rows.refused_rows.length })}</p>}
    </div>
  );
}

interface TillFileProps {
  readonly kind: Kind;
  onTaken(): void;
}

/** One kind of file: chosen, checked, and taken only when the manager has seen what is in it. */
function TillFile({ kind, onTaken }: TillFileProps) {
  const [file, setFile] = useState<File | null>(null);
  const [checked, setChecked] = useState<ImportedRows | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  async function send(chosen: File, isOnlyCheck: boolean): Promise<void> {
    setBusy(true);
    setTrouble(null);
    try {
      const rows = await sendRows(kind, chosen, isOnlyCheck);
      setChecked(rows);
      if (rows.is_taken) onTaken();
    } catch (error) {
      setTrouble(troubleWords(error));
      setChecked(null);
    } finally {
      setBusy(false);
    }
  }
  function choose(chosen: File | null): void {
    setFile(chosen);
    setChecked(null);
    setTrouble(null);
    if (!chosen) return;
    if (chosen.size > MAX_IMPORT_BYTES) setTrouble(say("products.file_too_large"));
    else if (chosen.size === 0) setTrouble(say("products.file_empty"));
    else void send(chosen, true);
  }
  function letGo(): void {
    choose(null);
    if (field.current) field.current.value = "";
    field.current?.focus();
  }

  return (
    <section class="card stack" data-testid={`import-${kind}`} aria-busy={isBusy}>
      <h2>{say(`products.import_${kind}`)}</h2>
      <p>{say(`products.import_${kind}_detail`)}</p>
      <p class="code">{kind === "catalogue" ? "sku,name,category,brand,gtin,price_minor,is_sensitive" : "sku,quantity"}</p>
      <label>
        {say("products.choose_file")}
        <input ref={field} type="file" accept=".csv,text/csv" data-testid={`file-${kind}`} disabled={isBusy} onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)} />
      </label>
      <Trouble words={trouble} />
      <p role="status" data-testid={`told-${kind}`}>
        {isBusy
          ? say("products.reading_file")
          : checked && say(checked.is_taken ? "products.rows_taken" : "products.rows_good", { count: checked.good, file: file?.name ?? "" })}
      </p>
      {checked && <Refused rows={checked} />}
      {checked && file && !checked.is_taken && (
        <div class="row">
          {checked.good > 0 && (
            <button type="button" class="primary" data-testid={`take-${kind}`} disabled={isBusy} onClick={() => void send(file, false)}>
              <Icon of={FileUp} />
              {say("products.take_rows", { count: checked.good })}
            </button>
          )}
          <button type="button" onClick={letGo}>
            {say("app.cancel")}
          </button>
        </div>
      )}
    </section>
  );
}

export function TillFiles({ onTaken }: { onTaken: () => void }) {
  return (
    <div class="two">
      <TillFile kind="catalogue" onTaken={onTaken} />
      <TillFile kind="stock" onTaken={onTaken} />
    </div>
  );
}
