import type { CameraStatus } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import { effectiveRecording } from "../../../recording/camera-settings.ts";
import { checkWay, diagnose } from "../../../recording/diagnosis.ts";
import { type LedgerSpan, ledgerSpans } from "../../../recording/ledger.ts";
import { decideRecording, type RecordingDecision } from "../../../recording/recording-decision.ts";
import { instant } from "../../../recording/wire.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { footageSpans } from "../recordings/footage-spans.ts";

/** So many entries to either side: enough to say since when and until when, also where one state was noted several times. */
const ENTRIES_AROUND = 20;

export function cameraDiagnosisRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, cameraRoutes.diagnosis, async ({ principal, params, query }) => {
    const camera = await cameraOf(deps, principal, params.id, "footage");
    const nowMs = deps.clock.nowMs();
    const atMs = query.time === undefined ? nowMs : Date.parse(query.time);
    const { spans } = await footageSpans(deps, camera, { startMs: atMs, endMs: atMs + 1 });
    const status = deps.runtime.status(camera.id);
    const { answer, cause } = diagnose({
      atMs,
      nowMs,
      timeZone: camera.timeZone,
      createdAtMs: camera.createdAtMs,
      deletedAtMs: camera.deletedAtMs,
      footage: spans.find((span) => span.startMs <= atMs && atMs < span.endMs) ?? null,
      ledger: await ledgerAt(deps, camera, atMs, nowMs),
      causeNow: status?.cause ?? null,
    });
    return {
      camera_id: camera.id,
      time: instant(atMs),
      answer,
      cause,
      checks: camera.deletedAtMs === null ? await checks(deps, camera, status, nowMs) : [],
    };
  });
}

async function ledgerAt(deps: HttpDeps, camera: OwnedCamera, atMs: number, nowMs: number): Promise<LedgerSpan | null> {
  const entries = await deps.catalog.ledger(camera).around(atMs, ENTRIES_AROUND);
  const told = ledgerSpans(entries, Number.MIN_SAFE_INTEGER, Math.max(nowMs, atMs) + 1);
  const then = told.find((span) => span.startMs <= atMs && atMs < span.endMs) ?? null;
  if (then !== null && then.state.kind !== "recorded") return then;
  const [deleted] = await deps.catalog.ledger(camera).deleted({ startMs: atMs, endMs: atMs + 1 });
  if (deleted === undefined) return then;
  const { cause, ...ends } = deleted;
  return { ...ends, state: { kind: "gap", cause } };
}

async function checks(deps: HttpDeps, camera: OwnedCamera, status: CameraStatus | null, nowMs: number) {
  const decision = await decisionByMode(deps, camera, nowMs);
  return checkWay({ enabled: camera.enabled, decision, status, nowMs });
}

/** What mode and schedule ask for now; of motion, and of what somebody asked for, only the worker knows. */
async function decisionByMode(deps: HttpDeps, camera: OwnedCamera, nowMs: number): Promise<RecordingDecision> {
  const { recordingDefaults, schedules } = deps.catalog.tenant(camera.tenantId);
  const defaults = await recordingDefaults.get();
  const recording = effectiveRecording(camera.recording, defaults.recording);
  const schedule = recording.schedule_id === null ? undefined : await schedules.get(recording.schedule_id);
  const inputs = {
    mode: recording.mode,
    windows: schedule?.windows ?? null,
    timeZone: camera.timeZone,
    postEventMs: recording.post_event_seconds * 1000,
    motion: { kind: "never" },
    manual: { kind: "none" },
  } as const;
  return decideRecording(inputs, nowMs);
}
