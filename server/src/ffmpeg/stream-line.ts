/** What ffmpeg says of one stream of its input: `Stream #0:1: Audio: pcm_mulaw, 8000 Hz, 1 channels, s16, 64 kb/s`. */
export type AnnouncedStream =
  | {
      readonly kind: "video";
      readonly codec: string;
      readonly profile: string | null;
      readonly width: number;
      readonly height: number;
      readonly fps: number | null;
    }
  | {
      readonly kind: "audio";
      readonly codec: string;
      readonly profile: string | null;
      readonly sampleRateHz: number;
      readonly channels: number;
    };

const STREAM = /^\s*Stream #\d+:\d+[^:]*: (Video|Audio): ([a-z0-9_]+)(?: \(([^)]*)\))?(.*)$/;
const CHANNELS: Readonly<Record<string, number>> = { mono: 1, stereo: 2, "5.1": 6, "7.1": 8 };

/** Reads one line of ffmpeg's input dump; null when the line is something else. */
export function parseStreamLine(line: string): AnnouncedStream | null {
  const match = STREAM.exec(line);
  if (match === null) return null;
  const [, kind, codec = "", inBrackets, rest = ""] = match;
  // Without a profile the brackets hold the container's tag: `(mp4a / 0x6134706D)`.
  const profile = inBrackets === undefined || inBrackets.includes("/") ? null : inBrackets;
  if (kind === "Video") {
    const size = /, (\d{2,5})x(\d{2,5})/.exec(rest);
    const fps = /, ([\d.]+) fps/.exec(rest);
    return {
      kind: "video",
      codec,
      profile,
      width: Number(size?.[1] ?? 0),
      height: Number(size?.[2] ?? 0),
      fps: fps === null ? null : Number(fps[1]),
    };
  }
  const channels = /, (mono|stereo|5\.1|7\.1|(\d+) channels)/.exec(rest);
  return {
    kind: "audio",
    codec,
    profile,
    sampleRateHz: Number(/, (\d+) Hz/.exec(rest)?.[1] ?? 0),
    channels: channels === null ? 0 : (CHANNELS[channels[1] ?? ""] ?? Number(channels[2] ?? 0)),
  };
}

/** The sound can be passed through: AAC-LC is what every player takes. */
export function isAacLc(stream: AnnouncedStream): boolean {
  return stream.kind === "audio" && stream.codec === "aac" && (stream.profile === null || stream.profile === "LC");
}
