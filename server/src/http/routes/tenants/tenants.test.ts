import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, NOW_MS, startInstallation } from "../../installation.contract.ts";

const HOUR_MS = 3_600_000;
let installation: Installation;
let tenant: number;
let cameraId: number;
/** Of one segment. */
let sizeBytes: number;

beforeAll(async () => {
  installation = await startInstallation();
  tenant = await installation.addTenant();
  cameraId = await installation.addCamera(tenant);
  for (const hours of [4, 3, 2]) await installation.addSegment(cameraId, NOW_MS - hours * HOUR_MS, HOUR_MS);
  const [usage] = await installation.deps.catalog.acrossTenants.usageByCamera();
  sizeBytes = (usage?.sizeBytes ?? 0) / 3;
});
afterAll(() => installation.close());

const call = async (method: "GET" | "POST" | "PATCH", url: string, payload?: object, token?: string) => {
  const asked = {
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
    ...(token === undefined ? {} : { token }),
  };
  const answer = await installation.call(asked);
  return { status: answer.statusCode, body: answer.json() };
};

describe("what a tenant's footage may take", () => {
  it("is told, and set by who may change tenants", async () => {
    const url = `/api/tenants/${tenant}`;
    expect((await call("GET", url)).body).toMatchObject({ id: tenant, max_storage_gb: 0 });
    expect(await call("PATCH", url, { max_storage_gb: 2.5 })).toMatchObject({
      status: 200,
      body: { max_storage_gb: 2.5 },
    });
    expect((await call("GET", "/api/tenants")).body.tenants).toMatchObject([
      { id: 1, max_storage_gb: 0 },
      { id: tenant, max_storage_gb: 2.5 },
    ]);
    const [entry] = (await installation.deps.catalog.tenant(tenant).audit.list({ limit: 1 })).items;
    expect(entry).toMatchObject({ action: "tenant.update", before: expect.stringContaining(`"max_storage_gb":0`) });
    expect((await call("PATCH", url, { max_storage_gb: null })).body.max_storage_gb).toBe(0);
    expect((await call("PATCH", url, { max_storage_gb: -1 })).status).toBe(400);
    expect((await call("PATCH", "/api/tenants/99", { max_storage_gb: 1 })).status).toBe(404);
    const customer = await installation.tokenFor("eve", "Administrator", tenant);
    expect((await call("GET", url, undefined, customer)).status).toBe(403);
    expect((await call("PATCH", url, { max_storage_gb: 1 }, customer)).status).toBe(403);
  });

  it("is tried first: what would go of which camera, and nothing is deleted", async () => {
    const tried = (gb: number | null, token?: string) => {
      const tenants = { ids: [tenant], changes: { max_storage_gb: gb } };
      return call("POST", "/api/storage/dry-run", { tenants }, token);
    };
    const two = { segments: 2, size_bytes: 2 * sizeBytes };
    expect((await tried(sizeBytes / 1e9)).body).toMatchObject({ ...two, cameras: [{ camera_id: cameraId, ...two }] });
    expect((await tried(null)).body).toMatchObject({ segments: 0, cameras: [] });
    expect((await call("POST", "/api/storage/dry-run", {})).body.segments).toBe(0);
    const customer = await installation.tokenFor("mallory", "Administrator", tenant);
    expect((await tried(1, customer)).status).toBe(403);
    const [usage] = await installation.deps.catalog.acrossTenants.usageByCamera();
    expect(usage?.count).toBe(3);
  });
});
