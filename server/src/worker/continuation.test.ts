import { beforeAll, describe, expect, it } from "vitest";
import { type ArrivedFragment, continuation, sampleHash } from "./continuation.ts";
import { EndlessFootage } from "./simulated-camera.contract.ts";

const BEGAN_MS = Date.UTC(2026, 3, 9, 12, 0, 0);
/** Group of pictures of the made footage. */
const GOP_MS = 1000;
const SECONDS = 10;
let arrived: ArrivedFragment[] = [];

beforeAll(async () => {
  const footage = await EndlessFootage.make(SECONDS, true);
  const { init } = footage;
  for (let number = 0; arrived.filter((one) => one.fragment.sync).length <= 2 * SECONDS; number++) {
    const fragment = footage.fragment(number);
    const startMs = ((fragment.video?.decodeTimeTicks ?? 0) * 1000) / init.video.timescale;
    arrived.push({ fragment, init, startMs, arrivalMs: BEGAN_MS + startMs + 300 });
  }
  arrived = arrived.slice(0, -1);
});

function syncs(): { from: number; one: ArrivedFragment }[] {
  return arrived.flatMap((one, from) => (one.fragment.sync ? [{ from, one }] : []));
}

function sync(number: number) {
  const found = syncs()[number];
  if (found === undefined) throw new Error("there are not so many");
  return found;
}

describe("a successor goes on", () => {
  it("with the very picture ahead of which its predecessor ended, though the two know its time differently", () => {
    const { from, one } = sync(3);
    const nextSync = sampleHash(one.fragment);
    for (const differenceMs of [-800, -40, 0, 40, 800]) {
      const footageEndMs = BEGAN_MS + one.startMs + differenceMs;
      expect(continuation(arrived, { footageEndMs, nextSync })).toEqual({ from, joins: true });
    }
  });

  it("with the nearest of pictures that are the same, as a scene that repeats itself has them", () => {
    const [first, again] = [sync(2), sync(2 + SECONDS)];
    const nextSync = sampleHash(first.one.fragment);
    expect(sampleHash(again.one.fragment)).toBe(nextSync);
    for (const { from, one } of [first, again]) {
      const footageEndMs = BEGAN_MS + one.startMs;
      expect(continuation(arrived, { footageEndMs, nextSync })).toEqual({ from, joins: true });
    }
  });

  it("with the first group of pictures behind its predecessor's end, where that ended anywhere or the picture is not there", () => {
    const { from, one } = sync(5);
    const footageEndMs = BEGAN_MS + one.startMs - GOP_MS / 2;
    for (const nextSync of [null, "another picture"])
      expect(continuation(arrived, { footageEndMs, nextSync })).toEqual({ from, joins: false });
  });

  it("with what comes next, where all it has was recorded", () => {
    const footageEndMs = BEGAN_MS + 3 * SECONDS * 1000;
    expect(continuation(arrived, { footageEndMs, nextSync: null })).toEqual({ from: arrived.length, joins: false });
    expect(continuation([], { footageEndMs, nextSync: null })).toEqual({ from: 0, joins: false });
  });

  it("with all it has, where its predecessor has recorded nothing", () => {
    expect(continuation(arrived, { footageEndMs: 0, nextSync: null })).toEqual({ from: 0, joins: false });
  });
});
