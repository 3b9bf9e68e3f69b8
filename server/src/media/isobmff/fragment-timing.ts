import type { Fragment } from "./fragment-reader.ts";

/** Where the last picture of a fragment begins, and how long it lasts, in milliseconds of the run; null without pictures. */
export function lastPicture(
  fragment: Fragment,
  timescale: number,
): { readonly startMs: number; readonly durationMs: number } | null {
  const { video } = fragment;
  if (video === null) return null;
  let endTicks = video.decodeTimeTicks;
  let lastTicks = 0;
  for (const run of video.runs) {
    for (const sample of run.samples) {
      endTicks += sample.durationTicks;
      lastTicks = sample.durationTicks;
    }
  }
  return { startMs: ((endTicks - lastTicks) * 1000) / timescale, durationMs: (lastTicks * 1000) / timescale };
}
