import { readFile } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { replaceFile } from "../base/replace-file.ts";

/** How often a worker says that it lives. */
const INTERVAL_MS = 5000;
/** Missing for longer than this, it was not the worker alone that was gone. */
const MISSING_MS = 10_000;
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

interface Beat {
  readonly bootId: string;
  readonly atMs: number;
}

/** What an earlier worker of the camera left: when it last lived, and what must have ended it. */
export interface LastLife {
  readonly atMs: number;
  /** The machine was started anew, or nobody was there to start the worker again. */
  readonly cause: "server_down" | "worker_crashed";
}

/** A file that is written every few seconds while the worker lives, so that the next one can tell why there is a hole. */
export class Heartbeat {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #bootId: string;
  #closed = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, clock: Clock, bootId: string) {
    this.#path = path;
    this.#clock = clock;
    this.#bootId = bootId;
  }

  /** Reads what the last worker left, and begins to beat. */
  static async start(
    path: string,
    clock: Clock,
  ): Promise<{ readonly heartbeat: Heartbeat; readonly lastLife: LastLife | null }> {
    const bootId = (await readFile(BOOT_ID_FILE, "utf8").catch(() => "")).trim();
    const last = await readBeat(path);
    const heartbeat = new Heartbeat(path, clock, bootId);
    heartbeat.#beat();
    if (last === null) return { heartbeat, lastLife: null };
    const away = last.bootId !== bootId || clock.nowMs() - last.atMs > INTERVAL_MS + MISSING_MS;
    return { heartbeat, lastLife: { atMs: last.atMs, cause: away ? "server_down" : "worker_crashed" } };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
  }

  #beat(): void {
    if (this.#closed) return;
    this.#writing = this.#write();
    this.#clock.after(INTERVAL_MS, () => this.#beat());
  }

  async #write(): Promise<void> {
    try {
      const beat: Beat = { bootId: this.#bootId, atMs: this.#clock.nowMs() };
      await replaceFile(this.#path, JSON.stringify(beat));
    } catch {
      // A beat that could not be written only makes a later hole be called longer.
    }
  }
}

async function readBeat(path: string): Promise<Beat | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Beat;
  } catch {
    return null;
  }
}
