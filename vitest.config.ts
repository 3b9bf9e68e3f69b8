import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const api = fileURLToPath(new URL("./api/src", import.meta.url));

export default defineConfig({
  // The contract from its sources: no test waits for, or is fooled by, a build.
  resolve: { alias: [{ find: /^@nightjar\/api\/(.+)$/, replacement: `${api}/$1.ts` }] },
  test: {
    include: ["{api,server,web}/src/**/*.test.{ts,tsx}", "{setup,deploy}/**/*.test.mjs"],
    // A bound against hanging, not a measure of speed.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests wait for real processes: more workers than a machine of two cores would get.
    maxWorkers: 3,
    isolate: false,
  },
});
