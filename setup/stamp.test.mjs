import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { digestOfTimes, unlessUpToDate } from "./stamp.mjs";

let folder = "";
/** @type {boolean[]} */
let made = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-stamp-"));
  made = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** @param {{ inputs?: string, results?: string[], fails?: boolean }} [work] */
function work({ inputs = "1", results = ["package.json"], fails = false } = {}) {
  return unlessUpToDate({
    stamp: "x.stamp",
    inputs: async () => inputs,
    results,
    folder,
    make: async (fromScratch) => {
      made.push(fromScratch);
      if (fails) throw new Error("interrupted");
    },
  });
}

it("does the work once for the same inputs", async () => {
  await work();
  await work();
  expect(made).toEqual([true]);
});

it("does it again on what is there when the inputs changed", async () => {
  await work();
  await work({ inputs: "2" });
  expect(made).toEqual([true, false]);
});

it("does it again from scratch when a result is gone", async () => {
  await work();
  await work({ results: ["package.json", "not-there"] });
  expect(made).toEqual([true, true]);
});

it("does it again from scratch after an interruption, also when the inputs are those of an earlier success", async () => {
  await work();
  await expect(work({ inputs: "2", fails: true })).rejects.toThrow("interrupted");
  await work();
  expect(made).toEqual([true, false, true]);
});

it("tells a folder's files apart and leaves out what is missing", async () => {
  const digest = await digestOfTimes(["setup", "no-such-folder"]);
  expect(await digestOfTimes(["setup"])).toBe(digest);
  expect(await digestOfTimes(["setup/checks"])).not.toBe(digest);
});
