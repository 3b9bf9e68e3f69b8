import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { silentLog } from "../base/log.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { childEnvironment } from "../config/child-environment.ts";
import { SystemdBackend } from "./systemd-backend.ts";
import { itIsAWorkerBackend } from "./worker-backend.contract.ts";

// Changes the units of the machine: the end-to-end tests run this with vitest.systemd.config.ts on a machine that they boot for it.

const workersFolder = testFolder();
const UNIT = "/run/systemd/system/nightjar-worker@.service";

afterAll(() => {
  execFileSync("rm", ["-f", UNIT]);
  execFileSync("systemctl", ["daemon-reload"]);
});

function backend(): SystemdBackend {
  return new SystemdBackend({ environment: childEnvironment(), clock: systemClock, log: silentLog });
}

function install(program: string): SystemdBackend {
  const unit = `[Service]
Type=exec
ExecStart=${process.execPath} ${program} worker --state ${workersFolder}/%i
Restart=on-failure
RestartSec=500ms
KillMode=mixed
TimeoutStopSec=2
`;
  if (!existsSync(UNIT) || readFileSync(UNIT, "utf8") !== unit) {
    writeFileSync(UNIT, unit);
    execFileSync("systemctl", ["daemon-reload"]);
  }
  return backend();
}

describe("workers as units of systemd", () => {
  it("cannot be started where the unit is not installed, and the message says what installs it", async () => {
    await expect(backend().start("7-99", ["worker"])).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/nightjar-worker@7-99\.service is not installed.*deploy\/install\.mjs/),
    });
  });

  itIsAWorkerBackend({ make: install, workersFolder });

  it("are not started by a unit that is for other folders", async () => {
    await expect(install("/program.mjs").start("7-98", ["worker", "--state", "/elsewhere"])).rejects.toMatchObject({
      message: expect.stringContaining("other folders"),
    });
  });
});
