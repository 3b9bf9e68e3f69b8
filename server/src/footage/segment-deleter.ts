import { unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { systemErrorCode } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import type { DeletionCause, RefusalReason } from "../recording/deletion.ts";
import { isLocked, type LockedSpan } from "../recording/lock.ts";
import { isPartName, segmentNameStartMs } from "../recording/segment-name.ts";
import { filesBeside } from "./beside-segment.ts";
import { type BegunDeletion, begunDeletions, clearJournal, noteDeleted, noteDeleting } from "./deletion-journal.ts";
import { type InspectedSegment, inspectSegment } from "./inspect-segment.ts";
import { writeDeletions } from "./ledger-deletions.ts";
import { writeMoved } from "./moved-segment.ts";
import { syncFolder } from "./segment-file.ts";
import { requireVolume, type Volume } from "./volume.ts";

/** Where the files of a camera lie. */
export interface CameraFiles {
  readonly cameraUuid: string;
  readonly segmentFolder: string;
  /** Folders of what is made from its segments; see `filesBeside`. */
  readonly besideFolders: readonly string[];
  /** The volume that the segments are on; null: it is not known yet. */
  readonly volume: Volume | null;
}

/** Where segments are deleted. */
export interface DeletionPlace {
  /** For the log. */
  pathOf(name: string): string;
  /** Rejects with why nothing may be deleted there now. */
  require(): Promise<void>;
  /** Rejects with the system's `ENOENT` where there is no such file. */
  inspect(name: string): Promise<InspectedSegment>;
  /** Takes the file away, durably; nothing happens where there is none. */
  remove(name: string): Promise<void>;
}

export interface DeleterOptions {
  /** As they are set now. */
  readonly files: () => CameraFiles;
  /** Where that is not the disk. The ledger is there in any case. */
  readonly place?: DeletionPlace;
  readonly locks: () => readonly LockedSpan[];
  /** When locks have ended; a clock that is not believed ends none. */
  readonly lockNowMs: () => number;
  /** Outlives a crash; in a folder that is not on the volume. */
  readonly journalPath: string;
  /** Makes its folder, where that may be missing. */
  readonly prepareJournal?: () => Promise<void>;
  readonly clock: Clock;
  /** `nightjar.recordings` */
  readonly log: Log;
  /** Tells the catalog; resolves when that would survive a crash. The same deletion may be told twice. */
  readonly report: (deleted: BegunDeletion) => Promise<void>;
  /** The row of a segment has no file. */
  readonly reportGone: (name: string) => Promise<void>;
  /** Tells the catalog that a segment lies on the share; resolves when that would survive a crash. */
  readonly reportMoved: (name: string) => Promise<void>;
  /** Called before each step that changes something; for tests of what a crash leaves. */
  readonly beforeStep?: (step: string) => void;
}

export interface DeletionWish {
  readonly names: readonly string[];
  /** `moved`: the whole segment lies on the share, verified; only this copy goes. */
  readonly cause: DeletionCause | "moved";
  /** In the log, ahead of `: deleting <path>`. */
  readonly why: string;
}

export interface DeletionOutcome {
  readonly deleted: readonly BegunDeletion[];
  /** Names of those whose copy here is gone. */
  readonly moved: readonly string[];
  readonly refused: readonly { readonly name: string; readonly reason: RefusalReason }[];
}

/**
 * The only code that unlinks footage. One for each camera at a time: in its worker, or in the server while there is none.
 *
 * 1. Look into the file: it is closed, names this camera, and no lock touches it.
 * 2. Journal `deleting`, synced.
 * 3. Unlink what lies beside it, then the segment.
 * 4. Sync the folder.
 * 5. Write the `deleted` line into the ledger, synced: the segment keeps its place in the chain.
 * 6. Report it; the row goes.
 * 7. Journal `deleted`.
 *
 * From 2 on it is ended at the next start, whatever happens in between; each step can be done twice.
 *
 * The copy of a segment that was moved to the share goes like this; after a crash in between there are two copies, and it is moved again:
 *
 * 1. Look into the file: it is closed and names this camera.
 * 2. Write the `moved` line into the ledger, synced.
 * 3. Report it; the row says so.
 * 4. Unlink the segment, and nothing beside it. Sync the folder.
 */
export class SegmentDeleter {
  readonly #options: DeleterOptions;
  readonly #place: DeletionPlace;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: DeleterOptions) {
    this.#options = options;
    this.#place = options.place ?? diskPlace(options.files);
  }

  /** Ends what a crash left half done. Rejects with `VolumeMissing` where there is something to do and the volume is away. */
  finish(): Promise<void> {
    return this.#inTurn(() => this.#endBegun());
  }

  /** Deletes segments, one after the other; what may not be deleted stays. Rejects with `VolumeMissing`, and with the system's error. */
  delete(wish: DeletionWish): Promise<DeletionOutcome> {
    return this.#inTurn(async () => {
      await this.#endBegun();
      const deleted: BegunDeletion[] = [];
      const moved: string[] = [];
      const refused: { name: string; reason: RefusalReason }[] = [];
      for (const name of wish.names) {
        const { journalPath, log } = this.#options;
        await this.#place.require();
        if (wish.cause === "moved") {
          const reason = await this.#release(name);
          if (reason === null) moved.push(name);
          else refused.push({ name, reason });
          continue;
        }
        const found = await this.#look(name, wish.cause);
        if (typeof found === "string") {
          refused.push({ name, reason: found });
          continue;
        }
        log.info(`${wish.why}: deleting ${this.#place.pathOf(name)}`);
        await this.#options.prepareJournal?.();
        this.#step("journal deleting");
        await noteDeleting(journalPath, found);
        await this.#carryOut(found);
        deleted.push(found);
      }
      if (deleted.length > 0) await clearJournal(this.#options.journalPath);
      return { deleted, moved, refused };
    });
  }

  /** What is under way is done. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  async #release(name: string): Promise<RefusalReason | null> {
    const { files, clock, reportMoved, log } = this.#options;
    const { segmentFolder } = files();
    const found = await this.#own(name);
    if (typeof found === "string") return found;
    // Nobody could tell what is in it, once it is away.
    if (found.kind === "damaged") return "foreign";
    log.debug(`moved to the share: removing the copy ${this.#place.pathOf(name)}`);
    this.#step("write moved");
    const { identity, sizeBytes } = found;
    await writeMoved(segmentFolder, { atMs: Math.round(clock.nowMs()), name, sizeBytes, identity });
    this.#step("report moved");
    await reportMoved(name);
    this.#step("unlink moved");
    await this.#place.remove(name);
    return null;
  }

  /** What a crash, or a disk that failed meanwhile, left: the journal is begun anew only where all in it is done. */
  async #endBegun(): Promise<void> {
    const begun = await begunDeletions(this.#options.journalPath);
    if (begun.length === 0) return;
    await this.#place.require();
    for (const deletion of begun) await this.#carryOut(deletion);
    await clearJournal(this.#options.journalPath);
  }

  async #look(name: string, cause: DeletionCause): Promise<BegunDeletion | RefusalReason> {
    const { locks, lockNowMs, clock, reportGone } = this.#options;
    const found = await this.#own(name);
    if (found === "missing") await reportGone(name);
    if (typeof found === "string") return found;
    if (found.identity === null) return "open";
    const { startMs, end } = found.identity;
    const span = { startMs, endMs: end?.endMs ?? startMs + 1 };
    if (isLocked(span, locks(), lockNowMs())) return "locked";
    const sizeBytes = found.kind === "closed" ? found.sizeBytes : 0;
    return { name, ...span, sizeBytes, cause, chain: end?.chain.value ?? null, atMs: Math.round(clock.nowMs()) };
  }

  /** A closed file of this camera, also where it is damaged since. */
  async #own(
    name: string,
  ): Promise<Extract<InspectedSegment, { readonly kind: "closed" | "damaged" }> | Exclude<RefusalReason, "locked">> {
    const { cameraUuid } = this.#options.files();
    if (isPartName(name)) return "open";
    if (segmentNameStartMs(name) === null) return "foreign";
    const found = await this.#place.inspect(name).catch((error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") return null;
      throw error;
    });
    if (found === null) return "missing";
    if (found.kind === "foreign" || (found.identity !== null && found.identity.cameraUuid !== cameraUuid))
      return "foreign";
    return found.kind === "open" ? "open" : found;
  }

  async #carryOut(deletion: BegunDeletion): Promise<void> {
    const { files, journalPath, report } = this.#options;
    const { segmentFolder, besideFolders } = files();
    const { name, atMs, cause, chain, startMs, endMs } = deletion;
    for (const path of filesBeside(name, besideFolders)) {
      this.#step(`unlink ${path}`);
      await unlink(path).catch(unlessGone);
    }
    this.#step(`remove ${name}`);
    await this.#place.remove(name);
    this.#step("write ledger");
    if (chain !== null) await writeDeletions(segmentFolder, [{ atMs, name, cause, chain, span: { startMs, endMs } }]);
    this.#step("report");
    await report(deletion);
    this.#step("journal deleted");
    await noteDeleted(journalPath, name);
  }

  #step(what: string): void {
    this.#options.beforeStep?.(what);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => {});
    return result;
  }
}

function diskPlace(files: () => CameraFiles): DeletionPlace {
  const pathOf = (name: string): string => join(files().segmentFolder, name);
  return {
    pathOf,
    require: () => requireVolume(files().volume),
    inspect: (name) => inspectSegment(pathOf(name)),
    async remove(name) {
      await unlink(pathOf(name)).catch(unlessGone);
      await syncFolder(files().segmentFolder).catch(unlessGone);
    },
  };
}

function unlessGone(error: unknown): void {
  const code = systemErrorCode(error);
  if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
}
