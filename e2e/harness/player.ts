import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { type Picture, readPicture } from "../rig/picture.ts";
import { waitFor } from "./wait.ts";

/** From a click to the right picture, on a machine that records four cameras and runs the browser too. */
const PICTURE_WITHIN_MS = 5000;

/** The picture, and the wall time that the page says it is of. */
export interface Shown extends Picture {
  readonly wallMs: number;
}

/** The Playback page as a person sees it. */
export class Player {
  readonly page: Page;
  /** The first camera's picture. */
  readonly video: Locator;
  readonly videos: Locator;
  readonly timeline: Locator;
  readonly wallTime: Locator;

  constructor(page: Page) {
    this.page = page;
    this.videos = page.getByTestId("player-video");
    this.video = this.videos.first();
    this.timeline = page.getByTestId("timeline");
    this.wallTime = page.getByTestId("wall-time");
  }

  /** Clicks the place of an instant on the timeline, which must show it. */
  async clickTime(wallMs: number): Promise<void> {
    const span = await this.visibleSpan();
    expect(wallMs, "the timeline shows the instant").toBeGreaterThan(span.startMs);
    expect(wallMs, "the timeline shows the instant").toBeLessThan(span.endMs);
    const box = await this.timeline.boundingBox();
    if (box === null) throw new Error("The timeline is not on the page.");
    const x = ((wallMs - span.startMs) / (span.endMs - span.startMs)) * box.width;
    await this.timeline.click({ position: { x, y: box.height * 0.7 } });
  }

  /** Milliseconds that one pixel of the timeline stands for. */
  async pixelMs(): Promise<number> {
    const span = await this.visibleSpan();
    const box = await this.timeline.boundingBox();
    return (span.endMs - span.startMs) / (box?.width ?? 1);
  }

  async visibleSpan(): Promise<{ startMs: number; endMs: number }> {
    const read = async (name: string) => Number(await this.timeline.getAttribute(name));
    return { startMs: await read("data-start-ms"), endMs: await read("data-end-ms") };
  }

  /** Pauses when it plays, and waits until the picture stands still and is the one that the page tells of. */
  async pause(): Promise<Shown> {
    if (!(await this.state()).paused) await this.page.keyboard.press("k");
    return waitFor("the picture to stand still", () => this.#standing(), { withinMs: PICTURE_WITHIN_MS });
  }

  /** Presses a key, and waits until the picture is another one and stands still; answers it. */
  async pressForPicture(key: string): Promise<Shown> {
    const before = await this.state();
    await this.page.keyboard.press(key);
    const probe = async () => {
      const shown = await this.#standing();
      // The time is another one earlier than the picture, on a busy machine.
      const isOther = shown?.currentTime !== before.currentTime && shown?.mark?.number !== before.mark?.number;
      return isOther ? shown : undefined;
    };
    const onTimeout = async () => {
      const phase = await this.video.getAttribute("data-phase");
      return `${phase}; before ${JSON.stringify(before)}, now ${JSON.stringify(await this.state())}`;
    };
    return waitFor(`another picture after ${key}`, probe, { withinMs: PICTURE_WITHIN_MS, onTimeout });
  }

  /** The picture at which a paused player has come to rest. */
  async restingPicture(): Promise<Shown> {
    return waitFor("a picture at rest", () => this.#standing(), { withinMs: PICTURE_WITHIN_MS });
  }

  /** Twice the same picture, with nothing that is still to come. */
  async #standing(): Promise<Shown | undefined> {
    const busy = await this.video.evaluate(
      (one: HTMLVideoElement) => one.seeking || one.readyState < 2 || one.dataset.phase === "loading",
    );
    const first = await this.state();
    // What was decoded last is on the screen with one of the next two frames of the page.
    await this.page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
    const second = await this.state();
    const same = first.currentTime === second.currentTime && first.mark?.number === second.mark?.number;
    return !busy && same && second.paused && second.mark !== null ? second : undefined;
  }

  /** The wall time that the page says, and the picture, taken as nearly together as a page can. */
  async state(): Promise<Shown> {
    const picture = await readPicture(this.video);
    return { ...picture, wallMs: Number(await this.wallTime.getAttribute("data-wall-ms")) };
  }

  /**
   * The picture of a moment in which the page does not say that it loads one: a browser that leaves out too many pictures is given key frames
   * alone, and until these are there it has none.
   */
  async loadedPicture(): Promise<Shown> {
    const phase = () => this.video.getAttribute("data-phase");
    const probe = async () => {
      if ((await phase()) === "loading") return undefined;
      const shown = await this.state();
      return (await phase()) === "loading" ? undefined : shown;
    };
    return waitFor("a picture that is not being loaded", probe, { withinMs: PICTURE_WITHIN_MS });
  }

  /** How many times faster than the clock on the wall the page's wall time goes on, over so many milliseconds. */
  clockSpeed(overMs: number): Promise<number> {
    return this.wallTime.evaluate(async (element: HTMLElement, ms) => {
      const read = () => ({ wallMs: Number(element.dataset.wallMs), atMs: performance.now() });
      const first = read();
      await new Promise((resolve) => setTimeout(resolve, ms));
      const last = read();
      return (last.wallMs - first.wallMs) / (last.atMs - first.atMs);
    }, overMs);
  }

  /**
   * Waits until the page says that its picture is of `wallMs`, give or take, and `isRight` says so of the picture: after a jump the page
   * names the new time at once, and the picture follows.
   */
  async waitForPicture(wallMs: number, boundMs: number, isRight: (shown: Shown) => boolean): Promise<Shown> {
    let last: Shown | undefined;
    const probe = async () => {
      last = await this.state();
      return Math.abs(last.wallMs - wallMs) < boundMs && isRight(last) ? last : undefined;
    };
    const onTimeout = () => `It shows ${JSON.stringify(last)}`;
    return waitFor(`the picture of ${new Date(wallMs).toISOString()}`, probe, {
      withinMs: PICTURE_WITHIN_MS,
      onTimeout,
    });
  }
}

/** How a `<video>` has played over a while, measured in the page on the media clock and the page's own. */
export interface PlayReport {
  /** Milliseconds on the page's clock. */
  readonly elapsedMs: number;
  /** Milliseconds by which `currentTime` went on. */
  readonly mediaMs: number;
  /** The longest time for which `currentTime` stood still. */
  readonly longestStallMs: number;
}

/** Watches a `<video>` from when it moves until `seconds` of media have been played, or for twice as long at `speed`. */
export async function watchPlaying(video: Locator, seconds: number, speed = 1): Promise<PlayReport> {
  return video.evaluate(
    (element: HTMLVideoElement, { mediaSeconds, limitMs }) =>
      new Promise<PlayReport>((resolve) => {
        const firstTime = element.currentTime;
        let startedMs = performance.now();
        let startTime = firstTime;
        let lastTime = firstTime;
        let movedMs = startedMs;
        let longestStallMs = 0;
        const look = () => {
          const nowMs = performance.now();
          if (startTime === firstTime && element.currentTime !== firstTime) {
            startTime = lastTime = element.currentTime;
            startedMs = movedMs = nowMs;
            longestStallMs = 0;
          }
          if (element.currentTime !== lastTime) movedMs = nowMs;
          lastTime = element.currentTime;
          longestStallMs = Math.max(longestStallMs, nowMs - movedMs);
          const isOver = lastTime - startTime >= mediaSeconds || nowMs - startedMs > limitMs;
          if (isOver) resolve({ elapsedMs: nowMs - startedMs, mediaMs: (lastTime - startTime) * 1000, longestStallMs });
          else requestAnimationFrame(look);
        };
        look();
      }),
    { mediaSeconds: seconds, limitMs: (seconds * 2000) / speed },
  );
}
