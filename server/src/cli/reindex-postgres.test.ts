import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { PostgresServer } from "../catalog/postgres-server.contract.ts";
import { check } from "./check.ts";
import { answersOf, CAMERA, openStopped, recordCamera } from "./recorded-camera.contract.ts";
import { runReindex } from "./reindex.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.close());

it("nightjar reindex makes a lost catalog again on PostgreSQL: it answers byte for byte as before, and the check finds nothing", async () => {
  const folder = join(testFolder(), "data");
  await recordCamera(folder);
  const sqlite = await openStopped(folder);
  const before = await answersOf(sqlite);
  await sqlite.catalog.close();
  const databaseUrl = server.url("postgres");
  const command = { options: { data: folder, databaseUrl, json: true }, defaultData: folder };
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    for (const restored of [[{ id: CAMERA.id, name: CAMERA.name }], []]) {
      expect(await runReindex(command)).toBe(0);
      const report: unknown = JSON.parse(String(printed.mock.lastCall?.[0]));
      expect(report).toMatchObject({ restored_cameras: restored, cameras_without_address: [{ id: CAMERA.id }] });
    }
    expect(await check({ ...command, options: { ...command.options, deep: true } })).toBe(0);
  } finally {
    printed.mockRestore();
  }
  const catalog = await openCatalog({ databaseUrl, clock: new SimulatedClock(0), log: silentLog });
  try {
    expect(await answersOf({ catalog })).toBe(before);
  } finally {
    await catalog.close();
  }
});
