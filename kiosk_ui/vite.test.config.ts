import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

/** Bundles the tests of view logic for plain `node --test`: Node 20 reads no TypeScript of its own. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: "build/test",
    emptyOutDir: true,
    rolldownOptions: { input: readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`) },
  },
});
