import { defineConfig } from "vite";

/** One page per audience; Flask serves each at its own path and everything else under /assets/. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../store_server/web/static",
    emptyOutDir: true,
    modulePreload: { polyfill: false }, // every browser that runs these screens knows modulepreload
    rolldownOptions: { input: ["index.html", "kiosk.html", "shopper.html", "staff.html", "manager.html"] },
  },
});
