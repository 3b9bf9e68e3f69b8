import type { EventHub } from "../base/event-hub.ts";
import type { Log } from "../base/log.ts";
import type { AlertKey } from "../catalog/alerts.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { alertToWire } from "../recording/wire.ts";
import type { TenantAlert } from "./group-troubles.ts";

export interface AlertBoardOptions {
  readonly catalog: Catalog;
  readonly events: EventHub;
  readonly log: Log;
}

/** Keeps the open alerts of the catalog as they should be, and tells every change. */
export class AlertBoard {
  readonly #options: AlertBoardOptions;
  readonly #open = new Map<string, TenantAlert>();

  constructor(options: AlertBoardOptions) {
    this.#options = options;
  }

  /** Alerts of the time before are judged anew: what still holds is raised again within a minute. */
  async clear(): Promise<void> {
    const { catalog } = this.#options;
    for (const alert of await catalog.acrossTenants.openAlerts()) {
      await catalog.tenant(alert.tenantId).alerts.close(alert);
    }
  }

  /** Opens what is new, closes what is no longer wanted, brings the others up to date. What fails is tried again at the next call. */
  async show(wanted: readonly TenantAlert[]): Promise<void> {
    const keys = new Map(wanted.map((alert) => [keyOf(alert), alert]));
    for (const [key, alert] of this.#open) {
      if (!keys.has(key)) await this.#trying(alert, () => this.#close(key, alert));
    }
    for (const [key, alert] of keys) {
      const shown = this.#open.get(key);
      if (shown === undefined || !sameWords(shown, alert)) await this.#trying(alert, () => this.#raise(key, alert));
    }
  }

  async #raise(key: string, alert: TenantAlert): Promise<void> {
    const { catalog, log, events } = this.#options;
    const { tenantId } = alert;
    const opened = await catalog.tenant(tenantId).alerts.open(alert);
    const shown = this.#open.get(key);
    this.#open.set(key, alert);
    if (!opened.changed) return;
    // Words that count seconds change all the time: the log has what is new.
    if (shown?.cameraIds.join() !== alert.cameraIds.join())
      log.warn(alert.message, { alert: alert.kind, cameras: alert.cameraIds });
    events.publish({ tenantId, event: { type: "alert.changed", alert: alertToWire(opened.alert) } });
  }

  async #close(key: string, alert: TenantAlert): Promise<void> {
    const { catalog, events } = this.#options;
    const { tenantId } = alert;
    const closed = await catalog.tenant(tenantId).alerts.close(alert);
    this.#open.delete(key);
    if (closed !== undefined)
      events.publish({ tenantId, event: { type: "alert.changed", alert: alertToWire(closed) } });
  }

  async #trying(alert: TenantAlert, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.log.error("an alert could not be written", { alert: alert.kind, cameras: alert.cameraIds, error });
    }
  }
}

function keyOf({ tenantId, kind, about }: AlertKey & { readonly tenantId: number }): string {
  return JSON.stringify([tenantId, kind, about]);
}

function sameWords(a: TenantAlert, b: TenantAlert): boolean {
  return a.message === b.message && a.action === b.action && a.cameraIds.join() === b.cameraIds.join();
}
