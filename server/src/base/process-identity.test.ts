import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { eventually } from "./eventually.contract.ts";
import { procStatField } from "./proc-stat.ts";
import { identify, isRunning, signalProcess } from "./process-identity.ts";

describe("a process", () => {
  it("is itself as long as it runs, and nothing when it has ended", async () => {
    const child = spawn("sleep", ["100"]);
    const identity = identify(child.pid ?? 0);
    if (identity === null) throw new Error("it runs");
    expect(isRunning(identity)).toBe(true);
    signalProcess(identity, "SIGTERM");
    expect(await once(child, "exit")).toEqual([null, "SIGTERM"]);
    expect(isRunning(identity)).toBe(false);
    expect(identify(identity.pid)).toBeNull();
  });

  it("gets no signal that is for an earlier one with its number", async () => {
    const child = spawn("sleep", ["100"]);
    const identity = identify(child.pid ?? 0);
    if (identity === null) throw new Error("it runs");
    for (const start of ["", "0", identity.start.replace(/\d+$/, "1")]) {
      expect(isRunning({ ...identity, start })).toBe(false);
      signalProcess({ ...identity, start }, "SIGKILL");
    }
    expect(isRunning(identity)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  it("that waits for its parent to notice its end has ended", async () => {
    // The shell becomes a program that never asks for its children; the child ends after that, since a shell might.
    const untilItHas = 'while [ "$(cat /proc/$$/comm)" != sleep ]; do sleep 0.01; done';
    const parent = spawn("sh", ["-c", `(${untilItHas}) & echo $!; exec sleep 100`]);
    const [text] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(text.toString());
    await eventually(() => expect(identify(pid)).toBeNull());
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill("SIGKILL");
    await once(parent, "exit");
  });

  it("is no group of processes", () => {
    for (const pid of [0, -1, -process.pid, 1.5, Number.NaN]) expect(identify(pid)).toBeNull();
  });
});

describe("the text of /proc/<pid>/stat", () => {
  it("is read behind the name, which may hold anything", () => {
    const field = procStatField("12 (a) S (b) ) R 1 2 3\n");
    expect([3, 4, 6, 7].map(field)).toEqual(["R", "1", "3", ""]);
  });
});
