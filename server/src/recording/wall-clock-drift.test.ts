import { describe, expect, it } from "vitest";
import { WallClock } from "./wall-clock.ts";

const DAY_MS = 86_400_000;
const FRAME_MS = 40;
const START_MS = Date.UTC(2026, 3, 9);

/** Pseudo-random from [0, 1), the same each time. */
function* randoms(seed: number): Generator<number, never> {
  for (let state = seed; ; state = (state * 1_103_515_245 + 12_345) % 2 ** 31) yield state / 2 ** 31;
}

/** A camera whose clock is off by `ppm`, watched for `days`: how far the mapping is off at the cuts of 600 s segments. */
function worstErrorMs(ppm: number, days: number, jitterMs: number): number {
  const clock = new WallClock();
  const random = randoms(7);
  let worstMs = 0;
  for (let mediaMs = 0; mediaMs < days * DAY_MS; mediaMs += 1000) {
    const takenMs = START_MS + mediaMs * (1 + ppm / 1_000_000);
    clock.observe(takenMs + 2 * FRAME_MS + random.next().value * jitterMs, mediaMs, FRAME_MS);
    if (mediaMs > 60_000 && mediaMs % 600_000 === 0)
      worstMs = Math.max(worstMs, Math.abs(clock.wallMs(mediaMs) - takenMs));
  }
  return worstMs;
}

describe("over thirty days the start of a segment is the time of its first picture within 100 ms", () => {
  it.each([-500, -50, 0, 50, 500])("with a camera's clock off by %d ppm", (ppm) => {
    expect(worstErrorMs(ppm, 30, 20)).toBeLessThanOrEqual(100);
  });
});

it("a network that is slow for an hour moves the mapping no faster than a clock can drift", () => {
  const clock = new WallClock();
  for (let mediaMs = 0; mediaMs < 7_200_000; mediaMs += 1000) {
    const delayMs = mediaMs > 3_600_000 ? 400 : 0;
    clock.observe(START_MS + mediaMs + 2 * FRAME_MS + delayMs, mediaMs, FRAME_MS);
    if (mediaMs === 3_660_000) expect(clock.wallMs(mediaMs) - START_MS - mediaMs).toBeLessThanOrEqual(120);
  }
  // And back at once when it is quick again: nothing can arrive before it was taken.
  clock.observe(START_MS + 7_200_000 + 2 * FRAME_MS, 7_200_000, FRAME_MS);
  expect(clock.wallMs(7_200_000)).toBe(START_MS + 7_200_000);
});

it("tells how far the camera's clock has fallen behind", () => {
  const clock = new WallClock();
  for (let mediaMs = 0; mediaMs < 3_600_000; mediaMs += 250) {
    clock.observe(START_MS + mediaMs * 1.0001 + 2 * FRAME_MS, mediaMs, FRAME_MS);
  }
  expect(clock.driftMs).toBeGreaterThan(340);
  expect(clock.driftMs).toBeLessThanOrEqual(360);
});
