import type { Locator } from "@playwright/test";
import { BAR_COLUMNS, BAR_HEIGHT_SHARE, BAR_ROWS, decodeBarCode } from "./bar-code.ts";

/** One frame that a `<video>` of a page has shown. */
export interface ShownFrame {
  readonly scene: number;
  readonly number: number;
  /** When it was to be on the screen, wall time. */
  readonly shownMs: number;
  /** Where it lies in the media, seconds. */
  readonly mediaSeconds: number;
}

/** Every frame that a `<video>` shows in the next so many seconds; those without a bar code are left out. */
export async function watchFrames(video: Locator, seconds: number): Promise<ShownFrame[]> {
  const shown = await video.evaluate(takeFrames, {
    columns: BAR_COLUMNS,
    rows: BAR_ROWS,
    share: BAR_HEIGHT_SHARE,
    forMs: seconds * 1000,
  });
  return shown.flatMap(({ grey, shownMs, mediaSeconds }) => {
    const mark = decodeBarCode(grey);
    return mark === null ? [] : [{ ...mark, shownMs, mediaSeconds }];
  });
}

interface TakenFrame {
  readonly grey: number[];
  readonly shownMs: number;
  readonly mediaSeconds: number;
}

/** Runs in the page: the grey of the middle of each cell, of every frame that is handed to the screen. */
async function takeFrames(
  element: Element,
  bars: { columns: number; rows: number; share: number; forMs: number },
): Promise<TakenFrame[]> {
  const video = element as HTMLVideoElement;
  const cell = 4;
  const canvas = document.createElement("canvas");
  canvas.width = bars.columns * cell;
  canvas.height = bars.rows * cell;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const frames: TakenFrame[] = [];
  const endMs = performance.now() + bars.forMs;
  while (context !== null && performance.now() < endMs) {
    const { expectedDisplayTime, mediaTime } = await new Promise<VideoFrameCallbackMetadata>((resolve) =>
      video.requestVideoFrameCallback((_nowMs, metadata) => resolve(metadata)),
    );
    const height = video.videoHeight * bars.share;
    context.drawImage(video, 0, 0, video.videoWidth, height, 0, 0, canvas.width, canvas.height);
    const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
    const grey = Array.from({ length: bars.columns * bars.rows }, (_, i) => {
      const row = Math.floor(i / bars.columns);
      const middle = (row * cell + cell / 2) * width + (i % bars.columns) * cell + cell / 2;
      return data[middle * 4 + 1] ?? 0;
    });
    frames.push({ grey, shownMs: performance.timeOrigin + expectedDisplayTime, mediaSeconds: mediaTime });
  }
  return frames;
}
