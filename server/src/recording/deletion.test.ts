import { describe, expect, it } from "vitest";
import { deletionLine, parseDeletionLine, withDeletions } from "./deletion.ts";
import type { LedgerSpan } from "./ledger.ts";

const RECORDED = { kind: "recorded", recording: "continuous" } as const;
const OFFLINE = { kind: "gap", cause: "camera_offline" } as const;
const span = (startMs: number, endMs: number, state: LedgerSpan["state"]): LedgerSpan => ({ startMs, endMs, state });
const deleted = (startMs: number, endMs: number) => ({ startMs, endMs, cause: "deleted_by_user" as const });
const told = (spans: readonly LedgerSpan[]) =>
  spans.map(({ startMs, endMs, state }) => `${startMs}-${endMs} ${"cause" in state ? state.cause : state.kind}`);

describe("what the ledger tells with deletions", () => {
  it("has footage that was deleted as such, also where the ledger told nothing, and every other gap as it was", () => {
    const ledger = [span(0, 100, RECORDED), span(100, 150, OFFLINE), span(150, 300, RECORDED)];
    expect(told(withDeletions(ledger, [deleted(-50, 120)]))).toEqual([
      "-50-100 deleted_by_user",
      "100-150 camera_offline",
    ]);
    expect(told(withDeletions(ledger, [deleted(20, 200), deleted(250, 400)]))).toEqual([
      "20-100 deleted_by_user",
      "100-150 camera_offline",
      "150-200 deleted_by_user",
      "250-400 deleted_by_user",
    ]);
    expect(told(withDeletions(ledger, []))).toEqual(["100-150 camera_offline"]);
  });
});

describe("a deletion's line in the ledger", () => {
  const deletion = { atMs: 5, name: "a.mp4", cause: "deleted_by_retention" as const, chain: "0f".repeat(32) };

  it("is read as it was written, with what it held and without", () => {
    for (const one of [deletion, { ...deletion, span: { startMs: 1, endMs: 2 } }])
      expect(parseDeletionLine(deletionLine(one).trim())).toEqual(one);
  });

  it("is null for other and for damaged lines", () => {
    expect(parseDeletionLine(deletionLine(deletion).slice(0, -5))).toBeNull();
    expect(parseDeletionLine('{"at":"2026-04-09T14:30:00.000Z","kind":"recorded","recording":"motion"}')).toBeNull();
  });
});
