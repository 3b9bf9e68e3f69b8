import type { CameraStatus, GapCause, NotWantedCause, RecordingKind } from "@nightjar/api/camera";
import type { DiagnosisCheck } from "@nightjar/api/diagnosis";
import { Temporal } from "temporal-polyfill";
import type { LedgerSpan } from "./ledger.ts";
import type { RecordingDecision } from "./recording-decision.ts";
import { type FootageSpan, KNOWN_AFTER_MS } from "./timeline.ts";

/** All that is known of a camera at the asked instant, and of the way from camera to disk now. Times are wall-clock milliseconds. */
export interface DiagnosisInputs {
  readonly atMs: number;
  readonly nowMs: number;
  readonly timeZone: string;
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
  /** The footage that holds the instant; null where there is none. */
  readonly footage: FootageSpan | null;
  /** What the ledger says of the instant; null: nothing. `endMs` at or behind `nowMs`: it goes on. */
  readonly ledger: LedgerSpan | null;
  /** What keeps the camera from being recorded now, as its worker or who looks after the workers tells it; null: nothing. */
  readonly causeNow: GapCause | null;
}

export interface DiagnosisAnswer {
  /** One sentence. */
  readonly answer: string;
  /** null: there is footage, or there cannot be any yet. */
  readonly cause: GapCause | NotWantedCause | null;
}

const KIND_WORDS: Readonly<Record<RecordingKind, string>> = {
  continuous: "recorded continuously",
  scheduled: "recorded by its schedule",
  motion: "recorded because of motion",
  manual: "recorded because somebody asked for it",
};

const NOT_WANTED_WORDS: Readonly<Record<NotWantedCause, string>> = {
  mode_disabled: "its mode is disabled, so it records only when somebody asks for it",
  outside_schedule: "its schedule had no window then",
  no_motion: "nothing moved, and it records around motion only",
};

const GAP_WORDS: Readonly<Record<GapCause, string>> = {
  camera_offline: "the camera could not be reached",
  auth_failed: "the camera refused the user name or password",
  stream_stalled: "the camera was connected but sent no pictures",
  unsupported_stream: "the camera sent a stream that cannot be recorded",
  worker_crashed: "the program that records this camera had crashed",
  disk_full: "the disk was full",
  disk_slow: "the disk was too slow, and the memory that bridges this was used up",
  storage_missing: "the folder of the recordings was missing or could not be written",
  server_down: "the machine was off or the recorder did not run",
  clock_step: "the clock of the machine was set",
  stopped: "the recording was stopped by an operator",
  restarted: "the recording was starting anew, after changed settings or an upgrade",
  deleted_by_retention: "it was deleted when its time to be kept was over or the space was needed",
  deleted_by_user: "somebody deleted it",
  unknown: "nobody wrote down why",
};

/** Why there is, or is no, footage at an instant, from what was written down when it was seen. Pure. */
export function diagnose(inputs: DiagnosisInputs): DiagnosisAnswer {
  const { atMs, nowMs, ledger, footage } = inputs;
  const at = localTime(atMs, inputs.timeZone);
  if (atMs > nowMs) return { answer: `${at} has not come yet.`, cause: null };
  if (ledger?.state.kind === "gap")
    return withoutFootage(inputs, ledger, GAP_WORDS[ledger.state.cause], ledger.state.cause);
  if (footage !== null) {
    const span = `from ${localTime(footage.startMs, inputs.timeZone)} to ${localTime(footage.endMs, inputs.timeZone)}`;
    return {
      answer: `There is footage of ${at}: it was ${KIND_WORDS[footage.kind]}, in a segment ${span}.`,
      cause: null,
    };
  }
  if (ledger?.state.kind === "not_wanted")
    return withoutFootage(inputs, ledger, NOT_WANTED_WORDS[ledger.state.cause], ledger.state.cause);
  return untold(inputs, at);
}

/** There is no footage, and the ledger has no reason for it. */
function untold(inputs: DiagnosisInputs, at: string): DiagnosisAnswer {
  const { atMs, nowMs, createdAtMs, deletedAtMs, timeZone, ledger, causeNow } = inputs;
  const none = `There is no footage of ${at}: `;
  if (atMs < createdAtMs)
    return { answer: `${none}the camera was added later, at ${localTime(createdAtMs, timeZone)}.`, cause: null };
  if (deletedAtMs !== null && atMs >= deletedAtMs)
    return { answer: `${none}the camera was removed before, at ${localTime(deletedAtMs, timeZone)}.`, cause: null };
  if (nowMs - atMs < KNOWN_AFTER_MS)
    return { answer: `${none}so short ago it is not known yet; ask again in some seconds.`, cause: null };
  // A worker that has died writes down why only when it is back.
  if (causeNow !== null && ledger !== null && ledger.endMs >= nowMs)
    return { answer: `${none}${GAP_WORDS[causeNow]}, and that goes on.`, cause: causeNow };
  const reason =
    ledger === null
      ? "the camera's ledger does not tell of that time"
      : "the camera's ledger says that it was recorded, but no segment holds it, so the file may have been taken away";
  return { answer: `${none}${reason}.`, cause: "unknown" };
}

function withoutFootage(
  { atMs, nowMs, timeZone }: DiagnosisInputs,
  span: LedgerSpan,
  reason: string,
  cause: GapCause | NotWantedCause,
): DiagnosisAnswer {
  const since = localTime(span.startMs, timeZone);
  const until = span.endMs >= nowMs ? "and that goes on" : `until ${localTime(span.endMs, timeZone)}`;
  const at = localTime(atMs, timeZone);
  return { answer: `There is no footage of ${at}: ${reason}, since ${since}, ${until}.`, cause };
}

/** `2026-04-09 14:30:00`, in the camera's zone. */
function localTime(ms: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.toString({ smallestUnit: "second" }).replace("T", " ");
}

/** What is known of the way from the camera to the disk now. */
export interface CheckInputs {
  readonly enabled: boolean;
  /** By mode and schedule; motion and what somebody asks for come on top. */
  readonly decision: RecordingDecision;
  /** null: its worker was never heard of. */
  readonly status: CameraStatus | null;
  readonly nowMs: number;
}

const STORAGE_CAUSES: readonly (GapCause | null)[] = ["disk_full", "disk_slow", "storage_missing"];
/** A camera that has sent no picture for so long is stalled. */
const FRESH_MS = 10_000;

/** The steps from the camera to the disk, in this order; where one is not well, those behind it cannot be either. Pure. */
export function checkWay({ enabled, decision, status, nowMs }: CheckInputs): DiagnosisCheck[] {
  const connected = status?.connection === "connected";
  const storageFails = STORAGE_CAUSES.includes(status?.cause ?? null);
  const lastMs = status?.last_frame_at == null ? null : Date.parse(status.last_frame_at);
  const fresh = lastMs !== null && nowMs - lastMs < FRESH_MS;
  const error = status?.last_error ?? null;
  return [
    check("camera", enabled, "is switched on", "is switched off in its settings"),
    modeCheck(decision),
    check(
      "worker",
      workerRuns(status),
      "the program that records it runs",
      error ?? "the program that records it does not run",
    ),
    check("connection", connected, "the camera is connected", error ?? "the camera is not connected"),
    check("pictures", fresh, "pictures arrive", lastPicture(lastMs, nowMs)),
    check("storage", !storageFails, "nothing keeps footage from being written", error ?? "footage cannot be written"),
    recordingCheck(decision, status?.recording ?? false),
  ];
}

function check(name: DiagnosisCheck["name"], ok: boolean, well: string, ill: string): DiagnosisCheck {
  return { name, ok, detail: ok ? well : ill };
}

function modeCheck(decision: RecordingDecision): DiagnosisCheck {
  if (decision.record) return { name: "mode", ok: true, detail: "footage is wanted now" };
  const detail = {
    mode_disabled: "the mode is disabled: nothing is recorded by itself",
    outside_schedule: "the schedule has no window now",
    no_motion: "waits for motion",
  }[decision.cause];
  // To wait for motion, or for the next window, is what was asked for.
  return { name: "mode", ok: decision.cause !== "mode_disabled", detail };
}

function recordingCheck(decision: RecordingDecision, recording: boolean): DiagnosisCheck {
  const idle = decision.record
    ? "nothing is being recorded now, though it should be"
    : "nothing is recorded, as wanted";
  return { name: "recording", ok: recording || !decision.record, detail: recording ? "is being recorded now" : idle };
}

function workerRuns(status: CameraStatus | null): boolean {
  return status?.worker != null && status.worker.pid !== null;
}

function lastPicture(lastMs: number | null, nowMs: number): string {
  return lastMs === null
    ? "no picture has arrived"
    : `the last picture arrived ${Math.round((nowMs - lastMs) / 1000)} seconds ago`;
}
