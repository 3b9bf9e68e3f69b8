import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { childEnvironment } from "../config/child-environment.ts";
import { readAfter } from "../ipc/hand-over.ts";
import { SystemdBackend } from "./systemd-backend.ts";
import { itIsAWorkerBackend, PROGRAM } from "./worker-backend.contract.ts";

// Changes the units of the machine: the end-to-end tests run this with vitest.systemd.config.ts on a machine that they boot for it.

const workersFolder = testFolder();
const UNIT = "/run/systemd/system/nightjar-worker@.service";
const SUCCESSOR = "/run/systemd/system/nightjar-successor@.service";

afterAll(() => {
  execFileSync("rm", ["-f", UNIT, SUCCESSOR]);
  execFileSync("systemctl", ["daemon-reload"]);
});

function backend(): SystemdBackend {
  return new SystemdBackend({ environment: childEnvironment(), workersFolder, clock: systemClock, log: silentLog });
}

function install(program: string, file = UNIT): SystemdBackend {
  const unit = `[Service]
Type=exec
ExecStart=${process.execPath} ${program} worker --state ${workersFolder}/%i
Restart=on-failure
RestartSec=500ms
KillMode=mixed
TimeoutStopSec=2
`;
  if (!existsSync(file) || readFileSync(file, "utf8") !== unit) {
    writeFileSync(file, unit);
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

  it("have a successor beside them, for the meantime, and that one another in the first place; each can be ended alone", async () => {
    const program = join(workersFolder, "program.mjs");
    const [name, folder] = ["7-97", join(workersFolder, "7-97")];
    const args = ["worker", "--state", folder];
    mkdirSync(folder, { recursive: true });
    writeFileSync(program, PROGRAM);
    writeFileSync(join(folder, "behaviour"), "records");
    const worker = await install(program).start(name, args);
    expect(await backend().startSuccessor(name, args, worker)).toBeNull();
    install(program, SUCCESSOR);
    const first = await backend().startSuccessor(name, args, worker);
    expect(first).toMatchObject({ interim: true });
    expect(await readAfter(folder)).toMatchObject({ pid: worker.pid });
    const second = await backend().startSuccessor(name, args, worker);
    expect([first?.gone(), second?.gone(), worker.gone()]).toEqual([true, false, false]);
    await backend().endSuccessors(name, worker.pid);
    expect([second?.gone(), worker.gone(), await readAfter(folder)]).toEqual([true, false, null]);

    const successor = await backend().startSuccessor(name, args, worker);
    await worker.end();
    const found = backend().found(name, successor?.pid ?? 0);
    expect([found.gone(), found.interim, worker.gone()]).toEqual([false, true, true]);
    expect((await backend().start(name, args)).pid).toBe(found.pid);
    const last = await backend().startSuccessor(name, args, found);
    expect(last).toMatchObject({ interim: false });
    await found.end();
    expect([found.gone(), last?.gone()]).toEqual([true, false]);
    expect(backend().found(name, last?.pid ?? 0)).toMatchObject({ interim: false });
    await last?.end();
  });

  it("are started in the first place when a successor has crashed there, and systemd does not start that one again beside them", async () => {
    const program = join(workersFolder, "program.mjs");
    const [name, folder] = ["7-96", join(workersFolder, "7-96")];
    const args = ["worker", "--state", folder];
    mkdirSync(folder, { recursive: true });
    writeFileSync(program, PROGRAM);
    writeFileSync(join(folder, "behaviour"), "records");
    install(program, SUCCESSOR);
    const worker = await install(program).start(name, args);
    const successor = await backend().startSuccessor(name, args, worker);
    await worker.end();
    process.kill(successor?.pid ?? 0, "SIGKILL");
    await eventually(() => expect(successor?.gone()).toBe(true));
    const started = await backend().start(name, args);
    expect(started).toMatchObject({ interim: false });
    // Longer than until systemd would start it again.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const unit = ["show", "--property=MainPID", "--value", `nightjar-successor@${name}.service`];
    expect(execFileSync("systemctl", unit, { encoding: "utf8" }).trim()).toBe("0");
    expect(started.gone()).toBe(false);
    await started.end();
  });

  it("are not started by a unit that is for other folders", async () => {
    await expect(install("/program.mjs").start("7-98", ["worker", "--state", "/elsewhere"])).rejects.toMatchObject({
      message: expect.stringContaining("other folders"),
    });
  });
});
