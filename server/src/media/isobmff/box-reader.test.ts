import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fragmentedMp4 } from "../made-footage.contract.ts";
import { MalformedMedia } from "../malformed-media.ts";
import { boxesIn, u32, u64, writeBox } from "./box.ts";
import { BoxReader, joinParts } from "./box-reader.ts";

const MAX_BYTES = 1024 * 1024;

/** Chunks of the sizes given, over and over, the last shorter; a size of 0 is an empty chunk. */
function chunked(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** Strings are compared many times faster than buffers. */
const text = (bytes: Buffer): string => bytes.toString("latin1");

function read(chunks: readonly Buffer[]): string[] {
  const reader = new BoxReader(MAX_BYTES);
  return chunks
    .flatMap((chunk) => reader.push(chunk))
    .map((box) => {
      const bytes = joinParts(box.parts);
      expect(bytes.length).toBe(box.sizeBytes);
      return text(bytes);
    });
}

const sizes = fc
  .array(fc.oneof(fc.nat(20), fc.nat(5000)), { minLength: 1, maxLength: 40 })
  .filter((list) => list.some((size) => size > 0));

describe("the box reader", () => {
  it("answers the same boxes however the stream is cut into chunks", async () => {
    const stream = await fragmentedMp4({ seconds: 1, sound: true });
    const large = Buffer.concat([u32(1), Buffer.from("mdat"), u64(1016), Buffer.alloc(1000, 7)]);
    const bytes = Buffer.concat([stream, large, writeBox("free"), writeBox("mdat", Buffer.alloc(3))]);
    const expected = boxesIn(bytes, 0, bytes.length).map(({ start, end }) => text(bytes.subarray(start, end)));
    expect(expected.length).toBeGreaterThan(8);
    fc.assert(
      fc.property(sizes, (list) => {
        expect(read(chunked(bytes, list))).toEqual(expected);
      }),
      { numRuns: 40, examples: [[[1]], [[0, ...Array<number>(30).fill(0), 1]], [[bytes.length]]] },
    );
  });

  it("keeps back what is not whole", () => {
    const reader = new BoxReader(MAX_BYTES);
    const box = writeBox("free", Buffer.alloc(10));
    expect(reader.push(box.subarray(0, 17))).toEqual([]);
    expect(reader.push(box.subarray(17)).map((whole) => whole.type)).toEqual(["free"]);
  });

  it("refuses boxes that are too large or of an impossible size, before it has stored them", () => {
    const largest = writeBox("free", Buffer.alloc(MAX_BYTES - 8));
    expect(new BoxReader(MAX_BYTES).push(largest)).toHaveLength(1);
    for (const size of [0, 7, MAX_BYTES + 1, 0xffffffff]) {
      expect(() => new BoxReader(MAX_BYTES).push(Buffer.concat([u32(size), Buffer.from("mdat")]))).toThrow(
        MalformedMedia,
      );
    }
    const beyond = Buffer.concat([u32(1), Buffer.from("mdat"), u64(MAX_BYTES + 1)]);
    expect(() => new BoxReader(MAX_BYTES).push(beyond)).toThrow(MalformedMedia);
  });

  it("throws MalformedMedia and nothing else, whatever it is fed", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        const reader = new BoxReader(1000);
        try {
          for (const chunk of chunks) reader.push(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMedia);
        }
      }),
    );
  });
});
