import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { CAMERA as INPUT } from "../catalog/catalog.contract.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { describeCamera, writeCameraDescription } from "../footage/camera-description.ts";
import { reindex } from "../storage/reindex/reindex.ts";
import {
  answersOf,
  CAMERA,
  copyOf,
  openStopped,
  ownedCamera,
  recordCamera,
  type Stopped,
} from "./recorded-camera.contract.ts";

const root = testFolder();
const recorded = join(root, "recorded");
let before: string;
let count = 0;

beforeAll(async () => {
  await recordCamera(recorded);
  const installation = await openStopped(recorded);
  before = await answersOf(installation);
  await installation.catalog.close();
});

/** The recorded camera's files, changed by `prepare`, and an empty catalog. */
async function withoutCatalog<T>(
  work: (installation: Stopped) => Promise<T>,
  prepare: (installation: Stopped) => Promise<unknown> = async () => {},
): Promise<T> {
  const folder = join(root, `${++count}`);
  const whole = await copyOf(recorded, folder);
  await whole.catalog.close();
  await prepare(whole);
  for (const end of ["", "-wal", "-shm", ".lock"]) await rm(join(folder, `catalog.sqlite${end}`), { force: true });
  const installation = await openStopped(folder);
  try {
    return await work(installation);
  } finally {
    await installation.catalog.close();
  }
}

const describes = (camera: Partial<typeof CAMERA>) => (installation: Stopped) =>
  writeCameraDescription(installation.at(), describeCamera({ ...CAMERA, ...camera }));

describe("nightjar reindex", () => {
  it("makes segments, days and timeline answer as before, byte for byte, causes included", () =>
    withoutCatalog(async (one) => {
      const report = await reindex(one.options);
      expect(report.restored).toEqual([CAMERA]);
      expect(report.check.findings.filter((finding) => finding.state === "open")).toEqual([]);
      expect(await answersOf(one)).toBe(before);
      for (const cause of ["camera_offline", "mode_disabled", "stopped"]) expect(before).toContain(cause);
    }));

  it("can be run again, and then changes nothing", () =>
    withoutCatalog(async (one) => {
      await reindex(one.options);
      const again = await reindex(one.options);
      expect(again.restored).toEqual([]);
      expect(again.check.findings.filter((finding) => finding.state !== "note")).toEqual([]);
      expect(again.withoutAddress.map((camera) => camera.id)).toEqual([CAMERA.id]);
      expect(await answersOf(one)).toBe(before);
    }));

  it("can be run again after a crash at any of its steps", async () => {
    const steps = ["tenant", "camera", "footage"] as const;
    for (const crash of steps) {
      await withoutCatalog(async (one) => {
        const restore: Catalog["restore"] = {
          ...one.catalog.restore,
          [crash]: () => Promise.reject(new Error("crash")),
        };
        const catalog: Catalog = { ...one.catalog, restore };
        await expect(reindex({ ...one.options, catalog })).rejects.toThrow("crash");
        await reindex(one.options);
        expect(await answersOf(one)).toBe(before);
      });
    }
  });

  it("brings cameras back switched off, without an address, and says so", () =>
    withoutCatalog(async (one) => {
      const { withoutAddress } = await reindex(one.options);
      expect(withoutAddress.map(({ id, enabled }) => ({ id, enabled }))).toEqual([{ id: CAMERA.id, enabled: false }]);
      expect(await one.catalog.acrossTenants.enabledCameras()).toEqual([]);
    }));

  it("does not give the id of a camera that came back to a new one", () =>
    withoutCatalog(async (one) => {
      await reindex(one.options);
      expect((await one.catalog.tenant(1).cameras.create(INPUT)).id).toBeGreaterThan(CAMERA.id);
    }));

  it("brings back a camera of another tenant as that tenant's alone", () =>
    withoutCatalog(
      async (one) => {
        await reindex(one.options);
        expect(await one.catalog.tenant(1).cameras.get(CAMERA.id)).toBeUndefined();
        expect(await one.catalog.tenant(5).cameras.get(CAMERA.id)).toMatchObject({ tenantId: 5, name: "Gate" });
      },
      describes({ tenantId: 5 }),
    ));

  it("brings back a camera that was removed as a removed one, its footage with it", () =>
    withoutCatalog(
      async (one) => {
        const deletedAtMs = CAMERA.createdAtMs + 500_000;
        const { withoutAddress } = await reindex(one.options);
        expect(await one.catalog.tenant(1).cameras.get(CAMERA.id)).toBeUndefined();
        expect(await ownedCamera(one.catalog)).toMatchObject({ deletedAtMs });
        expect(withoutAddress).toEqual([]);
        expect(await answersOf(one)).toBe(before);
      },
      describes({ deletedAtMs: CAMERA.createdAtMs + 500_000 }),
    ));

  it("reads from the footage whose it is where camera.json is lost", () =>
    withoutCatalog(
      async (one) => {
        await reindex(one.options);
        const camera = await ownedCamera(one.catalog);
        const { id, uuid, createdAtMs } = CAMERA;
        expect(camera).toMatchObject({ id, uuid, createdAtMs, name: "Camera 7", timeZone: "UTC" });
        expect(JSON.parse(await readFile(one.at("camera.json"), "utf8"))).toEqual(describeCamera(camera));
      },
      ({ at }) => rm(at("camera.json")),
    ));

  it("leaves alone what is of no camera, or of another one than its folder says", () =>
    withoutCatalog(
      async (one) => {
        const { restored, check } = await reindex(one.options);
        expect(restored.map((camera) => camera.id)).toEqual([CAMERA.id]);
        const told = check.findings.filter((finding) => finding.state !== "mended");
        expect(told.map(({ kind, path }) => [kind, path.slice(one.options.recordings.length + 1)])).toEqual(
          expect.arrayContaining([
            ["unknown_camera", "8"],
            ["foreign_file", "12"],
            ["foreign_file", "holiday"],
          ]),
        );
      },
      async ({ at, options }) => {
        await cp(at(), join(options.recordings, "8"), { recursive: true });
        await writeFile(join(options.recordings, "12"), "");
        await writeFile(join(options.recordings, "holiday"), "");
      },
    ));

  it("takes footage in beside cameras that the catalog knows, and leaves these as they are", () =>
    withoutCatalog(async (one) => {
      const own = await one.catalog.tenant(1).cameras.create(INPUT);
      await reindex(one.options);
      expect(await one.catalog.tenant(1).cameras.get(own.id)).toEqual(own);
      expect(await answersOf(one)).toBe(before);
    }));
});
