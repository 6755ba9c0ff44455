/**
 * Fields of the properties panel: each says its new value once, when it is left or confirmed. What it does not take stays as it was
 * typed, with the reason beside it, until it is mended or taken back (Escape): a value that springs back looks like one that was taken.
 */
import type { ComponentChildren, RefObject } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../../words.ts";
import "./fields.css";

/** Why a value was not taken, in words; null where it was. */
type Fault = string | null;

interface FieldProps<Value> {
  words: string;
  /** `undefined`: the selected shapes differ in it. */
  value: Value | undefined;
  name: string;
  isEditable: boolean;
  /** Says why, where the value cannot be set. */
  onSet: (value: Value) => Fault | void;
}

interface Typed {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly fault: Fault;
  readonly faultId: string;
  /** What was typed has been looked at: it stays where there is a fault. */
  look(fault: Fault | void): void;
  takeBack(): void;
}

/** A field that shows this whenever it changes, and stays the same field: whoever is in it stays in it. */
function useTyped(text: string): Typed {
  const input = useRef<HTMLInputElement>(null);
  const faultId = useId();
  const [fault, setFault] = useState<Fault>(null);
  const isFaulty = useRef(false);
  const look = (found: Fault | void): void => {
    isFaulty.current = Boolean(found);
    setFault(found || null);
  };
  useLayoutEffect(() => {
    if (input.current && !isFaulty.current) input.current.value = text;
  }, [text]);
  const takeBack = (): void => {
    if (input.current) input.current.value = text;
    look(null);
  };
  return { input, fault, faultId, look, takeBack };
}

/** What each of these inputs has in common. */
const attributesOf = ({ input, fault, faultId, takeBack }: Typed) => ({
  ref: input,
  "aria-invalid": fault !== null,
  ...(fault === null ? {} : { "aria-describedby": faultId }),
  onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Escape" || fault === null) return;
    event.preventDefault();
    event.stopPropagation();
    takeBack();
  },
});

function Field({ typed, name, words, children }: { typed: Typed; name: string; words: string; children: ComponentChildren }) {
  const { fault, faultId, input, takeBack } = typed;
  return (
    <div class="field">
      <label>
        {words}
        {children}
      </label>
      {fault !== null && (
        <p class="fault" role="alert" data-testid={`fault-${name}`}>
          <span id={faultId}>{fault}</span>
          <button
            type="button"
            class="plain"
            onClick={() => {
              takeBack();
              input.current?.focus();
            }}
          >
            {say("editor.take_back")}
          </button>
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends FieldProps<string | null> {
  suggestions?: readonly string[];
  isOptional?: boolean;
  /** A name that programs use, too: letters, digits and a few signs. */
  isIdentifier?: boolean;
}

const IDENTIFIER = /^[A-Za-z0-9_./:-]+$/;

export function TextField({ words, value, name, isEditable, onSet, suggestions = [], isOptional = false, isIdentifier = false }: TextFieldProps) {
  const list = useId();
  const typed = useTyped(value ?? "");
  const set = (text: string): Fault | void => {
    if (text === (value ?? "")) return null;
    if (text === "") return isOptional ? onSet(null) : say("editor.fault_empty");
    return isIdentifier && !IDENTIFIER.test(text) ? say("editor.fault_identifier") : onSet(text);
  };
  return (
    <Field typed={typed} name={name} words={words}>
      <input
        {...attributesOf(typed)}
        data-testid={`field-${name}`}
        maxLength={64}
        placeholder={value === undefined ? say("editor.various") : ""}
        disabled={!isEditable}
        list={suggestions.length > 0 ? list : ""}
        onChange={(event) => typed.look(set(event.currentTarget.value.trim()))}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((each) => (
            <option value={each} />
          ))}
        </datalist>
      )}
    </Field>
  );
}

interface NumberFieldProps extends FieldProps<number | null> {
  least?: number;
  most?: number;
  step?: number;
  isOptional?: boolean;
}

/** A thousandth is the finest that is set: a millimetre of a length, as the plan keeps them. */
const toThousandths = (value: number): number => Math.round(value * 1000) / 1000 + 0;
/** A middle may lie between two of them. */
const shownNumber = (value: number): string => String(Math.round(value * 10_000) / 10_000 + 0);

export function NumberField({ words, value, name, isEditable, onSet, least = -100_000, most = 100_000, step = 0.001, isOptional = false }: NumberFieldProps) {
  const typed = useTyped(value === null || value === undefined ? "" : shownNumber(value));
  const set = (field: HTMLInputElement): Fault | void => {
    const number = field.valueAsNumber;
    if (field.value === "" && field.validity.valid) {
      if (isOptional) return onSet(null);
      if (value === undefined) return null; // several shapes, none of them changed
    }
    const isWhole = step === 1;
    if (Number.isFinite(number) && number >= least && number <= most && (!isWhole || Number.isInteger(number))) return onSet(toThousandths(number));
    return say(isWhole ? "editor.fault_whole" : "editor.fault_number", { least, most });
  };
  return (
    <Field typed={typed} name={name} words={words}>
      <input
        {...attributesOf(typed)}
        type="number"
        data-testid={`field-${name}`}
        min={least}
        max={most}
        step={step}
        placeholder={value === undefined ? say("editor.various") : isOptional ? say("editor.unknown") : ""}
        disabled={!isEditable}
        onChange={(event) => typed.look(set(event.currentTarget))}
      />
    </Field>
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

/** As the contract bounds an instant. */
const YEARS = [2000, 2200] as const;

/** An instant, shown and typed in the time of this device. */
export function InstantField({ words, value, name, isEditable, onSet }: FieldProps<string | null>) {
  const local = value ? new Date(new Date(value).getTime() - new Date(value).getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : "";
  const typed = useTyped(local);
  const set = (field: HTMLInputElement): Fault | void => {
    const { value: text, validity } = field;
    if (text === local && validity.valid) return null;
    if (text === "" && validity.valid) return onSet(null);
    const instant = new Date(text);
    const year = instant.getUTCFullYear();
    return year >= YEARS[0] && year <= YEARS[1] ? onSet(instant.toISOString()) : say("editor.fault_instant");
  };
  return (
    <Field typed={typed} name={name} words={words}>
      <input
        {...attributesOf(typed)}
        type="datetime-local"
        data-testid={`field-${name}`}
        disabled={!isEditable}
        onChange={(event) => typed.look(set(event.currentTarget))}
      />
    </Field>
  );
}
