import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeEach, expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { identify } from "../base/process-identity.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { isSucceeded, readAfter, removeAfter, writeAfter, writeSuccessor } from "./hand-over.ts";

const folder = testFolder();
beforeEach(() => removeAfter(folder));

async function otherProcess() {
  const child = spawn("sleep", ["1000"]);
  const identity = await eventually(() => {
    const found = identify(child.pid ?? 0);
    if (found === null) throw new Error("It does not run yet.");
    return found;
  });
  const end = async () => {
    child.kill("SIGKILL");
    await once(child, "close");
  };
  return { identity, end };
}

it("a worker takes the place of a process only while that runs, and not of a later one with its number", async () => {
  expect(await readAfter(folder)).toBeNull();
  const { identity, end } = await otherProcess();
  await writeAfter(folder, identity);
  expect(await readAfter(folder)).toEqual(identity);
  await writeAfter(folder, { ...identity, start: "another start" });
  expect(await readAfter(folder)).toBeNull();
  await writeAfter(folder, identity);
  await end();
  expect(await readAfter(folder)).toBeNull();
});

it("a worker that is started again finds that another has taken its place, while that runs", async () => {
  const { identity, end } = await otherProcess();
  await writeSuccessor(folder, { ...identity, state: "ready" });
  expect(await isSucceeded(folder)).toBe(true);
  await writeSuccessor(folder, { ...identity, start: "another start", state: "ready" });
  expect(await isSucceeded(folder)).toBe(false);
  // An earlier version has not written when it began: its number alone tells nothing.
  await writeSuccessor(folder, { pid: identity.pid, state: "ready" });
  expect(await isSucceeded(folder)).toBe(false);
  await writeSuccessor(folder, { ...identity, state: "ready" });
  await end();
  expect(await isSucceeded(folder)).toBe(false);
});

it("a worker is not succeeded by itself", async () => {
  const own = identify(process.pid);
  if (own === null) throw new Error("This process does not run.");
  await writeSuccessor(folder, { ...own, state: "ready" });
  expect(await isSucceeded(folder)).toBe(false);
  await writeAfter(folder, own);
  expect(await readAfter(folder)).toBeNull();
});
