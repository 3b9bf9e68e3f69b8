import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Export } from "@nightjar/api/export";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExportQueue } from "../../../export/export-queue.ts";
import type { Installation } from "../../installation.contract.ts";
import {
  endOf,
  exportFolders,
  exportOf,
  instantAt,
  type Recording,
  recordCamera,
  startExporting,
} from "./exporting.contract.ts";

let installation: Installation;
let recording: Recording;
beforeAll(async () => {
  installation = await startExporting();
  recording = await recordCamera(installation, [
    { scene: { seconds: 4, sound: true }, atSeconds: 0, cutAfterSeconds: [2] },
  ]);
});
afterAll(() => installation.close());

const SPAN = { start: instantAt(0), end: instantAt(4) };
const post = (payload: object, token?: string) =>
  installation.call({
    method: "POST",
    url: "/api/recordings/export",
    payload,
    ...(token === undefined ? {} : { token }),
  });
const body = () => ({ camera_ids: [recording.cameraId], ...SPAN });

describe("asking for an export", () => {
  it("answers 202 with its id and where to ask, and needs only recordings.export", async () => {
    const token = await installation.apiToken(["recordings.export"]);
    const started = await post({ ...body(), format: "mp4", with_audio: true }, token);
    expect(started.statusCode).toBe(202);
    const { export_id: id, status_url: url } = started.json<{ export_id: string; status_url: string }>();
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(url).toBe(`/api/recordings/export/${id}`);
    await endOf(installation, id);
    const status = (await installation.call({ url, token })).json<Export>();
    expect(status).toMatchObject({ status: "ready", progress: 1, created_by: "ada", remaining_seconds: null });
    const file = await installation.call({ url: status.files[0]?.url ?? "", token });
    expect(file.statusCode).toBe(200);
    expect(file.rawPayload).toHaveLength(status.files[0]?.size_bytes ?? 0);
    const other = await installation.apiToken(["recordings.view"]);
    for (const answer of [await post(body(), other), await installation.call({ url, token: other })]) {
      expect(answer.statusCode).toBe(403);
      expect(answer.json().error.details).toEqual({ permission: "recordings.export" });
    }
  });

  it.each([
    [{ camera_ids: [] }, 400, "camera_ids"],
    [{ camera_ids: Array.from({ length: 10_000 }, (_, i) => i + 1) }, 400, "camera_ids"],
    [{ camera_ids: [1, 1] }, 400, "camera_ids"],
    [{ end: instantAt(-1) }, 400, "end"],
    [{ start: "yesterday" }, 400, "start"],
    [{ format: "avi" }, 400, "format"],
    [{ with_audio: "yes" }, 400, "with_audio"],
    [{ unknown: 1 }, 400, "unknown"],
    [{ privacy_masks: [{ x: 0.6, y: 0, width: 0.5, height: 0.5 }] }, 400, "privacy_masks.0"],
  ])("refuses %o and names the field", async (wrong, status, field) => {
    const answer = await post({ ...body(), ...wrong });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.details.fields[0].field).toMatch(new RegExp(`^${field}`));
  });

  it("refuses spans that are too long and cameras that do not exist", async () => {
    expect((await post({ ...body(), end: instantAt(8 * 86_400) })).json().error.code).toBe("span_too_long");
    expect((await post({ ...body(), camera_ids: [9999] })).statusCode).toBe(404);
    expect((await installation.call({ url: "/api/recordings/export/0123456789ab" })).statusCode).toBe(404);
    expect((await installation.call({ url: "/api/recordings/export/..%2f" })).statusCode).toBe(400);
  });

  it("foretells what it would take, and makes nothing, with dry_run", async () => {
    const before = (await installation.call({ url: "/api/recordings/export" })).json().exports.length;
    const copy = await post({ ...body(), dry_run: true, timestamps: "subtitles" });
    expect(copy.statusCode).toBe(200);
    expect(copy.json()).toMatchObject({
      dry_run: true,
      re_encoding: false,
      re_encoding_because: [],
      enough_space: true,
    });
    expect(copy.json().footage_seconds).toBeCloseTo(4, 1);
    const encoded = await post({ ...body(), dry_run: true, timestamps: "burned_in", time_lapse_factor: 10 });
    expect(encoded.json()).toMatchObject({
      re_encoding: true,
      re_encoding_because: ["burned_in", "time_lapse_factor"],
    });
    expect(encoded.json().duration_seconds).toBeGreaterThan(copy.json().duration_seconds);
    expect((await installation.call({ url: "/api/recordings/export" })).json().exports).toHaveLength(before);
  });
});

describe("an export", () => {
  it("is downloaded in parts and whole, each file and all as one ZIP", async () => {
    const made = await exportOf(installation, body());
    const path = join(installation.deps.exports.folder, made.export_id);
    expect((await readdir(path)).sort()).toEqual([made.files[0]?.name, "manifest.json", "verify.html"].sort());
    const zip = await installation.call({ url: made.zip_url ?? "" });
    const unnamed = await installation.call({ url: `/api/recordings/export/${made.export_id}/download` });
    expect(unnamed.rawPayload.equals(zip.rawPayload)).toBe(true);
    expect(zip.headers).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${made.export_id}.zip"`,
      "accept-ranges": "bytes",
    });
    expect(zip.rawPayload).toHaveLength(Number(zip.headers["content-length"]));
    const half = zip.rawPayload.length >> 1;
    for (const [url, whole] of [
      [made.zip_url ?? "", zip.rawPayload],
      [made.files[0]?.url ?? "", await readFile(join(path, made.files[0]?.name ?? ""))],
    ] as const) {
      for (const [from, to] of [
        [0, 9],
        [half, half + 1000],
        [whole.length - 5, whole.length - 1],
      ] as const) {
        const part = await installation.call({ url, headers: { range: `bytes=${from}-${to}` } });
        expect(part.statusCode).toBe(206);
        const last = Math.min(to, whole.length - 1);
        expect(part.headers["content-range"]).toBe(`bytes ${from}-${last}/${whole.length}`);
        expect(part.rawPayload.equals(whole.subarray(from, last + 1))).toBe(true);
      }
      const head = await installation.call({ method: "HEAD", url });
      expect([head.statusCode, head.headers["content-length"], head.rawPayload.length]).toEqual([
        200,
        String(whole.length),
        0,
      ]);
      const beyond = await installation.call({ url, headers: { range: `bytes=${whole.length}-` } });
      expect(beyond.statusCode).toBe(416);
    }
    const download = (file: string) =>
      installation.call({ url: `/api/recordings/export/${made.export_id}/download?file=${file}` });
    expect((await download("manifest.json")).json().export_id).toBe(made.export_id);
    expect((await download("0123456789ab.zip")).statusCode).toBe(404);
    expect((await download("..%2f..%2fsecret.key")).statusCode).toBe(400);
  });

  it("that does not fit on the disk fails before anything is fetched from the share, and says what to do", async () => {
    const { cameraId } = await recordCamera(installation, [{ scene: { seconds: 2 }, atSeconds: 0 }]);
    await installation.putOnShare(cameraId, 1e15);
    const failed = await exportOf(installation, { camera_ids: [cameraId], ...SPAN });
    expect(failed.status).toBe("failed");
    expect(failed.error_code).toBe("no_space");
    expect(failed.error).toMatch(/not enough space .* takes [0-9]+ MB, and [0-9]+ MB may be used\. Delete/);
    expect(await readdir(installation.deps.exports.folder)).not.toContain(`${failed.export_id}.part`);
  });

  it("does not exist for another tenant", async () => {
    const made = await exportOf(installation, body());
    await installation.addTenant();
    const token = await installation.tokenFor("bob", "Administrator", 2);
    for (const url of [`/api/recordings/export/${made.export_id}`, made.zip_url ?? ""])
      expect((await installation.call({ url, token })).statusCode).toBe(404);
    expect((await installation.call({ url: "/api/recordings/export", token })).json().exports).toEqual([]);
  });

  it("is removed with its files, and that is in the audit with all else", async () => {
    const made = await exportOf(installation, body());
    await installation.call({ url: made.zip_url ?? "" });
    const url = `/api/recordings/export/${made.export_id}`;
    expect((await installation.call({ method: "DELETE", url })).statusCode).toBe(204);
    expect((await installation.call({ url })).statusCode).toBe(404);
    expect(await readdir(installation.deps.exports.folder)).not.toContain(made.export_id);
    const audit = await installation.deps.catalog.tenant(1).audit.list({ limit: 1000 });
    const deeds = audit.items
      .filter((entry) => entry.object === `export ${made.export_id}`)
      .map((entry) => entry.action);
    expect(deeds).toEqual(["export.delete", "export.download", "export.ready", "export.create"]);
  });

  it("is listed newest first, in pages", async () => {
    const made = [];
    for (let i = 0; i < 3; i++) {
      installation.clock.advance(1000);
      made.push((await exportOf(installation, body())).export_id);
    }
    const list = async (query: string) =>
      (await installation.call({ url: `/api/recordings/export?${query}` })).json<{
        exports: Export[];
        next_cursor: string | null;
      }>();
    const first = await list("limit=2");
    expect(first.exports.map((one) => one.export_id)).toEqual([made[2], made[1]]);
    const second = await list(`limit=1&cursor=${first.next_cursor}`);
    expect(second.exports.map((one) => one.export_id)).toEqual([made[0]]);
    expect((await installation.call({ url: "/api/recordings/export?cursor=x" })).statusCode).toBe(400);
  });

  it("is cancelled while it waits, and made when it is retried", async () => {
    const settings = (payload: object) => installation.call({ method: "PATCH", url: "/api/settings/export", payload });
    expect((await settings({ at_once: 1 })).json()).toEqual({ keep_days: 30, at_once: 1 });
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await post(body())).json().export_id as string);
    const last = `/api/recordings/export/${ids[2]}`;
    expect((await installation.call({ method: "POST", url: `${last}/cancel` })).json()).toMatchObject({
      status: "cancelled",
    });
    for (const id of ids.slice(0, 2)) expect(await endOf(installation, id)).toMatchObject({ status: "ready" });
    expect((await installation.call({ method: "POST", url: `${last}/cancel` })).statusCode).toBe(409);
    expect((await installation.call({ method: "POST", url: `${last}/retry` })).statusCode).toBe(200);
    expect(await endOf(installation, ids[2] ?? "")).toMatchObject({ status: "ready" });
    expect((await installation.call({ method: "POST", url: `${last}/retry` })).statusCode).toBe(409);
    expect((await settings({ at_once: null })).json()).toEqual({ keep_days: 30, at_once: 2 });
  });

  it("is removed by itself once it is older than its keep time", async () => {
    const made = await exportOf(installation, body());
    installation.clock.advance(29 * 86_400_000);
    expect((await installation.call({ url: `/api/recordings/export/${made.export_id}` })).statusCode).toBe(200);
    await installation.call({ method: "PATCH", url: "/api/settings/export", payload: { keep_days: 28 } });
    await installation.deps.exports.queue.start();
    expect(await exportFolders(installation)).toEqual([]);
    const audit = await installation.deps.catalog.tenant(1).audit.list({ limit: 1000 });
    expect(
      audit.items.some(({ action, object }) => action === "export.expire" && object === `export ${made.export_id}`),
    ).toBe(true);
  });
});

it("goes on after a crash with what was being made, and leaves nothing of it behind", async () => {
  const { exports } = installation.deps.catalog.tenant(1);
  const request = { camera_ids: [recording.cameraId], ...SPAN, format: "mp4", with_audio: true } as const;
  const order = { ...request, timestamps: "none", time_lapse_factor: null, privacy_masks: [] } as const;
  const [running, queued, renamed] = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"];
  const { folder } = installation.deps.exports;
  for (const id of [running, queued, renamed])
    await exports.create({
      id: id ?? "",
      createdBy: "ada",
      request: { ...order, privacy_masks: [], camera_ids: [recording.cameraId] },
    });
  await exports.begin(running ?? "");
  await exports.begin(renamed ?? "");
  // As a kill leaves it: half a file of one, the folder of another that was never noted as ready; and what the catalog does not know.
  for (const name of [`${running}.part/files`, `${renamed}`, "dddddddddddd", "not-ours"])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, `${running}.part/files/half.mp4`), "half");
  await writeFile(join(folder, `${renamed}/old.mp4`), "old");
  await installation.deps.exports.queue.close();
  const after = await startAnew();
  for (const id of [running, queued, renamed]) {
    const made = await endOf(installation, id ?? "");
    expect(made).toMatchObject({ status: "ready", error: null });
    expect((await readdir(join(folder, id ?? ""))).sort()).toEqual(
      [made.files[0]?.name, "manifest.json", "verify.html"].sort(),
    );
  }
  expect(await exportFolders(installation)).toEqual([running, queued, renamed, "dddddddddddd", "not-ours"].sort());
  await after.close();
});

/** The server after its restart: another queue on the same catalog and folder. */
async function startAnew(): Promise<ExportQueue> {
  const queue = new ExportQueue(installation.exportDeps);
  await queue.start();
  return queue;
}

it("tells its public key to whoever is signed in", async () => {
  const token = await installation.tokenFor("eve", "Viewer");
  const key = (await installation.call({ url: "/api/system/key", token })).json();
  expect(key).toEqual({
    algorithm: "Ed25519",
    public_key: expect.stringMatching(/^[0-9a-f]{64}$/),
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await installation.call({ url: "/api/system/key", token: null })).statusCode).toBe(401);
});
