import { describe, expect, it } from "vitest";
import { codecString } from "./codec-string.ts";
import { boxesIn, u32 } from "./isobmff/box.ts";
import { closedMoov } from "./isobmff/closed-movie.ts";
import { FragmentReader } from "./isobmff/fragment-reader.ts";
import { parseMoov } from "./isobmff/init-segment.ts";
import { parseMoof } from "./isobmff/movie-fragment.ts";
import { SampleTable } from "./isobmff/sample-table.ts";
import { fragmentedMp4, type Scene } from "./made-footage.contract.ts";
import { MalformedMedia } from "./malformed-media.ts";

/** For each scene and place: 10,000 in all. */
const ROUNDS = 1700;
const NO_DEFAULTS = { durationTicks: 0, sizeBytes: 0, flags: 0 };
const SPECIAL = [0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xffffffff];

/** Pseudo-random numbers that are the same in every run (xorshift). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Some bytes changed, some fields made special, cut off, or a piece taken out. */
function mutated(bytes: Buffer, below: (limit: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(Math.max(1, copy.length - 4));
    if (below(2) === 0) copy.writeUInt32BE(SPECIAL[below(SPECIAL.length)] ?? 0, at);
    else copy[at] = below(256);
  }
  switch (below(6)) {
    case 0:
      return copy.subarray(0, below(copy.length));
    case 1: {
      const at = below(copy.length);
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + below(40))]);
    }
    default:
      return copy;
  }
}

/** Runs it and answers whether it had a result; anything thrown but MalformedMedia fails the test. */
function hasResult(parse: () => void): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedMedia);
    return false;
  }
}

async function boxesOf(scene: Scene) {
  const bytes = await fragmentedMp4(scene);
  const boxes = boxesIn(bytes, 0, bytes.length);
  const first = (type: string): Buffer => {
    const box = boxes.find((candidate) => candidate.type === type);
    return box === undefined ? Buffer.alloc(0) : bytes.subarray(box.start, box.end);
  };
  return { ftyp: first("ftyp"), moov: first("moov"), moof: first("moof"), mdat: first("mdat") };
}

const SCENES: readonly Scene[] = [
  { seconds: 1, sound: true, bFrames: 2 },
  { seconds: 1, codec: "libx265" },
];

describe("damaged media ends in MalformedMedia or a result", () => {
  it("as a moov", async () => {
    for (const [index, scene] of SCENES.entries()) {
      const { moov } = await boxesOf(scene);
      const below = random(index + 1);
      let results = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const input = mutated(moov, below);
        results += Number(
          hasResult(() => {
            const { tracks } = parseMoov(input);
            for (const track of tracks) codecString(track);
            closedMoov(input, new Map(tracks.map((track) => [track.id, new SampleTable()])), Buffer.alloc(0));
          }),
        );
      }
      // Neither all refused nor all taken: the damage reaches the parsers.
      expect(results).toBeGreaterThan(ROUNDS / 100);
      expect(results).toBeLessThan(ROUNDS);
    }
  });

  it("as a moof, into the tables of a closed file", async () => {
    for (const [index, scene] of SCENES.entries()) {
      const { moof, moov } = await boxesOf(scene);
      const below = random(index + 100);
      let results = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const input = mutated(moof, below);
        results += Number(
          hasResult(() => {
            const tables = new Map(parseMoov(moov).tracks.map((track) => [track.id, new SampleTable()]));
            for (const track of parseMoof(input, () => NO_DEFAULTS)) {
              if (track.decodeTimeTicks < 2 ** 40) tables.get(track.trackId)?.append(track, 1000);
            }
            closedMoov(moov, tables, Buffer.alloc(0));
          }),
        );
      }
      expect(results).toBeGreaterThan(ROUNDS / 100);
      expect(results).toBeLessThan(ROUNDS);
    }
  });

  it("as a stream", async () => {
    for (const [index, scene] of SCENES.entries()) {
      const { ftyp, moov, moof, mdat } = await boxesOf(scene);
      const below = random(index + 200);
      let results = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        // The whole box with the damage inside: a wrong size of the box itself is the box reader's to find.
        const damage = (box: Buffer, wanted: boolean): Buffer =>
          wanted ? sized(mutated(box, below)) : Buffer.from(box);
        const which = below(2);
        const stream = Buffer.concat([ftyp, damage(moov, which === 0), damage(moof, which === 1), mdat]);
        results += Number(hasResult(() => new FragmentReader().push(stream)));
      }
      expect(results).toBeGreaterThan(ROUNDS / 100);
      expect(results).toBeLessThan(ROUNDS);
    }
  });
});

/** The box with the size it really has, so that what is in it is looked at. */
function sized(box: Buffer): Buffer {
  return box.length < 8 ? box : Buffer.concat([u32(box.length), box.subarray(4)]);
}
