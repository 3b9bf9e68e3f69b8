import { join } from "node:path";
import { eventually } from "../base/eventually.contract.ts";
import { silentLog } from "../base/log.ts";
import { makeFolder } from "../base/make-folder.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { ChainKeeper } from "../footage/chain-keeper.ts";
import type { Report, SegmentClosed } from "../ipc/messages.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { FRAME_MS, fragmentedMp4, readStream } from "../media/made-footage.contract.ts";
import { type LedgerEntry, ledgerSpans } from "../recording/ledger.ts";
import { Ledger } from "./ledger.ts";
import { type ControlSettings, RecordingControl } from "./recording-control.ts";
import { type RecorderSettings, SegmentRecorder } from "./segment-recorder.ts";

// A worker's recording side on a simulated clock, fed with real footage that goes on for as long as a test likes.

const RUN = (number: number) => `${String(number).padStart(8, "0")}-1111-4111-8111-111111111111`;

/** The disk gets a turn after so much simulated time. */
const STEP_SECONDS = 10;

/** Some seconds of real footage, repeated without end: pictures ten a second, a group of pictures a second. */
export class EndlessFootage {
  readonly init: StreamInit;
  readonly #fragments: readonly Fragment[];
  readonly #loopTicks: ReadonlyMap<number, number>;

  private constructor(init: StreamInit, fragments: readonly Fragment[], seconds: number) {
    this.init = init;
    this.#fragments = fragments;
    this.#loopTicks = new Map(init.tracks.map((track) => [track.id, seconds * track.timescale]));
  }

  static async make(seconds: number, sound: boolean): Promise<EndlessFootage> {
    const { init, fragments } = readStream(await fragmentedMp4({ seconds, sound }));
    return new EndlessFootage(init, fragments, seconds);
  }

  /** The fragment with this number from the start of a run. */
  fragment(number: number): Fragment {
    const turn = Math.floor(number / this.#fragments.length);
    const fragment = this.#fragments[number % this.#fragments.length];
    if (fragment === undefined) throw new Error("footage without fragments");
    const moof = Buffer.from(fragment.moof);
    const tracks = fragment.tracks.map((track) => {
      const decodeTimeTicks = track.decodeTimeTicks + turn * (this.#loopTicks.get(track.trackId) ?? 0);
      moof.writeBigUInt64BE(BigInt(decodeTimeTicks), track.decodeTimeAt);
      return { ...track, decodeTimeTicks };
    });
    const video = tracks.find((track) => track.trackId === this.init.video.id) ?? null;
    return { ...fragment, moof, tracks, video };
  }
}

export interface SimulatedCameraOptions {
  readonly footage: EndlessFootage;
  /** Holds the segments and the ledger. */
  readonly folder: string;
  readonly startMs: number;
  readonly control?: Partial<ControlSettings>;
  readonly recorder?: Partial<RecorderSettings>;
  /** While it answers a promise that is pending the disk does nothing, and the camera does not wait for it. */
  readonly stall?: () => Promise<void> | null;
}

interface Parts {
  readonly clock: SimulatedClock;
  readonly ledger: Ledger;
  readonly chain: ChainKeeper;
  readonly entries: readonly LedgerEntry[];
}

export class SimulatedCamera {
  readonly clock: SimulatedClock;
  readonly control: RecordingControl;
  readonly recorder: SegmentRecorder;
  readonly settings: ControlSettings;
  /** What was noted in the ledger. */
  readonly entries: readonly LedgerEntry[];
  readonly reports: Report[] = [];
  readonly #ledger: Ledger;
  readonly #options: SimulatedCameraOptions;
  #next = 0;
  #runs = 0;
  /** Monotonic time of media time 0 of the run. */
  #runBeganMs = 0;

  private constructor(options: SimulatedCameraOptions, { clock, ledger, chain, entries }: Parts) {
    this.#options = options;
    this.#ledger = ledger;
    this.entries = entries;
    this.clock = clock;
    const { folder } = options;
    this.recorder = new SegmentRecorder({
      settings: {
        tenantId: 1,
        cameraId: 7,
        cameraUuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
        segmentSeconds: 600,
        segmentMaxBytes: 0,
        segmentFolder: folder,
        maxBufferBytes: 2 ** 26,
        ...options.recorder,
      },
      clock,
      log: silentLog,
      chain,
      footageEndMs: 0,
      prepareFolder: async () => {
        await makeFolder(folder);
        await options.stall?.();
      },
      report: (report) => this.reports.push(report),
      onFootage: (fromMs, recording, trueMs) => ledger.note(fromMs, { kind: "recorded", recording }, trueMs),
      onFootageEnd: (endMs, cause) =>
        ledger.note(endMs, cause === null ? this.control.idleState : { kind: "gap", cause }),
    });
    this.settings = {
      mode: "continuous",
      windows: null,
      timeZone: "UTC",
      preEventSeconds: 5,
      postEventSeconds: 10,
      maxBufferBytes: 2 ** 26,
      ...options.control,
    };
    this.control = new RecordingControl({
      settings: this.settings,
      recorder: this.recorder,
      ledger,
      clock,
      manual: { kind: "none" },
      onManual: () => {},
      onChanged: () => {},
    });
  }

  static async start(options: SimulatedCameraOptions): Promise<SimulatedCamera> {
    const clock = new SimulatedClock(options.startMs);
    const entries: LedgerEntry[] = [];
    const ledger = await Ledger.open({
      folder: join(options.folder, "ledger"),
      clock,
      log: silentLog,
      report: (entry) => entries.push(entry),
    });
    ledger.note(options.startMs, { kind: "gap", cause: "restarted" });
    const chain = await ChainKeeper.open(join(options.folder, "chain"), options.folder, { names: [], moves: [] });
    return new SimulatedCamera(options, { clock, ledger, chain, entries });
  }

  get init(): StreamInit {
    return this.#options.footage.init;
  }

  /** The camera connects: its run begins now. */
  connect(): void {
    this.#runs += 1;
    this.#next = 0;
    this.#runBeganMs = this.clock.monotonicMs();
    this.control.runStarted(RUN(this.#runs), this.init);
  }

  /** Brings the run's fragments for so long, each two frames behind its last picture; `skip` leaves some out. */
  async bring(seconds: number, skip: (fragment: Fragment) => boolean = () => false): Promise<void> {
    const untilMs = this.clock.monotonicMs() + seconds * 1000;
    for (;;) {
      const fragment = this.#options.footage.fragment(this.#next);
      const last = lastPicture(fragment, this.init.video.timescale);
      const dueMs = this.#runBeganMs + (last?.startMs ?? 0) + 2 * FRAME_MS;
      if (dueMs > untilMs) break;
      this.clock.advance(Math.max(0, dueMs - this.clock.monotonicMs()));
      if (!skip(fragment)) this.control.take(fragment, this.clock.nowMs());
      this.#next += 1;
      // Real disks cannot follow a simulated clock.
      if (this.recorder.diskSlow && !this.#options.stall?.()) await eventually(() => this.#expectIdle());
    }
    this.clock.advance(untilMs - this.clock.monotonicMs());
    // What waits for the disk gets a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Nothing comes for so long. */
  async wait(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= STEP_SECONDS) {
      this.clock.advance(Math.min(left, STEP_SECONDS) * 1000);
      await eventually(() => this.#expectIdle());
    }
  }

  #expectIdle(): void {
    if (this.recorder.diskSlow) throw new Error("the disk has not caught up");
  }

  async end(): Promise<void> {
    this.control.close("stopped");
    await this.recorder.close();
    await this.#ledger.close();
  }

  get closed(): SegmentClosed[] {
    return this.reports.filter((report): report is SegmentClosed => report.kind === "segment_closed");
  }

  /** What the ledger tells, seconds from the start: `[from, to, kind or cause]`. */
  get spans(): [number, number, string][] {
    const { startMs } = this.#options;
    const endMs = Math.max(this.clock.nowMs(), this.entries.at(-1)?.atMs ?? 0);
    return ledgerSpans(this.entries, startMs, endMs).map(({ state, ...span }) => [
      (span.startMs - startMs) / 1000,
      (span.endMs - startMs) / 1000,
      state.kind === "recorded" ? state.recording : state.cause,
    ]);
  }

  path(name: string): string {
    return join(this.#options.folder, name);
  }
}
