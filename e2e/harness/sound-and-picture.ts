import type { Locator } from "@playwright/test";
import { BAR_COLUMNS, BAR_HEIGHT_SHARE, BAR_ROWS, decodeBarCode } from "../rig/bar-code.ts";
import type { Scene } from "../rig/scene.ts";

/** Tells when sound begins after silence, on the clock of the sound. */
const ONSETS = `
registerProcessor("onsets", class extends AudioWorkletProcessor {
  silence = 0;
  process([[samples]]) {
    for (let i = 0; i < (samples?.length ?? 0); i++) {
      const isLoud = Math.abs(samples[i]) > 0.1;
      if (isLoud && this.silence > sampleRate / 4) this.port.postMessage(currentTime + i / sampleRate);
      this.silence = isLoud ? 0 : this.silence + 1;
    }
    return true;
  }
});`;
/**
 * By how many milliseconds the beeps of a scene come out of a playing `<video>` after the pictures of their seconds are on the screen: the
 * median of what is heard in some seconds, from -500 to 500. The browser says of both when it puts them out. The page must have been opened without its content security policy. Throws when nothing is heard.
 */
export async function soundOffsetMs(video: Locator, scene: Scene, seconds: number): Promise<number> {
  const bars = { columns: BAR_COLUMNS, rows: BAR_ROWS, share: BAR_HEIGHT_SHARE };
  const { beepsMs, frames } = await video.evaluate(listen, { ...bars, worklet: ONSETS, seconds });
  const begins = frames.flatMap(({ shownMs, grey }) => {
    const mark = decodeBarCode(grey);
    return mark === null ? [] : [{ shownMs, secondMs: shownMs - ((mark.number % scene.fps) / scene.fps) * 1000 }];
  });
  const offsets = beepsMs.flatMap((beepMs) => {
    const near = begins.filter(({ shownMs }) => Math.abs(shownMs - beepMs) < 1000);
    return near.map(({ secondMs }) => ((((beepMs - secondMs + 500) % 1000) + 1000) % 1000) - 500);
  });
  const sorted = offsets.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error(`${beepsMs.length} beeps were heard, and ${begins.length} pictures seen.`);
  return median;
}

/** Runs in the page. */
async function listen(
  element: Element,
  options: { columns: number; rows: number; share: number; worklet: string; seconds: number },
) {
  const video = element as HTMLVideoElement & { heardBy?: { context: AudioContext; node: AudioWorkletNode } };
  if (video.heardBy === undefined) {
    const context = new AudioContext();
    const module = URL.createObjectURL(new Blob([options.worklet], { type: "text/javascript" }));
    await context.audioWorklet.addModule(module);
    const node = new AudioWorkletNode(context, "onsets");
    const source = context.createMediaElementSource(video);
    source.connect(node);
    source.connect(context.destination);
    video.heardBy = { context, node };
  }
  const { context, node } = video.heardBy;
  const beepsMs: number[] = [];
  const frames: { shownMs: number; grey: number[] }[] = [];
  node.port.onmessage = ({ data }) => {
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    beepsMs.push(performanceTime + (data - contextTime) * 1000);
  };
  const canvas = document.createElement("canvas");
  canvas.width = options.columns;
  canvas.height = options.rows;
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  let ended = false;
  const look = (_: number, { expectedDisplayTime }: VideoFrameCallbackMetadata) => {
    const height = video.videoHeight * options.share;
    ink?.drawImage(video, 0, 0, video.videoWidth, height, 0, 0, canvas.width, canvas.height);
    const pixels = ink?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    frames.push({
      shownMs: expectedDisplayTime,
      grey: Array.from({ length: pixels.length / 4 }, (_, i) => pixels[i * 4 + 1] ?? 0),
    });
    if (!ended) video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  await new Promise((resolve) => setTimeout(resolve, options.seconds * 1000));
  ended = true;
  return { beepsMs, frames };
}
