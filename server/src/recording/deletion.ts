import type { GapCause } from "@nightjar/api/camera";
import { GAP_CAUSES } from "@nightjar/api/causes";
import type { LedgerSpan } from "./ledger.ts";

/** Who deletes footage; `unknown`: it was found missing. */
export type DeletionCause = Extract<GapCause, "deleted_by_retention" | "deleted_by_user" | "unknown">;

/** Why a segment is not deleted. */
export type RefusalReason = "locked" | "open" | "foreign" | "missing";

/**
 * A segment that is gone, as a line of its camera's ledger. It stands for the segment in the chain: what follows `chain` does not show a
 * hole where a deletion is known.
 */
export interface Deletion {
  /** When it was written down. */
  readonly atMs: number;
  /** Name of the file; null where not even that is known. */
  readonly name: string | null;
  readonly cause: GapCause;
  /** The chain's value of the segment, hex. */
  readonly chain: string;
  /** What it held; absent where that is not known. */
  readonly span?: { readonly startMs: number; readonly endMs: number };
}

/** Footage of a span that was deleted, and by whom. */
export interface DeletedSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly cause: DeletionCause;
}

const KIND = "deleted";

/** As a line of `ledger/YYYY-MM-DD.jsonl`; readers of ledger entries pass over it. */
export function deletionLine({ atMs, name, cause, chain, span }: Deletion): string {
  const ends = span === undefined ? {} : { start: isoTime(span.startMs), end: isoTime(span.endMs) };
  return `${JSON.stringify({ at: isoTime(atMs), kind: KIND, name, cause, chain, ...ends })}\n`;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Reads such a line; null where it is something else, or damaged. */
export function parseDeletionLine(line: string): Deletion | null {
  try {
    const { at, kind, name, cause, chain, start, end } = JSON.parse(line) as Record<string, unknown>;
    const atMs = Date.parse(String(at));
    const isChain = typeof chain === "string" && /^[0-9a-f]{64}$/.test(chain);
    const known = GAP_CAUSES.find((one) => one === cause);
    if (kind !== KIND || Number.isNaN(atMs) || !isChain || known === undefined) return null;
    const span = { startMs: Date.parse(String(start)), endMs: Date.parse(String(end)) };
    const hasSpan = span.startMs <= span.endMs;
    return {
      atMs,
      name: typeof name === "string" ? name : null,
      cause: known,
      chain,
      ...(hasSpan ? { span } : {}),
    };
  } catch {
    return null;
  }
}

/**
 * What the ledger tells of a span, with footage that was deleted told as such: where it says that there was footage, or nothing. Both
 * oldest first and without overlap. Pure.
 */
export function withDeletions(told: readonly LedgerSpan[], deleted: readonly DeletedSpan[]): LedgerSpan[] {
  const spans: LedgerSpan[] = [];
  const kept = told.filter(({ state }) => state.kind !== "recorded");
  let next = 0;
  for (const { startMs, endMs, cause } of deleted) {
    let fromMs = startMs;
    for (let span = kept[next]; span !== undefined && span.startMs < endMs; span = kept[next]) {
      if (span.startMs > fromMs) spans.push({ startMs: fromMs, endMs: span.startMs, state: { kind: "gap", cause } });
      spans.push(span);
      fromMs = Math.max(fromMs, span.endMs);
      next += 1;
    }
    if (endMs > fromMs) spans.push({ startMs: fromMs, endMs, state: { kind: "gap", cause } });
  }
  return [...spans, ...kept.slice(next)];
}
