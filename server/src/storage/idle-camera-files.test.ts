import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { CAMERA, NOW_MS } from "../catalog/catalog.contract.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { freshSqlite } from "../catalog/fresh-sqlite.contract.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { IdleCameraFiles } from "./idle-camera-files.ts";
import { readCameraDescription } from "./read-camera-description.ts";

const recordings = testFolder();
let catalog: Catalog;

beforeAll(async () => {
  const { url: databaseUrl } = freshSqlite(testFolder());
  catalog = await openCatalog({ databaseUrl, clock: new SimulatedClock(NOW_MS), log: silentLog });
});
afterAll(() => catalog.close());

it("a camera without a worker is described beside its footage as it is now, also once it was removed", async () => {
  const { cameras } = catalog.tenant(1);
  const [camera, busy, empty] = [
    await cameras.create(CAMERA),
    await cameras.create(CAMERA),
    await cameras.create(CAMERA),
  ];
  const folderOf = ({ id }: { readonly id: number }) => join(recordings, String(id));
  for (const one of [camera, busy]) await mkdir(folderOf(one));
  const files = new IdleCameraFiles({ catalog, places: { recordings }, orders: { volume: null } });
  const update = () => files.update(new Map([[busy.id, busy]]));
  await update();
  expect(await readCameraDescription(folderOf(camera))).toMatchObject({ uuid: camera.uuid, name: "Door" });
  await cameras.update(camera.id, () => ({ name: "Gate" }));
  await update();
  expect(await readCameraDescription(folderOf(camera))).toMatchObject({ name: "Gate" });
  await cameras.remove(camera.id);
  await update();
  expect(await readCameraDescription(folderOf(camera))).toMatchObject({ removed_at: new Date(NOW_MS).toISOString() });
  // A worker describes its own, and where nothing was recorded there is nothing to describe.
  expect(await readdir(folderOf(busy))).toEqual([]);
  expect(await readdir(recordings)).not.toContain(String(empty.id));
});

it("nothing is written where another volume is mounted", async () => {
  const { cameras } = catalog.tenant(1);
  const camera = await cameras.create(CAMERA);
  const folder = join(recordings, String(camera.id));
  await mkdir(folder);
  const volume = { path: recordings, id: "a-volume" };
  await writeFile(join(recordings, ".nightjar-volume"), JSON.stringify({ volume: "another" }));
  await new IdleCameraFiles({ catalog, places: { recordings }, orders: { volume } }).update(new Map());
  expect(await readdir(folder)).toEqual([]);
});
