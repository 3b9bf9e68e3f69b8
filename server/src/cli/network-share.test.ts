import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../base/clock.ts";
import { EventHub } from "../base/event-hub.ts";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { dataPaths } from "../config/settings.ts";
import { LedgerCopies } from "../storage/archive/ledger-copies.ts";
import { collect } from "../storage/archive/rclone-client.ts";
import type { ShareConnection } from "../storage/archive/share-connection.ts";
import { ShareKeeper } from "../storage/archive/share-keeper.ts";
import { mountSmall, type ShareServer, sambaServer } from "../storage/archive/share-servers.contract.ts";
import { AskedShare } from "../storage/check/asked-share.ts";
import { checkStorage } from "../storage/check/check-storage.ts";
import { FootageStorage } from "../storage/footage-storage.ts";
import type { StorageAlert } from "../storage/keeping/storage-alerts.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { PlaceKeeper } from "../storage/places/place-keeper.ts";
import { reindex } from "../storage/reindex/reindex.ts";
import { footageReader } from "./footage-reader.ts";
import { ALL, answersOf, CAMERA, copyOf, openStopped, ownedCamera, recordCamera } from "./recorded-camera.contract.ts";

const root = testFolder();
const recorded = join(root, "recorded");
let server: ShareServer;
let count = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  await recordCamera(recorded);
  const folder = join(root, "samba");
  await mkdir(folder);
  server = await sambaServer(folder);
  await server.start();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const BESIDE_SEGMENTS = ["camera.json", "ledger/2026-04-09.jsonl"];

/** The time of the footage goes on. */
function clockFrom(startMs: number): Clock {
  const sinceMs = systemClock.monotonicMs();
  return { ...systemClock, nowMs: () => startMs + systemClock.monotonicMs() - sinceMs };
}

/** A copy of the recorded camera, without a worker, whose footage goes to a folder of its own on the share. */
async function installation() {
  count += 1;
  const path = `night/jar-${count}`;
  const stopped = await copyOf(recorded, join(root, String(count)));
  const { catalog, folder, at } = stopped;
  const clock = clockFrom(stopped.options.clock.nowMs());
  const paths = dataPaths(folder);
  const log = silentLog;
  const orders = new StorageOrders(null, paths);
  const places = new PlaceKeeper({ catalog, paths, orders });
  await places.start();
  const secretBox = await openSecretBox(paths.keyFile);
  const share = new ShareKeeper({ catalog, secretBox, clock, log, rclone: "rclone", folder: paths.share });
  await share.start();
  const alerts: (readonly StorageAlert[])[] = [];
  const storage = await FootageStorage.open({
    ...{ catalog, clock, log, events: new EventHub(clock), paths, orders, places, share },
    workers: {
      hasWorker: () => false,
      deleteByWorker: async () => null,
      openSegments: () => [],
      bytesPerSecond: () => 0,
      recordingRulesChanged: async () => {},
    },
    spaceOf: async () => ({ sizeBytes: 1e12, freeBytes: 5e11 }),
    showAlerts: async (shown) => void alerts.push(shown),
  });
  const { type, password, ...connection } = server.connection as Extract<ShareConnection, { type: "nas" }>;
  const nas = { ...connection, path, password };
  const segments = async () => catalog.segments(await ownedCamera(catalog)).within(ALL);
  const onDisk = () => segmentsIn(at());
  const there = (...parts: string[]) => join(server.files, "../..", path, ...parts);
  const onShare = () => segmentsIn(there(String(CAMERA.id))).catch((): string[] => []);
  const settle = { storage: async (changes: object) => void (await set(catalog, changes)) };
  ends.push(async () => {
    await storage.close();
    await catalog.close();
  });
  const copied = () =>
    eventually(async () => {
      for (const path of BESIDE_SEGMENTS)
        expect(await readFile(there("7", path), "utf8")).toBe(await readFile(at(path), "utf8"));
    });
  const drained = () => eventually(async () => expect(await onDisk()).toEqual([]));
  return {
    ...stopped,
    ...{ paths, clock, share, storage, orders, alerts, nas, segments, onDisk, onShare, there, settle, drained, copied },
  };
}

async function segmentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".mp4")).sort();
}

async function set(catalog: Awaited<ReturnType<typeof openStopped>>["catalog"], storage: object): Promise<void> {
  await catalog.tenant(1).recordingDefaults.update((present) => ({ ...present, storage }));
}

async function hashes(folder: string): Promise<Record<string, string>> {
  const names = await segmentsIn(folder);
  const read = async (name: string) =>
    createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)])));
}

type Installation = Awaited<ReturnType<typeof installation>>;

/** What `nightjar check` finds and leaves, as kind and name of the file. */
async function found(one: Installation, how: { readonly deep?: boolean; readonly fix?: boolean } = {}) {
  const share = new AskedShare(() => one.share.requireVolume());
  const { findings } = await checkStorage({
    ...{ ...one.options, clock: one.clock, share },
    ...{ deep: false, fix: false, ...how },
  });
  const open = findings.filter(({ state }) => state === "open");
  return open.map(({ kind, path }) => `${kind} ${basename(path)}`).sort();
}

/** An installation all of whose footage lies on the share. */
async function moved(): Promise<Installation> {
  const one = await installation();
  await one.share.change({ type: "nas", nas: one.nas });
  one.storage.start();
  await one.drained();
  return one;
}

describe("footage goes to the network share", () => {
  it("whole and with the same hash; it plays from there by ranges, and the catalog can be made again", async () => {
    const one = await installation();
    const before = await hashes(one.at());
    const told = await answersOf(one);
    await one.share.change({ type: "nas", nas: one.nas });
    one.storage.start();
    await one.drained();
    expect(await hashes(one.there("7"))).toEqual(before);
    expect((await one.segments()).every(({ onShare }) => onShare)).toBe(true);
    expect((await answersOf(one)).replaceAll('"on_share": true', '"on_share": false')).toBe(told);
    expect(await found(one, { deep: true })).toEqual([]);

    const [first] = await one.segments();
    if (first === undefined) throw new Error("nothing was recorded");
    const reader = footageReader(one.paths, "ffmpeg", () => one.share.share);
    const index = await reader.readIndex(await ownedCamera(one.catalog), first);
    expect(index.fragments.length).toBeGreaterThan(10);
    const original = await readFile(join(recorded, "recordings/7", first.name));
    const { offsetBytes, sizeBytes } = index.fragments[3] ?? { offsetBytes: 0, sizeBytes: 0 };
    const source = reader.segment(await ownedCamera(one.catalog), first);
    if (typeof source === "string") throw new Error("it lies on the disk");
    const handle = await source.open();
    const part = await collect(handle.createReadStream({ start: offsetBytes, end: offsetBytes + sizeBytes - 1 }));
    expect(part.equals(original.subarray(offsetBytes, offsetBytes + sizeBytes))).toBe(true);
    expect(await source.sizeBytes()).toBe(first.sizeBytes);
    await source.bringTo(join(one.folder, "brought.mp4"));
    expect((await readFile(join(one.folder, "brought.mp4"))).equals(original)).toBe(true);

    const again = await openStopped(join(one.folder, "again"));
    await reindex({ ...again.options, recordings: one.paths.recordings, workers: one.paths.workers });
    expect(await again.catalog.segments(await ownedCamera(again.catalog)).within(ALL)).toEqual(await one.segments());
    await again.catalog.close();
  });

  it("though the share's server is killed in between: nothing is lost, and all of it is there when it is back", async () => {
    const one = await installation();
    const before = await hashes(one.at());
    await one.share.change({ type: "nas", nas: one.nas });
    one.storage.start();
    await eventually(async () => expect((await one.onShare()).length).toBeGreaterThan(1));
    await server.stop();
    const names = [...new Set([...(await one.onDisk()), ...(await one.onShare())])].sort();
    expect(names).toEqual(Object.keys(before));
    const view = await eventually(async () => {
      const seen = (await one.storage.view())?.share;
      expect(seen?.problem?.kind).toBe("refused");
      return seen;
    });
    expect(view?.waitingSegments).toBe((await one.onDisk()).length);
    for (const { name, onShare } of await one.segments()) {
      if (!onShare) expect(await one.onDisk()).toContain(name);
    }
    await server.start();
    await one.drained();
    expect(await hashes(one.there("7"))).toEqual(before);
    expect((await one.storage.view())?.share?.problem).toBeNull();
  });

  it("also where a move was cut short: what is torn there is written over, what is whole is only compared", async () => {
    const one = await installation();
    const before = await hashes(one.at());
    const [torn = "", whole = ""] = Object.keys(before);
    await mkdir(one.there("7"), { recursive: true });
    for (const name of [torn, whole]) await writeFile(one.there("7", name), await readFile(one.at(name)));
    await truncate(one.there("7", torn), 5000);
    await one.share.change({ type: "nas", nas: one.nas });
    one.storage.start();
    await one.drained();
    expect(await hashes(one.there("7"))).toEqual(before);
  });

  it("but never to a share that was put in its place, and nothing is deleted there", async () => {
    const one = await installation();
    await one.share.change({ type: "nas", nas: one.nas });
    const { names, rest } = { names: await one.onDisk(), rest: await one.onDisk() };
    for (const name of rest.slice(2)) await rename(one.at(name), join(one.folder, name));
    one.storage.start();
    await one.drained();
    const marker = await readFile(one.there(".nightjar-volume"), "utf8");
    for (const [other, kind] of [
      [JSON.stringify({ volume: "another" }), "foreign"],
      ["", "marker_missing"],
    ] as const) {
      await writeFile(one.there(".nightjar-volume"), other);
      for (const name of names.slice(2)) await rename(join(one.folder, name), one.at(name)).catch(() => {});
      one.storage.changed();
      await eventually(async () => expect((await one.storage.view())?.share?.problem?.kind).toBe(kind));
      expect(await one.onShare()).toEqual(names.slice(0, 2));
      const [camera] = await one.catalog.acrossTenants.everyCamera();
      if (camera === undefined) throw new Error("there is no camera");
      const command = { names: names.slice(0, 1), cause: "deleted_by_user", why: "test" } as const;
      await expect(one.storage.delete(camera, command)).rejects.toMatchObject({ code: "unavailable" });
      expect(await one.onShare()).toEqual(names.slice(0, 2));
    }
    await writeFile(one.there(".nightjar-volume"), marker);
    await one.drained();
    expect(await one.onShare()).toEqual(names);
  });
});

describe("footage on the share", () => {
  it("is deleted there by a person and by its retention, but what is locked stays", async () => {
    const one = await installation();
    await one.share.change({ type: "nas", nas: one.nas });
    one.storage.start();
    await one.drained();
    const [first, second, third, ...others] = await one.segments();
    const [camera] = await one.catalog.acrossTenants.everyCamera();
    if (first === undefined || second === undefined || third === undefined || camera === undefined) throw new Error();
    const span = { startMs: second.startMs, endMs: second.startMs + 1, expiresAtMs: null };
    await one.catalog.tenant(1).locks.create({ ...span, cameraIds: [7], reason: "evidence", createdBy: "ada" });
    const command = { names: [first.name, second.name], cause: "deleted_by_user", why: "a person" } as const;
    const answer = await one.storage.delete(camera, command);
    expect(answer.deleted.map(({ name }) => name)).toEqual([first.name]);
    expect(answer.refused).toEqual([{ name: second.name, reason: "locked" }]);
    expect(await one.onShare()).toEqual([second, third, ...others].map(({ name }) => name));
    const retention_days = (one.clock.nowMs() - third.endMs - 1) / 86_400_000;
    await one.catalog.tenant(1).recordingDefaults.update((present) => ({ ...present, recording: { retention_days } }));
    one.storage.retentionChanged();
    await eventually(async () => expect(await one.onShare()).not.toContain(third.name));
    await one.storage.view();
    expect(await one.onShare()).toContain(second.name);
    expect((await one.segments()).map(({ name }) => name)).toEqual(await one.onShare());
    expect(await found(one)).toEqual([]);
  });
});

describe("what waits for a share that is away", () => {
  it("takes no more of the disk than it may: the oldest goes, but nothing that is locked; people are told", async () => {
    const one = await installation();
    const all = await one.segments();
    const [oldest] = all;
    if (oldest === undefined) throw new Error("nothing was recorded");
    const span = { startMs: oldest.startMs, endMs: oldest.startMs + 1, expiresAtMs: null };
    await one.catalog.tenant(1).locks.create({ ...span, cameraIds: [7], reason: "evidence", createdBy: "ada" });
    const kept = [oldest, ...all.slice(-3)];
    await set(one.catalog, { spool_max_gb: kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e9 });
    await one.share.change({ type: "nas", nas: { ...one.nas, port: 9 } });
    one.storage.start();
    await eventually(async () => expect(await one.onDisk()).toEqual(kept.map(({ name }) => name)));
    await eventually(() => expect(one.alerts.at(-1)?.map(({ kind }) => kind)).toContain("spool_full"));
    expect(one.orders.held(CAMERA.id)).toBeNull();
  });

  // Without root no disk can be made small.
  if (process.getuid?.() === 0) {
    it("goes to a share that is full all the same: the oldest there makes room, but nothing that is locked", async () => {
      const one = await installation();
      const all = await one.segments();
      const total = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const [oldest] = all;
      if (oldest === undefined) throw new Error("nothing was recorded");
      ends.unshift(await mountSmall(join(root, "samba/small"), Math.round(total * 0.7)));
      const span = { startMs: oldest.startMs, endMs: oldest.startMs + 1, expiresAtMs: null };
      await one.catalog.tenant(1).locks.create({ ...span, cameraIds: [7], reason: "evidence", createdBy: "ada" });
      await one.share.change({ type: "nas", nas: { ...one.nas, share: "small", path: "" } });
      one.storage.start();
      await one.drained();
      const there = await segmentsIn(join(root, "samba/small", "7"));
      expect(there).toEqual((await one.segments()).map(({ name }) => name));
      expect(there).toContain(oldest.name);
      expect(there).toContain(all.at(-1)?.name);
      expect(there.length).toBeLessThan(all.length);
      expect(await found(one)).toEqual([]);
    });
  }

  it("stops the recording where nothing may be deleted, until there is room again", async () => {
    const one = await installation();
    const before = await one.onDisk();
    await set(one.catalog, { spool_max_gb: 0.000_001, auto_delete: false });
    await one.share.change({ type: "nas", nas: { ...one.nas, port: 9 } });
    one.storage.start();
    await eventually(() => expect(one.orders.held(CAMERA.id)).toMatch(/may wait for the network share/));
    expect(await one.onDisk()).toEqual(before);
    await one.share.change({ nas: one.nas });
    await one.drained();
    await eventually(() => expect(one.orders.held(CAMERA.id)).toBeNull());
  });
});

describe("an archive on the share", () => {
  it("has its cameras and ledgers beside the footage, and another machine takes it in from there", async () => {
    const one = await moved();
    await one.copied();
    const again = await openStopped(join(one.folder, "another machine"));
    await mkdir(again.at("ledger"), { recursive: true });
    for (const path of BESIDE_SEGMENTS) await writeFile(again.at(path), await readFile(one.there("7", path)));
    await reindex({ ...again.options, recordings: join(again.at(), "..") });
    expect(await again.catalog.segments(await ownedCamera(again.catalog)).within(ALL)).toEqual(await one.segments());
    await again.catalog.close();
  });

  it("keeps them where another camera has come to use its folder, and where they tell more than the disk", async () => {
    const one = await installation();
    await one.share.change({ type: "nas", nas: one.nas });
    const { recordings } = one.paths;
    const places = { recordings: () => recordings, volume: () => null };
    const share = () => one.share.requireVolume();
    const copy = () => new LedgerCopies({ clock: one.clock, log: silentLog, ...places, share }).copy([CAMERA]);
    const there = (path: string) => readFile(one.there("7", path), "utf8");
    await copy();
    const longer = `${await there("ledger/2026-04-09.jsonl")}more`;
    await writeFile(one.there("7", "ledger/2026-04-09.jsonl"), longer);
    await copy();
    expect(await there("ledger/2026-04-09.jsonl")).toBe(longer);
    const other = (await there("camera.json")).replace(CAMERA.uuid, randomUUID());
    await writeFile(one.there("7", "camera.json"), other);
    await writeFile(one.there("7", "ledger/2026-04-09.jsonl"), "of another camera");
    await copy();
    expect([await there("camera.json"), await there("ledger/2026-04-09.jsonl")]).toEqual([other, "of another camera"]);
  });
});

describe("nightjar check asks the share", () => {
  it("and tells what is missing there, shorter than it was moved, or changed; what is missing --fix writes down", async () => {
    const one = await moved();
    const [missing = "", short = "", changed = ""] = await one.onShare();
    await rm(one.there("7", missing));
    await truncate(one.there("7", short), 5000);
    const bytes = await readFile(one.there("7", changed));
    bytes.writeUInt8(bytes.readUInt8(20_000) ^ 1, 20_000);
    await writeFile(one.there("7", changed), bytes);
    const lasting = [`damaged_segment ${short}`];
    expect(await found(one)).toEqual([...lasting, `row_without_file ${missing}`]);
    const altered = `changed_payload ${changed}`;
    expect(await found(one, { deep: true })).toEqual([altered, ...lasting, `row_without_file ${missing}`]);
    const before = await one.segments();
    expect(await found(one, { fix: true })).toEqual(lasting);
    expect(await one.segments()).toEqual(before.filter(({ name }) => name !== missing));
    expect(await found(one, { deep: true })).toEqual([altered, ...lasting]);
  });

  it("and where that is away, another one, or without the camera's folder, says so, and takes no row out", async () => {
    const one = await moved();
    await one.copied();
    // Nothing but the rows tells what lies there.
    await rm(one.at("ledger"), { recursive: true });
    const before = await one.segments();
    const stays = async (kind: string) => {
      for (const fix of [false, true]) expect(await found(one, { fix, deep: true })).toEqual([kind]);
      expect(await one.segments()).toEqual(before);
    };
    await rename(one.there("7"), one.there("8"));
    await stays("camera_folder_missing 7");
    await rename(one.there("8"), one.there("7"));
    const marker = await readFile(one.there(".nightjar-volume"));
    await writeFile(one.there(".nightjar-volume"), JSON.stringify({ volume: "another" }));
    await stays("share_unavailable the network share");
    await writeFile(one.there(".nightjar-volume"), marker);
    await server.stop();
    await stays("share_unavailable the network share");
    await server.start();
    await eventually(async () => expect(await found(one, { fix: true, deep: true })).toEqual([]));
    expect(await one.segments()).toEqual(before);
  });
});
