import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../base/eventually.contract.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { runningWorkers } from "./running-workers.ts";

const folder = testFolder();

it("names the workers that run on a data folder, by whatever path it was given, and only while they run", async () => {
  const workers = join(folder, "workers");
  for (const name of ["workers/1-7", "other/1-8"]) await mkdir(join(folder, name), { recursive: true });
  await symlink(workers, join(folder, "link"));
  const idle = ["-e", "setInterval(() => {}, 1000)", "--", "worker", "--settings"];
  const settings = [join(folder, "link", "1-7", "settings.json"), join(folder, "other", "1-8", "settings.json")];
  const children = settings.map((path) => spawn(process.execPath, [...idle, path]));
  await eventually(async () => expect([...(await runningWorkers(workers))]).toEqual(["1-7"]));
  for (const child of children) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  expect((await runningWorkers(workers)).size).toBe(0);
  expect((await runningWorkers(join(folder, "nowhere"))).size).toBe(0);
});
