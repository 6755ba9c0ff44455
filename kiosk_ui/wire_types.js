/**
 * Makes src/wire.gen.ts, the only source of message types, from src/wire.schema.json; `--check` compares instead.
 *
 * json-schema-to-typescript knows tuples as draft-07 writes them, pydantic writes 2020-12; and a default beside a `$ref`
 * would make it a second type of the same shape. Both are mended here, for the types only.
 */
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const SCHEMA_FILE = new URL("./src/wire.schema.json", import.meta.url);
const TYPES_FILE = new URL("./src/wire.gen.ts", import.meta.url);

function asDraft07(node) {
  if (Array.isArray(node)) return node.map(asDraft07);
  if (node === null || typeof node !== "object") return node;
  const { prefixItems, default: _, ...rest } = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, asDraft07(value)]));
  return prefixItems === undefined ? rest : { ...rest, items: prefixItems, additionalItems: false };
}

const schema = asDraft07(JSON.parse(await readFile(SCHEMA_FILE, "utf8")));
const types = await compile(schema, "Wire", {
  additionalProperties: false,
  bannerComment: "/* Generated from wire.schema.json by `make wire`; never edited. */",
  ignoreMinAndMaxItems: true,
  style: { printWidth: 120 },
});

if (process.argv.includes("--check")) {
  if ((await readFile(TYPES_FILE, "utf8").catch(() => "")) !== types) {
    console.error("kiosk_ui/src/wire.gen.ts is out of date: run `make wire` and commit it");
    process.exitCode = 1;
  }
} else {
  await writeFile(TYPES_FILE, types);
}
