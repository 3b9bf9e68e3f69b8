import { expect, it } from "vitest";
import { type AudioChoice, audioPlanFor, fallsBack, firstAudioPlan } from "./audio-plan.ts";
import type { AnnouncedStream } from "./stream-line.ts";

const sound = (codec: string, profile: string | null = null): AnnouncedStream => ({
  kind: "audio",
  codec,
  profile,
  sampleRateHz: 44_100,
  channels: 2,
});
const speech = (codec: string): AnnouncedStream => ({
  kind: "audio",
  codec,
  profile: null,
  sampleRateHz: 8000,
  channels: 1,
});
const choice = (codec: AudioChoice["codec"], enabled = true): AudioChoice => ({ enabled, codec });

it("auto passes AAC-LC through and encodes everything else as AAC", () => {
  expect(audioPlanFor(choice("auto"), sound("aac", "LC"))).toBe("copyAac");
  for (const other of [
    sound("aac", "HE-AAC"),
    sound("pcm_mulaw"),
    sound("pcm_alaw"),
    sound("adpcm_g726le"),
    sound("opus"),
  ]) {
    expect(audioPlanFor(choice("auto"), other)).toBe("aac");
  }
});

it("auto spends half the bits on the sound of a telephone, also where copy falls back to it", () => {
  for (const codec of ["pcm_mulaw", "pcm_alaw", "adpcm_g726le"]) {
    expect(audioPlanFor(choice("auto"), speech(codec))).toBe("aacSpeech");
    expect(audioPlanFor(choice("copy"), speech(codec))).toBe("aacSpeech");
    expect(audioPlanFor(choice("aac"), speech(codec))).toBe("aac");
  }
});

it("copy passes through what MP4 can hold, and falls back to AAC with a warning for what it cannot", () => {
  expect(audioPlanFor(choice("copy"), sound("aac", "HE-AAC"))).toBe("copyAac");
  for (const held of ["opus", "mp3"]) {
    expect(audioPlanFor(choice("copy"), sound(held))).toBe("copy");
    expect(fallsBack(choice("copy"), sound(held))).toBe(false);
  }
  for (const other of ["pcm_mulaw", "pcm_alaw", "adpcm_g726le", "mp2"]) {
    expect(audioPlanFor(choice("copy"), sound(other))).toBe("aac");
    expect(fallsBack(choice("copy"), sound(other))).toBe(true);
  }
});

it("a chosen codec is used whatever comes, and none at all where sound is off", () => {
  for (const codec of ["aac", "opus", "mp3"] as const) {
    expect(firstAudioPlan(choice(codec))).toBe(codec);
    expect(audioPlanFor(choice(codec), sound("aac", "LC"))).toBe(codec);
  }
  expect(firstAudioPlan(choice("aac", false))).toBe("none");
  expect(audioPlanFor(choice("aac", false), sound("aac", "LC"))).toBe("none");
});
