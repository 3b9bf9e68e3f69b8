import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Log, silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { CAMERA } from "../catalog/catalog.contract.ts";
import { freshSqlite } from "../catalog/fresh-sqlite.contract.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { describeCamera, writeCameraDescription } from "../footage/camera-description.ts";
import { keepFootageApart } from "./keep-footage-apart.ts";

it("new cameras of an empty catalog do not get the folders of old ones; what is there, and whose it is, is told", async () => {
  const folder = testFolder();
  const recordings = join(folder, "recordings");
  const { url: databaseUrl } = freshSqlite(folder);
  const catalog = await openCatalog({ databaseUrl, clock: new SimulatedClock(0), log: silentLog });
  const told: [string, unknown][] = [];
  const log: Log = {
    ...silentLog,
    warn: (_, fields) => told.push(["warn", fields?.folders]),
    error: (_, fields) => told.push(["error", fields?.footage]),
  };
  const look = () => keepFootageApart({ catalog, recordings, log });
  try {
    await look();
    const own = await catalog.tenant(1).cameras.create(CAMERA);
    for (const name of [`${own.id}`, "9", "12", "holiday"]) await mkdir(join(recordings, name), { recursive: true });
    await writeFile(join(recordings, "12", "2026-04-09_14-30-00.mp4"), "");
    await writeCameraDescription(join(recordings, `${own.id}`), describeCamera(own));
    await look();
    expect(told.splice(0)).toEqual([["warn", [9, 12]]]);
    expect((await catalog.tenant(1).cameras.create(CAMERA)).id).toBe(13);
    expect(await catalog.tenant(1).cameras.get(12)).toBeUndefined();

    const other = { ...own, uuid: "0e4e28ba-2fa1-11d2-883f-0016d3cca427", name: "Stable" };
    await writeCameraDescription(join(recordings, `${own.id}`), describeCamera(other));
    await look();
    expect(told).toContainEqual(["error", "Stable"]);
    expect((await catalog.tenant(1).cameras.create(CAMERA)).id).toBe(14);
  } finally {
    await catalog.close();
  }
});
