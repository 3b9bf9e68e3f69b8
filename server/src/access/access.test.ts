import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { CAMERA, type FreshDatabase, NOW_MS } from "../catalog/catalog.contract.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { freshSqlite } from "../catalog/fresh-sqlite.contract.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import type { BuiltInRole } from "../catalog/roles.ts";
import { type Access, createAccess } from "./access.ts";
import { hashPassword } from "./passwords.ts";
import type { Principal } from "./principal.ts";

const PASSWORD = "correct horse";
const ADMIN = { username: "admin", password: PASSWORD };
const ADDRESS = "192.0.2.7";
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let folder: string;
let database: FreshDatabase;
let clock: SimulatedClock;
let catalog: Catalog;
let access: Access;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightjar-access-"));
  database = freshSqlite(folder);
  clock = new SimulatedClock(NOW_MS);
  catalog = await openCatalog({ databaseUrl: database.url, clock, log: silentLog });
  access = createAccess({ catalog, clock });
});
afterEach(async () => {
  await catalog.close();
  await rm(folder, { recursive: true });
});

const login = (username = "admin", password = PASSWORD, address = ADDRESS) =>
  access.login({ username, password, address });

async function signedInAdmin(): Promise<Principal> {
  await access.firstStart(ADMIN);
  return (await login()).principal;
}

async function addUser(username: string, role: BuiltInRole, tenantId = 1): Promise<void> {
  await catalog.tenant(tenantId).users.create({ username, role, passwordHash: await hashPassword(PASSWORD) });
}

async function auditedActions(): Promise<string[]> {
  return (await catalog.tenant(1).audit.list({ limit: 100 })).items.map((entry) => entry.action).reverse();
}

describe("the first start", () => {
  const attempt = (setupCode: string) => ({ ...ADMIN, setupCode, address: ADDRESS });

  it("gives a code with which one administrator is made, once", async () => {
    const { setupCode } = await access.firstStart(null);
    expect(setupCode).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    expect(await access.setupRequired()).toBe(true);
    const typed = ` ${setupCode?.toLowerCase().replaceAll("-", " ")} `;
    const { token, principal } = await access.setup(attempt(typed));
    expect(principal).toMatchObject({ username: "admin", role: "Administrator", tenantId: 1, tenantName: "Default" });
    expect(await access.authenticate(token)).toEqual(principal);
    expect(await access.setupRequired()).toBe(false);
    await expect(access.setup(attempt(typed))).rejects.toMatchObject({ code: "setup_done" });
    expect(await access.firstStart(null)).toEqual({ setupCode: null });
  });

  it("refuses a wrong code, and too many of them", async () => {
    await access.firstStart(null);
    for (let i = 0; i < 20; i++)
      await expect(access.setup(attempt("AAAA-AAAA-AAAA"))).rejects.toMatchObject({ code: "setup_code_wrong" });
    await expect(access.setup(attempt("AAAA-AAAA-AAAA"))).rejects.toMatchObject({
      code: "rate_limited",
      details: { retry_after_seconds: 300 },
    });
    expect(await access.setupRequired()).toBe(true);
  });

  it("makes the administrator of the settings, and never a second one", async () => {
    expect(await access.firstStart(ADMIN)).toEqual({ setupCode: null });
    await access.firstStart({ username: "eve", password: PASSWORD });
    await login();
    await expect(login("eve")).rejects.toMatchObject({ code: "login_failed" });
  });
});

describe("signing in", () => {
  beforeEach(() => access.firstStart(ADMIN));

  it("answers a wrong password and an unknown user alike", async () => {
    const refusal = (username: string) => login(username, "wrong").catch((error: unknown) => error);
    const [known, unknown] = [await refusal("admin"), await refusal("nobody")];
    expect(known).toMatchObject({ code: "login_failed" });
    expect(unknown).toEqual(known);
  });

  it("is limited per account and address, alike for unknown users, and open again later", async () => {
    for (const username of ["admin", "nobody"]) {
      for (let i = 0; i < 5; i++)
        await expect(login(username, "wrong")).rejects.toMatchObject({ code: "login_failed" });
      await expect(login(username)).rejects.toMatchObject({
        code: "rate_limited",
        details: { retry_after_seconds: 300 },
      });
    }
    await login("admin", PASSWORD, "192.0.2.8");
    clock.advance(5 * MINUTE_MS);
    await login();
  });

  it("is limited per address over all accounts", async () => {
    for (let i = 0; i < 30; i++)
      await expect(login(`user${i}`, "wrong")).rejects.toMatchObject({ code: "login_failed" });
    await expect(login()).rejects.toMatchObject({ code: "rate_limited" });
  });

  it("cannot be tried more often by asking many times at once", async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 12 }, () => login("admin", "wrong")));
    const codes = attempts.map((one) => (one.status === "rejected" ? one.reason.code : "in"));
    expect(codes.filter((code) => code === "login_failed")).toHaveLength(5);
    expect(codes.filter((code) => code === "rate_limited")).toHaveLength(7);
  });

  it("that succeeds does not count towards the limit", async () => {
    for (let i = 0; i < 12; i++) await login();
  });

  it("stores neither the password nor the token", async () => {
    const { token } = await login();
    const found = await catalog.acrossTenants.userForLogin("admin");
    expect(found?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await catalog.acrossTenants.sessionByTokenHash(Buffer.from(token))).toBeUndefined();
  });
});

describe("a session", () => {
  beforeEach(() => access.firstStart(ADMIN));

  it("lasts 30 days from its last use", async () => {
    const { token, expiresAtMs } = await login();
    expect(expiresAtMs).toBe(NOW_MS + 30 * DAY_MS);
    clock.advance(29 * DAY_MS);
    expect(await access.authenticate(token)).toMatchObject({ expiresAtMs: NOW_MS + 59 * DAY_MS });
    clock.advance(29 * DAY_MS);
    expect(await access.authenticate(token)).not.toBeNull();
    clock.advance(30 * DAY_MS);
    expect(await access.authenticate(token)).toBeNull();
  });

  it("ends with signing out", async () => {
    const { token, principal } = await login();
    await access.logout(principal, ADDRESS);
    expect(await access.authenticate(token)).toBeNull();
  });

  it("is not opened by anything else than its token", async () => {
    await login();
    for (const token of ["", "njs_", "nj_", "njs_AAAA", "\u0000"]) expect(await access.authenticate(token)).toBeNull();
  });
});

describe("API tokens", () => {
  const request = { name: "script", permissions: ["recordings.view"], expiresAtMs: NOW_MS + DAY_MS } as const;

  it("may do what they were given, until they expire", async () => {
    const admin = await signedInAdmin();
    const { token, stored } = await access.tokens.create(admin, request, ADDRESS);
    expect(token).toMatch(/^nj_[\w-]{43}$/);
    expect(await access.authenticate(token)).toMatchObject({
      kind: "api_token",
      credentialId: stored.id,
      username: "admin",
      permissions: ["recordings.view"],
    });
    clock.advance(DAY_MS);
    expect(await access.authenticate(token)).toBeNull();
  });

  it("get no permission that their maker lacks", async () => {
    await addUser("viewer", "Viewer");
    const { principal } = await login("viewer");
    const creating = access.tokens.create(principal, { ...request, permissions: ["cameras.edit"] }, ADDRESS);
    await expect(creating).rejects.toMatchObject({ code: "forbidden", details: { permission: "cameras.edit" } });
  });

  it("cannot make others, nor begin expired", async () => {
    const admin = await signedInAdmin();
    const { token } = await access.tokens.create(admin, request, ADDRESS);
    const holder = await access.authenticate(token);
    if (holder === null) throw new Error("The token is not accepted.");
    await expect(access.tokens.create(holder, request, ADDRESS)).rejects.toMatchObject({ code: "forbidden" });
    const expired = access.tokens.create(admin, { ...request, expiresAtMs: NOW_MS }, ADDRESS);
    await expect(expired).rejects.toMatchObject({ code: "invalid_field" });
  });

  it("note their last use at most once a minute", async () => {
    const admin = await signedInAdmin();
    const { token } = await access.tokens.create(admin, request, ADDRESS);
    const lastUsed = async () => (await access.tokens.list(admin, { limit: 1 })).items[0]?.lastUsedAtMs;
    await access.authenticate(token);
    clock.advance(MINUTE_MS - 1);
    await access.authenticate(token);
    expect(await lastUsed()).toBe(NOW_MS);
    clock.advance(1);
    await access.authenticate(token);
    expect(await lastUsed()).toBe(NOW_MS + MINUTE_MS);
  });

  it("are revoked by their owner only", async () => {
    const admin = await signedInAdmin();
    await addUser("viewer", "Viewer");
    const { principal: viewer } = await login("viewer");
    const { token, stored } = await access.tokens.create(admin, request, ADDRESS);
    await expect(access.tokens.revoke(viewer, stored.id, ADDRESS)).rejects.toMatchObject({ code: "not_found" });
    await access.tokens.revoke(admin, stored.id, ADDRESS);
    expect(await access.authenticate(token)).toBeNull();
  });
});

describe("media tokens", () => {
  it("open the footage of one camera for ten minutes, and nothing else", async () => {
    const admin = await signedInAdmin();
    const camera = await catalog.tenant(1).cameras.create(CAMERA);
    const { token, expiresAtMs } = await access.mediaToken(admin, camera.id);
    expect(expiresAtMs).toBe(NOW_MS + 10 * MINUTE_MS);
    expect(await access.authenticate(token)).toMatchObject({
      kind: "media_token",
      cameraId: camera.id,
      permissions: ["recordings.view"],
    });
    clock.advance(10 * MINUTE_MS);
    expect(await access.authenticate(token)).toBeNull();
  });

  it("are made for removed cameras, whose footage stays, but not for those of other tenants", async () => {
    const admin = await signedInAdmin();
    await database.execute("insert into tenants (name) values ('Second')");
    const removed = await catalog.tenant(1).cameras.create(CAMERA);
    await catalog.tenant(1).cameras.remove(removed.id);
    await access.mediaToken(admin, removed.id);
    const foreign = await catalog.tenant(2).cameras.create(CAMERA);
    await expect(access.mediaToken(admin, foreign.id)).rejects.toMatchObject({ code: "not_found" });
    const visiting = await access.actIn(admin, 2);
    const { token } = await access.mediaToken(visiting, foreign.id);
    expect(await access.authenticate(token)).toMatchObject({ tenantId: 2, tenantName: "Second", homeTenantId: 1 });
  });
});

describe("acting in another tenant", () => {
  beforeEach(async () => {
    await access.firstStart(ADMIN);
    await database.execute("insert into tenants (name) values ('Second')");
  });

  it("is for platform administrators", async () => {
    const { principal } = await login();
    expect(await access.actIn(principal, 2)).toEqual({ ...principal, tenantId: 2, tenantName: "Second" });
    expect(await access.actIn(principal, 1)).toBe(principal);
    await expect(access.actIn(principal, 3)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is not for others: to them there is no other tenant", async () => {
    await addUser("operator", "Operator");
    await addUser("customer", "Administrator", 2);
    for (const [username, tenantId] of [
      ["operator", 2],
      ["customer", 1],
    ] as const) {
      const { principal } = await login(username);
      await expect(access.actIn(principal, tenantId)).rejects.toMatchObject({ code: "not_found" });
    }
  });

  it("a customer's administrator has every permission but those over the installation", async () => {
    await addUser("customer", "Administrator", 2);
    const { permissions } = (await login("customer")).principal;
    expect(permissions).toContain("users.edit");
    for (const one of ["tenants.view", "tenants.edit", "system.edit"]) expect(permissions).not.toContain(one);
  });
});

describe("the audit", () => {
  it("has every way in and out, and its chain is whole", async () => {
    const { setupCode } = await access.firstStart(null);
    const setup = { ...ADMIN, address: ADDRESS };
    await access.setup({ ...setup, setupCode: "wrong" }).catch(() => undefined);
    await access.setup({ ...setup, setupCode: setupCode ?? "" });
    await login("admin", "wrong").catch(() => undefined);
    const { principal } = await login();
    const request = { name: "script", permissions: ["recordings.view"], expiresAtMs: null } as const;
    const { stored } = await access.tokens.create(principal, request, ADDRESS);
    await access.tokens.revoke(principal, stored.id, ADDRESS);
    await access.logout(principal, ADDRESS);
    const inOrder = ["login.failed", "login", "api_token.create", "api_token.revoke", "logout"];
    expect(await auditedActions()).toEqual(["setup.failed", "setup", ...inOrder]);
    expect(await catalog.tenant(1).audit.verify()).toEqual({ whole: true, entries: 7 });
  });

  it("holds no secret", async () => {
    const change = {
      name: "Door",
      password: "hunter2",
      passwordSealed: "hunter2",
      nested: [{ token: "hunter2", url: "rtsp://viewer:hunter2@10.0.0.7/main" }],
      has_password: true,
    };
    const record = { tenantId: 1, actor: "admin", action: "camera.update", object: "camera 1", address: ADDRESS };
    await access.audit.write({ ...record, before: change, after: change });
    const [entry] = (await catalog.tenant(1).audit.list({ limit: 1 })).items;
    expect(JSON.stringify(entry)).not.toContain("hunter2");
    expect(JSON.parse(entry?.after ?? "")).toEqual({
      name: "Door",
      password: "***",
      passwordSealed: "***",
      nested: [{ token: "***", url: "rtsp://***@10.0.0.7/main" }],
      has_password: true,
    });
  });
});
