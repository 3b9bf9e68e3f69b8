import { mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CameraStatus } from "@nightjar/api/camera";
import type { Segment } from "@nightjar/api/recording";
import { cameraRoutes } from "@nightjar/api/routes";
import { expect, test } from "@playwright/test";
import {
  addCamera,
  cameraStatus,
  endRecording,
  listSegments,
  waitForStatus,
  waitUntilRecording,
} from "../../harness/footage-of.ts";
import { type Nightjar, runNightjar, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";

const KNOWN_AFTER_MS = 12_000;
const PATTERN = "pattern:clock?size=320x180&fps=10";

/** What the API answers of a camera's past, as it comes over the wire. */
async function answers({ baseUrl, token }: Nightjar, cameraId: number, span: string, month: string): Promise<string[]> {
  const paths = [`segments?${span}`, `timeline?${span}`, `days?month=${month}`];
  const read = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${baseUrl}/api/recordings/${path}&camera_id=${cameraId}`, { headers });
    expect(response.status).toBe(200);
    return response.text();
  };
  return Promise.all(paths.map(read));
}

test("a catalog that is lost comes back from the files: segments, days and timeline answer byte for byte as before", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "nightjar-e2e-"));
  let server = await startNightjar({ dataFolder });
  try {
    const camera = await addCamera(server, PATTERN, {
      name: "Gate",
      time_zone: "Asia/Tokyo",
      recording: { segment_seconds: 10 },
    });
    const { id } = camera;
    const closedSegments = async (count: number, sinceMs = 0) => {
      const isCounted = ({ state, start }: Segment) => state === "closed" && Date.parse(start) >= sinceMs;
      const closed = async () => (await listSegments(server, id)).filter(isCounted).length >= count;
      await waitFor(`${count} closed segments`, closed, { withinMs: 60_000 });
    };
    await closedSegments(2);
    // A span in which nothing is wanted, and one in which there is no server.
    const record = (mode: "disabled" | "continuous") =>
      server.client(cameraRoutes.update, { params: { id }, body: { recording: { mode } } });
    await record("disabled");
    const allClosed = async () => {
      const segments = await listSegments(server, id);
      return segments.every((one) => one.state === "closed") ? segments : undefined;
    };
    const lastEndMs = Date.parse(
      (await waitFor("the end of the recording", allClosed, { withinMs: 30_000 })).at(-1)?.end ?? "",
    );
    const somePass = (status: CameraStatus) => Date.parse(status.last_frame_at ?? "") - lastEndMs > 5000;
    await waitForStatus(server, id, "to send pictures that are not recorded", somePass);
    await record("continuous");
    // Long enough for its time to be certain.
    const isFootageAgain = async () =>
      (await listSegments(server, id)).some((one) => Date.parse(one.start) > lastEndMs && one.duration_seconds > 4);
    await waitFor("footage again", isFootageAgain, { withinMs: 30_000 });
    await server.stop();
    const stoppedMs = Date.now();
    server = await startNightjar({ dataFolder });
    await waitUntilRecording(server, id);
    // How many there are of the time before depends on when their ten seconds began.
    await closedSegments(1, stoppedMs);
    expect(await runNightjar(dataFolder, "check", "--deep")).toMatchObject({
      code: 0,
      output: expect.stringContaining("All is well"),
    });
    expect(await runNightjar(dataFolder, "reindex")).toMatchObject({
      code: 2,
      output: expect.stringContaining("Stop it first"),
    });
    const segments = await endRecording(server, id);
    const end = segments.at(-1)?.end ?? "";
    const span = `start=${camera.created_at}&end=${end}`;
    // The timeline tells nothing of the last seconds.
    await waitFor("all to be known", () => Date.now() - Date.parse(end) > KNOWN_AFTER_MS, {
      withinMs: 2 * KNOWN_AFTER_MS,
    });
    const before = await answers(server, id, span, end.slice(0, 7));
    for (const cause of ["mode_disabled", "stopped"]) expect(before[1]).toContain(cause);
    await server.stop();

    const catalogFiles = (await readdir(dataFolder)).filter((name) => name.startsWith("catalog.sqlite"));
    for (const name of catalogFiles) await rm(join(dataFolder, name));
    expect(await runNightjar(dataFolder, "check")).toMatchObject({
      code: 2,
      output: expect.stringContaining("nightjar reindex"),
    });
    const reindexed = await runNightjar(dataFolder, "reindex");
    expect(reindexed.code, reindexed.output).toBe(0);
    for (const lost of ["Gate", "address", "passwords", "backup"]) expect(reindexed.output).toContain(lost);
    expect((await runNightjar(dataFolder, "check", "--deep")).code).toBe(0);

    server = await startNightjar({ dataFolder });
    expect(await answers(server, id, span, end.slice(0, 7))).toEqual(before);

    const back = await server.client(cameraRoutes.get, { params: { id } });
    expect(back).toMatchObject({
      name: "Gate",
      time_zone: "Asia/Tokyo",
      created_at: camera.created_at,
      enabled: false,
    });
    expect(await cameraStatus(server, id)).toMatchObject({
      connection: "disabled",
      last_error: expect.stringContaining("address"),
    });
    const switchOn = { params: { id }, body: { enabled: true } };
    await expect(server.client(cameraRoutes.update, switchOn)).rejects.toMatchObject({ code: "invalid_field" });
    await server.client(cameraRoutes.update, {
      params: { id },
      body: { enabled: true, streams: { main: { url: PATTERN } } },
    });
    await waitUntilRecording(server, id);
    expect((await addCamera(server, PATTERN)).id).toBeGreaterThan(id);
  } finally {
    await server.stop().catch(() => {});
    await rm(dataFolder, { recursive: true, force: true });
  }
});
