import type { GapCause } from "@nightjar/api/camera";
import type { StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { LedgerEntry } from "../recording/ledger.ts";

interface Account {
  /** The newest line of the camera's ledger. */
  last: LedgerEntry | null;
  /** By cause, of gaps that are over. */
  readonly endedMs: Map<GapCause, number>;
  /** By cause, the most that was told so far. */
  readonly told: Map<GapCause, number>;
}

/** Adds up, by cause, for how long cameras had no footage though some was wanted: since the start, and the gap that was open then. */
export class GapSeconds {
  readonly #catalog: Pick<Catalog, "ledger" | "tenant">;
  readonly #accounts = new Map<number, Account>();

  constructor(catalog: Pick<Catalog, "ledger" | "tenant">) {
    this.#catalog = catalog;
  }

  /** Finds out what holds of a camera at `nowMs`; what is told of it after that is added up. Throws when the catalog does not answer. */
  async begin({ id, tenantId }: StoredCamera, nowMs: number): Promise<void> {
    const camera = await this.#catalog.tenant(tenantId).cameras.get(id);
    const entries = camera === undefined ? [] : await this.#catalog.ledger(camera).around(nowMs, 1);
    const last = entries.findLast((entry) => entry.atMs <= nowMs) ?? null;
    this.#accounts.set(id, { last, endedMs: new Map(), told: new Map() });
  }

  /** A line was added to the camera's ledger, in the order in which they are written. */
  noted(cameraId: number, entry: LedgerEntry): void {
    const account = this.#accounts.get(cameraId);
    if (account === undefined) return;
    const { last, endedMs } = account;
    account.last = entry;
    if (last?.state.kind !== "gap") return;
    const { cause } = last.state;
    endedMs.set(cause, (endedMs.get(cause) ?? 0) + Math.max(0, entry.atMs - last.atMs));
  }

  /**
   * Seconds by cause, up to `nowMs`. They never become fewer: that a gap has ended is told some seconds later, so what it seemed to be longer
   * counts for the next one.
   */
  of(cameraId: number, nowMs: number): ReadonlyMap<GapCause, number> {
    const account = this.#accounts.get(cameraId);
    if (account === undefined) return new Map();
    const { last, endedMs, told } = account;
    const sums = new Map(endedMs);
    if (last?.state.kind === "gap")
      sums.set(last.state.cause, (sums.get(last.state.cause) ?? 0) + Math.max(0, nowMs - last.atMs));
    for (const [cause, ms] of sums) told.set(cause, Math.max(told.get(cause) ?? 0, ms / 1000));
    return new Map(told);
  }

  forget(cameraId: number): void {
    this.#accounts.delete(cameraId);
  }
}
