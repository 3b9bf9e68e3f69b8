import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LiveBeginning } from "./live-listener.ts";
import { ViewerQueue } from "./viewer-queue.ts";

const LIMITS = { handedOnBytes: 100, keptBackBytes: 400 };

type Step =
  | { readonly fragment: { sync: boolean; size: number } }
  | "begins"
  | "continues"
  | { readonly taken: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ fragment: fc.record({ sync: fc.boolean(), size: fc.integer({ min: 1, max: 150 }) }) }),
  },
  { weight: 1, arbitrary: fc.constantFrom("begins" as const, "continues" as const) },
  { weight: 4, arbitrary: fc.record({ taken: fc.integer({ min: 1, max: 300 }) }) },
);

const beginning = (run: number, continues: boolean): LiveBeginning => ({
  head: { stream: "main", codecs: "avc1.42c01f", width: run, height: 1, continues },
  init: Buffer.alloc(0),
  converted: null,
});

/** A viewer who takes bytes only when told to, and what was handed on to them in order. */
function viewer() {
  let waiting: number[] = [];
  const got: ({ begin: LiveBeginning } | { number: number; sync: boolean })[] = [];
  const outlet = {
    get waitingBytes() {
      return waiting.reduce((sum, size) => sum + size, 0);
    },
    begin: (begun: LiveBeginning) => void got.push({ begin: begun }),
    send: ({ bytes, sync }: { bytes: Buffer; sync: boolean }) => {
      waiting.push(bytes.length);
      got.push({ number: bytes.readUInt32BE(0), sync });
    },
  };
  const take = (bytes: number) => {
    let left = bytes;
    waiting = waiting.flatMap((size) => {
      const taken = Math.min(size, left);
      left -= taken;
      return size > taken ? [size - taken] : [];
    });
  };
  return { outlet, got, take };
}

function numbered(number: number, sync: boolean, size: number) {
  const bytes = Buffer.alloc(4 + size);
  bytes.writeUInt32BE(number, 0);
  return { bytes, sync };
}

describe("the queue of one viewer", () => {
  it("is bounded, begins with a sync fragment, and hands on no fragment without the one it needs, whatever the viewer does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { outlet, got, take } = viewer();
        const queue = new ViewerQueue(outlet, LIMITS);
        queue.began(beginning(0, false));
        let number = 0;
        let run = 0;
        const runOf = new Map<number, number>();
        let mustSync = true;
        for (const one of steps) {
          if (typeof one === "string") {
            run += 1;
            queue.began(beginning(run, one === "continues"));
            mustSync = true;
          } else if ("taken" in one) {
            take(one.taken);
            queue.flush();
          } else {
            // What comes from a worker after a beginning is a sync fragment.
            const sync = one.fragment.sync || mustSync;
            mustSync = false;
            number += 1;
            runOf.set(number, run);
            queue.fragment(numbered(number, sync, one.fragment.size));
          }
          expect(queue.keptBytes).toBeLessThanOrEqual(LIMITS.keptBackBytes);
          expect(outlet.waitingBytes).toBeLessThan(LIMITS.handedOnBytes + 154);
        }
        let last: number | null = null;
        let begun = -1;
        for (const item of got) {
          if ("begin" in item) {
            begun = item.begin.head.width;
            last = null;
            continue;
          }
          expect(runOf.get(item.number)).toBe(begun);
          if (!item.sync) expect(item.number).toBe((last ?? Number.NaN) + 1);
          if (last !== null) expect(item.number).toBeGreaterThan(last);
          last = item.number;
        }
      }),
    );
  });

  it("leaves nothing out for a viewer who keeps up", () => {
    const { outlet, got, take } = viewer();
    const queue = new ViewerQueue(outlet, LIMITS);
    queue.began(beginning(0, false));
    for (let number = 0; number < 50; number += 1) {
      queue.fragment(numbered(number, number % 8 === 0, 50));
      take(1000);
      queue.flush();
    }
    expect(got.length).toBe(51);
  });

  it("does not tell a viewer that media times go on from some that they never got", () => {
    const { outlet, got } = viewer();
    const queue = new ViewerQueue(outlet, LIMITS);
    queue.began(beginning(0, false));
    queue.began(beginning(1, true));
    queue.fragment(numbered(1, true, 10));
    expect(got[0]).toMatchObject({ begin: { head: { width: 1, continues: false } } });
  });
});
