import { copyFile, readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { listSegments, segmentPath } from "../../harness/footage-of.ts";
import { waitFor } from "../../harness/wait.ts";
import { topLevelBoxes } from "../../rig/boxes.ts";
import { frameDueMs } from "../../rig/cameras.ts";
import { findFrameFaults, readFrameMarks } from "../../rig/footage.ts";
import { readPicture } from "../../rig/picture.ts";
import { sharedCamera, sharedRecording } from "../../shared-recording.ts";

/** A fragment is written every quarter of a second; the rest is the camera's own delay and the machine's. */
const NEWEST_FRAME_BOUND_MS = 1500;

test("a copy of an open segment plays in ffmpeg and Chromium up to its last fragment", async ({ page }, info) => {
  const recording = sharedRecording();
  const camera = sharedCamera(0);
  const segment = await waitFor(
    "an open segment of some seconds",
    async () => {
      // The newest, well ahead of its cut: an older one may have got its last fragment and only wait to be closed.
      const newest = (await listSegments(recording, camera.id)).at(-1);
      const inTheMiddle = newest?.state === "open" && newest.duration_seconds > 5 && newest.duration_seconds < 15;
      return inTheMiddle ? newest : undefined;
    },
    { withinMs: 40_000 },
  );
  const copy = info.outputPath("open.mp4");
  await copyFile(segmentPath(recording.dataFolder, segment), copy);
  const copiedMs = Date.now();

  expect((await topLevelBoxes(copy)).map((box) => box.type).slice(0, 3)).toEqual(["ftyp", "free", "moov"]);
  const marks = await readFrameMarks(copy);
  expect(findFrameFaults(marks, camera.scene).places).toEqual([]);
  const lastNumber = marks.at(-1)?.number ?? -1;
  expect(copiedMs - frameDueMs(camera, lastNumber, copiedMs)).toBeLessThan(NEWEST_FRAME_BOUND_MS);

  await page.route("**/open.mp4", async (route) =>
    route.fulfill({ contentType: "video/mp4", body: await readFile(copy) }),
  );
  await page.route("**/player", (route) =>
    route.fulfill({ contentType: "text/html", body: "<video src=open.mp4 muted>" }),
  );
  await page.goto("http://copy.test/player");
  const video = page.locator("video");
  await video.evaluate(async (element: HTMLVideoElement) => {
    element.playbackRate = 8;
    await element.play();
  });
  await waitFor("the copy to be played to its end", () => video.evaluate((one: HTMLVideoElement) => one.ended), {
    withinMs: 20_000,
  });
  const { mark } = await readPicture(video);
  expect(mark?.scene).toBe(camera.scene.id);
  // At this speed the browser may skip the very last frames, but not more than a fragment of them.
  expect(lastNumber - (mark?.number ?? -1)).toBeLessThan(camera.scene.fps / 4);
});
