import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { footageEndMs } from "../footage/footage-end.ts";
import { type MovedSegment, newestMoves } from "../footage/moved-segment.ts";
import type { ManualState } from "../recording/recording-decision.ts";
import { isPartName, segmentNameStartMs } from "../recording/segment-name.ts";

/** A crash leaves at most the segment being written and one being closed open; some more are looked at to be sure. */
const LOOKED_AT_AFTER_CRASH = 8;

/** What an earlier worker of the camera left in its folder. */
export interface LeftBehind {
  /** The newest segments, oldest first, those without a lasting name ahead; some may have been left open. */
  readonly names: readonly string[];
  /** End of the newest footage, wall time; 0: there is none. */
  readonly footageEndMs: number;
  /** What was moved to the share last, oldest first. */
  readonly moves: readonly MovedSegment[];
}

/** Looks at the newest segments' heads only. No folder yet, or one that cannot be read: the recorder says so when it writes. */
export async function readLeftBehind(folder: string): Promise<LeftBehind> {
  const all = await readdir(folder).catch(() => []);
  const segments = all.filter((name) => segmentNameStartMs(name) !== null).sort();
  const names = [...all.filter(isPartName), ...segments.slice(-LOOKED_AT_AFTER_CRASH)];
  const moves = await newestMoves(folder).catch(() => []);
  let latestMs = Math.max(0, ...moves.map(({ identity }) => identity.end.endMs));
  for (const name of names) {
    const endMs = await footageEndMs(join(folder, name)).catch(() => null);
    latestMs = Math.max(latestMs, endMs ?? 0);
  }
  return { names, footageEndMs: latestMs, moves };
}

/** What a person asked for while an earlier worker lived; it holds on. */
export async function readManual(path: string): Promise<ManualState> {
  try {
    const { kind, untilMs } = JSON.parse(await readFile(path, "utf8")) as { kind: string; untilMs: number | null };
    return kind === "recording" ? { kind, untilMs } : { kind: "none" };
  } catch {
    return { kind: "none" };
  }
}
