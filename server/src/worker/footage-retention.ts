import type { Clock } from "../base/clock.ts";
import { errorMessage } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { ClockBelief } from "../footage/clock-belief.ts";
import { expireFootage } from "../footage/expire-footage.ts";
import { type CameraFiles, SegmentDeleter } from "../footage/segment-deleter.ts";
import type { DeleteAnswer, DeleteCommand, Report, WorkerSettings } from "../ipc/messages.ts";
import { AFTER_STEP_MS } from "../recording/clock-trust.ts";

const SWEEP_EVERY_MS = 3_600_000;

type RetentionSettings = Pick<WorkerSettings, "cameraUuid" | "segmentFolder" | "storage">;

export interface FootageRetentionOptions {
  /** As they are set now. */
  readonly settings: () => RetentionSettings;
  readonly clock: Clock;
  /** `nightjar.recordings` */
  readonly log: Log;
  readonly journalPath: string;
  /** Keeps up to when the clock was believed. */
  readonly beliefPath: string;
  /** End of the newest footage that an earlier worker left; 0: there is none. */
  readonly newestMs: number;
  /** Resolves when the report would survive a crash. */
  readonly report: (report: Report) => Promise<void>;
}

/** Deletes its camera's footage: what is past its retention, every hour and without the server; and what the server asks for. */
export class FootageRetention {
  readonly #options: FootageRetentionOptions;
  readonly #belief: ClockBelief;
  readonly #deleter: SegmentDeleter;
  /** Whether locks may end by the clock. */
  #believed = false;
  #cancel: () => void = () => {};
  #sweeping: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: FootageRetentionOptions, belief: ClockBelief) {
    const { settings, clock, log, journalPath, report } = options;
    this.#options = options;
    this.#belief = belief;
    this.#deleter = new SegmentDeleter({
      files: () => cameraFiles(settings()),
      locks: () => settings().storage.locks,
      lockNowMs: () => (this.#believed ? clock.nowMs() : Number.NEGATIVE_INFINITY),
      journalPath,
      clock,
      log,
      report: ({ name, startMs, endMs, cause }) => report({ kind: "segment_deleted", name, startMs, endMs, cause }),
      reportGone: (name) => report({ kind: "segment_gone", name }),
      reportMoved: (name) => report({ kind: "segment_moved", name }),
    });
  }

  /** Ends what a crash left half deleted, sweeps, and goes on to, both in the background. */
  static async start(options: FootageRetentionOptions): Promise<FootageRetention> {
    const { clock, beliefPath: path, newestMs, settings } = options;
    const confirmedMs = () => settings().storage.clockBelievedMs;
    const retention = new FootageRetention(options, await ClockBelief.open({ clock, path, newestMs, confirmedMs }));
    retention.#sweepNow();
    return retention;
  }

  /** What decides what goes has changed. */
  settingsChanged(): void {
    this.#sweepNow();
  }

  /** Deletes what the server asks for. Never rejects. */
  async delete(command: DeleteCommand): Promise<DeleteAnswer> {
    try {
      this.#believed = (await this.#belief.judge()).kind === "believed";
      const { deleted, moved, refused } = await this.#deleter.delete(command);
      const told = deleted.map(({ name, startMs, endMs, cause }) => ({ name, startMs, endMs, cause }));
      return { deleted: told, moved, refused, problem: null };
    } catch (error) {
      this.#options.log.error("footage could not be deleted", { error });
      return { deleted: [], moved: [], refused: [], problem: errorMessage(error) };
    }
  }

  /** Resolves when what is under way is done. */
  async idle(): Promise<void> {
    await this.#sweeping;
    await this.#deleter.idle();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.idle();
  }

  #sweepNow(): void {
    this.#sweeping = this.#sweeping.then(async () => {
      if (this.#closed) return;
      const nextMs = await this.#sweep();
      this.#cancel();
      if (!this.#closed) this.#cancel = this.#options.clock.after(nextMs, () => this.#sweepNow());
    });
  }

  /** Answers when to sweep again. */
  async #sweep(): Promise<number> {
    const { settings, clock, log } = this.#options;
    await this.#deleter
      .finish()
      .catch((error) => log.warn("a deletion that was begun could not be ended; it is tried again", { error }));
    const trust = await this.#belief.judge();
    this.#believed = trust.kind === "believed";
    if (trust.kind !== "believed") {
      log.warn("nothing is deleted because of its age now: the clock is not believed", { ...trust });
      return AFTER_STEP_MS;
    }
    const { retentionMs, minimumRetentionMs } = settings().storage;
    const files = cameraFiles(settings());
    await expireFootage({ files, retentionMs, minimumRetentionMs, clock, deleter: this.#deleter, log });
    return SWEEP_EVERY_MS;
  }
}

function cameraFiles({ cameraUuid, segmentFolder, storage }: RetentionSettings): CameraFiles {
  return { cameraUuid, segmentFolder, besideFolders: storage.besideFolders, volume: storage.volume };
}
