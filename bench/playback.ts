import { setTimeout as delay } from "node:timers/promises";
import type { Segment } from "@nightjar/api/recording";
import { type Browser, chromium, type Page } from "@playwright/test";
import { addCamera, listSegments } from "../e2e/harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import { signInPage } from "../e2e/harness/pages.ts";
import { waitFor } from "../e2e/harness/wait.ts";
import { startCameras, stopCameras } from "../e2e/rig/cameras.ts";
import { makeScene } from "../e2e/rig/scene.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";

const CLICKS = 40;
const SEEKS = 60;
const THUMBNAILS = 100;
const CLICK_BUDGET_MS = 400;
const SEEK_BUDGET_MS = 200;
const THUMBNAIL_BUDGET_MS = 30;
const SPANS = 100_000;
const MONTH_SECONDS = 31 * 86_400;
const PULLS = 120;
const DRAWN_WITHIN_MS = 60_000;
/** 60 frames a second, and some of each for the browser itself. */
const FRAME_BUDGET_MS = 12;
const FOOTAGE_MS = 150_000;
const SEGMENT_SECONDS = 20;
const PICTURE_WITHIN_MS = 10_000;
/** So that a picture is looked at from rest. */
const REST_MS = 250;
const SCENE = { id: 3, codec: "h264", width: 1920, height: 1080, fps: 25, gopFrames: 50, audio: "aac" } as const;

export const playback: Benchmark = {
  name: "playback",
  about:
    "Chromium on this machine, one camera 1080p25 that goes on recording: from a click on another moment to its first frame, from a seek inside what is loaded to its frame, and a thumbnail.",
  async run(report) {
    const rig = await startCameras([{ scene: await makeScene({ ...SCENE, seconds: 120 }) }]);
    const nightjar = await startNightjar();
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
    });
    try {
      const { id } = await addCamera(nightjar, rig[0]?.url ?? "", {
        recording: { segment_seconds: SEGMENT_SECONDS },
        audio: { enabled: true, codec: "auto" },
      });
      report(`recording ${FOOTAGE_MS / 1000} s`);
      const segments = await footage(nightjar, id);
      return await measure({ nightjar, cameraId: id, browser, segments, report });
    } finally {
      await browser.close();
      await nightjar.stop();
      await stopCameras(rig);
    }
  },
};

interface Setting {
  readonly nightjar: Nightjar;
  readonly cameraId: number;
  readonly browser: Browser;
  readonly segments: readonly Segment[];
  readonly report: (text: string) => void;
}

async function measure({ nightjar, cameraId, browser, segments, report }: Setting): Promise<Measurement[]> {
  const fromMs = Date.parse(segments[0]?.start ?? "") + 5000;
  const toMs = Date.parse(segments.at(-1)?.end ?? "") - 5000;
  const somewhere = () => fromMs + Math.random() * (toMs - fromMs);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // What runs the benchmarks wraps functions in this, also those that are sent into the page.
  await page.addInitScript({ content: "globalThis.__name = (one) => one;" });
  await signInPage(page, nightjar.baseUrl);
  const open = (ms: number) =>
    page.goto(`${nightjar.baseUrl}/playback?camera=${cameraId}&time=${new Date(ms).toISOString()}&zoom=400`);
  const clicks: number[] = [];
  report(`${CLICKS} clicks, each on a page on which nothing but its own moment is loaded`);
  for (let i = 0; i < CLICKS; i++) {
    // Far from the others, so that the browser has nothing of the moment clicked at.
    await open(i % 2 === 0 ? fromMs : toMs);
    await ready(page);
    clicks.push(await fromClick(page, somewhere()));
  }
  report(`${SEEKS} jumps by the keys of ten seconds inside what is loaded`);
  await open(fromMs + 10_000);
  await ready(page);
  const seeks: number[] = [];
  for (let i = 0; i < SEEKS; i++) seeks.push(await fromKey(page, i % 2 === 0 ? "Shift+ArrowRight" : "Shift+ArrowLeft"));
  report(`${THUMBNAILS} thumbnails`);
  const thumbnails: number[] = [];
  for (let i = 0; i < THUMBNAILS; i++) thumbnails.push(await thumbnailMs(page, cameraId, somewhere()));
  report(`pulling a timeline of a month with ${SPANS} recordings and as many gaps`);
  const drawn = await frameCosts(page, nightjar.baseUrl, cameraId, fromMs);
  return [
    row("click to first frame, p95", clicks, CLICK_BUDGET_MS),
    row("seek inside what is loaded, p95", seeks, SEEK_BUDGET_MS),
    row("thumbnail in the page, p95", thumbnails, THUMBNAIL_BUDGET_MS),
    row(`script per frame of the page, ${SPANS} recordings in sight, p95`, drawn, FRAME_BUDGET_MS),
    ...[clicks, seeks, thumbnails, drawn].map((values, i) => ({
      what: `all: ${["clicks", "seeks", "thumbnails", "script per frame"][i]}`,
      unit: "ms",
      values,
      budget: null,
    })),
  ];
}

function row(what: string, values: readonly number[], budget: number): Measurement {
  const sorted = [...values].sort((a, b) => a - b);
  return { what, unit: "ms", values: [sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN], budget };
}

async function footage(nightjar: Nightjar, cameraId: number): Promise<Segment[]> {
  const closed = async () => {
    const segments = (await listSegments(nightjar, cameraId)).filter(({ state }) => state === "closed");
    const [first, last] = [segments[0], segments.at(-1)];
    const lengthMs = first === undefined || last === undefined ? 0 : Date.parse(last.end) - Date.parse(first.start);
    return lengthMs >= FOOTAGE_MS ? segments : undefined;
  };
  return waitFor("enough footage", closed, { withinMs: FOOTAGE_MS * 2, everyMs: 1000 });
}

async function ready(page: Page): Promise<void> {
  const playing = () =>
    page
      .getByTestId("player-video")
      .evaluate(
        (video: HTMLVideoElement) => video.dataset.phase === "ready" && video.currentTime > 0 && !video.seeking,
      );
  await waitFor("the picture", playing, { withinMs: PICTURE_WITHIN_MS });
  await delay(REST_MS);
}

/** From a click on the timeline to the first frame that the browser shows of the moment. */
async function fromClick(page: Page, ms: number): Promise<number> {
  const timeline = page.getByTestId("timeline");
  const [startMs, endMs] = [
    Number(await timeline.getAttribute("data-start-ms")),
    Number(await timeline.getAttribute("data-end-ms")),
  ];
  const box = await timeline.boundingBox();
  if (box === null) throw new Error("The timeline is not on the page.");
  const position = { x: ((ms - startMs) / (endMs - startMs)) * box.width, y: box.height * 0.7 };
  await watchFrames(page, "pointerup");
  await timeline.click({ position });
  return tookMs(page);
}

async function fromKey(page: Page, key: string): Promise<number> {
  await watchFrames(page, "keydown");
  await page.keyboard.press(key);
  const took = await tookMs(page);
  await delay(REST_MS);
  return took;
}

/** Begins to look for the first frame, after the next event of the page, that is far from where playback was. */
async function watchFrames(page: Page, event: "pointerup" | "keydown"): Promise<void> {
  await page.evaluate(
    ({ name, withinMs }) => {
      const video = document.querySelector<HTMLVideoElement>("[data-testid=player-video]");
      if (video === null) throw new Error("There is no video.");
      const took = new Promise<number>((resolve, reject) => {
        setTimeout(() => reject(new Error("no frame came")), withinMs);
        const listen = (event: Event) => {
          // The keys of a chord are not the wish itself.
          if (event instanceof KeyboardEvent && event.key === "Shift") return;
          window.removeEventListener(name, listen, true);
          const { timeStamp } = event;
          const [before, source] = [video.currentTime, video.src];
          const look = (now: number, { mediaTime }: VideoFrameCallbackMetadata) => {
            const isNew = video.src !== source || Math.abs(mediaTime - before) > 1;
            if (isNew && !video.seeking) resolve(now - timeStamp);
            else video.requestVideoFrameCallback(look);
          };
          video.requestVideoFrameCallback(look);
        };
        window.addEventListener(name, listen, true);
      });
      Object.assign(window, { took });
    },
    { name: event, withinMs: PICTURE_WITHIN_MS },
  );
}

/** Milliseconds from the event to that frame. */
function tookMs(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { took: Promise<number> }).took);
}

/** From asking for a thumbnail until its picture could be drawn. */
function thumbnailMs(page: Page, cameraId: number, ms: number): Promise<number> {
  const query = new URLSearchParams({ camera_id: `${cameraId}`, time: new Date(ms).toISOString(), width: "200" });
  return page.evaluate(async (url) => {
    const begunMs = performance.now();
    const image = new Image();
    image.src = url;
    await image.decode();
    return performance.now() - begunMs;
  }, `/api/recordings/thumbnail?${query}`);
}

/** What the page's own code takes of each frame while a person pulls a month's timeline, with so many spans in sight. */
async function frameCosts(page: Page, baseUrl: string, cameraId: number, atMs: number): Promise<number[]> {
  await page.route("**/api/recordings/timeline?*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const [start, end] = [query.get("start") ?? "", query.get("end") ?? ""];
    const stepMs = (MONTH_SECONDS * 1000) / SPANS;
    const at = (i: number, part: number) => new Date((i + part) * stepMs).toISOString();
    const places = Array.from(
      { length: Math.floor((Date.parse(end) - Date.parse(start)) / stepMs) },
      (_, i) => Math.ceil(Date.parse(start) / stepMs) + i,
    );
    return route.fulfill({
      json: {
        ...{ camera_id: cameraId, start, end, motion: [], events: [], locks: [] },
        recordings: places.map((i) => ({
          start: at(i, 0),
          end: at(i, 0.7),
          kind: i % 3 === 0 ? "motion" : "continuous",
        })),
        gaps: places.map((i) => ({ start: at(i, 0.7), end: at(i, 1), cause: "camera_offline", wanted: true })),
      },
    });
  });
  await page.addInitScript(() => {
    const costs: number[] = [];
    Object.assign(window, { frameCosts: costs });
    const original = window.requestAnimationFrame.bind(window);
    let frameAt = 0;
    window.requestAnimationFrame = (callback) =>
      original((at) => {
        const begunMs = performance.now();
        callback(at);
        const tookMs = performance.now() - begunMs;
        if (at === frameAt) costs.push((costs.pop() ?? 0) + tookMs);
        else costs.push(tookMs);
        frameAt = at;
      });
  });
  await page.goto(`${baseUrl}/playback?camera=${cameraId}&time=${new Date(atMs).toISOString()}&zoom=${MONTH_SECONDS}`);
  await page.getByText("Gap", { exact: true }).waitFor({ timeout: DRAWN_WITHIN_MS });
  const box = await page.getByTestId("timeline").boundingBox();
  if (box === null) throw new Error("The timeline is not on the page.");
  const y = box.y + box.height * 0.6;
  await page.mouse.move(box.x + 300, y);
  await page.mouse.down();
  await page.mouse.move(box.x + 310, y);
  await page.evaluate(() => (window as unknown as { frameCosts: number[] }).frameCosts.splice(0));
  for (let i = 0; i < PULLS; i++) await page.mouse.move(box.x + 310 + (i % 40), y);
  await page.mouse.up();
  return page.evaluate(() => (window as unknown as { frameCosts: number[] }).frameCosts);
}
