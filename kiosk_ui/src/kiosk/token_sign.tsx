import type { Token } from "../wire.gen.ts";
import { say } from "../words.ts";

/** Okabe-Ito: told apart by people with any colour vision; the shape and the digits say the same. */
const COLOURS: Record<Token["colour"], string> = {
  orange: "#e69f00",
  sky: "#56b4e9",
  green: "#009e73",
  yellow: "#f0e442",
  blue: "#0072b2",
  vermilion: "#d55e00",
  purple: "#cc79a7",
};

const SHAPES: Record<Token["shape"], string> = {
  circle: "M50 6a44 44 0 1 1 0 88a44 44 0 1 1 0-88z",
  square: "M12 12h76v76h-76z",
  triangle: "M50 8L94 88H6z",
  star: "M50 5l13.6 30.3 33 3.6-24.6 22.3 6.9 32.5L50 77.1 21.1 93.7 28 61.2 3.4 38.9l33-3.6z",
  diamond: "M50 4l42 46-42 46L8 50z",
  hexagon: "M50 5l39 22.5v45L50 95 11 72.5v-45z",
};

export function TokenSign({ token }: { token: Token }) {
  return (
    <svg class="token-sign" viewBox="0 0 100 100" aria-hidden="true" focusable="false">
      <path d={SHAPES[token.shape]} fill={COLOURS[token.colour]} class="token-shape" />
    </svg>
  );
}

export function sayToken(token: Token): string {
  return say("kiosk.token_spoken", {
    colour: say(`colour.${token.colour}`),
    shape: say(`shape.${token.shape}`),
    digits: token.digits,
  });
}
