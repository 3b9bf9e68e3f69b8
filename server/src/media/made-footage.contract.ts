import { execFile } from "node:child_process";
import { type Fragment, FragmentReader, type StreamInit } from "./isobmff/fragment-reader.ts";

// Footage for tests, made by the real ffmpeg: small moving pictures, as the pipe of a camera brings them.

/** How a camera's pipe is written; `ffmpeg/ingest-arguments.test.ts` holds it against what workers really use. */
export const PIPE_ARGUMENTS: readonly string[] = [
  ...["-max_interleave_delta", "1000000"],
  ...["-movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov+skip_trailer"],
  ...["-frag_duration", "250000", "-flush_packets", "1", "-f", "mp4"],
];

export interface Scene {
  readonly seconds: number;
  /** H.264 where not said. */
  readonly codec?: "libx264" | "libx265";
  readonly bFrames?: number;
  /** Frames from one key frame to the next; there are ten in a second. */
  readonly gopFrames?: number;
  readonly sound?: boolean;
  /** ffmpeg's name of the sound's encoder; `aac` where not said. */
  readonly soundCodec?: "aac" | "libmp3lame" | "ac3" | "eac3" | "alac";
  readonly soundRateHz?: number;
  /** The sound begins this much after the picture. */
  readonly soundLateSeconds?: number;
}

const FPS = 10;
export const FRAME_MS = 1000 / FPS;

/** Arguments of ffmpeg that make a scene, without those of the output file. */
export function sceneArguments(scene: Scene): string[] {
  const { seconds, codec = "libx264", bFrames = 0, gopFrames = FPS, sound = false, soundLateSeconds = 0 } = scene;
  const { soundCodec = "aac", soundRateHz = 48_000 } = scene;
  const picture = ["-f", "lavfi", "-i", `testsrc2=size=160x120:rate=${FPS}:duration=${seconds}`];
  const tone = [
    ...["-itsoffset", String(soundLateSeconds)],
    ...["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=${soundRateHz}:duration=${seconds}`],
  ];
  const own = codec === "libx265" ? ["-x265-params", `log-level=error:bframes=${bFrames}:keyint=${gopFrames}`] : [];
  return [
    ...["-hide_banner", "-loglevel", "error", "-y", ...picture, ...(sound ? tone : [])],
    ...["-map", "0:v", "-c:v", codec, "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1"],
    ...[
      "-g",
      String(gopFrames),
      "-keyint_min",
      String(gopFrames),
      "-sc_threshold",
      "0",
      "-bf",
      String(bFrames),
      ...own,
    ],
    ...(sound ? ["-map", "1:a", "-c:a", soundCodec] : []),
  ];
}

const made = new Map<string, Promise<Buffer>>();

/** A scene as fragmented MP4; a copy of its own, as readers write into what they are given. */
export async function fragmentedMp4(scene: Scene): Promise<Buffer> {
  const key = JSON.stringify(scene);
  const bytes = made.get(key) ?? runProgram("ffmpeg", [...sceneArguments(scene), ...PIPE_ARGUMENTS, "pipe:1"]);
  made.set(key, bytes);
  return Buffer.from(await bytes);
}

/** The parts of a fragmented MP4 as a worker reads them. */
export function readStream(bytes: Buffer): { init: StreamInit; fragments: Fragment[] } {
  const parts = new FragmentReader().push(bytes);
  const init = parts.find((part) => part.kind === "init");
  if (init?.kind !== "init") throw new Error("no init segment");
  return { init, fragments: parts.filter((part) => part.kind === "fragment") };
}

export interface Packet {
  readonly kind: "video" | "audio";
  readonly pts: number;
  readonly dts: number;
  readonly size: number;
  readonly flags: string;
  readonly hash: string;
}

/** Every packet of a file as ffprobe reads it; throws when ffprobe has anything to complain of. */
export async function packetsOf(path: string): Promise<Packet[]> {
  const entries = "packet=codec_type,pts,dts,size,flags,data_hash";
  const json = await runProgram("ffprobe", [
    ...["-v", "warning", "-show_data_hash", "md5", "-show_entries", entries, "-of", "json", path],
  ]);
  const { packets } = JSON.parse(json.toString()) as {
    packets: {
      codec_type: "video" | "audio";
      pts: number;
      dts: number;
      size: string;
      flags: string;
      data_hash: string;
    }[];
  };
  return packets.map(({ codec_type, pts, dts, size, flags, data_hash }) => ({
    kind: codec_type,
    pts,
    dts,
    size: Number(size),
    flags,
    hash: data_hash,
  }));
}

/** What a program writes to its standard output; rejects when it fails or complains. */
export function runProgram(program: string, programArguments: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(program, [...programArguments], options, (error, stdout, stderr) => {
      if (error !== null) reject(error);
      else if (stderr.length > 0) reject(new Error(`${program} complains: ${stderr.toString()}`));
      else resolve(stdout);
    });
  });
}
