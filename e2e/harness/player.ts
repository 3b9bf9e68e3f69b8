import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { type Picture, readPicture } from "../rig/picture.ts";
import { waitFor } from "./wait.ts";

/** The Playback page as a person sees it. */
export class Player {
  readonly page: Page;
  readonly video: Locator;
  readonly timeline: Locator;
  readonly wallTime: Locator;

  constructor(page: Page) {
    this.page = page;
    this.video = page.getByTestId("player-video");
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

  /** The wall time that the page says, and the picture, taken as nearly together as a page can. */
  async state(): Promise<Picture & { readonly wallMs: number }> {
    const picture = await readPicture(this.video);
    return { ...picture, wallMs: Number(await this.wallTime.getAttribute("data-wall-ms")) };
  }

  /** Waits until a picture with a bar code is shown that the page says is of about `wallMs` or a little later. */
  async waitForPicture(wallMs: number, boundMs: number): Promise<Picture & { readonly wallMs: number }> {
    let last: (Picture & { wallMs: number }) | undefined;
    const probe = async () => {
      last = await this.state();
      return last.mark !== null && Math.abs(last.wallMs - wallMs) < boundMs ? last : undefined;
    };
    const onTimeout = () => JSON.stringify(last);
    return waitFor(`the picture of ${new Date(wallMs).toISOString()}`, probe, { withinMs: 15_000, onTimeout });
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

/** Watches a `<video>` until `seconds` of media have been played, or for twice as long at `speed`. */
export async function watchPlaying(video: Locator, seconds: number, speed = 1): Promise<PlayReport> {
  return video.evaluate(
    (element: HTMLVideoElement, { mediaSeconds, limitMs }) =>
      new Promise<PlayReport>((resolve) => {
        const startedMs = performance.now();
        const startTime = element.currentTime;
        let lastTime = startTime;
        let movedMs = startedMs;
        let longestStallMs = 0;
        const look = () => {
          const nowMs = performance.now();
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
