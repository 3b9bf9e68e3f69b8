import { describe, expect, it } from "vitest";
import { codecString } from "./codec-string.ts";
import { fragmentedMp4, readStream, type Scene } from "./made-footage.contract.ts";
import { packetSamples, soundPlaysAsItIs } from "./sound-codec.ts";

async function soundOf(scene: Partial<Scene>) {
  const { init, fragments } = readStream(await fragmentedMp4({ seconds: 1, sound: true, ...scene }));
  const track = init.tracks.find((candidate) => candidate.kind === "audio");
  if (track === undefined) throw new Error("no sound");
  const durations = fragments
    .flatMap((fragment) => fragment.tracks)
    .flatMap((part) => (part.trackId === track.id ? part.runs.flatMap((run) => run.samples) : []))
    .map((sample) => sample.durationTicks);
  return { track, firstDuration: durations[0] };
}

describe("sound that must be converted for browsers", () => {
  it.each<[string, Partial<Scene>]>([
    ["mp4a.6B", { soundCodec: "libmp3lame" }],
    ["mp4a.69", { soundCodec: "libmp3lame", soundRateHz: 22_050 }],
    ["ac-3", { soundCodec: "ac3" }],
    ["ec-3", { soundCodec: "eac3" }],
    ["alac", { soundCodec: "alac" }],
  ])("is %s, and the samples of its packets are known", async (name, scene) => {
    const { track, firstDuration } = await soundOf(scene);
    expect(codecString(track)).toBe(name);
    expect(soundPlaysAsItIs(`avc1.640028,${name}`)).toBe(false);
    expect(packetSamples(track)).toBe(firstDuration);
  });

  it("is not AAC, Opus, FLAC or silence", async () => {
    for (const codecs of ["avc1.640028,mp4a.40.2", "hvc1.1.6.L93.B0,opus", "avc1.640028,fLaC", "avc1.640028"])
      expect(soundPlaysAsItIs(codecs)).toBe(true);
    expect(packetSamples((await soundOf({})).track)).toBeNull();
  });
});
