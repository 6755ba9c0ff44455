/** Fields of the properties panel: each says its new value once, when it is left or confirmed. */
import type { RefObject } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../../words.ts";

interface FieldProps<Value> {
  words: string;
  /** `undefined`: the selected shapes differ in it. */
  value: Value | undefined;
  name: string;
  isEditable: boolean;
  onSet: (value: Value) => void;
}

/** A field that shows this whenever it changes, and stays the same field: whoever is in it stays in it. */
function useShown(text: string): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (field.current) field.current.value = text;
  }, [text]);
  return field;
}

export function TextField({ words, value, name, isEditable, onSet, suggestions = [], isOptional = false }: FieldProps<string | null> & { suggestions?: readonly string[]; isOptional?: boolean }) {
  const list = useId();
  const field = useShown(value ?? "");
  return (
    <label>
      {words}
      <input
        ref={field}
        data-testid={`field-${name}`}
        maxLength={64}
        placeholder={value === undefined ? say("editor.various") : ""}
        disabled={!isEditable}
        list={suggestions.length > 0 ? list : ""}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          if (text !== "") onSet(text);
          else if (isOptional && value !== null) onSet(null);
          else event.currentTarget.value = value ?? "";
        }}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((each) => (
            <option value={each} />
          ))}
        </datalist>
      )}
    </label>
  );
}

interface NumberFieldProps extends FieldProps<number | null> {
  least?: number;
  most?: number;
  step?: number;
  isOptional?: boolean;
}

export function NumberField({ words, value, name, isEditable, onSet, least = -100_000, most = 100_000, step = 0.001, isOptional = false }: NumberFieldProps) {
  const shown = value === null || value === undefined ? "" : String(value);
  const input = useShown(shown);
  return (
    <label>
      {words}
      <input
        ref={input}
        type="number"
        data-testid={`field-${name}`}
        min={least}
        max={most}
        step={step}
        placeholder={value === undefined ? say("editor.various") : isOptional ? say("editor.unknown") : ""}
        disabled={!isEditable}
        onChange={(event) => {
          const field = event.currentTarget;
          const number = field.valueAsNumber;
          if (Number.isFinite(number) && number >= least && number <= most) onSet(number);
          else if (field.value === "" && field.validity.valid && isOptional) onSet(null);
          else field.value = shown;
        }}
      />
    </label>
  );
}

export function CheckField({ words, value, name, isEditable, onSet }: FieldProps<boolean>) {
  return (
    <label class="inline">
      <input
        type="checkbox"
        data-testid={`field-${name}`}
        checked={value === true}
        indeterminate={value === undefined}
        disabled={!isEditable}
        onChange={(event) => onSet(event.currentTarget.checked)}
      />
      {words}
    </label>
  );
}

export interface Choice {
  readonly value: string;
  readonly words: string;
}

export function ChoiceField({ words, value, name, isEditable, onSet, choices }: FieldProps<string> & { choices: readonly Choice[] }) {
  const isKnown = choices.some((choice) => choice.value === value);
  return (
    <label>
      {words}
      <select data-testid={`field-${name}`} value={value ?? ""} disabled={!isEditable} onChange={(event) => onSet(event.currentTarget.value)}>
        {value === undefined && <option value="">{say("editor.various")}</option>}
        {value !== undefined && !isKnown && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option value={choice.value}>{choice.words}</option>
        ))}
      </select>
    </label>
  );
}

/** An instant, shown and typed in the time of this device. */
export function InstantField({ words, value, name, isEditable, onSet }: FieldProps<string | null>) {
  const local = value ? new Date(new Date(value).getTime() - new Date(value).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : "";
  const field = useShown(local);
  return (
    <label>
      {words}
      <input
        ref={field}
        type="datetime-local"
        data-testid={`field-${name}`}
        disabled={!isEditable}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onSet(text === "" ? null : new Date(text).toISOString());
        }}
      />
    </label>
  );
}
