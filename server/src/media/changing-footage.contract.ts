import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PIPE_ARGUMENTS, runProgram } from "./made-footage.contract.ts";

export type VideoEncoder = "libx264" | "libx265";

export const PIECE_SECONDS = 2;
export const FRAMES_PER_PIECE = 20;

const made = new Map<string, Promise<Buffer>>();

/** What the pipe brings of a camera that changes its resolution: pieces of the sizes (`640x360`), their parameter sets in each key frame only. */
export async function changingMp4(encoder: VideoEncoder, sizes: readonly string[]): Promise<Buffer> {
  const key = [encoder, ...sizes].join(" ");
  const bytes = made.get(key) ?? makeChangingMp4(encoder, sizes);
  made.set(key, bytes);
  return Buffer.from(await bytes);
}

async function makeChangingMp4(encoder: VideoEncoder, sizes: readonly string[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (const [index, size] of sizes.entries()) pieces.push(await piece(encoder, size, index * PIECE_SECONDS));
  const folder = await mkdtemp(join(tmpdir(), "nightjar-changing-"));
  try {
    const path = join(folder, "camera.ts");
    await writeFile(path, Buffer.concat(pieces));
    const input = ["-hide_banner", "-loglevel", "error", "-f", "mpegts", "-i", path];
    return await runProgram("ffmpeg", [...input, "-c", "copy", ...PIPE_ARGUMENTS, "pipe:1"]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function piece(encoder: VideoEncoder, size: string, startSeconds: number): Promise<Buffer> {
  const x265 = ["-x265-params", "log-level=error:bframes=0:keyint=5:repeat-headers=1"];
  return runProgram("ffmpeg", [
    ...["-hide_banner", "-loglevel", "error"],
    ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=10:duration=${PIECE_SECONDS}`],
    ...["-c:v", encoder, "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1"],
    ...["-g", "5", "-keyint_min", "5", "-sc_threshold", "0", "-bf", "0", ...(encoder === "libx265" ? x265 : [])],
    // The counters of the transport stream begin anew with each piece: said, it is no loss.
    ...["-output_ts_offset", String(startSeconds), "-mpegts_flags", "+initial_discontinuity"],
    ...["-f", "mpegts", "pipe:1"],
  ]);
}
