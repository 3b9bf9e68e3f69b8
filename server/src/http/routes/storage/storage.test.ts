import { access, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../../base/eventually.contract.ts";
import { IDENTITY, madeSegment } from "../../../footage/made-segment.contract.ts";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
let installation: Installation;
/** A closed segment of the camera that the tests of deletion are about. */
let file: Buffer;

beforeAll(async () => {
  file = (await madeSegment({ seconds: 2, sound: false })).closed;
  installation = await startInstallation();
});
afterAll(() => installation.close());

const iso = (ms: number) => new Date(ms).toISOString();
const call = async (method: "GET" | "POST" | "PATCH" | "DELETE", url: string, payload?: object, token?: string) => {
  const answer = await installation.call({
    ...{ method, url },
    ...(payload === undefined ? {} : { payload }),
    ...(token === undefined ? {} : { token }),
  });
  return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
};
const audited = async () => (await installation.deps.catalog.tenant(1).audit.list({ limit: 1 })).items[0];

describe("the storage settings", () => {
  const URL = "/api/settings/recording";
  const storage = async () => (await call("GET", URL)).body.storage;

  it("have the defaults that are promised, and a merge patch changes them", async () => {
    const builtIn = {
      ...{ type: "local", path: join(installation.folder, "recordings") },
      ...{ retention: { days: 30, hours: 0, minutes: 0 }, minimum_retention_days: 0, max_storage_gb: 0 },
      ...{ low_space_percent: 10, auto_delete: true, spool_max_gb: 0, nas: null, s3: null, sftp: null },
    };
    expect(await storage()).toEqual(builtIn);
    const patch = { retention: { days: 1, minutes: 30 }, minimum_retention_days: 0.5, auto_delete: false };
    const { body } = await call("PATCH", URL, { storage: patch });
    expect(body.storage).toEqual({ ...builtIn, ...patch, retention: { days: 1, hours: 0, minutes: 30 } });
    // Two ways to say the same.
    expect(body.defaults.retention_days).toBeCloseTo(1 + 30 / 1440);
    await call("PATCH", URL, { defaults: { retention_days: 2.5 } });
    expect((await storage()).retention).toEqual({ days: 2, hours: 12, minutes: 0 });
    const nothing = { retention: null, minimum_retention_days: null, auto_delete: null };
    expect((await call("PATCH", URL, { storage: nothing })).body.storage).toEqual(builtIn);
  });

  it("refuse what makes no sense, and change nothing", async () => {
    for (const wrong of [
      { retention: { days: -1 } },
      { retention: { hours: 24 } },
      { low_space_percent: 0 },
      { max_storage_gb: "much" },
      { path: "relative" },
      { type: "nas" },
      { unknown: 1 },
    ]) {
      expect((await call("PATCH", URL, { storage: wrong })).body.error.code).toBe("invalid_field");
    }
    expect((await storage()).retention.days).toBe(30);
  });
});

describe("a network share", () => {
  const URL = "/api/settings/recording";
  const NAS = { host: "127.0.0.1", port: 9, share: "footage", username: "ada" };
  const patch = (storage: object, token?: string) => call("PATCH", URL, { storage }, token);
  const PASSWORD = "s3cret of the share";

  it("is set with its password sealed: that is in no answer, no log, no audit and not in the catalog", async () => {
    const { body } = await patch({ type: "nas", nas: { ...NAS, password: PASSWORD } });
    const told = { ...NAS, path: "", has_password: true };
    expect(body.storage).toMatchObject({ type: "nas", nas: told, s3: null, sftp: null });
    expect((await call("GET", URL)).body.storage.nas).toEqual(told);
    const entry = await audited();
    expect(JSON.parse(entry?.after ?? "").storage.nas).toEqual(told);
    expect(JSON.stringify(await installation.deps.catalog.share.get())).not.toContain(PASSWORD);
    expect(installation.logged()).not.toContain(PASSWORD);
    // "" keeps it, null clears it.
    expect((await patch({ nas: { path: "cctv", password: "" } })).body.storage.nas).toMatchObject({
      has_password: true,
    });
    expect((await patch({ nas: { password: null } })).body.storage.nas).toMatchObject({ has_password: false });
    await patch({ nas: { password: PASSWORD } });
  });

  it("gets its stored password sent to no other host", async () => {
    for (const nas of [{ host: "evil.example" }, { port: 4450 }]) {
      const refused = await patch({ nas });
      expect(refused.body.error).toMatchObject({ code: "invalid_field", message: expect.stringContaining("again") });
      const tried = await call("POST", "/api/settings/storage/test", { type: "nas", nas });
      expect(tried.body.error.code).toBe("invalid_field");
    }
    expect((await patch({ nas: { host: "nas.example", password: "another one" } })).body.storage.nas.host).toBe(
      "nas.example",
    );
    await patch({ nas: { ...NAS, password: PASSWORD } });
  });

  it("is tried, and what is wrong is said; its state is told to administrators of the installation alone", async () => {
    const { status, body } = await call("POST", "/api/settings/storage/test", { type: "nas" });
    expect([status, body]).toMatchObject([200, { ok: false, problem: { kind: "refused" } }]);
    expect(body.problem.message).toMatch(/127\.0\.0\.1, port 9 refuses/);
    const state = (await call("GET", "/api/storage")).body;
    expect(state.share).toMatchObject({ type: "nas", address: "//127.0.0.1/footage/cctv", spool: { full: false } });
    const customer = await installation.tokenFor("sharer", "Administrator", await installation.addTenant());
    expect((await call("GET", "/api/storage", undefined, customer)).body.share).toBeNull();
    expect((await call("GET", URL, undefined, customer)).body.storage.nas).toBeNull();
    const forbidden = await call("POST", "/api/settings/storage/test", { type: "nas" }, customer);
    expect(forbidden.body.error.code).toBe("forbidden");
  });

  it("refuses what cannot be one", async () => {
    for (const wrong of [
      { type: "s3" },
      { type: "sftp", sftp: { host: "nas" } },
      { nas: { host: "a b" } },
      { nas: { share: "one/two" } },
      { nas: { path: "../up" } },
      { nas: { port: 0 } },
      { s3: { endpoint: "ftp://x" } },
      { sftp: { host_key: "-----BEGIN" } },
    ]) {
      expect((await patch(wrong)).body.error?.code, JSON.stringify(wrong)).toBe("invalid_field");
    }
    expect((await patch({ type: "local", nas: null })).body.storage).toMatchObject({ type: "local", nas: null });
  });
});

describe("places", () => {
  const URL = "/api/settings/system";

  it("may lie in approved folders only, whatever links lead to, and not in one another", async () => {
    const outside = join(installation.folder, "..", `outside-${process.pid}`);
    const link = join(installation.folder, "link");
    await symlink("/etc", link);
    for (const path of [outside, join(link, "recordings"), "/etc"]) {
      const { body } = await call("PATCH", URL, { places: { exports: path } });
      expect(body.error, path).toMatchObject({ code: "path_not_allowed", details: { field: "places.exports" } });
    }
    for (const path of [installation.folder, join(installation.folder, "recordings", "exports")]) {
      expect((await call("PATCH", URL, { places: { exports: path } })).body.error.code).toBe("invalid_field");
    }
    expect((await call("PATCH", "/api/settings/recording", { storage: { path: "/etc" } })).body.error.code).toBe(
      "path_not_allowed",
    );
    const { places, approved_roots } = (await call("GET", URL)).body;
    expect(places.exports).toBe(join(installation.folder, "exports"));
    expect(approved_roots).toEqual([installation.folder]);
  });

  it("of the spool is that of the recordings, and no other one is taken", async () => {
    const { places } = (await call("GET", URL)).body;
    expect(places.spool).toBe(places.recordings);
    const refused = await call("PATCH", URL, { places: { spool: join(installation.folder, "spool") } });
    expect(refused.body.error).toMatchObject({
      code: "invalid_field",
      details: { fields: [{ field: "places.spool" }] },
    });
    expect((await call("PATCH", URL, { places: { spool: places.recordings } })).status).toBe(200);
    expect((await call("PATCH", URL, { places: { spool: null } })).status).toBe(200);
  });

  it("of recordings move while there is no footage, and take a marker along; later only to where it was copied", async () => {
    const own = await startInstallation();
    try {
      const path = join(own.folder, "disk", "recordings");
      const moved = await own.call({
        ...{ method: "PATCH", url: "/api/settings/recording", payload: { storage: { path } } },
      });
      expect(moved.json().storage.path).toBe(path);
      expect(await readdir(path)).toEqual([".nightjar-volume"]);
      const id = await own.addCamera();
      await own.addSegment(id, NOW_MS, MINUTE_MS);
      const elsewhere = { storage: { path: join(own.folder, "elsewhere") } };
      const refused = await own.call({ method: "PATCH", url: "/api/settings/recording", payload: elsewhere });
      expect(refused.json().error.code).toBe("conflict");
    } finally {
      await own.close();
    }
  });

  it("are the installation's: who may not administer it does not see them", async () => {
    const token = await installation.tokenFor("olga", "Operator");
    expect((await call("GET", URL, undefined, token)).status).toBe(403);
  });
});

describe("locks", () => {
  let id: number;
  beforeEach(async () => {
    id = await installation.addCamera();
  });
  const lock = (change: object = {}) =>
    call("POST", "/api/recordings/locks", {
      ...{ camera_ids: [id], start: iso(NOW_MS), end: iso(NOW_MS + MINUTE_MS), reason: "accident", ...change },
    });

  it("are made, listed with what they hold, drawn on the timeline, and removed; both deeds are audited", async () => {
    await installation.addSegment(id, NOW_MS, MINUTE_MS, { file });
    const before = installation.ruleChanges.length;
    const { status, body } = await lock();
    expect(status).toBe(201);
    expect(body).toMatchObject({ camera_ids: [id], reason: "accident", created_by: "ada", size_bytes: file.length });
    expect(installation.ruleChanges.length).toBe(before + 1);
    expect(await audited()).toMatchObject({ action: "lock.create", object: `lock ${body.id}` });
    expect((await call("GET", `/api/recordings/locks?camera_id=${id}`)).body).toEqual({
      ...{ locks: [body], next_cursor: null },
    });
    const query = `camera_id=${id}&start=${iso(NOW_MS)}&end=${iso(NOW_MS + 5000)}`;
    const timeline = await call("GET", `/api/recordings/timeline?${query}`);
    expect(timeline.body.locks).toEqual([
      { id: body.id, start: iso(NOW_MS), end: iso(NOW_MS + MINUTE_MS), reason: "accident" },
    ]);
    expect((await call("DELETE", `/api/recordings/locks/${body.id}`)).status).toBe(204);
    expect(await audited()).toMatchObject({ action: "lock.delete" });
    expect((await call("DELETE", `/api/recordings/locks/${body.id}`)).status).toBe(404);
  });

  it("are refused without a reason, for unknown cameras, backwards, or when they have expired already", async () => {
    expect((await lock({ reason: "  " })).status).toBe(400);
    expect((await lock({ camera_ids: [id, 9999] })).status).toBe(404);
    expect((await lock({ end: iso(NOW_MS) })).status).toBe(400);
    expect((await lock({ expires_at: iso(NOW_MS) })).status).toBe(400);
  });

  it("need a permission of their own", async () => {
    const token = await installation.tokenFor("viola", "Viewer");
    expect((await call("GET", "/api/recordings/locks", undefined, token)).status).toBe(403);
  });
});

describe("deleting", () => {
  /** A camera whose segments are real, and say that they are of it. */
  async function camera(starts: readonly number[]) {
    const id = await installation.addCamera();
    const names = [];
    await installation.own(id, IDENTITY.cameraUuid);
    for (const startMs of starts) names.push(await installation.addSegment(id, startMs, MINUTE_MS, { file }));
    const left = async () => (await readdir(installation.path(id, ""))).filter((name) => name.endsWith(".mp4"));
    return { id, names, left };
  }
  const span = (id: number, fromMs: number, toMs: number, dry_run = false) =>
    call("POST", "/api/recordings/delete", { camera_ids: [id], start: iso(fromMs), end: iso(toMs), dry_run });

  it("a span takes the segments that lie wholly in it, says beforehand which, and is audited", async () => {
    const starts = [0, 1, 2, 3].map((minute) => NOW_MS + minute * MINUTE_MS);
    const { id, names, left } = await camera(starts);
    const result = {
      ...{ segments: 2, size_bytes: 2 * file.length, refused_locked: 0, refused_open: 0 },
      ...{ oldest: iso(NOW_MS + MINUTE_MS), newest: iso(NOW_MS + 3 * MINUTE_MS) },
    };
    const asked = [NOW_MS + 1, NOW_MS + 3 * MINUTE_MS + 1] as const;
    expect((await span(id, ...asked, true)).body).toEqual({ ...result, dry_run: true });
    expect(await left()).toEqual(names);
    expect((await span(id, ...asked)).body).toEqual({ ...result, dry_run: false });
    expect(await left()).toEqual([names[0], names[3]]);
    expect(await audited()).toMatchObject({ actor: "ada", action: "recordings.delete", object: `camera ${id}` });
    const query = `camera_id=${id}&start=${iso(NOW_MS)}&end=${iso(NOW_MS + DAY_MS)}`;
    expect((await call("GET", `/api/recordings/segments?${query}`)).body.segments).toHaveLength(2);
  });

  it("refuses what is locked", async () => {
    const { id, names, left } = await camera([NOW_MS, NOW_MS + MINUTE_MS]);
    const lock = { camera_ids: [id], start: iso(NOW_MS + 1), end: iso(NOW_MS + 2), reason: "evidence" };
    const { body: made } = await call("POST", "/api/recordings/locks", lock);
    const one = await call("DELETE", `/api/recordings/segment/${id}/${names[0]}`);
    expect(one.body.error).toMatchObject({ code: "conflict", details: { lock_ids: [made.id] } });
    expect((await span(id, NOW_MS, NOW_MS + DAY_MS)).body).toMatchObject({ segments: 1, refused_locked: 1 });
    expect(await left()).toEqual([names[0]]);
    await call("DELETE", `/api/recordings/locks/${made.id}`);
    expect((await call("DELETE", `/api/recordings/segment/${id}/${names[0]}?dry_run=true`)).body.segments).toBe(1);
    expect((await call("DELETE", `/api/recordings/segment/${id}/${names[0]}`)).body).toMatchObject({ segments: 1 });
    expect(await left()).toEqual([]);
    expect((await call("DELETE", `/api/recordings/segment/${id}/${names[0]}`)).status).toBe(404);
  });

  it("never takes a file that names another camera", async () => {
    const id = await installation.addCamera();
    const name = await installation.addSegment(id, NOW_MS, MINUTE_MS, { file });
    expect((await call("DELETE", `/api/recordings/segment/${id}/${name}`)).body.error.code).toBe("conflict");
    await access(installation.path(id, name));
  });

  it("needs its permission, for one's own cameras only", async () => {
    const token = await installation.tokenFor("otto", "Viewer");
    const { id } = await camera([]);
    const asked = { camera_ids: [id], start: iso(NOW_MS), end: iso(NOW_MS + 1) };
    expect((await call("POST", "/api/recordings/delete", asked, token)).status).toBe(403);
    expect((await call("POST", "/api/recordings/delete", { ...asked, camera_ids: [9999] })).status).toBe(404);
  });

  it("a camera with its footage takes all of it but what is locked", async () => {
    const { id, names, left } = await camera([NOW_MS, NOW_MS + MINUTE_MS]);
    const lock = { camera_ids: [id], start: iso(NOW_MS + 1), end: iso(NOW_MS + 2), reason: "evidence" };
    await call("POST", "/api/recordings/locks", lock);
    expect((await call("DELETE", `/api/cameras/${id}?delete_footage=true`)).status).toBe(204);
    await eventually(async () => expect(await left()).toEqual([names[0]]));
  });

  it("tells the timeline what was deleted, and by whom", async () => {
    const { id, names } = await camera([IDENTITY.startMs]);
    await call("DELETE", `/api/recordings/segment/${id}/${names[0]}`);
    installation.clock.advance(DAY_MS);
    const query = `camera_id=${id}&start=${iso(IDENTITY.startMs)}&end=${iso(IDENTITY.startMs + 2000)}`;
    const { gaps } = (await call("GET", `/api/recordings/timeline?${query}`)).body;
    expect(gaps).toMatchObject([{ cause: "deleted_by_user" }]);
    const why = await call("GET", `/api/cameras/${id}/diagnosis?time=${iso(IDENTITY.startMs + 1000)}`);
    expect(why.body).toMatchObject({ cause: "deleted_by_user", answer: expect.stringContaining("deleted") });
  });
});

describe("storage", () => {
  it("tells what each camera takes, what it is promised, and what a change would delete, without deleting", async () => {
    const own = await startInstallation();
    try {
      const id = await own.addCamera();
      for (const day of [10, 5, 1, 0]) await own.addSegment(id, NOW_MS - day * DAY_MS - 3_600_000, 3_600_000);
      const state = (await own.call({ url: "/api/storage" })).json();
      const size = state.cameras[0].size_bytes / 4;
      expect(state.volumes).toMatchObject([{ name: "recordings", state: "ok", low_space: false }]);
      expect(state.cameras).toMatchObject([
        { camera_id: id, segments: 4, bytes_per_day: size, retention_days: 30, retention_kept: true },
      ]);
      expect(state.cameras[0].days_held).toBeCloseTo(10 + 1 / 24);
      const dryRun = async (payload: object) =>
        (await own.call({ method: "POST", url: "/api/storage/dry-run", payload })).json();
      expect(await dryRun({})).toMatchObject({ segments: 0, oldest: null, dry_run: true });
      expect(await dryRun({ settings: { storage: { retention: { days: 3 } } } })).toMatchObject({
        ...{ segments: 2, size_bytes: 2 * size, oldest: iso(NOW_MS - 10 * DAY_MS - 3_600_000) },
        ...{ newest: iso(NOW_MS - 5 * DAY_MS), cameras: [{ camera_id: id, segments: 2 }] },
      });
      const changes = { storage: { max_storage_gb: size / 1e9 } };
      expect(await dryRun({ cameras: { ids: [id], changes } })).toMatchObject({ segments: 3 });
      expect((await own.call({ url: "/api/storage" })).json().cameras[0].segments).toBe(4);
    } finally {
      await own.close();
    }
  });
});
