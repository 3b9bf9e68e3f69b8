import type { Segment } from "@nightjar/api/recording";
import { expect, test } from "@playwright/test";
import { segmentPath } from "../../harness/footage-of.ts";
import { signInPage } from "../../harness/pages.ts";
import { Player } from "../../harness/player.ts";
import { soundOffsetMs } from "../../harness/sound-and-picture.ts";
import { soundOffsetsMs } from "../../rig/sound.ts";
import { closedSegments, sharedCamera, sharedRecording } from "../../shared-recording.ts";

const HALL = 2;
const LEAST_FOOTAGE_MS = 90_000;
/** How far sound and picture may be apart. */
const BOUND_MS = 60;
const LISTEN_SECONDS = 5;

// What listens is put into the page.
test.use({ bypassCSP: true });

let segments: Segment[];
const camera = () => sharedCamera(HALL);
const startMs = (i: number) => Date.parse(segments[i]?.start ?? "");

test.beforeAll(async () => {
  test.setTimeout(240_000);
  segments = await closedSegments(camera().id, LEAST_FOOTAGE_MS);
});

test("sound and picture are together: from the start, after a jump, and over the border of two files", async ({
  page,
}) => {
  const { baseUrl, dataFolder } = sharedRecording();
  await signInPage(page, baseUrl);
  const search = new URLSearchParams({ camera: `${camera().id}`, time: new Date(startMs(1) + 2000).toISOString() });
  await page.goto(`${baseUrl}/playback?${search}&zoom=240`);
  const player = new Player(page);
  await player.waitForPicture(startMs(1) + 2000, 5000, ({ mark }) => mark !== null);
  await page.keyboard.press("m");
  await expect(page.getByRole("button", { name: "Sound off" })).toBeVisible();
  const offsets: Record<string, number> = {};
  const listen = async (when: string) => {
    offsets[when] = await soundOffsetMs(player.video, camera().scene, LISTEN_SECONDS);
  };
  await listen("from the start");
  await player.clickTime(startMs(3) + 3000);
  await player.waitForPicture(startMs(3) + 3000, 3000, ({ mark }) => mark !== null);
  await listen("after a jump");
  await player.clickTime(startMs(3) - 2000);
  await player.waitForPicture(startMs(3) - 2000, 2000, ({ mark }) => mark !== null);
  await listen("over the border");
  const segment = segments[1];
  if (segment === undefined) throw new Error("There is no second segment.");
  const inFile = (await soundOffsetsMs(segmentPath(dataFolder, segment), camera().scene)).sort((a, b) => a - b);
  const truthMs = inFile[Math.floor(inFile.length / 2)] ?? Number.NaN;
  for (const [when, offsetMs] of Object.entries(offsets)) {
    expect(Math.abs(offsetMs - truthMs), `${when}: ${JSON.stringify({ ...offsets, truthMs })}`).toBeLessThan(BOUND_MS);
  }
});
