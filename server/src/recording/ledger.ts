import type { GapCause, NotWantedCause, RecordingKind } from "@nightjar/api/camera";
import { GAP_CAUSES, NOT_WANTED_CAUSES, RECORDING_KINDS } from "@nightjar/api/causes";

/** What holds of a camera from an instant on: footage, none because none was wanted, or none though some was. */
export type LedgerState =
  | { readonly kind: "recorded"; readonly recording: RecordingKind }
  | { readonly kind: "not_wanted"; readonly cause: NotWantedCause }
  | { readonly kind: "gap"; readonly cause: GapCause };

/** One line of a camera's ledger: from `atMs` on, `state`, until the next line. */
export interface LedgerEntry {
  readonly atMs: number;
  readonly state: LedgerState;
  /** What the clock said then, where it had been set back behind what was accounted for already. */
  readonly trueMs?: number;
}

export interface LedgerSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: LedgerState;
}

export function sameState(a: LedgerState, b: LedgerState): boolean {
  if (a.kind === "recorded") return b.kind === "recorded" && a.recording === b.recording;
  return a.kind === b.kind && "cause" in b && a.cause === b.cause;
}

/** Whether it is one that this version knows; a worker of another version, or a damaged file, may tell others. */
export function isLedgerState(state: LedgerState): boolean {
  switch (state.kind) {
    case "recorded":
      return RECORDING_KINDS.includes(state.recording);
    case "not_wanted":
      return NOT_WANTED_CAUSES.includes(state.cause);
    case "gap":
      return GAP_CAUSES.includes(state.cause);
    default:
      return false;
  }
}

/**
 * The spans of `[startMs, endMs)` that the entries (oldest first, the first at or before `startMs` if there is one) tell. They follow one
 * another without hole or overlap from the first entry on; before it nothing is accounted for. Pure.
 */
export function ledgerSpans(entries: readonly LedgerEntry[], startMs: number, endMs: number): LedgerSpan[] {
  const spans: LedgerSpan[] = [];
  for (const [index, entry] of entries.entries()) {
    const from = Math.max(entry.atMs, startMs);
    const to = Math.min(entries[index + 1]?.atMs ?? endMs, endMs);
    if (to <= from) continue;
    const last = spans.at(-1);
    if (last !== undefined && sameState(last.state, entry.state)) spans[spans.length - 1] = { ...last, endMs: to };
    else spans.push({ startMs: from, endMs: to, state: entry.state });
  }
  return spans;
}

/** A ledger entry as a line of `ledger/YYYY-MM-DD.jsonl`. */
export function ledgerLine(entry: LedgerEntry): string {
  const { atMs, state, trueMs } = entry;
  const suspect = trueMs === undefined ? {} : { clock_suspect: true, true_at: new Date(trueMs).toISOString() };
  return `${JSON.stringify({ at: new Date(atMs).toISOString(), ...state, ...suspect })}\n`;
}

/** Reads such a line; null where it is damaged (torn by a crash) or of a later version. */
export function parseLedgerLine(line: string): LedgerEntry | null {
  try {
    const {
      at,
      clock_suspect: _,
      true_at: trueAt,
      ...state
    } = JSON.parse(line) as { at: string } & LedgerState & {
        readonly clock_suspect?: boolean;
        readonly true_at?: string;
      };
    const atMs = Date.parse(at);
    if (Number.isNaN(atMs) || !isLedgerState(state)) return null;
    return trueAt === undefined ? { atMs, state } : { atMs, state, trueMs: Date.parse(trueAt) };
  } catch {
    return null;
  }
}

/** Name of the ledger file that holds an instant: one a UTC day. */
export function ledgerFileName(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 10)}.jsonl`;
}
