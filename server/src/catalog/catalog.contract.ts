import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import type { CameraInput } from "./cameras.ts";
import type { Catalog } from "./catalog.ts";
import { openCatalog } from "./open-catalog.ts";

/** A new, empty database of the kind under test, and a way around the catalog. */
export interface FreshDatabase {
  readonly url: string;
  /** Runs SQL beside the catalog: for what it has no query for (yet), and to tamper. */
  execute(statement: string): Promise<void>;
  /** Statement that takes the audit's protection away. */
  readonly unprotectAudit: string;
}

export const NOW_MS = Date.UTC(2026, 3, 9, 14, 30);

export const CAMERA: CameraInput = {
  name: "Door",
  groupId: null,
  enabled: true,
  timeZone: "Europe/Berlin",
  streams: { main: { url: "rtsp://10.0.0.7/main" }, sub: null },
  username: "viewer",
  passwordSealed: "c2VhbGVk",
  transport: "tcp",
  recording: { mode: "continuous" },
  audio: null,
};

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** What the catalog promises on every database. */
export function catalogContract(freshDatabase: () => Promise<FreshDatabase>): void {
  let database: FreshDatabase;
  let clock: SimulatedClock;
  let catalog: Catalog;

  beforeEach(async () => {
    database = await freshDatabase();
    clock = new SimulatedClock(NOW_MS);
    catalog = await openCatalog({ databaseUrl: database.url, clock, log: silentLog });
  });
  afterEach(() => catalog.close());

  const first = () => catalog.tenant(1);
  const second = () => catalog.tenant(2);
  const addSecondTenant = () => database.execute("insert into tenants (name) values ('Second')");
  const addUser = (tenantId = 1, username = "ada") =>
    catalog.tenant(tenantId).users.create({ username, passwordHash: "$argon2id$…", role: "Operator" });

  describe("opening", () => {
    it("has the tenant Default with id 1 from the start", async () => {
      expect(await catalog.acrossTenants.tenant(1)).toEqual({ id: 1, name: "Default", maxStorageBytes: 0 });
      await catalog.ping();
    });

    it("does not answer a health check from nowhere when its tables are gone", async () => {
      await database.execute("alter table tenants rename to somewhere_else");
      await expect(catalog.ping()).rejects.toThrow("tenants");
      await database.execute("alter table somewhere_else rename to tenants");
      await catalog.ping();
    });

    it("keeps everything over closing and opening again", async () => {
      const camera = await first().cameras.create(CAMERA);
      await catalog.close();
      catalog = await openCatalog({ databaseUrl: database.url, clock, log: silentLog });
      expect(await first().cameras.get(camera.id)).toEqual(camera);
    });

    it("refuses a catalog of a newer version and leaves it as it is", async () => {
      await catalog.close();
      await database.execute("insert into kysely_migration (name, timestamp) values ('9999-of-the-future', '2030')");
      const opening = openCatalog({ databaseUrl: database.url, clock, log: silentLog });
      await expect(opening).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("newer version of Nightjar"),
      });
      await database.execute("delete from kysely_migration where name = '9999-of-the-future'");
      catalog = await openCatalog({ databaseUrl: database.url, clock, log: silentLog });
    });
  });

  describe("tenants", () => {
    it("never see, change or remove each other's rows", async () => {
      await addSecondTenant();
      const camera = await first().cameras.create(CAMERA);
      const group = await first().groups.create("Ground floor");
      const user = await addUser();
      const { alert } = await first().alerts.open({
        kind: "storage_unwritable",
        about: "disk_full",
        cameraIds: [],
        message: "m",
        action: "a",
      });
      const token = await first().tokens.create({
        userId: user.id,
        name: "script",
        permissions: ["recordings.view"],
        tokenHash: sha256("t"),
        expiresAtMs: null,
      });

      expect((await second().cameras.list({ limit: 10 })).items).toEqual([]);
      expect(await second().cameras.get(camera.id)).toBeUndefined();
      expect(await second().cameras.update(camera.id, () => ({ name: "Mine" }))).toBeUndefined();
      expect(await second().cameras.remove(camera.id)).toBeUndefined();
      expect(await second().groups.rename(group.id, "Mine")).toBeUndefined();
      expect(await second().groups.remove(group.id)).toBe(false);
      expect(await second().users.get(user.id)).toBeUndefined();
      expect(await second().alerts.acknowledge(alert.id, "eve")).toBeUndefined();
      expect(await second().alerts.close({ kind: "storage_unwritable", about: "disk_full" })).toBeUndefined();
      expect(await second().tokens.remove(user.id, token.id)).toBeUndefined();

      expect(await first().cameras.get(camera.id)).toEqual(camera);
      expect((await first().groups.list({ limit: 10 })).items).toEqual([group]);
    });

    it("cannot put a camera into another tenant's group", async () => {
      await addSecondTenant();
      const group = await first().groups.create("Ground floor");
      const refused = { code: "invalid_field", details: { fields: [{ field: "group_id" }] } };
      await expect(second().cameras.create({ ...CAMERA, groupId: group.id })).rejects.toMatchObject(refused);
      const own = await second().cameras.create(CAMERA);
      await expect(second().cameras.update(own.id, () => ({ groupId: group.id }))).rejects.toMatchObject(refused);
    });
  });

  describe("cameras", () => {
    it("are answered as they were given, with a uuid and an id", async () => {
      const camera = await first().cameras.create({ ...CAMERA, audio: { enabled: true, codec: "aac" } });
      expect(camera).toMatchObject({ ...CAMERA, audio: { enabled: true, codec: "aac" }, createdAtMs: NOW_MS });
      expect(camera.uuid).toMatch(/^[0-9a-f-]{36}$/);
      expect(camera.deletedAtMs).toBeNull();
    });

    it("are listed page by page, each once", async () => {
      for (const name of ["A", "B", "C"]) await first().cameras.create({ ...CAMERA, name });
      const page = await first().cameras.list({ limit: 2 });
      const rest = await first().cameras.list({ limit: 2, cursor: page.nextCursor ?? "" });
      expect([...page.items, ...rest.items].map((camera) => camera.name)).toEqual(["A", "B", "C"]);
      expect(rest.nextCursor).toBeNull();
    });

    it("a cursor that is none of ours is refused with its name", async () => {
      for (const cursor of ["", "x", "-1", "1e3", "99999999999999999999"])
        await expect(first().cameras.list({ limit: 2, cursor })).rejects.toMatchObject({ code: "invalid_field" });
    });

    it("changes answer the state before and after, and only what was named changes", async () => {
      const camera = await first().cameras.create(CAMERA);
      const changed = await first().cameras.update(camera.id, (present) => ({ name: `${present.name} 2` }));
      expect(changed).toEqual({ before: camera, after: { ...camera, name: "Door 2" } });
    });

    it("changes at the same time all take effect", async () => {
      const camera = await first().cameras.create({ ...CAMERA, name: "" });
      const append = (letter: string) => first().cameras.update(camera.id, (now) => ({ name: now.name + letter }));
      await Promise.all(["a", "b", "c", "d"].map(append));
      const after = await first().cameras.get(camera.id);
      expect([...(after?.name ?? "")].sort().join("")).toBe("abcd");
    });

    it("removed ones are found only when asked for, and their id is never used again", async () => {
      const camera = await first().cameras.create(CAMERA);
      expect(await first().cameras.remove(camera.id)).toMatchObject({ id: camera.id, deletedAtMs: NOW_MS });
      expect(await first().cameras.remove(camera.id)).toBeUndefined();
      expect(await first().cameras.get(camera.id)).toBeUndefined();
      expect(await first().cameras.update(camera.id, () => ({ name: "x" }))).toBeUndefined();
      expect((await first().cameras.list({ limit: 10 })).items).toEqual([]);
      expect(await first().cameras.get(camera.id, { includeDeleted: true })).toMatchObject({ id: camera.id });
      expect((await first().cameras.list({ limit: 10 }, { includeDeleted: true })).items).toHaveLength(1);
      await database.execute("delete from cameras");
      expect((await first().cameras.create(CAMERA)).id).toBeGreaterThan(camera.id);
    });

    it("only enabled ones that are not removed get a worker", async () => {
      const camera = await first().cameras.create(CAMERA);
      await first().cameras.create({ ...CAMERA, enabled: false });
      await first().cameras.remove((await first().cameras.create(CAMERA)).id);
      expect(await catalog.acrossTenants.enabledCameras()).toEqual([camera]);
    });

    it("stay when their group is removed", async () => {
      const group = await first().groups.create("Ground floor");
      const camera = await first().cameras.create({ ...CAMERA, groupId: group.id });
      expect(await first().groups.remove(group.id)).toBe(true);
      expect(await first().cameras.get(camera.id)).toEqual({ ...camera, groupId: null });
    });
  });

  describe("groups", () => {
    it("have names of their own", async () => {
      const group = await first().groups.create("Yard");
      const other = await first().groups.create("Roof");
      await expect(first().groups.create("Yard")).rejects.toMatchObject({ code: "conflict" });
      await expect(first().groups.rename(other.id, "Yard")).rejects.toMatchObject({ code: "conflict" });
      expect(await first().groups.rename(group.id, "Yard")).toEqual(group);
    });
  });

  describe("users", () => {
    it("are found for signing in whatever the case of the name", async () => {
      const user = await addUser(1, "Ada");
      const found = await catalog.acrossTenants.userForLogin("aDA");
      expect(found).toEqual({ user, passwordHash: "$argon2id$…" });
      expect(user).toMatchObject({ username: "Ada", role: "Operator", tenantId: 1, tenantName: "Default" });
      expect(await catalog.acrossTenants.userForLogin("bob")).toBeUndefined();
    });

    it("have names that are unique over all tenants", async () => {
      await addSecondTenant();
      await addUser(1, "Ada");
      await expect(addUser(2, "ADA")).rejects.toMatchObject({ code: "conflict" });
    });

    it("only one first administrator is made, even when asked twice at once", async () => {
      expect(await catalog.acrossTenants.hasAdministrator()).toBe(false);
      const made = await Promise.all(
        ["ada", "eve"].map((username) =>
          catalog.acrossTenants.createFirstAdministrator({ username, passwordHash: "x" }),
        ),
      );
      expect(made.filter((user) => user !== undefined)).toHaveLength(1);
      expect(await catalog.acrossTenants.hasAdministrator()).toBe(true);
    });
  });

  describe("sessions", () => {
    it("are found by the hash of their token, with their user, until removed", async () => {
      const user = await addUser();
      const { sessions } = first();
      const tokenHash = sha256("token");
      const input = { kind: "login", userId: user.id, cameraId: null, tokenHash, expiresAtMs: NOW_MS + 1000 } as const;
      const id = await sessions.create(input);
      await sessions.touch(id, { lastUsedAtMs: NOW_MS + 500, expiresAtMs: NOW_MS + 1500 });
      expect(await catalog.acrossTenants.sessionByTokenHash(tokenHash)).toEqual({
        id,
        tenantId: 1,
        kind: "login",
        cameraId: null,
        createdAtMs: NOW_MS,
        lastUsedAtMs: NOW_MS + 500,
        expiresAtMs: NOW_MS + 1500,
        user,
      });
      expect(await sessions.remove(id)).toBe(true);
      expect(await catalog.acrossTenants.sessionByTokenHash(tokenHash)).toBeUndefined();
    });

    it("expired ones can be forgotten, others stay", async () => {
      const user = await addUser();
      const begin = (name: string, expiresAtMs: number) =>
        first().sessions.create({
          kind: "login",
          userId: user.id,
          cameraId: null,
          tokenHash: sha256(name),
          expiresAtMs,
        });
      await begin("old", NOW_MS - 1);
      await begin("new", NOW_MS + 1);
      expect(await catalog.acrossTenants.removeExpiredSessions(NOW_MS)).toBe(1);
      expect(await catalog.acrossTenants.sessionByTokenHash(sha256("new"))).toBeDefined();
    });
  });

  describe("API tokens", () => {
    it("are found by hash, listed for their user and removed by their user only", async () => {
      const user = await addUser();
      const other = await addUser(1, "bob");
      const token = await first().tokens.create({
        userId: user.id,
        name: "script",
        permissions: ["recordings.view", "cameras.edit"],
        tokenHash: sha256("t"),
        expiresAtMs: NOW_MS + 5,
      });
      await first().tokens.touch(token.id, NOW_MS + 1);
      const used = { ...token, lastUsedAtMs: NOW_MS + 1 };
      expect(await catalog.acrossTenants.apiTokenByHash(sha256("t"))).toEqual({ ...used, user });
      expect((await first().tokens.list(user.id, { limit: 5 })).items).toEqual([used]);
      expect((await first().tokens.list(other.id, { limit: 5 })).items).toEqual([]);
      expect(await first().tokens.remove(other.id, token.id)).toBeUndefined();
      expect(await first().tokens.remove(user.id, token.id)).toEqual(used);
      expect(await catalog.acrossTenants.apiTokenByHash(sha256("t"))).toBeUndefined();
    });
  });

  describe("alerts", () => {
    const about = { kind: "camera_not_recording", about: "camera_offline@10.0.0.7" } as const;
    const input = { ...about, cameraIds: [7, 3], message: "m", action: "a" };

    it("of one kind and cause are open only once, and open anew after closing", async () => {
      const opened = await first().alerts.open(input);
      expect(opened).toMatchObject({ changed: true, alert: { cameraIds: [3, 7], sinceMs: NOW_MS, untilMs: null } });
      expect(await first().alerts.open({ ...input, cameraIds: [3, 7] })).toEqual({ ...opened, changed: false });
      const reworded = await first().alerts.open({ ...input, message: "worse" });
      expect(reworded).toEqual({ alert: { ...opened.alert, message: "worse" }, changed: true });
      expect(await catalog.acrossTenants.openAlerts()).toEqual([reworded.alert]);

      clock.advance(10);
      expect(await first().alerts.close(about)).toEqual({ ...reworded.alert, untilMs: NOW_MS + 10 });
      expect(await first().alerts.close(about)).toBeUndefined();
      const again = await first().alerts.open(input);
      expect(again.alert.id).toBeGreaterThan(opened.alert.id);
      const list = async (open?: boolean) =>
        (await first().alerts.list({ limit: 10 }, { open })).items.map((alert) => alert.id);
      expect(await list()).toEqual([again.alert.id, opened.alert.id]);
      expect(await list(true)).toEqual([again.alert.id]);
      expect(await list(false)).toEqual([opened.alert.id]);
    });

    it("keep their place while cameras come and go, and stand beside those of another cause", async () => {
      const { alert } = await first().alerts.open(input);
      clock.advance(10);
      const grown = await first().alerts.open({ ...input, cameraIds: [3, 7, 9] });
      expect(grown).toEqual({ alert: { ...alert, cameraIds: [3, 7, 9] }, changed: true });
      const other = await first().alerts.open({ ...input, about: "camera_offline@10.0.0.8" });
      expect(other.alert).toMatchObject({ about: "camera_offline@10.0.0.8", sinceMs: NOW_MS + 10 });
      expect(await first().alerts.close(about)).toMatchObject({ id: alert.id, cameraIds: [3, 7, 9] });
      expect(await catalog.acrossTenants.openAlerts()).toEqual([other.alert]);
    });

    it("keep the first who acknowledged", async () => {
      const { alert } = await first().alerts.open(input);
      await first().alerts.acknowledge(alert.id, "ada");
      clock.advance(10);
      expect(await first().alerts.acknowledge(alert.id, "bob")).toMatchObject({
        acknowledgedBy: "ada",
        acknowledgedAtMs: NOW_MS,
      });
    });

    it("want to be acknowledged anew when they hit more cameras, not when they hit fewer", async () => {
      const { alert } = await first().alerts.open({ ...input, cameraIds: [3, 7] });
      await first().alerts.acknowledge(alert.id, "ada");
      expect((await first().alerts.open({ ...input, cameraIds: [3] })).alert.acknowledgedBy).toBe("ada");
      expect((await first().alerts.open({ ...input, cameraIds: [3, 9] })).alert.acknowledgedBy).toBeNull();
    });
  });

  describe("audit", () => {
    const entry = { actor: "ada", action: "login", object: "session", before: null, after: null, address: "::1" };

    it("is one chain per tenant, also for entries written at the same time", async () => {
      await addSecondTenant();
      await Promise.all(Array.from({ length: 20 }, () => first().audit.append(entry)));
      await second().audit.append(entry);
      expect(await first().audit.verify()).toEqual({ whole: true, entries: 20 });
      expect(await second().audit.verify()).toEqual({ whole: true, entries: 1 });
      const newest = await first().audit.list({ limit: 2 });
      expect(newest.items.map((item) => item.sequence)).toEqual([20, 19]);
      expect(newest.nextCursor).toBe("19");
    });

    it("cannot be changed or removed", async () => {
      await first().audit.append(entry);
      await expect(database.execute("update audit set actor = 'eve'")).rejects.toThrow("can only be added to");
      await expect(database.execute("delete from audit")).rejects.toThrow("can only be added to");
    });

    it("shows where somebody changed or removed an entry all the same", async () => {
      for (let i = 0; i < 4; i++) await first().audit.append(entry);
      await database.execute(database.unprotectAudit);
      await database.execute("update audit set actor = 'eve' where sequence = 2");
      expect(await first().audit.verify()).toEqual({ whole: false, brokenAt: 3 });
      await database.execute("delete from audit where sequence = 2");
      expect(await first().audit.verify()).toEqual({ whole: false, brokenAt: 2 });
    });
  });
}
