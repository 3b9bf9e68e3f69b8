import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AsciiWriter } from "./ascii-writer.ts";

describe("what is written as ASCII", () => {
  it("reads as the same texts and numbers put together do, however long it becomes", () => {
    const part = fc.oneof(fc.maxSafeNat(), fc.nat(20), fc.string({ unit: "grapheme-ascii", maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 2000 }), fc.nat(10_000), (parts, times, memoryBytes) => {
        const writer = new AsciiWriter(Buffer.alloc(memoryBytes), 20);
        for (let time = 0; time < times; time += 1) {
          for (const one of parts) {
            if (typeof one === "number") writer.number(one);
            else if (time % 2 === 0) writer.text(one);
            else writer.encoded(Buffer.from(one));
          }
        }
        const written = parts.join("").repeat(times);
        expect(writer.bytes().toString()).toBe(written);
        expect(writer.bytesBehind("A head.\n").toString()).toBe(`A head.\n${written}`);
        expect(() => writer.bytesBehind("A head that is too long.\n")).toThrow(RangeError);
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 2 ** 32, Number.MAX_SAFE_INTEGER])("writes %d", (value) => {
    const writer = new AsciiWriter();
    writer.number(value);
    expect(writer.bytes().toString()).toBe(String(value));
  });
});
