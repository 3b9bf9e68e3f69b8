import { randomUUID } from "node:crypto";
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
import { ClockWatch } from "./clock-watch.ts";
import { GopBuffer } from "./gop-buffer.ts";
import type { Ledger } from "./ledger.ts";
import type { SegmentRecorder } from "./segment-recorder.ts";

/** The settings that decide what is recorded. */
export interface ControlSettings extends Pick<RecordingInputs, "mode" | "windows" | "timeZone"> {
  readonly preEventSeconds: number;
  readonly postEventSeconds: number;
  /** The pre-event buffer never takes more than this. */
  readonly maxBufferBytes: number;
}

export interface ControlOptions {
  readonly settings: ControlSettings;
  readonly recorder: SegmentRecorder;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** What a person asked for while an earlier worker lived. */
  readonly manual: ManualState;
  /** A person's wish that must outlive this worker. */
  readonly onManual: (manual: ManualState) => void;
  /** Something that a status tells has changed. */
  readonly onChanged: () => void;
}

/** What a person asked for could be done this far. */
export interface KeepResult {
  /** Seconds of the past that were kept; fewer than asked for where the buffer did not hold more. */
  readonly keptSeconds: number;
}

interface Run {
  init: StreamInit;
  wall: WallClock;
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
  #manual: ManualState;
  #run: Run | null = null;
  /** As what the recorder is being fed, and since when (wall time of what was fed first); null while nothing is. */
  #active: { kind: RecordingKind; readonly sinceMs: number } | null = null;
  /** Where the recording that is about to begin should start, wall time. */
  #wantedFromMs: number | null = null;
  #decision: RecordingDecision;
  /** What keeps a wanted recording from happening. */
  #impediment: GapCause = "restarted";
  readonly #clockWatch: ClockWatch;
  /** The clock was set: the next sync sample begins a run with a mapping of its own. */
  #clockStepped = false;
  #lastSyncMs: number | null = null;
  #cancelTimer: () => void = () => {};
  /** Told the sync sample ahead of which it was to end. */
  #endsAhead: ((sync: Fragment) => void) | null = null;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#manual = options.manual;
    this.#clockWatch = new ClockWatch(options.clock);
    this.#buffer = new GopBuffer(options.settings.preEventSeconds * 1000, options.settings.maxBufferBytes);
    this.#decision = this.#decide(options.clock.nowMs());
    this.#decideAnew();
  }

  /** What is wanted now, for the status. */
  get decision(): RecordingDecision {
    return this.#decision;
  }

  /** There should be footage, or pictures to decide by. */
  get wanted(): boolean {
    return this.#decision.record || this.idleState.kind === "gap";
  }

  /** How far the camera's clock has drifted from ours in this connection, milliseconds; null while unknown. */
  get driftMs(): number | null {
    return this.#run?.wall.driftMs ?? null;
  }

  /** What the pre-event buffer holds. */
  get bufferBytes(): number {
    return this.#buffer.sizeBytes;
  }

  update(settings: ControlSettings): void {
    this.#settings = settings;
    this.#buffer.resize(settings.preEventSeconds * 1000, settings.maxBufferBytes);
    this.#decideAnew();
  }

  /** The detector saw motion begin at `atMs`; footage is kept from `preEventSeconds` before. */
  motionStarted(atMs: number): void {
    this.#motion = { kind: "moving" };
    if (this.#active === null) this.#wantedFromMs = atMs - this.#settings.preEventSeconds * 1000;
    this.#decideAnew();
  }

  motionEnded(atMs: number): void {
    this.#motion = { kind: "ended", endMs: atMs };
    this.#decideAnew();
  }

  /** Records whatever the mode says, from the GOP in progress on; `seconds` null: until `stopManual`. */
  startManual(seconds: number | null): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#active === null) this.#wantedFromMs = nowMs;
    this.#setManual({ kind: "recording", untilMs: seconds === null ? null : nowMs + seconds * 1000 });
  }

  stopManual(): void {
    this.#setManual({ kind: "none" });
  }

  #setManual(manual: ManualState): void {
    this.#manual = manual;
    this.#options.onManual(manual);
    this.#decideAnew();
  }

  /** Keeps the last `seconds` from the buffer, and the GOP in progress to its end. */
  keep(seconds: number): KeepResult {
    const nowMs = this.#options.clock.nowMs();
    if (this.#active === null) this.#begin("manual", nowMs - seconds * 1000);
    // Without a connection, or ahead of its first sync sample, there is nothing to keep.
    const sinceMs = this.#active?.sinceMs ?? nowMs;
    return { keptSeconds: Math.min(seconds, Math.max(0, (nowMs - sinceMs) / 1000)) };
  }

  /** A connection begins. */
  runStarted(runId: string, init: StreamInit): void {
    this.#run = { init, wall: new WallClock() };
    this.#clockWatch.step();
    this.#clockStepped = false;
    this.#lastSyncMs = this.#options.clock.monotonicMs();
    this.#buffer.clear();
    this.#options.recorder.startRun(runId, init, this.#run.wall);
    this.#noteIdle();
  }

  /** The connection goes on with another init; the next fragment begins with it. */
  initChanged(init: StreamInit): void {
    if (this.#run !== null) this.#run.init = init;
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
    this.#watchClock();
    if (fragment.sync) {
      if (this.#endsAhead !== null) {
        this.#endAhead(fragment, this.#endsAhead);
        return;
      }
      this.#atSyncSample(run);
    }
    this.observe(fragment, arrivalMs);
    const nextChangeMs = this.#decision.nextChangeMs;
    if (nextChangeMs !== null && arrivalMs >= nextChangeMs) this.#decideAnew();
    const { recorder } = this.#options;
    const decision = this.#decision;
    if (decision.record) {
      if (this.#active === null) this.#begin(decision.kind, this.#wantedFromMs ?? arrivalMs);
      if (this.#active === null) this.#active = { kind: decision.kind, sinceMs: arrivalMs };
      else if (fragment.sync) this.#active.kind = decision.kind;
      recorder.take(fragment, this.#active.kind, run.init);
      return;
    }
    if (this.#active !== null && !fragment.sync) {
      recorder.take(fragment, this.#active.kind, run.init);
      return;
    }
    this.#finish();
    this.#buffer.push({ fragment, init: run.init, startMs: mediaMs(fragment, run) });
  }

  /** Learns from a fragment when its run's pictures are taken. Nothing else becomes of it. */
  observe(fragment: Fragment, arrivalMs: number): void {
    const run = this.#run;
    if (run === null || this.#clockStepped) return;
    const last = lastPicture(fragment, run.init.video.timescale);
    if (last !== null) run.wall.observe(arrivalMs, last.startMs, last.durationMs);
  }

  /** Takes no more from the next sync sample on, which `ended` is told: somebody else begins with it. */
  endAheadOfSync(ended: (sync: Fragment) => void): void {
    this.#endsAhead = ended;
  }

  #endAhead(sync: Fragment, ended: (sync: Fragment) => void): void {
    this.close("restarted");
    ended(sync);
  }

  #watchClock(): void {
    const stepMs = this.#clockWatch.step();
    if (stepMs === 0) return;
    this.#clockStepped = true;
    if (stepMs > 0 && this.#active === null) {
      // The time that was skipped has never been; what is recorded says so itself.
      this.#options.ledger.note(this.#options.clock.nowMs() - stepMs, { kind: "gap", cause: "clock_step" });
    }
    this.#decideAnew();
  }

  #atSyncSample(run: Run): void {
    this.#lastSyncMs = this.#options.clock.monotonicMs();
    if (!this.#clockStepped) return;
    // The connection is the same, its times to the clock are not: a run of its own, from this sample on, so that none is lost.
    this.#clockStepped = false;
    run.wall = new WallClock();
    const { recorder } = this.#options;
    const impediment = this.#impediment;
    this.#impediment = "clock_step";
    recorder.startRun(randomUUID(), run.init, run.wall);
    this.#impediment = impediment;
    this.#buffer.clear();
  }

  /** Ends what is being recorded; the ledger says why from there on. */
  close(cause: GapCause): void {
    this.#cancelTimer();
    this.#impediment = cause;
    this.#finish();
    this.#run = null;
    this.#noteIdle();
  }

  /** Feeds the recorder from the buffered GOP at or before `fromMs` on (wall time); where nothing is buffered it does nothing. */
  #begin(kind: RecordingKind, fromMs: number): void {
    const run = this.#run;
    this.#wantedFromMs = null;
    if (run === null) return;
    const buffered = this.#buffer.takeFrom(run.wall.mediaMs(fromMs));
    const [first] = buffered;
    if (first === undefined) return;
    this.#active = { kind, sinceMs: run.wall.wallMs(first.startMs) };
    for (const { fragment, init } of buffered) this.#options.recorder.take(fragment, kind, init);
    this.#options.onChanged();
  }

  #finish(): void {
    if (this.#active === null) return;
    this.#active = null;
    this.#options.recorder.finish();
    this.#noteIdle();
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
    if (this.#decision.record && this.#active === null) this.#begin(this.#decision.kind, this.#wantedFromMs ?? nowMs);
    this.#noteIdle();
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
    // Without a picture nobody can say that nothing moved.
    const unseen = !decision.record && decision.cause === "no_motion" && this.#run === null;
    if (!decision.record && !unseen) return { kind: "not_wanted", cause: decision.cause };
    return { kind: "gap", cause: this.#options.recorder.failure?.cause ?? this.#impediment };
  }

  /** For how long the connected camera has sent no picture that can be decoded alone, milliseconds; 0 without a connection. */
  get withoutSyncMs(): number {
    if (this.#run === null || this.#lastSyncMs === null) return 0;
    return this.#options.clock.monotonicMs() - this.#lastSyncMs;
  }
}

/** Timers longer than this would overflow; asking again early does no harm. */
const LONGEST_TIMER_MS = 3_600_000;

function mediaMs(fragment: Fragment, run: Run): number {
  return ((fragment.video?.decodeTimeTicks ?? 0) * 1000) / run.init.video.timescale;
}
