import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataPaths } from "../../../config/settings.ts";
import { MARKER_FILE } from "../../../footage/volume.ts";
import { StorageOrders } from "../../../storage/keeping/storage-orders.ts";
import { PlaceKeeper } from "../../../storage/places/place-keeper.ts";
import type { Installation } from "../../installation.contract.ts";
import { endOf, exportFolders, exportOf, instantAt, recordCamera, startExporting } from "./exporting.contract.ts";

let installation: Installation;
let body: object;
beforeAll(async () => {
  installation = await startExporting();
  const { cameraId } = await recordCamera(installation, [{ scene: { seconds: 3, sound: false }, atSeconds: 0 }]);
  body = { camera_ids: [cameraId], start: instantAt(0), end: instantAt(3) };
});
afterAll(() => installation.close());

/** The folder of the exports as it is while its disk is not mounted. */
async function unmounted<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const { folder } = installation.deps.exports;
  const disk = join(installation.folder, "the disk");
  await rename(folder, disk);
  await mkdir(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
    await rename(disk, folder);
  }
}

describe("while the disk of the exports is not mounted", () => {
  it("an export fails and says what to do, not one file is written, and it can be made when the disk is back", async () => {
    await exportOf(installation, body);
    const failed = await unmounted(async (folder) => {
      const made = await exportOf(installation, body);
      expect(await readdir(folder)).toEqual([]);
      const { volumes } = (await installation.call({ url: "/api/storage" })).json();
      expect(volumes).toMatchObject([{ name: "recordings" }, { name: "exports", path: folder, state: "missing" }]);
      return made;
    });
    expect(failed).toMatchObject({
      status: "failed",
      error: expect.stringContaining(MARKER_FILE),
      error_code: "folder_missing",
    });
    expect(failed.error).toContain("Mount it");
    expect(failed.error).toContain("try this export again");
    const url = `/api/recordings/export/${failed.export_id}/retry`;
    expect((await installation.call({ method: "POST", url })).statusCode).toBe(200);
    expect(await endOf(installation, failed.export_id)).toMatchObject({ status: "ready" });
  });

  it("none is removed, neither by a person nor because its time is over, and all are when the disk is back", async () => {
    const { export_id: id } = await exportOf(installation, body);
    const url = `/api/recordings/export/${id}`;
    await unmounted(async () => {
      const refused = await installation.call({ method: "DELETE", url });
      expect(refused.statusCode).toBe(503);
      expect(refused.json().error.message).toContain(MARKER_FILE);
      installation.clock.advance(2 * 86_400_000);
      await installation.call({ method: "PATCH", url: "/api/settings/export", payload: { keep_days: 1 } });
      await installation.deps.exports.queue.start();
      expect((await installation.call({ url })).statusCode).toBe(200);
    });
    expect(await exportFolders(installation)).toContain(id);
    await installation.deps.exports.queue.start();
    expect((await installation.call({ url })).statusCode).toBe(404);
    expect(await exportFolders(installation)).toEqual([]);
  });

  it("nor is the place below it taken for the right one by a server that does not know the disk yet", async () => {
    const { catalog } = installation.deps;
    await exportOf(installation, body);
    const stored = await catalog.places.get();
    const { exports: _, ...volumes } = stored.volumes;
    await catalog.places.set({ ...stored, volumes });
    const paths = dataPaths(installation.folder);
    const places = new PlaceKeeper({ catalog, paths, orders: new StorageOrders(null, paths) });
    await unmounted(async (folder) => {
      await expect(places.requireExports()).rejects.toThrow("Is its disk mounted?");
      expect(await readdir(folder)).toEqual([]);
    });
    await places.requireExports();
    expect((await catalog.places.get()).volumes).toEqual(stored.volumes);
  });
});
