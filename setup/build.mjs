import { runTool, step } from "./program.mjs";
import { digestOfTimes, unlessUpToDate } from "./stamp.mjs";

const SHARED = ["tsconfig.base.json", ".setup/packages.stamp", "api/src", "api/package.json", "api/tsconfig.json"];

/** Compiles `api` and `server` into their `dist` folders, and bundles the program out of them, when something changed. @param {typeof step} [doStep] */
export async function ensureServerBuilt(doStep = step) {
  await unlessUpToDate({
    stamp: "server.stamp",
    inputs: () =>
      digestOfTimes([...SHARED, "server/src", "server/package.json", "server/tsconfig.json", "server/vite.config.ts"]),
    results: ["api/dist/routes.js", "server/dist/bundle/main.js"],
    // The compiler believes its own notes about what it wrote, also when the files are gone; hence --force.
    make: async (fromScratch) => {
      await doStep("Compiling the server", () =>
        runTool("tsc", ["-b", "api", "server", ...(fromScratch ? ["--force"] : [])]),
      );
      const config = ["--config", "server/vite.config.ts", "--logLevel", "warn"];
      await doStep("Bundling the server", () => runTool("vite", ["build", "server", ...config]));
    },
  });
}

/** Builds the web pages into `web/dist` when something changed. */
export async function ensureWebBuilt() {
  await unlessUpToDate({
    stamp: "web.stamp",
    inputs: () =>
      digestOfTimes([
        ...SHARED,
        "web/src",
        "web/public",
        "web/index.html",
        "web/package.json",
        "web/vite.config.ts",
        "web/tsconfig.json",
      ]),
    results: ["web/dist/index.html"],
    make: () => step("Building the web pages", () => runTool("vite", ["build", "web", "--logLevel", "warn"])),
  });
}
