import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { SETTLE_MS } from "../recording/wall-clock.ts";
import type { ArrivedFragment } from "./continuation.ts";
import { GopBuffer } from "./gop-buffer.ts";
import { Ingest, type IngestListener, type IngestSettings, type IngestState } from "./ingest.ts";

/** A predecessor needs some seconds to close its segments. */
const DEPTH_MS = 60_000;
/** Only one worker stands by at a time, so that the memory is not shared with others. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface StandbyRun {
  readonly id: string;
  /** Of what comes next. */
  readonly init: StreamInit;
  readonly audioCodec: string | null;
  /** Whole GOPs; nothing where the newest one is larger than what may be held. */
  readonly arrived: readonly ArrivedFragment[];
}

/** What a successor takes over from its own time of standing by. */
export interface StandbyFootage {
  readonly ingest: Ingest;
  readonly state: IngestState;
  /** null while it is not connected. */
  readonly run: StandbyRun | null;
}

/**
 * A second connection to a camera whose worker still records. What comes is held in memory, whole GOPs, until it is taken over. A camera
 * that refuses is left in peace: `alone`.
 */
export class Standby implements IngestListener {
  readonly settings: IngestSettings;
  readonly #ingest: Ingest;
  readonly #buffer = new GopBuffer<ArrivedFragment>(DEPTH_MS, MAX_BYTES);
  readonly #onKnown: (state: "ready" | "alone") => void;
  #listener: IngestListener = this;
  #run: { readonly id: string; init: StreamInit; readonly audioCodec: string | null } | null = null;
  #state: IngestState = { connection: "connecting", cause: null, lastError: null, ffmpegMissing: false };
  #firstArrivalMs: number | null = null;
  #known: "ready" | "alone" | null = null;

  /** `onKnown` is told once. */
  constructor(
    settings: IngestSettings,
    { clock, log, onKnown }: { readonly clock: Clock; readonly log: Log; onKnown: (state: "ready" | "alone") => void },
  ) {
    this.settings = settings;
    this.#onKnown = onKnown;
    const listener: IngestListener = {
      runStarted: (runId, init, audioCodec) => this.#listener.runStarted(runId, init, audioCodec),
      initChanged: (init) => this.#listener.initChanged(init),
      fragment: (fragment, arrivalMs) => this.#listener.fragment(fragment, arrivalMs),
      runEnded: (cause) => this.#listener.runEnded(cause),
      stateChanged: (state) => this.#listener.stateChanged(state),
    };
    this.#ingest = new Ingest(settings, listener, clock, log);
  }

  start(): void {
    this.#ingest.start();
  }

  async close(): Promise<void> {
    await this.#ingest.close("restarted");
  }

  /** From now on `listener` is told. Answers null where there is no connection to take over. */
  takeOver(listener: IngestListener): StandbyFootage | null {
    if (this.#known === "alone") return null;
    this.#listener = listener;
    const arrived = this.#buffer.takeFrom(Number.NEGATIVE_INFINITY);
    const run = this.#run === null ? null : { ...this.#run, arrived };
    return { ingest: this.#ingest, state: this.#state, run };
  }

  runStarted(id: string, init: StreamInit, audioCodec: string | null): void {
    this.#run = { id, init, audioCodec };
    this.#buffer.clear();
    this.#firstArrivalMs = null;
  }

  initChanged(init: StreamInit): void {
    if (this.#run !== null) this.#run.init = init;
  }

  fragment(fragment: Fragment, arrivalMs: number): void {
    const run = this.#run;
    if (run === null) return;
    const startMs = ((fragment.video?.decodeTimeTicks ?? 0) * 1000) / run.init.video.timescale;
    this.#buffer.push({ fragment, init: run.init, startMs, arrivalMs });
    this.#firstArrivalMs ??= arrivalMs;
    const settled = arrivalMs - this.#firstArrivalMs >= SETTLE_MS;
    if (settled && this.#buffer.sizeBytes > 0) this.#tell("ready");
  }

  runEnded(): void {
    this.#run = null;
    this.#buffer.clear();
  }

  stateChanged(state: IngestState): void {
    this.#state = state;
    if (state.connection !== "offline" || this.#known !== null) return;
    this.#tell("alone");
    void this.close();
  }

  #tell(known: "ready" | "alone"): void {
    if (this.#known !== null) return;
    this.#known = known;
    this.#onKnown(known);
  }
}
