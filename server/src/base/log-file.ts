import { appendFileSync, type Stats } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import type { Clock } from "./clock.ts";
import { systemErrorCode } from "./error.ts";

const MAX_FILE_BYTES = 5_000_000;
const MAX_FILE_AGE_MS = 7 * 86_400_000;
const KEPT_FILES = 4;
/** Putting aside takes milliseconds: what says so for longer was left by a process that was killed in the middle. */
const PUTTING_ASIDE_MS = 2000;
/** Lines wait in memory for a disk that stalls, up to this many characters; those beyond it are counted and left out. */
const MAX_WAITING_CHARACTERS = 1_000_000;

export interface LogFileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** A file is put aside (`<path>.1`, the one before it becomes `.2`, …) before it grows beyond this … */
  readonly maxFileBytes?: number;
  /** … or once it began longer ago than this, where the file system tells when files began. */
  readonly maxFileAgeMs?: number;
  /** So many files put aside are kept. */
  readonly keptFiles?: number;
}

/**
 * A file of log lines that never grows beyond its bound: together with those put aside at most `(keptFiles + 1) × maxFileBytes`.
 *
 * Whoever writes the lines rotates the file too, so that it happens with nobody else there: a worker goes on without the server. The file
 * is opened anew for each batch of lines and only ever appended to. So nothing is lost when two processes write it for a moment (a worker
 * and the one that takes its place), when it is renamed or removed by somebody else, or when a process is killed in the middle.
 */
export class LogFile {
  readonly #options: Required<LogFileOptions>;
  /** Not known to be on the disk, oldest first. */
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #lostLines = 0;
  #writing: Promise<void> | null = null;
  /** The file may end in the middle of a line. */
  #mayBeTorn = true;

  constructor(options: LogFileOptions) {
    this.#options = {
      maxFileBytes: MAX_FILE_BYTES,
      maxFileAgeMs: MAX_FILE_AGE_MS,
      keptFiles: KEPT_FILES,
      ...options,
    };
  }

  /** Takes a line (with its line feed) and returns at once: a disk that stalls must stall nobody who has something to say. */
  write(line: string): void {
    if (this.#waitingCharacters + line.length > MAX_WAITING_CHARACTERS) {
      this.#lostLines += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    this.#writing ??= this.#drain();
  }

  /** Waits until everything is on its way to the disk, or cannot be written. */
  async close(): Promise<void> {
    await this.#writing;
    // What could not be written before gets a last try.
    if (this.#waiting.length > 0) this.#writing ??= this.#drain();
    await this.#writing;
  }

  /**
   * Writes what waits before it returns, for a process that is about to end. What is being written at this very moment may stand there
   * twice: better than not at all.
   */
  flushNow(): void {
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join("");
    this.#waiting = [];
    try {
      appendFileSync(this.#options.path, text);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** After a failure the lines stay where they are, and go with the next ones. */
  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const count = this.#waiting.length;
        const lost = this.#lostLines;
        const text = this.#waiting.join("");
        await this.#append(lost === 0 ? text : text + this.#lostNote(lost));
        this.#waiting.splice(0, count);
        this.#waitingCharacters -= text.length;
        this.#lostLines -= lost;
      }
    } catch {
      this.#mayBeTorn = true;
    } finally {
      this.#writing = null;
    }
  }

  async #append(text: string): Promise<void> {
    const file = await this.#openWithRoom(Buffer.byteLength(text));
    try {
      await file.appendFile(this.#mayBeTorn && (await endsMidLine(file)) ? `\n${text}` : text);
      this.#mayBeTorn = false;
    } finally {
      await file.close();
    }
  }

  async #openWithRoom(bytes: number): Promise<FileHandle> {
    for (;;) {
      const file = await open(this.#options.path, "a+", 0o640);
      if (this.#hasRoom(await file.stat(), bytes) || !(await this.#putAside(bytes))) return file;
      await file.close();
    }
  }

  #hasRoom({ size, birthtimeMs }: Stats, bytes: number): boolean {
    const { maxFileBytes, maxFileAgeMs, clock } = this.#options;
    const old = birthtimeMs > 0 && clock.nowMs() - birthtimeMs > maxFileAgeMs;
    return size === 0 || (!old && size + bytes <= maxFileBytes);
  }

  /**
   * From the oldest on, so that a crash in between leaves every file but the one that was to go. One process at a time: two that rename
   * alternately would put one file over another. Answers false where another one is at it; then there may be some lines too many in a file.
   */
  async #putAside(bytes: number): Promise<boolean> {
    const { path, keptFiles, clock } = this.#options;
    const sign = `${path}.rotating`;
    const taken = await open(sign, "wx").catch((error: unknown) => {
      if (systemErrorCode(error) === "EEXIST") return null;
      throw error;
    });
    if (taken === null) {
      const since = await statIfThere(sign);
      const left = since !== null && Math.abs(clock.nowMs() - since.mtimeMs) > PUTTING_ASIDE_MS;
      if (left) await rm(sign, { force: true });
      return left;
    }
    try {
      const now = await statIfThere(path);
      if (now === null || this.#hasRoom(now, bytes)) return true;
      for (let number = keptFiles - 1; number >= 1; number--)
        await renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
      await renameIfThere(path, `${path}.1`);
      return true;
    } finally {
      await taken.close();
      await rm(sign, { force: true });
    }
  }

  #lostNote(lines: number): string {
    const time = new Date(this.#options.clock.nowMs()).toISOString();
    const msg = "the log could not be written for a while: lines are missing here";
    return `${JSON.stringify({ level: "warn", time, name: "nightjar.log", lines, msg })}\n`;
  }
}

async function endsMidLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

async function statIfThere(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    return null;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}
