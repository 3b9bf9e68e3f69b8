import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "./lock.mjs";
import { runProgram } from "./program.mjs";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process that takes the lock, starts `program`, says so, and goes on while that runs. @param {string[]} program */
async function holder(program) {
  const script = `
    const { withLock } = await import(${JSON.stringify(new URL("./lock.mjs", import.meta.url).href)});
    const { runProgram } = await import(${JSON.stringify(new URL("./program.mjs", import.meta.url).href)});
    await withLock(async () => {
      const running = runProgram(${JSON.stringify(program[0])}, ${JSON.stringify(program.slice(1))});
      console.log("holding");
      await running;
    }, ${JSON.stringify(folder)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

it("lets one at a time work in a folder", async () => {
  const seen = join(folder, "seen");
  const first = await holder([process.execPath, "-e", `require("fs").writeFileSync(${JSON.stringify(seen)}, "done")`]);
  expect(await withLock(async () => existsSync(seen), folder)).toBe(true);
  if (first.exitCode === null) await once(first, "exit");
  expect(existsSync(join(folder, "lock"))).toBe(false);
});

it("is free again after a holder was killed", async () => {
  const first = await holder([process.execPath, "-e", "process.stdin.resume()"]);
  first.kill("SIGKILL");
  await once(first, "exit");
  expect(await withLock(async () => "free", folder)).toBe("free");
});

it("stays taken while a program of a killed holder still runs", async () => {
  const gate = join(folder, "gate");
  const seen = join(folder, "seen");
  const program = `const fs = require("fs"); const look = setInterval(() => {
    if (!fs.existsSync(${JSON.stringify(gate)})) return;
    fs.writeFileSync(${JSON.stringify(seen)}, "done");
    clearInterval(look);
  }, 10);`;
  const first = await holder([process.execPath, "-e", program]);
  await expect
    .poll(async () => (await readFile(join(folder, "lock"), "utf8")).trim().split("\n").length, { timeout: 60_000 })
    .toBe(2);
  first.kill("SIGKILL");
  await once(first, "exit");
  const second = withLock(async () => existsSync(seen), folder);
  await writeFile(gate, "");
  expect(await second).toBe(true);
});

it("is not held by a later process with the id of an ended one", async () => {
  await writeFile(join(folder, "lock"), `${process.pid} 1\n`);
  expect(await withLock(async () => "free", folder)).toBe("free");
});

it("is given back when the work fails", async () => {
  const work = withLock(() => Promise.reject(new Error("no")), folder);
  await expect(work).rejects.toThrow("no");
  expect(existsSync(join(folder, "lock"))).toBe(false);
});

it("tells a program that does not exist from one that fails", async () => {
  expect(await runProgram("/nonexistent/program", [])).toMatchObject({ code: 127 });
  expect(await runProgram(process.execPath, ["-e", "console.error('why'); process.exit(3)"])).toEqual({
    code: 3,
    output: "why\n",
  });
});
