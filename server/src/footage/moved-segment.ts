import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClosedIdentity } from "./final-identity.ts";
import { appendToLedger } from "./ledger-deletions.ts";

/** A segment that lies on the network share and no longer beside its camera's ledger, as a line of that: what its file says of itself. */
export interface MovedSegment {
  /** When it was written down. */
  readonly atMs: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly identity: ClosedIdentity;
}

const KIND = "moved";
/** The newest move is written down on the day of the newest footage, or soon after. */
const FILES_LOOKED_AT = 3;

/** Writes into a camera's ledger, durably, that a segment lies on the share. Rejects with the system's error. */
export async function writeMoved(cameraFolder: string, { atMs, name, sizeBytes, identity }: MovedSegment) {
  const at = new Date(atMs).toISOString();
  await appendToLedger(cameraFolder, atMs, `${JSON.stringify({ at, kind: KIND, name, sizeBytes, identity })}\n`);
}

/** Reads such a line; null where it is something else, or damaged. */
export function parseMovedLine(line: string): MovedSegment | null {
  // Most lines are others: a look is cheaper than parsing.
  if (!line.includes(`"kind":"${KIND}"`)) return null;
  try {
    const { at, name, sizeBytes, identity } = JSON.parse(line) as { at: string } & Omit<MovedSegment, "atMs">;
    const atMs = Date.parse(at);
    const whole = typeof name === "string" && Number.isSafeInteger(sizeBytes) && Number.isFinite(identity.end.endMs);
    return whole && !Number.isNaN(atMs) ? { atMs, name, sizeBytes, identity } : null;
  } catch {
    return null;
  }
}

/** The moves that the newest files of a camera's ledger tell of, oldest first; none where there is no ledger. Rejects with the system's error. */
export async function newestMoves(cameraFolder: string): Promise<MovedSegment[]> {
  const folder = join(cameraFolder, "ledger");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".jsonl")).sort();
  const moves: MovedSegment[] = [];
  for (const name of names.slice(-FILES_LOOKED_AT)) {
    for (const line of (await readFile(join(folder, name), "utf8")).split("\n")) {
      const moved = parseMovedLine(line);
      if (moved !== null) moves.push(moved);
    }
  }
  return moves;
}
