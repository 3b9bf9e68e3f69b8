import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { EXPORT_ID_PATTERN, type Export } from "@nightjar/api/export";
import { systemErrorCode } from "../base/error.ts";
import { redact } from "../base/redact.ts";
import type { ExportEnd, StoredExport } from "../catalog/exports.ts";
import { adoptExport } from "./adopt-export.ts";
import { exportError } from "./export-failure.ts";
import { makeExport, workFolder } from "./export-job.ts";
import { type ExportProgress, exportToWire } from "./export-wire.ts";
import type { ExportDeps } from "./ports.ts";

const SWEEP_MS = 3_600_000;
const DAY_MS = 86_400_000;
const PROGRESS_MS = 1000;
/** Too little is known of the pace before. */
const FORETOLD_FROM = 0.02;

interface Running {
  readonly abort: AbortController;
  readonly beganMs: number;
  done: number;
  ended: Promise<void>;
}

/**
 * Makes the exports that are queued in the catalog, some at once, the first first; goes on with those that a stop or a crash has
 * interrupted, from their beginning; removes what is older than its keep time, and what a crash has left.
 */
export class ExportQueue {
  readonly #deps: ExportDeps;
  #queued: StoredExport[] = [];
  readonly #running = new Map<string, Running>();
  #closed = false;
  #filling: Promise<void> = Promise.resolve();
  #cancelSweep = (): void => {};

  constructor(deps: ExportDeps) {
    this.#deps = deps;
  }

  /** Rejects where the catalog does not answer; a folder that cannot be cleaned up is only told to the log. */
  async start(): Promise<void> {
    this.#queued = [...(await this.#deps.catalog.acrossTenants.resumeExports())];
    await this.#tidyFolder().catch((error) =>
      this.#deps.log.warn("the exports folder cannot be cleaned up", { error }),
    );
    await this.#sweep();
    this.#fill();
  }

  /** Ends what is being made; the next start begins it again. Waits until nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    await this.#filling;
    for (const { abort } of this.#running.values()) abort.abort(new Error("the server stops"));
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /** One that was just put into the catalog's queue. */
  add(stored: StoredExport): void {
    this.#queued.push(stored);
    void this.#tell(stored);
    this.#fill();
  }

  /** Ends the making of one and waits for that; without effect where it is finished. Answers what it is now. */
  async cancel(stored: StoredExport): Promise<StoredExport> {
    const exports = this.#deps.catalog.tenant(stored.tenantId).exports;
    const cancelled = await exports.finish(stored.id, { status: "cancelled" });
    await this.#stop(stored.id);
    if (cancelled !== undefined) await this.#tell(cancelled);
    return cancelled ?? (await exports.get(stored.id)) ?? stored;
  }

  /**
   * Removes one with its files: first these become debris, so that none are left whenever this is interrupted. Rejects with `VolumeMissing` where
   * the files are on a disk that is not there.
   */
  async remove(stored: StoredExport): Promise<void> {
    const { catalog, events, folder, requireVolume } = this.#deps;
    if (stored.status === "ready") await requireVolume();
    await this.#stop(stored.id);
    const debris = workFolder(folder, stored.id);
    await rename(join(folder, stored.id), debris).catch((error) => {
      if (systemErrorCode(error) !== "ENOENT") throw error;
    });
    await catalog.tenant(stored.tenantId).exports.remove(stored.id);
    await rm(debris, { recursive: true, force: true });
    events.publish({ tenantId: stored.tenantId, event: { type: "export.deleted", export_id: stored.id } });
  }

  /** How far it has come; null: it is not being made. */
  progress(id: string): ExportProgress | null {
    const running = this.#running.get(id);
    if (running === undefined) return null;
    const { done, beganMs } = running;
    const tookSeconds = (this.#deps.clock.monotonicMs() - beganMs) / 1000;
    const remainingSeconds = done < FORETOLD_FROM ? null : Math.round((tookSeconds / done) * (1 - done) * 10) / 10;
    return { done: Math.round(done * 1000) / 1000, remainingSeconds };
  }

  async wire(stored: StoredExport): Promise<Export> {
    const { keep_days } = await this.#deps.catalog.acrossTenants.exportSettings();
    return exportToWire(stored, this.progress(stored.id), keep_days);
  }

  /** More may run at once now, or less be kept. */
  settingsChanged(): void {
    this.#fill();
    void this.#sweep();
  }

  /** Tells whoever listens what it is now, if it still is. Never rejects. */
  async #tell(stored: StoredExport, stillIs = (): boolean => true): Promise<void> {
    try {
      const event = { type: "export.changed", export: await this.wire(stored) } as const;
      if (stillIs()) this.#deps.events.publish({ tenantId: stored.tenantId, event });
    } catch (error) {
      this.#deps.log.warn("an export could not be told", { error });
    }
  }

  async #stop(id: string): Promise<void> {
    this.#queued = this.#queued.filter((one) => one.id !== id);
    const running = this.#running.get(id);
    running?.abort.abort(new Error("the export was cancelled"));
    await running?.ended;
  }

  /** Starts as many as may run. One after the other, so that two calls never start one too many. */
  #fill(): void {
    this.#filling = this.#filling.then(async () => {
      const { at_once } = await this.#deps.catalog.acrossTenants.exportSettings();
      while (!this.#closed && this.#running.size < at_once) {
        const [next] = this.#queued;
        if (next === undefined) return;
        await this.#begin(next);
        // It stays in the queue where the catalog did not answer; the hourly round tries again.
        this.#queued = this.#queued.filter((one) => one !== next);
      }
    });
    this.#filling = this.#filling.catch((error) =>
      this.#deps.log.error("the queue of exports stands still", { error }),
    );
  }

  async #begin({ tenantId, id }: StoredExport): Promise<void> {
    // Retried while its cancelled making still ends.
    await this.#running.get(id)?.ended;
    const stored = await this.#deps.catalog.tenant(tenantId).exports.begin(id);
    if (stored === undefined) return;
    const abort = new AbortController();
    const running: Running = { abort, beganMs: this.#deps.clock.monotonicMs(), done: 0, ended: Promise.resolve() };
    this.#running.set(id, running);
    running.ended = this.#run(stored, running).finally(() => {
      this.#running.delete(id);
      if (!this.#closed) this.#fill();
    });
  }

  /** Never rejects. */
  async #run(stored: StoredExport, running: Running): Promise<void> {
    const { clock, log } = this.#deps;
    await this.#tell(stored);
    let toldMs = clock.monotonicMs();
    const onProgress = (done: number): void => {
      running.done = Math.max(running.done, done);
      if (clock.monotonicMs() - toldMs < PROGRESS_MS) return;
      toldMs = clock.monotonicMs();
      void this.#tell(stored, () => this.#running.get(stored.id) === running);
    };
    try {
      const result = await makeExport(this.#deps, stored, { signal: running.abort.signal, onProgress });
      const ready = await this.#finish(stored, { status: "ready", result });
      // Cancelled in its last moment, or removed.
      if (!ready) await rm(join(this.#deps.folder, stored.id), { recursive: true, force: true });
    } catch (error) {
      if (running.abort.signal.aborted) return;
      log.warn("an export failed", { export_id: stored.id, error });
      const failure = exportError(error);
      await this.#finish(stored, { status: "failed", ...failure, error: redact(failure.error) }).catch((cause) =>
        log.error("the end of an export could not be noted", { export_id: stored.id, error: cause }),
      );
    }
  }

  async #finish(stored: StoredExport, end: ExportEnd): Promise<boolean> {
    const { catalog, audit } = this.#deps;
    const finished = await catalog.tenant(stored.tenantId).exports.finish(stored.id, end);
    if (finished === undefined) return false;
    this.#running.delete(stored.id);
    await audit.write({
      tenantId: stored.tenantId,
      actor: stored.createdBy,
      action: `export.${end.status}`,
      object: `export ${stored.id}`,
      after: end.status === "failed" ? { error: end.error } : { size_bytes: finished.sizeBytes },
      address: null,
    });
    await this.#tell(finished);
    return true;
  }

  /**
   * Removes working folders, and folders of exports that were never noted as ready. What the catalog does not know may be evidence: it is
   * taken in where this installation has signed it, and stays in any case.
   */
  async #tidyFolder(): Promise<void> {
    const { catalog, folder, log, requireVolume } = this.#deps;
    await requireVolume();
    const known = await catalog.acrossTenants.exportIds();
    for (const name of await namesIn(folder)) {
      const id = name.replace(/\.part$/, "");
      if (!EXPORT_ID_PATTERN.test(id)) continue;
      if (name !== id || known.get(id)?.ready === false) await rm(join(folder, name), { recursive: true, force: true });
      else if (!known.has(id) && !(await adoptExport(this.#deps, id)))
        log.warn("a folder among the exports is none of this installation; it is left alone", { name });
    }
  }

  /** Every hour, and at the start. */
  async #sweep(): Promise<void> {
    const { catalog, clock, log, audit } = this.#deps;
    this.#cancelSweep();
    try {
      const { keep_days } = await catalog.acrossTenants.exportSettings();
      for (const old of await catalog.acrossTenants.exportsFinishedBefore(clock.nowMs() - keep_days * DAY_MS)) {
        await this.remove(old);
        const object = `export ${old.id}`;
        await audit.write({ tenantId: old.tenantId, actor: "server", action: "export.expire", object, address: null });
      }
    } catch (error) {
      log.warn("exports past their time could not be removed", { error });
    }
    if (this.#closed) return;
    this.#fill();
    this.#cancelSweep = clock.after(SWEEP_MS, () => void this.#sweep());
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}
