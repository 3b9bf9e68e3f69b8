import type { RecordingKind } from "@nightjar/api/camera";
import { type ScheduleWindow, scheduleAt } from "./schedule.ts";

export type Mode = "continuous" | "scheduled" | "motion" | "disabled";
export type NotWantedCause = "mode_disabled" | "outside_schedule" | "no_motion";

/** All that decides whether a camera records at an instant. Times are wall-clock milliseconds. */
export interface RecordingInputs {
  readonly mode: Mode;
  /** The schedule's windows in mode `scheduled`; null: none is assigned, so nothing is ever inside it. */
  readonly windows: readonly ScheduleWindow[] | null;
  readonly timeZone: string;
  /** Motion goes on after its end for this long. */
  readonly postEventMs: number;
  readonly motion: MotionState;
  readonly manual: ManualState;
}

export type MotionState =
  | { readonly kind: "never" }
  | { readonly kind: "moving" }
  | { readonly kind: "ended"; readonly endMs: number };

/** What a person asked for; it holds over every mode. `untilMs` null: until it is stopped. */
export type ManualState = { readonly kind: "none" } | { readonly kind: "recording"; readonly untilMs: number | null };

export type RecordingDecision =
  | { readonly record: true; readonly kind: RecordingKind; readonly nextChangeMs: number | null }
  | { readonly record: false; readonly cause: NotWantedCause; readonly nextChangeMs: number | null };

/**
 * Record or not, as what, and when to ask again at the latest (something else may change it earlier). Pure: the same inputs at the same
 * instant always give the same answer, so it may be asked at any time and as often as one likes.
 */
export function decideRecording(inputs: RecordingInputs, nowMs: number): RecordingDecision {
  const automatic = decideByMode(inputs, nowMs);
  const { manual } = inputs;
  if (manual.kind === "none" || (manual.untilMs !== null && manual.untilMs <= nowMs)) return automatic;
  return { record: true, kind: "manual", nextChangeMs: earliest(manual.untilMs, automatic.nextChangeMs) };
}

function decideByMode(inputs: RecordingInputs, nowMs: number): RecordingDecision {
  switch (inputs.mode) {
    case "continuous":
      return { record: true, kind: "continuous", nextChangeMs: null };
    case "disabled":
      return { record: false, cause: "mode_disabled", nextChangeMs: null };
    case "motion":
      return decideByMotion(inputs, nowMs, null);
    case "scheduled":
      return decideBySchedule(inputs, nowMs);
  }
}

function decideBySchedule(inputs: RecordingInputs, nowMs: number): RecordingDecision {
  const answer = scheduleAt(inputs.windows ?? [], nowMs, inputs.timeZone);
  if (answer.mode === null) return { record: false, cause: "outside_schedule", nextChangeMs: answer.nextChangeMs };
  if (answer.mode === "continuous") return { record: true, kind: "scheduled", nextChangeMs: answer.nextChangeMs };
  return decideByMotion(inputs, nowMs, answer.nextChangeMs);
}

function decideByMotion(
  { motion, postEventMs }: RecordingInputs,
  nowMs: number,
  nextChangeMs: number | null,
): RecordingDecision {
  if (motion.kind === "moving") return { record: true, kind: "motion", nextChangeMs };
  if (motion.kind === "ended" && nowMs < motion.endMs + postEventMs) {
    return { record: true, kind: "motion", nextChangeMs: earliest(motion.endMs + postEventMs, nextChangeMs) };
  }
  return { record: false, cause: "no_motion", nextChangeMs };
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
