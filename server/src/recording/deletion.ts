import type { GapCause } from "@nightjar/api/camera";
import { GAP_CAUSES } from "@nightjar/api/causes";

/**
 * A segment that is gone, as a line of its camera's ledger. It stands for the segment in the chain: what follows `chain` does not show a
 * hole where a deletion is known.
 */
export interface Deletion {
  /** When it was written down. */
  readonly atMs: number;
  /** Name of the file; null where not even that is known. */
  readonly name: string | null;
  /** Who deleted it; `unknown`: it was found missing. */
  readonly cause: GapCause;
  /** The chain's value of the segment, hex. */
  readonly chain: string;
}

const KIND = "deleted";

/** As a line of `ledger/YYYY-MM-DD.jsonl`; readers of ledger entries pass over it. */
export function deletionLine({ atMs, name, cause, chain }: Deletion): string {
  return `${JSON.stringify({ at: new Date(atMs).toISOString(), kind: KIND, name, cause, chain })}\n`;
}

/** Reads such a line; null where it is something else, or damaged. */
export function parseDeletionLine(line: string): Deletion | null {
  try {
    const { at, kind, name, cause, chain } = JSON.parse(line) as Record<string, unknown>;
    const atMs = Date.parse(String(at));
    const isChain = typeof chain === "string" && /^[0-9a-f]{64}$/.test(chain);
    const known = GAP_CAUSES.find((one) => one === cause);
    if (kind !== KIND || Number.isNaN(atMs) || !isChain || known === undefined) return null;
    return { atMs, name: typeof name === "string" ? name : null, cause: known, chain };
  } catch {
    return null;
  }
}
