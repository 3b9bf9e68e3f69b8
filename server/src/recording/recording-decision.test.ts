import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decideRecording,
  type ManualState,
  type Mode,
  type MotionState,
  type RecordingDecision,
  type RecordingInputs,
} from "./recording-decision.ts";
import { type ScheduleWindow, scheduleAt, WEEKDAYS } from "./schedule.ts";

const NOW_MS = Date.UTC(2026, 3, 9, 14, 30);
const DAY_MS = 86_400_000;

const NO_MANUAL: ManualState = { kind: "none" };
const STILL: MotionState = { kind: "never" };
const INPUTS: RecordingInputs = {
  mode: "continuous",
  windows: null,
  timeZone: "Europe/Berlin",
  postEventMs: 10_000,
  motion: STILL,
  manual: NO_MANUAL,
};

const instants = fc.integer({ min: NOW_MS, max: NOW_MS + DAY_MS });
const modes = fc.constantFrom<Mode>("continuous", "scheduled", "motion", "disabled");
const motions: fc.Arbitrary<MotionState> = fc.oneof(
  fc.constant(STILL),
  fc.constant<MotionState>({ kind: "moving" }),
  instants.map((endMs) => ({ kind: "ended" as const, endMs })),
);
const manuals: fc.Arbitrary<ManualState> = fc.oneof(
  fc.constant(NO_MANUAL),
  fc.option(instants).map((untilMs) => ({ kind: "recording" as const, untilMs })),
);
const hour = fc.integer({ min: 0, max: 23 }).map((h) => `${String(h).padStart(2, "0")}:00`);
const windows: fc.Arbitrary<ScheduleWindow[]> = fc.array(
  fc.record({
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    start: hour,
    end: hour,
    mode: fc.constantFrom("continuous" as const, "motion" as const),
  }),
  { maxLength: 3 },
);
const inputs: fc.Arbitrary<RecordingInputs> = fc.record({
  mode: modes,
  windows: fc.option(windows),
  timeZone: fc.constantFrom("Europe/Berlin", "UTC", "America/New_York"),
  postEventMs: fc.integer({ min: 0, max: 600_000 }),
  motion: motions,
  manual: manuals,
});

/** Without when to ask again. */
function said(decision: RecordingDecision) {
  return decision.record ? { record: true, kind: decision.kind } : { record: false, cause: decision.cause };
}

const always = (check: (given: RecordingInputs, nowMs: number) => void, numRuns = 300) =>
  fc.assert(fc.property(inputs, instants, check), { numRuns });

describe("whether a camera records", () => {
  it("is always so in mode continuous", () => {
    always((given, nowMs) => {
      const decision = decideRecording({ ...given, mode: "continuous", manual: NO_MANUAL }, nowMs);
      expect(decision).toEqual({ record: true, kind: "continuous", nextChangeMs: null });
    });
  });

  it("is never so by itself in mode disabled", () => {
    always((given, nowMs) => {
      const decision = decideRecording({ ...given, mode: "disabled", manual: NO_MANUAL }, nowMs);
      expect(decision).toEqual({ record: false, cause: "mode_disabled", nextChangeMs: null });
    });
  });

  it("is so in mode motion while something moves and for the time after, and not else", () => {
    const given = { ...INPUTS, mode: "motion" as const };
    const ended = { ...given, motion: { kind: "ended" as const, endMs: NOW_MS } };
    const until = { record: true, kind: "motion", nextChangeMs: NOW_MS + 10_000 };
    expect(decideRecording(given, NOW_MS)).toEqual({ record: false, cause: "no_motion", nextChangeMs: null });
    expect(said(decideRecording({ ...given, motion: { kind: "moving" } }, NOW_MS))).toEqual({
      record: true,
      kind: "motion",
    });
    expect(decideRecording(ended, NOW_MS + 9999)).toEqual(until);
    expect(decideRecording(ended, NOW_MS + 10_000)).toEqual({ record: false, cause: "no_motion", nextChangeMs: null });
  });

  it("is as the window says in mode scheduled, which without a schedule is outside for ever", () => {
    always((given, nowMs) => {
      const decision = said(decideRecording({ ...given, mode: "scheduled", manual: NO_MANUAL }, nowMs));
      const inside = scheduleAt(given.windows ?? [], nowMs, given.timeZone).mode;
      if (inside === null) expect(decision).toEqual({ record: false, cause: "outside_schedule" });
      else if (inside === "continuous") expect(decision).toEqual({ record: true, kind: "scheduled" });
      else expect(decision).toEqual(said(decideRecording({ ...given, mode: "motion", manual: NO_MANUAL }, nowMs)));
    });
    const never = decideRecording({ ...INPUTS, mode: "scheduled" }, NOW_MS);
    expect(never).toEqual({ record: false, cause: "outside_schedule", nextChangeMs: null });
  });

  it("is so in every mode while a person wants it, and as if nobody had asked once that is over", () => {
    always((given, nowMs) => {
      const { manual } = given;
      const decision = decideRecording(given, nowMs);
      const wants = manual.kind === "recording" && (manual.untilMs === null || nowMs < manual.untilMs);
      if (wants) expect(said(decision)).toEqual({ record: true, kind: "manual" });
      else expect(decision).toEqual(decideRecording({ ...given, manual: NO_MANUAL }, nowMs));
    });
  });

  it("stays as it is up to the instant at which to ask again, and for ever where there is none", () => {
    const later = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(inputs, instants, later, (given, nowMs, share) => {
        const decision = decideRecording(given, nowMs);
        const untilMs = decision.nextChangeMs ?? nowMs + 20 * DAY_MS;
        expect(untilMs).toBeGreaterThan(nowMs);
        const between = Math.min(untilMs - 1, nowMs + Math.floor((untilMs - nowMs) * share));
        expect(said(decideRecording(given, between))).toEqual(said(decision));
        expect(said(decideRecording(given, untilMs - 1))).toEqual(said(decision));
      }),
      { numRuns: 300 },
    );
  });

  it("through any sequence of deeds follows from the newest of each alone", () => {
    type Deed = Partial<RecordingInputs>;
    const deed: fc.Arbitrary<Deed> = fc.oneof(
      modes.map((mode) => ({ mode })),
      motions.map((motion) => ({ motion })),
      manuals.map((manual) => ({ manual })),
      fc.option(windows).map((given) => ({ windows: given })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3_600_000), deed), { maxLength: 12 }), (deeds) => {
        let nowMs = NOW_MS;
        let given = INPUTS;
        let told = decideRecording(given, nowMs);
        for (const [waitMs, change] of deeds) {
          // As the worker does: asks at the instant it was told to, and whenever something changes.
          const nextMs = nowMs + waitMs;
          for (let guard = 0; told.nextChangeMs !== null && told.nextChangeMs <= nextMs && guard < 100; guard++)
            told = decideRecording(given, told.nextChangeMs);
          expect(said(told)).toEqual(said(decideRecording(given, nextMs)));
          nowMs = nextMs;
          given = { ...given, ...change };
          told = decideRecording(given, nowMs);
          if (given.mode === "disabled" && told.record) expect(told.kind).toBe("manual");
          if (given.mode === "continuous") expect(told.record).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
