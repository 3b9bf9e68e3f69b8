import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeBox } from "../media/isobmff/box.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { type FragmentIndex, indexBox, isIndexBox, parseIndexBox } from "./fragment-index.ts";

const key = fc.record({ offsetBytes: fc.nat(0xffffff), sizeBytes: fc.nat(0xffffff) });
const index: fc.Arbitrary<FragmentIndex> = fc
  .record({
    codecs: fc.constantFrom("avc1.42c01f", "hvc1.1.6.L93.90,mp4a.40.2", ""),
    timescale: fc.integer({ min: 1, max: 0xffffffff }),
    firstDecodeTicks: fc.nat(2 ** 50),
    firstOffsetBytes: fc.nat(100_000),
    fragments: fc.array(
      fc.record({ sizeBytes: fc.nat(0xffffffff), durationTicks: fc.nat(0xffffffff), key: fc.option(key) }),
    ),
  })
  .map((given) => {
    let offsetBytes = given.firstOffsetBytes;
    let decodeTicks = given.firstDecodeTicks;
    const fragments = given.fragments.map((fragment) => {
      const placed = { ...fragment, offsetBytes, decodeTicks, sync: fragment.key !== null };
      offsetBytes += fragment.sizeBytes;
      decodeTicks += fragment.durationTicks;
      return placed;
    });
    return { ...given, fragments };
  });

describe("the fragment index", () => {
  it("comes back from its box as it went in", () => {
    fc.assert(
      fc.property(index, (given) => {
        const box = indexBox(given);
        expect(isIndexBox(box.subarray(0, 24))).toBe(true);
        expect(parseIndexBox(box)).toEqual(given);
      }),
    );
  });

  it("is MalformedMedia or an index when it is damaged, and always MalformedMedia when it is cut off", () => {
    fc.assert(
      fc.property(index, fc.nat(), fc.nat(255), (given, place, byte) => {
        const box = indexBox(given);
        expect(() => parseIndexBox(box.subarray(0, place % box.length))).toThrow(MalformedMedia);
        const damaged = Buffer.from(box);
        damaged[place % box.length] = byte;
        try {
          expect(parseIndexBox(damaged).fragments.length).toBeLessThan(box.length);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMedia);
        }
      }),
    );
  });

  it("is not what another program keeps in a box of its own", () => {
    expect(isIndexBox(writeBox("uuid", Buffer.alloc(40)))).toBe(false);
    expect(() => parseIndexBox(writeBox("free", Buffer.alloc(40)))).toThrow(MalformedMedia);
  });
});
