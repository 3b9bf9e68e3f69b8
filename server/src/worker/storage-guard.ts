import { statfs } from "node:fs/promises";
import { requireVolume, VolumeMissing, volumeState } from "../footage/volume.ts";
import type { WorkerSettings } from "../ipc/messages.ts";
import { StorageHeld } from "./storage-failure.ts";

/** Recording that has stopped goes on when this much more is free than it stopped at: not at the first byte. */
const RESUME_FACTOR = 1.1;

type GuardedSettings = Pick<WorkerSettings, "storage">;

/** Knows whether footage may be written: its volume is there, enough is free, and no limit forbids it. */
export class StorageGuard {
  #settings: GuardedSettings;
  #stopped = false;
  #awaits = false;

  constructor(settings: GuardedSettings) {
    this.#settings = settings;
  }

  update(settings: GuardedSettings): void {
    this.#settings = settings;
  }

  /**
   * Looks whether the volume is there as the worker starts. Where it is not, no footage is written in this life of the worker: it does not know
   * what is on the volume, and starts anew when it comes.
   */
  async begin(): Promise<void> {
    this.#awaits = !(await this.#isThere());
  }

  /** The volume was not there when the worker started. */
  get awaitsVolume(): boolean {
    return this.#awaits;
  }

  /** The volume that was awaited is there. */
  async hasCome(): Promise<boolean> {
    return this.#awaits && (await this.#isThere());
  }

  async #isThere(): Promise<boolean> {
    return (await volumeState(this.#settings.storage.volume)).kind === "ok";
  }

  /** Rejects with `VolumeMissing`. */
  async requireVolume(): Promise<void> {
    await requireVolume(this.#settings.storage.volume);
  }

  /** Rejects with `VolumeMissing`, or with `StorageHeld` and a sentence that says what to do. */
  async mayWrite(): Promise<void> {
    const { volume, stopBelowBytes, held } = this.#settings.storage;
    await requireVolume(volume);
    if (this.#awaits) throw new VolumeMissing("The volume has come: the worker starts anew to look at what is on it.");
    if (held !== null) throw new StorageHeld(held);
    if (stopBelowBytes <= 0 || volume === null) return;
    const { bavail, bsize } = await statfs(volume.path);
    const freeBytes = bavail * bsize;
    this.#stopped = freeBytes < stopBelowBytes * (this.#stopped ? RESUME_FACTOR : 1);
    if (!this.#stopped) return;
    throw new StorageHeld(
      `Recording has stopped: only ${megabytes(freeBytes)} are free on the disk of ${volume.path}, and nothing may be deleted to make room. Make room, or allow more to be deleted; recording goes on by itself.`,
    );
  }
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1_000_000)} MB`;
}
