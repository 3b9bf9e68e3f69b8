import type { GapCause, RecordingKind } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import type { LedgerState } from "../recording/ledger.ts";
import {
  decideRecording,
  type ManualState,
  type MotionState,
  type RecordingDecision,
  type RecordingInputs,
} from "../recording/recording-decision.ts";
import { WallClock } from "../recording/wall-clock.ts";
import { GopBuffer } from "./gop-buffer.ts";
import type { Ledger } from "./ledger.ts";
import type { SegmentRecorder } from "./segment-recorder.ts";

/** The pre-event buffer of one camera never takes more than this. */
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

/** The settings that decide what is recorded. */
export interface ControlSettings extends Pick<RecordingInputs, "mode" | "windows" | "timeZone"> {
  readonly preEventSeconds: number;
  readonly postEventSeconds: number;
}

export interface ControlOptions {
  readonly settings: ControlSettings;
  readonly recorder: SegmentRecorder;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Something that a status tells has changed. */
  readonly onChanged: () => void;
}

/** What a person asked for could be done this far. */
export interface KeepResult {
  /** Seconds of the past that were kept; fewer than asked for where the buffer did not hold more. */
  readonly keptSeconds: number;
}

interface Run {
  readonly init: StreamInit;
  readonly wall: WallClock;
}

/**
 * Decides fragment by fragment whether a camera's footage is written, and accounts for every instant in the ledger. What it is told (mode,
 * schedule, motion, a person's wish) takes effect at the next fragment without touching the connection.
 *
 * Recording begins with a GOP that lies in the buffer and ends before a sync sample, so footage is always whole GOPs: none is there twice.
 */
export class RecordingControl {
  readonly #options: ControlOptions;
  readonly #buffer: GopBuffer;
  #settings: ControlSettings;
  #motion: MotionState = { kind: "never" };
  #manual: ManualState = { kind: "none" };
  #run: Run | null = null;
  /** As what the recorder is being fed; null while nothing is. */
  #active: RecordingKind | null = null;
  /** Where the recording that is about to begin should start, wall time. */
  #wantedFromMs: number | null = null;
  #decision: RecordingDecision;
  /** What keeps a wanted recording from happening. */
  #impediment: GapCause = "restarted";
  #cancelTimer: () => void = () => {};

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#buffer = new GopBuffer(options.settings.preEventSeconds * 1000, MAX_BUFFER_BYTES);
    this.#decision = this.#decide(options.clock.nowMs());
    this.#decideAnew();
  }

  /** What is wanted now, for the status. */
  get decision(): RecordingDecision {
    return this.#decision;
  }

  /** How far the camera's clock has drifted from ours in this connection, milliseconds; null while unknown. */
  get driftMs(): number | null {
    return this.#run?.wall.driftMs ?? null;
  }

  update(settings: ControlSettings): void {
    this.#settings = settings;
    this.#buffer.setDepth(settings.preEventSeconds * 1000);
    this.#decideAnew();
  }

  /** The detector saw motion begin at `atMs`; footage is kept from `preEventSeconds` before. */
  motionStarted(atMs: number): void {
    this.#motion = { kind: "moving" };
    this.#wantedFromMs = atMs - this.#settings.preEventSeconds * 1000;
    this.#decideAnew();
  }

  motionEnded(atMs: number): void {
    this.#motion = { kind: "ended", endMs: atMs };
    this.#decideAnew();
  }

  /** Records whatever the mode says, from the GOP in progress on; `seconds` null: until `stopManual`. */
  startManual(seconds: number | null): void {
    const nowMs = this.#options.clock.nowMs();
    this.#manual = { kind: "recording", untilMs: seconds === null ? null : nowMs + seconds * 1000 };
    this.#wantedFromMs = nowMs;
    this.#decideAnew();
  }

  stopManual(): void {
    this.#manual = { kind: "none" };
    this.#decideAnew();
  }

  /** Keeps the last `seconds` from the buffer, and the GOP in progress to its end. */
  keep(seconds: number): KeepResult {
    const nowMs = this.#options.clock.nowMs();
    const oldestMs = this.#oldestBufferedMs();
    if (this.#active !== null) return { keptSeconds: seconds };
    if (oldestMs === null) return { keptSeconds: 0 };
    this.#begin("manual", nowMs - seconds * 1000);
    return { keptSeconds: Math.min(seconds, (nowMs - oldestMs) / 1000) };
  }

  /** A connection begins. */
  runStarted(runId: string, init: StreamInit): void {
    this.#run = { init, wall: new WallClock() };
    this.#buffer.clear();
    this.#options.recorder.startRun(runId, init, this.#run.wall);
  }

  /** The connection has ended; `cause`: why, where it was not meant to. */
  runEnded(cause: GapCause): void {
    this.#impediment = cause;
    this.#run = null;
    this.#buffer.clear();
    this.#finish();
    this.#options.recorder.endRun();
    this.#noteIdle();
  }

  /** Why there is no connection, when it turns out to be another reason than before. */
  impeded(cause: GapCause): void {
    this.#impediment = cause;
    this.#noteIdle();
  }

  /** Takes the next fragment; `arrivalMs` is wall time. */
  take(fragment: Fragment, arrivalMs: number): void {
    const run = this.#run;
    if (run === null) return;
    const last = lastPicture(fragment, run.init.video.timescale);
    if (last !== null) run.wall.observe(arrivalMs, last.startMs, last.durationMs);
    const nextChangeMs = this.#decision.nextChangeMs;
    if (nextChangeMs !== null && arrivalMs >= nextChangeMs) this.#decideAnew();
    const { recorder } = this.#options;
    const decision = this.#decision;
    if (decision.record) {
      if (this.#active === null) this.#begin(decision.kind, this.#wantedFromMs ?? arrivalMs);
      else if (fragment.sync) this.#active = decision.kind;
      recorder.take(fragment, decision.kind);
      return;
    }
    if (this.#active !== null && !fragment.sync) {
      recorder.take(fragment, this.#active);
      return;
    }
    this.#finish();
    this.#buffer.push(fragment, mediaMs(fragment, run));
  }

  /** Ends what is being recorded; the ledger says why from there on. */
  close(cause: GapCause): void {
    this.#cancelTimer();
    this.#impediment = cause;
    this.#finish();
    this.#run = null;
    this.#noteIdle();
  }

  /** Feeds the recorder from the buffered GOP at or before `fromMs` on (wall time). */
  #begin(kind: RecordingKind, fromMs: number): void {
    const run = this.#run;
    this.#active = kind;
    this.#wantedFromMs = null;
    if (run === null) return;
    for (const buffered of this.#buffer.takeFrom(run.wall.mediaMs(fromMs)))
      this.#options.recorder.take(buffered.fragment, kind);
    this.#options.onChanged();
  }

  #finish(): void {
    if (this.#active === null) return;
    this.#active = null;
    this.#options.recorder.finish();
    this.#options.onChanged();
  }

  #decideAnew(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#decision = this.#decide(nowMs);
    this.#cancelTimer();
    const { nextChangeMs } = this.#decision;
    if (nextChangeMs !== null) {
      this.#cancelTimer = this.#options.clock.after(Math.min(nextChangeMs - nowMs, LONGEST_TIMER_MS), () =>
        this.#decideAnew(),
      );
    }
    if (this.#active === null) this.#noteIdle();
    this.#options.onChanged();
  }

  #decide(nowMs: number): RecordingDecision {
    const { mode, windows, timeZone, postEventSeconds } = this.#settings;
    const inputs = {
      mode,
      windows,
      timeZone,
      postEventMs: postEventSeconds * 1000,
      motion: this.#motion,
      manual: this.#manual,
    };
    return decideRecording(inputs, nowMs);
  }

  /** Nothing is being recorded: says why, from now on. */
  #noteIdle(): void {
    if (this.#active !== null || this.#options.recorder.recording) return;
    this.#options.ledger.note(this.#options.clock.nowMs(), this.idleState);
  }

  /** Why nothing is recorded while nothing is. */
  get idleState(): LedgerState {
    const decision = this.#decision;
    return decision.record ? { kind: "gap", cause: this.#impediment } : { kind: "not_wanted", cause: decision.cause };
  }

  #oldestBufferedMs(): number | null {
    const oldestMs = this.#buffer.oldestMs;
    return oldestMs === null || this.#run === null ? null : this.#run.wall.wallMs(oldestMs);
  }
}

/** Timers longer than this would overflow; asking again early does no harm. */
const LONGEST_TIMER_MS = 3_600_000;

function mediaMs(fragment: Fragment, run: Run): number {
  return ((fragment.video?.decodeTimeTicks ?? 0) * 1000) / run.init.video.timescale;
}
