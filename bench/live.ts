import { setTimeout as delay } from "node:timers/promises";
import type { Browser } from "../e2e/harness/browser.ts";
import { startBrowser } from "../e2e/harness/browser.ts";
import { addCamera, waitUntilRecording } from "../e2e/harness/footage-of.ts";
import { startNightjar } from "../e2e/harness/nightjar.ts";
import { signInPage } from "../e2e/harness/pages.ts";
import { frameDueMs, type RigCamera, startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import { FaultProxy } from "../e2e/rig/fault-proxy.ts";
import { makeScene } from "../e2e/rig/scene.ts";
import { type ShownFrame, watchFrames } from "../e2e/rig/shown-frames.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";

const ROUNDS = 3;
const WATCHED_SECONDS = 15;
/** What a stall at the beginning has cost is made up for by then. */
const SETTLE_MS = 10_000;
const FIRST_WITHIN_SECONDS = 3;
const JITTER_MS = 200;
const SCENE = {
  id: 3,
  codec: "h264",
  width: 1280,
  height: 720,
  fps: 25,
  gopFrames: 50,
  seconds: 120,
  audio: "aac",
} as const;
const QUIET_BUDGET_MS = 500;
const JITTER_BUDGET_MS = 1000;
const FIRST_PICTURE_BUDGET_MS = 1000;

export const live: Benchmark = {
  name: "live",
  about: `Glass to glass in Chromium by the number in the picture: 720p25 with AAC, on a quiet line and with up to ${JITTER_MS} ms of jitter.`,
  async run(report) {
    report("making the scene");
    const [camera] = await startCameras([{ scene: await makeScene(SCENE) }]);
    if (camera === undefined) throw new Error("The camera was not started.");
    const proxy = await FaultProxy.start(camera.port);
    const nightjar = await startNightjar();
    const browser = await startBrowser();
    try {
      const { id } = await addCamera(nightjar, proxy.url(camera.url));
      await waitUntilRecording(nightjar, id);
      const watch = (what: string) => watchRounds({ browser, baseUrl: nightjar.baseUrl, camera, report, what });
      const quiet = await watch("on a quiet line");
      proxy.set({ kind: "jitter", maxMs: JITTER_MS });
      const jitter = await watch("with jitter");
      return [...rows("quiet", quiet, QUIET_BUDGET_MS), ...rows("jitter", jitter, JITTER_BUDGET_MS)];
    } finally {
      await browser.close();
      await nightjar.stop();
      await proxy.close();
      await stopCameras([camera]);
    }
  },
};

interface Round {
  readonly medianMs: number;
  readonly p95Ms: number;
  /** From the click on Live. */
  readonly firstPictureMs: number;
}

interface Watch {
  readonly browser: Browser;
  readonly baseUrl: string;
  readonly camera: RigCamera;
  readonly report: (text: string) => void;
  readonly what: string;
}

async function watchRounds(watch: Watch): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    watch.report(`watching ${watch.what}, round ${i + 1} of ${ROUNDS}`);
    rounds.push(await watchOnce(watch));
  }
  return rounds;
}

async function watchOnce({ browser, baseUrl, camera }: Watch): Promise<Round> {
  // Without a graphics card larger pictures would measure how fast the processor draws.
  const page = await browser.newPage({ viewport: { width: 960, height: 600 } });
  try {
    await signInPage(page, baseUrl);
    await page.goto(`${baseUrl}/setup/devices`);
    const link = page.getByRole("link", { name: "Live" });
    await link.hover();
    const video = page.getByTestId("live-video");
    const askedMs = Date.now();
    await link.click();
    await video.waitFor();
    const [first] = await watchFrames(video, FIRST_WITHIN_SECONDS);
    const firstPictureMs = (first?.shownMs ?? Number.NaN) - askedMs;
    await delay(SETTLE_MS);
    const ages = (await watchFrames(video, WATCHED_SECONDS)).map((frame) => ageMs(camera, frame));
    ages.sort((a, b) => a - b);
    const at = (share: number) => ages[Math.floor((ages.length - 1) * share)] ?? Number.NaN;
    return { medianMs: at(0.5), p95Ms: at(0.95), firstPictureMs };
  } finally {
    await page.close();
  }
}

function ageMs(camera: RigCamera, { number, shownMs }: ShownFrame): number {
  return shownMs - frameDueMs(camera, number, shownMs);
}

function rows(line: string, rounds: readonly Round[], budget: number): Measurement[] {
  const row = (what: string, values: number[], limit: number | null): Measurement => ({
    what: `${line}: ${what}`,
    unit: "ms",
    values: values.map(Math.round),
    budget: limit,
  });
  return [
    row(
      "glass to glass, median of each round",
      rounds.map(({ medianMs }) => medianMs),
      budget,
    ),
    row(
      "glass to glass, p95 of each round",
      rounds.map(({ p95Ms }) => p95Ms),
      budget,
    ),
    row(
      "click on Live to first picture",
      rounds.map(({ firstPictureMs }) => firstPictureMs),
      FIRST_PICTURE_BUDGET_MS,
    ),
  ];
}
