import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { errorMessage, systemErrorCode } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";
import type { StoredCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Volume } from "../../footage/volume.ts";
import type { DeleteAnswer, DeleteCommand } from "../../ipc/messages.ts";
import type { IdleCameraFootage } from "../idle-camera-footage.ts";
import type { DeletingWorkers } from "../keeping/footage-deletion.ts";
import { LedgerCopies } from "./ledger-copies.ts";
import { copyToShare } from "./move-segment.ts";
import type { Share, ShareSpace } from "./share.ts";
import type { ShareKeeper } from "./share-keeper.ts";
import { ShareProblem } from "./share-problem.ts";
import { type SpoolFile, spoolFiles } from "./spool.ts";

/** With nothing to do the share is looked at this often. */
const LOOK_EVERY_MS = 60_000;
const RETRY_FROM_MS = 1000;
const RETRY_UP_TO_MS = 60_000;
/** What came in the meantime is looked for after so many moves: the oldest goes first. */
const MOVES_AT_ONCE = 50;

export interface ShareArchiveOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Log;
  readonly keeper: ShareKeeper;
  readonly recordings: () => string;
  readonly workers: DeletingWorkers;
  readonly idle: IdleCameraFootage;
  /** Of the recordings. */
  readonly volume: () => Volume | null;
  /** The state has changed, or room was made. */
  readonly onChanged: () => void;
}

/** How moving stands. */
export interface ArchiveState {
  /** Why nothing is moved now; null: it is, or there is nothing to move. */
  readonly problem: ShareProblem | null;
  readonly sinceMs: number | null;
  /** Of the share; null: it does not tell. */
  readonly space: ShareSpace | null;
  readonly movedSegments: number;
  readonly movedBytes: number;
}

type Passed = "all" | "more";

/** Moves closed segments from the disk to the share, oldest first, for as long as there is one. `start()` once, `close()` once. */
export class ShareArchive {
  readonly #options: ShareArchiveOptions;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  #woken = false;
  #closed = false;
  #failures = 0;
  #problem: ShareProblem | null = null;
  #sinceMs: number | null = null;
  #space: ShareSpace | null = null;
  #moved = { segments: 0, bytes: 0 };
  readonly #ledgers: LedgerCopies;

  constructor(options: ShareArchiveOptions) {
    this.#options = options;
    this.#ledgers = new LedgerCopies({ ...options, share: () => options.keeper.requireVolume() });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends what is under way: the caller closes the share. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#running;
    await this.#ledgers.idle();
  }

  get state(): ArchiveState {
    const { segments: movedSegments, bytes: movedBytes } = this.#moved;
    return { problem: this.#problem, sinceMs: this.#sinceMs, space: this.#space, movedSegments, movedBytes };
  }

  /** What lies on the disk now. */
  async spool(): Promise<readonly SpoolFile[]> {
    const cameras = await this.#options.catalog.acrossTenants.everyCamera();
    const ids = cameras.map(({ id }) => id);
    return spoolFiles(this.#options.recordings(), ids);
  }

  /** There is something to move. Returns at once. */
  changed(): void {
    // What does not answer is asked again in its own time.
    if (this.#problem === null) this.#wakeUp();
  }

  /** The settings are others, or there is room again: what failed may go now. Returns at once. */
  retry(): void {
    this.#failures = 0;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#woken = false;
      const waitMs = await this.#attempt();
      if (waitMs > 0) await this.#pause(waitMs);
    }
  }

  /** Answers how long to wait. */
  async #attempt(): Promise<number> {
    const { keeper, log } = this.#options;
    if (!keeper.active) {
      this.#tell(null);
      return LOOK_EVERY_MS;
    }
    try {
      const passed = await this.#pass();
      this.#failures = 0;
      return passed === "all" ? LOOK_EVERY_MS : 0;
    } catch (error) {
      if (this.#closed) return 0;
      this.#failures += 1;
      if (error instanceof ShareProblem) this.#tell(error);
      else log.error("footage could not be moved to the share; it is tried again", { error });
      return Math.min(RETRY_FROM_MS * 2 ** Math.min(this.#failures - 1, 10), RETRY_UP_TO_MS);
    }
  }

  async #pass(): Promise<Passed> {
    const { keeper, catalog } = this.#options;
    const share = await keeper.requireVolume();
    this.#space = await share.space();
    this.#tell(null);
    const cameras = new Map((await catalog.acrossTenants.everyCamera()).map((camera) => [camera.id, camera]));
    let moved = 0;
    for (const file of await this.spool()) {
      const camera = cameras.get(file.cameraId);
      if (this.#closed || !keeper.active) return "all";
      if (camera === undefined || !(await this.#move(camera, file))) continue;
      moved += 1;
      if (moved >= MOVES_AT_ONCE) break;
    }
    if (moved > 0) this.#options.onChanged();
    // Beside the moves, which wait for nothing else.
    void this.#ledgers.copy([...cameras.values()]);
    return moved >= MOVES_AT_ONCE ? "more" : "all";
  }

  /** Answers whether the segment lies on the share alone now. */
  async #move(camera: StoredCamera, { name, sizeBytes }: SpoolFile): Promise<boolean> {
    const { keeper, catalog, log, recordings } = this.#options;
    const row = await catalog.acrossTenants.segment(camera.id, name);
    // What the catalog does not know (yet) is not moved: nobody would find it.
    if (row === undefined || row.state === "open") return false;
    // Looked at each time: meanwhile another share may be where it was.
    const share = await keeper.requireVolume();
    const folder = join(recordings(), String(camera.id));
    try {
      if ((await copyToShare(share, { camera, folder, name })) === null) return false;
    } catch (error) {
      // It was deleted meanwhile.
      if (systemErrorCode(error) === "ENOENT") return false;
      throw error;
    }
    const { moved, problem } = await this.#release(camera, name);
    if (moved.includes(name)) {
      this.#moved = { segments: this.#moved.segments + 1, bytes: this.#moved.bytes + sizeBytes };
      return true;
    }
    if (problem !== null)
      log.warn("a segment lies on the share and on the disk; removing the copy is tried again", {
        ...{ camera: camera.id, name, problem },
      });
    else await this.#forget(share, camera, name);
    return false;
  }

  /** Of a segment that was deleted while it was copied nothing stays. */
  async #forget(share: Share, camera: StoredCamera, name: string): Promise<void> {
    const row = await this.#options.catalog.acrossTenants.segment(camera.id, name);
    if (row === undefined) await share.remove(`${camera.id}/${name}`);
  }

  /** Has the copy on the disk removed, by who alone may. */
  async #release(camera: StoredCamera, name: string): Promise<DeleteAnswer> {
    const { workers, idle, catalog } = this.#options;
    const command: DeleteCommand = { names: [name], cause: "moved", why: "moved" };
    if (!workers.hasWorker(camera.id)) {
      const locks = (await catalog.acrossTenants.locksByCamera()).get(camera.id) ?? [];
      return idle.delete({ camera, locks, believed: false }, command);
    }
    const answer = await workers.deleteByWorker(camera.id, command);
    if (answer === null) return { deleted: [], moved: [], refused: [], problem: "The worker does not answer." };
    // Its report tells the same, a moment later.
    for (const one of answer.moved) await catalog.acrossTenants.takeMoved(camera.id, one);
    return answer;
  }

  #tell(problem: ShareProblem | null): void {
    const { log, clock, onChanged } = this.#options;
    const before = this.#problem;
    if (problem?.message === before?.message) return;
    this.#problem = problem;
    if (problem === null) log.info("footage is moved to the share again");
    else log.warn(`footage waits on the disk: ${errorMessage(problem)}`, { kind: problem.kind });
    if (problem === null) this.#sinceMs = null;
    else if (before === null) this.#sinceMs = clock.nowMs();
    onChanged();
  }

  async #pause(waitMs: number): Promise<void> {
    if (this.#woken || this.#closed) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(waitMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
