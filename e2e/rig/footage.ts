import { BAR_COLUMNS, BAR_HEIGHT_SHARE, BAR_ROWS, decodeBarCode, type FrameMark } from "./bar-code.ts";
import type { SceneOptions } from "./scene.ts";
import { runTool } from "./tool.ts";

const MARK_BYTES = BAR_COLUMNS * BAR_ROWS;
/** Any: the frames are numbered anew. */
const RATE = 25;

/** Decodes a file's video with ffmpeg; throws when ffmpeg has any complaint. One mark per frame, null where there is no bar code. */
export async function readFrameMarks(file: string): Promise<(FrameMark | null)[]> {
  // Numbered anew: what counts is which frames there are, and the raw output cannot hold times as fine as a camera's.
  const toBarCode = `crop=iw:ih*${BAR_HEIGHT_SHARE}:0:0,scale=${BAR_COLUMNS}:${BAR_ROWS}:flags=area,format=gray,setpts=N/(${RATE}*TB)`;
  const output = [
    "-map",
    "0:v:0",
    "-vf",
    toBarCode,
    "-r",
    `${RATE}`,
    "-fps_mode",
    "passthrough",
    "-f",
    "rawvideo",
    "pipe:1",
  ];
  const { stdout, stderr } = await runTool("ffmpeg", ["-v", "warning", "-nostdin", "-i", file, ...output]);
  if (stderr !== "") throw new Error(`ffmpeg complains about ${file}:\n${stderr}`);
  const count = stdout.length / MARK_BYTES;
  return Array.from({ length: count }, (_, i) => decodeBarCode(stdout.subarray(i * MARK_BYTES, (i + 1) * MARK_BYTES)));
}

/** What is wrong with a row of frames that should follow each other: empty when nothing is. */
export interface FrameFaults {
  readonly frames: number;
  readonly missing: number;
  readonly repeated: number;
  readonly unreadable: number;
  /** One sentence for each place. */
  readonly places: readonly string[];
}

/** Compares the numbers of a scene's frames in the order in which they were decoded; after the scene's last frame comes its first. */
export function findFrameFaults(
  marks: readonly (FrameMark | null)[],
  scene: { id: number; frames: number },
): FrameFaults {
  let missing = 0;
  let repeated = 0;
  let unreadable = 0;
  const places: string[] = [];
  let previous: number | null = null;
  for (const [i, mark] of marks.entries()) {
    if (mark === null || mark.scene !== scene.id) {
      unreadable++;
      places.push(`frame ${i} of the row shows ${mark === null ? "no bar code" : `scene ${mark.scene}`}`);
      previous = previous === null ? null : (previous + 1) % scene.frames;
      continue;
    }
    if (previous !== null) {
      const step = (mark.number - previous + scene.frames) % scene.frames;
      const isBack = step === 0 || step > scene.frames / 2;
      if (isBack) repeated++;
      else missing += step - 1;
      if (step !== 1) places.push(`frame ${i} of the row is number ${mark.number} after ${previous}`);
    }
    previous = mark.number;
  }
  return { frames: marks.length, missing, repeated, unreadable, places };
}

/**
 * SHA-256 of every coded picture of a file, in order. What is compared is each NAL unit between its start codes, so a length prefix in
 * an MP4 and a start code on the wire count as the same, and without parameter sets and access unit delimiters: an RTSP camera may send
 * these before any key frame, as often as it likes, without a bit of the picture being another. Slices and SEI messages count.
 */
export async function videoPacketHashes(file: string, codec: SceneOptions["codec"]): Promise<string[]> {
  const besidePictures = codec === "h265" ? "32-35" : "7-9";
  const filter = ["-bsf:v", `filter_units=remove_types=${besidePictures}`];
  const output = ["-map", "0:v:0", "-c", "copy", ...filter, "-f", "framehash", "-hash", "sha256", "pipe:1"];
  const { stdout } = await runTool("ffmpeg", ["-v", "error", "-nostdin", "-i", file, ...output]);
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(",").at(-1)?.trim() ?? "");
}

export interface MediaTrack {
  readonly type: "video" | "audio";
  readonly codec: string;
  readonly durationSeconds: number;
  readonly frames: number;
}

/** The tracks as ffprobe sees them, counting packets; throws when ffprobe has any complaint. */
export async function probeTracks(file: string): Promise<MediaTrack[]> {
  const entries = "stream=codec_type,codec_name,duration,nb_read_packets";
  const args = ["-v", "warning", "-count_packets", "-show_entries", entries, "-of", "json", file];
  const { stdout, stderr } = await runTool("ffprobe", args);
  if (stderr !== "") throw new Error(`ffprobe complains about ${file}:\n${stderr}`);
  const { streams } = JSON.parse(stdout.toString("utf8")) as { streams: Record<string, string>[] };
  return streams.map((stream) => ({
    type: stream.codec_type === "video" ? "video" : "audio",
    codec: stream.codec_name ?? "",
    durationSeconds: Number(stream.duration),
    frames: Number(stream.nb_read_packets),
  }));
}

/** When each frame of a file is shown, milliseconds from the file's start, in decode order. */
export async function frameTimesMs(file: string): Promise<number[]> {
  const entries = ["-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0"];
  const { stdout } = await runTool("ffprobe", ["-v", "error", ...entries, file]);
  const lines = stdout.toString("utf8").split("\n");
  return lines.map((line) => Number.parseFloat(line) * 1000).filter((timeMs) => !Number.isNaN(timeMs));
}
