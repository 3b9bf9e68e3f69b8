import { describe, expect, it } from "vitest";
import { codecString } from "./codec-string.ts";
import type { InitTrack } from "./isobmff/init-segment.ts";
import { fragmentedMp4, readStream } from "./made-footage.contract.ts";

function track(sampleEntry: string, config: string): InitTrack {
  return {
    id: 1,
    kind: "video",
    timescale: 1000,
    sampleEntry,
    sampleEntryAt: 0,
    decoderConfig: Buffer.from(config, "hex"),
    width: 0,
    height: 0,
    editOffsetTicks: 0,
    defaults: { durationTicks: 0, sizeBytes: 0, flags: 0 },
  };
}

describe("the name of a codec", () => {
  it("is that of RFC 6381 for what ffmpeg writes", async () => {
    const { init } = readStream(await fragmentedMp4({ seconds: 1, sound: true }));
    expect(init.tracks.map(codecString)).toEqual([expect.stringMatching(/^avc1\.42c0[0-9a-f]{2}$/), "mp4a.40.2"]);
  });

  it("says profile, compatibility, tier, level and constraints of H.265", () => {
    // Examples of ISO/IEC 14496-15, annex E.3, and of common cameras.
    expect(codecString(track("hvc1", "01 01 60000000 900000000000 5d".replaceAll(" ", "")))).toBe("hvc1.1.6.L93.90");
    expect(codecString(track("hvc1", "01 22 20000000 b00000000000 78".replaceAll(" ", "")))).toBe("hvc1.2.4.H120.B0");
    expect(codecString(track("hvc1", "01 41 60000000 000000000000 1e".replaceAll(" ", "")))).toBe("hvc1.A1.6.L30");
    expect(codecString(track("hvc1", "01"))).toBe("hvc1");
  });
});
