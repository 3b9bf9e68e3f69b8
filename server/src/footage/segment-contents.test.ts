import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { boxesIn } from "../media/isobmff/box.ts";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { parseMoov } from "../media/isobmff/init-segment.ts";
import { type Packet, packetsOf, type Scene } from "../media/made-footage.contract.ts";
import { IDENTITY, type MadeSegment, madeSegment } from "./made-segment.contract.ts";
import { readIdentity } from "./segment-identity.ts";

const folder = testFolder();

async function packets(name: string, bytes: Buffer): Promise<Packet[]> {
  const path = join(folder, `${name}.mp4`);
  await writeFile(path, bytes);
  return packetsOf(path);
}

/** Packets of one track in the order of the file, times counted from its first. */
function fromItsStart(all: readonly Packet[], kind: Packet["kind"]): Packet[] {
  const own = all.filter((packet) => packet.kind === kind);
  const [first] = own;
  return own.map((packet) => ({
    ...packet,
    pts: packet.pts - (first?.dts ?? 0),
    dts: packet.dts - (first?.dts ?? 0),
  }));
}

function finalMoov({ closed, tailBytes }: MadeSegment): Buffer {
  const moov = boxesIn(closed, closed.length - tailBytes, closed.length).find((box) => box.type === "moov");
  return closed.subarray(moov?.start, moov?.end);
}

const SCENES: Readonly<Record<string, Scene>> = {
  "a picture alone": { seconds: 3 },
  "H.265": { seconds: 2, codec: "libx265" },
  "B-frames": { seconds: 3, bFrames: 2 },
  "B-frames and sound": { seconds: 3, bFrames: 2, sound: true },
  "sound that begins late": { seconds: 3, sound: true, soundLateSeconds: 0.7 },
};

describe("a closed segment", () => {
  it.each(Object.entries(SCENES))("has exactly the packets of its fragments: %s", async (name, scene) => {
    const { open, closed } = await madeSegment(scene);
    const asFragments = await packets(`${name}-open`, open);
    const asFile = await packets(`${name}-closed`, closed);
    expect(asFile.length).toBeGreaterThan(15);
    for (const kind of ["video", "audio"] as const) {
      expect(fromItsStart(asFile, kind)).toEqual(fromItsStart(asFragments, kind));
    }
  });

  it("begins at 0, and the later track waits as long as it does in the fragments", async () => {
    const segment = await madeSegment({ seconds: 3, sound: true, soundLateSeconds: 0.7 });
    const { tracks, movieTimescale } = parseMoov(finalMoov(segment));
    const asFragments = await packets("late-open", segment.open);
    const asFile = await packets("late-closed", segment.closed);
    const wait = (all: readonly Packet[]): number => {
      const [picture, sound] = (["video", "audio"] as const).map((kind) => {
        const timescale = tracks.find((track) => track.kind === kind)?.timescale ?? Number.NaN;
        return (all.find((packet) => packet.kind === kind)?.dts ?? Number.NaN) / timescale;
      });
      return (sound ?? Number.NaN) - (picture ?? Number.NaN);
    };
    expect(wait(asFragments)).toBeGreaterThan(0.6);
    // The edit list is told in ticks of the movie.
    expect(Math.abs(wait(asFile) - wait(asFragments))).toBeLessThanOrEqual(1 / movieTimescale);
    expect(asFile.find((packet) => packet.kind === "video")?.dts).toBe(0);
    expect(tracks.map((track) => [track.kind, track.editOffsetTicks > 0])).toEqual([
      ["video", false],
      ["audio", true],
    ]);
  });

  it("keeps its tables in step where decode times jump", async () => {
    const jumpTicks = 7000;
    const jumping = (fragments: Fragment[]): Fragment[] =>
      fragments.map((fragment, index) => (index < 5 ? fragment : later(fragment, jumpTicks)));
    const straight = await madeSegment({ seconds: 3 });
    const { open, closed, endMs } = await madeSegment({ seconds: 3 }, jumping);
    const asFragments = fromItsStart(await packets("jump-open", open), "video");
    expect(fromItsStart(await packets("jump-closed", closed), "video")).toEqual(asFragments);
    const before = fromItsStart(await packets("straight", straight.open), "video");
    expect((asFragments.at(-1)?.dts ?? 0) - (before.at(-1)?.dts ?? 0)).toBe(jumpTicks);
    expect(endMs).toBeGreaterThan(straight.endMs);
  });

  it("says who it is and the hash of its payload, which closing has not touched", async () => {
    const segment = await madeSegment({ seconds: 2, sound: true });
    const { open, closed, ends, payloadAt, payloadSha256, chain, endMs } = segment;
    const payload = closed.subarray(payloadAt, ends.at(-1));
    expect(payload.equals(open.subarray(payloadAt))).toBe(true);
    expect(createHash("sha256").update(payload).digest("hex")).toBe(payloadSha256);
    expect(readIdentity(finalMoov(segment))).toEqual({
      ...IDENTITY,
      end: { endMs, repaired: false, payloadSha256, chain },
    });
    expect(boxesIn(closed, 0, closed.length).map((box) => box.type)).toEqual(["ftyp", "mdat", "moov", "uuid"]);
    const openTypes = boxesIn(open, 0, open.length).map((box) => box.type);
    expect(openTypes.slice(0, 5)).toEqual(["ftyp", "free", "moov", "moof", "mdat"]);
  });
});

/** The fragment, every track begun later. */
function later(fragment: Fragment, ticks: number): Fragment {
  const tracks = fragment.tracks.map((track) => {
    const decodeTimeTicks = track.decodeTimeTicks + ticks;
    fragment.moof.writeBigUInt64BE(BigInt(decodeTimeTicks), track.decodeTimeAt);
    return { ...track, decodeTimeTicks };
  });
  const video = tracks.find((track) => track.trackId === fragment.video?.trackId) ?? null;
  return { ...fragment, tracks, video };
}
