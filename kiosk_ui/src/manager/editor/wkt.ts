/** The shapes of a well-known text, as the server shows its evidence: areas, lines and points, whatever they are gathered in. Pure. */
import type { Point } from "./shapes.ts";

export interface WktShape {
  readonly rings?: readonly (readonly Point[])[];
  readonly line?: readonly Point[];
  readonly point?: Point;
}

type Nested = (Nested | Point)[];

/** "((0 0, 1 0, 1 1, 0 0))" as lists in lists. */
function nested(text: string): Nested {
  const stack: Nested[] = [[]];
  for (const [token] of text.matchAll(/[()]|[^(),]+/g)) {
    if (token === "(") stack.push([]);
    else if (token === ")") {
      if (stack.length < 2) break; // the end of what gathers them
      const closed = stack.pop() as Nested;
      stack.at(-1)?.push(closed);
    } else {
      const [x, y] = token.trim().split(/\s+/).map(Number);
      if (x !== undefined && y !== undefined && Number.isFinite(x) && Number.isFinite(y)) stack.at(-1)?.push([x, y]);
    }
  }
  return stack[0] ?? [];
}

/** Text that is none gives nothing. */
export function shapesOfWkt(wkt: string): WktShape[] {
  const shapes: WktShape[] = [];
  const plain = wkt.toUpperCase().replaceAll(" Z", "");
  for (const [, kind, text] of plain.matchAll(/(MULTIPOLYGON|MULTILINESTRING|MULTIPOINT|POLYGON|LINESTRING|POINT)\s*(\([^A-DF-Z]*\))/g)) {
    const parts = nested(text as string)[0] as Nested | undefined;
    if (!parts) continue;
    if (kind === "POLYGON") shapes.push({ rings: parts as Point[][] });
    else if (kind === "MULTIPOLYGON") shapes.push(...(parts as Point[][][]).map((rings) => ({ rings })));
    else if (kind === "LINESTRING") shapes.push({ line: parts as Point[] });
    else if (kind === "MULTILINESTRING") shapes.push(...(parts as Point[][]).map((line) => ({ line })));
    else shapes.push(...parts.map((part) => ({ point: (Array.isArray(part[0]) ? part[0] : part) as Point })));
  }
  return shapes;
}
