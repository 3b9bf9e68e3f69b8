import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedMedia } from "../malformed-media.ts";
import { boxBytes, boxesIn, childrenOf, readBoxHeader, readU64, u32, u64, writeBox, writeFullBox } from "./box.ts";

const type = fc.string({ unit: fc.constantFrom(..."abcdxyz0©ÿ "), minLength: 4, maxLength: 4 });
const body = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));

describe("boxes", () => {
  it("that were written parse back", () => {
    fc.assert(
      fc.property(type, fc.array(fc.record({ type, body }), { maxLength: 8 }), (parentType, children) => {
        const bytes = writeBox(parentType, ...children.map((child) => writeBox(child.type, child.body)));
        const [parent, ...others] = boxesIn(bytes, 0, bytes.length);
        expect(others).toEqual([]);
        expect(parent?.type).toBe(parentType);
        const found = parent === undefined ? [] : childrenOf(bytes, parent);
        expect(found.map((box) => box.type)).toEqual(children.map((child) => child.type));
        expect(found.map((box) => boxBytes(bytes, box).subarray(8))).toEqual(children.map((child) => child.body));
      }),
    );
  });

  it("keep their version, flags and fields", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(0xffffff), fc.nat(0xffffffff), fc.maxSafeNat(), (version, flags, word, long) => {
        const bytes = writeFullBox("test", version, flags, u32(word), u64(long));
        expect(bytes.readUInt32BE(0)).toBe(bytes.length);
        expect(bytes.readUInt32BE(8)).toBe(version * 0x1000000 + flags);
        expect(bytes.readUInt32BE(12)).toBe(word);
        expect(readU64(bytes, 16)).toBe(long);
      }),
    );
  });

  it("may say their size in 64 bits", () => {
    const large = Buffer.concat([u32(1), Buffer.from("mdat"), u64(20), Buffer.from("body")]);
    expect(readBoxHeader(large, 0)).toEqual({ type: "mdat", headerBytes: 16, sizeBytes: 20 });
    expect(readBoxHeader(large.subarray(0, 15), 0)).toBeNull();
  });

  it("of impossible sizes, or that reach beyond their container, are malformed", () => {
    for (const size of [0, 2, 7]) {
      expect(() => readBoxHeader(Buffer.concat([u32(size), Buffer.from("moov")]), 0)).toThrow(MalformedMedia);
    }
    for (const size of [0n, 15n, 2n ** 53n, 2n ** 64n - 1n]) {
      const long = Buffer.alloc(8);
      long.writeBigUInt64BE(size);
      expect(() => readBoxHeader(Buffer.concat([u32(1), Buffer.from("mdat"), long]), 0)).toThrow(MalformedMedia);
    }
    const box = writeBox("moov", writeBox("free"));
    expect(() => boxesIn(box, 0, box.length - 1)).toThrow(MalformedMedia);
    expect(() => boxesIn(box, 0, box.length + 1)).toThrow(MalformedMedia);
    expect(() => readU64(Buffer.alloc(8, 0xff), 0)).toThrow(MalformedMedia);
  });
});
