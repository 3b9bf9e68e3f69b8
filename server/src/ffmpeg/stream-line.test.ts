import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { runProgram } from "../media/made-footage.contract.ts";
import { InputAnnouncement } from "./input-announcement.ts";
import { SupervisedProcess } from "./process.ts";
import { isAacLc, parseStreamLine } from "./stream-line.ts";

const folder = testFolder();

/** What the real ffmpeg says of a file of its own. */
async function announced(name: string, codecs: readonly string[]): Promise<InputAnnouncement> {
  const path = join(folder, name);
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=0.4"];
  const sound = ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=0.4"];
  await runProgram("ffmpeg", ["-loglevel", "error", ...picture, ...sound, ...codecs, path]);
  const announcement = new InputAnnouncement();
  const run = new SupervisedProcess(
    {
      program: "ffmpeg",
      arguments: ["-hide_banner", "-i", path, "-c", "copy", "-f", "null", "-"],
      stdin: "",
      onOutput: () => {},
      onErrorLine: (line) => announcement.take(line),
    },
    systemClock,
  );
  run.start();
  await run.ended;
  return announcement;
}

describe("what ffmpeg says of its input", () => {
  it("is understood for the codecs that cameras send", async () => {
    const size = { kind: "video", width: 160, height: 120, fps: 25 };
    const found = await Promise.all([
      announced("1.mp4", ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]),
      announced("2.mkv", [
        "-c:v",
        "libx265",
        "-x265-params",
        "log-level=error",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "libopus",
        "-ac",
        "2",
      ]),
      announced("3.mkv", ["-c:v", "mjpeg", "-strict", "-1", "-c:a", "pcm_mulaw", "-ar", "8000"]),
      announced("4.ts", ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]),
    ]);
    expect(found.map((one) => one.streams)).toEqual([
      [
        { ...size, codec: "h264", profile: "Constrained Baseline" },
        { kind: "audio", codec: "aac", profile: "LC", sampleRateHz: 48_000, channels: 1 },
      ],
      [
        { ...size, codec: "hevc", profile: "Main" },
        { kind: "audio", codec: "opus", profile: null, sampleRateHz: 48_000, channels: 2 },
      ],
      [
        { ...size, codec: "mjpeg", profile: "Baseline" },
        { kind: "audio", codec: "pcm_mulaw", profile: null, sampleRateHz: 8000, channels: 1 },
      ],
      [
        { ...size, codec: "h264", profile: "Constrained Baseline" },
        { kind: "audio", codec: "aac", profile: "LC", sampleRateHz: 48_000, channels: 1 },
      ],
    ]);
    expect(found.map((one) => one.video?.codec)).toEqual(["h264", "hevc", "mjpeg", "h264"]);
    expect(found.map((one) => one.audio !== null && isAacLc(one.audio))).toEqual([true, false, false, true]);
  });

  it("is understood as RTSP and RTMP cameras are announced", () => {
    const lines: readonly [string, object][] = [
      [
        "  Stream #0:0: Video: h264 (High), yuvj420p(pc, bt709, progressive), 2560x1440, 20 fps, 25 tbr, 90k tbn",
        { kind: "video", codec: "h264", profile: "High", width: 2560, height: 1440, fps: 20 },
      ],
      [
        "  Stream #0:1: Audio: pcm_alaw, 8000 Hz, mono, s16, 64 kb/s",
        { kind: "audio", codec: "pcm_alaw", profile: null, sampleRateHz: 8000, channels: 1 },
      ],
      [
        "    Stream #0:1: Audio: pcm_mulaw, 8000 Hz, 1 channels, s16, 64 kb/s",
        { kind: "audio", codec: "pcm_mulaw", profile: null, sampleRateHz: 8000, channels: 1 },
      ],
      [
        "  Stream #0:0[0x1](und): Audio: aac (mp4a / 0x6134706D), 44100 Hz, stereo, fltp, 128 kb/s (default)",
        { kind: "audio", codec: "aac", profile: null, sampleRateHz: 44_100, channels: 2 },
      ],
      [
        "  Stream #0:0: Video: hevc (Main), none",
        { kind: "video", codec: "hevc", profile: "Main", width: 0, height: 0, fps: null },
      ],
    ];
    for (const [line, expected] of lines) expect(parseStreamLine(line)).toEqual(expected);
    for (const line of ["  Stream #0:2: Data: none", "Input #0, rtsp, from 'rtsp://camera'", ""]) {
      expect(parseStreamLine(line)).toBeNull();
    }
  });
});
