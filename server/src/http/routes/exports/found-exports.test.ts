import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Export } from "@nightjar/api/export";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ExportQueue } from "../../../export/export-queue.ts";
import type { Installation } from "../../installation.contract.ts";
import { exportFolders, exportOf, instantAt, recordCamera, startExporting } from "./exporting.contract.ts";

let installation: Installation;
let made: Export;
let zip: Buffer;
beforeAll(async () => {
  installation = await startExporting();
  const { cameraId } = await recordCamera(installation, [{ scene: { seconds: 3, sound: true }, atSeconds: 0 }]);
  made = await exportOf(installation, { camera_ids: [cameraId], start: instantAt(0), end: instantAt(3) });
  zip = (await installation.call({ url: made.zip_url ?? "" })).rawPayload;
});
afterAll(() => installation.close());

/** The server after its restart with a catalog that has forgotten the export. */
async function startForgotten(): Promise<void> {
  await installation.deps.catalog.tenant(1).exports.remove(made.export_id);
  const queue = new ExportQueue(installation.exportDeps);
  await queue.start();
  await queue.close();
}

it("an export whose catalog was lost is there again, with the same ZIP to the byte", async () => {
  installation.clock.advance(86_400_000);
  await startForgotten();
  const found = (await installation.call({ url: `/api/recordings/export/${made.export_id}` })).json<Export>();
  const { finished_at: _, expires_at: expiresAt, ...same } = made;
  expect(found).toMatchObject(same);
  // It is kept for the whole time again: how long it was to be kept may be lost too.
  expect(Date.parse(expiresAt ?? "")).toBeLessThan(Date.parse(found.expires_at ?? ""));
  expect((await installation.call({ url: found.zip_url ?? "" })).rawPayload.equals(zip)).toBe(true);
});

it("a folder that this installation has not signed, or of which something is missing, is left alone", async () => {
  const { folder } = installation.deps.exports;
  const manifest = await readFile(join(folder, made.export_id, "manifest.json"), "utf8");
  await cp(join(folder, made.export_id), join(folder, "0123456789ab"), { recursive: true });
  await writeFile(
    join(folder, made.export_id, "manifest.json"),
    manifest.replace('"created_by": "ada"', '"created_by": "eve"'),
  );
  await startForgotten();
  expect((await installation.call({ url: "/api/recordings/export" })).json().exports).toEqual([]);
  expect(await exportFolders(installation)).toEqual(["0123456789ab", made.export_id].sort());
  expect(installation.logged()).toContain("is none of this installation");
});
