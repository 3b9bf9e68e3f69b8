import type { Locator } from "@playwright/test";
import type { Scene } from "./scene.ts";
import { watchFrames } from "./shown-frames.ts";

/**
 * How much later than the picture of its second each beep of a `<video>` is heard, milliseconds, over so many seconds: from when the sound is
 * due at the loudspeaker and the picture on the screen, as the browser tells. The truth of the picture is the number burnt into it.
 */
export async function heardOffsetsMs(video: Locator, scene: Scene, seconds: number): Promise<number[]> {
  const [heard, frames] = await Promise.all([
    video.evaluate(listen, { forMs: seconds * 1000, quietMs: 500 }),
    watchFrames(video, seconds),
  ]);
  return heard.flatMap((heardMs) => {
    // Frame `n` was filmed `n / fps` seconds after the scene began, and a beep begins with each second.
    const nearest = frames
      .filter(({ scene: id }) => id === scene.id)
      .map(({ number, shownMs }) => heardMs - shownMs + ((number % scene.fps) / scene.fps) * 1000)
      .map((lateMs) => lateMs - Math.round(lateMs / 1000) * 1000)
      .sort((a, b) => a - b);
    const middle = nearest[Math.floor(nearest.length / 2)];
    return middle === undefined ? [] : [middle];
  });
}

/** Runs in the page: when each beep begins to be heard, wall time. */
async function listen(element: Element, { forMs, quietMs }: { forMs: number; quietMs: number }): Promise<number[]> {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 4096;
  const source = context.createMediaElementSource(element as HTMLVideoElement);
  source.connect(analyser);
  analyser.connect(context.destination);
  await context.resume();
  const samples = new Float32Array(analyser.fftSize);
  const beeps: number[] = [];
  let loudMs = Number.NEGATIVE_INFINITY;
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    analyser.getFloatTimeDomainData(samples);
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
    const newestMs = performanceTime + (context.currentTime - contextTime) * 1000;
    const first = samples.findIndex((sample) => Math.abs(sample) > 0.1);
    if (first === -1) continue;
    const heardMs = newestMs - ((samples.length - first) / context.sampleRate) * 1000;
    if (first > 0 && heardMs - loudMs > quietMs) beeps.push(performance.timeOrigin + heardMs);
    loudMs = newestMs;
  }
  await context.close();
  return beeps;
}
