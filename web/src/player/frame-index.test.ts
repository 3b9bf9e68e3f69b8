import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameIndex } from "./frame-index.ts";
import { frameTimesOf, pictureLeadSeconds, videoTrackOf } from "./frame-times.ts";

const TIMESCALE = 90_000;
const VIDEO = 2;

function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const size = 8 + content.reduce((sum, part) => sum + part.length, 0);
  return join([words(size), Uint8Array.from(type, (letter) => letter.charCodeAt(0)), ...content]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setInt32(i * 4, value);
  return bytes;
}

const letters = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function trak(id: number, handler: string): Uint8Array {
  const mdia = box("mdia", box("mdhd", words(0, 0, 0, TIMESCALE, 0)), box("hdlr", words(0, 0), letters(handler)));
  return box("trak", box("tkhd", words(3, 0, 0, id)), mdia);
}

const INIT = join([
  box("ftyp", letters("iso6")),
  box("moov", trak(1, "soun"), trak(VIDEO, "vide"), box("mvex", box("trex", words(0, VIDEO, 1, 3600, 0, 0)))),
]);

/** A fragment of two tracks; the video's samples with durations, the sound's with the default. */
function fragment(startTicks: number, durations: readonly number[]): Uint8Array {
  const sound = box("traf", box("tfhd", words(0x8, 1, 1024)), box("tfdt", words(0, 5)), box("trun", words(0, 3)));
  const video = box(
    "traf",
    box("tfhd", words(0, VIDEO)),
    box("tfdt", words(1 << 24, 0, startTicks)),
    box("trun", words(0x301, durations.length, 0, ...durations.flatMap((duration) => [duration, 1]))),
  );
  return join([box("moof", sound, video), box("mdat", words(0, 0, 0))]);
}

const durations = fc.array(fc.integer({ min: 900, max: 18_000 }), { minLength: 1, maxLength: 30 });

describe("the times of frames", () => {
  it("are those of the samples, whatever the sound beside them", () => {
    const track = videoTrackOf(INIT);
    expect(track).toEqual({ id: VIDEO, timescale: TIMESCALE, defaultDurationTicks: 3600 });
    if (track === null) return;
    const both = join([fragment(90_000, [3600, 7200]), fragment(100_800, [3600])]);
    expect(frameTimesOf(both, track)).toEqual([0, 0.04, 0.12]);
  });

  it("begin behind the sound by as much as the first picture came after it", () => {
    const entry = join([fragment(90_005, [3600]), fragment(93_605, [3600])]);
    expect(pictureLeadSeconds(INIT, entry)).toBeCloseTo(1, 9);
    expect(pictureLeadSeconds(INIT, words(1, 2, 3))).toBe(0);
    expect(pictureLeadSeconds(words(1, 2, 3), entry)).toBe(0);
  });

  it("come out of no rubbish, and rubbish does not throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(videoTrackOf(bytes)).toBeNull();
        expect(
          frameTimesOf(join([fragment(0, [3600]), bytes]), { id: VIDEO, timescale: 1, defaultDurationTicks: 0 }),
        ).toEqual([0]);
      }),
    );
  });
});

describe("stepping", () => {
  const shown = (shownSeconds: number) => ({ shownSeconds, mediaSeconds: shownSeconds });
  const position = (mediaSeconds: number) => ({ shownSeconds: null, mediaSeconds });

  it("goes to exactly the frame that many frames away, also over entries and uneven frames", () => {
    const entries = fc.array(durations, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: -40, max: 40 }), (lists, from, steps) => {
        const index = new FrameIndex();
        const starts: number[] = [];
        let ticks = 0;
        for (const [number, list] of lists.entries()) {
          const startSeconds = ticks / TIMESCALE;
          index.add(number, { startSeconds: () => startSeconds, init: INIT, fragments: fragment(ticks, list) });
          for (const duration of list) {
            starts.push(ticks / TIMESCALE);
            ticks += duration;
          }
        }
        const at = from % starts.length;
        const to = at + steps;
        if (to < 0 || to >= starts.length) return;
        const [shownSeconds = 0, nextSeconds = shownSeconds + 900 / TIMESCALE] = starts.slice(at, at + 2);
        for (const place of [shown(shownSeconds), position(shownSeconds), position(nextSeconds - 0.000_02)]) {
          const sought = index.stepFrom(place, steps, 900 / TIMESCALE);
          expect(sought).toBeGreaterThan(starts[to] ?? 0);
          expect(sought).toBeLessThan(starts[to + 1] ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });

  it("goes by the usual length of a frame where nothing was loaded", () => {
    const index = new FrameIndex();
    expect(index.stepFrom(shown(10), 1, 0.04)).toBeCloseTo(10.06);
    expect(index.stepFrom(shown(10), -1, 0.04)).toBeCloseTo(9.98);
    expect(index.stepFrom(position(10.03), -1, 0.04)).toBeCloseTo(9.99);
    index.add(7, { startSeconds: () => 10, init: INIT, fragments: fragment(0, [3600, 3600]) });
    expect(index.stepFrom(shown(10), -1, 0.04)).toBeCloseTo(9.98);
    expect(index.stepFrom(shown(10.04), 1, 0.04)).toBeCloseTo(10.1);
  });
});
