import type { Locator } from "@playwright/test";
import { BAR_COLUMNS, BAR_HEIGHT_SHARE, BAR_ROWS, decodeBarCode, type FrameMark } from "./bar-code.ts";

/** What a `<video>` shows at one instant. */
export interface Picture {
  /** null: no picture yet, or one without a bar code. */
  readonly mark: FrameMark | null;
  readonly currentTime: number;
  readonly paused: boolean;
}

/** Reads the number of the frame that a `<video>` of a page shows now. */
export async function readPicture(video: Locator): Promise<Picture> {
  const [picture] = await readPictures(video);
  if (picture === undefined) throw new Error("There is no such video on the page.");
  return picture;
}

/** The same of several, taken at one instant. */
export async function readPictures(videos: Locator): Promise<Picture[]> {
  await videos.first().waitFor();
  const shown = await videos.evaluateAll(readBars, { columns: BAR_COLUMNS, rows: BAR_ROWS, share: BAR_HEIGHT_SHARE });
  return shown.map(({ grey, currentTime, paused }) => ({ mark: decodeBarCode(grey), currentTime, paused }));
}

/** Runs in the page: the mean grey of the middle of each cell. The pictures are taken first, all at once, and read then. */
function readBars(elements: Element[], bars: { columns: number; rows: number; share: number }) {
  const cellPixels = 8;
  const taken = elements.map((element) => {
    const video = element as HTMLVideoElement;
    const canvas = document.createElement("canvas");
    canvas.width = bars.columns * cellPixels;
    canvas.height = bars.rows * cellPixels;
    const context = canvas.getContext("2d");
    if (context !== null && video.videoWidth > 0) {
      const height = video.videoHeight * bars.share;
      context.drawImage(video, 0, 0, video.videoWidth, height, 0, 0, canvas.width, canvas.height);
    }
    return { context, currentTime: video.currentTime, paused: video.paused, empty: video.videoWidth === 0 };
  });
  return taken.map(({ context, currentTime, paused, empty }) => {
    const grey: number[] = [];
    for (let row = 0; context !== null && !empty && row < bars.rows; row++) {
      for (let column = 0; column < bars.columns; column++) {
        const quarter = cellPixels / 4;
        const pixels = context.getImageData(
          column * cellPixels + quarter,
          row * cellPixels + quarter,
          cellPixels / 2,
          cellPixels / 2,
        ).data;
        let sum = 0;
        for (let i = 0; i < pixels.length; i += 4) sum += pixels[i + 1] ?? 0;
        grey.push(sum / (pixels.length / 4));
      }
    }
    return { grey, currentTime, paused };
  });
}
