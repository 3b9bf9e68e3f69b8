import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  headFrame,
  type LiveFrame,
  LiveFrameReader,
  type LiveHead,
  liveSocketPath,
  mediaFrameHeader,
  pauseFrame,
} from "./live-frames.ts";

const HEAD: LiveHead = { stream: "sub", codecs: "avc1.42c01f", width: 640, height: 360, continues: false };

const frame: fc.Arbitrary<LiveFrame> = fc.oneof(
  fc.record({ kind: fc.constant("head" as const), head: fc.constant(HEAD) }),
  fc.record({
    kind: fc.constant("pause" as const),
    pause: fc.constant({ connection: "offline", cause: "camera_offline" } as const),
  }),
  fc.record({ kind: fc.constant("init" as const), bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)) }),
  fc.record({
    kind: fc.constant("fragment" as const),
    bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    sync: fc.boolean(),
  }),
);

function written(one: LiveFrame): Buffer {
  switch (one.kind) {
    case "head":
      return headFrame(one.head);
    case "pause":
      return pauseFrame(one.pause);
    case "init":
      return Buffer.concat([mediaFrameHeader("init", one.bytes.length), one.bytes]);
    case "fragment":
      return Buffer.concat([mediaFrameHeader(one.sync ? "syncFragment" : "fragment", one.bytes.length), one.bytes]);
  }
}

describe("live frames", () => {
  it("come out as they went in, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(frame), fc.integer({ min: 1, max: 40 }), (frames, step) => {
        const bytes = Buffer.concat(frames.map(written));
        const reader = new LiveFrameReader();
        const found: LiveFrame[] = [];
        for (let at = 0; at < bytes.length; at += step) found.push(...reader.push(bytes.subarray(at, at + step)));
        expect(found).toEqual(frames);
      }),
    );
  });

  it("are refused when they are none of ours, before memory is taken for them", () => {
    expect(() => new LiveFrameReader().push(Buffer.from([4, 255, 255, 255, 255]))).toThrow(/bytes/);
    expect(() => new LiveFrameReader().push(Buffer.from([9, 0, 0, 0, 0]))).toThrow(/kind/);
  });

  it("have a socket whose path is no longer than the one of the messages", () => {
    expect(liveSocketPath("/run/nightjar/1-12.sock")).toBe("/run/nightjar/1-12.live");
  });
});
