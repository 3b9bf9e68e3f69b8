import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

// For a machine of its own that systemd has started: e2e/tests/beside/systemd.spec.ts boots one and runs this there.
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["server/src/manager/systemd-backend.contract.ts"] },
});
