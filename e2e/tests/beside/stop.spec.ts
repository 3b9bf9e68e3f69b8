import { mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { addCamera, listSegments, waitUntilRecording } from "../../harness/footage-of.ts";
import { STOP_WITHIN_MS, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { topLevelBoxes } from "../../rig/boxes.ts";
import { startCameras, stopCameras } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { makeSmallScene } from "../../rig/scene.ts";

test("SIGTERM ends server, workers and ffmpeg within ten seconds, every segment closed, also while it restarts, and a new start goes on", async () => {
  const scene = await makeSmallScene();
  const dataFolder = mkdtempSync(join(tmpdir(), "nightjar-e2e-"));
  const cameras = await startCameras([{ scene }, { scene }]);
  try {
    let nightjar = await startNightjar({ dataFolder });
    const ids: number[] = [];
    for (const { url } of cameras) ids.push((await addCamera(nightjar, url)).id);
    for (const id of ids) {
      await waitUntilRecording(nightjar, id);
      const someSeconds = async () => (await listSegments(nightjar, id)).some((one) => one.duration_seconds > 3);
      await waitFor(`some seconds of camera ${id}`, someSeconds, { withinMs: 20_000 });
    }
    const ffmpegs = nightjar.processes().filter((one) => /ffmpeg/.test(one.arguments.split(" ")[0] ?? ""));
    expect(ffmpegs.length).toBe(cameras.length);

    const { tookMs, exitCode } = await nightjar.stop();
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    expect(exitCode).toBe(0);
    for (const id of ids) {
      const folder = join(dataFolder, "recordings", String(id));
      const files = (await readdir(folder)).filter((name) => name.endsWith(".mp4")).sort();
      expect(files.length).toBeGreaterThan(0);
      const boxes = await Promise.all(files.map((name) => topLevelBoxes(join(folder, name))));
      for (const one of boxes) expect(one.slice(0, 3).map((box) => box.type)).toEqual(["ftyp", "mdat", "moov"]);
      const marks = (await Promise.all(files.map((name) => readFrameMarks(join(folder, name))))).flat();
      expect(findFrameFaults(marks, scene).places).toEqual([]);
    }

    nightjar = await startNightjar({ dataFolder });
    for (const id of ids) {
      expect((await listSegments(nightjar, id)).every((segment) => segment.state !== "repaired")).toBe(true);
      await waitUntilRecording(nightjar, id);
    }
    // A stop that comes while it restarts counts.
    nightjar.hangUp();
    await nightjar.stop();
  } finally {
    await stopCameras(cameras);
    await rm(dataFolder, { recursive: true, force: true });
  }
});
