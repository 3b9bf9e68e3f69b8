import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { removeForgottenLogs } from "./server-log.ts";

const folder = testFolder();

it("removes logs that nobody has written to for five weeks, and nothing else", async () => {
  const names = [
    "worker-1-3.log",
    "worker-1-3.log.2",
    "worker-1-3.output.log",
    "worker-1-4.log",
    "server.log",
    "notes.txt",
  ];
  for (const name of names) await writeFile(join(folder, name), "x\n");
  const longAgo = new Date(systemClock.nowMs() - 36 * 86_400_000);
  for (const name of names.filter((one) => one.includes("1-3") || one === "notes.txt"))
    await utimes(join(folder, name), longAgo, longAgo);
  await removeForgottenLogs(folder, systemClock);
  expect((await readdir(folder)).sort()).toEqual([
    "notes.txt",
    "server.log",
    "worker-1-3.output.log",
    "worker-1-4.log",
  ]);
  expect((await stat(join(folder, "worker-1-3.output.log"))).size).toBe(0);
});
