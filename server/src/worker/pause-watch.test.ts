import { expect, it } from "vitest";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { type Pause, PauseWatch } from "./pause-watch.ts";

const NONE = Buffer.alloc(0);

/** A fragment whose pictures last so many milliseconds each. */
function pictures(startMs: number, ...durationsMs: number[]): Fragment {
  const samples = durationsMs.map((durationTicks) => ({
    durationTicks,
    sizeBytes: 1,
    compositionOffsetTicks: 0,
    sync: false,
  }));
  const runs = [{ dataOffsetBytes: 0, samples, dataOffsetAt: null, firstDurationAt: null, recordBytes: 0 }];
  const video = { trackId: 1, decodeTimeTicks: startMs, decodeTimeAt: 0, runs };
  return { kind: "fragment", moof: NONE, mdat: [], sizeBytes: 1, tracks: [video], video, sync: false };
}

function pausesIn(...fragments: Fragment[]): Pause[] {
  const watch = new PauseWatch(1000);
  return fragments.flatMap((fragment) => watch.take(fragment));
}

it("a picture that lasts longer than a second hides missing ones from its usual end on", () => {
  expect(pausesIn(pictures(0, 40, 40, 3000), pictures(3080, 40, 40))).toEqual([{ fromMs: 120, toMs: 3080 }]);
  expect(pausesIn(pictures(0, 40, 1000, 40))).toEqual([]);
});

it("a fragment that begins far behind the last one's end leaves a pause between them", () => {
  expect(pausesIn(pictures(0, 40, 40), pictures(2080, 40))).toEqual([{ fromMs: 80, toMs: 2080 }]);
  expect(pausesIn(pictures(0, 40, 40), pictures(900, 40))).toEqual([]);
});

it("a camera that sends a picture every two seconds does not pause with each", () => {
  const pauses = pausesIn(pictures(0, 2000, 2000), pictures(4000, 2000, 2100), pictures(8100, 9000, 2000));
  expect(pauses).toEqual([
    { fromMs: 40, toMs: 2000 },
    { fromMs: 10_200, toMs: 17_100 },
  ]);
});
