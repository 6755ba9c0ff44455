import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Plugin, defineConfig } from "vite";

const WORKER = "kiosk-worker.js";

/**
 * Tells the kiosk's service worker which files the kiosk's page needs, and both of them the bundle's name.
 *
 * Not vite-plugin-pwa: it takes files by pattern, so it would keep every page's, and what the worker answers, when it takes over and
 * its watchdog would be ours to write all the same; its page half registers by a plain string, which Trusted Types refuse.
 */
function keptByKiosk(): Plugin {
  return {
    name: "kept-by-kiosk",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = bundle["kiosk.html"];
      const worker = bundle[WORKER];
      if (page?.type !== "asset" || worker?.type !== "asset") return this.error("the kiosk's page or worker was not built");
      const html = String(page.source);
      const styles = Object.values(bundle).map((each) => (each.type === "asset" && each.fileName.endsWith(".css") ? String(each.source) : ""));
      const named = (text: string): string[] => text.match(/\/assets\/[\w.-]+/g) ?? [];
      const chunks = new Set<string>();
      const follow = (name: string): void => {
        const chunk = bundle[name];
        if (chunk?.type !== "chunk" || chunks.has(name)) return;
        chunks.add(name);
        [...chunk.imports, ...chunk.dynamicImports].forEach(follow); // a language that is chosen without the server, too
      };
      const entry = Object.values(bundle).find((each) => each.type === "chunk" && each.facadeModuleId?.endsWith("/kiosk.html"));
      if (!entry) return this.error("the kiosk's page has no script");
      follow(entry.fileName);
      const files = [...new Set([...named(html), ...styles.flatMap(named), ...[...chunks].map((name) => `/${name}`)])].sort();
      const name = createHash("sha256").update(html).update(files.join()).digest("hex").slice(0, 10);
      page.source = html.replace("</head>", `  <meta name="bundle" content="${name}" />\n  </head>`);
      worker.source = String(worker.source).replaceAll("__KIOSK_BUNDLE__", JSON.stringify({ name, files }));
    },
  };
}

/** Below this the answer's own head weighs more than what is spared. */
const LEAST_BYTES = 1024;

/** Lays each file of /assets/ beside itself as gzip and brotli, so that the server sends them small without working at it. */
function compressed(): Plugin {
  return {
    name: "compressed",
    writeBundle({ dir = "" }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/^assets\/.*\.(js|css|svg)$/.test(name)) continue;
        const content = readFileSync(join(dir, name));
        if (content.length < LEAST_BYTES) continue;
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content));
      }
    },
  };
}

/** One page per audience; Flask serves each at its own path and everything else under /assets/. */
export default defineConfig({
  publicDir: false,
  plugins: [keptByKiosk(), compressed()],
  build: {
    outDir: "../store_server/web/static",
    emptyOutDir: true,
    modulePreload: { polyfill: false }, // every browser that runs these screens knows modulepreload
    rolldownOptions: { input: ["index.html", "kiosk.html", "shopper.html", "staff.html", "manager.html"] },
  },
  // The one worker there is; its address says up to which path it may stand before pages, so it has no hash in it.
  worker: { rolldownOptions: { output: { entryFileNames: WORKER } } },
});
