import { GAP_CAUSES, NOT_WANTED_CAUSES } from "@nightjar/api/causes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LedgerEntry,
  type LedgerState,
  ledgerFileName,
  ledgerLine,
  ledgerSpans,
  parseLedgerLine,
  sameState,
} from "./ledger.ts";

const RECORDED: LedgerState = { kind: "recorded", recording: "continuous" };
const OFFLINE: LedgerState = { kind: "gap", cause: "camera_offline" };

const states: fc.Arbitrary<LedgerState> = fc.oneof(
  fc
    .constantFrom("continuous" as const, "scheduled" as const, "motion" as const, "manual" as const)
    .map((recording) => ({ kind: "recorded" as const, recording })),
  fc.constantFrom(...NOT_WANTED_CAUSES).map((cause) => ({ kind: "not_wanted" as const, cause })),
  fc.constantFrom(...GAP_CAUSES).map((cause) => ({ kind: "gap" as const, cause })),
);
/** Oldest first, some at the same instant, the same state twice at times. */
const entries: fc.Arbitrary<LedgerEntry[]> = fc
  .array(fc.record({ afterMs: fc.nat(50), state: fc.oneof(fc.constantFrom(RECORDED, OFFLINE), states) }))
  .map((steps) => {
    let atMs = 0;
    return steps.map(({ afterMs, state }) => {
      atMs += afterMs;
      return { atMs, state };
    });
  });

describe("the spans of a ledger", () => {
  it("follow one another from the first entry on, each in the state that was noted last", () => {
    const given: LedgerEntry[] = [
      { atMs: 10, state: RECORDED },
      { atMs: 20, state: OFFLINE },
      { atMs: 30, state: RECORDED },
      { atMs: 40, state: RECORDED },
    ];
    expect(ledgerSpans(given, 0, 100)).toEqual([
      { startMs: 10, endMs: 20, state: RECORDED },
      { startMs: 20, endMs: 30, state: OFFLINE },
      { startMs: 30, endMs: 100, state: RECORDED },
    ]);
    expect(ledgerSpans(given, 15, 25)).toEqual([
      { startMs: 15, endMs: 20, state: RECORDED },
      { startMs: 20, endMs: 25, state: OFFLINE },
    ]);
    expect(ledgerSpans([], 0, 100)).toEqual([]);
  });

  it("cover every instant exactly once, whatever was noted", () => {
    const bound = fc.integer({ min: -100, max: 500 });
    fc.assert(
      fc.property(entries, bound, bound, (given, startMs, endMs) => {
        const spans = ledgerSpans(given, startMs, endMs);
        const first = given[0];
        let atMs = Math.max(startMs, first?.atMs ?? Number.POSITIVE_INFINITY);
        for (const [i, span] of spans.entries()) {
          expect(span.startMs).toBe(atMs);
          expect(span.endMs).toBeGreaterThan(span.startMs);
          const next = spans[i + 1];
          if (next !== undefined) expect(sameState(span.state, next.state)).toBe(false);
          atMs = span.endMs;
        }
        if (spans.length > 0) expect(atMs).toBe(endMs);
        else expect(atMs).toBeGreaterThanOrEqual(endMs);
        for (let ms = startMs; ms < endMs; ms++) {
          const told = spans.filter((span) => span.startMs <= ms && ms < span.endMs);
          const noted = given.findLast((entry) => entry.atMs <= ms);
          expect(told.map(({ state }) => state)).toEqual(noted === undefined ? [] : [noted.state]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("a line of a ledger file", () => {
  it("is read as it was written", () => {
    const instants = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(instants, states, (atMs, state) => {
        const line = ledgerLine({ atMs, state });
        expect(line).toMatch(/^[^\n]+\n$/);
        expect(parseLedgerLine(line)).toEqual({ atMs, state });
      }),
    );
  });

  it("that is torn, damaged or of a later version is none, and nothing worse", () => {
    const line = ledgerLine({ atMs: 0, state: OFFLINE });
    for (let length = 0; length < line.length - 1; length++) expect(parseLedgerLine(line.slice(0, length))).toBeNull();
    for (const text of [
      "null",
      "7",
      "[]",
      '{"at":"never","kind":"gap","cause":"unknown"}',
      '{"at":"2026-04-09T14:30:00.000Z","kind":"gap"}',
      '{"at":"2026-04-09T14:30:00.000Z","kind":"gap","cause":"of_the_future"}',
      '{"at":"2026-04-09T14:30:00.000Z","kind":"recorded"}',
      '{"at":"2026-04-09T14:30:00.000Z","kind":"dreamt"}',
    ])
      expect(parseLedgerLine(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void parseLedgerLine(text)));
  });

  it("lies in the file of its UTC day", () => {
    expect(ledgerFileName(Date.UTC(2026, 3, 9, 23, 59, 59, 999))).toBe("2026-04-09.jsonl");
    expect(ledgerFileName(Date.UTC(2026, 3, 10))).toBe("2026-04-10.jsonl");
  });
});
