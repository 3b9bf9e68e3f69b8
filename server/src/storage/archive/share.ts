import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";
import type { Space } from "../keeping/space.ts";
import { askRclone, type ByteSpan, collect, RcloneRefusal, RcloneSilence, readFromRclone } from "./rclone-client.ts";
import { RcloneDaemon } from "./rclone-daemon.ts";
import { REMOTE, type ShareConnection } from "./share-connection.ts";
import {
  CONNECTION_LOST,
  ShareFileMissing,
  ShareProblem,
  type ShareProblemKind,
  shareProblem,
} from "./share-problem.ts";

/** What moves no file. */
const ANSWER_WITHIN_MS = 60_000;
/** A copy of which not one byte more has come in this time has stopped. */
const STALLED_AFTER_MS = 60_000;
const PROGRESS_EVERY_MS = 10_000;
/** So long after a share did not answer it is not asked again for those who read. */
const SILENT_FOR_MS = 2000;
const UNREACHABLE: ReadonlySet<ShareProblemKind> = new Set(["refused", "no_answer", "unknown_host"]);

export interface ShareOptions {
  readonly connection: ShareConnection;
  /** The rclone program. */
  readonly program: string;
  /** For this user only. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ShareFile {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What is free on a share. */
export interface ShareSpace extends Space {
  /** false: only the relation of the two is right. */
  readonly exact: boolean;
}

/**
 * The one door to a network share. Paths are relative to our folder on it. Everything rejects with `ShareProblem`; rclone is started when it is
 * needed first, and again where it has ended. `close()` once.
 */
export class Share {
  readonly connection: ShareConnection;
  readonly #options: ShareOptions;
  #daemon: Promise<RcloneDaemon> | null = null;
  #files = 0;
  #closed = false;
  #silent: { readonly problem: ShareProblem; readonly atMs: number } | null = null;

  constructor(options: ShareOptions) {
    this.connection = options.connection;
    this.#options = options;
  }

  /** null: there is no such file. */
  async stat(path: string): Promise<ShareFile | null> {
    const { item } = await this.#ask("operations/stat", { fs: REMOTE, remote: path });
    return item === null || item === undefined ? null : fileOf(item);
  }

  /** Size of a file that somebody wants to read. Rejects with `ShareFileMissing`. */
  async sizeBytes(path: string): Promise<number> {
    this.#refuseWhileSilent();
    const file = await this.stat(path);
    if (file === null) throw new ShareFileMissing(path);
    return file.sizeBytes;
  }

  /** The files of a folder; none where it is not there. */
  async list(folder: string): Promise<readonly ShareFile[]> {
    try {
      const options = { filesOnly: true, noModTime: true, noMimeType: true };
      const { list } = await this.#ask("operations/list", { fs: REMOTE, remote: folder, opt: options });
      return Array.isArray(list) ? list.map(fileOf) : [];
    } catch (error) {
      if (error instanceof ShareFileMissing) return [];
      throw error;
    }
  }

  /** Copies a file of the disk to the share, over what may lie there. */
  async put(localFolder: string, name: string, path: string): Promise<void> {
    await this.#copy({ srcFs: localFolder, srcRemote: name, dstFs: REMOTE, dstRemote: path });
  }

  /** Copies a file of the share to the disk. Rejects with `ShareFileMissing`. */
  async fetch(path: string, localFolder: string, name: string): Promise<void> {
    await this.#copy({ srcFs: REMOTE, srcRemote: path, dstFs: localFolder, dstRemote: name });
  }

  /** Takes a file away; nothing happens where there is none. */
  async remove(path: string): Promise<void> {
    await this.#ask("operations/deletefile", { fs: REMOTE, remote: path }).catch((error: unknown) => {
      if (!(error instanceof ShareFileMissing)) throw error;
    });
  }

  /** The bytes of a file, or of a span of it. Rejects with `ShareFileMissing`, and with the signal's reason. */
  async read(path: string, span: ByteSpan | null, signal?: AbortSignal): Promise<Readable> {
    this.#refuseWhileSilent();
    return this.#with(({ address }) => readFromRclone(address, path, span, signal), path);
  }

  /** The same in memory. */
  async readBytes(path: string, span: ByteSpan | null): Promise<Buffer> {
    const stream = await this.read(path, span);
    return collect(stream).catch((error: unknown) => {
      // The connection was lost on the way.
      throw this.#problem(`${errorMessage(error)}: i/o timeout`);
    });
  }

  /** null: there is no such file. */
  async readText(path: string): Promise<string | null> {
    try {
      return (await this.readBytes(path, null)).toString("utf8");
    } catch (error) {
      if (error instanceof ShareFileMissing) return null;
      throw error;
    }
  }

  async writeText(path: string, text: string): Promise<void> {
    const { folder } = this.#options;
    // Started first: it makes the folder.
    await this.#running();
    this.#files += 1;
    const name = `sent-${process.pid}-${this.#files}`;
    await writeFile(join(folder, name), text, { mode: 0o600 });
    try {
      await this.put(folder, name, path);
    } finally {
      await rm(join(folder, name), { force: true });
    }
  }

  /** null: this kind of share does not tell. */
  async space(): Promise<ShareSpace | null> {
    try {
      const { total, free } = await this.#ask("operations/about", { fs: REMOTE });
      const known = typeof total === "number" && typeof free === "number";
      // Of an SMB share rclone takes the server's sectors for its clusters, which are twice as large or more.
      return known ? { sizeBytes: total, freeBytes: free, exact: this.connection.type !== "nas" } : null;
    } catch (error) {
      if (error instanceof ShareProblem && error.kind === "failed") return null;
      throw error;
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#restart();
  }

  async #copy(parameters: object): Promise<void> {
    const ending = new AbortController();
    let cancel = (): void => {};
    let before = -1;
    let sinceMs = this.#options.clock.monotonicMs();
    const watch = (): void => {
      cancel = this.#options.clock.after(PROGRESS_EVERY_MS, async () => {
        const bytes = await this.#transferred().catch(() => before);
        const nowMs = this.#options.clock.monotonicMs();
        if (bytes !== before) sinceMs = nowMs;
        before = bytes;
        if (nowMs - sinceMs >= STALLED_AFTER_MS) ending.abort(new RcloneSilence("the copy does not go on"));
        else if (!ending.signal.aborted) watch();
      });
    };
    watch();
    try {
      await this.#ask("operations/copyfile", parameters, { limitMs: null, signal: ending.signal });
    } finally {
      cancel();
      ending.abort();
      cancel();
    }
  }

  async #transferred(): Promise<number> {
    const { bytes } = await this.#ask("core/stats", {});
    return typeof bytes === "number" ? bytes : 0;
  }

  async #ask(
    command: string,
    parameters: object,
    how: { readonly limitMs: number | null; readonly signal?: AbortSignal } = { limitMs: ANSWER_WITHIN_MS },
  ): Promise<Record<string, unknown>> {
    return this.#with(({ address }) => askRclone(address, command, parameters, how), command);
  }

  async #with<T>(use: (daemon: RcloneDaemon) => Promise<T>, about: string): Promise<T> {
    try {
      return await this.#once(use, about);
    } catch (error) {
      // Made anew with the second try, or told why it cannot be.
      if (!(error instanceof ShareProblem) || !CONNECTION_LOST.test(error.message)) throw error;
      return this.#once(use, about);
    }
  }

  async #once<T>(use: (daemon: RcloneDaemon) => Promise<T>, about: string): Promise<T> {
    const daemon = await this.#running();
    try {
      const answer = await use(daemon);
      this.#silent = null;
      return answer;
    } catch (error) {
      if (error instanceof RcloneRefusal && error.status === 404) throw new ShareFileMissing(about);
      if (error instanceof RcloneRefusal) {
        const problem = this.#problem(error.message);
        // It would go on waiting ahead of whatever it does next, longer each time.
        if (UNREACHABLE.has(problem.kind)) await this.#restart(daemon);
        throw problem;
      }
      if (!(error instanceof RcloneSilence) && (error as Error).name !== "AbortError") throw error;
      // What hangs is ended; the next who asks starts it anew.
      await this.#restart(daemon);
      throw daemon.gone && this.#closed
        ? new ShareProblem("failed", "The connection to the share was ended.")
        : this.#problem(`${errorMessage(error)}: i/o timeout`);
    }
  }

  /** Many who want to read need not each wait for what does not answer anyway. */
  #refuseWhileSilent(): void {
    const { problem, atMs } = this.#silent ?? { problem: null, atMs: 0 };
    if (problem !== null && this.#options.clock.monotonicMs() - atMs < SILENT_FOR_MS) throw problem;
  }

  #problem(said: string): ShareProblem {
    const problem = shareProblem(this.connection, said);
    if (UNREACHABLE.has(problem.kind)) this.#silent = { problem, atMs: this.#options.clock.monotonicMs() };
    return problem;
  }

  async #running(): Promise<RcloneDaemon> {
    if (this.#closed) throw new ShareProblem("failed", "The connection to the share was ended.");
    this.#daemon ??= RcloneDaemon.start(this.#options);
    const starting = this.#daemon;
    const daemon = await starting.catch((error: unknown) => {
      if (this.#daemon === starting) this.#daemon = null;
      throw error;
    });
    if (!daemon.gone) return daemon;
    if (this.#daemon === starting) this.#daemon = null;
    return this.#running();
  }

  async #restart(only?: RcloneDaemon): Promise<void> {
    const starting = this.#daemon;
    const present = await starting?.catch(() => null);
    if (present === null || present === undefined || (only !== undefined && present !== only)) return;
    if (this.#daemon === starting) this.#daemon = null;
    await present.close();
  }
}

function fileOf(item: unknown): ShareFile {
  const { Name: name, Size: size } = item as { readonly Name?: unknown; readonly Size?: unknown };
  return { name: String(name), sizeBytes: Number(size) };
}
